//! The small types that a scenario's keys are made of: lists or one, short forms, times,
//! templates, regular expressions.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::reader::inner;
use super::templated::Text;

/// The longest time that a step may wait: a day.
const LONGEST: f64 = 86_400.0;
/// How large a compiled regular expression may be, in bytes.
const LARGEST_PATTERN: usize = 1 << 20;

/// One value, or a list of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Several<T>(pub Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Several<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SeveralOf(PhantomData))
    }
}

struct SeveralOf<T>(PhantomData<T>);

/// Hands every scalar on to the one type that it may be.
macro_rules! forward_scalars {
    ($into:expr) => {
        fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
            $into(Value::from(value))
        }
        fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
            $into(Value::from(value))
        }
        fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
            $into(Value::from(value))
        }
        fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
            $into(Value::from(value))
        }
        fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
            $into(Value::from(value))
        }
        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            $into(Value::Null)
        }
    };
}
pub(super) use forward_scalars;

/// Takes a text, or a number as the text that it is written as.
macro_rules! forward_texts {
    ($into:expr) => {
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            Text::new(text).map($into).map_err(E::custom)
        }
        fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
            super::value::scalar(number.into()).map($into)
        }
        fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
            super::value::scalar(number.into()).map($into)
        }
        fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
            super::value::scalar(number.into()).map($into)
        }
    };
}
pub(super) use forward_texts;

/// Decodes a scalar as any type, with the error of the one that is being made.
pub(super) fn scalar<'de, T: Deserialize<'de>, E: de::Error>(value: Value) -> Result<T, E> {
    T::deserialize(value).map_err(E::custom)
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for SeveralOf<T> {
    type Value = Several<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one value or a list of them")
    }

    forward_scalars!(|value| scalar(value).map(|one| Several(vec![one])));

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|one| Several(vec![one]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(seq)).map(Several)
    }
}

impl<T: JsonSchema> JsonSchema for Several<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Several_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({"anyOf": [one, {"type": "array", "items": one}]})
    }
}

/// One value, or a list of them of which any one is enough; an empty list would never hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice<T>(pub Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Choice<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Several(values) = Several::deserialize(deserializer)?;
        if values.is_empty() {
            return Err(de::Error::custom("an empty list never matches"));
        }
        Ok(Self(values))
    }
}

impl<T: JsonSchema> JsonSchema for Choice<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Choice_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]})
    }
}

/// A key that stands there has a value: one without would hold for everything, which is the last
/// that its writer wanted.
pub(super) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Takes the `null` out of the schemas of keys that take none.
pub(super) fn without_nulls(schema: &mut Schema) {
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for property in properties.into_iter().flat_map(Map::values_mut) {
        if let Some(kinds) = property.get_mut("type").and_then(Value::as_array_mut) {
            kinds.retain(|kind| kind != "null");
        }
        if let Some(any) = property.get_mut("anyOf").and_then(Value::as_array_mut) {
            any.retain(|one| one["type"] != "null");
        }
    }
}

/// A map that may be shortened to the one text that it is usually about.
#[derive(Clone, Debug, PartialEq)]
pub struct Short<T>(pub T);

/// What a short form becomes.
pub trait FromShort: Sized {
    /// The value that a text stands for.
    fn from_short(text: Text) -> Self;
}

impl<'de, T: FromShort + Deserialize<'de>> Deserialize<'de> for Short<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShortOf(PhantomData))
    }
}

struct ShortOf<T>(PhantomData<T>);

impl<'de, T: FromShort + Deserialize<'de>> Visitor<'de> for ShortOf<T> {
    type Value = Short<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a map")
    }

    forward_texts!(|text| Short(T::from_short(text)));

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Short)
    }
}

impl<T: JsonSchema> JsonSchema for Short<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Short_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let whole = generator.subschema_for::<T>();
        json_schema!({"anyOf": [{"type": ["string", "number"]}, whole]})
    }
}

/// A time, as `500ms`, `2s` or `1m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span(pub Duration);

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let text = match &value {
            Value::String(text) => text.trim(),
            Value::Number(number) if number.as_f64() == Some(0.0) => "0s",
            _ => {
                return Err(de::Error::custom(
                    "expected a time with its unit, as 500ms, 2s or 1m",
                ));
            }
        };
        seconds(text).map(Self).ok_or_else(|| {
            let reason =
                format!("expected a time of at most a day, as 500ms, 2s or 1m, found `{text}`");
            de::Error::custom(reason)
        })
    }
}

fn seconds(text: &str) -> Option<Duration> {
    let unit = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(unit);
    let number: f64 = number.trim().parse().ok()?;
    let seconds = number
        * match unit {
            "ms" => 0.001,
            "s" => 1.0,
            "m" | "min" => 60.0,
            "h" => 3600.0,
            _ => return None,
        };
    let is_sound = (0.0..=LONGEST).contains(&seconds);
    is_sound.then(|| Duration::from_secs_f64(seconds))
}

/// A regular expression, of the `regex` crate's syntax.
#[derive(Clone, Debug)]
pub struct Pattern(pub regex::Regex);

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let built = regex::RegexBuilder::new(&text)
            .size_limit(LARGEST_PATTERN)
            .build();
        built.map(Self).map_err(|error| {
            // The last line says what is wrong; those before it draw where.
            let text = error.to_string();
            let reason = text.lines().last().unwrap_or_default();
            let reason = reason.strip_prefix("error: ").unwrap_or(reason);
            de::Error::custom(format!("invalid regex: {reason}"))
        })
    }
}

/// A chance from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Probability(pub f64);

impl<'de> Deserialize<'de> for Probability {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let chance = f64::deserialize(deserializer)?;
        if (0.0..=1.0).contains(&chance) {
            Ok(Self(chance))
        } else {
            let reason = format!("expected a chance from 0 to 1, found {chance}");
            Err(de::Error::custom(reason))
        }
    }
}

/// The schemas of the types that stand for a scalar.
macro_rules! scalar_schemas {
    ($( $type:ident = $schema:tt; )*) => { $(
        impl JsonSchema for $type {
            fn inline_schema() -> bool { true }
            fn schema_name() -> Cow<'static, str> { stringify!($type).into() }
            fn json_schema(_: &mut SchemaGenerator) -> Schema { json_schema!($schema) }
        }
    )* };
}
pub(super) use scalar_schemas;

scalar_schemas! {
    Span = {"anyOf": [
        {"type": "string", "pattern": "^\\s*[0-9.]+\\s*(ms|s|m|min|h)\\s*$"},
        {"const": 0}
    ]};
    Pattern = {"type": "string", "format": "regex"};
    Probability = {"type": "number", "minimum": 0, "maximum": 1};
}

/// A map that is written as itself, or else is what `T` says.
pub(super) fn map_of<'de, T: de::DeserializeOwned, A: MapAccess<'de>>(
    map: A,
) -> Result<T, A::Error> {
    inner(Value::deserialize(MapAccessDeserializer::new(map))?)
}
