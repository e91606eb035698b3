//! Styled text: the only place that writes escape sequences, and it cleans whatever it is given.

use std::fmt::Write as _;
use std::sync::Arc;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use unicode_segmentation::UnicodeSegmentation;

use super::clean::clean_line_break;
use super::look::{Colors, Look};
use super::width::{grapheme_width, width};

/// A colour by its meaning or by its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// One of the sixteen, by its number.
    Ansi(u8),
    /// Red, green and blue.
    Rgb(u8, u8, u8),
}

/// How a piece of text looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// The colour of the letters.
    pub paint: Option<Paint>,
    /// Heavier.
    pub bold: bool,
    /// Of less weight than what is around it.
    pub dim: bool,
    /// Slanted.
    pub italic: bool,
    /// With a line below.
    pub underline: bool,
    /// With a line through it.
    pub strike: bool,
    /// Letters and ground exchanged.
    pub reverse: bool,
}

impl Style {
    /// As it is.
    pub const PLAIN: Self = Self {
        paint: None,
        bold: false,
        dim: false,
        italic: false,
        underline: false,
        strike: false,
        reverse: false,
    };
    /// Heavier.
    pub const BOLD: Self = Self {
        bold: true,
        ..Self::PLAIN
    };
    /// Of less weight.
    pub const DIM: Self = Self {
        dim: true,
        ..Self::PLAIN
    };
    /// What can be acted on.
    pub const ACTION: Self = Self::of(Paint::Ansi(6));

    /// In this colour.
    pub const fn of(paint: Paint) -> Self {
        Self {
            paint: Some(paint),
            ..Self::PLAIN
        }
    }

    /// The same, heavier.
    #[must_use]
    pub const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    fn codes(self, colors: Colors) -> String {
        let mut codes = String::new();
        if colors == Colors::None {
            return codes;
        }
        let flags = [
            (self.bold, "1"),
            (self.dim, "2"),
            (self.italic, "3"),
            (self.underline, "4"),
            (self.reverse, "7"),
            (self.strike, "9"),
        ];
        for (_, code) in flags.iter().filter(|(set, _)| *set) {
            codes.push_str(code);
            codes.push(';');
        }
        match self.paint {
            Some(Paint::Ansi(n)) if n < 8 => push(&mut codes, format_args!("{};", 30 + n)),
            Some(Paint::Ansi(n)) => push(&mut codes, format_args!("{};", 82 + n)),
            Some(Paint::Rgb(r, g, b)) => push_rgb(&mut codes, colors, (r, g, b)),
            None => {}
        }
        codes.pop();
        codes
    }
}

fn push(codes: &mut String, text: std::fmt::Arguments<'_>) {
    codes
        .write_fmt(text)
        .expect("a string takes what is written");
}

fn push_rgb(codes: &mut String, colors: Colors, (r, g, b): (u8, u8, u8)) {
    match colors {
        Colors::True => push(codes, format_args!("38;2;{r};{g};{b};")),
        Colors::Palette => {
            let step = |c: u8| (u16::from(c) * 5 + 127) / 255;
            let index = 16 + 36 * step(r) + 6 * step(g) + step(b);
            push(codes, format_args!("38;5;{index};"));
        }
        _ => {
            let high = r.max(g).max(b);
            let bit = |c: u8| u8::from(u16::from(c) * 3 > u16::from(high) * 2);
            let index = bit(r) | bit(g) << 1 | bit(b) << 2;
            // White and black are what the text has anyway, on one ground or the other.
            if index != 7 && index != 0 {
                push(codes, format_args!("{};", 30 + index));
            }
        }
    }
}

/// A piece of clean text without line breaks, in one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    text: String,
    /// How it looks.
    pub style: Style,
    /// Where it leads.
    pub link: Option<Arc<str>>,
}

impl Span {
    /// A piece of whatever text: it is cleaned here.
    pub fn new(text: impl AsRef<str>, style: Style) -> Self {
        Self {
            text: clean_line_break(text.as_ref()),
            style,
            link: None,
        }
    }

    /// A piece of a text that was cleaned already.
    pub(super) fn part(&self, text: &str) -> Self {
        Self {
            text: text.to_owned(),
            style: self.style,
            link: self.link.clone(),
        }
    }

