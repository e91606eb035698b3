//! The text of a paragraph or a heading as it arrives.
//!
//! Text becomes final at a space at which nothing is open: no emphasis, no code, no link. So what
//! is drawn again is a word or two, and a paragraph of any length costs what its letters cost.
//! Emphasis that is open for very long becomes final as emphasis, and goes on.

use super::inline::{CARRIED, Piece, References, is_special, pieces};
use crate::render::look::Look;
use crate::render::span::{Line, Style};
use crate::render::wrap::{Wrapper, is_ideograph};

/// How much text may wait for what it opened to be closed.
const PATIENCE: usize = 2048;

/// A paragraph or a heading that is being written.
#[derive(Clone, Debug)]
pub struct Flow {
    base: Style,
    look: Look,
    wrapper: Wrapper,
    /// What came since the last place at which nothing was open.
    open: String,
    special: bool,
    spaces: usize,
    begun: bool,
}

impl Flow {
    /// An empty text of this width.
    pub fn new(base: Style, width: usize, look: &Look) -> Self {
        Self {
            base,
            look: *look,
            wrapper: Wrapper::words(width),
            open: String::new(),
            special: false,
            spaces: 0,
            begun: false,
        }
    }

    /// Appends text, which has no line breaks.
    pub fn push(&mut self, text: &str, references: &References) {
        for c in text.chars() {
            self.character(c, references);
        }
    }

    /// Appends lines of text.
    pub fn push_lines(&mut self, text: &str, references: &References) {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.soft_break(references);
            }
            self.push(line, references);
        }
    }

    /// A line of the source ends and the text goes on.
    pub fn soft_break(&mut self, references: &References) {
        if !self.begun {
            return;
        }
        let backslash = self.open.ends_with('\\');
        if backslash {
            self.open.pop();
        }
        if !backslash && self.spaces < 2 {
            return self.character(' ', references);
        }
        self.spaces = 0;
        if self.special && !unclosed(&self.open).is_empty() {
            // The paragraph's line ends inside of something that is open.
            self.open.push_str("<br>");
        } else {
            self.settle(references);
            self.wrapper.end_line();
        }
    }

    /// Breaks what is not final into lines of another width.
    pub fn resize(&mut self, width: usize) {
        self.wrapper.resize(width);
    }

    /// How many bytes wait.
    pub fn waiting(&self) -> usize {
        self.open.len()
    }

    /// Takes the lines that are final.
    pub fn take_full(&mut self) -> Vec<Line> {
        self.wrapper.take_full()
    }

    /// The lines as they would be if the text ended here.
    pub fn preview(&self, references: &References) -> Vec<Line> {
        let mut preview = self.clone();
        if preview.special {
            let closing = unclosed(&preview.open);
            preview.open.truncate(preview.open.trim_end().len());
            preview.open.push_str(&closing);
        }
        preview.finish(references)
    }

    /// Ends the text: the lines that were not taken yet.
    pub fn finish(mut self, references: &References) -> Vec<Line> {
        if self.open.contains(CARRIED) {
            // What was shown as emphasis so far stays that to the end.
            self.carry();
        }
        self.settle(references);
        self.wrapper.finish()
    }

    fn character(&mut self, c: char, references: &References) {
        let space = c.is_whitespace();
        // Spaces before the text are none of it, even if they are all that there is of its line.
        if space && !self.begun {
            return;
        }
        self.begun = true;
        self.spaces = if space { self.spaces + 1 } else { 0 };
        let breaks = space || is_ideograph(c);
        let long = self.open.len() >= PATIENCE && (breaks || self.open.len() >= 2 * PATIENCE);
        if !space {
            self.special |= is_special(c);
            self.open.push(c);
        }
        if breaks && (long || !self.special || unclosed(&self.open).is_empty()) || long {
            let carried = if long { self.carry() } else { String::new() };
            self.settle(references);
            self.special = !carried.is_empty();
            self.open = carried;
            if space {
                self.space();
            }
        } else if space {
            self.open.push(' ');
        }
    }

    /// Closes the emphasis that has been open for too long; what opens it again for the text that
    /// follows.
    fn carry(&mut self) -> String {
        let closing = unclosed(&self.open);
        if closing.is_empty() || !closing.chars().all(|c| matches!(c, '*' | '_' | '~')) {
            return String::new();
        }
        self.open.truncate(self.open.trim_end().len());
        self.open.push_str(&closing);
        closing.chars().rev().chain([CARRIED]).collect()
    }

    fn space(&mut self) {
        let space = crate::render::span::Span::new(" ", self.base);
        self.wrapper.push(&space);
    }

    fn settle(&mut self, references: &References) {
        let text = std::mem::take(&mut self.open);
        self.special = false;
        if text.is_empty() {
            return;
        }
        for piece in pieces(&text, self.base, references, &self.look) {
            match piece {
                Piece::Span(span) => self.wrapper.push(&span),
                Piece::Break => self.wrapper.end_line(),
            }
        }
    }
}

