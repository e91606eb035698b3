//! A turn by the clock: how long it takes to begin, and whether something holds its events back.

use std::time::Duration;

use super::{Code, Finding, Step, span};
use crate::error::Error;
use crate::plural::plural;

/// How long the first event may take before it is worth a word: the user sees nothing until then.
const SLOW: Duration = Duration::from_secs(5);

/// Events that come within this time of each other came together: no model is as quick.
const TOGETHER: Duration = Duration::from_millis(3);

/// What a turn that ended sooner than this says nothing about.
const TOO_QUICK: Duration = Duration::from_millis(300);

/// What fewer events than this say nothing about.
const TOO_FEW: usize = 5;

/// A turn as it was seen; times are counted from when its request was sent.
#[derive(Debug, Default)]
pub struct Seen {
    /// When each event had come.
    pub events: Vec<Duration>,
    /// When the first piece of text had come.
    pub first_text: Option<Duration>,
    /// When the stream ended.
    pub end: Duration,
    /// Headers of the answer that tell of what stands in between.
    pub headers: Vec<(String, String)>,
    /// How a second turn came to whoever takes what browsers take, if it came compressed.
    pub packed: Option<Packed>,
    /// How it went wrong.
    pub error: Option<Error>,
    /// It was left before its end, which did not come.
    pub endless: bool,
    /// What became of the thread, if it could not be deleted.
    pub leftover: Option<String>,
}

/// A turn that came compressed; times are counted from when its request was sent.
#[derive(Debug)]
pub struct Packed {
    /// The `content-encoding`.
    pub encoding: String,
    /// When each event could be read, once what had come was unpacked; of an encoding that is not
    /// unpacked here, when each piece of it came.
    pub events: Vec<Duration>,
}

/// How events came, by their times alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    TooFew,
    TooQuick,
    /// All of them at the end.
    Together {
        spread: Duration,
        silence: Duration,
    },
    /// Many at a time.
    Bursts {
        count: usize,
        spread: Duration,
    },
    OneByOne {
        spread: Duration,
    },
}

/// How the turn went, and how long it took to begin.
pub fn first_event(seen: &Seen, said: &str) -> Finding {
    if let Some(error) = &seen.error {
        return failed(seen, error);
    }
    if seen.endless {
        return Step::FirstEvent.failed(Code::Protocol, no_end(seen), END);
    }
    let Some(first) = seen.events.first() else {
        return Step::FirstEvent.skipped("the turn had no events");
    };
    let text = match seen.first_text {
        Some(text) => format!("first text after {}", span(text)),
        None => "no text".to_owned(),
    };
    let reason = format!(
        "first event after {}, {text}, {} in {}; a turn was played ({said}), its thread deleted",
        span(*first),
        plural(seen.events.len(), "event"),
        span(seen.end)
    );
    if let Some(thread) = &seen.leftover {
        return Step::FirstEvent.warning(
            reason.replace(
                ", its thread deleted",
                &format!(", and its thread {thread} could not be deleted"),
            ),
            format!("delete it with 'chatkit thread delete {thread} --yes'"),
        );
    }
    if *first > SLOW {
        return Step::FirstEvent.warning(
            reason,
            "send the user's message and a progress_update before the model is asked",
        );
    }
    Step::FirstEvent.ok(reason)
}

/// What to do about a turn without an end.
const END: &str =
    "end the stream when the answer is complete: the end of the body is the end of the turn";

fn no_end(seen: &Seen) -> String {
    match seen.events.len() {
        0 => format!("the turn did not end: no event in {}", span(seen.end)),
        count => format!(
            "the turn did not end: {} in {}, and more to come",
            plural(count, "event"),
            span(seen.end)
        ),
    }
}

