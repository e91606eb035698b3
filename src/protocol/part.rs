//! Parts of an assistant's message, and the references in them.
//!
//! The known type of either is read strictly. One of another type is kept as it came, but for what
//! can be shown of it: a message is not lost for a part of it that is newer than this version.

use serde::de::DeserializeOwned;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::{DecodeError, Extra, Object, Source, from_value};

/// A part of an assistant's message.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputText {
    /// The value of the `type` field, which is `output_text` where there is none.
    pub kind: String,
    /// Empty for a part of another type that has no text.
    pub text: String,
    /// The references in the text.
    pub annotations: Vec<Annotation>,
    /// Fields that this version does not know, as received.
    pub extra: Extra,
}

/// A reference from the text to what it rests on.
#[serde_with_macros::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Annotation {
    /// The value of the `type` field, which is `annotation` where there is none.
    #[serde(rename = "type")]
    pub kind: String,
    /// Absent only from a reference of another type.
    pub source: Option<Source>,
    /// The character of the text that the reference follows.
    pub index: Option<u64>,
    /// Fields that this version does not know, as received.
    #[serde(flatten)]
    pub extra: Extra,
}

shape! {
    /// The fields of a part of the known type.
    pub struct TextFields {
        pub text: String,
        #[serde(default)]
        pub annotations: Vec<Annotation>,
    }

    /// The fields of a reference of the known type.
    pub struct AnnotationFields {
        pub source: Source,
        pub index: Option<u64>,
    }
}

impl OutputText {
    /// The known type.
    pub const TYPE: &'static str = "output_text";

    /// A part of this text without annotations.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            kind: Self::TYPE.to_owned(),
            text: text.into(),
            annotations: Vec::new(),
            extra: Extra::default(),
        }
    }

    /// Whether it is of a type that this version does not know, and has no text to show.
    pub fn is_foreign(&self) -> bool {
        self.kind != Self::TYPE && self.text.is_empty()
    }
}

impl Annotation {
    /// The known type.
    pub const TYPE: &'static str = "annotation";

    /// A reference to `source`, after the character `index` of the text.
    pub fn new(source: Source, index: Option<u64>) -> Self {
        Self {
            kind: Self::TYPE.to_owned(),
            source: Some(source),
            index,
            extra: Extra::default(),
        }
    }
}

impl<'de> Deserialize<'de> for OutputText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (kind, mut fields) = untag(deserializer, Self::TYPE)?;
        if kind == Self::TYPE {
            let TextFields {
                text,
                annotations,
                extra,
            } = known(fields)?;
            return Ok(Self {
                kind,
                text,
                annotations,
                extra,
            });
        }
        Ok(Self {
            kind,
            text: take(&mut fields, "text", |text: &String| !text.is_empty()).unwrap_or_default(),
            annotations: take(&mut fields, "annotations", |all: &Vec<_>| !all.is_empty())
                .unwrap_or_default(),
            extra: fields.into(),
        })
    }
}

impl<'de> Deserialize<'de> for Annotation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (kind, mut fields) = untag(deserializer, Self::TYPE)?;
        if kind == Self::TYPE {
            let AnnotationFields {
                source,
                index,
                extra,
            } = known(fields)?;
            return Ok(Self {
                kind,
                source: Some(source),
                index,
                extra,
            });
        }
        Ok(Self {
            kind,
            source: take(&mut fields, "source", |_| true),
            index: take(&mut fields, "index", |_| true),
            extra: fields.into(),
        })
    }
}

