//! How the rules of a stream are judged.

use std::collections::BTreeSet;

use serde_json::Value;

use super::agent_loop::{ended_again, swept};
use super::rows::rows;
use crate::check::evidence::{Evidence, Exchange, Purpose, quote};
use crate::check::rule::{Finding, Review, Verdict};
use crate::check::story::{is_hidden, walk};
use crate::protocol::{Event, ItemId, ItemKind, Operation};
use crate::transcript::Violation;

pub(super) const NONE: &str = "no stream came";

/// Finds what the fold of each turn says against it.
pub(super) fn violations(
    evidence: &Evidence,
    expected: &str,
    is_meant: impl Fn(&Violation) -> bool,
    excused: impl Fn(&Exchange) -> BTreeSet<u64>,
) -> Review {
    let mut review = Review::default();
    for exchange in evidence.turns() {
        review.look();
        // What was updated before it was added has lost those updates, whichever item they were
        // meant for, which is one mistake.
        let is_late =
            |violation: &Violation| matches!(violation, Violation::UpdateBeforeAdd { .. });
        let has_late = (exchange.fold.violations.iter()).any(|(_, violation)| is_late(violation));
        // So it is with what a frame brought that cannot be read.
        let unread = first_unread(exchange);
        let excused = if exchange.fold.violations.is_empty() {
            BTreeSet::new()
        } else {
            excused(exchange)
        };
        for (number, violation) in &exchange.fold.violations {
            let follows = unread < *number || has_late && violation.of_parts().is_some();
            if is_meant(violation) && !excused.contains(number) && !follows {
                let found = violation.to_string();
                review.find(Finding::at_number(exchange, *number, found, expected));
            }
        }
    }
    review
}

/// The number of the first frame that cannot be read.
fn first_unread(exchange: &Exchange) -> u64 {
    let unread = exchange.frames.iter().find(|frame| frame.event.is_err());
    unread.map_or(u64::MAX, |frame| frame.number)
}

/// Only what the thread has is removed or replaced; what its first turn does with others shows in the
/// fold of that turn, and what a later one does only beside those before it.
pub(super) fn known_items(evidence: &Evidence) -> Verdict {
    let expected = "the id of an item that the thread has";
    let is_meant = |found: &Violation| {
        matches!(
            found,
            Violation::RemovedUnknown { .. } | Violation::ReplacedUnknown { .. }
        )
    };
    let mut review = violations(evidence, expected, is_meant, swept);
    let read: BTreeSet<_> = (evidence.uses().flat_map(rows))
        .filter_map(|row| row["id"].as_str().map(ItemId::from))
        .collect();
    walk(evidence, |exchange, story| {
        let is_known = story.is_whole && story.is_certain && !exchange.is_to_be_refused();
        if !is_known || exchange.fold.created().is_some() {
            return;
        }
        let mut new = BTreeSet::new();
        let swept = swept(exchange);
        for (frame, event) in exchange.events() {
            let id = match event {
                Event::ItemAdded(body) | Event::ItemDone(body) => {
                    new.insert(&body.item.id);
                    continue;
                }
                Event::ItemReplaced(body) => &body.item.id,
                Event::ItemRemoved(body) => &body.item_id,
                _ => continue,
            };
            let is_known = new.contains(id)
                || read.contains(id)
                || story.streamed.contains(id)
                || swept.contains(&frame.number);
            review.check((!is_known).then(|| {
                let found = format!("the thread has no item {id}");
                Finding::at(exchange, frame, found, "the id of an item of the thread")
            }));
        }
    });
    review.verdict(NONE)
}

/// A workflow may be done twice, if it stays the same: the reference's agent loop ends the one that
/// a tool has ended, where the tool did not wait for it (`agents.py`, `stream_agent_response`).
pub(super) fn done_once(evidence: &Evidence) -> Verdict {
    let expected = "one thread.item.done for each id";
    let is_meant = |found: &Violation| matches!(found, Violation::DoneTwice { .. });
    let review = violations(evidence, expected, is_meant, ended_again);
    review.verdict(NONE)
}