    /// More of the same, from a text that was cleaned already.
    pub(super) fn extend(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// The same, leading to this address if a terminal may follow it there.
    #[must_use]
    pub fn linked(mut self, address: &str) -> Self {
        self.link = link_address(address);
        self
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Columns.
    pub fn width(&self) -> usize {
        width(&self.text)
    }
}

/// What does not stand in an address as it is.
const UNSAFE: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>');

/// An address in printable ASCII, of a scheme that opens a page or a mail.
fn link_address(address: &str) -> Option<Arc<str>> {
    let address = address.trim();
    let known = ["http://", "https://", "mailto:"];
    let lower: String = address.chars().take(8).collect::<String>().to_lowercase();
    if !known.iter().any(|scheme| lower.starts_with(scheme)) || address.len() > 2000 {
        return None;
    }
    Some(utf8_percent_encode(address, UNSAFE).to_string().into())
}

/// A line of styled text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line(pub Vec<Span>);

impl From<Span> for Line {
    fn from(span: Span) -> Self {
        Self(vec![span])
    }
}

impl Line {
    /// A line of one style.
    pub fn new(text: impl AsRef<str>, style: Style) -> Self {
        Span::new(text, style).into()
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.0.iter().map(Span::width).sum()
    }

    /// Whether nothing can be seen of it.
    pub fn is_blank(&self) -> bool {
        self.0.iter().all(|span| span.text.trim().is_empty())
    }

    /// Adds a piece of text.
    pub fn push(&mut self, text: impl AsRef<str>, style: Style) {
        self.0.push(Span::new(text, style));
    }

    /// Adds spaces up to this width.
    #[must_use]
    pub fn padded(mut self, to: usize) -> Self {
        let missing = to.saturating_sub(self.width());
        if missing > 0 {
            self.push(" ".repeat(missing), Style::PLAIN);
        }
        self
    }

    /// The line cut to this many columns, with `…` in place of what was cut.
    #[must_use]
    pub fn cut(self, to: usize) -> Self {
        if self.width() <= to {
            return self;
        }
        let mut left = to.saturating_sub(1);
        let mut kept = Vec::new();
        let mut style = Style::PLAIN;
        'spans: for span in &self.0 {
            let mut text = String::new();
            style = span.style;
            for grapheme in span.text.graphemes(true) {
                let width = grapheme_width(grapheme);
                if width > left {
                    kept.push(span.part(&text));
                    break 'spans;
                }
                left -= width;
                text.push_str(grapheme);
            }
            kept.push(span.part(&text));
        }
        let mut line = Self(kept);
        if to > 0 {
            line.push("…", style);
        }
        line
    }

    /// The text without its style.
    pub fn plain(&self) -> String {
        self.0.iter().map(Span::text).collect()
    }

    /// Writes the line with the escape sequences that the look allows, and no line break.
    pub fn write(&self, look: &Look, out: &mut String) {
        let (mut codes, mut link): (String, Option<&Arc<str>>) = (String::new(), None);
        for span in self.0.iter().filter(|span| !span.text.is_empty()) {
            let wanted = span.style.codes(look.colors);
            if wanted != codes {
                if !codes.is_empty() {
                    out.push_str("\u{1b}[0m");
                }
                if !wanted.is_empty() {
                    push(out, format_args!("\u{1b}[{wanted}m"));
                }
                codes = wanted;
            }
            let to = span.link.as_ref().filter(|_| look.links);
            if to != link {
                let address = to.map_or("", |address| address);
                push(out, format_args!("\u{1b}]8;;{address}\u{1b}\\"));
                link = to;
            }
            if look.unicode {
                out.push_str(&span.text);
            } else {
                out.extend(span.text.chars().map(ascii));
            }
        }
        if link.is_some() {
            out.push_str("\u{1b}]8;;\u{1b}\\");
        }
        if !codes.is_empty() {
            out.push_str("\u{1b}[0m");
        }
    }
}

/// The text as a terminal shows it that knows ASCII only; it is as wide as before.
pub fn ascii_signs(text: &str) -> String {
    text.chars().map(ascii).collect()
}

/// What stands for our own signs where a terminal shows ASCII only.
fn ascii(c: char) -> char {
    match c {
        '─' | '━' | '═' | '▪' | '¶' | '·' | '–' | '—' => '-',
        '│' | '┃' | '▏' => '|',
        '╭' | '╮' | '╰' | '╯' | '┌' | '┐' | '└' | '┘' | '├' | '┤' | '┬' | '┴' | '┼' | '✓' | '✔' => {
            '+'
        }
        '•' | '●' => '*',
        '◦' | '○' | '☐' => 'o',
        '☑' | '✗' => 'x',
        '…' => '~',
        '▁'..='█' | '■' | '▣' => '#',
        '▓' => '=',
        '▒' => ':',
        '░' => '.',
        '→' | '▸' | '⟩' | '›' => '>',
        '▾' | '↓' => 'v',
        '⟨' | '‹' | '←' => '<',
        'ℹ' => 'i',
        '⚠' => '!',
        // Also controls that are shown as a sign (Unicode, control pictures).
        '↑' | '\u{2400}'..='\u{2421}' => '^',
        other => other,
    }
}

/// Lines to text, each with its line break.
pub fn to_text(lines: &[Line], look: &Look) -> String {
    let mut text = String::new();
    for line in lines {
        line.write(look, &mut text);
        text.push('\n');
    }
    text
}
