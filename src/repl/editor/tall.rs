//! A typed line that is higher than the window: which of its rows are drawn, so that none scrolls off.
//!
//! rustyline draws a line whole (19.0.0, `refresh_line`): of one that is higher than the window the
//! first rows would go into the scrollback at every key. It goes up to the cursor's row from the last
//! one, and down to that and up again to take the rows away, and a terminal stops it at the edges of the
//! window. So where just as many rows are drawn as the window has, these moves end where they have to:
//! at the cursor, if it is in the last rows of the line, and else in the first row of the window.

use super::steady::{Drawn, Place, Veil};
use crate::plural::plural;
use crate::render::ascii_signs;

/// A prompt and the line behind it as they are drawn, and where the cursor stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Laid {
    drawn: Drawn,
    cursor: Place,
    /// The bytes that are drawn before the cursor.
    before: usize,
    /// Whether the cursor stands between a row that is full and a line break.
    is_between: bool,
}

/// How the words look that stand for the rows that are not drawn.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Marks {
    pub columns: usize,
    pub is_ascii: bool,
    pub has_color: bool,
}

/// In a window of fewer rows all of them are the line's.
const MARKED: usize = 4;

/// What the window shows of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    pub text: String,
    /// The bytes of it before the cursor.
    pub before: usize,
    /// Whether there is more of the line.
    pub is_cut: bool,
}

impl Laid {
    /// A prompt and the parts of a line before and after the cursor.
    pub fn of(prompt: &str, line: (&str, &str), columns: usize, veil: Veil) -> Self {
        let mut drawn = Drawn::default();
        drawn.add(prompt, columns, Veil::Styled);
        drawn.add(line.0, columns, veil);
        let (cursor, before) = (drawn.end, drawn.text.len());
        let is_between = drawn.is_full && line.1.starts_with('\n');
        drawn.add(line.1, columns, veil);
        Self {
            drawn,
            cursor,
            before,
            is_between,
        }
    }

    /// The same with a hint behind the line.
    pub fn with(&self, hint: &str, columns: usize) -> Self {
        let mut laid = self.clone();
        laid.drawn.add(hint, columns, Veil::None);
        laid
    }

    /// All of it.
    pub fn text(&self) -> &str {
        &self.drawn.text
    }

    /// Where rustyline counts the cursor.
    pub fn cursor(&self) -> Place {
        self.cursor
    }

    /// Where rustyline counts the end.
    pub fn end(&self) -> Place {
        self.drawn.end
    }

    /// Whether the cursor stands at the end.
    pub fn is_at_end(&self) -> bool {
        self.before == self.drawn.text.len()
    }

    /// Whether the cursor stands between a row that is full and a line break, where rustyline counts a
    /// row more than for the same line with the cursor elsewhere.
    pub fn is_between(&self) -> bool {
        self.is_between
    }

    /// Whether a window of so many rows is too low for it.
    pub fn is_higher_than(&self, height: usize) -> bool {
        self.drawn.end.row >= height
    }

    /// What a window of so many rows shows of it.
    pub fn shown(&self, height: usize, marks: Marks) -> Shown {
        let rows = self.drawn.end.row + 1;
        if rows <= height {
            return Shown {
                text: self.drawn.text.clone(),
                before: self.before,
                is_cut: false,
            };
        }
        let first = self.cursor.row.min(rows - height);
        let left = rows - height - first;
        let is_above = height >= MARKED && first > 0 && self.cursor.row > first;
        let is_below = height >= MARKED && left > 0;
        let mut text = String::new();
        if is_above {
            text.push_str(&marks.mark(first + 1, "above"));
            text.push('\n');
        }
        let from = self.drawn.row(first + usize::from(is_above));
        let before = text.len() + self.before.saturating_sub(from);
        let last = first + height - 1 - usize::from(is_below);
        text.push_str(&self.drawn.text[from..self.stop(last)]);
        if is_below {
            text.push('\n');
            text.push_str(&marks.mark(left + 1, "below"));
        }
        if left > 0 && self.drawn.is_full {
            // rustyline breaks the line behind a last row that is full, which has not been drawn.
            text.push_str("\u{1b}[A");
        }
        Shown {
            text,
            before,
            is_cut: true,
        }
    }

    /// Takes away what a window of so many rows shows of it, from the last row on.
    pub fn taken_back(&self, height: usize) -> String {
        let drawn = self.drawn.end.row + 1 - usize::from(self.drawn.is_full);
        let above = drawn.min(height).saturating_sub(1);
        format!("\r\u{1b}[2K{}", "\u{1b}[A\u{1b}[2K".repeat(above))
    }

