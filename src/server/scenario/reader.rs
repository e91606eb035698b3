//! Decodes the parts of a file into types, and says at which line one departs from them.

use std::any::Any;
use std::ffi::OsStr;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::finding::{Finding, Severity, Source};
use super::yaml::{Kind, NO_YAML, Node, Unreadable};

/// How many findings one part of a file may have.
const MOST: usize = 20;

/// What begins an error that brings the rest of its path along, see [`below`].
const BELOW: char = '\u{1}';

/// One step of a path into a value.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub(super) enum Segment {
    Index(usize),
    Key(String),
}

/// Reads one file, and collects what is wrong with it.
pub(super) struct Reader {
    source: Arc<Source>,
    findings: Vec<Finding>,
}

impl Reader {
    pub fn new(source: Arc<Source>) -> Self {
        Self {
            source,
            findings: Vec::new(),
        }
    }

    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// What was found so far; a file without errors may be used.
    pub fn into_findings(self) -> Vec<Finding> {
        self.findings
    }

    /// Does what reads the file. Where chatkit itself fails at it, that is what is wrong with this
    /// file: a server that reads a file again goes on by what it was before.
    pub fn guarded(&mut self, read: impl FnOnce(&mut Self)) {
        // What was read up to there is thrown away with the file.
        let done = catch_unwind(AssertUnwindSafe(|| read(self)));
        if let Err(panic) = done {
            let message = format!("reading it made chatkit itself fail: {}", said(&*panic));
            let help = "this is a mistake in chatkit; leave out what was added last".to_owned();
            self.note(0..0, Severity::Error, "internal", message, Some(help));
        }
    }

    /// Notes what is wrong at a place.
    pub fn error(&mut self, span: Range<usize>, code: &'static str, message: impl Into<String>) {
        self.note(span, Severity::Error, code, message.into(), None);
    }

    /// Notes why the file cannot be read; JSON is YAML, too, and is read as such.
    pub fn unreadable(&mut self, why: Unreadable) {
        let ending = Path::new(self.source.name()).extension();
        let reason = match why.reason.strip_prefix(NO_YAML) {
            Some(rest) if ending == Some(OsStr::new("json")) => format!("this is no JSON{rest}"),
            _ => why.reason,
        };
        self.error(why.span, "syntax", reason);
    }

    /// Notes what is wrong at a place, and what to do about it.
    pub fn note(
        &mut self,
        span: Range<usize>,
        severity: Severity,
        code: &'static str,
        message: String,
        help: Option<String>,
    ) {
        self.findings.push(Finding {
            source: Arc::clone(&self.source),
            span,
            severity,
            code,
            message,
            help,
        });
    }

    /// Decodes a value; every key that is unknown is found, and the first other error.
    pub fn decode<T: DeserializeOwned>(&mut self, node: &Node) -> Option<T> {
        let mut value = node.to_json();
        let mut is_whole = true;
        for _ in 0..MOST {
            let failed = match serde_path_to_error::deserialize(value.clone()) {
                Ok(decoded) => return Some(decoded).filter(|_| is_whole),
                Err(error) => Failure::of(&error),
            };
            is_whole = false;
            self.failure(node, &failed);
            let unknown = failed.unknown_key();
            if !unknown.is_some_and(|key| remove(&mut value, &failed.path, key)) {
                return None;
            }
        }
        None
    }

    fn failure(&mut self, node: &Node, failure: &Failure) {
        let span = span_of(node, &failure.path, failure.unknown());
        let (code, message, help) = failure.words();
        self.note(span, Severity::Error, code, message, help);
    }
}

/// What a panic says.
fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("it does not say why")
}

/// An error that says at which path below the current one it is.
pub(super) fn below<E: serde::de::Error>(path: &[Segment], message: &impl std::fmt::Display) -> E {
    let path = serde_json::to_string(path).unwrap_or_default();
    E::custom(format_args!("{BELOW}{path}{BELOW}{message}"))
}

