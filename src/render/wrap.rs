//! Breaking styled text into lines that fit, as it arrives: a line that is full never changes.

use unicode_segmentation::UnicodeSegmentation;

use super::span::{Line, Span, Style};
use super::width::grapheme_width;

/// Where a line may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Break {
    /// Between words, which stand one space apart.
    Words,
    /// Anywhere, and every space counts: code.
    Anywhere,
}

/// Takes text and makes lines of it.
#[derive(Clone, Debug)]
pub struct Wrapper {
    width: usize,
    breaks: Break,
    line: Line,
    used: usize,
    word: Vec<Span>,
    word_width: usize,
    /// The look of the space that stands before the word, if one does.
    space: Option<Span>,
    full: Vec<Line>,
}

impl Wrapper {
    /// Lines of words.
    pub fn words(width: usize) -> Self {
        Self::new(width, Break::Words)
    }

    /// Lines of code.
    pub fn code(width: usize) -> Self {
        Self::new(width, Break::Anywhere)
    }

    fn new(width: usize, breaks: Break) -> Self {
        Self {
            width: width.max(1),
            breaks,
            line: Line::default(),
            used: 0,
            word: Vec::new(),
            word_width: 0,
            space: None,
            full: Vec::new(),
        }
    }

    /// Appends a piece of text.
    pub fn push(&mut self, span: &Span) {
        for grapheme in span.text().graphemes(true) {
            if self.breaks == Break::Anywhere {
                self.append(span, grapheme, grapheme_width(grapheme));
            } else if grapheme == " " {
                self.end_word();
                self.space = Some(span.part(" "));
            } else if breaks_alone(grapheme) {
                self.end_word();
                self.add(span, grapheme);
                self.end_word();
            } else {
                self.add(span, grapheme);
            }
        }
    }

    /// Makes lines of another width from here on; the line that is open becomes as many as it
    /// needs, the full ones stay.
    pub fn resize(&mut self, width: usize) {
        let old = std::mem::replace(self, Self::new(width, self.breaks));
        self.full = old.full;
        for span in old.line.0.iter().chain(&old.space).chain(&old.word) {
            self.push(span);
        }
    }

    /// Ends the line here.
    pub fn end_line(&mut self) {
        self.end_word();
        self.space = None;
        self.used = 0;
        self.full.push(std::mem::take(&mut self.line));
    }

    /// Takes the lines that are full.
    pub fn take_full(&mut self) -> Vec<Line> {
        std::mem::take(&mut self.full)
    }

    /// Ends the text: the lines that were not taken yet.
    pub fn finish(mut self) -> Vec<Line> {
        self.end_word();
        if self.used > 0 {
            self.end_line();
        }
        self.full
    }

    fn add(&mut self, span: &Span, grapheme: &str) {
        let width = grapheme_width(grapheme);
        if self.word_width + width > self.width {
            // The word is wider than a line, so that what there is of it fills lines of its own.
            self.end_word();
        }
        self.word_width += width;
        join(&mut self.word, span, grapheme);
    }

    fn end_word(&mut self) {
        if self.word.is_empty() {
            return;
        }
        let word = std::mem::take(&mut self.word);
        let width = std::mem::take(&mut self.word_width);
        let space = self.space.take();
        let gap = usize::from(space.is_some() && self.used > 0);
        if self.used + gap + width > self.width {
            self.next_line();
        } else if let (Some(space), 1) = (space, gap) {
            join(&mut self.line.0, &space, " ");
            self.used += 1;
        }
        for span in &word {
            for grapheme in span.text().graphemes(true) {
                self.append(span, grapheme, grapheme_width(grapheme));
            }
        }
    }

    fn append(&mut self, span: &Span, grapheme: &str, width: usize) {
        if width > self.width {
            // A character of two columns has no place in one.
            return self.append(span, "…", 1);
        }
        if self.used + width > self.width {
            self.next_line();
        }
        self.used += width;
        join(&mut self.line.0, span, grapheme);
    }

    fn next_line(&mut self) {
        if self.used > 0 {
            self.used = 0;
            self.full.push(std::mem::take(&mut self.line));
        }
    }
}

/// Whether a line may end on both sides of it, as between the characters of Chinese and Japanese.
fn breaks_alone(grapheme: &str) -> bool {
    grapheme.chars().next().is_some_and(is_ideograph)
}

/// Whether the character belongs to a script that is written without spaces.
pub fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

fn join(spans: &mut Vec<Span>, like: &Span, text: &str) {
    match spans.last_mut() {
        Some(last) if last.style == like.style && last.link == like.link => last.extend(text),
        _ => spans.push(like.part(text)),
    }
}

/// A text of one style in lines of words; its own line breaks stay.
pub fn wrap(text: &str, style: Style, width: usize) -> Vec<Line> {
    let mut wrapper = Wrapper::words(width);
    for line in text.lines() {
        wrapper.push(&Span::new(line, style));
        wrapper.end_line();
    }
    wrapper.finish()
}

/// A text of one style in lines that are broken anywhere: code.
pub fn wrap_code(text: &str, style: Style, width: usize) -> Vec<Line> {
    let mut wrapper = Wrapper::code(width);
    wrapper.push(&Span::new(text, style));
    wrapper.finish()
}

/// A styled line in as many as it needs.
pub fn wrap_line(line: &Line, width: usize) -> Vec<Line> {
    let mut wrapper = Wrapper::words(width);
    for span in &line.0 {
        wrapper.push(span);
    }
    wrapper.finish()
}

/// A styled line in as many as it needs, set in by so many columns where there is room.
pub fn wrap_in(line: &Line, by: usize, width: usize) -> Vec<Line> {
    set_in(wrap_line(line, width.saturating_sub(by).max(1)), by, width)
}

/// Lines of `width - by` columns, set in by so many where there is room.
pub fn set_in(lines: Vec<Line>, by: usize, width: usize) -> Vec<Line> {
    if width <= by {
        return lines;
    }
    let whole = |line: Line| {
        let mut whole = Line::new(" ".repeat(by), Style::PLAIN);
        whole.0.extend(line.0);
        whole
    };
    lines.into_iter().map(whole).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(text: &str, width: usize) -> Vec<String> {
        let lines = wrap(text, Style::PLAIN, width);
        lines.iter().map(Line::plain).collect()
    }

    #[test]
    fn words_stay_whole_where_they_fit() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("a  b\n\nc", 7), ["a b", "", "c"]);
        assert_eq!(wrapped("in abcdefghij", 4), ["in", "abcd", "efgh", "ij"]);
    }

    #[test]
    fn wide_characters_count_twice_and_need_no_spaces() {
        assert_eq!(wrapped("日本語です", 4), ["日本", "語で", "す"]);
        assert_eq!(wrapped("日", 1), ["…"]);
        assert_eq!(wrapped("👩‍👩‍👧 x", 6), ["👩‍👩‍👧", "x"]);
    }
}
