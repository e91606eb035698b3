//! What the turns of a thread amount to.
//!
//! The folding is `transcript`'s; here is only which events are folded into which thread.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::{End, Evidence, Exchange, Purpose};
use crate::protocol::{
    Event, Extra, Item, ItemId, ItemKind, ItemRef, Operation, ThreadId, ThreadStatus,
    ToolCallStatus,
};
use crate::transcript::Transcript;

/// A thread as the turns so far made it.
#[derive(Debug, Default)]
pub struct Story {
    /// The items that are done, and those that were never finished.
    pub transcript: Transcript,
    /// The ids of all items that were ever streamed.
    pub streamed: BTreeSet<ItemId>,
    /// The ids of those that a turn removed.
    pub removed: BTreeSet<ItemId>,
    /// In which order items were done.
    done: BTreeMap<ItemId, usize>,
    /// The client tool calls that had their output.
    answered: BTreeSet<ItemId>,
    /// Those that were given up: they may be stored or not.
    given_up: BTreeSet<ItemId>,
    /// Whether its first turn was seen.
    pub is_whole: bool,
    /// Whether every turn of it came to its end, so that it is known what was stored.
    pub is_certain: bool,
}

impl Story {
    /// The items that a backend must have stored: done, and of a kind that clients see.
    pub fn stored(&self) -> Vec<&Item> {
        let open: BTreeSet<_> = self.transcript.open_items().map(|item| &item.id).collect();
        let items = self.transcript.items();
        items
            .filter(|item| !open.contains(&item.id))
            .filter(|item| !is_hidden(item) && !matches!(item.kind, ItemKind::EndOfTurn(_)))
            .filter(|item| !self.given_up.contains(&item.id))
            .collect()
    }

    /// Whether an item was streamed and is there no more, because it was removed or a retry cut it.
    pub fn is_gone(&self, id: &ItemId) -> bool {
        self.streamed.contains(id) && self.transcript.item(id).is_none()
    }

    /// Whether the thread takes no messages, as far as its turns have told.
    pub fn is_closed(&self) -> bool {
        let thread = self.transcript.thread();
        thread.is_some_and(|thread| !matches!(thread.status, ThreadStatus::Active(_)))
    }

    /// Whether of two items the later one stands before the earlier one, whichever way they are
    /// sorted: a store may sort by when items began, when they were done, or by their times, and
    /// items that stream beside each other differ in these.
    pub fn is_turned(&self, before: &str, behind: &str) -> bool {
        let (before, behind) = (ItemId::from(before), ItemId::from(behind));
        let begun = |id: &ItemId| self.transcript.items().position(|item| item.id == *id);
        let items = self
            .transcript
            .item(&before)
            .zip(self.transcript.item(&behind));
        let time = |item: &Item| item.created_at.instant();
        let by_time = items.is_some_and(|(before, behind)| time(before) >= time(behind));
        begun(&before) > begun(&behind)
            && self.done.get(&before) > self.done.get(&behind)
            && by_time
    }

    /// The reference server completes the call that its thread waits for, and deletes all others
    /// that still wait (`server.py`, `_cleanup_pending_client_tool_call`).
    fn take_output(&mut self) {
        let waits = |item: &&Item| match &item.kind {
            ItemKind::ClientToolCall(call) => {
                call.status == ToolCallStatus::Pending && !self.answered.contains(&item.id)
            }
            _ => false,
        };
        let waiting = self.transcript.items().filter(waits);
        let mut waiting: Vec<_> = waiting.map(|item| item.id.clone()).collect();
        self.answered.extend(waiting.pop());
        self.given_up.extend(waiting);
    }

