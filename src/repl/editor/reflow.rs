//! A line that is typed, in a terminal that becomes narrower or wider.
//!
//! Most terminals break their lines anew then. rustyline takes away as many rows as it has drawn
//! (19.0.0, `clear_old_rows`): where there are more by now a copy of the first ones stays, and where
//! there are fewer what stands above them goes. So they are taken away before it does that.

use std::cell::Cell;
use std::fmt::Write as _;
use std::rc::Rc;

use super::steady::Place;
use super::tall::{Laid, Shown};

/// The width of the terminal, as rustyline knows it.
#[derive(Debug, Default)]
pub(super) struct Columns {
    known: Cell<usize>,
    has_changed: Cell<bool>,
}

impl Columns {
    /// A line is about to be read.
    pub fn begin(&self) {
        self.known.set(columns());
        self.has_changed.set(false);
    }

    /// The columns.
    pub fn known(&self) -> usize {
        self.known.get()
    }

    /// The widths before and now, if what is drawn next is drawn because of that; `None` if not.
    pub fn change(&self) -> Option<(usize, usize)> {
        let now = columns();
        let before = self.known.replace(now);
        (self.has_changed.take() && before != now).then_some((before, now))
    }
}

fn columns() -> usize {
    crossterm::terminal::size().map_or(80, |(columns, _)| columns.into())
}

/// The rows of the window, as far as they limit what is drawn: Windows' console is drawn on in another
/// way, and one that says nothing of its size is as high as it has to be.
pub(super) fn rows() -> usize {
    match crossterm::terminal::size() {
        Ok((_, rows @ 1..)) if cfg!(unix) => rows.into(),
        _ => usize::MAX,
    }
}

/// Whether a text that ends here has just gone over into another row. rustyline has written a line break
/// there, and only where it draws the line whole it becomes one that the terminal may take back.
pub(super) fn has_gone_over(end: Place) -> bool {
    end.row > 0 && (1..=2).contains(&end.column)
}

/// A prompt that notices when rustyline asks for it in a terminal of another width: it does so before
/// it draws the line anew because of that (19.0.0, `edit.rs`, `Signal::Resize`), and not when a key
/// has changed the line, of which it has the hint first.
#[derive(Debug)]
pub(super) struct Prompt {
    pub raw: String,
    pub styled: String,
    pub columns: Rc<Columns>,
}

impl rustyline::Prompt for Prompt {
    fn raw(&self) -> &str {
        let columns_differ = self.columns.known.get() != columns();
        self.columns.has_changed.set(columns_differ);
        &self.raw
    }

    fn styled(&self) -> &str {
        &self.styled
    }
}

/// What clears the row of the cursor and all below, and leaves the cursor at the row's beginning. tmux
/// keeps in its history what is cleared from the top left corner on, so that it begins beside it.
const CLEARED: &str = "\r\u{1b}[2K\u{1b}[C\u{1b}[J\r";

/// What stands on the screen of a line.
#[derive(Clone, Debug, Default)]
pub(super) struct Standing {
    /// What was drawn before the cursor, from the first row on that the window shows.
    pub before: String,
    /// Whether nothing is drawn behind the cursor.
    pub is_at_end: bool,
    /// Whether there is a row between the cursor and the line break behind it.
    pub is_between: bool,
    /// Whether the window shows only some of its rows.
    pub is_cut: bool,
    /// Where rustyline counts the cursor and the end.
    pub cursor: Place,
    pub end: Place,
    /// The columns and rows of the window.
    pub columns: usize,
    pub height: usize,
}

impl Standing {
    /// What is shown of a line in a window of this size.
    pub fn of(laid: &Laid, shown: &Shown, columns: usize, height: usize) -> Self {
        Self {
            before: shown.text[..shown.before].to_owned(),
            is_at_end: laid.is_at_end(),
            is_between: laid.is_between(),
            is_cut: shown.is_cut,
            cursor: laid.cursor(),
            end: laid.end(),
            columns,
            height,
        }
    }

    /// Whether a window of so many rows has lost some of the line, or shows more than the line: what
    /// rustyline takes away would be too much then.
    pub fn is_moved_by(&self, height: usize) -> bool {
        self.height != height && self.end.row >= self.height.min(height)
    }

    /// What takes its rows away in a window of another size. The cursor stands where rustyline will
    /// find it then.
    pub fn taken_away(&self, columns: usize, height: usize) -> String {
        let mut now = Place::default().behind(&self.before, columns);
        // rustyline has written a line break there, which no terminal takes back.
        let Place { row, column } = self.cursor;
        if column == 0 && row > 0 && now.column > 0 && self.is_at_end {
            now.row += 1;
        }
        let mut sequence = String::new();
        if column > 0 && now.row > 0 && now.column == 0 && self.is_at_end {
            // A row that has just become full: some terminals leave the cursor behind its last letter,
            // and others move it below. Behind one more letter it is below in all.
            sequence.push(' ');
        }
        if now.row > 0 {
            let _ = write!(sequence, "\u{1b}[{}A", now.row);
        }
        sequence.push_str(CLEARED);
        sequence + &self.passed_over(height)
    }

