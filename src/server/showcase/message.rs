//! A message that streams: its item, its part, its pieces, its references, and both ends.

use super::super::script::Step;
use super::stage::{added, done, update};
use crate::protocol::{
    Annotation, AnnotationAdded, AssistantMessage, Extra, Item, ItemKind, OutputText, PartAt,
    TextDelta, Update,
};

/// The steps of a message that streams.
pub(in crate::server) struct StreamedMessage<I> {
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

impl<I> StreamedMessage<I> {
    /// The steps that fill `item`, a message without content, with these pieces.
    pub fn new(item: Item, pieces: I, annotations: Vec<Annotation>) -> Self {
        Self {
            item,
            pieces,
            part: OutputText::new(""),
            annotations: annotations.into_iter(),
            next: Next::Item,
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
