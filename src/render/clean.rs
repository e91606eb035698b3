//! The cleaning of untrusted text: what a backend sends never steers a terminal.
//!
//! Everything is decided character by character, so that a text may be cut anywhere, as it is
//! when it streams. What is taken out stays visible, because hiding it would hide an attack.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar;

/// The text, with everything that a terminal would act on or not show made visible.
///
/// Newlines and tabs stay; a `\r\n` becomes a newline.
pub fn clean(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find(is_unsafe) else {
        return Cow::Borrowed(text);
    };
    let mut cleaned = String::with_capacity(text.len() + 16);
    cleaned.push_str(&text[..first]);
    let mut rest = text[first..].chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' if rest.peek() == Some(&'\n') => {}
            c if is_unsafe(c) => push_visible(&mut cleaned, c),
            c => cleaned.push(c),
        }
    }
    Cow::Owned(cleaned)
}

/// The text in one line: cleaned, with line breaks and tabs turned into spaces.
pub fn clean_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&without_piles(&clean(word)));
    }
    line
}

/// How many marks a letter carries before they are shown as escapes: a pile of them reaches into
/// the lines above and below. Tibetan and Hebrew stay below it, and so do joined emoji.
const MARKS: usize = 8;

/// The text cleaned, with line breaks and tabs as spaces and over-long piles of marks as escapes.
///
/// Unlike [`clean_line`] it keeps every space, so that pieces of a text fit together again.
pub(super) fn clean_line_break(text: &str) -> String {
    without_piles(&clean(text)).replace(['\n', '\t'], " ")
}

/// The text with the marks that are too many for their letter as escapes.
fn without_piles(text: &str) -> Cow<'_, str> {
    Pile::default().end_in(text)
}

/// A text that comes in pieces, of which each is cleaned as the whole would be.
#[derive(Debug, Default)]
pub struct Pieces(Pile);

impl Pieces {
    /// The next piece, as [`clean`] has it, and with over-long piles of marks as escapes.
    pub fn clean<'t>(&mut self, piece: &'t str) -> Cow<'t, str> {
        match clean(piece) {
            Cow::Borrowed(text) => self.0.end_in(text),
            Cow::Owned(text) => Cow::Owned(self.0.end_in(&text).into_owned()),
        }
    }
}

/// How many marks the last letter carries.
#[derive(Debug, Default)]
struct Pile(usize);

impl Pile {
    /// The text, with its marks that are too many as escapes.
    fn end_in<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        if text.is_ascii() {
            self.0 = if text.is_empty() { self.0 } else { 0 };
            return Cow::Borrowed(text);
        }
        let mut kept = String::with_capacity(text.len());
        for c in text.chars() {
            self.0 = if is_mark(c) { self.0 + 1 } else { 0 };
            if self.0 > MARKS {
                kept.extend(c.escape_unicode());
            } else {
                kept.push(c);
            }
        }
        Cow::Owned(kept)
    }
}

fn is_mark(c: char) -> bool {
    !c.is_ascii() && c.width() == Some(0)
}

/// The text, of which no line can be taken for anything but a part of it.
///
/// Much of what is told comes from a backend, and what reads stderr may act on whole lines: a job
/// of GitHub's does what a line says that begins with `::`, after any white space.
pub fn contained(text: &str) -> String {
    let text = without_piles(text);
    let mut lines = text.split('\n');
    let first = lines.next().unwrap_or_default();
    let mark = if first.trim_start().starts_with("::") {
        "| "
    } else {
        ""
    };
    let mut contained = format!("{mark}{first}");
    for line in lines {
        contained.push_str("\n  | ");
        contained.push_str(line);
    }
    contained
}

/// A value as JSON in one line, which nothing that cleans a text changes any more.
pub fn clean_value(value: &serde_json::Value) -> String {
    clean_json(&value.to_string()).into_owned()
}

/// A JSON document in which the same characters are escaped as JSON escapes them.
///
/// In a legal document they stand inside strings only, so the document means what it meant.
pub fn clean_json(json: &str) -> Cow<'_, str> {
    if json.is_ascii() && !json.contains(is_unsafe) {
        return Cow::Borrowed(json);
    }
    let mut cleaned = String::with_capacity(json.len() + 16);
    let mut marks = 0;
    for c in json.chars() {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        if (is_unsafe(c) && c != '\r') || marks > MARKS {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                write!(cleaned, "\\u{unit:04x}").expect("a string takes what is written");
            }
        } else if c != '\r' {
            cleaned.push(c);
        }
    }
    Cow::Owned(cleaned)
}

