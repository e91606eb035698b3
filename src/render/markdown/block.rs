//! Blocks of Markdown, line by line: what a line belongs to, and what of the text is final.
//!
//! Everything is decided by the text alone and never by how it was cut, so that a text that
//! streams ends up as the same lines as one that comes whole. One thing of `CommonMark` cannot be
//! had that way: a name that is used before its address is defined stays visible beside its text,
//! and the address follows under that name.

mod open;
mod turn;

use super::code::Code;
use super::flow::Flow;
use super::frame::Frames;
use super::grid::Grid;
use super::inline::References;
use super::paragraph::Paragraph;
use super::start::{Start, closes, indent, start};
use crate::render::look::Look;
use crate::render::span::{Line, Style};
use turn::Turned;

/// The longest line whose kind is waited for; a longer one is text.
const LONGEST: usize = 8192;

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
    Text(Paragraph),
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

    /// Fits what is not final, and what follows, into another look.
    pub fn resize(&mut self, look: &Look) {
        self.look = *look;
        self.frames.resize(look.width);
        let room = self.frames.room();
        match &mut self.leaf {
            Leaf::Text(text) => text.resize(room, look, &self.references),
            Leaf::Heading(flow) => flow.resize(room),
            Leaf::Code { code, .. } => code.resize(room),
            Leaf::Grid(grid) => grid.resize(room),
            Leaf::None | Leaf::Head(_) => {}
        }
    }

    /// Ends the text.
    pub fn finish(&mut self) {
        if !self.line.is_empty() || self.inside {
            self.end_line();
        }
        self.close_to(0);
    }

    /// Whether what has come so far ends with a block that is whole.
    pub fn is_between(&self) -> bool {
        self.begun && self.line.is_empty() && matches!(self.leaf, Leaf::None)
    }

    /// Takes the lines that are final.
    pub fn take_done(&mut self) -> Vec<Line> {
        std::mem::take(&mut self.done)
    }

    /// The lines of the open block as they would be if the text ended here.
    pub fn preview(&self) -> Vec<Line> {
        let lines = match &self.leaf {
            Leaf::None => Vec::new(),
            Leaf::Text(text) => text.preview(&self.references),
            Leaf::Heading(flow) => flow.preview(&self.references),
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
            Leaf::Text(text) => text.weight(),
            Leaf::Heading(flow) => flow.waiting(),
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
            Leaf::Text(paragraph) => {
                paragraph.push(text, &self.references);
                paragraph.take_full()
            }
            Leaf::Heading(flow) => {
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
        let expanded = without_tabs(line, matches!(self.leaf, Leaf::Code { .. }));
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
        match self.turn(rest, all, cut) {
            Turned::Yes => return true,
            Turned::Unknown => return false,
            Turned::No => {}
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
            // Only the beginning of another block ends a table, as an empty line does.
            Leaf::Grid(grid)
                if cut == Cut::Ended
                    && matches!(start(rest, true), Some(Start::Row | Start::Text)) =>
            {
                grid.row(rest, &self.references)
            }
            _ => return false,
        };
        self.emit(lines);
        true
    }

    fn paragraph(&self, text: &str) -> Flow {
        let mut flow = Flow::new(Style::PLAIN, self.frames.room(), &self.look);
        flow.push(text.trim_start(), &self.references);
        flow
    }

    fn close_to(&mut self, depth: usize) {
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

    fn close_leaf(&mut self) {
        let lines = match std::mem::take(&mut self.leaf) {
            Leaf::None | Leaf::Code { .. } => Vec::new(),
            Leaf::Text(text) => text.finish(&self.references),
            Leaf::Heading(flow) => flow.finish(&self.references),
            Leaf::Head(head) => self.paragraph(&head).finish(&self.references),
            Leaf::Grid(grid) => grid.rest(&self.references),
        };
        self.emit(lines);
    }

    fn emit(&mut self, lines: Vec<Line>) {
        for line in lines {
            let line = self.frames.frame(line);
            self.done.push(line);
        }
    }
}

/// The line with spaces for the tabs that stand before its text, which is after the marks of its
/// containers, or, within code, after the first space. A tab goes to the next fourth column.
fn without_tabs(line: &str, code: bool) -> String {
    let before_text = |c: char| match c {
        ' ' | '\t' => true,
        '>' | '-' | '*' | '+' | '.' | ')' | '0'..='9' => !code,
        _ => false,
    };
    let text = line.find(|c| !before_text(c)).unwrap_or(line.len());
    let end = line.trim_end().len();
    let mut expanded = String::with_capacity(line.len());
    for (at, c) in line[..text].char_indices() {
        match c {
            // Nothing follows that it could set in, and spaces at the end have a meaning.
            '\t' if at >= end => expanded.push(' '),
            '\t' => expanded.push_str(&"    "[expanded.len() % 4..]),
            c => expanded.push(c),
        }
    }
    expanded + &line[text..]
}

/// The last place up to `at` at which the text can be cut.
pub(super) fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