/// Decodes a value in the middle of decoding another, without losing the path.
pub(super) fn inner<T: DeserializeOwned, E: serde::de::Error>(value: Value) -> Result<T, E> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let failure = Failure::of(&error);
        below(&failure.path, &failure.message)
    })
}

/// Why a value is not what a type wants, and where in the value.
struct Failure {
    path: Vec<Segment>,
    message: String,
}

impl Failure {
    fn of(error: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        use serde_path_to_error::Segment as At;
        let mut path: Vec<Segment> = error
            .path()
            .iter()
            .map_while(|segment| match segment {
                At::Seq { index } => Some(Segment::Index(*index)),
                At::Map { key } => Some(Segment::Key(key.clone())),
                At::Enum { variant } => Some(Segment::Key(variant.clone())),
                At::Unknown => None,
            })
            .collect();
        let mut message = error.inner().to_string();
        while let Some((more, rest)) = message
            .strip_prefix(BELOW)
            .and_then(|rest| rest.split_once(BELOW))
        {
            path.extend(serde_json::from_str::<Vec<Segment>>(more).unwrap_or_default());
            message = String::from(rest);
        }
        let mut failure = Self { path, message };
        // The path of a key that is unknown ends in the key itself.
        if let (Some(word), Some(Segment::Key(last))) = (failure.unknown(), failure.path.last())
            && word == last
        {
            failure.path.pop();
        }
        failure
    }

    fn unknown_key(&self) -> Option<&str> {
        quoted(&self.message, "unknown field `")
    }

    /// The key or the word that is unknown; a word may be a key as well, as that of a step is.
    fn unknown(&self) -> Option<&str> {
        let word = || quoted(&self.message, "unknown variant `");
        self.unknown_key().or_else(word)
    }

    /// The code, the message and the help, in the words of a file instead of a program.
    fn words(&self) -> (&'static str, String, Option<String>) {
        let message = &self.message;
        if let Some(key) = quoted(message, "unknown field `") {
            let help = one_of(key, message, "keys");
            return ("unknown_key", format!("unknown key `{key}`"), help);
        }
        if let Some(word) = quoted(message, "unknown variant `") {
            let help = one_of(word, message, "words");
            return ("unknown_word", format!("unknown word `{word}`"), help);
        }
        if let Some(key) = quoted(message, "missing field `") {
            return ("missing_key", format!("the key `{key}` is missing"), None);
        }
        if let Some((found, expected)) = message
            .strip_prefix("invalid type: ")
            .or_else(|| message.strip_prefix("invalid value: "))
            .or_else(|| message.strip_prefix("invalid length "))
            .and_then(|rest| rest.rsplit_once(", expected "))
        {
            let words = format!("expected {}, found {}", wanted(expected), plain(found));
            return ("invalid_value", words, None);
        }
        let code = match message.split_once(": ") {
            Some(("invalid regex", _)) => "invalid_regex",
            Some(("invalid template" | "invalid expression", _)) => "invalid_template",
            _ => "invalid_value",
        };
        (code, message.clone(), None)
    }
}

/// What stands between the backticks behind a beginning.
fn quoted<'m>(message: &'m str, beginning: &str) -> Option<&'m str> {
    let rest = message.strip_prefix(beginning)?;
    // A key may hold backticks itself; what follows it is serde's own text.
    let ends = ["`, expected ", "`, there are no"];
    let end = ends
        .iter()
        .find_map(|end| rest.find(end))
        .or_else(|| rest.rfind('`'))?;
    Some(&rest[..end])
}

/// The word that was meant, or all that there are.
fn one_of(word: &str, message: &str, what: &str) -> Option<String> {
    let expected = &message[message.rfind("`, expected ")? + "`, expected ".len()..];
    let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    Some(meant(word, &known).map_or_else(
        || format!("the {what} are {}", known.join(", ")),
        |meant| format!("did you mean `{meant}`?"),
    ))
}

