//! A paragraph that is being written. As long as it is short, none of it is final, because the
//! next line may make a heading of it, or make its last line the head of a table.

use super::flow::Flow;
use super::inline::References;
use super::start::indent;
use crate::render::look::Look;
use crate::render::span::{Line, Style};

/// The longest text that a line below it can make a heading, in bytes.
const HEADING: usize = 400;
/// The longest text in which the head of a table is found, in bytes.
const HEAD: usize = 4096;

/// A paragraph that is being written.
#[derive(Debug)]
pub struct Paragraph {
    flow: Flow,
    /// Its text, as long as it may become something else.
    source: Option<String>,
}

/// What the line below makes of a paragraph.
#[derive(Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nothing: the line is to be looked at by itself.
    None,
    /// More of the line decides.
    Unknown,
    /// A heading of this level.
    Heading(usize),
    /// Perhaps a table, whose head is the last line.
    Table,
}

impl Paragraph {
    /// An empty one of this width.
    pub fn new(width: usize, look: &Look) -> Self {
        Self {
            flow: Flow::new(Style::PLAIN, width, look),
            source: Some(String::new()),
        }
    }

    /// Appends text, which has no line breaks.
    pub fn push(&mut self, text: &str, references: &References) {
        self.hold(text);
        self.flow.push(text, references);
    }

    /// A line of the source ends and the text goes on.
    pub fn soft_break(&mut self, references: &References) {
        self.hold("\n");
        self.flow.soft_break(references);
    }

    /// Keeps the text until it is too long. Only how long it is decides, never how it was cut.
    fn hold(&mut self, text: &str) {
        if let Some(source) = &mut self.source {
            source.push_str(text);
            let barred = source.bytes().take(HEADING).any(|byte| byte == b'|');
            if source.len() > if barred { HEAD } else { HEADING } {
                self.source = None;
            }
        }
    }

    /// What a line makes of it, of which this much is there.
    pub fn turn(&self, line: &str, ended: bool, open: bool) -> Turn {
        let Some(source) = &self.source else {
            return Turn::None;
        };
        let signs = line.trim();
        let only = |sign: char| signs.chars().all(|c| c == sign);
        let level = match signs.chars().next() {
            Some('=') if only('=') => Some(1),
            Some('-') if only('-') => Some(2),
            _ => None,
        };
        let last = source.rsplit('\n').next().unwrap_or_default();
        let rule = signs.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ')) && last.contains('|');
        match level {
            _ if indent(line) >= 4 || !(ended || open) => Turn::None,
            _ if open && (level.is_some() || rule) => Turn::Unknown,
            Some(level) => Turn::Heading(level),
            None if rule => Turn::Table,
            None => Turn::None,
        }
    }

    /// Its text without its last line, and that line. Both are empty if it is too long by now.
    pub fn split_last(&self) -> (&str, &str) {
        let source = self.source.as_deref().unwrap_or_default();
        source.rsplit_once('\n').unwrap_or(("", source))
    }

    /// Its text; empty if it is too long by now.
    pub fn source(&self) -> &str {
        self.source.as_deref().unwrap_or_default()
    }

    /// Breaks what is not final into lines of another width.
    pub fn resize(&mut self, width: usize, look: &Look, references: &References) {
        match &self.source {
            Some(source) => {
                let mut flow = Flow::new(Style::PLAIN, width, look);
                flow.push_lines(source, references);
                self.flow = flow;
            }
            None => self.flow.resize(width),
        }
    }

    /// How much work a preview is, in bytes of text.
    pub fn weight(&self) -> usize {
        self.flow.waiting() + self.source().len() / 4
    }

    /// Takes the lines that are final.
    pub fn take_full(&mut self) -> Vec<Line> {
        match self.source {
            Some(_) => Vec::new(),
            None => self.flow.take_full(),
        }
    }

    /// The lines as they would be if the text ended here.
    pub fn preview(&self, references: &References) -> Vec<Line> {
        self.flow.preview(references)
    }

    /// Ends the text: the lines that were not taken yet.
    pub fn finish(self, references: &References) -> Vec<Line> {
        self.flow.finish(references)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paragraph(text: &str) -> Paragraph {
        let mut paragraph = Paragraph::new(80, &Look::plain(80));
        paragraph.push(text, &References::new());
        paragraph
    }

    #[test]
    fn the_line_below_decides_when_it_is_complete() {
        let text = paragraph("Title");
        assert_eq!(text.turn("--", false, true), Turn::Unknown);
        assert_eq!(text.turn("-", true, false), Turn::Heading(2));
        assert_eq!(text.turn("=== ", true, false), Turn::Heading(1));
        assert_eq!(text.turn("    ===", true, false), Turn::None);
        assert_eq!(text.turn("= =", true, false), Turn::None);
        assert_eq!(text.turn("--|--", true, false), Turn::None);
        let head = paragraph("a | b");
        assert_eq!(head.turn("--", false, true), Turn::Unknown);
        assert_eq!(head.turn("--|:-", true, false), Turn::Table);
        assert_eq!(head.turn("- x", false, true), Turn::None);
    }

    #[test]
    fn a_long_paragraph_stays_one() {
        let text = paragraph(&"a | b ".repeat(HEAD));
        assert_eq!(text.turn("===", true, false), Turn::None);
        assert!(text.source().is_empty());
    }
}