impl Serialize for OutputText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let is_known = self.kind == Self::TYPE;
        let has_text = is_known || !self.text.is_empty();
        let has_annotations = is_known || !self.annotations.is_empty();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", &self.kind)?;
        if has_text {
            map.serialize_entry("text", &self.text)?;
        }
        if has_annotations {
            map.serialize_entry("annotations", &self.annotations)?;
        }
        for (name, value) in self.extra.fields().into_iter().flatten() {
            // What was empty when it came may have grown since.
            let is_written = match name.as_str() {
                "text" => has_text,
                "annotations" => has_annotations,
                _ => false,
            };
            if !is_written {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

/// The `type` of an object, which may go without saying, and its other fields.
fn untag<'de, D: Deserializer<'de>>(
    deserializer: D,
    usual: &str,
) -> Result<(String, Object), D::Error> {
    let mut fields = Object::deserialize(deserializer)?;
    match fields.shift_remove("type") {
        Some(Value::String(kind)) => Ok((kind, fields)),
        None => Ok((usual.to_owned(), fields)),
        Some(_) => Err(DecodeError {
            path: "type".into(),
            message: "expected a string".into(),
        }
        .travelling()),
    }
}

fn known<T: DeserializeOwned, E: serde::de::Error>(fields: Object) -> Result<T, E> {
    from_value(Value::Object(fields)).map_err(|error| error.travelling())
}

/// Takes a field out that is as the known type has it; any other stays where it is.
fn take<T: DeserializeOwned>(
    fields: &mut Object,
    name: &str,
    is_wanted: impl Fn(&T) -> bool,
) -> Option<T> {
    let value = from_value(fields.get(name)?.clone()).ok();
    let value = value.filter(is_wanted)?;
    fields.shift_remove(name);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::super::{Event, Item, from_slice};

    fn message(content: &str) -> String {
        format!(
            r#"{{"id":"a","thread_id":"t","created_at":"2025-01-01T00:00:00Z","type":"assistant_message","content":[{content}]}}"#
        )
    }

    fn refused(content: &str) -> String {
        let error = from_slice::<Item>(message(content).as_bytes()).unwrap_err();
        error.to_string()
    }

    #[test]
    fn parts_and_references_of_unknown_types_come_back_as_they_came() {
        for content in [
            r#"{"type":"output_refusal","refusal":"no"}"#,
            r#"{"type":"x","text":"","annotations":[]}"#,
            r#"{"type":"x","text":5,"annotations":{}}"#,
            r#"{"type":"x","text":"hi","n":null}"#,
            r#"{"type":"output_text","text":"a","annotations":[{"type":"newann","z":1}]}"#,
            r#"{"type":"output_text","text":"a","annotations":[{"type":"newann","source":7,"index":"b"}]}"#,
            r#"{"type":"output_text","text":"a","annotations":[{"type":"y","source":{"title":"T","type":"file","filename":"f"},"index":1}]}"#,
        ] {
            let json = message(content);
            let item: Item = from_slice(json.as_bytes()).unwrap();
            let written = serde_json::to_string(&item).unwrap();
            assert!(written.contains(content), "{written}");
        }
    }

    #[test]
    fn a_part_of_an_unknown_type_may_be_added_to_a_message() {
        let json = r#"{"type":"thread.item.updated","item_id":"a","update":{"type":"assistant_message.content_part.added","content_index":0,"content":{"type":"output_refusal","refusal":"no"}}}"#;
        let event = Event::decode(json.as_bytes()).unwrap();
        assert_eq!(serde_json::to_string(&event).unwrap(), json);
    }

    #[test]
    fn the_known_types_are_read_strictly() {
        for (content, found) in [
            (
                r#"{"type":"output_text"}"#,
                "content[0]: missing field `text`",
            ),
            ("{}", "content[0]: missing field `text`"),
            (
                r#"{"type":"output_text","text":5}"#,
                "content[0].text: expected a string, found integer `5`",
            ),
            (
                r#"{"type":7,"text":"a"}"#,
                "content[0].type: expected a string",
            ),
            (
                r#"{"text":"a","annotations":[{"type":"annotation"}]}"#,
                "content[0].annotations[0]: missing field `source`",
            ),
            (
                r#"{"text":"a","annotations":[{"index":1}]}"#,
                "content[0].annotations[0]: missing field `source`",
            ),
        ] {
            assert_eq!(refused(content), found, "{content}");
        }
    }

    #[test]
    fn what_an_unknown_part_says_is_no_text_of_the_message() {
        let json = message(r#"{"text":"a"},{"type":"output_refusal","refusal":"no"},{"text":"b"}"#);
        let item: Item = from_slice(json.as_bytes()).unwrap();
        let super::super::ItemKind::AssistantMessage(message) = item.kind else {
            panic!("no message")
        };
        assert_eq!(message.text(), "a\n\nb");
    }
}