fn push_visible(cleaned: &mut String, c: char) {
    let picture = match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)),
        '\u{7f}' => Some('␡'),
        _ => None,
    };
    match picture {
        Some(picture) => cleaned.push(picture),
        None => cleaned.extend(c.escape_unicode()),
    }
}

/// Whether a terminal would act on the character, or let it change what others look like.
///
/// The joiners U+200C and U+200D stay: Persian and emoji are unreadable without them.
fn is_unsafe(c: char) -> bool {
    match c {
        '\n' | '\t' | ' '..='~' => false,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => true,
        c => is_invisible_format(c),
    }
}

fn is_invisible_format(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}'
        | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        // Letters of Hangul that are blank.
        | '\u{3164}' | '\u{ffa0}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pile_of_marks_is_one_however_it_is_cut() {
        let text = format!("ae{}z\u{1b}[2J", "\u{301}".repeat(20));
        let whole = Pieces::default().clean(&text).into_owned();
        assert_eq!(whole.matches("\\u{301}").count(), 12, "{whole}");
        for size in 1..6 {
            let mut pieces = Pieces::default();
            let letters: Vec<char> = text.chars().collect();
            let cut = letters.chunks(size).map(String::from_iter);
            let cleaned: String = cut.map(|piece| pieces.clean(&piece).into_owned()).collect();
            assert_eq!(cleaned, whole, "in pieces of {size}");
        }
    }

    #[test]
    fn escape_sequences_are_shown_and_not_acted_on() {
        assert_eq!(clean("a\u{1b}[31mred\u{7}"), "a␛[31mred␇");
        assert_eq!(clean("\u{1b}]0;title\u{1b}\\"), "␛]0;title␛\\");
        assert_eq!(clean("\u{9b}2J\u{7f}\0\u{8}"), "\\u{9b}2J␡␀␈");
    }

    #[test]
    fn bidirectional_overrides_and_invisible_characters_are_shown() {
        assert_eq!(clean("a\u{202e}b\u{2066}c"), "a\\u{202e}b\\u{2066}c");
        assert_eq!(clean("\u{feff}\u{e0041}"), "\\u{feff}\\u{e0041}");
        assert_eq!(clean("\u{3164}\u{ffa0}"), "\\u{3164}\\u{ffa0}");
    }

    #[test]
    fn ordinary_text_is_left_alone_without_a_copy() {
        let text = "naïve\tçıtır 日本\n👩‍👩‍👧 می‌خواهم";
        assert!(matches!(clean(text), Cow::Borrowed(same) if same == text));
    }

    #[test]
    fn no_foreign_line_is_a_line_of_its_own() {
        assert_eq!(contained("error: a"), "error: a");
        assert_eq!(
            contained("error: a\n::error::b\n\nc"),
            "error: a\n  | ::error::b\n  | \n  | c"
        );
        assert_eq!(contained(" ::error::a"), "|  ::error::a");
    }

    #[test]
    fn a_pile_of_marks_is_shown_in_lines_and_messages() {
        let pile = "z".to_owned() + &"\u{301}".repeat(MARKS + 1);
        let shown = "z".to_owned() + &"\u{301}".repeat(MARKS) + "\\u{301}";
        assert_eq!(clean_line(&pile), shown);
        assert_eq!(contained(&pile), shown);
        assert_eq!(clean_line("e\u{301} 👩‍👩‍👧"), "e\u{301} 👩‍👩‍👧");
    }

    #[test]
    fn a_carriage_return_is_dropped_before_a_newline_only() {
        assert_eq!(clean("one\r\ntwo\rthree"), "one\ntwo␍three");
    }

    #[test]
    fn a_line_has_no_breaks() {
        assert_eq!(clean_line(" a\n\tb\u{1b}c \r\n"), "a b␛c");
    }

    #[test]
    fn cleaned_json_means_the_same() {
        let json = "{\"a\":\"\u{9b}\u{202e}\u{e0041}é\"}";
        let cleaned = clean_json(json);
        assert_eq!(cleaned, "{\"a\":\"\\u009b\\u202e\\udb40\\udc41é\"}");
        let before: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&cleaned).unwrap(),
            before
        );
    }

    #[test]
    fn a_value_stays_json_whatever_cleans_it_afterwards() {
        let pile = "\u{301}".repeat(MARKS + 1);
        let value = serde_json::json!({"a  b": format!("\u{202e}\u{9b}\n\t é {pile}")});
        let shown = clean_value(&value);
        assert_eq!(clean(&contained(&shown)), shown);
        let read: serde_json::Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(read, value);
    }
}
