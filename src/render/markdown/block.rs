//! Blocks of Markdown, line by line: what a line belongs to, and what of the text is final.
//!
//! Everything is decided by the text alone and never by how it was cut, so that a text that
//! streams ends up as the same lines as one that comes whole. Two things of `CommonMark` cannot be
//! had that way and are left out: headings that a line below makes one, which become text above a
//! rule, and names of addresses that are used before they are defined.

mod leaf;

use leaf::task;

use super::code::Code;
use super::flow::Flow;
use super::frame::Frames;
use super::grid::Grid;
use super::inline::References;
use super::start::{Item, Start, boundary, closes, indent, start};
use crate::render::look::Look;
use crate::render::span::Line;

/// The longest line whose kind is waited for; a longer one is text.
const LONGEST: usize = 8192;
/// How deep quotes and lists go into each other.
const DEEPEST: usize = 24;
/// How many addresses are remembered.
const REFERENCES: usize = 256;

/// How much of a line there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    /// Its beginning.
    Open,
    /// As much as is waited for.
    Long,
    /// All of it.
    Ended,
}

/// What the lines that come next are a part of.
#[derive(Debug, Default)]
enum Leaf {
    #[default]
    None,
    Text(Flow),
    Heading(Flow),
    Code {
        code: Code,
        /// The fence that it ends with; a block that is set in has none.
        fence: Option<(char, usize)>,
        /// The spaces before the fence, or the empty lines that may yet belong to the block.
        spaces: usize,
    },
    /// What may be the head of a table.
    Head(String),
    Grid(Grid),
}

/// A Markdown text, as far as it has arrived.
#[derive(Debug)]
pub struct Blocks {
    look: Look,
    references: References,
    frames: Frames,
    leaf: Leaf,
    /// The beginning of a line of which it is not known what it is.
    line: String,
    /// Whether what comes until the end of the line belongs to the leaf.
    inside: bool,
    blank: bool,
    begun: bool,
    /// Whether the block before wants room below it.
    apart: bool,
    done: Vec<Line>,
}

impl Blocks {
    /// An empty text.
    pub fn new(look: &Look) -> Self {
        Self {
            look: *look,
            references: References::new(),
            frames: Frames::new(look),
            leaf: Leaf::None,
            line: String::new(),
            inside: false,
            blank: false,
            begun: false,
            apart: false,
            done: Vec::new(),
        }
    }

    /// Appends a piece of the text.
    pub fn push(&mut self, text: &str) {
        for piece in text.split_inclusive('\n') {
            match piece.strip_suffix('\n') {
                Some(line) => {
                    self.part(line);
                    self.end_line();
                }
                None => self.part(piece),
            }
        }
    }

    /// Ends the text.
    pub fn finish(&mut self) {
        if !self.line.is_empty() || self.inside {
            self.end_line();
        }
        self.close_to(0);
    }

    /// Takes the lines that are final.
    pub fn take_done(&mut self) -> Vec<Line> {
        std::mem::take(&mut self.done)
    }

    /// The lines of the open block as they would be if the text ended here.
    pub fn preview(&self) -> Vec<Line> {
        let lines = match &self.leaf {
            Leaf::None => Vec::new(),
            Leaf::Text(flow) | Leaf::Heading(flow) => flow.preview(&self.references),
            Leaf::Code { code, .. } if self.line.is_empty() => code.preview(""),
            Leaf::Code { code, .. } => {
                let (_, rest) = self.frames.matching(&self.line, true).unwrap_or((0, ""));
                code.preview(rest)
            }
            Leaf::Head(head) => self.paragraph(head).finish(&self.references),
            Leaf::Grid(grid) => grid.rest(&self.references),
        };
        self.frames.framed(lines)
    }

    /// How much work a preview is, in bytes of text.
    pub fn weight(&self) -> usize {
        match &self.leaf {
            Leaf::Text(flow) | Leaf::Heading(flow) => flow.waiting(),
            Leaf::Grid(grid) => grid.waiting() * 32,
            _ => self.line.len(),
        }
    }

    fn part(&mut self, text: &str) {
        let mut text = text;
        if !self.inside {
            let room = LONGEST - self.line.len();
            let (head, tail) = text.split_at(boundary(text, room));
            self.line.push_str(head);
            text = tail;
            let long = !tail.is_empty();
            let waits = matches!(self.leaf, Leaf::Code { .. } | Leaf::Head(_) | Leaf::Grid(_));
            if long || !waits {
                let line = std::mem::take(&mut self.line);
                if !self.decide(&line, if long { Cut::Long } else { Cut::Open }) {
                    self.line = line;
                }
            }
        }
        if self.inside && !text.is_empty() {
            self.inside(text);
        }
    }