fn failed(seen: &Seen, error: &Error) -> Finding {
    if let (Error::TimedOut { seconds, .. }, 1..) = (error, seen.events.len()) {
        let events = plural(seen.events.len(), "event");
        return Step::FirstEvent.failed(
            Code::Unreached,
            format!("the turn did not end: {events}, and then nothing for {seconds} s"),
            format!("{END}; an answer that needs longer gets it with --timeout"),
        );
    }
    let code = match error.code() {
        4 => Code::Unauthorised,
        5 => Code::Unreached,
        6 => Code::Protocol,
        _ => Code::Refused,
    };
    let after = match seen.events.len() {
        0 => String::new(),
        n => format!("after {}: ", plural(n, "event")),
    };
    let remedy = error.hint().unwrap_or_else(|| {
        "read the backend's own log for this turn; 'chatkit send -v' shows it event by event"
            .to_owned()
    });
    Step::FirstEvent.failed(code, format!("{after}{error}"), remedy)
}

/// Whether events came one by one, or something gathered them first.
pub fn buffering(seen: &Seen) -> Finding {
    let pace = Pace::of(&seen.events);
    let Some(pace) = pace else {
        return Step::Buffering.skipped("there were no events");
    };
    if let Some((name, value)) = seen
        .headers
        .iter()
        .find(|(name, _)| name == "content-length")
    {
        return Step::Buffering.warning(
            format!(
                "the stream comes with {name}: {value}, so that it is gathered before it is sent"
            ),
            remedy(seen),
        );
    }
    if let Some(packed) = &seen.packed
        && let Some(pace) = Pace::of(&packed.events).filter(|pace| pace.is_gathered())
    {
        let reason = format!(
            "{}, and is gathered: {}",
            packed.says(),
            pace.says(&packed.events)
        );
        return Step::Buffering.warning(reason, remedy(seen));
    }
    if pace.is_gathered() {
        if let Some(before) = answer_at_once(seen) {
            return Step::Buffering.skipped(format!(
                "the answer came all at once, {} behind the first event: nothing tells whether \
                 something held it back or it was made like that",
                span(before)
            ));
        }
        return Step::Buffering.warning(pace.says(&seen.events), remedy(seen));
    }
    match &seen.packed {
        Some(packed) => compressed(packed, seen),
        None => Step::Buffering.ok(pace.says(&seen.events)),
    }
}

/// Compression that does not show in the times: it does no harm yet.
fn compressed(packed: &Packed, seen: &Seen) -> Finding {
    let says = packed.says();
    let reason = match Pace::of(&packed.events) {
        Some(pace @ Pace::OneByOne { .. }) => {
            format!("{says}, and is flushed: {}", pace.says(&packed.events))
        }
        Some(pace) => format!(
            "{says}, which may hold events back: {}",
            pace.says(&packed.events)
        ),
        None => format!("{says}, which may hold events back, and cannot be unpacked"),
    };
    Step::Buffering.warning(
        reason,
        format!(
            "switch compression off for text/event-stream{}: whatever compresses a stream holds its \
             events back as soon as it does not flush behind each of them",
            between(seen)
        ),
    )
}

/// How long before its text the stream began, if the text came all at once behind other events:
/// whatever gathers a stream would have held these back, too.
fn answer_at_once(seen: &Seen) -> Option<Duration> {
    let (first, text) = (seen.events.first()?, seen.first_text?);
    let at_once: Vec<_> = seen
        .events
        .iter()
        .copied()
        .filter(|at| *at >= text)
        .collect();
    let before = text.saturating_sub(*first);
    (bursts(&at_once) == 1 && before > TOO_QUICK).then_some(before)
}

impl Packed {
    fn says(&self) -> String {
        format!(
            "to a browser the stream comes with content-encoding: {}",
            self.encoding
        )
    }
}

impl Pace {
    /// `None` where there are no events.
    fn of(events: &[Duration]) -> Option<Self> {
        let (first, last) = events.first().zip(events.last())?;
        let (count, bursts) = (events.len(), bursts(events));
        let spread = last.saturating_sub(*first);
        Some(if count < TOO_FEW {
            Self::TooFew
        } else if *last < TOO_QUICK {
            Self::TooQuick
        } else if spread * 10 < *last && spread < TOO_QUICK {
            let silence = *first;
            Self::Together { spread, silence }
        } else if bursts * 10 <= count {
            let count = bursts;
            Self::Bursts { count, spread }
        } else {
            Self::OneByOne { spread }
        })
    }