    /// Where a row ends in the text.
    fn stop(&self, row: usize) -> usize {
        let next = self.drawn.row(row + 1);
        let is_broken = row < self.drawn.end.row && self.drawn.text[..next].ends_with('\n');
        next - usize::from(is_broken)
    }
}

impl Marks {
    /// What stands in the place of so many rows.
    fn mark(self, rows: usize, side: &str) -> String {
        let words = format!("… {} {side}", plural(rows, "row"));
        let words = if words.chars().count() < self.columns {
            words
        } else {
            "…".to_owned()
        };
        let words = if self.is_ascii {
            ascii_signs(&words)
        } else {
            words
        };
        if self.has_color {
            format!("\u{1b}[2m{words}\u{1b}[0m")
        } else {
            words
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option::of;
    use proptest::prelude::*;
    use proptest::sample::{Index, select};
    use unicode_segmentation::UnicodeSegmentation;

    use super::*;

    const ABOVE: [&str; 3] = ["first above", "second", "third"];

    /// A terminal, and what rustyline remembers of what it has drawn there (19.0.0, `Layout`).
    struct Window {
        terminal: vt100::Parser,
        columns: usize,
        height: usize,
        cursor: Place,
        end: Place,
    }

    impl Window {
        fn new(columns: usize, height: usize) -> Self {
            let (rows, width) = (height.try_into().unwrap(), columns.try_into().unwrap());
            let mut window = Self {
                terminal: vt100::Parser::new(rows, width, 1000),
                columns,
                height,
                cursor: Place::default(),
                end: Place::default(),
            };
            window.write(&format!("{}\n", ABOVE.join("\n")));
            window
        }

        fn write(&mut self, text: &str) {
            self.terminal.process(text.replace('\n', "\r\n").as_bytes());
        }

        fn laid(&self, line: &str, at: usize) -> Laid {
            Laid::of("> ", line.split_at(at), self.columns, Veil::None)
        }

        fn marks(&self) -> Marks {
            Marks {
                columns: self.columns,
                ..Marks::default()
            }
        }

        /// What is written for a line (19.0.0, `clear_old_rows` and `refresh_line`).
        fn refresh(&mut self, laid: &Laid, text: &str, ends_below: bool) {
            let to = |rows: usize, way| match rows {
                0 => String::new(),
                rows => format!("\u{1b}[{rows}{way}"),
            };
            let mut bytes = to(self.end.row - self.cursor.row, 'B');
            bytes += &"\r\u{1b}[K\u{1b}[A".repeat(self.end.row);
            bytes += "\r\u{1b}[K";
            bytes += text;
            (self.cursor, self.end) = (laid.cursor(), laid.end());
            if self.end.column == 0 && self.end.row > 0 && !ends_below {
                bytes += "\n";
            }
            bytes += &to(self.end.row - self.cursor.row, 'A');
            bytes += "\r";
            bytes += &to(self.cursor.column, 'C');
            self.write(&bytes);
        }

        fn draw(&mut self, line: &str, at: usize) {
            let laid = self.laid(line, at);
            let shown = laid.shown(self.height, self.marks());
            self.refresh(&laid, &shown.text, line.ends_with('\n'));
        }

        /// The rows that have scrolled off, and those of the screen.
        fn rows(&mut self) -> (Vec<String>, Vec<String>) {
            let columns = self.terminal.screen().size().1;
            let screen = self.terminal.screen_mut();
            screen.set_scrollback(usize::MAX);
            let mut off = Vec::new();
            for above in (1..=screen.scrollback()).rev() {
                screen.set_scrollback(above);
                off.extend(screen.rows(0, columns).next());
            }
            screen.set_scrollback(0);
            (off, screen.rows(0, columns).collect())
        }

        /// The row of the screen in which the first row of the line would stand, or what is wrong.
        fn first(&mut self) -> isize {
            let row = self.terminal.screen().cursor_position().0;
            isize::try_from(row).unwrap() - isize::try_from(self.cursor.row).unwrap()
        }
    }

    /// All rows of a text, in a window that is high enough.
    fn all(text: &str, columns: usize, rows: usize) -> Vec<String> {
        let width = columns.try_into().unwrap();
        let mut terminal = vt100::Parser::new(rows.try_into().unwrap(), width, 0);
        terminal.process(text.replace('\n', "\r\n").as_bytes());
        terminal.screen().rows(0, width).collect()
    }

    /// Checks that the window shows the line where it has to, and all that was above stands above.
    fn check(window: &mut Window, laid: &Laid) -> Result<(), TestCaseError> {
        let (off, screen) = window.rows();
        let first = window.first();
        let whole = all(laid.text(), window.columns, laid.end().row + 2);
        let column = usize::from(window.terminal.screen().cursor_position().1);
        prop_assert_eq!(column, laid.cursor().column, "{:?}", screen);
        let mut above = off;
        if laid.is_higher_than(window.height) {
            prop_assert!(first <= 0, "{:?}", screen);
            let marked: Vec<_> = screen.iter().filter(|row| row.starts_with('…')).collect();
            prop_assert_eq!(
                marked.is_empty(),
                window.height < MARKED || laid.cursor().row == laid.end().row + 1 - window.height
            );
        } else {
            let first = usize::try_from(first).unwrap();
            above.extend_from_slice(&screen[..first]);
        }
        prop_assert_eq!(above, ABOVE);
        for (row, text) in screen.iter().enumerate() {
            let line = isize::try_from(row).unwrap() - first;
            let expected = usize::try_from(line).ok().and_then(|line| whole.get(line));
            if line >= 0 && !text.starts_with('…') {
                prop_assert_eq!(text, expected.map_or("", String::as_str), "{:?}", screen);
            }
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn a_line_of_any_height_leaves_what_stands_above_it_and_is_sent_whole_once(
            states in vec((vec(select(vec![
                "a", "some words ", "日", "กำ", "🇩🇪", "\t", "\n", "\n\n", "1234567890", "long text ",
            ]), 0..40), of(any::<Index>())), 1..8),
            columns in 12_usize..24,
            height in 2_usize..9,
        ) {
            let mut window = Window::new(columns, height);
            let mut last = String::new();
            for (pieces, at) in states {
                let line = pieces.concat();
                let places: Vec<usize> = line.grapheme_indices(true).map(|(place, _)| place).collect();
                let at = at.filter(|_| !line.is_empty()).map_or(line.len(), |at| *at.get(&places));
                window.draw(&line, at);
                let laid = window.laid(&line, at);
                check(&mut window, &laid)?;
                last = line;
            }
            let laid = window.laid(&last, last.len());
            window.refresh(&laid, laid.text(), last.ends_with('\n'));
            let (mut above, screen) = window.rows();
            above.extend(screen);
            let whole = all(laid.text(), columns, laid.end().row + 1);
            above.truncate(ABOVE.len() + whole.len());
            prop_assert_eq!(&above[ABOVE.len()..], whole);
            prop_assert_eq!(&above[..ABOVE.len()], ABOVE);
        }
    }

    fn shown(line: (&str, &str), height: usize) -> String {
        let marks = Marks {
            columns: 20,
            is_ascii: true,
            has_color: false,
        };
        let laid = Laid::of("> ", line, 20, Veil::None);
        laid.shown(height, marks).text
    }

    #[test]
    fn the_rows_around_the_cursor_are_shown_and_the_others_counted() {
        assert_eq!(shown(("a\nb\nc", ""), 4), "> a\nb\nc");
        assert_eq!(shown(("a\nb\nc\nd\ne", ""), 4), "~ 2 rows above\nc\nd\ne");
        assert_eq!(shown(("a\nb", "\nc\nd\ne"), 4), "b\nc\nd\ne");
        assert_eq!(shown(("a", "\nb\nc\nd\ne"), 4), "> a\nb\nc\n~ 2 rows below");
        // There is no room for more than the line.
        assert_eq!(shown(("a\nb\nc\nd\ne", ""), 2), "d\ne");
    }

    #[test]
    fn a_hint_that_has_no_room_takes_the_place_of_the_first_rows() {
        let laid = Laid::of("> ", ("a\nb\nc", ""), 20, Veil::None);
        let hinted = laid.with(" \n[help]", 20);
        assert!(!laid.is_higher_than(3) && hinted.is_higher_than(3));
        assert_eq!(
            laid.taken_back(3),
            "\r\u{1b}[2K\u{1b}[A\u{1b}[2K\u{1b}[A\u{1b}[2K"
        );
        assert_eq!(hinted.shown(3, Marks::default()).text, "b\nc \n[help]");
    }
}
