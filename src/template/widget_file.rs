//! `.widget` files: a template of a widget's JSON, the schema of its data, and a preview.
//!
//! How little a template may do is said one level up.

use jsonschema::Validator;
use minijinja::value::Serde;
use serde_json::Value;

use crate::protocol::widget::Component;
use crate::protocol::{Object, from_value};

/// The largest widget that a template may write.
const LARGEST: usize = 8 * 1024 * 1024;

/// Why a document shows no widget, and where in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct Fault {
    /// The place, as `jsonSchema` or `data.items[0].name`.
    pub place: String,
    /// What is wrong there.
    pub reason: String,
}

impl Fault {
    #[allow(
        clippy::needless_pass_by_value,
        reason = "a reason is made to be handed over"
    )]
    fn new(place: impl Into<String>, reason: impl std::fmt::Display) -> Self {
        Self {
            place: place.into(),
            reason: reason.to_string(),
        }
    }
}

/// The widget of a document: a `.widget` file with its data, a widget, or an item that is one.
///
/// # Errors
/// Says where the document or the data is wrong.
pub fn build(document: Value, data: Option<Value>) -> Result<Value, Fault> {
    match document {
        Value::Object(fields) if fields.contains_key("template") => from_file(&fields, data),
        _ if data.is_some() => Err(Fault::new(
            "--data",
            "only a .widget file with a template takes data",
        )),
        Value::Object(mut fields) => match fields.shift_remove("widget") {
            // The hosted API hands the widget out as a string of JSON.
            Some(Value::String(json)) => {
                serde_json::from_str(&json).map_err(|error| Fault::new("widget", error))
            }
            Some(widget) => Ok(widget),
            None => Ok(Value::Object(fields)),
        },
        _ => Err(Fault::new("document", "expected an object")),
    }
}

/// Reads a widget.
///
/// # Errors
/// Says where it departs from the protocol.
pub fn widget(value: Value) -> Result<Component, Fault> {
    from_value(value).map_err(|error| Fault::new("widget", error))
}

fn from_file(file: &Object, data: Option<Value>) -> Result<Value, Fault> {
    if let Some(version) = file.get("version").filter(|version| !is_first(version)) {
        return Err(Fault::new(
            "version",
            format!("expected 1.0, found {version}"),
        ));
    }
    let Some(Value::String(template)) = file.get("template") else {
        return Err(Fault::new("template", "expected a string"));
    };
    let given = data.is_some();
    let data = data.or_else(|| preview(file)).unwrap_or_default();
    let data = if data.is_null() {
        Value::Object(Object::new())
    } else {
        data
    };
    if let Some(schema) = file.get("jsonSchema").filter(|schema| !schema.is_null()) {
        let name = if given { "data" } else { "outputJsonPreview" };
        let without = !given && file.get("outputJsonPreview").is_none_or(Value::is_null);
        match check(schema, &data, name) {
            // Nothing was given and nothing can be shown instead, so that empty data is a try.
            Err(_) if without => {}
            other => other?,
        }
    }
    let json = expand(template, &data)?;
    serde_json::from_str(&json)
        .map_err(|error| Fault::new("template", format!("what it writes is not JSON: {error}")))
}

fn is_first(version: &Value) -> bool {
    match version {
        Value::String(text) => text == "1.0" || text == "1",
        Value::Number(number) => number.as_f64() == Some(1.0),
        _ => false,
    }
}

/// The data that the file brings along; some write it as a string of JSON.
fn preview(file: &Object) -> Option<Value> {
    match file.get("outputJsonPreview")? {
        Value::String(json) => serde_json::from_str(json).ok(),
        other => Some(other.clone()),
    }
}

fn check(schema: &Value, data: &Value, name: &str) -> Result<(), Fault> {
    let validator = compile(schema).map_err(|reason| Fault::new("jsonSchema", reason))?;
    let Some(error) = validator.iter_errors(data).next() else {
        return Ok(());
    };
    let place = path(name, &error.instance_path().to_string());
    Err(Fault::new(place, error))
}

fn compile(schema: &Value) -> Result<Validator, String> {
    jsonschema::validator_for(schema).map_err(|error| error.to_string())
}

/// A JSON pointer as a path: `/items/0/name` below `data` is `data.items[0].name`.
fn path(root: &str, pointer: &str) -> String {
    let mut path = root.to_owned();
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        if part.bytes().all(|byte| byte.is_ascii_digit()) && !part.is_empty() {
            path.extend(["[", &part, "]"]);
        } else {
            path.push('.');
            path.push_str(&part);
        }
    }
    path
}

fn expand(template: &str, data: &Value) -> Result<String, Fault> {
    super::expand(template, minijinja::Value::from(Serde(data)), LARGEST).map_err(|error| {
        let line = error
            .line
            .map_or(String::new(), |line| format!(" line {line}"));
        Fault::new(format!("template{line}"), error.reason)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn file() -> Value {
        json!({"version": "1.0", "name": "Order",
            "template": "{\"type\":\"Card\",\"children\":[{% for item in items %}{\"type\":\"Text\",\"value\":{{ item.name | tojson }}}{% if not loop.last %},{% endif %}{% endfor %}]}",
            "jsonSchema": {"type": "object", "required": ["items"], "properties": {
                "items": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}}}},
            "outputJsonPreview": {"items": [{"name": "a \"quoted\" <b>"}]}})
    }

    #[test]
    fn a_template_takes_data_or_its_preview() {
        let shown = build(file(), None).unwrap();
        assert_eq!(shown["children"][0]["value"], "a \"quoted\" <b>");
        let data = json!({"items": [{"name": "x"}, {"name": "y"}]});
        let shown = build(file(), Some(data)).unwrap();
        assert_eq!(shown["children"][1]["value"], "y");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let fault = |document, data| build(document, data).unwrap_err();
        let wrong = fault(file(), Some(json!({"items": [{"name": "x"}, {"name": 5}]})));
        assert_eq!(wrong.place, "data.items[1].name");
        assert!(wrong.reason.contains("string"), "{wrong}");
        let mut broken = file();
        broken["template"] = json!("{\n{% for %}");
        assert_eq!(fault(broken, None).place, "template line 2");
        let mut text = file();
        text["template"] = json!("hello");
        assert!(fault(text, None).reason.contains("not JSON"));
        let mut version = file();
        version["version"] = json!("2.0");
        assert_eq!(fault(version, None).place, "version");
        assert_eq!(
            fault(json!({"type": "Card"}), Some(json!({}))).place,
            "--data"
        );
    }

    #[test]
    fn a_template_that_never_ends_is_stopped() {
        for template in [
            "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}",
            "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        ] {
            let file = json!({"version": "1.0", "template": template});
            assert!(build(file, None).unwrap_err().place.starts_with("template"));
        }
    }

    #[test]
    fn an_item_and_a_bare_widget_are_taken_as_they_are() {
        let card = json!({"type": "Card", "children": []});
        assert_eq!(build(card.clone(), None), Ok(card.clone()));
        let item = json!({"id": "i", "type": "widget", "widget": card});
        assert_eq!(build(item, None), Ok(card.clone()));
        let hosted = json!({"type": "chatkit.widget", "widget": card.to_string()});
        assert_eq!(build(hosted, None), Ok(card));
    }
}