    fn is_gathered(self) -> bool {
        matches!(self, Self::Together { .. } | Self::Bursts { .. })
    }

    fn says(self, events: &[Duration]) -> String {
        let count = events.len();
        match self {
            Self::TooFew if count == 1 => "1 event is too little to tell".to_owned(),
            Self::TooFew => format!("{count} events are too few to tell"),
            Self::TooQuick => {
                let last = events.last().copied().unwrap_or_default();
                format!(
                    "all {count} events came within {}, too soon to be held back",
                    span(last)
                )
            }
            Self::Together { spread, silence } => format!(
                "all {count} events came together, within {} after {} of silence",
                span(spread),
                span(silence)
            ),
            Self::Bursts {
                count: bursts,
                spread,
            } => {
                format!(
                    "{count} events came in {bursts} bursts over {}",
                    span(spread)
                )
            }
            Self::OneByOne { spread } => {
                format!("{count} events came one by one over {}", span(spread))
            }
        }
    }
}

fn bursts(events: &[Duration]) -> usize {
    let gaps = events
        .windows(2)
        .filter(|pair| pair[1].saturating_sub(pair[0]) > TOGETHER);
    gaps.count() + 1
}

fn remedy(seen: &Seen) -> String {
    format!(
        "send X-Accel-Buffering: no and Cache-Control: no-transform, switch buffering and \
         compression off for text/event-stream in whatever stands in between{}, and let the \
         backend flush every event; an answer that is not streamed by the model looks the same",
        between(seen)
    )
}