/// What would close everything that the text opens; empty if nothing is open.
fn unclosed(text: &str) -> String {
    let mut open: Vec<(char, usize)> = Vec::new();
    let mut brackets = 0_usize;
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => before = rest.next().unwrap_or(' '),
            '`' => {
                let run = 1 + take_run(&mut rest, '`');
                if !skip_code(&mut rest, run) {
                    return "`".repeat(run);
                }
                before = '`';
            }
            '[' => brackets += 1,
            ']' if brackets > 0 => {
                brackets -= 1;
                if rest.peek() == Some(&'(') && !skip_address(&mut rest) {
                    return ")".to_owned();
                }
            }
            '*' | '_' | '~' => {
                let run = 1 + take_run(&mut rest, c);
                let after = rest.peek().copied().unwrap_or(' ');
                mark(&mut open, (c, run), before, after);
            }
            _ => {}
        }
        if !matches!(c, '\\' | '`') {
            before = c;
        }
    }
    if brackets > 0 {
        return "]".repeat(brackets);
    }
    open.iter()
        .rev()
        .map(|(c, n)| c.to_string().repeat(*n))
        .collect()
}

/// Opens or closes emphasis by the rule of the signs around it.
fn mark(open: &mut Vec<(char, usize)>, (c, run): (char, usize), before: char, after: char) {
    if c == '~' && run != 2 {
        // A single one says 'about' far more often than it strikes anything out.
        return;
    }
    let word = |c: char| !c.is_whitespace() && !c.is_ascii_punctuation();
    let edge = |c: char| c.is_whitespace() || c.is_ascii_punctuation();
    let left = !after.is_whitespace() && (word(after) || edge(before));
    let right = !before.is_whitespace() && (word(before) || edge(after));
    let inside_a_word = c == '_' && left && right;
    if inside_a_word {
        return;
    }
    let mut run = run;
    if right {
        while let Some(at) = open.iter().rposition(|(other, _)| *other == c) {
            let closed = run.min(open[at].1);
            run -= closed;
            open[at].1 -= closed;
            let keep = at + usize::from(open[at].1 > 0);
            open.truncate(keep);
            if run == 0 {
                return;
            }
        }
    }
    if left && run > 0 {
        open.push((c, run));
    }
}

type Rest<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn take_run(rest: &mut Rest<'_>, c: char) -> usize {
    let mut run = 0;
    while rest.next_if_eq(&c).is_some() {
        run += 1;
    }
    run
}

fn skip_code(rest: &mut Rest<'_>, run: usize) -> bool {
    while let Some(c) = rest.next() {
        if c == '`' && 1 + take_run(rest, '`') == run {
            return true;
        }
    }
    false
}

fn skip_address(rest: &mut Rest<'_>) -> bool {
    let mut depth = 0_usize;
    for c in rest.by_ref() {
        match c {
            '(' => depth += 1,
            ')' if depth <= 1 => return true,
            ')' => depth -= 1,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_is_known() {
        for closed in [
            "a *b* c",
            "**a** b",
            "`a * b`",
            "[a](b c)",
            "snake_case x",
            "5 * 6",
            "~5",
        ] {
            assert_eq!(unclosed(closed), "", "{closed}");
        }
        assert_eq!(unclosed("**a b"), "**");
        assert_eq!(unclosed("*a **b"), "***");
        assert_eq!(unclosed("***a** b"), "*");
        assert_eq!(unclosed("`a *b"), "`");
        assert_eq!(unclosed("[a b"), "]");
        assert_eq!(unclosed("[a](b"), ")");
    }

    #[test]
    fn emphasis_that_is_open_for_long_goes_on() {
        let none = References::new();
        let look = Look {
            colors: crate::render::look::Colors::True,
            ..Look::plain(80)
        };
        for (open, close) in [("**", "**"), ("*", "*"), ("_**", "**_"), ("~~", "~~")] {
            for unit in ["loud words ", "日本語", "endless"] {
                let text = unit.repeat(2 * PATIENCE / unit.len() + 300);
                let mut flow = Flow::new(Style::PLAIN, 80, &look);
                flow.push(&format!("a {open}{}{close} b", text.trim_end()), &none);
                let spans = flow.finish(&none).into_iter().flat_map(|line| line.0);
                let plain: String = spans
                    .filter(|span| span.style == Style::PLAIN)
                    .map(|span| span.text().trim().to_owned())
                    .collect();
                assert_eq!(plain, "ab", "{open} {unit}");
            }
        }
    }

    #[test]
    fn text_settles_at_the_first_space_at_which_nothing_is_open() {
        let none = References::new();
        let mut flow = Flow::new(Style::PLAIN, 80, &Look::plain(80));
        flow.push("one two", &none);
        assert_eq!(flow.waiting(), 3);
        flow.push(" **three four", &none);
        assert_eq!(flow.waiting(), 12);
        flow.push("** ", &none);
        assert_eq!(flow.waiting(), 0);
    }
}