/// The known word that someone who wrote `word` may have meant.
pub(super) fn meant<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let word = word.to_lowercase();
    let near = known
        .iter()
        .map(|&known| (strsim::damerau_levenshtein(&word, known), known));
    let (distance, nearest) = near.min_by_key(|&(distance, _)| distance)?;
    let is_near = distance <= 2 && 2 * distance <= nearest.len();
    (is_near || (word.len() > 2 && nearest.starts_with(&word))).then_some(nearest)
}

/// serde's words for what it expected: of numbers it names the types of a program.
fn wanted(words: &str) -> String {
    let words = match words {
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" | "u64" | "u128" | "usize" => "a whole number, 0 or more",
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        "string or map" => "a text or a map",
        words => return plain(words),
    };
    words.to_owned()
}

/// serde's words for kinds of values, as people who write YAML call them.
fn plain(words: &str) -> String {
    let kinds = ["integer `", "floating point `", "boolean `"];
    let value = kinds.iter().find_map(|kind| words.strip_prefix(kind));
    if let Some(value) = value {
        return value.trim_end_matches('`').to_owned();
    }
    match words {
        "a sequence" | "sequence" => "a list".to_owned(),
        "a map" | "map" | "struct" => "a map".to_owned(),
        "unit" | "null" | "unit value" | "Option value" => "nothing".to_owned(),
        words if words.starts_with("struct ") => "a map".to_owned(),
        words if words.starts_with("string \"") => words.replacen("string ", "", 1),
        words => words.to_owned(),
    }
}

/// Where a path ends, or the key there, as far as the path can be followed.
fn span_of(node: &Node, path: &[Segment], key: Option<&str>) -> Range<usize> {
    let mut at = node;
    let mut span = node.head();
    for segment in path {
        match (segment, &at.kind) {
            (Segment::Index(index), Kind::List(nodes)) => match nodes.get(*index) {
                Some(node) => (at, span) = (node, node.head()),
                None => return span,
            },
            (Segment::Key(key), Kind::Map(_)) => match at.entry(key) {
                Some(entry) => {
                    span = match entry.value.kind {
                        Kind::Scalar(_) => entry.value.span.clone(),
                        _ => entry.key_span.clone(),
                    };
                    at = &entry.value;
                }
                None => return span,
            },
            _ => return span,
        }
    }
    key.and_then(|key| at.entry(key))
        .map_or(span, |entry| entry.key_span.clone())
}

/// The place of a path, for what is found after decoding.
pub(super) fn place(node: &Node, path: &[Segment]) -> Range<usize> {
    span_of(node, path, None)
}

fn remove(value: &mut Value, path: &[Segment], key: &str) -> bool {
    let mut at = value;
    for segment in path {
        let next = match segment {
            Segment::Index(index) => at.get_mut(*index),
            Segment::Key(key) => at.get_mut(key.as_str()),
        };
        match next {
            Some(next) => at = next,
            None => return false,
        }
    }
    at.as_object_mut()
        .is_some_and(|map| map.shift_remove(key).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_at_which_reading_fails_is_named_and_what_was_found_before_stays() {
        let mut reader = Reader::new(Source::new("shop.yaml", "- then: a"));
        reader.guarded(|reader| {
            reader.error(2..6, "odd", "odd");
            panic!("no {} here", "room");
        });
        reader.guarded(|reader| reader.error(0..1, "next", "next"));
        let findings = reader.into_findings();
        let codes: Vec<_> = findings.iter().map(|it| it.code).collect();
        assert_eq!(codes, ["odd", "internal", "next"]);
        let internal = findings[1].record();
        let internal = serde_json::to_value(internal).unwrap();
        assert_eq!(internal["file"], "shop.yaml");
        assert_eq!(internal["severity"], "error");
        let message = "reading it made chatkit itself fail: no room here";
        assert_eq!(internal["message"], message);
    }
}
