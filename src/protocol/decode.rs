//! Decoding that says where it failed: `item.content[0].text: expected a string`.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value;
use serde_json::value::RawValue;

use super::surrogate::Surrogates;
use super::{Object, Unknown};

/// Marks a message that begins with a path of its own.
///
/// A tagged union decodes its body apart from the document around it, and serde hands errors
/// upwards as text only, so the inner path travels in the text, between two of these.
const PATH_MARK: char = '\u{1f}';

/// Where a document departs from the protocol, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// The place, as `item.content[0].text`; empty for the document itself.
    pub path: String,
    /// What was expected there.
    pub message: String,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => f.write_str(&self.message),
            path => write!(f, "{path}: {}", self.message),
        }
    }
}

impl std::error::Error for DecodeError {}

impl DecodeError {
    fn new(outer: &serde_path_to_error::Path, inner: &serde_json::Error) -> Self {
        let outer = outer.to_string();
        // A document that ends inside an object has no key to name there.
        let outer = outer.strip_suffix(".?").unwrap_or(&outer);
        let outer = if outer == "." || outer == "?" {
            ""
        } else {
            outer
        };
        let text = inner.to_string();
        let mut marked = text.splitn(3, PATH_MARK);
        let (Some(""), Some(path), Some(message)) = (marked.next(), marked.next(), marked.next())
        else {
            return Self {
                path: outer.to_owned(),
                message: plain(&text),
            };
        };
        Self {
            path: join(outer, path),
            message: without_position(message).to_owned(),
        }
    }

    /// This error inside serde's own, which keep no path.
    pub(super) fn travelling<E: de::Error>(&self) -> E {
        E::custom(format_args!(
            "{PATH_MARK}{}{PATH_MARK}{}",
            self.path, self.message
        ))
    }
}

/// Decodes one JSON document.
pub fn from_slice<'de, T: Deserialize<'de>>(json: &'de [u8]) -> Result<T, DecodeError> {
    // Keeping track of the path costs an allocation a field, and nearly every document is sound.
    if let Ok(value) = serde_json::from_slice(json) {
        return Ok(value);
    }
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let found = DecodeError::new(error.path(), error.inner());
        // Of a word that is none serde_json says no more than of a document that is no JSON.
        let is_word = found.message == "expected value" && is_json(json);
        let message = if is_word {
            "expected a string".to_owned()
        } else {
            found.message
        };
        DecodeError { message, ..found }
    })?;
    deserializer.end().map_err(|error| DecodeError {
        path: String::new(),
        message: error.to_string(),
    })?;
    Ok(value)
}

/// Decodes a document that a backend sent, in which half of a character is read as U+FFFD.
///
/// JSON allows halves (RFC 8259, section 8.2), and JavaScript writes one wherever it cuts an emoji
/// in two; a browser reads the document all the same.
///
/// # Errors
/// As [`from_slice`].
pub fn from_document<T: de::DeserializeOwned>(json: &[u8]) -> Result<T, DecodeError> {
    from_slice(json).or_else(|error| match Surrogates::replace(json) {
        Some(whole) => from_slice(&whole),
        None => Err(error),
    })
}

/// A document with U+FFFD in the place of every half of a character, as [`from_document`] reads it.
pub fn without_halves(json: &str) -> Cow<'_, str> {
    let may_have_some = json.contains("\\ud") || json.contains("\\uD");
    let replaced = may_have_some.then(|| Surrogates::replace(json.as_bytes()));
    let replaced = replaced
        .flatten()
        .and_then(|whole| String::from_utf8(whole).ok());
    replaced.map_or(Cow::Borrowed(json), Cow::Owned)
}

/// Decodes a JSON value.
pub fn from_value<T: de::DeserializeOwned>(value: Value) -> Result<T, DecodeError> {
    serde_path_to_error::deserialize(value)
        .map_err(|error| DecodeError::new(error.path(), error.inner()))
}

/// Whether these bytes are one JSON document, of whatever meaning.
pub fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<&RawValue>(text).is_ok()
}

/// A structure that is read from an object only.
///
/// serde reads any other structure from a list of its values as well, which no wire here means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AsObject<T>(pub T);

impl<'de, T: de::DeserializeOwned> Deserialize<'de> for AsObject<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Object::deserialize(deserializer)?;
        from_value(Value::Object(fields))
            .map(Self)
            .map_err(|error| error.travelling())
    }
}

