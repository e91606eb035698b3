//! What the mock answers without a scenario: every state that a backend can produce, by its word.

mod action;
mod all;
mod edit;
mod fault;
mod form;
mod image;
mod live;
mod message;
mod prose;
mod reply;
mod signal;
mod stage;
mod text;
mod thread;
mod tool;
mod widget;
mod words;
mod work;

use super::script::Script;
use crate::protocol::{Action, ClientToolCall, Item, StructuredInput, UserContent, UserMessage};

pub(super) use action::sync_action;
pub(super) use fault::FLUSH;
pub(super) use message::StreamedMessage;
pub(super) use stage::{Scene, added, done, message, removed, replaced, steps, tokens, update};
pub(super) use words::{WORDS, Word};

/// What is to be answered.
pub(super) enum Prompt<'a> {
    /// A user's message.
    Message(&'a UserMessage),
    /// The output of a client tool.
    ToolOutput(&'a ClientToolCall),
    /// A form that was handed in.
    Answers(&'a StructuredInput),
    /// An action, of a widget or of the page.
    Action {
        action: &'a Action,
        sender: Option<&'a Item>,
    },
}

/// The steps that answer a prompt.
pub(super) fn respond(scene: &Scene, prompt: &Prompt<'_>) -> Script {
    match prompt {
        Prompt::Message(message) => answer(scene, message),
        Prompt::ToolOutput(call) => tool::output(scene, call),
        Prompt::Answers(form) => form::answered(scene, form),
        Prompt::Action { action, sender } => action::run(scene, action, *sender),
    }
}

/// Whether a message asks for what was said before it, which only the thread's items tell.
pub(super) fn recalls(message: &UserMessage) -> bool {
    matches!(&message.content[..], [UserContent::Text(part)] if part.text.trim() == "show recall")
}

fn answer(scene: &Scene, message: &UserMessage) -> Script {
    let said = message.text();
    let Some((word, argument)) = show(&said) else {
        return reply::to_text(scene, message);
    };
    words::play(scene, &word, argument).unwrap_or_else(|| reply::unknown(scene, &word))
}

/// The steps of a word of the showcase with its argument, if there is such a word.
pub(super) fn play(scene: &Scene, text: &str) -> Option<Script> {
    let (word, argument) = cut(text);
    words::play(scene, &word.to_lowercase(), argument)
}

/// The word after `show`, in lower case, and what stands behind it.
fn show(said: &str) -> Option<(String, &str)> {
    let (verb, rest) = cut(said);
    if !verb.eq_ignore_ascii_case("show") {
        return None;
    }
    let (word, argument) = cut(rest);
    Some((word.to_lowercase(), argument))
}

/// The first word, and the rest without the space around it.
fn cut(text: &str) -> (&str, &str) {
    let text = text.trim();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim())
}

#[cfg(test)]
mod tests;
