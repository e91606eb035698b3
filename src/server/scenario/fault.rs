//! The faults of a rule, as they are written: as `--fault` has them, or as maps.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer};
use serde_json::{Map, Value, json};

use crate::server::fault::{self, Description as FaultDescription, Fault, describe};

/// A fault that strikes at the answers of its rule.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleFault(pub Fault);

impl<'de> Deserialize<'de> for RuleFault {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fault = Fault::deserialize(deserializer)?;
        fault.breaks_answers().map_err(de::Error::custom)?;
        Ok(Self(fault))
    }
}

impl JsonSchema for RuleFault {
    fn schema_name() -> Cow<'static, str> {
        "Fault".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut described = describe();
        described.retain(|fault| fault.by.contains(&"rule"));
        let names: Vec<&str> = described.iter().map(|fault| fault.name).collect();
        let text = format!("^({})(=|,|$)", names.join("|"));
        let mut forms = vec![json!({"type": "string", "pattern": text})];
        forms.extend(described.iter().map(map));
        json_schema!({
            "description": "A fault with its settings, as `stall=5s,times=1`, or the same as a map; `chatkit serve --list-faults` lists them",
            "anyOf": forms
        })
    }
}

/// A fault as a map: under its name stands its main parameter, and beside it the others.
fn map(fault: &FaultDescription) -> Value {
    let meant = format!("{}; a good client {}", fault.does, fault.client);
    let main = fault.parameters.first().map(|main| &main.schema);
    let plain = json!({"enum": [true, null]});
    let value = main.map_or_else(|| plain.clone(), |main| json!({"anyOf": [plain, main]}));
    let mut keys = scope();
    keys.insert(fault.name.to_owned(), with(value, &meant));
    keys.insert("name".to_owned(), json!({"const": fault.name}));
    if let Some(main) = main {
        keys.insert("value".to_owned(), main.clone());
    }
    for parameter in &fault.parameters {
        keys.insert(
            parameter.name.to_owned(),
            with(parameter.schema.clone(), parameter.means),
        );
    }
    json!({
        "type": "object",
        "properties": keys,
        "additionalProperties": false,
        "oneOf": [{"required": ["name"]}, {"required": [fault.name]}]
    })
}

/// The keys that every fault of a rule has.
const SCOPE: [&str; 5] = ["operation", "thread", "times", "skip", "probability"];

fn scope() -> Map<String, Value> {
    let key = |key: &str| {
        (
            key.to_owned(),
            json!({"$ref": format!("#/$defs/fault_{key}")}),
        )
    };
    SCOPE.into_iter().map(key).collect()
}

/// What the schemas of faults refer to, by its name.
pub(super) fn definitions() -> impl Iterator<Item = (String, Value)> {
    let count = || json!({"type": ["integer", "null"], "minimum": 0});
    let text = || json!({"type": ["string", "null"]});
    let chance = json!({"type": ["number", "null"], "minimum": 0, "maximum": 1});
    let scope = [
        with(text(), "Only answers to this operation"),
        with(text(), "Only answers in this thread"),
        with(count(), "How often it strikes at most"),
        with(count(), "How many answers of the rule it lets pass first"),
        with(chance, "How often it strikes, drawn by the seed"),
    ];
    let scope = SCOPE
        .into_iter()
        .map(|key| format!("fault_{key}"))
        .zip(scope);
    let own = fault::definitions().map(|(name, schema)| (name.to_owned(), schema));
    scope.chain(own)
}

/// A schema with what it is for.
fn with(schema: Value, means: &str) -> Value {
    match schema {
        Value::Object(mut schema) => {
            schema.insert("description".to_owned(), means.into());
            Value::Object(schema)
        }
        _ => json!({"description": means}),
    }
}
