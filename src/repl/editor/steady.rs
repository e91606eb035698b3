//! A typed line as it is drawn: for rustyline, which counts, and for the terminal, which breaks rows.
//!
//! rustyline takes as many rows away as it has counted, and one too many is one of what stands above.
//! So the two have to agree on two things.
//!
//! How wide a sign is: a family has two columns in kitty and six in xterm; in tmux 3.3 it has two, but
//! a hand with a tone of its skin four and a flag of the rainbow one, so that no way of counting is
//! right everywhere. Such a sign is drawn here as something that is everywhere as wide as it is counted.
//!
//! Where a row ends: rustyline moves a whole grapheme to the next row, as a syllable of Thai, Tamil or
//! Hindi is, or a flag; a terminal that draws it as two letters leaves the first where it is. Such a
//! grapheme has spaces before it, which fill the row, and a tab is drawn as spaces, which go on in the
//! next row as rustyline counts them.

use std::borrow::Cow;

use rustyline::GraphemeClusterMode;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::render::clean;

/// How rustyline is to count, which is as [`width`] does.
pub(super) const MODE: GraphemeClusterMode = GraphemeClusterMode::Unicode;

/// The columns from one tab stop to the next, which rustyline counts.
const TAB: usize = 8;

/// A place on the screen, from where the text begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub row: usize,
    pub column: usize,
}

impl Place {
    /// The place behind a text that was drawn, where a terminal breaks its rows.
    pub fn behind(mut self, drawn: &str, columns: usize) -> Self {
        let mut escape = Escape::default();
        for c in drawn.chars() {
            if c == '\n' {
                self = self.below();
                continue;
            }
            if escape.takes(c.encode_utf8(&mut [0; 4])) {
                continue;
            }
            let wide = c.width().unwrap_or(0);
            self.column += wide;
            if self.column > columns {
                self.row += 1;
                self.column = wide;
            }
        }
        if self.column == columns {
            return self.below();
        }
        self
    }

    /// The beginning of the next row.
    fn below(self) -> Self {
        let row = self.row + 1;
        Self { row, column: 0 }
    }
}

/// A text as it is drawn, row by row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Drawn {
    pub text: String,
    /// The bytes at which the rows begin, but the first.
    breaks: Vec<usize>,
    /// The place behind it.
    pub end: Place,
    /// Whether it has filled its last row: it ends in the next one then, but a terminal goes there
    /// only when something is written.
    pub is_full: bool,
}

impl Drawn {
    /// Draws more behind it, in the rows that rustyline counts (19.0.0, `calculate_position`, which is
    /// asked for the same parts).
    pub fn add(&mut self, text: &str, columns: usize, veil: Veil) {
        if self.is_full && text.starts_with('\n') {
            // A terminal goes one row down for this, and two are counted.
            self.breaks.pop();
            self.break_line();
        }
        let mut escape = Escape::default();
        for grapheme in text.graphemes(true) {
            if grapheme == "\n" {
                self.break_line();
                self.end = self.end.below();
                continue;
            }
            if escape.takes(grapheme) {
                // Only our own are drawn; a line of the history may have others.
                if veil == Veil::Styled {
                    self.text.push_str(grapheme);
                }
                continue;
            }
            let wide = match grapheme {
                "\t" => TAB - self.end.column % TAB,
                other => width(other),
            };
            let sign = steady(grapheme, wide, columns);
            let left = columns.saturating_sub(self.end.column);
            self.end.column += wide;
            if self.end.column > columns {
                if !is_one(&sign, wide) {
                    self.push(&" ".repeat(left), veil);
                }
                self.breaks.push(self.text.len());
                self.end.row += 1;
                self.end.column = wide;
            }
            self.push(&sign, veil);
        }
        self.is_full = match text {
            "" => self.is_full,
            _ => self.end.column == columns,
        };
        if self.end.column == columns {
            self.breaks.push(self.text.len());
            self.end = self.end.below();
        }
    }

    /// Where a row begins in the text.
    pub fn row(&self, row: usize) -> usize {
        match row.checked_sub(1) {
            Some(before) => self.breaks.get(before).copied().unwrap_or(self.text.len()),
            None => 0,
        }
    }

    fn break_line(&mut self) {
        self.text.push('\n');
        self.breaks.push(self.text.len());
    }

    fn push(&mut self, sign: &str, veil: Veil) {
        match veil {
            Veil::Styled | Veil::None => self.text.push_str(sign),
            Veil::Stars => self.text.push_str(&stars(sign)),
        }
    }
}

/// Whether a text may be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Veil {
    /// It may, and has escape sequences of ours.
    Styled,
    /// It may.
    None,
    Stars,
}

