//! How closely two answers are compared: what of a row counts.

use std::str::FromStr;

use serde_json::{Map, Value};

use super::row::Row;

/// What has to be the same; ids, times and chunking never have to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Match {
    /// Everything else.
    #[default]
    Exact,
    /// The kinds of the items, and what a person reads in them.
    Text,
    /// The kinds of the items, their structure and their keys; words and numbers may differ.
    Shape,
}

/// Signals that say how far an answer is, and not what it is.
const PASSING_SIGNALS: &[&str] = &["progress_update"];

/// Fields whose texts people read.
const READ: &[&str] = &[
    "alt",
    "answer",
    "caption",
    "content",
    "copy_text",
    "delta",
    "description",
    "filename",
    "heading",
    "label",
    "message",
    "name",
    "options",
    "placeholder",
    "queries",
    "query",
    "question",
    "quoted_text",
    "reason",
    "summary",
    "text",
    "title",
    "title_query",
    "value",
    "values",
];

/// Fields whose words are kinds.
const KINDS: &[&str] = &["type", "status", "level", "code"];

impl FromStr for Match {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "exact" => Ok(Self::Exact),
            "text" => Ok(Self::Text),
            "shape" => Ok(Self::Shape),
            _ => Err("expected exact, text or shape".to_owned()),
        }
    }
}

impl Match {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Text => "text",
            Self::Shape => "shape",
        }
    }

    /// Whether a row of this kind counts at all.
    pub fn counts(self, row: &Row) -> bool {
        self == Self::Exact || !PASSING_SIGNALS.contains(&row.kind.as_str())
    }

    /// What of a value counts.
    pub fn reduce(self, value: Value) -> Value {
        match self {
            Self::Exact => value,
            Self::Text => {
                let mut lines = Vec::new();
                read(&value, true, &mut lines);
                let mut text = Map::new();
                text.insert("text".to_owned(), lines.join("\n").into());
                Value::Object(text)
            }
            Self::Shape => shape(value, false),
        }
    }
}

/// Collects the texts that people read, in their order.
fn read(value: &Value, is_read: bool, lines: &mut Vec<String>) {
    match value {
        Value::String(text) if is_read && !text.is_empty() => lines.push(text.clone()),
        Value::Number(number) if is_read => lines.push(number.to_string()),
        Value::Array(values) => {
            for value in values {
                read(value, is_read, lines);
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                read(value, READ.contains(&name.as_str()), lines);
            }
        }
        _ => {}
    }
}

/// The same value without its words and numbers.
fn shape(value: Value, is_kind: bool) -> Value {
    match value {
        Value::String(text) if is_kind => text.into(),
        Value::String(_) => "a text".into(),
        Value::Number(_) => "a number".into(),
        Value::Bool(_) => "true or false".into(),
        Value::Null => Value::Null,
        Value::Array(values) => values
            .into_iter()
            .map(|value| shape(value, is_kind))
            .collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| {
                let is_kind = KINDS.contains(&name.as_str());
                (name, shape(value, is_kind))
            });
            Value::Object(fields.collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn text_is_what_a_person_reads() {
        let widget = json!({"type": "widget", "widget": {"type": "Card", "size": "sm", "children": [
            {"type": "Text", "value": "Total", "color": "red"}, {"type": "Button", "label": "Buy"}]}});
        assert_eq!(Match::Text.reduce(widget), json!({"text": "Total\nBuy"}));
        let message = json!({"type": "assistant_message", "content": [{"type": "output_text", "text": "hi", "annotations": []}]});
        assert_eq!(Match::Text.reduce(message), json!({"text": "hi"}));
    }

    #[test]
    fn a_shape_has_kinds_and_keys_but_no_words() {
        let one =
            json!({"type": "task", "title": "a", "n": 1, "on": true, "sources": [{"type": "url"}]});
        let two = json!({"type": "task", "title": "b", "n": 2, "on": false, "sources": [{"type": "url"}]});
        assert_eq!(Match::Shape.reduce(one.clone()), Match::Shape.reduce(two));
        let other = json!({"type": "task", "title": "a", "n": 1, "on": true, "sources": [{"type": "file"}]});
        assert_ne!(Match::Shape.reduce(one), Match::Shape.reduce(other));
    }
}
