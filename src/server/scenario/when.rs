//! The conditions of a rule, as they are written.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::matching::{Match, ValueMatch};
use super::templated::Expression;
use super::value::{Choice, Probability, forward_scalars, given, scalar, without_nulls};
use crate::protocol;

/// When a rule answers: any one of these is enough; an empty one always holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct When(pub Vec<Condition>);

/// Everything that is said here must hold; of a list, any one is enough.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(transform = without_nulls)]
pub struct Condition {
    /// What the user says
    #[serde(deserialize_with = "given")]
    pub text: Option<Match>,
    /// The operation; one that is answered by a document is matched only where it is named
    #[serde(deserialize_with = "given")]
    pub operation: Option<Choice<Operation>>,
    /// The type of an action, of a widget or of the page
    #[serde(deserialize_with = "given")]
    pub action: Option<Match>,
    /// Parts of an action's payload by their path, as `order.id` or `items.0`; it must be an action
    #[serde(deserialize_with = "given")]
    pub payload: Option<BTreeMap<String, ValueMatch>>,
    /// The name of the client tool whose output arrives
    #[serde(deserialize_with = "given")]
    pub tool: Option<Match>,
    /// Parts of a client tool's output by their path; it must be one that arrives
    #[serde(deserialize_with = "given")]
    pub output: Option<BTreeMap<String, ValueMatch>>,
    /// The answers of a form by the id of their question (present: false was skipped); it must be a
    /// form that is handed in
    #[serde(deserialize_with = "given")]
    pub answers: Option<BTreeMap<String, Match>>,
    /// The tool that the user chose in the composer
    #[serde(deserialize_with = "given")]
    pub tool_choice: Option<Match>,
    /// The model that the user chose in the composer
    #[serde(deserialize_with = "given")]
    pub model: Option<Match>,
    /// The type of an attachment that is sent or announced, as image/png, image/* or */*
    #[serde(deserialize_with = "given")]
    pub attachment: Option<Match>,
    /// The id or the text of an entity that the user mentions
    #[serde(deserialize_with = "given")]
    pub tag: Option<Match>,
    /// Headers of the request by their name
    #[serde(deserialize_with = "given")]
    pub header: Option<BTreeMap<String, Match>>,
    /// The locale of the request; de also matches de-AT
    #[serde(deserialize_with = "given")]
    pub locale: Option<Choice<String>>,
    /// The id of the thread
    #[serde(deserialize_with = "given")]
    pub thread: Option<Match>,
    /// The how-manieth turn of the thread it is, from 1
    #[serde(deserialize_with = "given")]
    pub turn: Option<Choice<Turn>>,
    /// What earlier rules set, by its name; null is what nobody set
    #[serde(deserialize_with = "given")]
    pub state: Option<BTreeMap<String, ValueMatch>>,
    /// An expression that must be true, as `turn > 2 and state.paid`
    #[serde(rename = "if", deserialize_with = "given")]
    pub expression: Option<Expression>,
    /// What must not hold
    #[serde(deserialize_with = "given")]
    pub not: Option<Box<When>>,
    /// How often the rule answers though all else holds, from 0 to 1; drawn by the seed
    #[serde(deserialize_with = "given")]
    pub probability: Option<Probability>,
}

/// A turn of a thread, or several in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The first.
    pub from: u64,
    /// The last.
    pub to: u64,
}

/// The name of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation(pub protocol::Operation);

impl Turn {
    /// Whether it is this one.
    pub fn holds(self, turn: u64) -> bool {
        (self.from..=self.to).contains(&turn)
    }
}

impl When {
    /// Whether an operation is named in each of the alternatives, and no other.
    pub fn names(&self, operation: protocol::Operation) -> bool {
        let names = |condition: &Condition| {
            let named = condition.operation.as_ref();
            named.is_some_and(|named| named.0.iter().all(|it| it.0 == operation))
        };
        !self.0.is_empty() && self.0.iter().all(names)
    }

    /// Whether it can hold for an operation: one that is answered by a document must be named.
    pub fn allows(&self, operation: protocol::Operation) -> bool {
        let allows = |condition: &Condition| match &condition.operation {
            Some(named) => named.0.contains(&Operation(operation)),
            None => operation.streams(),
        };
        match &self.0[..] {
            [] => operation.streams(),
            conditions => conditions.iter().any(allows),
        }
    }

