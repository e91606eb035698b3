//! How an answer ends, as it is written: the thread's status, and failures.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{self, Deserializer};

use super::templated::Text;
use super::value::{FromShort, scalar_schemas};

/// The thread's status: a word, or one with its reason.
#[derive(Clone, Debug, PartialEq)]
pub enum Status {
    /// It takes messages
    Active,
    /// It takes no messages for now, for this reason
    Locked(Option<Text>),
    /// It takes no messages any more, for this reason
    Closed(Option<Text>),
}

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Word {
            Active,
            Locked,
            Closed,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Because {
            Locked(Option<Text>),
            Closed(Option<Text>),
        }
        let value = serde_json::Value::deserialize(deserializer)?;
        if value.as_object().is_some_and(|fields| fields.len() != 1) {
            let message =
                "expected active, locked or closed, or the reason with it, as {locked: REASON}";
            return Err(de::Error::custom(message));
        }
        Ok(if value.is_object() {
            match super::reader::inner(value)? {
                Because::Locked(reason) => Self::Locked(reason),
                Because::Closed(reason) => Self::Closed(reason),
            }
        } else {
            match super::reader::inner(value)? {
                Word::Active => Self::Active,
                Word::Locked => Self::Locked(None),
                Word::Closed => Self::Closed(None),
            }
        })
    }
}

impl JsonSchema for Status {
    fn schema_name() -> Cow<'static, str> {
        "Status".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let because = |word: &str| {
            serde_json::json!({
                "type": "object",
                "description": "With its reason",
                "properties": {word: {"type": ["string", "number", "null"]}},
                "required": [word],
                "additionalProperties": false
            })
        };
        json_schema!({"anyOf": [
            {"enum": ["active", "locked", "closed"]}, because("locked"), because("closed")
        ]})
    }
}

/// A failure: an error event, or with a status the answer to the whole request.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(extend("dependentRequired" = {"retry_after": ["status"]}))]
pub struct Failure {
    /// What is said
    pub message: Option<Text>,
    /// The code; custom if it is not given
    pub code: Option<Text>,
    /// Whether a retry may help; it may, if it is not given
    pub allow_retry: Option<bool>,
    /// The HTTP status of an answer that takes the place of the stream
    pub status: Option<HttpStatus>,
    /// Seconds after which the request may be made again, with a status
    pub retry_after: Option<u64>,
}

/// An HTTP status that says that something went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpStatus(pub u16);

/// `true`, the only value of what is switched on by being there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct True;

impl<'de> Deserialize<'de> for HttpStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u16::deserialize(deserializer)? {
            status @ 400..=599 => Ok(Self(status)),
            status => Err(de::Error::custom(format!(
                "expected a status from 400 to 599, found {status}"
            ))),
        }
    }
}

impl<'de> Deserialize<'de> for True {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if bool::deserialize(deserializer)? {
            Ok(Self)
        } else {
            let message = "expected true; leave the step out instead";
            Err(de::Error::custom(message))
        }
    }
}

scalar_schemas! {
    HttpStatus = {"type": "integer", "minimum": 400, "maximum": 599};
    True = {"const": true};
}

impl FromShort for Failure {
    fn from_short(text: Text) -> Self {
        Self {
            message: Some(text),
            ..Self::default()
        }
    }
}
