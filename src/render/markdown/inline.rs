//! Inline Markdown: a piece of a paragraph to styled text.

use std::collections::HashMap;

use pulldown_cmark::{
    BrokenLink, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream,
};

use crate::render::address;
use crate::render::look::{Colors, Look};
use crate::render::span::{Paint, Span, Style};

/// Addresses by the name that the text calls them by, in lower case.
pub type References = HashMap<String, String>;

/// A piece of a line, or its end.
#[derive(Debug)]
pub enum Piece {
    /// Text.
    Span(Span),
    /// The line ends here.
    Break,
}

/// Stands before the text, so that nothing in it can begin a block. A sign that is no letter
/// keeps the rules of emphasis as they are at the beginning of a word.
const GUARD: char = ';';

/// Stands where emphasis goes on that an earlier piece began. No text has this character, which
/// Unicode keeps for a program's own use, but what a backend sends may; it is then shown as one.
pub const CARRIED: char = '\u{fdd0}';

/// Reads one line of inline Markdown.
pub fn pieces(text: &str, base: Style, references: &References, look: &Look) -> Vec<Piece> {
    if !text.contains(is_special) && !text.contains("://") {
        return vec![Piece::Span(Span::new(text, base))];
    }
    let source = format!("{GUARD}{text}");
    let mut resolve = |link: BrokenLink<'_>| match references.get(&link.reference.to_lowercase()) {
        Some(address) => Some((CowStr::from(address.clone()), CowStr::from(""))),
        None => is_note(&link, &source).then(|| (CowStr::from(""), CowStr::from(NOTE))),
    };
    let options = Options::ENABLE_STRIKETHROUGH;
    let parser = Parser::new_with_broken_link_callback(&source, options, Some(&mut resolve));
    let mut reader = Reader {
        look,
        styles: vec![base],
        links: Vec::new(),
        pieces: Vec::new(),
        guarded: true,
        carried: text.contains(CARRIED),
    };
    for event in TextMergeStream::new(parser) {
        reader.event(event);
    }
    reader.pieces
}

/// Whether a character means something in inline Markdown.
pub fn is_special(c: char) -> bool {
    matches!(
        c,
        '*' | '_' | '`' | '[' | ']' | '<' | '~' | '\\' | '&' | '!'
    )
}

/// The title of a link whose address the text has not defined yet.
const NOTE: &str = "\u{fdd1}";

/// Whether the text refers by a name to an address that may follow: `[text][name]`, and no item of
/// a list of lists, as in `rows[1][2]`.
fn is_note(link: &BrokenLink<'_>, source: &str) -> bool {
    let before = source[..link.span.start].chars().next_back();
    link.link_type == LinkType::Reference
        && !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | ')' | ']'))
}

struct Reader<'a> {
    look: &'a Look,
    styles: Vec<Style>,
    links: Vec<Link>,
    pieces: Vec<Piece>,
    guarded: bool,
    carried: bool,
}

struct Link {
    /// Where it leads, or the name of an address that may follow.
    address: String,
    is_note: bool,
    from: usize,
}