/// How far an escape sequence is, which has no columns (19.0.0, `tty::width`).
#[derive(Default)]
enum Escape {
    #[default]
    Outside,
    Begun,
    Inside,
}

impl Escape {
    /// Whether the grapheme is a part of one.
    fn takes(&mut self, grapheme: &str) -> bool {
        let (next, is_part) = match (&self, grapheme) {
            (Self::Begun, "[") => (Self::Inside, true),
            (Self::Inside, part)
                if part == ";" || part.starts_with(|c: char| c.is_ascii_digit()) =>
            {
                (Self::Inside, true)
            }
            (Self::Begun | Self::Inside, _) => (Self::Outside, true),
            (Self::Outside, "\u{1b}") => (Self::Begun, true),
            (Self::Outside, _) => (Self::Outside, false),
        };
        *self = next;
        is_part
    }
}

/// The columns that rustyline counts for a grapheme, and in which it is drawn.
fn width(grapheme: &str) -> usize {
    grapheme.width()
}

/// As many stars as a text has columns, each as wide as what it stands for.
pub fn stars(drawn: &str) -> String {
    let star = |c: char| match c.width() {
        _ if c == '\n' => Some(c),
        Some(1) => Some('*'),
        Some(2..) => Some('＊'),
        _ => None,
    };
    drawn.chars().filter_map(star).collect()
}

/// Whether a text has signs that are drawn as other ones.
pub(super) fn is_unsteady(text: &str) -> bool {
    text.graphemes(true).any(has_doubt)
}

/// A grapheme as it is drawn: one that is joined of several signs is its first, with spaces behind it.
fn steady(grapheme: &str, wide: usize, columns: usize) -> Cow<'_, str> {
    if wide > columns {
        // It has a row of its own, whatever is left of it.
        return Cow::Owned("\u{fffd}".repeat(columns));
    }
    match grapheme {
        "\t" => Cow::Owned(" ".repeat(wide)),
        joined if has_doubt(joined) => Cow::Owned(in_columns(joined, wide)),
        other => Cow::Borrowed(other),
    }
}

/// Whether what is drawn has its columns by one letter, which a terminal does not split.
fn is_one(sign: &str, wide: usize) -> bool {
    (sign.chars().next()).is_some_and(|first| first.width() == Some(wide))
}

fn in_columns(grapheme: &str, columns: usize) -> String {
    // Of a syllable only the vowels are left out that some terminals draw beside it.
    let (beside, syllable): (String, String) = grapheme.chars().partition(|c| is_beside(*c));
    let is_syllable = !beside.is_empty() && syllable.starts_with(char::is_alphabetic);
    if is_syllable && crate::render::width(&syllable) == columns {
        return syllable;
    }
    let fits = |first: &char| (1..=columns).contains(&first.width().unwrap_or(0));
    match grapheme.chars().next().filter(fits) {
        Some(first) => {
            let spaces = columns - first.width().unwrap_or(0);
            format!("{first}{}", " ".repeat(spaces))
        }
        None => "\u{fffd}".repeat(columns),
    }
}

/// Whether some terminals draw a sign that rustyline counts into the one before.
fn is_beside(c: char) -> bool {
    crate::render::width(c.encode_utf8(&mut [0; 4])) != c.width().unwrap_or(0)
}

