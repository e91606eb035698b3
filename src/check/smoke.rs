//! The short check: reach, start a thread, get an answer, read it back, clean up.

use std::time::Duration;

use serde_json::json;

use super::evidence::{Evidence, Exchange};
use super::judge::Report;
use super::rule::Rule;
use super::rules;
use crate::error::{Error, Result};
use crate::plural::plural;
use crate::protocol::Operation;

/// What a short check saw.
#[derive(Debug)]
pub struct Smoke {
    /// Until the first event.
    pub first_event: Duration,
    /// Until the first text of the answer, if it has any.
    pub first_text: Option<Duration>,
    /// For the whole turn.
    pub turn: Duration,
    /// How many events came.
    pub events: usize,
    /// How many characters the answer has.
    pub characters: usize,
    /// Why it failed, if it did.
    pub failure: Option<String>,
}

/// The rules that even a short check asks, of which the first that fails is its line of result;
/// the others need more than it tries.
const ASKED: &[&str] = &[
    "transport/stream-content-type",
    "transport/json-frames",
    "transport/whole-answers",
    "transport/unasked-encoding",
    "stream/thread-ids",
    "requests/threads.create",
    "requests/threads.get_by_id",
    "requests/threads.delete",
    "stream/event-shape",
    "stream/known-parts",
    "stream/left-open",
    "stream/no-errors",
    "stream/ends-with-an-answer",
    "persistence/thread-items",
    "persistence/delete",
    "speed/first-event",
    "speed/turn",
    "stream/thread-created-first",
];

/// The rules of a short check.
pub fn smoke_rules() -> Vec<&'static Rule> {
    ASKED.iter().filter_map(|id| rules::find(id)).collect()
}

impl Smoke {
    /// What a short check saw, and what its rules say about it.
    pub fn of(evidence: &Evidence, report: &Report) -> Self {
        let turn = evidence
            .exchanges
            .iter()
            .find(|it| it.operation() == Some(Operation::CreateThread));
        let since = |exchange: &Exchange, at: Duration| at.saturating_sub(exchange.sent);
        let first = turn.and_then(|turn| Some(since(turn, turn.frames.first()?.at)));
        Self {
            first_event: first.unwrap_or_default(),
            first_text: turn.and_then(|turn| Some(since(turn, rules::first_text_of(turn)?.at))),
            turn: turn.map(|turn| since(turn, turn.ended)).unwrap_or_default(),
            events: turn.map_or(0, |turn| turn.frames.len()),
            characters: turn.map_or(0, |turn| turn.fold.answer().chars().count()),
            failure: failure(evidence, report),
        }
    }

    /// The outcome for machines.
    pub fn to_json(&self, subject: &str) -> serde_json::Value {
        json!({
            "ok": self.failure.is_none(),
            "backend": subject,
            "first_event_ms": milliseconds(self.first_event),
            "first_text_ms": self.first_text.map(milliseconds),
            "turn_ms": milliseconds(self.turn),
            "events": self.events,
            "characters": self.characters,
            "failure": self.failure,
        })
    }

    /// The outcome in one line.
    ///
    /// # Errors
    /// It is a failure.
    pub fn line(&self, subject: &str) -> Result<String> {
        if let Some(failure) = &self.failure {
            return Err(Error::Differs(failure.clone()));
        }
        let text = self.first_text.map_or_else(String::new, |text| {
            format!("first text after {} ms, ", milliseconds(text))
        });
        Ok(format!(
            "ok: {subject} answered in {} ms (first event after {} ms, {text}{}, {}), \
             and the thread was read back",
            milliseconds(self.turn),
            milliseconds(self.first_event),
            plural(self.events, "event"),
            plural(self.characters, "character"),
        ))
    }
}

/// What keeps the evidence from being whole, what the first rule that fails found, or what else
/// fails the run.
fn failure(evidence: &Evidence, report: &Report) -> Option<String> {
    if let Some(gap) = evidence.gaps.first() {
        return Some(gap.what.clone());
    }
    let mut judged = report.judged.iter();
    let failed = judged.find_map(|it| Some((it.rule.id, it.findings()?.first.first()?)));
    let Some((id, finding)) = failed else {
        return report.failure();
    };
    let place = match finding.frame {
        Some(frame) => format!("{}, frame {frame}", finding.operation),
        None => finding.operation.clone(),
    };
    Some(format!("{id}: {place}: {}", finding.found))
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_that_is_asked_exists() {
        for id in ASKED {
            assert!(rules::find(id).is_some(), "{id}");
        }
    }
}