/// Decodes the body of a tagged union; one that does not decode is an error, with its path.
pub(super) fn refuse<T: de::DeserializeOwned>(
    unknown: Unknown,
) -> Result<Result<T, Unknown>, DecodeError> {
    from_value(Value::Object(unknown.fields)).map(Ok)
}

/// How many unions of the keeping kind may stand in each other; what is deeper is kept as it came.
///
/// Each level of a widget takes some kilobytes of stack to decode, and a backend that nests as deep
/// as JSON may be read (128) would overflow the stack of a small thread.
const MAX_DEPTH: usize = 24;

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// One level of decoding, which ends when this is dropped.
struct Level;

impl Level {
    fn enter() -> Option<Self> {
        DEPTH.with(|depth| {
            let is_free = depth.get() < MAX_DEPTH;
            if is_free {
                depth.set(depth.get() + 1);
            }
            is_free.then(|| Self)
        })
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        DEPTH.with(|depth| depth.set(depth.get() - 1));
    }
}

/// Decodes the body of a tagged union; one that does not decode, or stands too deep, is kept as it
/// came.
#[allow(
    clippy::unnecessary_wraps,
    reason = "takes the place of `refuse` in `tagged!`"
)]
pub(super) fn keep<T: de::DeserializeOwned>(
    unknown: Unknown,
) -> Result<Result<T, Unknown>, DecodeError> {
    let Some(_level) = Level::enter() else {
        return Ok(Err(unknown));
    };
    Ok(from_value(Value::Object(unknown.fields.clone())).map_err(|_| unknown))
}

/// Splits an object into the value of its `type` field and the rest.
pub(super) fn untag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Unknown, D::Error> {
    let mut fields = Object::deserialize(deserializer)?;
    match fields.shift_remove("type") {
        Some(Value::String(kind)) => Ok(Unknown {
            kind,
            fields,
            is_whole: false,
        }),
        Some(_) => Err(DecodeError {
            path: "type".into(),
            message: "expected a string".into(),
        }
        .travelling()),
        None => Err(de::Error::missing_field("type")),
    }
}

/// Decodes an object by a function that serde derived, with the path of what is wrong.
pub(super) fn strictly<T>(
    fields: Object,
    by: impl FnOnce(serde_path_to_error::Deserializer<'_, '_, Value>) -> Result<T, serde_json::Error>,
) -> Result<T, DecodeError> {
    let mut track = serde_path_to_error::Track::new();
    let deserializer = serde_path_to_error::Deserializer::new(Value::Object(fields), &mut track);
    by(deserializer).map_err(|error| DecodeError::new(&track.path(), &error))
}

/// An object of none of these types as it came; `None` for one of them, or of no type.
pub(super) fn whole(fields: &Object, types: &[&str]) -> Option<Unknown> {
    let kind = fields.get("type")?.as_str()?;
    (!types.contains(&kind)).then(|| {
        let mut rest = fields.clone();
        rest.shift_remove("type");
        Unknown {
            kind: kind.to_owned(),
            fields: rest,
            is_whole: true,
        }
    })
}

/// A field of an object that was kept whole, if it is what it is elsewhere.
pub(super) fn field<T: de::DeserializeOwned + Default>(whole: &Unknown, name: &str) -> T {
    let value = whole.fields.get(name).cloned();
    value
        .and_then(|value| from_value(value).ok())
        .unwrap_or_default()
}

/// Writes a body behind its `type`.
#[derive(Serialize)]
pub(super) struct Tagged<'a, T> {
    #[serde(rename = "type")]
    pub kind: &'a str,
    #[serde(flatten)]
    pub body: &'a T,
}

fn join(outer: &str, inner: &str) -> String {
    match (outer, inner) {
        ("", path) | (path, "") => path.to_owned(),
        (outer, inner) if inner.starts_with('[') => format!("{outer}{inner}"),
        (outer, inner) => format!("{outer}.{inner}"),
    }
}

