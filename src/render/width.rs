//! The columns that a text takes on a terminal, of which the lines and boxes are made.
//!
//! Terminals disagree, so this is the most that one of them takes: a line that is wider on the screen
//! than it was counted would be broken there into two, of which only one is taken away when it is drawn
//! anew.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The columns that a text takes on any terminal.
pub fn width(text: &str) -> usize {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return text.len();
    }
    text.graphemes(true).map(grapheme_width).sum()
}

/// The most columns that a terminal takes for one grapheme: joined, or sign by sign.
pub fn grapheme_width(grapheme: &str) -> usize {
    let apart: usize = grapheme.chars().map(most).sum();
    apart.max(grapheme.width())
}

/// The columns of one sign, where it stands apart.
///
/// `unicode-width` has none for a sign that extends a grapheme; glibc's `wcwidth` (2.36), by which
/// tmux, xterm and others go, has one for each that is more than a mark above or below a letter, as
/// vowels of Bengali and Tamil are.
fn most(c: char) -> usize {
    match c.width() {
        Some(0) if !c.is_ascii() => beside(c),
        // Numbers in a circle on a black square.
        Some(1) if ('\u{3248}'..='\u{324f}').contains(&c) => 2,
        known => known.unwrap_or(0),
    }
}

/// The columns of a sign that `unicode-width` counts into the one before.
fn beside(c: char) -> usize {
    match c {
        // The vowels and ends of a syllable of Hangul, drawn into its beginning.
        '\u{1160}'..='\u{11ff}' | '\u{d7b0}'..='\u{d7ff}' => 0,
        // Marks of Hangul's tones, a blank syllable, marks beside Chinese letters.
        '\u{302e}' | '\u{302f}' | '\u{3164}' | '\u{16ff0}' | '\u{16ff1}' => 2,
        // Signs around numbers in Arabic and Syriac.
        '\u{605}' | '\u{70f}' | '\u{890}' | '\u{891}' | '\u{8e2}' => 1,
        c => match c.general_category() {
            GeneralCategory::SpacingMark
            | GeneralCategory::OtherLetter
            | GeneralCategory::OtherPunctuation => 1,
            _ => 0,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vowel_that_stands_beside_its_letter_has_a_column() {
        // As many as tmux 3.3 takes, measured by where the cursor was.
        for (text, columns) in [
            ("ভাষা", 4),
            ("தொடு", 4),
            ("മലയാളം", 6),
            ("শ্রী", 3),
            ("ខ្មែរ", 4),
            ("ไทย", 3),
            ("መልክ", 3),
            ("لا", 2),
            ("\u{1112}\u{1161}\u{11ab}", 2),
            ("か\u{3099}", 2),
            ("e\u{301}", 1),
            ("\u{302e}", 2),
            ("\u{3248}", 2),
        ] {
            assert_eq!(width(text), columns, "{text}");
        }
    }

    #[test]
    fn joined_emoji_have_the_columns_of_all() {
        assert_eq!(width("👨\u{200d}👩\u{200d}👧"), 6);
        assert_eq!(width("❤\u{fe0f}"), 2);
        assert_eq!(width("🇩🇪"), 2);
    }
}
