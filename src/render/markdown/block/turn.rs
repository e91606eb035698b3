//! What a line makes of the paragraph above it: a heading, or the head of a table.

use super::super::flow::Flow;
use super::super::grid::Grid;
use super::super::paragraph::Turn;
use super::{Blocks, Cut, Leaf};
use crate::render::span::Style;

/// Whether a line has made something else of the paragraph above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turned {
    /// It has, and belongs to it.
    Yes,
    /// It has not.
    No,
    /// More of the line decides.
    Unknown,
}

impl Blocks {
    /// Lets the line make what it can of the paragraph above it, which is inside of `all` the
    /// containers that the line is inside of.
    pub(super) fn turn(&mut self, line: &str, all: bool, cut: Cut) -> Turned {
        let Leaf::Text(paragraph) = &self.leaf else {
            return Turned::No;
        };
        if !all {
            return Turned::No;
        }
        match paragraph.turn(line, cut == Cut::Ended, cut == Cut::Open) {
            Turn::None => Turned::No,
            Turn::Unknown => Turned::Unknown,
            Turn::Heading(level) => {
                let mut heading = self.heading(level);
                heading.push_lines(paragraph.source(), &self.references);
                self.leaf = Leaf::Heading(heading);
                self.close_leaf();
                self.apart = true;
                Turned::Yes
            }
            Turn::Table => self.table(line),
        }
    }

    /// Begins a table with the last line of the paragraph, if it has as many cells as the rule.
    fn table(&mut self, rule: &str) -> Turned {
        let Leaf::Text(paragraph) = &self.leaf else {
            return Turned::No;
        };
        let width = self.frames.room();
        let (above, head) = paragraph.split_last();
        let Some(grid) = Grid::begin(head, rule, width, &self.look) else {
            return Turned::No;
        };
        if !above.is_empty() {
            let mut text = Flow::new(Style::PLAIN, width, &self.look);
            text.push_lines(above, &self.references);
            let lines = text.finish(&self.references);
            self.emit(lines);
            self.gap(self.frames.depth(), true);
        }
        self.leaf = Leaf::Grid(grid);
        self.apart = true;
        Turned::Yes
    }
}
