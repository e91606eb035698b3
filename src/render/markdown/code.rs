//! Code blocks: each line is coloured when it is complete, and final then.

use std::sync::OnceLock;

use syntect::easy::HighlightLines;
use syntect::highlighting::{FontStyle, Theme, ThemeSet};
use syntect::parsing::SyntaxSet;

use crate::render::look::{Background, Colors, Look};
use crate::render::span::{Line, Paint, Span, Style};
use crate::render::wrap::{Wrapper, set_in};

/// The longest line that is coloured; a longer one is data, and its colours cost too much.
const LONGEST: usize = 1000;

/// How much of one block is coloured: reading it is over long before.
const MOST: usize = 256 * 1024;

/// A code block that is being written.
pub struct Code {
    width: usize,
    /// By how much the code is set in.
    set_in: usize,
    highlighter: Option<HighlightLines<'static>>,
    background: Background,
    seen: usize,
    /// The rest of a line that is too long to wait for its end.
    long: Option<Wrapper>,
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Code")
            .field("seen", &self.seen)
            .finish_non_exhaustive()
    }
}

impl Code {
    /// A block of this language, in this many columns.
    pub fn new(language: &str, width: usize, look: &Look) -> Self {
        let set_in = set_in_at(width);
        Self {
            width: width - set_in,
            set_in,
            highlighter: highlighter(language, look),
            background: look.background,
            seen: 0,
            long: None,
        }
    }

    /// Breaks the lines that follow at another width.
    pub fn resize(&mut self, width: usize) {
        self.set_in = set_in_at(width);
        self.width = width - self.set_in;
        if let Some(long) = &mut self.long {
            long.resize(self.width);
        }
    }

    /// A complete line of code.
    pub fn line(&mut self, text: &str) -> Vec<Line> {
        self.seen += text.len();
        let mut wrapper = self
            .long
            .take()
            .unwrap_or_else(|| Wrapper::code(self.width));
        for span in self.highlight(&expand_tabs(text)) {
            wrapper.push(&span);
        }
        wrapper.end_line();
        self.placed(wrapper.take_full())
    }

    /// A piece of a line that is too long to wait for.
    pub fn piece(&mut self, text: &str) -> Vec<Line> {
        self.highlighter = None;
        let wrapper = self.long.get_or_insert_with(|| Wrapper::code(self.width));
        wrapper.push(&Span::new(expand_tabs(text), Style::PLAIN));
        let full = wrapper.take_full();
        self.placed(full)
    }

    /// A line that may still grow.
    pub fn preview(&self, text: &str) -> Vec<Line> {
        let mut wrapper = self
            .long
            .clone()
            .unwrap_or_else(|| Wrapper::code(self.width));
        wrapper.push(&Span::new(expand_tabs(text), Style::PLAIN));
        self.placed(wrapper.finish())
    }

    fn placed(&self, lines: Vec<Line>) -> Vec<Line> {
        if lines.iter().all(Line::is_blank) {
            return lines;
        }
        set_in(lines, self.set_in, self.width + self.set_in)
    }

    fn highlight(&mut self, text: &str) -> Vec<Span> {
        let plain = || vec![Span::new(text, Style::PLAIN)];
        if text.len() > LONGEST || self.seen > MOST {
            self.highlighter = None;
        }
        let Some(highlighter) = &mut self.highlighter else {
            return plain();
        };
        let line = format!("{text}\n");
        match highlighter.highlight_line(&line, syntaxes()) {
            Ok(parts) => parts
                .into_iter()
                .map(|(style, part)| {
                    Span::new(part.trim_end_matches('\n'), of(style, self.background))
                })
                .collect(),
            Err(_) => plain(),
        }
    }
}

/// By how much code is set in where there is room.
fn set_in_at(width: usize) -> usize {
    if width < 8 { 0 } else { 2 }
}

fn expand_tabs(text: &str) -> String {
    text.replace('\t', "    ")
}

fn of(style: syntect::highlighting::Style, background: Background) -> Style {
    let color = style.foreground;
    let (paint, dim) = match background {
        Background::Unknown => (hue(color).map(Paint::Ansi), is_dark_grey(color)),
        Background::Dark | Background::Light => {
            (Some(Paint::Rgb(color.r, color.g, color.b)), false)
        }
    };
    Style {
        paint,
        dim,
        bold: style.font_style.contains(FontStyle::BOLD),
        italic: style.font_style.contains(FontStyle::ITALIC),
        ..Style::PLAIN
    }
}

