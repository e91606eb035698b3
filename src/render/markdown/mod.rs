//! Markdown as it streams: what is finished is written once, and only the rest is drawn again.

use super::look::Look;
use super::span::{Line, to_text};

/// A Markdown text that is rendered while it arrives.
#[derive(Debug)]
pub struct Markdown {
    look: Look,
    source: String,
    /// How many lines of the screen the unfinished rest takes.
    live: usize,
}

/// What is to be done with the screen: the rest is taken away, and text written in its place.
///
/// The cursor stands at the beginning of a line before and after.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// How many lines above the cursor are taken away.
    pub erase_lines: usize,
    /// What is written then: whole lines, cleaned, with the escape sequences of the look.
    pub text: String,
}

impl Update {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.erase_lines == 0 && self.text.is_empty()
    }

    /// The bytes for a terminal.
    pub fn to_bytes(&self) -> String {
        match self.erase_lines {
            0 => self.text.clone(),
            lines => format!("\u{1b}[{lines}A\r\u{1b}[J{}", self.text),
        }
    }
}

impl Markdown {
    /// An empty text.
    pub fn new(look: Look) -> Self {
        Self {
            look,
            source: String::new(),
            live: 0,
        }
    }

    /// Appends a piece of the text, cut anywhere.
    pub fn push(&mut self, delta: &str) -> Update {
        self.source.push_str(delta);
        Update::default()
    }

    /// Ends the text: all of it is final.
    pub fn finish(&mut self) -> Update {
        let source = std::mem::take(&mut self.source);
        Update {
            erase_lines: std::mem::take(&mut self.live),
            text: to_text(&lines(&source, &self.look), &self.look),
        }
    }
}

/// A whole text.
pub fn render(text: &str, look: &Look) -> String {
    to_text(&lines(text, look), look)
}

/// A whole text as lines.
pub fn lines(text: &str, _look: &Look) -> Vec<Line> {
    text.lines()
        .map(|line| Line::new(line, super::span::Style::PLAIN))
        .collect()
}