    /// Whether it holds whatever is asked.
    pub fn is_catch_all(&self) -> bool {
        self.0.is_empty() || self.0.contains(&Condition::default())
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct One(Condition);
        impl<'de> Deserialize<'de> for One {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(OneOf)
            }
        }
        struct OneOf;
        impl<'de> Visitor<'de> for OneOf {
            type Value = One;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a map of conditions")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<One, E> {
                Ok(One(Condition::of_text(scalar(text.into())?)))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<One, E> {
                Ok(One(Condition::of_text(scalar(number.into())?)))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<One, E> {
                Ok(One(Condition::of_text(scalar(number.into())?)))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<One, E> {
                Ok(One(Condition::of_text(scalar(number.into())?)))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<One, A::Error> {
                Condition::deserialize(MapAccessDeserializer::new(map)).map(One)
            }
        }
        struct AnyOf;
        impl<'de> Visitor<'de> for AnyOf {
            type Value = When;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a map of conditions, or a list of them")
            }

            forward_scalars!(|value: Value| match value {
                Value::Null => Err(de::Error::custom(
                    "no condition is given; leave the key out where it always holds"
                )),
                value => scalar(value).map(|One(condition)| When(vec![condition])),
            });

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<When, A::Error> {
                let condition = Condition::deserialize(MapAccessDeserializer::new(map))?;
                Ok(When(vec![condition]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<When, A::Error> {
                let all: Vec<One> = Vec::deserialize(SeqAccessDeserializer::new(seq))?;
                if all.is_empty() {
                    return Err(de::Error::custom("an empty list never matches"));
                }
                Ok(When(all.into_iter().map(|One(one)| one).collect()))
            }
        }
        deserializer.deserialize_any(AnyOf)
    }
}

impl Condition {
    /// The names of the groups that it catches.
    pub(super) fn captures(&self) -> impl Iterator<Item = &str> {
        let texts = [
            &self.text,
            &self.action,
            &self.tool,
            &self.tool_choice,
            &self.model,
            &self.attachment,
            &self.tag,
            &self.thread,
        ];
        let texts = texts.into_iter().flatten();
        let texts = texts.chain(self.answers.iter().flat_map(BTreeMap::values));
        let texts = texts.chain(self.header.iter().flat_map(BTreeMap::values));
        let values = [&self.payload, &self.output, &self.state];
        let values = values.into_iter().flatten().flat_map(BTreeMap::values);
        texts
            .flat_map(Match::captures)
            .chain(values.flat_map(ValueMatch::captures))
    }

    fn of_text(text: Match) -> Self {
        Self {
            text: Some(text),
            ..Self::default()
        }
    }
}

impl JsonSchema for When {
    fn schema_name() -> Cow<'static, str> {
        "When".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let condition = generator.subschema_for::<Condition>();
        let one = json_schema!({"anyOf": [{"type": ["string", "number"]}, condition]});
        json_schema!({
            "description": "What the user says, conditions that must all hold, or a list of which any one is enough",
            "anyOf": [one, {"type": "array", "items": one, "minItems": 1}]
        })
    }
}

impl<'de> Deserialize<'de> for Turn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Range {
            #[serde(default = "first")]
            from: u64,
            #[serde(default = "last")]
            to: u64,
        }
        fn first() -> u64 {
            1
        }
        fn last() -> u64 {
            u64::MAX
        }
        let value = Value::deserialize(deserializer)?;
        let turn = match value {
            Value::Number(number) => match number.as_u64() {
                Some(turn) => Self {
                    from: turn,
                    to: turn,
                },
                None => {
                    return Err(de::Error::custom(format!(
                        "expected a turn from 1 on, found {number}"
                    )));
                }
            },
            Value::Object(_) => {
                let Range { from, to } = super::reader::inner(value)?;
                Self { from, to }
            }
            _ => {
                return Err(de::Error::custom(
                    "expected a number, or a map with from and to",
                ));
            }
        };
        if turn.from == 0 || turn.to < turn.from {
            return Err(de::Error::custom(
                "turns count from 1, and `to` is not before `from`",
            ));
        }
        Ok(turn)
    }
}

impl JsonSchema for Turn {
    fn schema_name() -> Cow<'static, str> {
        "Turn".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let number = json_schema!({"type": "integer", "minimum": 1});
        json_schema!({"anyOf": [number, {
            "type": "object",
            "properties": {"from": number, "to": number},
            "additionalProperties": false
        }]})
    }
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (from, to) if from == to => write!(f, "{from}"),
            (from, u64::MAX) => write!(f, "{from} or later"),
            (from, to) => write!(f, "{from} to {to}"),
        }
    }
}

/// The names of all operations.
static OPERATIONS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let all = protocol::Operation::ALL.iter();
    all.map(|operation| operation.name()).collect()
});

impl<'de> Deserialize<'de> for Operation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        protocol::Operation::from_name(&name)
            .map(Self)
            .ok_or_else(|| de::Error::unknown_variant(&name, OPERATIONS.as_slice()))
    }
}

impl JsonSchema for Operation {
    fn schema_name() -> Cow<'static, str> {
        "Operation".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "enum": *OPERATIONS})
    }
}
