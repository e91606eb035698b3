//! What the reference's agent loop streams, and what would else look like a mistake
//! (`openai-chatkit` 1.6.5, `agents.py`, `stream_agent_response`).

use crate::check::evidence::Exchange;
use crate::protocol::{Event, ItemId, ItemKind};

/// Whether the event of this number is a removal that sweeps away all that an answer has made.
///
/// Where a guardrail trips, the reference's agent loop removes whatever the model has produced, calls
/// of functions too, which were never streamed (`agents.py`, `stream_agent_response`:
/// `produced_items`). Others of the batch were streamed then, or an error follows.
pub(super) fn is_swept(exchange: &Exchange, number: u64) -> bool {
    let events: Vec<_> = exchange.events().collect();
    let Some(at) = events.iter().position(|(it, _)| it.number == number) else {
        return false;
    };
    let removed = |event: &Event| match event {
        Event::ItemRemoved(body) => Some(body.item_id.clone()),
        _ => None,
    };
    let Some(own) = removed(events[at].1) else {
        return false;
    };
    let made = |id: &ItemId| {
        let mut before = events[..at].iter();
        before.any(|(_, event)| match event {
            Event::ItemAdded(body) | Event::ItemDone(body) => body.item.id == *id,
            _ => false,
        })
    };
    let before = events[..at].iter().rev();
    let behind = events[at..].iter();
    let batch = before
        .map_while(|(_, event)| removed(event))
        .chain(behind.map_while(|(_, event)| removed(event)));
    let fails = |(_, event): &(_, &Event)| matches!(event, Event::Error(_));
    batch.filter(|id| *id != own).any(|id| made(&id)) || events[at..].iter().any(fails)
}

/// Whether the event of this number says of a workflow what the one before said.
pub(super) fn is_same_workflow(exchange: &Exchange, id: &ItemId, number: u64) -> bool {
    let done = exchange.events().filter_map(|(frame, event)| match event {
        Event::ItemDone(body) if body.item.id == *id && frame.number <= number => Some(&body.item),
        _ => None,
    });
    let done: Vec<_> = done.collect();
    let [.., before, again] = done[..] else {
        return false;
    };
    // The loop closes what the tool may have left expanded.
    let mut before = before.clone();
    match (&mut before.kind, &again.kind) {
        (ItemKind::Workflow(old), ItemKind::Workflow(new)) => {
            old.workflow.expanded = new.workflow.expanded;
        }
        _ => return false,
    }
    before == *again
}

/// Whether a turn has left a workflow open, so that a later one may go on with it under its id, as
/// the reference's agent loop does behind a client tool (`agents.py`, `stream_agent_response`).
pub(super) fn goes_on(exchange: &Exchange, id: &ItemId) -> bool {
    let mut is_workflow = false;
    let mut is_done = false;
    for (_, event) in exchange.events() {
        match event {
            Event::ItemAdded(body) if body.item.id == *id => {
                is_workflow = matches!(body.item.kind, ItemKind::Workflow(_));
            }
            Event::ItemDone(body) if body.item.id == *id => is_done = true,
            _ => {}
        }
    }
    is_workflow && !is_done
}
