//! How a text or a value is compared: equal, containing, by a regular expression, or present.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::value::{Choice, Pattern, forward_scalars, given, without_nulls};

/// What a text must be: any one of these is enough.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Match(Vec<Way>);

/// One way in which a text is the right one; everything that is said must hold.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(transform = without_nulls, extend("minProperties" = 1))]
pub struct Way {
    /// The whole text, or one of several; upper and lower case, and space around it, do not count
    #[serde(deserialize_with = "given")]
    equals: Option<Choice<String>>,
    /// A part of the text, or one of several; upper and lower case do not count
    #[serde(deserialize_with = "given")]
    contains: Option<Choice<String>>,
    /// A regular expression, or one of several; its named groups are `captures` in templates
    #[serde(deserialize_with = "given")]
    regex: Option<Choice<Pattern>>,
    /// Whether there is any at all
    #[serde(deserialize_with = "given")]
    present: Option<bool>,
}

/// What a regular expression caught, by number and by name.
pub(super) type Captures = Map<String, Value>;

impl Match {
    /// Whether one of the texts is right; none means that there is none at all.
    pub fn find(&self, texts: &[Cow<'_, str>]) -> Option<Captures> {
        self.0.iter().find_map(|way| way.find(texts))
    }

    /// Any text at all.
    pub fn any() -> Self {
        Self(vec![Way {
            present: Some(true),
            ..Way::default()
        }])
    }

    /// What matches each of the whole texts of which it wants one, if it wants nothing else.
    pub fn apart(&self) -> Option<Vec<Self>> {
        let equal = |text: &str| Self(vec![Way::equal(text.to_owned())]);
        Some(self.equals()?.into_iter().map(equal).collect())
    }

    /// Whether it matches wherever another one does, as far as that can be told by reading both.
    pub fn takes(&self, other: &Self) -> bool {
        let is_taken = |way: &Way| self.0.iter().any(|wide| wide.takes(way));
        other.0.iter().all(is_taken)
    }

    /// The whole texts of which it wants one, if it wants nothing else.
    pub fn equals(&self) -> Option<Vec<&str>> {
        let texts = |way| match way {
            &Way {
                equals: Some(ref texts),
                contains: None,
                regex: None,
                ..
            } => Some(texts.0.iter().map(String::as_str)),
            _ => None,
        };
        let all: Option<Vec<_>> = self.0.iter().map(texts).collect();
        Some(all?.into_iter().flatten().collect())
    }

    /// The names of the groups of its regular expressions.
    pub fn captures(&self) -> impl Iterator<Item = &str> {
        let patterns = self.0.iter().filter_map(|way| way.regex.as_ref());
        let patterns = patterns.flat_map(|patterns| &patterns.0);
        patterns.flat_map(|Pattern(pattern)| pattern.capture_names().flatten())
    }

    /// The texts that are asked for literally.
    pub fn literals(&self) -> impl Iterator<Item = &str> {
        let texts = self.0.iter().flat_map(|way| [&way.equals, &way.contains]);
        texts
            .flatten()
            .flat_map(|texts| &texts.0)
            .map(String::as_str)
    }
}

impl Way {
    fn equal(text: String) -> Self {
        Self {
            equals: Some(Choice(vec![text])),
            ..Self::default()
        }
    }

    /// Whether it holds for each text for which another one does, as far as its literals tell.
    fn takes(&self, other: &Self) -> bool {
        if self == other {
            return true;
        }
        let asks =
            |way: &Self| way.equals.is_some() || way.contains.is_some() || way.regex.is_some();
        match self.present {
            Some(true) if !asks(self) => return asks(other),
            Some(false) => return false,
            _ => {}
        }
        let literals = |texts: &Option<Choice<String>>, kinds: &[fn(&str) -> String]| {
            let caught =
                |text: &String| kinds.iter().all(|kind| self.catches(&kind(text)).is_some());
            texts
                .as_ref()
                .is_some_and(|texts| !texts.0.is_empty() && texts.0.iter().all(caught))
        };
        let spelled: [fn(&str) -> String; 4] = [
            str::to_owned,
            str::to_lowercase,
            str::to_uppercase,
            |text| format!(" {text}\n"),
        ];
        let within: [fn(&str) -> String; 5] = [
            str::to_owned,
            str::to_lowercase,
            str::to_uppercase,
            |text| format!("x{text}x"),
            |text| format!(" {text}\n{text} "),
        ];
        literals(&other.equals, &spelled)
            || (self.equals.is_none() && literals(&other.contains, &within))
    }