/// What stands in between, by its own words.
fn between(seen: &Seen) -> String {
    let between: Vec<_> = seen
        .headers
        .iter()
        .filter(|(name, _)| matches!(name.as_str(), "server" | "via" | "cf-ray" | "x-cache"))
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    if between.is_empty() {
        return String::new();
    }
    format!(" (it says {})", between.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;
    use crate::error::Breach;

    fn seen(milliseconds: impl IntoIterator<Item = u64>) -> Seen {
        let events: Vec<_> = milliseconds
            .into_iter()
            .map(Duration::from_millis)
            .collect();
        Seen {
            end: *events.last().unwrap(),
            events,
            ..Seen::default()
        }
    }

    #[test]
    fn events_that_come_one_by_one_are_fine() {
        let finding = buffering(&seen((1..=40).map(|n| n * 15)));
        assert_eq!(finding.verdict, Verdict::Ok);
        assert!(
            finding.reason.contains("40 events came one by one"),
            "{finding:?}"
        );
    }

    #[test]
    fn events_that_come_together_after_silence_were_held_back() {
        let finding = buffering(&seen((0..40).map(|n| 2000 + n / 10)));
        assert_eq!(finding.verdict, Verdict::Warning);
        assert!(
            finding
                .reason
                .contains("within 3 ms after 2.0 s of silence"),
            "{finding:?}"
        );
        assert!(finding.remedy.unwrap().contains("X-Accel-Buffering: no"));
    }

    #[test]
    fn events_in_blocks_were_gathered() {
        let blocks = (0..100).map(|n| 500 + (n / 25) * 700);
        let finding = buffering(&seen(blocks));
        assert!(finding.reason.contains("in 4 bursts"), "{finding:?}");
    }

    #[test]
    fn what_is_quick_or_short_accuses_nobody() {
        assert_eq!(buffering(&seen(0..40)).verdict, Verdict::Ok);
        assert_eq!(buffering(&seen([1000, 1001])).verdict, Verdict::Ok);
    }

    fn packed(milliseconds: impl IntoIterator<Item = u64>) -> Seen {
        let events = milliseconds.into_iter().map(Duration::from_millis);
        let mut seen = seen((1..=40).map(|n| n * 15));
        seen.headers = vec![("server".into(), "nginx".into())];
        seen.packed = Some(Packed {
            encoding: "gzip".into(),
            events: events.collect(),
        });
        seen
    }

    #[test]
    fn a_stream_whose_length_is_known_before_its_end_was_gathered() {
        let mut seen = packed([]);
        seen.headers.push(("content-length".into(), "812".into()));
        let finding = buffering(&seen);
        assert_eq!(finding.verdict, Verdict::Warning);
        let expected = "the stream comes with content-length: 812, so that it is gathered";
        assert!(finding.reason.starts_with(expected), "{finding:?}");
        assert!(finding.remedy.unwrap().contains("server: nginx"));
    }

    #[test]
    fn what_is_compressed_is_gathered_only_where_its_events_come_together() {
        let said = "to a browser the stream comes with content-encoding: gzip, ";
        for (times, expected) in [
            (
                (0..40).map(|_| 2000).collect(),
                "and is gathered: all 40 events came together",
            ),
            (
                (0..40).map(|n| n * 20).collect(),
                "and is flushed: 40 events came one by one",
            ),
            (
                vec![900, 901],
                "which may hold events back: 2 events are too few to tell",
            ),
            (vec![], "which may hold events back, and cannot be unpacked"),
        ] {
            let finding = buffering(&packed(times));
            assert_eq!(finding.verdict, Verdict::Warning);
            let reason = finding.reason.strip_prefix(said).unwrap();
            assert!(reason.starts_with(expected), "{reason}");
            let remedy = finding.remedy.unwrap();
            assert!(remedy.contains("compression off"), "{remedy}");
            assert!(remedy.contains("server: nginx"), "{remedy}");
        }
    }

    #[test]
    fn an_answer_at_once_behind_earlier_events_accuses_nobody() {
        let mut late = seen([10, 11, 12].into_iter().chain((0..40).map(|_| 2000)));
        late.first_text = Some(Duration::from_millis(2000));
        let finding = buffering(&late);
        assert_eq!(finding.verdict, Verdict::Skipped);
        assert!(
            finding.reason.contains("2.0 s behind the first event"),
            "{finding:?}"
        );
        // In blocks the text itself comes in several bursts.
        let mut blocks = seen((0..100).map(|n| 500 + (n / 25) * 700));
        blocks.first_text = Some(Duration::from_millis(500));
        assert_eq!(buffering(&blocks).verdict, Verdict::Warning);
    }

    #[test]
    fn a_turn_without_an_end_breaks_the_protocol() {
        let mut endless = seen([5, 6]);
        endless.endless = true;
        let finding = first_event(&endless, "x");
        assert_eq!(finding.verdict, Verdict::Failed(Code::Protocol));
        assert!(finding.reason.starts_with("the turn did not end: 2 events"));
        // One whose answer is there, and whose connection stays open.
        let timed_out = || Error::TimedOut {
            url: "http://h/".into(),
            seconds: 8.0,
        };
        let mut held = seen([5]);
        held.error = Some(timed_out());
        let finding = first_event(&held, "x");
        assert_eq!(finding.verdict, Verdict::Failed(Code::Unreached));
        let told = "the turn did not end: 1 event, and then nothing for 8 s";
        assert_eq!(finding.reason, told);
        assert!(finding.remedy.unwrap().starts_with("end the stream"));
        let silent = Seen {
            error: Some(timed_out()),
            ..Seen::default()
        };
        assert!(first_event(&silent, "x").reason.starts_with("no answer"));
        // Such as one that only ever says that it is still there.
        let mute = Seen {
            endless: true,
            end: Duration::from_secs(180),
            ..Seen::default()
        };
        let finding = first_event(&mute, "x");
        assert_eq!(finding.verdict, Verdict::Failed(Code::Protocol));
        assert!(
            finding.reason.contains("no event in 180.0 s"),
            "{finding:?}"
        );
    }

    #[test]
    fn a_turn_that_fails_keeps_the_exit_code_of_its_error() {
        let mut broken = seen([5, 6]);
        broken.error = Some(Breach::EmptyStream.into());
        assert_eq!(
            first_event(&broken, "x").verdict,
            Verdict::Failed(Code::Protocol)
        );
        let mut slow = seen([9000, 9001]);
        assert_eq!(first_event(&slow, "x").verdict, Verdict::Warning);
        slow.leftover = Some("thr_1".into());
        assert!(
            first_event(&slow, "x")
                .remedy
                .unwrap()
                .contains("thread delete thr_1")
        );
    }
}