    fn turn(&mut self, exchange: &Exchange) {
        if exchange.operation() == Some(Operation::CreateThread) {
            self.is_whole = true;
            self.is_certain = true;
        }
        // What was never done is stored or not, and under whichever id it was done at last.
        if exchange.end != End::Complete || !exchange.fold.left_open.is_empty() {
            self.is_certain = false;
        }
        // What is wrong with the order is judged turn by turn; a message is stored before its answer.
        let says = |event: &Event| match event {
            Event::ItemDone(body) => matches!(body.item.kind, ItemKind::UserMessage(_)),
            _ => false,
        };
        let (said, answered): (Vec<_>, Vec<_>) = exchange.events().partition(|(_, it)| says(it));
        let mut again = BTreeSet::new();
        for (_, event) in said.into_iter().chain(answered) {
            if let Event::ItemAdded(body) | Event::ItemDone(body) = event
                && self.removed.remove(&body.item.id)
            {
                // It begins once more, and is one item still.
                self.streamed.remove(&body.item.id);
            }
            match event {
                // An id that is used anew means two items, which another rule tells.
                Event::ItemAdded(body) if self.streamed.contains(&body.item.id) => {
                    again.insert(&body.item.id);
                }
                Event::ItemAdded(body) | Event::ItemDone(body) => {
                    self.streamed.insert(body.item.id.clone());
                }
                Event::ItemRemoved(body) if !again.contains(&body.item_id) => {
                    self.removed.insert(body.item_id.clone());
                }
                _ => {}
            }
            if let Event::ItemDone(body) = event {
                self.done.insert(body.item.id.clone(), self.done.len());
            }
            let _ = self.transcript.apply(event);
        }
    }

    /// A retry removes what came after the message, and streams no event about it. All that was
    /// streamed here came after one that is older than the recording.
    fn cut_after(&mut self, message: &str) {
        let place = (self.transcript.items()).position(|item| item.id.as_str() == message);
        let kept = place.map_or(0, |place| place + 1);
        let after = self.transcript.items().skip(kept);
        let after: Vec<ItemId> = after.map(|item| item.id.clone()).collect();
        for item_id in after {
            let extra = Extra::default();
            let removed = Event::ItemRemoved(ItemRef { item_id, extra });
            let _ = self.transcript.apply(&removed);
        }
    }
}

/// Walks through the exchanges, and shows each with its thread as it was just before.
pub fn walk<'e>(evidence: &'e Evidence, mut visit: impl FnMut(&'e Exchange, &Story)) {
    let mut stories: BTreeMap<ThreadId, Story> = BTreeMap::new();
    let stranger = Story::default();
    for exchange in &evidence.exchanges {
        let id = exchange.thread();
        let known = id.as_ref().and_then(|id| stories.get(id));
        visit(exchange, known.unwrap_or(&stranger));
        let Some(id) = id.filter(|_| changes(exchange)) else {
            continue;
        };
        let story = stories.entry(id).or_default();
        if exchange.operation() == Some(Operation::RetryAfterItem)
            && let Some(message) = exchange.param("item_id")
        {
            story.cut_after(message);
        }
        if exchange.operation() == Some(Operation::AddClientToolOutput) {
            story.take_output();
        }
        story.turn(exchange);
        if exchange.operation() == Some(Operation::SyncCustomAction) {
            // The changed item is in a document, which no event tells.
            story.is_certain = false;
        }
    }
}

fn changes(exchange: &Exchange) -> bool {
    let acts = matches!(
        exchange.purpose,
        Purpose::Use
            | Purpose::Offer
            | Purpose::Browser
            | Purpose::Cancel
            | Purpose::AfterCancel
            | Purpose::Recall(_)
    );
    let turn = exchange.operation().is_some_and(Operation::streams);
    let sync = exchange.operation() == Some(Operation::SyncCustomAction);
    acts && exchange.is_success() && (turn || sync)
}

/// Whether an item is context for the model, which no client may see.
pub fn is_hidden(item: &Item) -> bool {
    matches!(
        item.kind,
        ItemKind::HiddenContext(_) | ItemKind::SdkHiddenContext(_)
    )
}
