//! YAML and JSON as a tree that knows where each value stands.
//!
//! JSON is read by the same parser, as the subset of YAML that it is but for one kind of escape. What a file may cost is
//! bounded: its size, its depth, and what its aliases unfold to.

use std::collections::HashMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};
use serde_json::{Map, Value};

use super::scalar::plain;
use super::surrogates::{self, Joined};

/// The largest file that is read, in bytes.
pub(super) const LARGEST: usize = 8 * 1024 * 1024;
/// How deep values may stand in each other.
const DEEPEST: usize = 64;
/// How many values a file may have, with what its aliases unfold to.
const MOST: usize = 500_000;
/// How much text a file may unfold to, in bytes.
const MOST_TEXT: usize = 32 * 1024 * 1024;

/// A value and where it stands, in bytes of the text.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub span: Range<usize>,
    pub kind: Kind,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Scalar(Value),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub key: String,
    pub key_span: Range<usize>,
    pub value: Node,
}

/// Why a text is no YAML, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unreadable {
    pub span: Range<usize>,
    pub reason: String,
}

/// How the reason begins where a file is another format.
pub(super) const NO_YAML: &str = "this is no YAML";

impl Node {
    /// The value without the places.
    pub fn to_json(&self) -> Value {
        match &self.kind {
            Kind::Scalar(value) => value.clone(),
            Kind::List(nodes) => nodes.iter().map(Self::to_json).collect(),
            Kind::Map(entries) => entries
                .iter()
                .map(|entry| (entry.key.clone(), entry.value.to_json()))
                .collect::<Map<_, _>>()
                .into(),
        }
    }

    /// The entry of this key, if this is a map that has it.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.kind {
            Kind::Map(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// The part of the value to point at: a map is known by its first key.
    pub fn head(&self) -> Range<usize> {
        match &self.kind {
            Kind::Map(entries) => entries.first().map(|entry| entry.key_span.clone()),
            Kind::List(nodes) => nodes.first().map(Self::head),
            Kind::Scalar(_) => None,
        }
        .unwrap_or_else(|| self.span.clone())
    }
}

/// Reads a text that holds one document; an empty one is `null`.
pub(super) fn read(text: &str) -> Result<Node, Unreadable> {
    if text.len() > LARGEST {
        let reason = format!("the file is larger than {} MiB", LARGEST / (1024 * 1024));
        return Err(Unreadable { span: 0..0, reason });
    }
    let joined = surrogates::join(text);
    let mut composer = Composer {
        parser: Parser::new_from_str(&joined.text),
        places: Places::of(text, &joined),
        anchors: HashMap::new(),
        left: Size {
            values: MOST,
            text: MOST_TEXT,
        },
    };
    composer.document()
}

struct Composer<'t> {
    parser: Parser<'t, StrInput<'t>>,
    places: Places<'t>,
    /// The values that an alias may name, and what each consists of.
    anchors: HashMap<usize, (Node, Size)>,
    left: Size,
}

/// How much a value takes, with all that stands in it.
#[derive(Clone, Copy)]
struct Size {
    values: usize,
    /// The texts of keys and scalars, in bytes.
    text: usize,
}

impl Size {
    fn of(event: &Event<'_>) -> Self {
        let text = match event {
            Event::Scalar(text, ..) => text.len(),
            _ => 0,
        };
        Self { values: 1, text }
    }
}

type Composed<T = Node> = Result<T, Unreadable>;

