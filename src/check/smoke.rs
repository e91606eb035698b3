//! The short check: reach, start a thread, get an answer, read it back, clean up.

use std::time::Duration;

use serde_json::json;

use super::barred::{refused, unreached};
use super::cookie;
use super::evidence::{Budget, Evidence, Exchange};
use super::probe::{clean_up, smoke_turn};
use super::rule::Severity;
use super::rules;
use super::wire::Wire;
use crate::cancel::Cancel;
use crate::client::Backend;
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
    /// The threads that could not be removed.
    pub left: Vec<String>,
}

/// The rules that even a short check asks; the others need more than it tries.
const ASKED: &[&str] = &[
    "transport/stream-content-type",
    "transport/json-frames",
    "transport/whole-answers",
    "requests/threads.create",
    "requests/threads.get_by_id",
    "requests/threads.delete",
    "stream/event-shape",
    "stream/left-open",
    "stream/no-errors",
    "stream/ends-with-an-answer",
    "persistence/thread-items",
    "persistence/delete",
    "speed/first-event",
    "speed/turn",
];

/// Makes the short check.
///
/// # Errors
/// The backend was not reached or lets nobody in, or we were told to stop.
pub async fn smoke(
    backend: &Backend,
    message: &str,
    budget: Budget,
    keeps: bool,
    cancel: &Cancel,
) -> Result<Smoke> {
    let wire = Wire::new(backend, budget, cancel);
    let turn = smoke_turn(&wire, message, keeps).await;
    let left = if keeps {
        Vec::new()
    } else {
        clean_up(&wire).await
    };
    if let Some(error) = turn?.error {
        return Err(unreached(error, backend));
    }
    let log = wire.into_log();
    let evidence = Evidence {
        subject: backend.describe(),
        budget,
        gaps: (log.patience.trouble(&log.limited).into_iter())
            .chain(cookie::trouble(&log.exchanges))
            .collect(),
        exchanges: log.exchanges,
        ..Evidence::default()
    };
    match refused(&evidence) {
        Some(error) => Err(error),
        None => Ok(Smoke {
            left,
            ..outcome(&evidence)
        }),
    }
}

fn outcome(evidence: &Evidence) -> Smoke {
    let turn = evidence
        .exchanges
        .iter()
        .find(|it| it.operation() == Some(Operation::CreateThread));
    let since = |exchange: &Exchange, at: Duration| at.saturating_sub(exchange.sent);
    let first = turn.and_then(|turn| Some(since(turn, turn.frames.first()?.at)));
    Smoke {
        first_event: first.unwrap_or_default(),
        first_text: turn.and_then(|turn| Some(since(turn, rules::first_text_of(turn)?.at))),
        turn: turn.map(|turn| since(turn, turn.ended)).unwrap_or_default(),
        events: turn.map_or(0, |turn| turn.frames.len()),
        characters: turn.map_or(0, |turn| turn.fold.answer().chars().count()),
        failure: failure(evidence),
        left: Vec::new(),
    }
}

fn failure(evidence: &Evidence) -> Option<String> {
    if let Some(gap) = evidence.gaps.first() {
        return Some(gap.what.clone());
    }
    let rules = rules::all().filter(|rule| ASKED.contains(&rule.id));
    for rule in rules.filter(|rule| rule.severity == Severity::Must) {
        if let super::rule::Verdict::Failed(findings) = (rule.judge)(evidence) {
            let finding = findings.first.first()?;
            let place = match finding.frame {
                Some(frame) => format!("{}, frame {frame}", finding.operation),
                None => finding.operation.clone(),
            };
            return Some(format!("{}: {place}: {}", rule.id, finding.found));
        }
    }
    None
}

impl Smoke {
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