/// The least and the largest part of a colour.
fn span_of(color: syntect::highlighting::Color) -> (u8, u8) {
    let (r, g, b) = (color.r, color.g, color.b);
    (r.min(g).min(b), r.max(g).max(b))
}

/// How far apart the parts of a grey may be.
const GREY: u8 = 40;

/// Whether a dark theme means it to recede, as a comment does.
fn is_dark_grey(color: syntect::highlighting::Color) -> bool {
    let (least, most) = span_of(color);
    most - least < GREY && most < 0xa0
}

/// The terminal's own colour that is nearest in hue, from 1 to 6; none for a grey.
fn hue(color: syntect::highlighting::Color) -> Option<u8> {
    let (r, g, b) = (color.r, color.g, color.b);
    let (least, most) = span_of(color);
    if most - least < GREY {
        return None;
    }
    // A part counts that is nearer to the largest than to the smallest one.
    let counts = |part: u8| u8::from(part - least > (most - least) / 2);
    Some(counts(r) + 2 * counts(g) + 4 * counts(b))
}

fn highlighter(language: &str, look: &Look) -> Option<HighlightLines<'static>> {
    if look.colors == Colors::None {
        return None;
    }
    let name = language
        .split([' ', ',', '{'])
        .next()
        .unwrap_or_default()
        .to_lowercase();
    // The names that people write and that the syntaxes do not know themselves by.
    let token = match name.as_str() {
        "" => return None,
        "typescript" | "ts" | "tsx" | "jsx" | "mjs" => "js",
        "shell" | "console" | "zsh" => "bash",
        "jsonc" | "json5" | "jsonl" => "json",
        other => other,
    };
    let syntax = syntaxes().find_syntax_by_token(token)?;
    Some(HighlightLines::new(syntax, theme(look.background)?))
}

fn syntaxes() -> &'static SyntaxSet {
    static SYNTAXES: OnceLock<SyntaxSet> = OnceLock::new();
    SYNTAXES.get_or_init(SyntaxSet::load_defaults_newlines)
}

fn theme(background: Background) -> Option<&'static Theme> {
    static THEMES: OnceLock<ThemeSet> = OnceLock::new();
    let themes = &THEMES.get_or_init(ThemeSet::load_defaults).themes;
    themes.get(match background {
        Background::Dark | Background::Unknown => "base16-eighties.dark",
        Background::Light => "InspiredGitHub",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_an_unknown_ground_code_has_the_colours_of_the_terminal_only() {
        let look = Look {
            colors: Colors::True,
            background: Background::Unknown,
            ..Look::plain(80)
        };
        let lines = Code::new("rust", 80, &look).line("let x = \"text\"; // why");
        let paints: Vec<Option<Paint>> = lines[0].0.iter().map(|span| span.style.paint).collect();
        let is_own = |paint: &Option<Paint>| matches!(paint, None | Some(Paint::Ansi(1..=6)));
        assert!(paints.iter().all(is_own), "{paints:?}");
        assert!(paints.iter().flatten().count() > 1, "{paints:?}");
        assert!(paints.contains(&None), "what is grey is as other text");
        let comment = lines[0].0.iter().find(|span| span.text().contains("why"));
        assert!(comment.unwrap().style.dim && !lines[0].0[0].style.dim);
    }

    #[test]
    fn a_hue_is_the_nearest_of_six() {
        let hue = |r, g, b| super::hue(syntect::highlighting::Color { r, g, b, a: 255 });
        assert_eq!(hue(0xf2, 0x77, 0x7a), Some(1), "red");
        assert_eq!(hue(0x99, 0xcc, 0x99), Some(2), "green");
        assert_eq!(hue(0xff, 0xcc, 0x66), Some(3), "yellow");
        assert_eq!(hue(0x66, 0x99, 0xff), Some(4), "blue");
        assert_eq!(hue(0xcc, 0x66, 0xcc), Some(5), "magenta");
        assert_eq!(hue(0x66, 0xcc, 0xcc), Some(6), "cyan");
        assert_eq!(hue(0xd3, 0xd0, 0xc8), None, "grey");
    }
}
