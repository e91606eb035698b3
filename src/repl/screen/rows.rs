//! How many rows of the screen a text takes, which changes when the terminal does.

use crate::render::width;

/// How many lines are remembered.
const MOST: usize = 1000;

/// The widths of the lines that were drawn last, from top to bottom.
///
/// A terminal that becomes narrower breaks lines that are there already, so that rows are counted
/// when they are about to be taken away, and not when they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows(Vec<usize>);

impl Rows {
    /// Those of whole lines with escape sequences.
    pub fn of(text: &str) -> Self {
        Self(text.lines().map(|line| width(&bare(line))).collect())
    }

    /// The last `lines` lines were taken away, and these written in their place.
    pub fn replace(&mut self, lines: usize, text: &str) {
        self.0.truncate(self.0.len().saturating_sub(lines));
        self.0.extend(Self::of(text).0);
        // No terminal is so high that more could be taken away.
        self.0.drain(..self.0.len().saturating_sub(MOST));
    }

    /// The rows of the last `lines` lines on a terminal of this many columns.
    pub fn count(&self, lines: usize, columns: usize) -> usize {
        let columns = columns.max(1);
        let last = self.0.iter().rev().take(lines);
        let known: usize = last.map(|width| width.div_ceil(columns).max(1)).sum();
        known + lines.saturating_sub(self.0.len())
    }

    /// The rows of all lines.
    pub fn all(&self, columns: usize) -> usize {
        self.count(self.0.len(), columns)
    }
}

/// The line without its escape sequences: `CSI … letter` and `OSC … ST`.
fn bare(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        if c != '\u{1b}' {
            text.push(c);
            continue;
        }
        match rest.next() {
            Some('[') => {
                rest.find(|c| ('@'..='~').contains(c));
            }
            Some(']') => skip_string(&mut rest),
            _ => {}
        }
    }
    text
}

fn skip_string(rest: &mut std::str::Chars<'_>) {
    while let Some(c) = rest.next() {
        if c == '\u{7}' {
            return;
        }
        if c == '\u{1b}' {
            rest.next();
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrower_terminal_has_more_rows_for_the_same_lines() {
        let rows = Rows::of("12345678\n\n\u{1b}[1m1234\u{1b}[0m\n");
        assert_eq!(rows.all(80), 3);
        assert_eq!(rows.all(4), 4);
        assert_eq!(rows.count(1, 3), 2);
        assert_eq!(rows.count(2, 3), 3);
        assert_eq!(rows.count(5, 80), 5, "what is not known is a row each");
    }

    #[test]
    fn what_is_left_alone_is_counted_when_it_goes_later() {
        let mut rows = Rows::of("123456\n12\n");
        rows.replace(1, "1234\n1\n");
        assert_eq!(rows, Rows::of("123456\n1234\n1\n"));
        rows.replace(9, &"1\n".repeat(2 * MOST));
        assert_eq!(rows.all(80), MOST);
    }

    #[test]
    fn links_and_colours_have_no_width() {
        let link = "\u{1b}]8;;https://example.com\u{1b}\\\u{1b}[36mlink\u{1b}[0m\u{1b}]8;;\u{1b}\\";
        assert_eq!(bare(link), "link");
    }
}
