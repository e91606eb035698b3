//! The fold of events into a thread: the one place that knows what an event does.
//!
//! The renderer, the checker, the replayer and the mock all stand on it, and none of them folds
//! events by itself. It takes whatever it is fed: what the protocol does not allow is reported as a
//! [`Violation`] and applied as far as it makes sense, because a debugging tool must be able to
//! look at a broken stream.

mod items;
mod update;
mod violation;

use crate::protocol::{
    AnswerStatus, Event, Item, ItemId, ItemKind, ItemUpdated, Page, Request, Thread, ThreadStatus,
    ToolCallStatus, Update,
};

use items::{Entry, Items, State};
pub use violation::Violation;

/// A thread as far as the events that were applied tell it.
#[derive(Debug, Default)]
pub struct Transcript {
    /// In a box, because a server holds thousands of folds of turns that never change it.
    thread: Option<Box<Thread>>,
    items: Items,
    /// Whether every item of the thread is known, so that an unknown id is an error.
    whole: bool,
    failed: bool,
}

/// What an event changed, for whoever shows it.
#[derive(Clone, Debug, PartialEq)]
pub enum Change<'e> {
    /// The thread itself: it is new, or its title or status differ from before.
    Thread {
        /// The event says that the thread was created.
        created: bool,
        /// The title is another one.
        title: bool,
        /// The status is another one.
        status: bool,
    },
    /// An item came into being, and is open.
    Added(&'e ItemId),
    /// Text was appended to a part of an open message; the bulk of every stream.
    Text {
        /// The message.
        item_id: &'e ItemId,
        /// Which of its parts.
        part: usize,
        /// What was appended.
        appended: &'e str,
    },
    /// An open item changed in another way.
    Updated(&'e ItemId),
    /// An item is complete.
    Done(&'e ItemId),
    /// An item took the place of the one with the same id.
    Replaced(&'e ItemId),
    /// An item is gone.
    Removed(&'e ItemId),
    /// Nothing of the thread: progress, a notice, an effect, an error, an option.
    Signal,
    /// Nothing at all, because the event could not be applied.
    Nothing,
}

/// The outcome of applying one event.
#[must_use]
#[derive(Debug, PartialEq)]
pub struct Applied<'e> {
    /// What is different now.
    pub change: Change<'e>,
    /// What the protocol does not allow.
    pub violations: Vec<Violation>,
}

impl Transcript {
    /// The fold of a stream on a thread of which nothing is known yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The fold of a stream on a thread of which the items on its page are known.
    pub fn of(mut thread: Thread) -> Self {
        let page = std::mem::take(&mut thread.items);
        let mut items = Items::default();
        for item in page.data {
            items.insert(Entry {
                state: State::of_known(&item),
                item,
                streamed: Vec::new(),
            });
        }
        Self {
            thread: Some(Box::new(thread)),
            items,
            whole: !page.has_more,
            failed: false,
        }
    }

    /// Applies one event.
    pub fn apply<'e>(&mut self, event: &'e Event) -> Applied<'e> {
        let mut violations = Vec::new();
        let change = match event {
            Event::ItemUpdated(updated) => self.updated(updated, &mut violations),
            Event::ThreadCreated(body) => self.thread_event(&body.thread, true),
            Event::ThreadUpdated(body) => self.thread_event(&body.thread, false),
            Event::ItemAdded(body) => self.added(&body.item, &mut violations),
            Event::ItemDone(body) => self.done(&body.item, &mut violations),
            Event::ItemReplaced(body) => self.replaced(&body.item, &mut violations),
            Event::ItemRemoved(body) => {
                if !self.items.remove(&body.item_id) && self.whole {
                    violations.push(Violation::RemovedUnknown {
                        item_id: body.item_id.clone(),
                    });
                }
                Change::Removed(&body.item_id)
            }
            Event::Error(_) => {
                self.failed = true;
                Change::Signal
            }
            Event::StreamOptions(_)
            | Event::Progress(_)
            | Event::ClientEffect(_)
            | Event::Notice(_)
            | Event::Unknown(_) => Change::Signal,
        };
        Applied { change, violations }
    }

    /// A request was accepted: what it answers is no longer waited for. The reference server says
    /// nothing of the call that a client tool's output completes.
    pub fn accepted(&mut self, request: &Request) {
        match request {
            Request::AddClientToolOutput(answer) => {
                let id = self.pending_tool_call().map(|item| item.id.clone());
                if let Some(ItemKind::ClientToolCall(call)) = id.and_then(|id| self.kind(&id)) {
                    call.status = ToolCallStatus::Completed;
                    call.output = Some((*answer.result).clone());
                }
            }
            Request::AddStructuredInput(answer) => {
                if let Some(ItemKind::StructuredInput(form)) = self.kind(&answer.item_id) {
                    form.status = answer.input.status.clone();
                }
            }
            _ => {}
        }
    }

    fn kind(&mut self, id: &ItemId) -> Option<&mut ItemKind> {
        self.items.get_mut(id).map(|entry| &mut entry.item.kind)
    }

    /// What is wrong once the stream has ended in order: items that were added and never done.
    pub fn finish(&self) -> Vec<Violation> {
        let left = self.left_open().into_iter();
        left.map(|item_id| Violation::LeftOpen { item_id })
            .collect()
    }

    /// The items that were added and never done, once the stream has ended in order.
    ///
    /// A stream that ended with an `error` event may leave them open. So may any a workflow: the
    /// reference server stores it as it is then, to go on with it in the next turn
    /// (`stream_agent_response` in `openai-chatkit` 1.6.5).
    pub fn left_open(&self) -> Vec<ItemId> {
        if self.failed {
            return Vec::new();
        }
        self.open_items()
            .filter(|item| !matches!(item.kind, ItemKind::Workflow(_)))
            .map(|item| item.id.clone())
            .collect()
    }

    /// The thread's metadata, without items, once an event or a page told it.
    pub fn thread(&self) -> Option<&Thread> {
        self.thread.as_deref()
    }

    /// The thread with all the items that are known; `None` while its metadata is not.
    pub fn to_thread(&self) -> Option<Thread> {
        let mut thread = self.thread()?.clone();
        thread.items = Page {
            data: self.items().cloned().collect(),
            ..Page::default()
        };
        Some(thread)
    }

    /// The items, in the order in which they came into being.
    pub fn items(&self) -> impl DoubleEndedIterator<Item = &Item> {
        self.items.iter().map(|entry| &entry.item)
    }

    /// The item of this id.
    pub fn item(&self, id: &ItemId) -> Option<&Item> {
        self.items.get(id).map(|entry| &entry.item)
    }

    /// The items that were added and are not done.
    pub fn open_items(&self) -> impl Iterator<Item = &Item> {
        self.items
            .iter()
            .filter(|entry| entry.state == State::Open)
            .map(|entry| &entry.item)
    }

    /// The client tool call that the thread waits for: a turn ends at a pending one.
    pub fn pending_tool_call(&self) -> Option<&Item> {
        self.items()
            .next_back()
            .filter(|item| is_pending_call(item))
    }

    /// The form that waits for its answers: the first since the user last said something, or else
    /// the last before that.
    pub fn pending_form(&self) -> Option<&Item> {
        let mut found: Option<&Item> = None;
        for item in self.items().rev() {
            match &item.kind {
                ItemKind::StructuredInput(form) if form.status == AnswerStatus::Pending => {
                    found = Some(item);
                }
                ItemKind::UserMessage(_) if found.is_some() => break,
                _ => {}
            }
        }
        found
    }

    fn thread_event<'e>(&mut self, thread: &Thread, created: bool) -> Change<'e> {
        let before = self.thread.as_ref();
        let title = before.and_then(|known| known.title.as_ref()) != thread.title.as_ref();
        let status =
            before.map_or(&ThreadStatus::default(), |known| &known.status) != &thread.status;
        self.whole |= created;
        self.thread = Some(Box::new(Thread {
            items: Page::default(),
            ..thread.clone()
        }));
        Change::Thread {
            created,
            title,
            status,
        }
    }

    fn added<'e>(&mut self, item: &'e Item, violations: &mut Vec<Violation>) -> Change<'e> {
        if self.items.get(&item.id).is_some() {
            violations.push(Violation::AddedTwice {
                item_id: item.id.clone(),
            });
        }
        self.items.insert(Entry {
            item: item.clone(),
            state: State::Open,
            streamed: Vec::new(),
        });
        Change::Added(&item.id)
    }

    fn updated<'e>(
        &mut self,
        updated: &'e ItemUpdated,
        violations: &mut Vec<Violation>,
    ) -> Change<'e> {
        let (item_id, update) = (&updated.item_id, &updated.update);
        // Where the turns before are not known, it may be a workflow of theirs.
        let is_workflow = matches!(update, Update::TaskAdded(_) | Update::TaskUpdated(_));
        let may_be_known = !self.whole && is_workflow;
        if may_be_known && self.items.get(item_id).is_none() {
            return Change::Nothing;
        }
        update::apply(&mut self.items, item_id, update, violations)
    }

    fn done<'e>(&mut self, item: &'e Item, violations: &mut Vec<Violation>) -> Change<'e> {
        match self.items.get(&item.id) {
            Some(entry) if entry.state == State::Done => {
                violations.push(Violation::DoneTwice {
                    item_id: item.id.clone(),
                });
            }
            Some(entry) => update::compare_with_done(entry, item, violations),
            None => {}
        }
        self.items.insert(Entry {
            item: item.clone(),
            state: State::Done,
            streamed: Vec::new(),
        });
        if is_pending_call(item) {
            self.items.pause();
        }
        Change::Done(&item.id)
    }

    fn replaced<'e>(&mut self, item: &'e Item, violations: &mut Vec<Violation>) -> Change<'e> {
        if self.whole && self.items.get(&item.id).is_none() {
            violations.push(Violation::ReplacedUnknown {
                item_id: item.id.clone(),
            });
        }
        self.items.insert(Entry {
            item: item.clone(),
            state: State::Done,
            streamed: Vec::new(),
        });
        Change::Replaced(&item.id)
    }
}

fn is_pending_call(item: &Item) -> bool {
    matches!(&item.kind, ItemKind::ClientToolCall(call) if call.status == ToolCallStatus::Pending)
}

#[cfg(test)]
mod tests;
