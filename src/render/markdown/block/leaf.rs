//! How a block begins, and what is left to write when it ends.

use super::{Blocks, Leaf, REFERENCES};
use crate::render::look::Colors;
use crate::render::markdown::code::Code;
use crate::render::markdown::flow::Flow;
use crate::render::markdown::start::{Start, indent};
use crate::render::span::{Line, Paint, Style};

impl Blocks {
    pub(super) fn begin(&mut self, start: Start, text: &str) {
        let (width, look) = (self.frames.room(), self.look);
        self.frames.end_lists();
        match start {
            Start::Heading(level, bytes) => {
                let style = heading_style(level);
                self.leaf = Leaf::Heading(Flow::new(style, width, &look));
                self.inside = true;
                let text = text[bytes..].trim_start();
                if look.colors == Colors::None {
                    self.inside(&format!("{} ", "#".repeat(level)));
                }
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
                let code = Code::new(&language, width.saturating_sub(2).max(1), &look);
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
                self.leaf = Leaf::Text(Flow::new(Style::PLAIN, width, &look));
                self.inside = true;
                self.inside(text.trim_start());
            }
        }
    }

    /// Remembers an address, and shows it: the text may have used its name already.
    pub(super) fn define(&mut self, name: &str, address: String, width: usize) {
        let line = format!("[{name}]: {address}");
        let mut flow = Flow::new(Style::DIM, width, &self.look);
        flow.push(&line.replace('[', "\\["), &self.references);
        let lines = flow.finish(&self.references);
        self.emit(lines);
        if self.references.len() < REFERENCES && address.len() <= 2000 {
            self.references.insert(name.to_lowercase(), address);
        }
    }

    pub(super) fn paragraph(&self, text: &str) -> Flow {
        let mut flow = Flow::new(Style::PLAIN, self.frames.room(), &self.look);
        flow.push(text.trim_start(), &self.references);
        flow
    }

    pub(super) fn close_to(&mut self, depth: usize) {
        self.close_leaf();
        while self.frames.depth() > depth {
            if self.frames.is_unseen() {
                // An item without anything in it is its mark alone.
                let (before, apart) = (self.frames.depth(), self.apart);
                self.gap(before, apart);
                self.emit(vec![Line::default()]);
            }
            self.frames.pop();
        }
    }

    pub(super) fn close_leaf(&mut self) {
        let lines = match std::mem::take(&mut self.leaf) {
            Leaf::None | Leaf::Code { .. } => Vec::new(),
            Leaf::Text(flow) | Leaf::Heading(flow) => flow.finish(&self.references),
            Leaf::Head(head) => self.paragraph(&head).finish(&self.references),
            Leaf::Grid(grid) => grid.rest(&self.references),
        };
        self.emit(lines);
    }

    pub(super) fn emit(&mut self, lines: Vec<Line>) {
        for line in lines {
            let line = self.frames.frame(line);
            self.done.push(line);
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
pub(super) fn task(text: &str) -> (Option<bool>, &str) {
    for (sign, done) in [("[ ]", false), ("[x]", true), ("[X]", true)] {
        if let Some(rest) = text.trim_start().strip_prefix(sign)
            && (rest.is_empty() || rest.starts_with(' '))
        {
            return (Some(done), rest);
        }
    }
    (None, text)
}