impl Reader<'_> {
    fn style(&self) -> Style {
        self.styles.last().copied().unwrap_or_default()
    }

    fn event(&mut self, event: Event<'_>) {
        let bare = self.look.colors == Colors::None;
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(end) => self.end(end),
            Event::Text(text) => self.text(&text),
            Event::Code(code) if bare => self.push(format!("`{code}`"), self.style()),
            Event::Code(code) => self.push(code, code_style(self.style())),
            Event::InlineHtml(html) | Event::Html(html) => {
                if html
                    .trim_end_matches(['/', '>', ' '])
                    .eq_ignore_ascii_case("<br")
                {
                    self.pieces.push(Piece::Break);
                } else {
                    self.push(html, self.style());
                }
            }
            Event::SoftBreak => self.push(" ", self.style()),
            Event::HardBreak => self.pieces.push(Piece::Break),
            Event::FootnoteReference(name) => self.push(format!("[^{name}]"), self.style()),
            Event::InlineMath(text) | Event::DisplayMath(text) => self.push(text, self.style()),
            Event::Rule | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let style = self.style();
        let bare = self.look.colors == Colors::None;
        let style = match tag {
            Tag::Emphasis => Style {
                italic: true,
                ..style
            },
            Tag::Strong => style.bold(),
            Tag::Strikethrough => {
                if bare {
                    self.push("~~", style);
                }
                Style {
                    strike: true,
                    ..style
                }
            }
            Tag::Link { id, title, .. } if &*title == NOTE => {
                self.open_link(id.into_string(), true);
                Style {
                    underline: true,
                    ..style
                }
            }
            Tag::Link {
                dest_url,
                link_type,
                ..
            } => {
                let mailto = link_type == LinkType::Email;
                let scheme = if mailto { "mailto:" } else { "" };
                self.open_link(format!("{scheme}{dest_url}"), false);
                Style {
                    underline: true,
                    paint: Some(Paint::Ansi(4)),
                    ..style
                }
            }
            Tag::Image {
                dest_url,
                id,
                title,
                ..
            } => {
                let is_note = &*title == NOTE;
                let address = if is_note { id } else { dest_url };
                self.open_link(address.into_string(), is_note);
                self.push("image: ", Style { dim: true, ..style });
                Style {
                    underline: true,
                    ..style
                }
            }
            _ => style,
        };
        self.styles.push(style);
    }

    fn open_link(&mut self, address: String, is_note: bool) {
        let from = self.pieces.len();
        self.links.push(Link {
            address,
            is_note,
            from,
        });
    }

    fn end(&mut self, end: TagEnd) {
        self.styles.pop();
        match end {
            TagEnd::Link | TagEnd::Image => self.close_link(),
            TagEnd::Strikethrough if self.look.colors == Colors::None => {
                self.push("~~", self.style());
            }
            _ => {}
        }
    }

    /// Makes the text since its beginning lead to the address, and says which one where the
    /// terminal does not, or where the text claims another.
    fn close_link(&mut self) {
        let Some(Link {
            address,
            is_note,
            from,
        }) = self.links.pop()
        else {
            return;
        };
        if is_note {
            let style = Style {
                dim: true,
                ..self.style()
            };
            return self.push(format!(" [{address}]"), style);
        }
        let mut text = String::new();
        let mut follows = self.look.links;
        for piece in &mut self.pieces[from..] {
            if let Piece::Span(span) = piece {
                *span = span.clone().linked(&address);
                follows &= span.link.is_some();
                text.push_str(span.text());
            }
        }
        if !(address::says(&text, &address) || follows && !address::claims(&text)) {
            let style = Style {
                dim: true,
                ..self.style()
            };
            let shown = Span::new(format!(" ({address})"), style).linked(&address);
            self.pieces.push(Piece::Span(shown));
        }
    }

    fn text(&mut self, text: &str) {
        let mut text = text;
        if std::mem::take(&mut self.guarded) {
            text = text.strip_prefix(GUARD).unwrap_or(text);
        }
        let style = self.style();
        if !self.links.is_empty() {
            return self.push(text, style);
        }
        while let Some(at) = address::find(text) {
            let end = address::end(&text[at..]) + at;
            self.push(&text[..at], style);
            let linked = Style {
                underline: true,
                paint: Some(Paint::Ansi(4)),
                ..style
            };
            let span = Span::new(&text[at..end], linked).linked(&text[at..end]);
            self.pieces.push(Piece::Span(span));
            text = &text[end..];
        }
        self.push(text, style);
    }

    fn push(&mut self, text: impl AsRef<str>, style: Style) {
        let mut text = text.as_ref();
        if self.carried
            && let Some(rest) = text.strip_prefix(CARRIED)
        {
            self.carried = false;
            text = rest;
        }
        if !text.is_empty() {
            self.pieces.push(Piece::Span(Span::new(text, style)));
        }
    }
}

fn code_style(style: Style) -> Style {
    Style {
        paint: Some(Paint::Ansi(6)),
        ..style
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, look: &Look) -> String {
        let pieces = pieces(text, Style::PLAIN, &References::new(), look);
        pieces
            .iter()
            .map(|piece| match piece {
                Piece::Span(span) => span.text(),
                Piece::Break => "\n",
            })
            .collect()
    }

    #[test]
    fn a_link_shows_where_it_goes_unless_the_terminal_does() {
        let plain = Look::plain(80);
        let linked = Look {
            links: true,
            ..plain
        };
        let link = "see [the docs](https://a.example/x)";
        assert_eq!(shown(link, &plain), "see the docs (https://a.example/x)");
        assert_eq!(shown(link, &linked), "see the docs");
        let liar = "[bank.example](https://evil.example)";
        assert_eq!(shown(liar, &linked), "bank.example (https://evil.example)");
        let odd = "[run](javascript:alert)";
        assert_eq!(shown(odd, &linked), "run (javascript:alert)");
        assert_eq!(shown("<https://a.example>", &plain), "https://a.example");
    }

    #[test]
    fn a_name_whose_address_may_follow_stays_beside_its_text() {
        let plain = Look::plain(80);
        assert_eq!(shown("see [the docs][1].", &plain), "see the docs [1].");
        assert_eq!(shown("![a cat][Cat]", &plain), "image: a cat [Cat]");
        for literal in ["rows[1][2]", "[1]", "[x][]", "f()[a][b]"] {
            assert_eq!(shown(literal, &plain), literal);
        }
        let mut known = References::new();
        known.insert("1".to_owned(), "https://a.example".to_owned());
        let shown: String = pieces("[docs][1]", Style::PLAIN, &known, &plain)
            .iter()
            .map(|piece| match piece {
                Piece::Span(span) => span.text(),
                Piece::Break => "\n",
            })
            .collect();
        assert_eq!(shown, "docs (https://a.example)");
    }

    #[test]
    fn nothing_in_a_piece_begins_a_block() {
        let plain = Look::plain(80);
        for text in ["# *a*", "1. `b`", "- _c_", "_d_", "; e &amp; f"] {
            let shown = shown(text, &plain);
            assert!(!shown.contains(GUARD) || text.starts_with(GUARD), "{shown}");
        }
        assert_eq!(shown("x ~~y~~ <br> <b>", &plain), "x ~~y~~ \n <b>");
    }
}
