//! Signs of which terminals do not agree how wide they are, in what rustyline draws.
//!
//! It takes as many rows away as it has counted, and one too many is one of what stands above. A
//! family has two columns in kitty and six in xterm; in tmux 3.3 it has two, but a hand with a tone
//! of its skin four and a flag of the rainbow one, so that no way of counting is right everywhere.
//! Such a sign is drawn here as something that is everywhere as wide as rustyline counts it.

use std::borrow::Cow;

use rustyline::GraphemeClusterMode;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How rustyline is to count, which is as [`width`] does.
pub(super) const MODE: GraphemeClusterMode = GraphemeClusterMode::Unicode;

/// The columns that rustyline counts for a grapheme, and in which it is drawn.
pub(super) fn width(grapheme: &str) -> usize {
    grapheme.width()
}

/// Whether a text is drawn as another one.
pub(super) fn is_unsteady(text: &str) -> bool {
    text.graphemes(true).any(has_doubt)
}

/// The text as it is drawn: a sign that is joined of several is its first, with spaces behind it.
pub(super) fn steady(text: &str) -> Cow<'_, str> {
    if !is_unsteady(text) {
        return Cow::Borrowed(text);
    }
    let drawn = text.graphemes(true).map(|grapheme| {
        if has_doubt(grapheme) {
            Cow::Owned(in_columns(grapheme, width(grapheme)))
        } else {
            Cow::Borrowed(grapheme)
        }
    });
    Cow::Owned(drawn.collect())
}

fn in_columns(grapheme: &str, columns: usize) -> String {
    let fits = |first: &char| (1..=columns).contains(&first.width().unwrap_or(0));
    match grapheme.chars().next().filter(fits) {
        Some(first) => {
            let spaces = columns - first.width().unwrap_or(0);
            format!("{first}{}", " ".repeat(spaces))
        }
        None => "\u{fffd}".repeat(columns),
    }
}

/// Whether terminals may take other columns for a grapheme than rustyline counts.
fn has_doubt(grapheme: &str) -> bool {
    let mut letters = grapheme.chars();
    let Some(first) = letters.next() else {
        return false;
    };
    // rustyline knows these three: the last begins a colour of the prompt.
    if first.is_control() {
        return !matches!(first, '\n' | '\t' | '\u{1b}');
    }
    letters.any(|c| match c {
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

    #[test]
    fn a_joined_sign_is_drawn_as_its_first_in_as_many_columns_as_are_counted() {
        assert_eq!(steady("a 👨‍👩‍👧 b"), "a 👨 b");
        assert_eq!(steady("👋🏿"), "👋");
        assert_eq!(steady("❤️!"), "❤ !");
        assert_eq!(steady("🏳️‍🌈"), "🏳 ");
        assert_eq!(steady("⛹‍♂"), "⛹ ");
        assert_eq!(steady("1️⃣"), "1 ");
        assert_eq!(steady("\u{8}\u{1}x"), "\u{fffd}\u{fffd}x");
    }

    #[test]
    fn what_all_terminals_draw_alike_stays() {
        let same = [
            "日本語",
            "cafe\u{301}",
            "🎉",
            "🇩🇪",
            "क्\u{200d}ष",
            "\u{1b}[1m>\u{1b}[0m\ta\n",
        ];
        for text in same {
            assert!(matches!(steady(text), Cow::Borrowed(_)), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_drawn_is_as_wide_as_what_is_counted_wherever_signs_are_joined_or_not(
            pieces in vec(select(vec![
                "a", " ", "日", "👨", "👩", "❤", "⌚", "🏳", "🌈", "1", "♂", "é", "\u{200d}", "\u{fe0e}",
                "\u{fe0f}", "\u{1f3fb}", "\u{1f3ff}", "\u{20e3}", "\u{1}", "\u{301}",
            ]), 0..12),
        ) {
            let text = pieces.concat();
            let drawn = steady(&text);
            let counted: usize = text.graphemes(true).map(width).sum();
            let apart: usize = drawn.chars().filter_map(UnicodeWidthChar::width).sum();
            let joined: usize = drawn.graphemes(true).map(width).sum();
            prop_assert_eq!([apart, joined], [counted; 2], "{:?} as {:?}", text, drawn);
        }
    }
}
