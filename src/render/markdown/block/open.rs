//! How a block begins: the containers around it, the room above it, and what it is.

use super::super::code::Code;
use super::super::flow::Flow;
use super::super::paragraph::Paragraph;
use super::super::start::{Item, Start, indent, start};
use super::{Blocks, Cut, Leaf};
use crate::render::look::Colors;
use crate::render::span::{Line, Paint, Style};

/// How deep quotes and lists go into each other.
const DEEPEST: usize = 24;
/// How many addresses are remembered.
const REFERENCES: usize = 256;

impl Blocks {
    /// The containers that a line opens, what stands in them, and its text.
    pub(super) fn opening<'t>(
        &self,
        rest: &'t str,
        all: bool,
        cut: Cut,
    ) -> Option<(Vec<Option<Item>>, Start, &'t str)> {
        let whole = cut != Cut::Open;
        let paragraph = matches!(self.leaf, Leaf::Text(_));
        let (mut opened, mut rest) = (Vec::new(), rest);
        loop {
            if rest.trim().is_empty() {
                return whole.then_some((opened, Start::Text, ""));
            }
            let continues = paragraph && all && opened.is_empty();
            let room = self.frames.depth() + opened.len() < DEEPEST;
            match start(rest, whole)? {
                Start::Quote(bytes) if room => {
                    opened.push(None);
                    rest = &rest[bytes..];
                }
                Start::Item(item) if room => {
                    let empty = rest[item.bytes..].trim().is_empty();
                    if empty && !whole {
                        return None;
                    }
                    let interrupts = item.number.is_none_or(|(number, _)| number == 1) && !empty;
                    if continues && !interrupts {
                        return Some((opened, Start::Text, rest));
                    }
                    rest = &rest[item.bytes..];
                    opened.push(Some(item));
                }
                Start::Quote(_) | Start::Item(_) => return Some((opened, Start::Text, rest)),
                Start::Indented if paragraph && opened.is_empty() => {
                    return Some((opened, Start::Text, rest));
                }
                Start::Rule if rest.trim_start().starts_with('=') && !continues => {
                    return Some((opened, Start::Text, rest));
                }
                start if cut == Cut::Long && !matches!(start, Start::Heading(..)) => {
                    return Some((opened, Start::Text, rest));
                }
                start => return Some((opened, start, rest)),
            }
        }
    }

    pub(super) fn open(
        &mut self,
        matched: usize,
        opened: Vec<Option<Item>>,
        start: Start,
        text: &str,
        cut: Cut,
    ) {
        if opened.is_empty()
            && start == Start::Text
            && let Leaf::Text(paragraph) = &mut self.leaf
        {
            paragraph.soft_break(&self.references);
            self.inside = true;
            return self.inside(text.trim_start());
        }
        self.close_to(matched);
        let mut text = text;
        let before = self.frames.depth();
        let mut quote = false;
        let last = opened.len().saturating_sub(1);
        for (index, container) in opened.into_iter().enumerate() {
            match container {
                None => {
                    quote = true;
                    self.frames.push_quote();
                }
                Some(item) => {
                    let (marker, rest) = if index == last && start == Start::Text {
                        task(text)
                    } else {
                        (None, text)
                    };
                    text = rest;
                    self.frames.push_item(&item, marker);
                }
            }
        }
        if text.is_empty() && start == Start::Text {
            return;
        }
        let apart = quote || !matches!(start, Start::Text | Start::Definition(..));
        self.gap(before, apart);
        self.begin(start, text);
        if matches!(self.leaf, Leaf::Code { fence: None, .. }) && cut != Cut::Open {
            self.continue_leaf(text, cut);
        }
    }

    /// Writes an empty line where two blocks stand apart.
    pub(super) fn gap(&mut self, before: usize, apart: bool) {
        let top = before == 0;
        if self.begun && (self.blank || top && (apart || self.apart)) {
            let line = self.frames.gap();
            self.done.push(line);
        }
        self.begun = true;
        self.blank = false;
        self.apart = apart;
    }

    fn begin(&mut self, start: Start, text: &str) {
        let (width, look) = (self.frames.room(), self.look);
        self.frames.end_lists();
        match start {
            Start::Heading(level, bytes) => {
                self.leaf = Leaf::Heading(self.heading(level));
                self.inside = true;
                let text = text[bytes..].trim_start();
                // The signs that may close a heading are left out where the line is complete.
                let closed = text.trim_end().trim_end_matches('#');
                let bare = closed.is_empty() || closed.ends_with(' ');
                self.inside(if bare { closed.trim_end() } else { text });
            }
            Start::Rule => {
                let sign = if text.trim_start().starts_with('=') {
                    "═"
                } else {
                    "─"
                };
                self.emit(vec![Line::new(sign.repeat(width), Style::DIM)]);
            }
            Start::Fence { fence, language } => {
                let code = Code::new(&language, width, &look);
                self.leaf = Leaf::Code {
                    code,
                    fence: Some(fence),
                    spaces: indent(text),
                };
            }
            Start::Indented => {
                self.leaf = Leaf::Code {
                    code: Code::new("", width, &look),
                    fence: None,
                    spaces: 0,
                };
            }
            Start::Row => self.leaf = Leaf::Head(text.to_owned()),
            Start::Definition(name, address) => self.define(&name, address, width),
            Start::Text | Start::Quote(_) | Start::Item(_) => {
                self.leaf = Leaf::Text(Paragraph::new(width, &look));
                self.inside = true;
                self.inside(text.trim_start());
            }
        }
    }

    /// An empty heading; without colours its signs say what it is.
    pub(super) fn heading(&self, level: usize) -> Flow {
        let mut flow = Flow::new(heading_style(level), self.frames.room(), &self.look);
        if self.look.colors == Colors::None {
            flow.push(&format!("{} ", "#".repeat(level)), &self.references);
        }
        flow
    }

    /// Remembers an address, and shows it: the text may have used its name already.
    fn define(&mut self, name: &str, address: String, width: usize) {
        let line = format!("[{name}]: {address}");
        let mut flow = Flow::new(Style::DIM, width, &self.look);
        flow.push(&line.replace('[', "\\["), &self.references);
        let lines = flow.finish(&self.references);
        self.emit(lines);
        if self.references.len() < REFERENCES && address.len() <= 2000 {
            self.references.insert(name.to_lowercase(), address);
        }
    }
}

fn heading_style(level: usize) -> Style {
    match level {
        1 => Style {
            underline: true,
            ..Style::of(Paint::Ansi(5)).bold()
        },
        2 => Style::of(Paint::Ansi(5)).bold(),
        _ => Style::BOLD,
    }
}

/// The mark of a task at the beginning of an item, and what follows it.
fn task(text: &str) -> (Option<bool>, &str) {
    for (sign, done) in [("[ ]", false), ("[x]", true), ("[X]", true)] {
        if let Some(rest) = text.trim_start().strip_prefix(sign)
            && (rest.is_empty() || rest.starts_with(' '))
        {
            return (Some(done), rest);
        }
    }
    (None, text)
}
