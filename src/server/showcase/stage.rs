//! What the words of the showcase are made of: items, and the steps that stream them.

use std::sync::Arc;
use std::time::Duration;

use super::super::app::{App, Caller};
use super::super::mint::{Api, IdKind};
use super::super::script::{Script, Step};
use super::message::StreamedMessage;
use crate::protocol::widget::Component;
use crate::protocol::{
    Annotation, AssistantMessage, Event, Extra, Item, ItemId, ItemKind, ItemRef, ItemUpdated,
    OutputText, Thread, ThreadId, Update, WidgetItem, WithItem,
};

/// How many times the pace a state stays that is not text, so that a person sees it.
const BEAT: u32 = 25;

/// Where an answer takes place: makes the ids and times of its items.
#[derive(Clone)]
pub(in crate::server) struct Scene {
    app: Arc<App>,
    api: Api,
    thread: ThreadId,
    said_first: Option<Arc<str>>,
}

impl Scene {
    pub fn new(app: Arc<App>, caller: &Caller, thread: &Thread) -> Self {
        Self {
            api: caller.api,
            thread: thread.id.clone(),
            app,
            said_first: None,
        }
    }

    /// The same, knowing what the user said first in the thread.
    pub fn recalling(self, said_first: Option<String>) -> Self {
        Self {
            said_first: said_first.map(Into::into),
            ..self
        }
    }

    /// What the user said first in the thread, where the message asks for it.
    pub fn said_first(&self) -> Option<&str> {
        self.said_first.as_deref()
    }

    /// A new item of the answer.
    pub fn item(&self, id: IdKind, kind: ItemKind) -> Item {
        let id = self.app.mint.item_id(self.api, id);
        Item::new(id, self.thread.clone(), self.app.mint.timestamp(), kind)
    }

    /// A new id that is not an item's, with this prefix.
    pub fn id(&self, prefix: &str) -> String {
        self.app.mint.short_id(prefix)
    }

    /// A new item that holds this widget.
    pub fn widget(&self, widget: Component, copy_text: Option<&str>) -> Item {
        let body = WidgetItem {
            widget: Box::new(widget),
            copy_text: copy_text.map(Into::into),
            extra: Extra::default(),
        };
        self.item(IdKind::Message, ItemKind::Widget(body))
    }

    /// A message that is streamed piece by piece, with references after its text.
    pub fn message(
        &self,
        pieces: impl Iterator<Item = String> + Send + 'static,
        annotations: Vec<Annotation>,
    ) -> Script {
        let item = self.item(IdKind::Message, message(Vec::new()));
        Box::new(StreamedMessage::new(item, pieces, annotations))
    }

    /// A message of one text, cut as a model's tokens would be.
    pub fn text(&self, text: &str) -> Script {
        self.message(tokens(text).into_iter(), Vec::new())
    }

    /// A while in which the state before it can be seen; none where text has no pace.
    pub fn beat(&self) -> Step {
        Step::Wait(self.pace() * BEAT)
    }

    fn pace(&self) -> Duration {
        self.app.pace()
    }
}

/// The content of an assistant's message.
pub(in crate::server) fn message(content: Vec<OutputText>) -> ItemKind {
    ItemKind::AssistantMessage(AssistantMessage {
        content,
        extra: Extra::default(),
    })
}

/// An item comes into being.
pub(in crate::server) fn added(item: Item) -> Step {
    Step::Event(Event::ItemAdded(with(item)))
}

/// An item is complete.
pub(in crate::server) fn done(item: Item) -> Step {
    Step::Event(Event::ItemDone(with(item)))
}

/// An item takes the place of the one with its id.
pub(in crate::server) fn replaced(item: Item) -> Step {
    Step::Event(Event::ItemReplaced(with(item)))
}

/// An item goes away.
pub(in crate::server) fn removed(item_id: ItemId) -> Step {
    Step::Event(Event::ItemRemoved(ItemRef {
        item_id,
        extra: Extra::default(),
    }))
}

/// An open item changes.
pub(in crate::server) fn update(item_id: &ItemId, update: Update) -> Step {
    let item_id = item_id.clone();
    Step::Event(Event::ItemUpdated(ItemUpdated {
        item_id,
        update,
        extra: Extra::default(),
    }))
}

/// Puts scripts behind each other.
pub(in crate::server) fn chain(scripts: Vec<Script>) -> Script {
    Box::new(scripts.into_iter().flatten())
}

/// A script of these steps.
pub(in crate::server) fn steps(steps: Vec<Step>) -> Script {
    Box::new(steps.into_iter())
}

/// Cuts a text into words with the space behind them, as a model's tokens come.
pub(in crate::server) fn tokens(text: &str) -> Vec<String> {
    text.split_inclusive([' ', '\n'])
        .map(str::to_owned)
        .collect()
}

fn with(item: Item) -> WithItem {
    WithItem {
        item,
        extra: Extra::default(),
    }
}