pub(super) fn event_shape(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.turns() {
        for frame in &exchange.frames {
            review.look();
            let error = match &frame.event {
                Ok(event) => {
                    let wrong = wrong_arguments(event);
                    if let Some(found) = wrong {
                        review.find(Finding::at(exchange, frame, found, "a JSON object"));
                    }
                    continue;
                }
                Err(error) => error,
            };
            let value: Value = serde_json::from_slice(&frame.data).unwrap_or(Value::Null);
            // What is no object with a type is transport's.
            if value["type"].is_string() {
                let expected = "the fields that the type has";
                review.find(Finding::at(exchange, frame, error.to_string(), expected));
            }
        }
    }
    review.verdict(NONE)
}

/// The arguments of a client tool's call, which are read whatever they are, but are an object
/// (`types.py`, `ClientToolCallItem`).
fn wrong_arguments(event: &Event) -> Option<String> {
    let (Event::ItemAdded(body) | Event::ItemDone(body) | Event::ItemReplaced(body)) = event else {
        return None;
    };
    let ItemKind::ClientToolCall(call) = &body.item.kind else {
        return None;
    };
    let found = format!(
        "item.arguments: {}",
        quote(call.arguments.to_string().as_bytes())
    );
    (!call.arguments.is_object()).then_some(found)
}

pub(super) fn thread_created_first(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let created = evidence
        .turns()
        .filter(|it| it.operation() == Some(Operation::CreateThread));
    for exchange in created {
        let Some(first) = exchange.frames.first() else {
            continue;
        };
        // What cannot be read is another rule's, as far as it says that it is meant for one.
        let says_so = || {
            let value: Value = serde_json::from_slice(&first.data).unwrap_or_default();
            value["type"]
                .as_str()
                .is_none_or(|it| it == "thread.created")
        };
        let is_first = match &first.event {
            Ok(event) => matches!(event, Event::ThreadCreated(_)),
            Err(_) => says_so(),
        };
        let finding = (!is_first).then(|| {
            Finding::at(
                exchange,
                first,
                "another event comes first",
                "thread.created",
            )
        });
        review.check(finding);
    }
    review.verdict("no thread was created")
}

/// Whether an event belongs to the answer.
fn is_answer(event: &Event) -> bool {
    match event {
        Event::ItemAdded(body) | Event::ItemDone(body) => {
            !matches!(body.item.kind, ItemKind::UserMessage(_))
        }
        Event::ItemUpdated(_) => true,
        _ => false,
    }
}

pub(super) fn user_message_first(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.turns().filter(|it| says_something(it)) {
        let is_message = |event: &Event| match event {
            Event::ItemDone(body) => matches!(body.item.kind, ItemKind::UserMessage(_)),
            _ => false,
        };
        let mut events = exchange.events();
        let first = events.find(|(_, event)| is_message(event) || is_answer(event));
        let Some((frame, event)) = first else {
            continue;
        };
        // What could not be read before may have been the message.
        let is_early = !is_message(event) && frame.number < first_unread(exchange);
        let finding = is_early.then(|| {
            let found = "the answer begins before the user's message is done";
            Finding::at(
                exchange,
                frame,
                found,
                "thread.item.done of the user_message",
            )
        });
        review.check(finding);
    }
    review.verdict("no message was sent")
}

/// Whether a turn was begun by a message of the user.
fn says_something(exchange: &Exchange) -> bool {
    matches!(
        exchange.operation(),
        Some(Operation::CreateThread | Operation::AddUserMessage)
    )
}

/// Whether a turn was begun by a message of the user, or begins once more with one.
fn wants_an_answer(exchange: &Exchange) -> bool {
    says_something(exchange) || exchange.operation() == Some(Operation::RetryAfterItem)
}

pub(super) fn stream_options(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.turns() {
        let mut events = exchange.events();
        let first =
            events.find(|(_, event)| is_answer(event) || matches!(event, Event::StreamOptions(_)));
        let Some((frame, event)) = first else {
            continue;
        };
        let finding = is_answer(event).then(|| {
            Finding::at(
                exchange,
                frame,
                "the answer begins before it",
                "stream_options",
            )
        });
        review.check(finding);
    }
    review.verdict(NONE)
}