/// Turns serde's `invalid type: integer `5`, expected a string at line 1 column 9` into what was
/// expected first, since that is what the reader has to supply.
fn plain(message: &str) -> String {
    let message = without_position(message);
    if message.starts_with("invalid length ") && message.contains(", expected struct ") {
        return "expected an object, found an array".to_owned();
    }
    if let Some((key, known)) = unknown_field(message) {
        return format!("there is no `{key}` here; there are {known}");
    }
    let Some((found, expected)) = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid value: "))
        .and_then(|rest| rest.rsplit_once(", expected "))
    else {
        return message.to_owned();
    };
    let expected = match expected {
        "struct" => "an object",
        other if other.starts_with("struct ") => "an object",
        "a map" | "map" => "an object",
        // A word of an enum, which serde would also read from a map of one.
        "string or map" => "a string",
        "a sequence" | "sequence" => "an array",
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" | "u64" | "u128" | "usize" => "a whole number, 0 or more",
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        other => other,
    };
    let article = if expected.starts_with("a ") || expected.starts_with("an ") {
        ""
    } else {
        "a "
    };
    let found = match found.strip_suffix(" value").unwrap_or(found) {
        "map" => "an object",
        "sequence" => "an array",
        found => found,
    };
    format!("expected {article}{expected}, found {found}")
}

/// The key that serde does not know, and those that it does.
fn unknown_field(message: &str) -> Option<(&str, String)> {
    let rest = message.strip_prefix("unknown field `")?;
    let (key, known) = rest.split_once("`, expected ")?;
    let known: Vec<_> = known.split('`').skip(1).step_by(2).collect();
    Some((key, known.join(", ")))
}

/// Drops `serde_json`'s ` at line 1 column 9`, which counts inside one frame and helps nobody.
fn without_position(message: &str) -> &str {
    match message.rfind(" at line ") {
        Some(at) if message[at..].contains(" column ") => &message[..at],
        _ => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Event;

    fn refusal(json: &str) -> String {
        Event::decode(json.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn an_error_names_the_path_of_the_field() {
        let text = refusal(
            r#"{"type":"thread.item.done","item":{"id":"m","thread_id":"t","created_at":"2026-11-20T00:00:00","type":"assistant_message","content":[{"type":"output_text","text":5}]}}"#,
        );
        assert_eq!(
            text,
            "item.content[0].text: expected a string, found integer `5`"
        );
    }

    #[test]
    fn an_error_two_unions_deep_names_the_whole_path() {
        let text = refusal(
            r#"{"type":"thread.item.updated","item_id":"m","update":{"type":"workflow.task.added","task_index":0,"task":{"type":"web_search","sources":[{"type":"url","title":"a"}]}}}"#,
        );
        assert_eq!(text, "update.task.sources[0]: missing field `url`");
    }

    #[test]
    fn a_missing_or_wrong_type_is_said_so() {
        assert_eq!(refusal("{}"), "missing field `type`");
        assert_eq!(refusal(r#"{"type":7}"#), "type: expected a string");
        assert_eq!(refusal("[]"), "expected an object, found an array");
        assert!(refusal("{").starts_with("EOF"));
    }

    #[derive(Debug, serde::Deserialize)]
    #[allow(dead_code, reason = "what counts is how it is refused")]
    struct Outer {
        #[serde(default)]
        order: crate::protocol::Order,
        #[serde(default)]
        limit: u64,
        inner: Option<AsObject<Inner>>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[allow(dead_code, reason = "what counts is how it is refused")]
    struct Inner {
        name: String,
    }

    #[test]
    fn a_list_is_no_structure_and_no_type_of_rust_is_named() {
        for (json, wanted) in [
            ("[]", "expected an object, found an array"),
            (r#"["asc",1,null]"#, "expected an object, found an array"),
            (
                r#"{"inner":["a"]}"#,
                "inner: expected an object, found an array",
            ),
            (
                r#"{"inner":{"name":5}}"#,
                "inner.name: expected a string, found integer `5`",
            ),
            (r#"{"order":null}"#, "order: expected a string, found null"),
            (r#"{"inner":{}}"#, "inner: missing field `name`"),
            (
                r#"{"limit":-1}"#,
                "limit: expected a whole number, 0 or more, found integer `-1`",
            ),
            (
                r#"{"limit":[]}"#,
                "limit: expected a whole number, 0 or more, found an array",
            ),
            (r#"{"limit":"#, "limit: EOF while parsing a value"),
        ] {
            let error = from_slice::<AsObject<Outer>>(json.as_bytes()).map(|_| ());
            assert_eq!(error.unwrap_err().to_string(), wanted, "{json}");
        }
    }
}
