//! A JSON value that goes on as it was written.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// A JSON value, and its own words where they are known: they go on unchanged, so that a number
/// which 64 bits cannot hold stays what it is.
#[derive(Clone, Debug)]
pub struct Verbatim {
    value: Value,
    words: Option<Box<RawValue>>,
}

impl Verbatim {
    /// The value that was written so.
    ///
    /// # Errors
    /// The words are JSON that no value can hold, a lone half of a character for example.
    pub fn of(words: Box<RawValue>) -> serde_json::Result<Self> {
        Ok(Self {
            value: serde_json::from_str(words.get())?,
            words: Some(words),
        })
    }
}

impl FromStr for Verbatim {
    type Err = serde_json::Error;

    fn from_str(text: &str) -> serde_json::Result<Self> {
        Self::of(serde_json::from_str(text)?)
    }
}

impl From<Value> for Verbatim {
    fn from(value: Value) -> Self {
        Self { value, words: None }
    }
}

impl Deref for Verbatim {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.value
    }
}

impl PartialEq for Verbatim {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl fmt::Display for Verbatim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.words {
            Some(words) => f.write_str(words.get()),
            None => self.value.fmt(f),
        }
    }
}

impl Serialize for Verbatim {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.words {
            Some(words) => words.serialize(serializer),
            None => self.value.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Verbatim {
    /// Without its words: most of what is read comes out of a `Value`, which has none.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_goes_on_as_it_was_written() {
        for text in [
            "12345678901234567890123",
            "1.10",
            r#"{ "b" : 1E2, "a":"\u00e9" }"#,
        ] {
            let value: Verbatim = text.parse().unwrap();
            assert_eq!(value.to_string(), text);
            let around = serde_json::to_string(&[&value]).unwrap();
            assert_eq!(around, format!("[{text}]"));
            assert_eq!(serde_json::to_value(&value).unwrap(), *value);
        }
    }

    #[test]
    fn what_was_made_is_written_as_any_value() {
        let made = Verbatim::from(serde_json::json!({"a": 1}));
        assert_eq!(serde_json::to_string(&made).unwrap(), r#"{"a":1}"#);
        assert_eq!(made, r#"{ "a": 1 }"#.parse().unwrap());
        assert!("{".parse::<Verbatim>().is_err());
    }
}
