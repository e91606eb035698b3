//! Items as they stand in a conversation on a terminal.

use super::look::Look;
use super::span::{Line, Style, to_text};
use super::widget::Shown;
use crate::protocol::{Annotation, ClientToolCall, GeneratedImage, Item, StructuredInput};

/// An item, whole; a widget's actions come with it.
pub fn item(item: &Item, look: &Look) -> Shown {
    Shown {
        text: to_text(&[Line::new(super::plain::item(item), Style::PLAIN)], look),
        actions: Vec::new(),
    }
}

/// The sources of an answer as numbered notes, for below its text; empty when there are none.
pub fn annotations(annotations: &[Annotation], look: &Look) -> String {
    let _ = annotations;
    to_text(&[], look)
}

/// A generated image: how far it is (0 to 1), or its link.
pub fn image(image: Option<&GeneratedImage>, progress: Option<f64>, look: &Look) -> String {
    let _ = (image, progress);
    to_text(&[], look)
}

/// A client tool call with its arguments, and its output if there is one.
pub fn tool_call(call: &ClientToolCall, look: &Look) -> String {
    to_text(
        &[Line::new(super::plain::tool_call(call), Style::PLAIN)],
        look,
    )
}

/// A structured input: its questions, what they offer, and what was answered.
pub fn form(form: &StructuredInput, look: &Look) -> String {
    to_text(&[Line::new(super::plain::form(form), Style::PLAIN)], look)
}
