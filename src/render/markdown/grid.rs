//! Tables of Markdown. The widths of the columns follow from the first rows, so that a table of
//! any length can be written while it arrives.

use super::inline::{Piece, References, pieces};
use crate::render::look::Look;
use crate::render::span::{Line, Style};
use crate::render::wrap::Wrapper;

/// After how many rows the widths are settled.
const ROWS: usize = 40;
/// What stands between two columns.
const BETWEEN: &str = " │ ";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Align {
    Start,
    Center,
    End,
}

/// A table that is being written.
#[derive(Debug)]
pub struct Grid {
    width: usize,
    look: Look,
    header: Vec<String>,
    aligns: Vec<Align>,
    rows: Vec<Vec<String>>,
    /// The widths, once they are settled and the rows before were written.
    settled: Option<Vec<usize>>,
}

impl Grid {
    /// A table, if the second line is what stands below the head of one.
    pub fn begin(head: &str, rule: &str, width: usize, look: &Look) -> Option<Self> {
        let aligns: Option<Vec<Align>> = cells(rule).iter().map(|cell| align(cell)).collect();
        let (header, aligns) = (cells(head), aligns?);
        (header.len() == aligns.len()).then(|| Self {
            width,
            look: *look,
            header,
            aligns,
            rows: Vec::new(),
            settled: None,
        })
    }

    /// Fits the rows that follow into another width.
    pub fn resize(&mut self, width: usize) {
        self.width = width;
        let between = self.header.len().saturating_sub(1) * 3;
        if let Some(widths) = &mut self.settled {
            fit(widths, width.saturating_sub(between));
        }
    }

    /// Adds a row; the lines that are final now.
    pub fn row(&mut self, line: &str, references: &References) -> Vec<Line> {
        let mut row = cells(line);
        row.resize(self.header.len(), String::new());
        if let Some(widths) = &self.settled {
            return self.cells_of(&row, widths, Style::PLAIN, references);
        }
        self.rows.push(row);
        if self.rows.len() < ROWS {
            return Vec::new();
        }
        let widths = self.widths(references);
        let lines = self.lines(&widths, references);
        self.settled = Some(widths);
        self.rows.clear();
        lines
    }

    /// The lines that are not final yet; at the end of the table they are.
    pub fn rest(&self, references: &References) -> Vec<Line> {
        if self.settled.is_some() {
            return Vec::new();
        }
        self.lines(&self.widths(references), references)
    }

    /// How many cells wait.
    pub fn waiting(&self) -> usize {
        self.rows.len() * self.header.len()
    }

    fn lines(&self, widths: &[usize], references: &References) -> Vec<Line> {
        let mut lines = Vec::new();
        if !widths.is_empty() {
            lines.extend(self.cells_of(&self.header, widths, Style::BOLD, references));
            let rules: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
            lines.push(Line::new(rules.join("─┼─"), Style::DIM));
        }
        for row in &self.rows {
            lines.extend(self.cells_of(row, widths, Style::PLAIN, references));
        }
        lines
    }

    /// As wide as the columns want to be, or as the line lets them; empty if it has no room.
    fn widths(&self, references: &References) -> Vec<usize> {
        let count = self.header.len();
        let room = self.width.saturating_sub((count - 1) * 3);
        if room < count * 3 {
            return Vec::new();
        }
        let mut widths = vec![1; count];
        for row in std::iter::once(&self.header).chain(&self.rows) {
            for (width, cell) in widths.iter_mut().zip(row) {
                let wide = self.cell(cell, self.width, Style::PLAIN, references);
                *width = wide.iter().map(Line::width).max().unwrap_or(0).max(*width);
            }
        }
        fit(&mut widths, room);
        widths
    }

    fn cell(&self, text: &str, width: usize, style: Style, references: &References) -> Vec<Line> {
        let mut wrapper = Wrapper::words(width);
        for piece in pieces(text, style, references, &self.look) {
            match piece {
                Piece::Span(span) => wrapper.push(&span),
                Piece::Break => wrapper.end_line(),
            }
        }
        wrapper.finish()
    }