/// Whether terminals may take other columns for a grapheme than rustyline counts, or would act on it.
fn has_doubt(grapheme: &str) -> bool {
    let mut letters = grapheme.chars();
    let Some(first) = letters.next() else {
        return false;
    };
    // rustyline knows these three: the last begins a colour of the prompt.
    if first.is_control() {
        return !matches!(first, '\n' | '\t' | '\u{1b}');
    }
    let apart: usize = grapheme.chars().filter_map(UnicodeWidthChar::width).sum();
    apart != width(grapheme)
        || crate::render::width(grapheme) != width(grapheme)
        || clean(grapheme) != grapheme
        || letters.any(|c| match c {
            // How it looks, and the tone of its skin.
            '\u{fe0e}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' => true,
            // Joined letters, as in Hindi, are no wider or narrower than apart.
            '\u{200d}' => !first.is_alphabetic(),
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn drawn_in(text: &str, columns: usize) -> String {
        let mut drawn = Drawn::default();
        drawn.add(text, columns, Veil::None);
        drawn.text
    }

    fn drawn(text: &str) -> String {
        drawn_in(text, 80)
    }

    #[test]
    fn a_joined_sign_is_drawn_as_its_first_in_as_many_columns_as_are_counted() {
        assert_eq!(drawn("a 👨‍👩‍👧 b"), "a 👨 b");
        assert_eq!(drawn("👋🏿"), "👋");
        assert_eq!(drawn("❤️!"), "❤ !");
        assert_eq!(drawn("🏳️‍🌈"), "🏳 ");
        assert_eq!(drawn("⛹‍♂"), "⛹ ");
        assert_eq!(drawn("1️⃣"), "1 ");
        assert_eq!(drawn("\u{8}\u{1}x"), "\u{fffd}\u{fffd}x");
    }

    #[test]
    fn a_vowel_that_some_terminals_draw_beside_its_letter_is_left_out() {
        assert_eq!(drawn("ভাষা"), "ভষ");
        assert_eq!(drawn("স্ট্রা"), "স্ট্র");
        assert_eq!(drawn("மாலை"), "மலை");
    }

    #[test]
    fn what_would_turn_the_line_round_is_left_out() {
        assert_eq!(drawn("a\u{202e}txt.exe\u{ad}"), "atxt.exe");
        assert!(is_unsteady("\u{2066}"));
    }

    #[test]
    fn what_all_terminals_draw_alike_stays() {
        let same = ["日本語", "cafe\u{301}", "🎉", "🇩🇪", "क्\u{200d}ष", "กำ"];
        for text in same {
            assert_eq!(drawn(text), text);
            assert!(!is_unsteady(text), "{text:?}");
        }
    }

    #[test]
    fn escape_sequences_are_drawn_of_the_prompt_only() {
        let styled = "\u{1b}[1m>\u{1b}[0m a\n";
        let mut prompt = Drawn::default();
        prompt.add(styled, 80, Veil::Styled);
        assert_eq!(prompt.text, styled);
        assert_eq!(drawn("\u{1b}[2Jevil\u{1b}]0;x\u{7}"), "evil0;x\u{fffd}");
    }

    #[test]
    fn a_grapheme_of_several_letters_is_not_split_by_the_edge_of_a_row() {
        let drawn = |text: &str| drawn_in(text, 4);
        for grapheme in ["กำ", "நி", "क्ष", "🇩🇪"] {
            assert_eq!(
                drawn(&format!("abc{grapheme}d")),
                format!("abc {grapheme}d")
            );
            assert_eq!(drawn(&format!("ab{grapheme}d")), format!("ab{grapheme}d"));
        }
        assert_eq!(drawn("abc❤️d"), "abc ❤ d");
        // A terminal moves this to the next row itself.
        assert_eq!(drawn("abc日d"), "abc日d");
        assert_eq!(drawn_in("a\tb", 10), "a       b");
        assert_eq!(drawn_in("12345678\tb", 10), "12345678          b");
    }

    proptest! {
        #[test]
        fn a_terminal_that_goes_letter_by_letter_ends_where_rustyline_counts(
            pieces in vec(select(vec![
                "a", " ", "日", "👨", "👩", "❤", "⌚", "🏳", "🌈", "1", "♂", "é", "\u{200d}", "\u{fe0e}",
                "\u{fe0f}", "\u{1f3fb}", "\u{1f3ff}", "\u{20e3}", "\u{1}", "\u{301}", "🇩", "🇪",
                "กำ", "நி", "क्षि", "क्", "ক্ষ", "لا", "ভা", "স্ট্রা",
                "மா", "\u{302e}", "\u{1112}\u{1161}\u{11ab}", "\t", "\n",
            ]), 0..40),
            columns in 9_usize..30,
            column in 0_usize..9,
        ) {
            let text = pieces.concat();
            let from = Place { row: 0, column };
            let mut drawn = Drawn { end: from, ..Drawn::default() };
            drawn.add(&text, columns, Veil::None);
            prop_assert_eq!(from.behind(&drawn.text, columns), drawn.end, "{:?} as {:?}", text, drawn);
            for row in 1..=drawn.end.row {
                let (above, below) = drawn.text.split_at(drawn.row(row));
                let place = from.behind(above, columns);
                let is_full = place.column > 0 || above.is_empty();
                prop_assert_eq!(place.row + usize::from(is_full), row, "{:?} as {:?}", text, drawn);
                let place = Place { row, column: 0 }.behind(below, columns);
                prop_assert_eq!(place, drawn.end, "{:?} as {:?}", text, drawn);
            }
            let whole = drawn_in(&text, usize::MAX);
            let joined: usize = whole.graphemes(true).filter(|sign| *sign != "\n").map(width).sum();
            let most = |c: char| crate::render::width(c.encode_utf8(&mut [0; 4]));
            let apart: usize = whole.chars().filter(|c| *c != '\n').map(most).sum();
            prop_assert_eq!(apart, joined, "{:?} as {:?}", text, whole);
        }
    }
}
