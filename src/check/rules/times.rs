//! How times are written, in streams and in what is read back.

use serde_json::Value;

use super::persistence::rows;
use crate::check::evidence::{Evidence, Frame};
use crate::check::rule::{Finding, Review, Verdict};
use crate::protocol::Event;

pub(super) fn times(evidence: &Evidence) -> Verdict {
    each_time(evidence, |time| match time {
        Value::String(text) => {
            let zoned = text.parse::<jiff::Timestamp>().is_ok();
            (!zoned).then(|| "a time with a Z or an offset".to_owned())
        }
        _ => None,
    })
}

pub(super) fn iso_times(evidence: &Evidence) -> Verdict {
    each_time(evidence, |time| {
        (!time.is_string()).then(|| "a text, as 2026-11-20T23:56:45Z".to_owned())
    })
}

/// Looks at `created_at` of the thread or item of each event, and of each row that is read.
fn each_time(evidence: &Evidence, wrong: impl Fn(&Value) -> Option<String>) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.turns() {
        for frame in exchange.frames.iter().filter(|frame| carries_time(frame)) {
            let event: Value = serde_json::from_slice(&frame.data).unwrap_or(Value::Null);
            for holder in [&event["item"], &event["thread"]] {
                let time = &holder["created_at"];
                if time.is_null() {
                    continue;
                }
                let finding = wrong(time).map(|expected| {
                    Finding::at(exchange, frame, format!("created_at is {time}"), expected)
                });
                review.check(finding);
            }
        }
    }
    for exchange in evidence.uses().filter(|it| it.is_success()) {
        for row in rows(exchange) {
            let time = &row["created_at"];
            if !time.is_null() {
                review.check(wrong(time).map(|expected| {
                    let found = format!("created_at of {} is {time}", row["id"]);
                    Finding::about(exchange, found, expected)
                }));
            }
        }
    }
    review.verdict("nothing with a time came")
}

fn carries_time(frame: &Frame) -> bool {
    !matches!(frame.event, Ok(Event::ItemUpdated(_)) | Err(_))
}