    /// What leads from a row in which nothing stands, nor below it, to where rustyline will find the
    /// cursor: when it has taken away what it counts it is in that row again, and has met nothing else.
    pub fn passed_over(&self, height: usize) -> String {
        // Down by line breaks, because there may be no room below. Where the line is higher than the
        // window they move this row to the top of it, which stops rustyline.
        let mut sequence = "\n".repeat(self.end.row.min(height.saturating_sub(1)));
        if self.end.row > self.cursor.row {
            let _ = write!(sequence, "\u{1b}[{}A", self.end.row - self.cursor.row);
        }
        sequence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::repl::editor::steady::Veil;
    use crate::repl::editor::tall::Marks;

    fn standing(before: &str, after: &str, columns: usize) -> Standing {
        let laid = Laid::of("", (before, after), columns, Veil::None);
        let shown = laid.shown(24, Marks::default());
        Standing::of(&laid, &shown, columns, 24)
    }

    fn taken_away(before: &str, after: &str, old: usize, new: usize) -> String {
        standing(before, after, old).taken_away(new, 24)
    }

    /// Everything from the row's beginning on, but never with the cursor in the first column.
    fn cleared(before: &str, after: &str) -> String {
        format!("{before}\r\u{1b}[2K\u{1b}[C\u{1b}[J\r{after}")
    }

    #[test]
    fn a_line_that_is_broken_into_more_rows_is_taken_away_from_its_first() {
        let line = "x".repeat(50);
        // One row becomes two: one row up, and rustyline finds the cursor in the first.
        assert_eq!(taken_away(&line, "", 80, 40), cleared("\u{1b}[1A", ""));
        // Two rows become three, of which rustyline takes away two.
        assert_eq!(taken_away(&line, "", 40, 20), cleared("\u{1b}[2A", "\n"));
        // The cursor at the beginning of two rows, which become three.
        assert_eq!(taken_away("", &line, 40, 20), cleared("", "\n\u{1b}[1A"));
    }

    #[test]
    fn a_line_that_fits_again_takes_nothing_away_that_stands_above() {
        let line = "x".repeat(50);
        assert_eq!(taken_away(&line, "", 20, 80), cleared("", "\n\n"));
        assert_eq!(taken_away(&line, "y", 20, 80), cleared("", "\n\n"));
    }

    #[test]
    fn a_line_that_filled_its_row_has_the_cursor_below_it() {
        let line = "x".repeat(50);
        assert_eq!(taken_away(&line, "", 50, 40), cleared("\u{1b}[2A", "\n"));
        assert_eq!(taken_away(&line, "", 50, 25), cleared("\u{1b}[2A", "\n"));
    }

    #[test]
    fn a_line_that_comes_to_fill_its_row_has_the_cursor_below_it_or_not() {
        let line = "x".repeat(50);
        let certain = format!(" {}", cleared("\u{1b}[1A", ""));
        assert_eq!(taken_away(&line, "", 60, 50), certain);
        assert_eq!(taken_away(&line, "y", 60, 50), cleared("\u{1b}[1A", ""));
    }

    #[test]
    fn a_line_that_is_higher_than_the_window_ends_at_its_top() {
        // Six rows, of which the window shows four, and the cursor in the last.
        let high = Standing {
            height: 4,
            ..standing(&"x".repeat(50), "", 10)
        };
        let shown = &"x".repeat(30);
        let high = Standing {
            before: shown.clone(),
            ..high
        };
        assert!(high.is_moved_by(8) && high.is_moved_by(3) && !high.is_moved_by(4));
        assert_eq!(high.taken_away(10, 8), cleared("\u{1b}[3A", "\n\n\n\n\n"));
        assert_eq!(high.taken_away(10, 3), cleared("\u{1b}[3A", "\n\n"));
        let low = standing("x", "", 10);
        assert!(!low.is_moved_by(8));
    }

    #[test]
    fn the_first_letter_of_a_row_is_told_from_the_others() {
        let over = (8..=14).map(|length| has_gone_over(standing(&"x".repeat(length), "", 10).end));
        let over: Vec<bool> = over.collect();
        assert_eq!(over, [false, false, false, true, true, false, false]);
    }

    #[test]
    fn wide_letters_and_line_breaks_are_counted_as_they_are_drawn() {
        let place = |text, columns| {
            let place = standing(text, "", columns).end;
            (place.row, place.column)
        };
        assert_eq!(place("日本語", 5), (1, 2));
        assert_eq!(place("ab\ncd", 80), (1, 2));
        assert_eq!(place("a\tb", 80), (0, 9));
    }
}
