//! Aligned columns of cleaned text.

use unicode_segmentation::UnicodeSegmentation as _;

use super::clean_line;
use super::span::{Line, Style};
use super::width::{grapheme_width, width};
use super::wrap::{wrap, wrap_in, wrap_line};

/// Rows of cells in columns two spaces apart; the last column is as wide as it likes.
///
/// Every cell is cleaned and put into one line.
pub fn columns<const N: usize>(rows: &[[String; N]]) -> String {
    let rows: Vec<[String; N]> = rows
        .iter()
        .map(|row| row.each_ref().map(|cell| clean_line(cell)))
        .collect();
    let mut widths = [0; N];
    for row in &rows {
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = (*widest).max(width(cell));
        }
    }
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, widest) in row.iter().zip(widths) {
            let padding = widest - width(cell);
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', padding + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Names with what is said of each, in as many columns as there are; a text that is longer than its
/// line goes on below itself.
pub fn described(rows: &[[String; 2]], most: usize) -> String {
    /// What a text needs beside the names, or it stands below them.
    const NARROWEST: usize = 20;
    let name = rows.iter().map(|[name, _]| width(name) + 2).max();
    let name = name.unwrap_or_default();
    let mut lines = Vec::new();
    for [usage, about] in rows {
        let head = Line::new(clean_line(usage), Style::PLAIN);
        if name + NARROWEST > most {
            lines.extend(wrap_line(&head, most));
            let about = Line::new(clean_line(about), Style::PLAIN);
            lines.extend(wrap_in(&about, 4, most));
            continue;
        }
        let mut head = head.padded(name);
        for part in wrap(about, Style::PLAIN, most - name) {
            head.push(part.plain(), Style::PLAIN);
            lines.push(std::mem::take(&mut head));
            head = head.padded(name);
        }
    }
    lines
        .iter()
        .map(|line| line.plain().trim_end().to_owned() + "\n")
        .collect()
}

/// A text in lines of at most so many columns.
pub fn paragraph(text: &str, most: usize) -> String {
    let lines = wrap(text, Style::PLAIN, most);
    lines.iter().map(|line| line.plain() + "\n").collect()
}

/// The text, cut to at most `most` columns, with `…` in place of what was cut.
pub fn shorten(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let room = most.saturating_sub(1);
    let mut taken = 0;
    let fits = |grapheme: &&str| {
        taken += grapheme_width(grapheme);
        taken <= room
    };
    // A letter goes with all its marks: a half of one would be another letter.
    let kept: String = text.graphemes(true).take_while(fits).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_line_up_and_hold_no_breaks() {
        let rows = [
            [
                "thr_1".to_owned(),
                "active".to_owned(),
                "A\ntitle".to_owned(),
            ],
            ["thr_100".to_owned(), "x".to_owned(), String::new()],
        ];
        assert_eq!(columns(&rows), "thr_1    active  A title\nthr_100  x\n");
    }

    #[test]
    fn wide_letters_and_their_marks_are_counted_in_columns() {
        let row = |cell: &str| [cell.to_owned(), "x".to_owned()];
        let text = columns(&[row("日本"), row("e\u{301}"), row("abcd")]);
        assert_eq!(text, "日本  x\ne\u{301}     x\nabcd  x\n");
    }

    #[test]
    fn what_is_said_of_a_name_goes_on_below_itself() {
        let rows = [["/a".to_owned(), "one and two and three and four".to_owned()]];
        assert_eq!(
            described(&rows, 26),
            "/a  one and two and three\n    and four\n"
        );
        assert_eq!(
            described(&rows, 20),
            "/a\n    one and two and\n    three and four\n"
        );
    }

    #[test]
    fn a_wide_text_is_cut_between_letters() {
        assert_eq!(shorten("日本語", 6), "日本語");
        assert_eq!(shorten("日本語", 5), "日本…");
        assert_eq!(shorten("日本語", 4), "日…");
        assert_eq!(shorten("ae\u{301}iou", 3), "ae\u{301}…");
        assert_eq!(shorten("abc", 1), "…");
    }

    #[test]
    fn a_long_text_is_cut_with_an_ellipsis() {
        assert_eq!(shorten("hello", 5), "hello");
        assert_eq!(shorten("hello you", 7), "hello…");
    }
}