    fn inside(&mut self, text: &str) {
        let full = match &mut self.leaf {
            Leaf::Text(flow) | Leaf::Heading(flow) => {
                flow.push(text, &self.references);
                flow.take_full()
            }
            Leaf::Code { code, .. } => code.piece(text),
            _ => Vec::new(),
        };
        self.emit(full);
    }

    fn end_line(&mut self) {
        if !self.inside {
            let line = std::mem::take(&mut self.line);
            self.decide(line.trim_end_matches('\r'), Cut::Ended);
        } else if let Leaf::Code { code, .. } = &mut self.leaf {
            let lines = code.line("");
            self.emit(lines);
        }
        self.inside = false;
        if matches!(self.leaf, Leaf::Heading(_)) {
            self.close_leaf();
        }
    }

    /// Decides what a line is, if that can be said yet, and takes it in.
    fn decide(&mut self, line: &str, cut: Cut) -> bool {
        let spaces = line.len() - line.trim_start_matches([' ', '\t']).len();
        let expanded = line[..spaces].replace('\t', "    ") + &line[spaces..];
        let whole = cut != Cut::Open;
        let Some((matched, rest)) = self.frames.matching(&expanded, whole) else {
            return false;
        };
        let all = matched == self.frames.depth();
        if rest.trim().is_empty() {
            if whole {
                self.blank_line(matched);
            }
            return whole;
        }
        if all && self.continue_leaf(rest, cut) {
            return true;
        }
        match self.opening(rest, all, cut) {
            Some((opened, start, text)) => {
                self.open(matched, opened, start, text, cut);
                true
            }
            None => false,
        }
    }

    fn blank_line(&mut self, matched: usize) {
        if matched == self.frames.depth()
            && let Leaf::Code {
                code,
                fence,
                spaces,
            } = &mut self.leaf
        {
            if fence.is_none() {
                *spaces += 1;
            } else {
                let lines = code.line("");
                self.emit(lines);
            }
            return;
        }
        self.close_to(matched);
        self.blank = true;
    }

    /// Whether the line belongs to the code or the table that is open.
    fn continue_leaf(&mut self, rest: &str, cut: Cut) -> bool {
        let lines = match &mut self.leaf {
            Leaf::Code {
                fence: Some(fence), ..
            } if cut == Cut::Ended && closes(rest, *fence) => {
                self.leaf = Leaf::None;
                return true;
            }
            Leaf::Code {
                code,
                fence,
                spaces,
            } => {
                let mut lines = Vec::new();
                let set_in = if fence.is_some() { *spaces } else { 4 };
                if fence.is_none() {
                    if indent(rest) < 4 {
                        return false;
                    }
                    for _ in 0..std::mem::take(spaces) {
                        lines.extend(code.line(""));
                    }
                }
                let text = &rest[indent(rest).min(set_in)..];
                self.inside = cut == Cut::Long;
                lines.extend(if self.inside {
                    code.piece(text)
                } else {
                    code.line(text)
                });
                lines
            }
            Leaf::Head(head) if cut == Cut::Ended => {
                let width = self.frames.room();
                match Grid::begin(head, rest, width, &self.look) {
                    Some(grid) => self.leaf = Leaf::Grid(grid),
                    None => return false,
                }
                Vec::new()
            }
            Leaf::Grid(grid) if cut == Cut::Ended && rest.contains('|') => {
                grid.row(rest, &self.references)
            }
            _ => return false,
        };
        self.emit(lines);
        true
    }

    /// The containers that a line opens, what stands in them, and its text.
    fn opening<'t>(
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
                    let interrupts = item.number.is_none_or(|number| number == 1) && !empty;
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

    fn open(
        &mut self,
        matched: usize,
        opened: Vec<Option<Item>>,
        start: Start,
        text: &str,
        cut: Cut,
    ) {
        if opened.is_empty()
            && start == Start::Text
            && let Leaf::Text(flow) = &mut self.leaf
        {
            flow.soft_break(&self.references);
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
                    let (marker, rest) = if index == last {
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
    fn gap(&mut self, before: usize, apart: bool) {
        let top = before == 0;
        if self.begun && (self.blank || top && (apart || self.apart)) {
            let line = self.frames.gap();
            self.done.push(line);
        }
        self.begun = true;
        self.blank = false;
        self.apart = apart;
    }
}