impl<'t> Composer<'t> {
    fn document(&mut self) -> Composed {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(_) if root.is_some() => {
                    return Err(self.refuse(span, "a scenario is one document; remove this one"));
                }
                Event::StreamStart
                | Event::DocumentStart(_)
                | Event::DocumentEnd
                | Event::Nothing => {}
                event => root = Some(self.node(event, span, 0)?),
            }
        }
        let empty = || Node {
            span: 0..0,
            kind: Kind::Scalar(Value::Null),
        };
        Ok(root.unwrap_or_else(empty))
    }

    fn next(&mut self) -> Composed<(Event<'t>, Span)> {
        match self.parser.next_event() {
            Some(Ok(next)) => Ok(next),
            Some(Err(error)) => Err(self.unreadable(&error)),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Composed {
        if depth > DEEPEST {
            let reason = format!("values stand in each other more than {DEEPEST} levels deep");
            return Err(self.refuse(span, &reason));
        }
        let before = self.left;
        self.spend(Size::of(&event), span)?;
        let (node, anchor) = match event {
            Event::Alias(anchor) => return self.alias(anchor, span),
            Event::Scalar(text, style, anchor, tag) => {
                let value = self.scalar(&text, style, tag.as_deref(), span)?;
                let kind = Kind::Scalar(value);
                let span = self.places.range(span);
                (Node { span, kind }, anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                self.no_tag(tag.as_deref(), span)?;
                (self.list(span, depth)?, anchor)
            }
            Event::MappingStart(anchor, tag) => {
                self.no_tag(tag.as_deref(), span)?;
                (self.map(span, depth)?, anchor)
            }
            _ => return Err(self.refuse(span, "a value is missing here")),
        };
        if anchor != 0 {
            let size = Size {
                values: before.values - self.left.values,
                text: before.text - self.left.text,
            };
            // It is kept beside the value itself, and again in what an anchor around it keeps.
            self.spend(size, span)?;
            self.anchors.insert(anchor, (node.clone(), size));
        }
        Ok(node)
    }

    fn list(&mut self, from: Span, depth: usize) -> Composed {
        let mut nodes = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::SequenceEnd {
                let span = self.places.range(Span::new(from.start, span.end));
                let kind = Kind::List(nodes);
                return Ok(Node { span, kind });
            }
            nodes.push(self.node(event, span, depth + 1)?);
        }
    }

    fn map(&mut self, from: Span, depth: usize) -> Composed {
        let mut entries: Vec<Entry> = Vec::new();
        let mut known = std::collections::HashSet::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                let span = self.places.range(Span::new(from.start, span.end));
                let kind = Kind::Map(entries);
                return Ok(Node { span, kind });
            }
            let key_span = self.places.range(span);
            self.spend(Size::of(&event), span)?;
            let key = self.key(event, span)?;
            if !known.insert(key.clone()) {
                let reason = format!("the key `{key}` stands here a second time");
                return Err(self.refuse(span, &reason));
            }
            let (event, span) = self.next()?;
            let value = self.node(event, span, depth + 1)?;
            entries.push(Entry {
                key,
                key_span,
                value,
            });
        }
    }

    fn key(&mut self, event: Event<'t>, span: Span) -> Composed<String> {
        match event {
            Event::Scalar(text, style, _, tag) => {
                self.no_tag(tag.as_deref(), span)?;
                if text == "<<" && style == ScalarStyle::Plain {
                    let reason = "merge keys (`<<`) are no part of YAML 1.2; write the keys out";
                    return Err(self.refuse(span, reason));
                }
                Ok(text.into_owned())
            }
            _ => Err(self.refuse(span, "a key is a text, not a list, a map or an alias")),
        }
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Composed {
        let Some((_, size)) = self.anchors.get(&anchor) else {
            return Err(self.refuse(span, "an alias names the value that it stands in"));
        };
        self.spend(*size, span)?;
        Ok(self.anchors[&anchor].0.clone())
    }

    fn spend(&mut self, size: Size, span: Span) -> Composed<()> {
        let Some(values) = self.left.values.checked_sub(size.values) else {
            let reason = format!("the file unfolds to more than {MOST} values");
            return Err(self.refuse(span, &reason));
        };
        let Some(text) = self.left.text.checked_sub(size.text) else {
            let reason = format!("the file unfolds to more than {} MiB", MOST_TEXT >> 20);
            return Err(self.refuse(span, &reason));
        };
        self.left = Size { values, text };
        Ok(())
    }

    fn scalar(
        &self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        span: Span,
    ) -> Composed<Value> {
        let is_text = match tag {
            Some(tag) if tag.is_yaml_core_schema() && tag.suffix == "str" => true,
            tag => {
                self.no_tag(tag, span)?;
                style != ScalarStyle::Plain
            }
        };
        Ok(if is_text { text.into() } else { plain(text) })
    }

    fn no_tag(&self, tag: Option<&Tag>, span: Span) -> Composed<()> {
        match tag {
            None => Ok(()),
            Some(tag) => Err(self.refuse(span, &format!("tags (`{tag}`) mean nothing here"))),
        }
    }

    fn refuse(&self, span: Span, reason: &str) -> Unreadable {
        Unreadable {
            span: self.places.range(span),
            reason: reason.to_owned(),
        }
    }

    fn unreadable(&self, error: &ScanError) -> Unreadable {
        let at = self.places.offset(error.marker().index());
        let mut reason = format!("{NO_YAML}: {}", error.info());
        let mut span = at..at;
        // The parser stands before what it began to read there, which may be lines above the tab.
        if reason.contains("found a tab")
            && let Some(tab) = self.places.text[at..].find('\t').map(|tab| at + tab)
        {
            reason += "; indent with blanks";
            span = tab..tab + 1;
        }
        Unreadable { span, reason }
    }
}

