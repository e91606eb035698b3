//! Client tools: the call that ends a turn, and the output that completes it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::rows::{has_rows, is_whole_list, rows};
use crate::check::evidence::{Evidence, Exchange, Probe};
use crate::check::rule::{Finding, Review, Verdict};
use crate::check::story::walk;
use crate::protocol::{Event, Item, ItemId, ItemKind, Operation, ToolCallStatus};

/// The pending call of an event, if it carries one.
fn pending(event: &Event) -> Option<&Item> {
    let item = match event {
        Event::ItemDone(body) | Event::ItemReplaced(body) => &body.item,
        _ => return None,
    };
    match &item.kind {
        ItemKind::ClientToolCall(call) if call.status == ToolCallStatus::Pending => Some(item),
        _ => None,
    }
}

pub(super) fn tool_ends_the_turn(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.turns().filter(|it| it.is_whole_turn()) {
        let calls = exchange.events().filter_map(|(frame, event)| {
            pending(event).map(|item| (frame.number, item.id.clone()))
        });
        let Some((at, id)) = calls.last() else {
            continue;
        };
        let later = exchange.events().find(|(frame, event)| {
            // Where the user's own message stands is another rule's.
            let makes = match event {
                Event::ItemAdded(body) | Event::ItemDone(body) => {
                    !matches!(body.item.kind, ItemKind::UserMessage(_))
                }
                _ => false,
            };
            frame.number > at && makes
        });
        review.check(later.map(|(frame, _)| {
            let found = format!("an item comes after the pending call {id}");
            Finding::at(exchange, frame, found, "the end of the stream")
        }));
    }
    review.verdict(evidence.reason(Probe::Tool, "no client tool was called"))
}

pub(super) fn tool_output(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    // The call that waits in each thread, and those that were answered: one may follow another.
    let mut waiting: BTreeMap<String, ItemId> = BTreeMap::new();
    let mut answered: Vec<(String, Option<ItemId>, &Value)> = Vec::new();
    walk(evidence, |exchange, story| {
        let thread = exchange.thread().map(|thread| thread.to_string());
        let is_answered = exchange.is_use() && exchange.is_success();
        let Some(thread) = thread.filter(|_| is_answered) else {
            return;
        };
        match exchange.operation() {
            Some(Operation::AddClientToolOutput) => {
                let call = waiting.remove(&thread);
                answered.push((thread.clone(), call, &exchange.params["result"]));
            }
            // It may be gone then, and another one stand there.
            Some(Operation::RetryAfterItem) => {
                answered.retain(|(of, call, _)| *of != thread || call.is_some());
            }
            Some(Operation::GetThread | Operation::ListItems) if has_rows(exchange) => {
                let rows = rows(exchange);
                let is_there =
                    |call: &Option<ItemId>| call.as_ref().is_none_or(|call| !story.is_gone(call));
                let is_new = |row: &Value| {
                    let id = row["id"].as_str().unwrap_or_default();
                    story.streamed.contains(&ItemId::from(id))
                };
                let own = answered.iter();
                let own = own.filter(|(of, call, _)| *of == thread && is_there(call));
                for (_, call, result) in own {
                    let row = rows.iter().rev().find(|row| match call {
                        Some(call) => row["id"] == call.as_str(),
                        // It is older than the recording.
                        None => row["type"] == "client_tool_call" && !is_new(row),
                    });
                    // A page need not have it.
                    if row.is_some() || is_whole_list(exchange) {
                        review.check(unfinished(exchange, row, result));
                    }
                }
            }
            _ => {}
        }
        if let Some(call) = exchange
            .events()
            .filter_map(|(_, event)| pending(event))
            .last()
        {
            waiting.insert(thread, call.id.clone());
        }
    });
    review.verdict(evidence.reason(Probe::Tool, "no client tool was answered and read back"))
}

/// A call that is not completed by its output.
fn unfinished(exchange: &Exchange, row: Option<&Value>, result: &Value) -> Option<Finding> {
    let is_good = row.is_some_and(|row| row["status"] == "completed" && row["output"] == *result);
    (!is_good).then(|| {
        let no_call = json!("no call");
        let expected = json!({"status": "completed", "output": result}).to_string();
        let found = "the call is not completed by its output";
        Finding::in_row(exchange, row.unwrap_or(&no_call), found, expected)
    })
}
