//! How times are written, in streams and in what is read back.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::rows::{NONE, rows};
use crate::check::evidence::{Evidence, Exchange, Frame};
use crate::check::rule::{Finding, Review, Verdict};
use crate::protocol::{self, Event, Operation};

pub(super) fn times(evidence: &Evidence) -> Verdict {
    each_time(evidence, |time| match time {
        Value::String(_) => {
            let time = read(time).filter(protocol::Timestamp::has_offset);
            time.is_none()
                .then(|| "a time with a Z or an offset".to_owned())
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
                    Finding::in_row(exchange, &row, found, expected)
                }));
            }
        }
    }
    review.verdict("nothing with a time came")
}

/// How far the time that was streamed may be from the one that is read: it may be set when the item
/// is saved, behind a long answer, and be kept less exactly.
const APART: SignedDuration = SignedDuration::from_secs(60);

/// What is known of the times of items and threads.
#[derive(Default)]
struct Times {
    /// What the turns said.
    streamed: BTreeMap<Name, Value>,
    /// What an operation answered first.
    read: BTreeMap<(Name, String), Value>,
}

/// The thread of an item and its own id: items of two threads may have one. A thread is of none.
type Name = (String, String);

fn name(holder: &Value) -> Option<Name> {
    let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
    let thread = text(&holder["thread_id"]).unwrap_or_default();
    Some((thread, text(&holder["id"])?))
}

impl Times {
    /// A turn may make an item anew, from when on what was read before means nothing.
    fn stream(&mut self, exchange: &Exchange) {
        let created = exchange
            .frames
            .iter()
            .filter_map(|frame| match &frame.event {
                Ok(Event::ThreadCreated(_)) => serde_json::from_slice::<Value>(&frame.data).ok(),
                _ => None,
            });
        let threads = created.map(|event| event["thread"].clone());
        let items = exchange.fold.items().map(|item| json!(item));
        for holder in threads.chain(items) {
            let Some(name) = name(&holder) else {
                continue;
            };
            self.forget(&name);
            self.streamed.insert(name, holder["created_at"].clone());
        }
    }

    fn forget(&mut self, name: &Name) {
        self.streamed.remove(name);
        self.read.retain(|(known, _), _| known != name);
    }

    /// What is wrong with the time of an item or a thread that is read.
    fn wrong(&mut self, exchange: &Exchange, holder: &Value) -> Option<(String, String)> {
        let name = name(holder)?;
        let id = &name.1;
        let time = &holder["created_at"];
        if time.is_null() {
            return None;
        }
        let key = (name.clone(), exchange.kind.clone());
        let before = self.read.entry(key).or_insert_with(|| time.clone());
        if before != time {
            let found = format!("created_at of {id} is {time} now");
            return Some((found, format!("{before}, as it was answered before")));
        }
        let streamed = self.streamed.get(&name)?;
        let found = format!("created_at of {id} is {time}");
        are_apart(streamed, time).then(|| (found, format!("{streamed}, as it was streamed")))
    }
}

/// When a thread or an item was made, as far as its time tells.
pub(super) fn made(row: &Value) -> Option<Timestamp> {
    instant(&row["created_at"])
}

/// The instant of a time; one without an offset is of the backend's own clock, as its neighbours
/// are.
fn instant(time: &Value) -> Option<Timestamp> {
    read(time)?.instant()
}

fn read(time: &Value) -> Option<protocol::Timestamp> {
    serde_json::from_value(time.clone()).ok()
}

/// Whether two times are far apart; of which one has an offset and the other none nobody can tell.
fn are_apart(one: &Value, other: &Value) -> bool {
    let texts = one.as_str().zip(other.as_str());
    let zoned = texts.map(|(one, other)| (one.parse::<Timestamp>(), other.parse::<Timestamp>()));
    let (one, other) = match zoned {
        Some((Ok(one), Ok(other))) => (Some(one), Some(other)),
        Some((Err(_), Err(_))) => (instant(one), instant(other)),
        _ => return false,
    };
    let apart = one.zip(other).map(|(one, other)| one.duration_since(other));
    apart.is_some_and(|apart| apart.abs() > APART)
}

