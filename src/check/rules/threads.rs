//! What a stream tells about the thread itself.

use std::collections::BTreeMap;

use serde_json::Value;

use super::rows::other_thread;
use crate::check::evidence::{Evidence, Exchange};
use crate::check::rule::{Finding, Review, Verdict};
use crate::protocol::{Event, Operation};

pub(super) fn thread_created_once(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.turns() {
        review.look();
        let mut created = exchange
            .events()
            .filter(|(_, event)| matches!(event, Event::ThreadCreated(_)));
        if exchange.operation() == Some(Operation::CreateThread) {
            created.next();
        }
        if let Some((frame, _)) = created.next() {
            let found = "the thread is there already";
            let expected = "no thread.created";
            review.find(Finding::at(exchange, frame, found, expected));
        }
    }
    review.verdict("no stream came")
}

/// What a client knows of a thread that it has streamed.
struct Told<'e> {
    title: Value,
    status: Value,
    /// The last turn, which was to tell of what has changed since.
    turn: Option<&'e Exchange>,
}

impl Told<'_> {
    fn take(&mut self, thread: &Value) {
        self.title = thread["title"].clone();
        self.status = thread["status"]["type"].clone();
    }
}

/// Compares what a thread is, when it is read, with what its turns told of it.
pub(super) fn thread_updated(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let mut threads: BTreeMap<String, Told> = BTreeMap::new();
    for exchange in evidence.uses().filter(|it| it.is_success()) {
        let Some(id) = exchange.thread().map(|id| id.to_string()) else {
            continue;
        };
        match exchange.operation() {
            Some(operation) if operation.streams() => turn(&mut threads, &id, exchange),
            // What it answers is judged by another rule; from then on nothing is known. A synchronous
            // action has no stream in which it could tell.
            Some(Operation::UpdateThread | Operation::SyncCustomAction) => {
                drop(threads.remove(&id));
            }
            Some(Operation::GetThread) if other_thread(exchange).is_none() => {
                let Some(thread) = exchange.document() else {
                    continue;
                };
                let Some(told) = threads.get_mut(&id) else {
                    continue;
                };
                if let Some(turn) = told.turn.take() {
                    review.check(untold(told, &thread).map(|(found, expected)| {
                        let last = turn.frames.last().map_or(0, |frame| frame.number);
                        Finding::at_number(turn, last, found, expected)
                    }));
                }
                told.take(&thread);
            }
            _ => {}
        }
    }
    review.verdict("no thread was read back after a turn")
}

fn turn<'e>(threads: &mut BTreeMap<String, Told<'e>>, id: &str, exchange: &'e Exchange) {
    if exchange.operation() == Some(Operation::CreateThread) {
        let told = Told {
            title: Value::Null,
            status: Value::Null,
            turn: None,
        };
        threads.insert(id.to_owned(), told);
    }
    let Some(told) = threads.get_mut(id) else {
        return;
    };
    for (frame, event) in exchange.events() {
        if matches!(event, Event::ThreadCreated(_) | Event::ThreadUpdated(_)) {
            let event: Value = serde_json::from_slice(&frame.data).unwrap_or_default();
            told.take(&event["thread"]);
        }
    }
    // Of a turn that broke off, or was not read whole, it is not known what it told.
    let is_read = exchange.frames.iter().all(|frame| frame.event.is_ok());
    told.turn = Some(exchange).filter(|it| it.is_whole_turn() && is_read);
}

/// What the thread has that nothing told of.
fn untold(told: &Told, thread: &Value) -> Option<(String, String)> {
    let status = &thread["status"]["type"];
    let changed = [
        ("title", &told.title, &thread["title"]),
        ("status", &told.status, status),
    ];
    let (name, old, new) = changed.into_iter().find(|(_, old, new)| {
        new.is_string() && old != new && !(old.is_null() && *new == "active")
    })?;
    let found = format!("the {name} is {new} afterwards, and the stream ends here with {old}");
    Some((found, format!("thread.updated with the {name} {new}")))
}
