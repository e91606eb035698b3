//! What the reference's agent loop streams, and what would else look like a mistake
//! (`openai-chatkit` 1.6.5, `agents.py`, `stream_agent_response`). Each is found in one walk through
//! the events, because a stream may have very many.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::evidence::Exchange;
use crate::protocol::{Event, Item, ItemId, ItemKind};

/// The numbers of the removals that sweep away all that an answer has made.
///
/// Where a guardrail trips, the loop removes whatever the model has produced, calls of functions too,
/// which were never streamed (`produced_items`). Others of the batch were streamed then, or an error
/// follows.
pub(super) fn swept(exchange: &Exchange) -> BTreeSet<u64> {
    let mut swept = BTreeSet::new();
    let mut made: BTreeSet<&ItemId> = BTreeSet::new();
    let mut removals: BTreeSet<u64> = BTreeSet::new();
    let mut batch: BTreeSet<u64> = BTreeSet::new();
    let mut has_made = false;
    for (frame, event) in exchange.events() {
        if let Event::ItemRemoved(body) = event {
            batch.insert(frame.number);
            has_made |= made.contains(&body.item_id);
            continue;
        }
        if std::mem::take(&mut has_made) {
            swept.append(&mut batch);
        }
        removals.append(&mut batch);
        match event {
            Event::ItemAdded(body) | Event::ItemDone(body) => drop(made.insert(&body.item.id)),
            Event::Error(_) => swept.append(&mut removals),
            _ => {}
        }
    }
    if has_made {
        swept.append(&mut batch);
    }
    swept
}

/// The numbers of the events by which a workflow is done a second time, as it was but for being
/// expanded: the loop ends and closes the one that a tool has ended, where the tool did not wait.
pub(super) fn ended_again(exchange: &Exchange) -> BTreeSet<u64> {
    let mut again = BTreeSet::new();
    let mut last: BTreeMap<&ItemId, &Item> = BTreeMap::new();
    for (frame, event) in exchange.events() {
        let Event::ItemDone(body) = event else {
            continue;
        };
        let before = last.insert(&body.item.id, &body.item);
        if before.is_some_and(|before| is_same_workflow(before, &body.item)) {
            again.insert(frame.number);
        }
    }
    again
}

fn is_same_workflow(before: &Item, again: &Item) -> bool {
    let mut before = before.clone();
    match (&mut before.kind, &again.kind) {
        (ItemKind::Workflow(old), ItemKind::Workflow(new)) => {
            old.workflow.expanded = new.workflow.expanded;
        }
        _ => return false,
    }
    before == *again
}

/// The workflows that a turn has left open, so that a later one may go on with them under their ids,
/// as the loop does behind a client tool.
pub(super) fn left_going(exchange: &Exchange) -> BTreeSet<&ItemId> {
    let mut open = BTreeSet::new();
    for (_, event) in exchange.events() {
        match event {
            Event::ItemAdded(body) if matches!(body.item.kind, ItemKind::Workflow(_)) => {
                open.insert(&body.item.id);
            }
            Event::ItemDone(body) => drop(open.remove(&body.item.id)),
            _ => {}
        }
    }
    open
}
