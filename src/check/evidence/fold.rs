//! What the events of a turn amount to; the folding is `transcript`'s.

use super::frame::Frame;
use crate::protocol::{AssistantMessage, Item, ItemId, ItemKind, ThreadId};
use crate::transcript::{Transcript, Violation};

/// The fold of one turn.
#[derive(Debug, Default)]
pub struct Fold {
    /// What the protocol does not allow, with the frame at which it shows.
    pub violations: Vec<(u64, Violation)>,
    /// The items that were added and never done.
    pub left_open: Vec<ItemId>,
    transcript: Transcript,
}

impl Fold {
    /// Folds the frames of one turn.
    pub fn of(frames: &[Frame]) -> Self {
        let mut fold = Self::default();
        for frame in frames {
            if let Ok(event) = &frame.event {
                let applied = fold.transcript.apply(event);
                let found = applied.violations.into_iter();
                fold.violations
                    .extend(found.map(|violation| (frame.number, violation)));
            }
        }
        fold.left_open = fold.transcript.left_open();
        fold
    }

    /// The thread that the turn made, if it says so.
    pub fn created(&self) -> Option<&ThreadId> {
        self.transcript.thread().map(|thread| &thread.id)
    }

    /// The thread that the turn is on, as far as its events tell; an empty id tells nothing.
    pub fn thread(&self) -> Option<ThreadId> {
        let of_items = self.items().next().map(|item| &item.thread_id);
        let mut told = self.created().into_iter().chain(of_items);
        told.find(|id| !id.as_str().is_empty()).cloned()
    }

    /// The items that the turn made or changed.
    pub fn items(&self) -> impl DoubleEndedIterator<Item = &Item> {
        self.transcript.items()
    }

    /// The item of this id.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.transcript.item(&ItemId::from(id))
    }

    /// The text of the turn's last message of the assistant that has any.
    pub fn last_text(&self) -> String {
        let texts = self.items().rev().filter_map(|item| match &item.kind {
            ItemKind::AssistantMessage(message) => Some(text_of(message)),
            _ => None,
        });
        let mut texts = texts.filter(|text| !text.trim().is_empty());
        texts.next().unwrap_or_default()
    }

    /// The text of the turn's messages of the assistant.
    pub fn answer(&self) -> String {
        let messages = self.items().filter_map(|item| match &item.kind {
            ItemKind::AssistantMessage(message) => Some(text_of(message)),
            _ => None,
        });
        messages.collect::<Vec<_>>().join("\n")
    }
}

/// The text of a message.
pub fn text_of(message: &AssistantMessage) -> String {
    message
        .content
        .iter()
        .map(|part| part.text.as_str())
        .collect()
}
