//! The quotes and items around a block: how they go on from line to line, and what stands before
//! the text because of them.

use super::start::{Item, indent};
use crate::render::look::Look;
use crate::render::span::{Line, Paint, Span, Style};

/// A quote or an item.
#[derive(Debug)]
struct Frame {
    /// By how much an item's content is set in; a quote has none.
    indent: Option<usize>,
    /// What stands before its first line.
    mark: Span,
    /// Whether that line was written.
    seen: bool,
}

/// The quotes and items that are open, from the outside in.
#[derive(Debug)]
pub struct Frames {
    width: usize,
    unicode: bool,
    open: Vec<Frame>,
    /// The number of the next item and the sign behind it, by depth.
    numbers: Vec<Option<(u64, char)>>,
}

impl Frames {
    /// None.
    pub fn new(look: &Look) -> Self {
        Self {
            width: look.width,
            unicode: look.unicode,
            open: Vec::new(),
            numbers: Vec::new(),
        }
    }

    /// Fits into another width from here on.
    pub fn resize(&mut self, width: usize) {
        self.width = width;
    }

    /// How many are open.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// Whether nothing was written in the innermost one.
    pub fn is_unseen(&self) -> bool {
        self.open
            .last()
            .is_some_and(|frame| !frame.seen && frame.indent.is_some())
    }

    /// How many of them the line belongs to, and the rest of it; `None` if more of the line
    /// decides.
    pub fn matching<'t>(&self, line: &'t str, whole: bool) -> Option<(usize, &'t str)> {
        let mut rest = line;
        for (depth, frame) in self.open.iter().enumerate() {
            let spaces = indent(rest);
            let blank = rest.trim().is_empty();
            if blank && !whole {
                return None;
            }
            match frame.indent {
                Some(_) if blank => {}
                Some(set_in) if spaces >= set_in => rest = &rest[set_in..],
                None if spaces < 4 && rest[spaces..].starts_with('>') => {
                    rest = &rest[spaces + 1..];
                    if rest.is_empty() && !whole {
                        return None;
                    }
                    rest = rest.strip_prefix(' ').unwrap_or(rest);
                }
                _ => return Some((depth, rest)),
            }
        }
        Some((self.open.len(), rest))
    }

    /// Opens a quote.
    pub fn push_quote(&mut self) {
        self.open.push(Frame {
            indent: None,
            mark: Span::new("│ ", Style::of(Paint::Ansi(2))),
            seen: false,
        });
    }

    /// Opens an item, which may be a task that is done or not.
    pub fn push_item(&mut self, item: &Item, task: Option<bool>) {
        let depth = self.open.len();
        let number = item.number.map(|(written, sign)| {
            let next = self.numbers.get(depth).copied().flatten();
            let next = next.filter(|(_, known)| *known == sign);
            next.unwrap_or((written, sign))
        });
        self.numbers.resize(depth + 1, None);
        self.numbers[depth] = number.map(|(number, sign)| (number.saturating_add(1), sign));
        let mark = match (task, number) {
            (Some(is_done), _) => self.tick(is_done).to_owned(),
            (None, Some((number, sign))) => format!("{number}{sign} "),
            (None, None) => match self.open.iter().filter(|f| f.indent.is_some()).count() {
                0 => "• ".to_owned(),
                1 => "◦ ".to_owned(),
                _ => "▪ ".to_owned(),
            },
        };
        self.open.push(Frame {
            indent: Some(item.indent),
            mark: Span::new(mark, Style::of(Paint::Ansi(5))),
            seen: false,
        });
    }

    /// The box of a task; one sign of ASCII would be taken for a bullet.
    fn tick(&self, is_done: bool) -> &'static str {
        match (is_done, self.unicode) {
            (true, true) => "☑ ",
            (false, true) => "☐ ",
            (true, false) => "[x] ",
            (false, false) => "[ ] ",
        }
    }

    /// Closes the innermost one.
    pub fn pop(&mut self) {
        self.open.pop();
    }

    /// A block that is no item ends the lists at its depth.
    pub fn end_lists(&mut self) {
        self.numbers.truncate(self.open.len());
    }

    /// The columns that are left for text.
    pub fn room(&self) -> usize {
        let marks: usize = self.shown().iter().map(|frame| frame.mark.width()).sum();
        self.width.saturating_sub(marks).max(1)
    }

    /// The frames that have room: the text keeps half of the line.
    fn shown(&self) -> &[Frame] {
        let mut used = 0;
        let fits = |frame: &&Frame| {
            used += frame.mark.width();
            used <= self.width / 2
        };
        let count = self.open.iter().take_while(fits).count();
        &self.open[..count]
    }

    /// A line of text with what stands before it, written.
    pub fn frame(&mut self, line: Line) -> Line {
        let line = self.framed_line(line, true);
        for frame in &mut self.open {
            frame.seen = true;
        }
        line
    }

    /// Lines of text with what stands before them, not written yet.
    pub fn framed(&self, lines: Vec<Line>) -> Vec<Line> {
        let mut first = true;
        lines
            .into_iter()
            .map(|line| self.framed_line(line, std::mem::take(&mut first)))
            .collect()
    }

    fn framed_line(&self, line: Line, first: bool) -> Line {
        let mut whole = Line::default();
        for frame in self.shown() {
            if frame.indent.is_none() || first && !frame.seen {
                whole.0.push(frame.mark.clone());
            } else {
                whole.push(" ".repeat(frame.mark.width()), Style::PLAIN);
            }
        }
        whole.0.extend(line.0);
        whole
    }

    /// An empty line between two blocks: the bars of the quotes that go on.
    pub fn gap(&self) -> Line {
        let seen = self.shown().iter().filter(|frame| frame.seen);
        let bars: Vec<&Frame> = seen.filter(|frame| frame.indent.is_none()).collect();
        match bars.as_slice() {
            [] => Line::default(),
            bars => Line(bars.iter().map(|frame| frame.mark.clone()).collect()),
        }
    }
}