pub(super) fn left_open(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.turns().filter(|it| it.is_whole_turn()) {
        review.look();
        for id in &exchange.fold.left_open {
            let added = exchange.events().find(|(_, event)| match event {
                Event::ItemAdded(body) => body.item.id == *id,
                _ => false,
            });
            let found = format!("item {id} was added here and never done");
            let number = added.map_or(0, |(frame, _)| frame.number);
            let expected = "thread.item.done of this item before the stream ends";
            review.find(Finding::at_number(exchange, number, found, expected));
        }
    }
    review.verdict("no turn came to its end")
}

pub(super) fn own_thread(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.turns() {
        let Some(thread) = exchange.thread() else {
            continue;
        };
        for (frame, event) in exchange.events() {
            let item = match event {
                Event::ItemAdded(body) | Event::ItemDone(body) | Event::ItemReplaced(body) => {
                    &body.item
                }
                _ => continue,
            };
            let finding = (item.thread_id != thread).then(|| {
                let found = format!("thread_id is {}", item.thread_id);
                Finding::at(exchange, frame, found, thread.to_string())
            });
            review.check(finding);
        }
    }
    for exchange in evidence.uses().filter(|it| it.is_success()) {
        let Some(thread) = exchange
            .param("thread_id")
            .filter(|_| lists_items(exchange))
        else {
            continue;
        };
        let rows = rows(exchange);
        let foreign = rows.iter().find(|row| row["thread_id"] != thread);
        review.check(foreign.map(|row| {
            let found = format!("item {} has the thread_id {}", row["id"], row["thread_id"]);
            Finding::in_row(exchange, row, found, thread)
        }));
    }
    review.verdict(NONE)
}

/// Whether items of a thread are asked for.
fn lists_items(exchange: &Exchange) -> bool {
    matches!(
        exchange.operation(),
        Some(Operation::GetThread | Operation::ListItems)
    )
}

pub(super) fn hidden_items(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let expected = "nothing of this item";
    for exchange in evidence.turns() {
        review.look();
        for (frame, event) in exchange.events() {
            let item = match event {
                Event::ItemAdded(body) | Event::ItemDone(body) | Event::ItemReplaced(body) => {
                    &body.item
                }
                _ => continue,
            };
            if is_hidden(item) {
                let found = format!("the hidden item {} was sent", item.id);
                review.find(Finding::at(exchange, frame, found, expected));
            }
        }
    }
    for exchange in &evidence.exchanges {
        let document = exchange.document().unwrap_or(Value::Null);
        for rows in [&document["data"], &document["items"]["data"]] {
            for row in rows.as_array().into_iter().flatten() {
                let kind = row["type"].as_str().unwrap_or_default();
                if matches!(kind, "hidden_context_item" | "sdk_hidden_context") {
                    let found = format!("the hidden item {} stands in a page", row["id"]);
                    review.find(Finding::in_row(exchange, row, found, expected));
                }
            }
        }
    }
    review.verdict(NONE)
}

pub(super) fn ends_with_an_answer(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence
        .turns()
        .filter(|it| it.is_whole_turn() && wants_an_answer(it))
        // What cannot be read may be the answer.
        .filter(|it| it.frames.iter().all(|frame| frame.event.is_ok()))
    {
        let has_answer = exchange
            .events()
            .any(|(_, event)| is_answer(event) || matches!(event, Event::Error(_)));
        let finding = (!has_answer).then(|| {
            let last = exchange.frames.last().map_or(0, |frame| frame.number);
            let found = "the stream ends here, without an answer and without an error";
            Finding::at_number(
                exchange,
                last,
                found,
                "a done item of the assistant, or an error event",
            )
        });
        review.check(finding);
    }
    review.verdict("no turn came to its end")
}

pub(super) fn no_errors(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let asked = |it: &&Exchange| it.is_use() || it.purpose == Purpose::AfterCancel;
    for exchange in evidence.turns().filter(asked) {
        let error = exchange.events().find_map(|(frame, event)| match event {
            Event::Error(error) => Some((frame, error)),
            _ => None,
        });
        review.check(error.map(|(frame, error)| {
            let message = error.message.as_deref().unwrap_or("no message");
            let found = format!("an error event ({}): {message}", error.code);
            Finding::at(exchange, frame, found, "an answer")
        }));
    }
    review.verdict(NONE)
}
