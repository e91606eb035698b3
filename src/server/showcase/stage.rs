//! What the words of the showcase are made of: items, and the steps that stream them.

use std::sync::Arc;

use super::super::app::{App, Caller};
use super::super::mint::{Api, IdKind};
use super::super::script::{Script, Step};
use crate::protocol::{
    Annotation, AnnotationAdded, AssistantMessage, Event, Extra, Item, ItemId, ItemKind,
    ItemUpdated, OutputText, PartAt, TextDelta, Thread, ThreadId, Update, WithItem,
};

/// Where an answer takes place: makes the ids and times of its items.
#[derive(Clone)]
pub(in crate::server) struct Scene {
    app: Arc<App>,
    api: Api,
    thread: ThreadId,
    /// The address of this server, as the client sees it.
    pub origin: String,
    /// The thread's title before the answer.
    pub title: Option<String>,
}

impl Scene {
    pub fn new(app: Arc<App>, caller: &Caller, thread: &Thread) -> Self {
        Self {
            app,
            api: caller.api,
            thread: thread.id.clone(),
            origin: caller.origin.clone(),
            title: thread.title.clone(),
        }
    }

    /// A new item of the answer.
    pub fn item(&self, id: IdKind, kind: ItemKind) -> Item {
        let id = self.app.mint.item_id(self.api, id);
        Item::new(id, self.thread.clone(), self.app.mint.timestamp(), kind)
    }

    /// A message that is streamed piece by piece, with references after its text.
    pub fn message(
        &self,
        pieces: impl Iterator<Item = String> + Send + 'static,
        annotations: Vec<Annotation>,
    ) -> Script {
        let content = AssistantMessage {
            content: Vec::new(),
            extra: Extra::default(),
        };
        let item = self.item(IdKind::Message, ItemKind::AssistantMessage(content));
        let part = OutputText::new("");
        Box::new(StreamedMessage {
            item,
            pieces,
            part,
            annotations: annotations.into_iter(),
            next: Next::Item,
        })
    }

    /// A message of one text, cut as a model's tokens would be.
    pub fn text(&self, text: &str) -> Script {
        self.message(tokens(text).into_iter(), Vec::new())
    }
}

/// The steps of a message that streams.
struct StreamedMessage<I> {
    item: Item,
    pieces: I,
    part: OutputText,
    annotations: std::vec::IntoIter<Annotation>,
    next: Next,
}

enum Next {
    Item,
    Part,
    Piece,
    Done,
    Nothing,
}

impl<I: Iterator<Item = String>> Iterator for StreamedMessage<I> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        match self.next {
            Next::Item => {
                self.next = Next::Part;
                Some(added(self.item.clone()))
            }
            Next::Part => {
                self.next = Next::Piece;
                let part = PartAt {
                    content_index: 0,
                    content: OutputText::new(""),
                    extra: Extra::default(),
                };
                Some(update(&self.item.id, Update::PartAdded(part)))
            }
            Next::Piece => Some(self.piece()),
            Next::Done => {
                self.next = Next::Nothing;
                let content = vec![std::mem::replace(&mut self.part, OutputText::new(""))];
                self.item.kind = ItemKind::AssistantMessage(AssistantMessage {
                    content,
                    extra: Extra::default(),
                });
                Some(done(self.item.clone()))
            }
            Next::Nothing => None,
        }
    }
}

impl<I: Iterator<Item = String>> StreamedMessage<I> {
    /// The next piece of text, then the annotations one by one, then the end of the part.
    fn piece(&mut self) -> Step {
        if let Some(delta) = self.pieces.next() {
            self.part.text.push_str(&delta);
            let delta = TextDelta {
                content_index: 0,
                delta,
                extra: Extra::default(),
            };
            return update(&self.item.id, Update::TextDelta(delta));
        }
        if let Some(annotation) = self.annotations.next() {
            let annotation_index = self.part.annotations.len();
            self.part.annotations.push(annotation.clone());
            return update(
                &self.item.id,
                Update::AnnotationAdded(AnnotationAdded {
                    content_index: 0,
                    annotation_index,
                    annotation: Box::new(annotation),
                    extra: Extra::default(),
                }),
            );
        }
        self.next = Next::Done;
        let part = PartAt {
            content_index: 0,
            content: self.part.clone(),
            extra: Extra::default(),
        };
        update(&self.item.id, Update::PartDone(part))
    }
}

/// An item comes into being.
pub(super) fn added(item: Item) -> Step {
    Step::Event(Event::ItemAdded(WithItem {
        item,
        extra: Extra::default(),
    }))
}

/// An item is complete.
pub(super) fn done(item: Item) -> Step {
    Step::Event(Event::ItemDone(WithItem {
        item,
        extra: Extra::default(),
    }))
}

/// An open item changes.
pub(super) fn update(item_id: &ItemId, update: Update) -> Step {
    let item_id = item_id.clone();
    Step::Event(Event::ItemUpdated(ItemUpdated {
        item_id,
        update,
        extra: Extra::default(),
    }))
}

/// Puts scripts behind each other.
pub(super) fn chain(scripts: Vec<Script>) -> Script {
    Box::new(scripts.into_iter().flatten())
}

/// A script of these steps.
pub(super) fn steps(steps: Vec<Step>) -> Script {
    Box::new(steps.into_iter())
}

/// Cuts a text into words with the space behind them, as a model's tokens come.
pub(super) fn tokens(text: &str) -> Vec<String> {
    text.split_inclusive([' ', '\n'])
        .map(str::to_owned)
        .collect()
}
