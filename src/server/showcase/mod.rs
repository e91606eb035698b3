//! What the mock answers without a scenario: every state that a backend can produce, by its word.

mod stage;
mod text;

use super::script::Script;
use crate::protocol::{Action, ClientToolCall, Item, StructuredInput, UserMessage};

pub(super) use stage::Scene;

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

/// The words of `show WORD`, with their arguments and meanings: a checklist for a frontend.
pub(super) const WORDS: &[(&str, &str)] = &[
    ("text [N]", "N words, a delta each"),
    ("markdown", "every Markdown construct"),
    ("cite", "references to a page, a file and an entity"),
    ("slow [N]", "a word every 100 ms"),
];

/// The steps that answer a prompt.
pub(super) fn respond(scene: &Scene, prompt: &Prompt<'_>) -> Script {
    match prompt {
        Prompt::Message(message) => message_answer(scene, &message.text()),
        _ => scene.text("ok"),
    }
}

/// What a synchronous action makes of its widget.
pub(super) fn sync_action(item: Item, _action: &Action) -> Item {
    item
}

fn message_answer(scene: &Scene, said: &str) -> Script {
    let Some((word, argument)) = show(said) else {
        return text::reply(scene, said, WORDS);
    };
    match word.as_str() {
        "text" => text::words(scene, argument),
        "markdown" => text::markdown(scene),
        "cite" => text::cite(scene),
        "slow" => text::slow(scene, argument),
        _ => text::reply(scene, said, WORDS),
    }
}

/// The word after `show`, and what stands behind it.
fn show(said: &str) -> Option<(String, &str)> {
    let (verb, rest) = said.trim().split_once(char::is_whitespace)?;
    if !verb.eq_ignore_ascii_case("show") {
        return None;
    }
    let rest = rest.trim();
    let (word, argument) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    Some((word.to_lowercase(), argument.trim()))
}