pub(super) fn times_kept(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let mut times = Times::default();
    for exchange in evidence.uses().filter(|it| it.is_success()) {
        match exchange.operation() {
            Some(Operation::GetThread | Operation::UpdateThread) => {
                let thread = exchange.document().unwrap_or_default();
                look(&mut review, &mut times, exchange, &thread);
            }
            Some(Operation::ListItems | Operation::ListThreads) => {}
            Some(Operation::SyncCustomAction) => {
                let param = |name| exchange.param(name).unwrap_or_default().to_owned();
                times.forget(&(param("thread_id"), param("item_id")));
            }
            Some(operation) if operation.streams() => times.stream(exchange),
            _ => continue,
        }
        for row in rows(exchange) {
            look(&mut review, &mut times, exchange, &row);
        }
    }
    review.verdict(NONE)
}

fn look(review: &mut Review, times: &mut Times, exchange: &Exchange, holder: &Value) {
    let wrong = times.wrong(exchange, holder);
    review.check(wrong.map(|(found, expected)| {
        // Of a thread the items stand elsewhere, and hide what is meant.
        let id = json!({"id": holder["id"], "created_at": holder["created_at"]});
        Finding::in_row(exchange, &id, found, expected)
    }));
}

fn carries_time(frame: &Frame) -> bool {
    !matches!(frame.event, Ok(Event::ItemUpdated(_)) | Err(_))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;

    use super::*;
    use crate::check::evidence::Fold;
    use crate::check::evidence::Head;
    use crate::protocol::EventReader;

    const AT: &str = "2026-01-01T00:00:00Z";

    fn answered(kind: &str) -> Exchange {
        let params = json!({"thread_id": "t"});
        let request = json!({"type": kind, "params": params}).to_string();
        Exchange {
            head: Some(Head {
                status: 200,
                headers: Vec::new(),
                at: Duration::ZERO,
            }),
            ..Exchange::asked(Bytes::from(request))
        }
    }

    fn item(time: &str) -> Value {
        json!({"id": "m", "thread_id": "t", "created_at": time, "type": "end_of_turn"})
    }

    /// A turn that does the item at this time.
    fn turn(time: &str) -> Exchange {
        let event = json!({"type": "thread.item.done", "item": item(time)}).to_string();
        let reader = &mut EventReader::default();
        let frames = vec![Frame::new(1, Duration::ZERO, Bytes::from(event), reader)];
        Exchange {
            fold: Fold::of(&frames),
            frames,
            ..answered("threads.add_user_message")
        }
    }

    fn list(time: &str) -> Exchange {
        let page = json!({"data": [item(time)], "has_more": false});
        Exchange {
            body: Bytes::from(page.to_string()),
            ..answered("items.list")
        }
    }

    /// A thread of this time that has the item.
    fn thread(thread: &str, time: &str) -> Exchange {
        let page = json!({"data": [item(time)], "has_more": false});
        let thread = json!({"id": "t", "created_at": thread, "items": page});
        Exchange {
            body: Bytes::from(thread.to_string()),
            ..answered("threads.get_by_id")
        }
    }

    fn fails(exchanges: Vec<Exchange>) -> bool {
        let evidence = Evidence {
            exchanges,
            ..Evidence::default()
        };
        matches!(times_kept(&evidence), Verdict::Failed(_))
    }

    #[test]
    fn a_time_that_was_read_stays() {
        assert!(!fails(vec![
            list(AT),
            list(AT),
            thread(AT, AT),
            thread(AT, AT)
        ]));
        let later = "2026-01-01T00:00:00.001Z";
        assert!(fails(vec![list(AT), list(later)]));
        assert!(fails(vec![thread(AT, AT), thread(later, AT)]));
        assert!(fails(vec![thread(AT, AT), thread(AT, later)]));
        // One operation may be more exact than another.
        assert!(!fails(vec![list(AT), thread(AT, later)]));
        // An item that was made anew has a time of its own.
        assert!(!fails(vec![list(AT), turn(later), list(later)]));
    }

    #[test]
    fn a_time_that_is_read_is_near_the_one_that_was_streamed() {
        assert!(!fails(vec![turn(AT), list("2026-01-01T00:00:20+00:00")]));
        assert!(fails(vec![turn(AT), list("2026-01-01T01:00:00Z")]));
        let naive = "2026-01-01T00:00:00";
        assert!(fails(vec![turn(naive), list("2026-01-01T01:00:00")]));
        // In which zone a time without an offset is only its backend knows.
        assert!(!fails(vec![turn(naive), list("2026-01-01T01:00:00Z")]));
    }
}