    fn cells_of(
        &self,
        row: &[String],
        widths: &[usize],
        style: Style,
        references: &References,
    ) -> Vec<Line> {
        if widths.is_empty() {
            return self.record(row, references);
        }
        let columns: Vec<Vec<Line>> = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| self.cell(cell, *width, style, references))
            .collect();
        let height = columns.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let line = |at: usize| {
            let mut line = Line::default();
            for (index, column) in columns.iter().enumerate() {
                if index > 0 {
                    line.push(BETWEEN, Style::DIM);
                }
                let cell = column.get(at).cloned().unwrap_or_default();
                line.0
                    .extend(aligned(cell, widths[index], self.aligns[index]).0);
            }
            line
        };
        (0..height).map(line).collect()
    }

    /// A row where the columns have no room beside each other: each cell below its column's name.
    fn record(&self, row: &[String], references: &References) -> Vec<Line> {
        let mut lines = Vec::new();
        for (name, cell) in self.header.iter().zip(row) {
            lines.extend(self.cell(name, self.width, Style::BOLD, references));
            lines.extend(self.cell(cell, self.width, Style::PLAIN, references));
        }
        lines.push(Line::new("─".repeat(self.width.min(8)), Style::DIM));
        lines
    }
}

/// Takes from the widest columns until all of them have room.
pub fn fit(widths: &mut [usize], room: usize) {
    let mut total: usize = widths.iter().sum();
    while total > room {
        let widest = widths.iter().copied().max().unwrap_or(0);
        let next = widths
            .iter()
            .copied()
            .filter(|width| *width < widest)
            .max()
            .unwrap_or(0);
        let count = widths.iter().filter(|width| **width == widest).count();
        let step = (widest - next).min((total - room) / count).max(1);
        for width in widths.iter_mut().filter(|width| **width == widest) {
            let taken = step.min(total - room);
            *width -= taken;
            total -= taken;
        }
    }
}

fn aligned(cell: Line, width: usize, align: Align) -> Line {
    let missing = width.saturating_sub(cell.width());
    let before = match align {
        Align::Start => 0,
        Align::Center => missing / 2,
        Align::End => missing,
    };
    let mut line = Line::default();
    if before > 0 {
        line.push(" ".repeat(before), Style::PLAIN);
    }
    line.0.extend(cell.0);
    line.padded(width)
}

fn align(cell: &str) -> Option<Align> {
    let dashes = cell.trim_matches(':');
    if dashes.is_empty() || !dashes.bytes().all(|byte| byte == b'-') {
        return None;
    }
    Some(match (cell.starts_with(':'), cell.ends_with(':')) {
        (true, true) => Align::Center,
        (false, true) => Align::End,
        _ => Align::Start,
    })
}

/// The cells of a line; a `\|` is part of one.
fn cells(line: &str) -> Vec<String> {
    let line = line.trim();
    let line = line.strip_prefix('|').unwrap_or(line);
    let mut cells = vec![String::new()];
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        let cell = cells.last_mut().expect("there is a first cell");
        match c {
            '\\' if rest.next_if_eq(&'|').is_some() => cell.push('|'),
            '|' if rest.peek().is_none() => {}
            '|' => cells.push(String::new()),
            c => cell.push(c),
        }
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_columns_give_first() {
        let mut widths = [30, 5, 20];
        fit(&mut widths, 35);
        assert_eq!(widths, [15, 5, 15]);
        let mut same = [10, 10, 10];
        fit(&mut same, 29);
        assert_eq!(same, [9, 10, 10]);
        let mut many = [14; 10];
        fit(&mut many, 49);
        assert_eq!(many, [4, 5, 5, 5, 5, 5, 5, 5, 5, 5]);
    }

    #[test]
    fn a_line_is_cut_at_its_bars() {
        assert_eq!(cells("| a | b\\|c |  |"), ["a", "b|c", ""]);
        assert_eq!(align(":-:"), Some(Align::Center));
        assert_eq!(align("-a-"), None);
    }
}