/// Where the characters of a text stand, which the parser counts, in bytes.
struct Places<'t> {
    text: &'t str,
    /// The text as the parser has it.
    joined: &'t Joined<'t>,
    /// The offset of every 64th character; empty where each takes one byte.
    marks: Vec<usize>,
}

const STRIDE: usize = 64;

impl<'t> Places<'t> {
    fn of(text: &'t str, joined: &'t Joined<'t>) -> Self {
        let marks = if text.is_ascii() {
            Vec::new()
        } else {
            let offsets = text.char_indices().map(|(offset, _)| offset);
            offsets.step_by(STRIDE).collect()
        };
        Self {
            text,
            joined,
            marks,
        }
    }

    fn offset(&self, characters: usize) -> usize {
        let characters = self.joined.before(characters);
        let end = self.text.len();
        if self.marks.is_empty() {
            return characters.min(end);
        }
        let Some(&mark) = self.marks.get(characters / STRIDE) else {
            return end;
        };
        let mut rest = self.text[mark..].char_indices();
        rest.nth(characters % STRIDE)
            .map_or(end, |(offset, _)| mark + offset)
    }

    fn range(&self, span: Span) -> Range<usize> {
        let start = self.offset(span.start.index());
        start..self.offset(span.end.index()).max(start)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn reason(text: &str) -> String {
        read(text).unwrap_err().reason
    }

    #[test]
    fn yaml_and_json_are_the_same_values() {
        let yaml = "a: [1, -2.5, 0x1f, ~, true, no]\nb: {c: 'yes', d: \"1\"}\ne: |\n  x\n  y\n";
        let value = json!({"a": [1, -2.5, 31, null, true, "no"], "b": {"c": "yes", "d": "1"}, "e": "x\ny\n"});
        assert_eq!(read(yaml).unwrap().to_json(), value);
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        assert_eq!(read(&pretty).unwrap().to_json(), value);
        let tabs = pretty.replace("  ", "\t");
        assert_eq!(read(&tabs).unwrap().to_json(), value);
        assert_eq!(read("").unwrap().to_json(), Value::Null);
    }

    /// JSON as a program writes it that keeps to ASCII.
    fn in_ascii(json: &str) -> String {
        let mut ascii = String::new();
        for c in json.chars() {
            if c.is_ascii() {
                ascii.push(c);
                continue;
            }
            let mut units = [0; 2];
            let units = c.encode_utf16(&mut units).iter();
            ascii.extend(units.map(|unit| format!("\\u{unit:04x}")));
        }
        ascii
    }

    proptest! {
        #[test]
        fn any_text_in_json_is_the_same_in_yaml(
            key in any::<String>(),
            said in any::<String>(),
            drawn in "[a\"\\\\👋🏽'#: ]{0,12}",
        ) {
            let value = json!([{"when": said, "then": [{"set": {key: drawn.clone()}}]}, drawn]);
            let json = value.to_string();
            for text in [in_ascii(&json), json] {
                prop_assert_eq!(read(&text).unwrap().to_json(), value.clone(), "{}", text);
            }
        }
    }

    #[test]
    fn what_stands_behind_surrogates_is_pointed_at_and_one_alone_is_refused() {
        let text = "[\n {\"é\\ud83d\\udc4b\": \"\\ud83d\\udc4b\", \"b\": 12}\n]";
        let read_text = read(text).unwrap();
        let Kind::List(nodes) = read_text.kind else {
            panic!("a list");
        };
        let Kind::Map(entries) = &nodes[0].kind else {
            panic!("a map");
        };
        assert_eq!(entries[0].key, "é👋");
        let places = [
            (entries[0].key_span.clone(), "\"é\\ud83d\\udc4b\""),
            (entries[0].value.span.clone(), "\"\\ud83d\\udc4b\""),
            (entries[1].key_span.clone(), "\"b\""),
            (entries[1].value.span.clone(), "12"),
        ];
        for (span, wanted) in places {
            assert_eq!(&text[span], wanted);
        }
        let alone = "[\"\\ud83d\\udc4b\",\n\n \"\\ud83d\"]";
        let error = read(alone).unwrap_err();
        assert!(error.reason.contains("escape"), "{}", error.reason);
        assert_eq!(alone[..error.span.start].lines().count(), 3);
    }

    #[test]
    fn a_tab_that_indents_is_pointed_at() {
        let text = "- when: é\n\tthen: x\n";
        let error = read(text).unwrap_err();
        assert_eq!(&text[error.span.clone()], "\t");
        assert!(error.reason.contains("blanks"), "{}", error.reason);
    }

    #[test]
    fn a_number_that_would_lose_digits_is_a_text() {
        let yaml = "[007, -01, 0, -1, 0.50, 18446744073709551615, 18446744073709551616, 0o7]";
        let value = json!([
            "007",
            "-01",
            0,
            -1,
            0.5,
            u64::MAX,
            "18446744073709551616",
            7
        ]);
        assert_eq!(read(yaml).unwrap().to_json(), value);
    }

    #[test]
    fn a_value_knows_where_it_stands_also_behind_letters_of_several_bytes() {
        let text = "é: ü\nnaïve:\n  - 'ö'\n";
        let node = read(text).unwrap();
        let entry = node.entry("naïve").unwrap();
        assert_eq!(&text[entry.key_span.clone()], "naïve");
        let Kind::List(nodes) = &entry.value.kind else {
            panic!("no list")
        };
        assert_eq!(&text[nodes[0].span.clone()], "'ö'");
        let text = "a: 1\r\nb: x\r\n";
        let node = read(text).unwrap();
        assert_eq!(&text[node.entry("b").unwrap().value.span.clone()], "x");
    }

    #[test]
    fn aliases_that_unfold_to_millions_are_refused() {
        let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for level in 1..12 {
            let alias = format!("*a{},", level - 1).repeat(10);
            bomb = format!("{bomb}a{level}: &a{level} [{alias}]\n");
        }
        assert!(reason(&bomb).contains("unfolds"));
        assert_eq!(
            read("a: &x [1]\nb: *x").unwrap().to_json(),
            json!({"a": [1], "b": [1]})
        );
        assert!(read("a: &x [*x]").is_err());
    }

    #[test]
    fn what_stands_too_deep_is_refused() {
        for open in ["[", "{a: ", "- "] {
            assert!(read(&open.repeat(100_000)).is_err());
        }
        let deep = format!("{}1{}", "[".repeat(80), "]".repeat(80));
        assert!(reason(&deep).contains("levels deep"));
    }

    #[test]
    fn what_yaml_allows_and_nobody_means_is_refused_with_its_reason() {
        assert!(reason("a: 1\na: 2").contains("second time"));
        assert!(reason("a: 1\n---\nb: 2").contains("one document"));
        assert!(reason("a: !!set {x}").contains("tags"));
        assert!(reason("<<: {}").contains("merge keys"));
        assert!(reason("? [a]\n: b").contains("a key is a text"));
        assert!(reason("a: *b").contains("anchor"));
        assert!(reason("a: \"x").contains("no YAML"));
    }
}
