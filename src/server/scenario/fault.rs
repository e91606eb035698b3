//! The faults of a rule, as they are written: as `--fault` has them, or as maps.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer};

use crate::server::fault::{Fault, describe};

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
        let short = described.iter().map(|fault| {
            let meant = format!("{}; a good client {}", fault.does, fault.client);
            let schema = serde_json::json!({"description": meant});
            (fault.name.to_owned(), schema)
        });
        let mut keys: serde_json::Map<_, _> = short.collect();
        keys.extend([
            ("name".into(), serde_json::json!({"enum": names})),
            (
                "times".into(),
                serde_json::json!({"type": ["integer", "null"], "minimum": 0, "description": "How often it strikes at most"}),
            ),
            (
                "skip".into(),
                serde_json::json!({"type": ["integer", "null"], "minimum": 0, "description": "How many answers of the rule it lets pass first"}),
            ),
            (
                "probability".into(),
                serde_json::json!({"type": ["number", "null"], "minimum": 0, "maximum": 1, "description": "How often it strikes, drawn by the seed"}),
            ),
        ]);
        json_schema!({
            "description": "A fault with its settings, as `stall=5s,times=1`, or the same as a map; `chatkit serve --list-faults` lists them",
            "anyOf": [
                {"type": "string", "pattern": text},
                {"type": "object", "properties": keys, "minProperties": 1}
            ]
        })
    }
}
