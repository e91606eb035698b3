//! A document of which one field is changed, and every other goes on in its own words: a number that
//! 64 bits cannot hold stays what it is.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// The fields of an object, in their order.
pub struct Fields(Vec<(String, Box<RawValue>)>);

impl Fields {
    /// Puts a value in the place of the field of this name, or at the end if there is none.
    pub fn set(&mut self, name: &str, value: Box<RawValue>) {
        let at = self.0.iter().position(|(known, _)| known == name);
        let at = at.unwrap_or(self.0.len());
        self.0.retain(|(known, _)| known != name);
        self.0.insert(at, (name.to_owned(), value));
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// Takes the fields as they come.
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_items(document: &str) -> String {
        let mut fields: Fields = serde_json::from_str(document).unwrap();
        fields.set("items", RawValue::from_string("[]".to_owned()).unwrap());
        serde_json::to_string(&fields).unwrap()
    }

    #[test]
    fn one_field_is_changed_and_every_other_stays_word_for_word() {
        for (document, expected) in [
            (
                r#"{"b":1e400,"items":{},"a":1.10}"#,
                r#"{"b":1e400,"items":[],"a":1.10}"#,
            ),
            (
                r#"{"n":12345678901234567890.123}"#,
                r#"{"n":12345678901234567890.123,"items":[]}"#,
            ),
            (r#"{"items":1,"items":2}"#, r#"{"items":[]}"#),
        ] {
            assert_eq!(with_items(document), expected);
        }
        assert!(serde_json::from_str::<Fields>("[]").is_err());
    }
}
