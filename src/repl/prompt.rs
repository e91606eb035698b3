//! The prompt: the thread, where it is, and what goes with the next message.

use crate::plural::plural;
use crate::render::{ascii_signs, clean_line, table};

/// How much of a title the prompt shows, in characters.
const TITLE: usize = 24;

/// What the prompt is made of.
#[derive(Clone, Debug, Default)]
pub struct Facts<'a> {
    /// Where the conversation goes, for example `localhost:8000`.
    pub place: &'a str,
    /// The thread's title or id, if there is a thread.
    pub thread: Option<&'a str>,
    /// How many files wait for the next message.
    pub files: usize,
    /// Whether a quote waits for it.
    pub quotes: bool,
    /// How many mentions wait for it.
    pub tags: usize,
    /// Whether the thread waits for a form or a tool.
    pub waits: bool,
    /// Whether the terminal shows ASCII only.
    pub is_ascii: bool,
}

/// The prompt without and with colour; both are equally wide.
pub fn prompt(facts: &Facts<'_>) -> (String, String) {
    let thread = facts
        .thread
        .map(|title| format!(" · {}", table::shorten(&clean_line(title), TITLE)))
        .unwrap_or_default();
    let mut marks = String::new();
    if facts.files > 0 {
        marks.push_str(" +");
        marks.push_str(&plural(facts.files, "file"));
    }
    if facts.quotes {
        marks.push_str(" +quote");
    }
    if facts.tags > 0 {
        marks.push_str(" +");
        marks.push_str(&plural(facts.tags, "tag"));
    }
    if facts.waits {
        marks.push_str(" /form");
    }
    let place = clean_line(facts.place);
    let thread = if facts.is_ascii {
        ascii_signs(&thread)
    } else {
        thread
    };
    let raw = format!("{place}{thread}{marks} > ");
    let styled = format!(
        "\u{1b}[36m{place}\u{1b}[0m\u{1b}[2m{thread}\u{1b}[0m\u{1b}[33m{marks}\u{1b}[0m \u{1b}[1m>\u{1b}[0m "
    );
    (raw, styled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prompt_shows_place_thread_and_what_waits() {
        let facts = Facts {
            place: "localhost:8000",
            ..Facts::default()
        };
        assert_eq!(prompt(&facts).0, "localhost:8000 > ");
        let facts = Facts {
            thread: Some("A very long title\u{1b}[2J that goes on and on"),
            files: 2,
            quotes: true,
            waits: true,
            ..facts
        };
        let (raw, styled) = prompt(&facts);
        assert_eq!(
            raw,
            "localhost:8000 · A very long title␛[2J t… +2 files +quote /form > "
        );
        let mut bare = String::new();
        let mut escape = false;
        for c in styled.chars() {
            match c {
                '\u{1b}' => escape = true,
                'm' if escape => escape = false,
                c if !escape => bare.push(c),
                _ => {}
            }
        }
        assert_eq!(bare, raw, "the styled prompt is as wide as the raw one");
    }
}
