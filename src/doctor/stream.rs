//! A turn by the clock: how long it takes to begin, and whether something holds its events back.

use std::time::Duration;

use super::{Code, Finding, Step, span};
use crate::error::Error;

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
    /// How it went wrong.
    pub error: Option<Error>,
    /// It was left before its end, which did not come.
    pub endless: bool,
    /// What became of the thread, if it could not be deleted.
    pub leftover: Option<String>,
}

/// How the turn went, and how long it took to begin.
pub fn first_event(seen: &Seen, said: &str) -> Finding {
    if let Some(error) = &seen.error {
        return failed(seen, error);
    }
    let Some(first) = seen.events.first() else {
        return Step::FirstEvent.skipped("the turn had no events");
    };
    if seen.endless {
        return Step::FirstEvent.failed(
            Code::Protocol,
            format!(
                "the turn did not end: {} events in {}, and more to come",
                seen.events.len(),
                span(seen.end)
            ),
            "end the stream when the answer is complete: the end of the body is the end of the turn",
        );
    }
    let text = match seen.first_text {
        Some(text) => format!("first text after {}", span(text)),
        None => "no text".to_owned(),
    };
    let reason = format!(
        "first event after {}, {text}, {} events in {}; a turn was played ({said}), its thread deleted",
        span(*first),
        seen.events.len(),
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

fn failed(seen: &Seen, error: &Error) -> Finding {
    let code = match error.code() {
        4 => Code::Unauthorised,
        5 => Code::Unreached,
        6 => Code::Protocol,
        _ => Code::Refused,
    };
    let after = match seen.events.len() {
        0 => String::new(),
        n => format!("after {n} events: "),
    };
    let remedy = error.hint().unwrap_or_else(|| {
        "read the backend's own log for this turn; 'chatkit send -v' shows it event by event"
            .to_owned()
    });
    Step::FirstEvent.failed(code, format!("{after}{error}"), remedy)
}

/// Whether events came one by one, or something gathered them first.
pub fn buffering(seen: &Seen) -> Finding {
    let Some((first, last)) = seen.events.first().zip(seen.events.last()) else {
        return Step::Buffering.skipped("there were no events");
    };
    if let Some((header, value)) = suspicious(seen) {
        return Step::Buffering.warning(
            format!(
                "to a browser the stream comes with {header}: {value}, so that it is gathered before it is sent"
            ),
            remedy(seen),
        );
    }
    let count = seen.events.len();
    let bursts = bursts(&seen.events);
    let spread = last.saturating_sub(*first);
    if count < TOO_FEW {
        return Step::Buffering.ok(format!("{count} events are too few to tell"));
    }
    if *last < TOO_QUICK {
        return Step::Buffering.ok(format!(
            "all {count} events came within {}, too soon to be held back",
            span(*last)
        ));
    }
    if spread * 10 < *last && spread < TOO_QUICK {
        return Step::Buffering.warning(
            format!(
                "all {count} events came together, within {} after {} of silence",
                span(spread),
                span(*first)
            ),
            remedy(seen),
        );
    }
    if bursts * 10 <= count {
        return Step::Buffering.warning(
            format!(
                "{count} events came in {bursts} bursts over {}",
                span(spread)
            ),
            remedy(seen),
        );
    }
    Step::Buffering.ok(format!(
        "{count} events came one by one over {}",
        span(spread)
    ))
}

/// A header that a stream has no business to have.
fn suspicious(seen: &Seen) -> Option<(&str, &str)> {
    let header = |wanted: &str| seen.headers.iter().find(|(name, _)| name == wanted);
    let encoding = header("content-encoding").filter(|(_, value)| value != "identity");
    let (name, value) = encoding.or_else(|| header("content-length"))?;
    Some((name, value))
}

fn bursts(events: &[Duration]) -> usize {
    let gaps = events
        .windows(2)
        .filter(|pair| pair[1].saturating_sub(pair[0]) > TOGETHER);
    gaps.count() + 1
}

fn remedy(seen: &Seen) -> String {
    let between: Vec<_> = seen
        .headers
        .iter()
        .filter(|(name, _)| matches!(name.as_str(), "server" | "via" | "cf-ray" | "x-cache"))
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let who = if between.is_empty() {
        String::new()
    } else {
        format!(" (it says {})", between.join(", "))
    };
    format!(
        "send X-Accel-Buffering: no and Cache-Control: no-transform, switch buffering and \
         compression off for text/event-stream in whatever stands in between{who}, and let the \
         backend flush every event; an answer that is not streamed by the model looks the same"
    )
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

    #[test]
    fn a_stream_that_is_compressed_or_counted_is_no_stream() {
        for (name, value) in [("content-encoding", "gzip"), ("content-length", "812")] {
            let mut seen = seen((1..=40).map(|n| n * 15));
            seen.headers = vec![
                (name.into(), value.into()),
                ("server".into(), "nginx".into()),
            ];
            let finding = buffering(&seen);
            assert_eq!(finding.verdict, Verdict::Warning);
            assert!(finding.reason.contains(name), "{finding:?}");
            assert!(finding.remedy.unwrap().contains("server: nginx"));
        }
    }

    #[test]
    fn a_turn_without_an_end_breaks_the_protocol() {
        let mut endless = seen([5, 6]);
        endless.endless = true;
        let finding = first_event(&endless, "x");
        assert_eq!(finding.verdict, Verdict::Failed(Code::Protocol));
        assert!(finding.reason.starts_with("the turn did not end: 2 events"));
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
