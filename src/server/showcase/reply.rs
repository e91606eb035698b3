//! The answer to any text: names all that the message carried, and what else can be asked for.

use std::fmt::Write as _;

use super::super::script::Script;
use super::prose::{code, quote};
use super::stage::Scene;
use super::words::{self, WORDS};
use crate::protocol::{UserContent, UserMessage};

/// Any text; `ping` alone is answered by one word, as it is everywhere.
pub(super) fn to_text(scene: &Scene, message: &UserMessage) -> Script {
    let is_ping = message.text().trim().eq_ignore_ascii_case("ping")
        && matches!(message.content[..], [UserContent::Text(_)])
        && message.attachments.is_empty()
        && message.quoted_text.is_none();
    if is_ping {
        scene.text("pong")
    } else {
        echo(scene, message)
    }
}

/// A streamed answer that shows what arrived of the message.
fn echo(scene: &Scene, message: &UserMessage) -> Script {
    let mut text = String::from("This is the **ChatKit mock**. ");
    let said = message.text();
    if said.trim().is_empty() {
        text.push_str("Your message has no text.\n\n");
    } else {
        let _ = write!(text, "You said:\n\n{}\n\n", quote(&said));
    }
    carried(&mut text, message);
    let names: Vec<String> = WORDS.iter().map(|word| code(word.name())).collect();
    let _ = write!(
        text,
        "Say `show` to read what I can show, or `show` with one of the words: {}.",
        names.join(" ")
    );
    scene.text(&text)
}

/// `recall`: what was said first in the thread.
pub(super) fn recall(scene: &Scene) -> Script {
    scene.text(&match scene.said_first() {
        Some(words) => format!("You began with:\n\n{}", quote(words)),
        None => "This is the beginning of the thread.".into(),
    })
}

/// `show` without a word, or with one that does not exist.
pub(super) fn unknown(scene: &Scene, word: &str) -> Script {
    let mut text = String::new();
    if !word.is_empty() {
        let _ = write!(text, "There is no word {}.", code(word));
        let closest: Vec<String> = words::closest(word).into_iter().map(code).collect();
        if !closest.is_empty() {
            let _ = write!(text, " Did you mean {}?", closest.join(" or "));
        }
        text.push_str("\n\n");
    }
    list(&mut text);
    scene.text(&text)
}

/// Names everything that came with the text.
fn carried(text: &mut String, message: &UserMessage) {
    let mut lines = Vec::new();
    for attachment in &message.attachments {
        let (name, kind) = (code(&attachment.name), code(&attachment.mime_type));
        lines.push(format!("an attachment, {name} ({kind})"));
    }
    for part in &message.content {
        if let UserContent::Tag(tag) = part {
            let (shown, id) = (code(&tag.text), code(&tag.id));
            lines.push(format!("a tag, {shown} (id {id})"));
        }
    }
    if let Some(quoted) = &message.quoted_text {
        lines.push(format!("a quote, {}", code(quoted)));
    }
    if let Some(model) = &message.inference_options.model {
        lines.push(format!("the model {}", code(model)));
    }
    if let Some(tool) = &message.inference_options.tool_choice {
        lines.push(format!("the tool {}", code(&tool.id)));
    }
    if lines.is_empty() {
        return;
    }
    let _ = write!(text, "With it came:\n\n- {}\n\n", lines.join("\n- "));
}

/// The words, each with its meaning.
fn list(text: &mut String) {
    text.push_str(
        "Say `show` and one of these words to see a state of the UI, or `ping` for an answer of \
         one word:\n\n",
    );
    for word in WORDS {
        let _ = writeln!(text, "- `{}`: {}", word.usage, word.meaning);
    }
}
