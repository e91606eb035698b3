//! Texts and values of a scenario that may be templates, checked when they are read.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::reader::{Segment, below, meant};
use super::value::scalar_schemas;
use crate::template;

/// The names that a template may take from outside.
pub(super) const NAMES: &[&str] = &[
    "message",
    "captures",
    "thread",
    "action",
    "tool",
    "form",
    "answers",
    "turn",
    "state",
    "operation",
    "params",
    "locale",
    "user",
];

/// The names that `minijinja` brings along.
const BUILTIN: &[&str] = &[
    "range", "dict", "loop", "self", "caller", "super", "cycler", "joiner",
];

/// A text that may be a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(String);

impl Text {
    /// Reads a text, which must be a whole template if it is any.
    ///
    /// # Errors
    /// Says what is wrong with the template.
    pub fn new(text: &str) -> Result<Self, String> {
        check_template(text)?;
        Ok(Self(text.to_owned()))
    }

    /// The text as it stands in the file.
    pub fn source(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOf)
    }
}

struct TextOf;

impl Visitor<'_> for TextOf {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Text, E> {
        Text::new(text).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Text, E> {
        Ok(Text(number.to_string()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Text, E> {
        Ok(Text(number.to_string()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Text, E> {
        // As JSON has it: 1.0 stays what it is.
        Ok(Text(Value::from(number).to_string()))
    }
}

/// An expression, as it stands in a template between `{{` and `}}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression(String);

impl Expression {
    /// The expression as it stands in the file.
    pub fn source(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let source = template::sole_expression(&text).unwrap_or(&text).trim();
        let names = template::names_of_expression(source)
            .map_err(|fault| de::Error::custom(format!("invalid expression: {fault}")))?;
        check_names(&names).map_err(de::Error::custom)?;
        Ok(Self(source.to_owned()))
    }
}

/// Any value, whose texts may be templates.
#[derive(Clone, Debug, PartialEq)]
pub struct Json(pub Value);

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        check_templates(&value, &mut Vec::new())
            .map_err(|(path, message)| below(&path, &message))?;
        Ok(Self(value))
    }
}

/// Values by their names, in the order in which they are written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Named(pub Vec<(String, Json)>);

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(NamedOf)
    }
}

struct NamedOf;

impl<'de> Visitor<'de> for NamedOf {
    type Value = Named;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Named, A::Error> {
        let mut values = Vec::new();
        while let Some(entry) = map.next_entry()? {
            values.push(entry);
        }
        Ok(Named(values))
    }
}

scalar_schemas! {
    Named = {"type": "object", "additionalProperties": {}};
    Text = {"type": ["string", "number"]};
    Expression = {"type": "string"};
    Json = {};
}

fn check_template(text: &str) -> Result<(), String> {
    if !template::is_template(text) {
        return Ok(());
    }
    let names = template::names(text).map_err(|fault| {
        let line = fault.line.filter(|line| *line > 1);
        let line = line.map_or(String::new(), |line| format!(" (its line {line})"));
        format!("invalid template: {fault}{line}")
    })?;
    check_names(&names)
}

fn check_names(names: &[String]) -> Result<(), String> {
    let is_known =
        |name: &&String| NAMES.contains(&name.as_str()) || BUILTIN.contains(&name.as_str());
    let Some(name) = names.iter().find(|name| !is_known(name)) else {
        return Ok(());
    };
    if name == "namespace" {
        let message = "a template carries nothing from one round of a loop to the next; keep what \
                       is to be remembered with the step `set`";
        return Err(format!(
            "invalid template: there is no `namespace`: {message}"
        ));
    }
    let hint = meant(name, NAMES).map_or_else(
        || format!("there are {}", NAMES.join(", ")),
        |meant| format!("did you mean `{meant}`?"),
    );
    Err(format!("invalid template: there is no `{name}`; {hint}"))
}

fn check_templates(value: &Value, path: &mut Vec<Segment>) -> Result<(), (Vec<Segment>, String)> {
    match value {
        Value::String(text) => check_template(text).map_err(|message| (path.clone(), message)),
        Value::Array(values) => values.iter().enumerate().try_for_each(|(index, value)| {
            path.push(Segment::Index(index));
            check_templates(value, path)?;
            path.pop();
            Ok(())
        }),
        Value::Object(fields) => fields.iter().try_for_each(|(key, value)| {
            path.push(Segment::Key(key.clone()));
            check_templates(value, path)?;
            path.pop();
            Ok(())
        }),
        _ => Ok(()),
    }
}

/// Whether a template stands anywhere in a value.
pub(super) fn has_template(value: &Value) -> bool {
    match value {
        Value::String(text) => template::is_template(text),
        Value::Array(values) => values.iter().any(has_template),
        Value::Object(fields) => fields.values().any(has_template),
        _ => false,
    }
}
