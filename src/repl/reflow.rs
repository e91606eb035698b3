//! A line that is typed, in a terminal that becomes narrower or wider.
//!
//! Most terminals break their lines anew then. rustyline takes away as many rows as it has drawn
//! (19.0.0, `clear_old_rows`): where there are more by now a copy of the first ones stays, and where
//! there are fewer what stands above them goes. So they are taken away before it does that.

use std::cell::Cell;
use std::fmt::Write as _;
use std::rc::Rc;

use super::steady::Place;

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

    /// Whether a text has just gone over into another row. rustyline has written a line break there, and
    /// only where it draws the line whole it becomes one that the terminal may take back.
    pub fn has_gone_over(&self, text: &str) -> bool {
        let end = Place::default().draw(text, self.known.get()).1;
        end.row > 0 && (1..=2).contains(&end.column)
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

/// What takes the rows away of a text that was drawn in so many columns, and is broken anew into
/// others. The cursor stands between its two parts, and then where rustyline will find it.
pub(super) fn taken_away(before: &str, after: &str, old: usize, new: usize) -> String {
    let (drawn, cursor) = Place::default().draw(before, old);
    let (_, end) = cursor.draw(after, old);
    let mut now = Place::default().behind(&drawn, new);
    // rustyline has written a line break there, which no terminal takes back.
    if cursor.column == 0 && cursor.row > 0 && now.column > 0 && after.is_empty() {
        now.row += 1;
    }
    let mut sequence = String::new();
    if now.row > 0 {
        let _ = write!(sequence, "\u{1b}[{}A", now.row);
    }
    sequence.push_str(CLEARED);
    // Down by line breaks, because there may be no room below.
    sequence.push_str(&"\n".repeat(end.row));
    if end.row > cursor.row {
        let _ = write!(sequence, "\u{1b}[{}A", end.row - cursor.row);
    }
    sequence
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn the_first_letter_of_a_row_is_told_from_the_others() {
        let columns = Columns::default();
        columns.known.set(10);
        let over = (8..=14).map(|length| columns.has_gone_over(&"x".repeat(length)));
        let over: Vec<bool> = over.collect();
        assert_eq!(over, [false, false, false, true, true, false, false]);
    }

    #[test]
    fn wide_letters_and_line_breaks_are_counted_as_they_are_drawn() {
        let place = |text, columns| {
            let place = Place::default().draw(text, columns).1;
            (place.row, place.column)
        };
        assert_eq!(place("日本語", 5), (1, 2));
        assert_eq!(place("ab\ncd", 80), (1, 2));
        assert_eq!(place("a\tb", 80), (0, 9));
    }
}
