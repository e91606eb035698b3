//! Aligned columns of cleaned text.

use super::clean_line;

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
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            let padding = width - cell.chars().count();
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', padding + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The text, cut to at most `width` characters, with `…` in place of what was cut.
pub fn shorten(text: &str, width: usize) -> String {
    if text.chars().nth(width).is_none() {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
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
    fn a_long_text_is_cut_with_an_ellipsis() {
        assert_eq!(shorten("hello", 5), "hello");
        assert_eq!(shorten("hello you", 7), "hello…");
    }
}