    fn find(&self, texts: &[Cow<'_, str>]) -> Option<Captures> {
        if self
            .present
            .is_some_and(|wanted| wanted == texts.is_empty())
        {
            return None;
        }
        if texts.is_empty() {
            let asks = self.equals.is_some() || self.contains.is_some() || self.regex.is_some();
            return (!asks).then(Captures::new);
        }
        texts.iter().find_map(|text| self.catches(text))
    }

    fn catches(&self, text: &str) -> Option<Captures> {
        let folded = text.trim().to_lowercase();
        let is_one = |wanted: &Choice<String>, test: fn(&str, &str) -> bool| {
            let mut wanted = wanted.0.iter().map(|wanted| wanted.to_lowercase());
            wanted.any(|wanted| test(&folded, wanted.trim()))
        };
        let equals = |equals| is_one(equals, |text, wanted| text == wanted);
        let contains = |contains| is_one(contains, |text, wanted| text.contains(wanted));
        if !self.equals.as_ref().is_none_or(equals) || !self.contains.as_ref().is_none_or(contains)
        {
            return None;
        }
        match &self.regex {
            None => Some(Captures::new()),
            Some(patterns) => patterns
                .0
                .iter()
                .find_map(|pattern| captures(pattern, text)),
        }
    }
}

fn captures(Pattern(pattern): &Pattern, text: &str) -> Option<Captures> {
    let caught = pattern.captures(text)?;
    let names = pattern.capture_names().enumerate();
    let text = |index: usize| caught.get(index).map(|found| found.as_str());
    Some(
        names
            .flat_map(|(index, name)| {
                let number = Some(index.to_string());
                let keys = number.into_iter().chain(name.map(str::to_owned));
                keys.map(move |key| (key, index))
            })
            .map(|(key, index)| (key, text(index).into()))
            .collect(),
    )
}

impl<'de> Deserialize<'de> for Match {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneWay(Way);
        impl<'de> Deserialize<'de> for OneWay {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let Match(mut ways) = deserializer.deserialize_any(WaysOf { lists: false })?;
                Ok(Self(ways.remove(0)))
            }
        }
        struct WaysOf {
            lists: bool,
        }
        impl<'de> Visitor<'de> for WaysOf {
            type Value = Match;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a text, a list of texts, or a map with equals, contains, regex or present",
                )
            }

            forward_scalars!(|value: Value| match value {
                Value::String(text) => Ok(Match(vec![Way::equal(text)])),
                Value::Null => Err(de::Error::invalid_type(
                    de::Unexpected::Other("nothing"),
                    &"a text"
                )),
                other => Ok(Match(vec![Way::equal(other.to_string())])),
            });

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Match, A::Error> {
                let way = Way::deserialize(MapAccessDeserializer::new(map))?;
                if way == Way::default() {
                    return Err(de::Error::custom(
                        "nothing is asked for; say equals, contains, regex or present",
                    ));
                }
                Ok(Match(vec![way]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Match, A::Error> {
                if !self.lists {
                    return Err(de::Error::invalid_type(
                        de::Unexpected::Seq,
                        &"a text or a map",
                    ));
                }
                let ways: Vec<OneWay> = Vec::deserialize(SeqAccessDeserializer::new(seq))?;
                if ways.is_empty() {
                    return Err(de::Error::custom("an empty list never matches"));
                }
                Ok(Match(ways.into_iter().map(|OneWay(way)| way).collect()))
            }
        }
        deserializer.deserialize_any(WaysOf { lists: true })
    }
}

impl JsonSchema for Match {
    fn schema_name() -> Cow<'static, str> {
        "Match".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let way = generator.subschema_for::<Way>();
        let one = json_schema!({"anyOf": [{"type": ["string", "number", "boolean"]}, way]});
        json_schema!({
            "description": "The text that is asked for, a list of which any one is enough, or a map that says how to compare",
            "anyOf": [one, {"type": "array", "items": one, "minItems": 1}]
        })
    }
}

impl fmt::Display for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ways: Vec<String> = self.0.iter().map(Way::to_string).collect();
        f.write_str(&ways.join(", or "))
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = |texts: &Choice<String>| {
            let quoted: Vec<String> = texts.0.iter().map(|text| format!("{text:?}")).collect();
            quoted.join(" or ")
        };
        let mut said = Vec::new();
        said.extend(self.equals.as_ref().map(quote));
        said.extend(
            self.contains
                .as_ref()
                .map(|texts| format!("something with {}", quote(texts))),
        );
        said.extend(self.regex.as_ref().map(|patterns| {
            let patterns: Vec<&str> = patterns.0.iter().map(|Pattern(p)| p.as_str()).collect();
            format!("something like /{}/", patterns.join("/ or /"))
        }));
        said.extend(
            self.present
                .map(|is| if is { "anything" } else { "nothing" }.to_owned()),
        );
        f.write_str(&said.join(" and "))
    }
}

