//! The items of a transcript: in order, found by id, and cheap to remove.

use std::collections::{BTreeMap, HashMap};

use crate::protocol::{Item, ItemId, ItemKind};

/// Whether an item may still change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Added, not done.
    Open,
    /// A workflow of a turn before, which this one may go on with: where an agent calls a client
    /// tool while it reasons, the reference server stores the workflow as it is then, and takes it
    /// up after the tool's output (`stream_agent_response` in `openai-chatkit`).
    Paused,
    /// Done, replaced, or known from a page.
    Done,
}

impl State {
    /// The state of an item of a page.
    pub fn of_known(item: &Item) -> Self {
        match item.kind {
            ItemKind::Workflow(_) => Self::Paused,
            _ => Self::Done,
        }
    }
}

/// An item with what the fold has to remember of it.
#[derive(Debug)]
pub(super) struct Entry {
    pub item: Item,
    pub state: State,
    /// The components of a widget that received deltas, to be compared with the done widget.
    pub streamed: Vec<String>,
}

/// Items by the order of their coming; removing one costs no shifting of the others, because a
/// hostile stream may remove as many as it adds.
#[derive(Debug, Default)]
pub(super) struct Items {
    /// In boxes, because a node of the tree has room for eleven, and most turns have one or two.
    rows: BTreeMap<u64, Box<Entry>>,
    places: HashMap<ItemId, u64>,
    /// The place that was looked up last: the deltas of a message come one after another.
    last: Option<(ItemId, u64)>,
    next: u64,
}

impl Items {
    pub fn get(&self, id: &ItemId) -> Option<&Entry> {
        self.rows.get(self.places.get(id)?).map(Box::as_ref)
    }

    pub fn get_mut(&mut self, id: &ItemId) -> Option<&mut Entry> {
        let place = match &self.last {
            Some((last, place)) if last == id => *place,
            _ => {
                let place = *self.places.get(id)?;
                self.last = Some((id.clone(), place));
                place
            }
        };
        self.rows.get_mut(&place).map(Box::as_mut)
    }

    /// Puts an entry in the place of the one with its id, or at the end.
    pub fn insert(&mut self, entry: Entry) {
        let place = *self.places.entry(entry.item.id.clone()).or_insert_with(|| {
            self.next += 1;
            self.next
        });
        self.rows.insert(place, Box::new(entry));
    }

    /// Forgets an entry and says whether it was there.
    pub fn remove(&mut self, id: &ItemId) -> bool {
        self.last = None;
        let place = self.places.remove(id);
        place.is_some_and(|place| self.rows.remove(&place).is_some())
    }

    /// Pauses the workflows that are open.
    pub fn pause(&mut self) {
        for entry in self.rows.values_mut() {
            if entry.state == State::Open && matches!(entry.item.kind, ItemKind::Workflow(_)) {
                entry.state = State::Paused;
            }
        }
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.rows.values().map(Box::as_ref)
    }
}
