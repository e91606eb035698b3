//! Faults that exclude each other: of one answer, only one of a group can take effect.

use std::cmp::Reverse;

use super::apply::Strike;
use super::row::Act;
use super::spec::{Fault, InvalidFault};
use crate::protocol::Operation;

/// Faults of which one answer takes one.
struct Group {
    /// Names, with the main parameter's value where it is one that matters.
    of: &'static [&'static str],
    because: &'static str,
}

/// What takes the place of an answer.
const INSTEAD: Group = Group {
    of: &[
        "status",
        "rate-limit",
        "redirect-loop",
        "upload-fails",
        "reset=before",
        "cut=before",
    ],
    because: "one thing takes the place of an answer",
};

/// Why nothing breaks an answer beside one of those.
const NOTHING_LEFT: &str = "what takes the place of an answer leaves nothing of it to break";

const GROUPS: &[Group] = &[
    INSTEAD,
    Group {
        of: &[
            "reset=between",
            "reset=during",
            "cut=between",
            "cut=during",
            "end-early",
            "truncated",
            "empty-stream",
        ],
        because: "a stream ends once",
    },
    Group {
        of: &["endless-stream", "done-marker"],
        because: "a stream that never ends has no last line",
    },
    Group {
        of: &["endless-stream", "empty-stream"],
        because: "a stream that never ends is not empty",
    },
    Group {
        of: &["crlf", "cr"],
        because: "a line ends in one way",
    },
    Group {
        of: &["burst=0", "pace"],
        because: "what comes all at once has no pace",
    },
    Group {
        of: &["burst=0", "jitter"],
        because: "what comes all at once has no rhythm",
    },
    Group {
        of: &["content-type"],
        because: "an answer has one content type",
    },
    Group {
        of: &["time-format"],
        because: "a time is spelled in one way",
    },
    Group {
        of: &["not-found-500", "not-found-dead-stream"],
        because: "what does not exist is answered in one way",
    },
    Group {
        of: &["page-no-after", "page-endless"],
        because: "a page says where it goes on, or does not",
    },
    Group {
        of: &["upload-url", "no-upload-address"],
        because: "an attachment says where its bytes go, or does not",
    },
    Group {
        of: &["update-before-add", "no-item-added"],
        because: "an event that is lost is not late",
    },
    Group {
        of: &["no-item-done", "done-twice"],
        because: "an event that is lost does not come twice",
    },
];

impl Group {
    fn has(&self, fault: &Fault) -> bool {
        self.of.iter().any(|member| match member.split_once('=') {
            None => fault.name() == *member,
            Some((name, value)) => fault.name() == name && fault.is_mainly(value),
        })
    }
}

/// Refuses faults of which one never takes effect, because another strikes at all of its answers
/// and leaves no room for it.
///
/// # Errors
/// Names the first two, and what to do about them.
pub fn compatible(faults: &[Fault]) -> Result<(), InvalidFault> {
    let clash = clash(&faults.iter().collect::<Vec<_>>(), |_| true);
    clash.map_or(Ok(()), |(_, reason)| Err(reason))
}

/// The place of the first fault that has no room beside an earlier one where only these operations
/// are answered, and why.
pub(in crate::server) fn clash(
    faults: &[&Fault],
    answers: impl Fn(Operation) -> bool,
) -> Option<(usize, InvalidFault)> {
    faults.iter().enumerate().find_map(|(at, later)| {
        let reason = faults[..at].iter().find_map(|earlier| {
            let because = why(earlier, later, &answers)?;
            Some(refusal(earlier, later, because))
        });
        Some((at, reason?))
    })
}

/// Why one of the two never takes effect, if that is so.
fn why(one: &Fault, other: &Fault, answers: &impl Fn(Operation) -> bool) -> Option<&'static str> {
    if let Some(group) = group_of(one, other)
        && one.strikes_where(other, answers)
    {
        return Some(group.because);
    }
    let has_no_room = |instead: &Fault, broken: &Fault| {
        refuses(instead) && needs_the_answer(broken) && instead.covers(broken, answers)
    };
    (has_no_room(one, other) || has_no_room(other, one)).then_some(NOTHING_LEFT)
}

/// Whether nothing of an answer is left where it strikes. A status may come with a stream of its own.
fn refuses(fault: &Fault) -> bool {
    let is_stream = |kind: &str| kind.starts_with("text/event-stream");
    INSTEAD.has(fault) && !fault.text("type").is_some_and(is_stream)
}

/// Whether it breaks what is streamed, or the document of a success, and no refusal.
fn needs_the_answer(fault: &Fault) -> bool {
    match fault.row.act {
        Act::Before(_) | Act::Request(_) | Act::Response(_) => false,
        Act::Flow(_) | Act::Body(_) | Act::Sever(_) => fault.is_for_streams(),
        _ => true,
    }
}

fn refusal(earlier: &Fault, later: &Fault, because: &str) -> InvalidFault {
    InvalidFault::new(format!(
        "{earlier} and {later} can never both take effect: {because}; leave one of them out, or have \
         them strike at different answers (by operation, thread, times or skip)"
    ))
}

/// The group that both are of, unless they are for different events.
fn group_of(one: &Fault, other: &Fault) -> Option<&'static Group> {
    if one.text("event") != other.text("event") {
        return None;
    }
    let mut groups = GROUPS.iter();
    groups.find(|group| group.has(one) && group.has(other))
}

/// Of those that strike at one answer and exclude each other, only the one that is for fewer
/// answers, or else the one that was given first.
pub(super) fn settled(strikes: Vec<Strike>) -> Vec<Strike> {
    let mut left: Vec<Strike> = Vec::with_capacity(strikes.len());
    for strike in strikes {
        let is_rival = |other: &Strike| group_of(&other.fault, &strike.fault).is_some();
        let is_wider = |other: &Strike| rank(&strike.fault) < rank(&other.fault);
        if left.iter().all(|other| !is_rival(other) || is_wider(other)) {
            left.retain(|other| !is_rival(other));
            left.push(strike);
        }
    }
    left
}

/// How wide a fault's scope is.
fn rank(fault: &Fault) -> (usize, Reverse<usize>) {
    (fault.operations().count(), Reverse(fault.scope.given()))
}
