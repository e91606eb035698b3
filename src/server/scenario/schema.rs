//! The JSON Schema of scenario files, made from the types that they are read into.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::document::Document;
use super::fault;

/// The schema, which editors complete scenario files by (JSON Schema, draft 2020-12).
pub fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<Document>().to_value();
    // A file may also be the list of its rules and nothing else.
    if let Some(root) = schema.as_object_mut() {
        let kind = root.insert("type".into(), serde_json::json!(["object", "array"]));
        debug_assert_eq!(kind, Some("object".into()));
        let rule = serde_json::json!({"$ref": "#/$defs/Rule"});
        root.insert("items".into(), rule);
        let definitions = root.get_mut("$defs").and_then(Value::as_object_mut);
        if let Some(all) = definitions {
            all.extend(fault::definitions());
        }
    }
    schema
}

/// Has a map take one of these keys, and no two of them.
pub(super) fn exactly_one(names: &'static [&'static str]) -> impl FnMut(&mut Schema) {
    let only =
        |name: &&str| json!({"required": [name], "properties": {*name: {"not": {"type": "null"}}}});
    let ways: Vec<Value> = names.iter().map(only).collect();
    move |schema| {
        schema.insert("oneOf".to_owned(), ways.clone().into());
    }
}