/// What a value must be: the same, or a text that matches; `null` is one that is not there.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueMatch {
    /// The same value.
    Same(Value),
    /// A text that matches.
    Text(Match),
}

impl ValueMatch {
    /// What its expressions caught, if a value is right.
    pub fn find(&self, value: Option<&Value>) -> Option<Captures> {
        let value = value.filter(|value| !value.is_null());
        match self {
            Self::Same(wanted) => (value.unwrap_or(&Value::Null) == wanted).then(Captures::new),
            Self::Text(wanted) => {
                let text = value.map(|value| match value {
                    Value::String(text) => Cow::Borrowed(text.as_str()),
                    other => Cow::Owned(other.to_string()),
                });
                let texts: Vec<_> = text.into_iter().collect();
                wanted.find(&texts)
            }
        }
    }

    /// The names of the groups of its regular expressions.
    pub fn captures(&self) -> impl Iterator<Item = &str> {
        let text = match self {
            Self::Text(wanted) => Some(wanted),
            Self::Same(_) => None,
        };
        text.into_iter().flat_map(Match::captures)
    }
}

impl<'de> Deserialize<'de> for ValueMatch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const WAYS: &[&str] = &["equals", "contains", "regex", "present"];
        let value = Value::deserialize(deserializer)?;
        let is_way = value.as_object().is_some_and(|fields| {
            !fields.is_empty() && fields.keys().all(|key| WAYS.contains(&key.as_str()))
        });
        if is_way {
            return super::reader::inner(value).map(Self::Text);
        }
        Ok(Self::Same(value))
    }
}

impl JsonSchema for ValueMatch {
    fn schema_name() -> Cow<'static, str> {
        "ValueMatch".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let way = generator.subschema_for::<Way>();
        json_schema!({
            "description": "The value that is asked for (null: not there), or a map that says how to compare its text",
            "anyOf": [{"type": ["string", "number", "boolean", "null", "array"]}, way, {"type": "object"}]
        })
    }
}

impl fmt::Display for ValueMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same(value) => value.fmt(f),
            Self::Text(wanted) => wanted.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: &Value) -> Match {
        Match::deserialize(value).unwrap()
    }

    fn finds(wanted: &Value, text: &str) -> bool {
        read(wanted).find(&[text.into()]).is_some()
    }

    #[test]
    fn a_text_is_equal_whatever_its_case_and_the_space_around_it() {
        assert!(finds(&json!("Hello"), " hello\n"));
        assert!(!finds(&json!("hello"), "hello there"));
        assert!(finds(&json!(["hi", {"contains": "THERE"}]), "hello there"));
        assert!(finds(&json!(42), "42"));
    }

    #[test]
    fn everything_that_is_said_of_one_way_must_hold() {
        let both = json!({"contains": "order", "regex": "[0-9]+"});
        assert!(finds(&both, "my order 7"));
        assert!(!finds(&both, "my order"));
        assert!(!finds(&both, "7"));
    }

    #[test]
    fn what_a_regex_catches_has_its_number_and_its_name() {
        let wanted = read(&json!({"regex": "order #(?<id>[0-9]+)(x)?"}));
        let caught = wanted.find(&["an order #42 of mine".into()]).unwrap();
        assert_eq!(
            Value::Object(caught),
            json!({"0": "order #42", "1": "42", "id": "42", "2": null})
        );
    }

    #[test]
    fn what_is_not_there_matches_only_what_asks_for_that() {
        assert!(read(&json!({"present": false})).find(&[]).is_some());
        assert!(read(&json!({"present": true})).find(&[]).is_none());
        assert!(read(&json!("x")).find(&[]).is_none());
    }

    #[test]
    fn a_value_is_the_same_or_its_text_matches() {
        let read = |value| serde_json::from_value::<ValueMatch>(value).unwrap();
        let holds = |wanted, value: Option<Value>| read(wanted).find(value.as_ref()).is_some();
        assert!(holds(json!(2), Some(json!(2))));
        assert!(!holds(json!(2), Some(json!("2"))));
        assert!(holds(json!(null), None));
        assert!(holds(json!({"a": 1}), Some(json!({"a": 1}))));
        let caught = read(json!({"regex": "^(?<digit>[0-9])$"})).find(Some(&json!(2)));
        assert_eq!(caught.unwrap()["digit"], "2");
    }
}
