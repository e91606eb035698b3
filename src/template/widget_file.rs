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
            None if is_file(&fields) => Err(Fault::new("template", "it is missing")),
            None => Ok(Value::Object(fields)),
        },
        _ => Err(Fault::new("document", "expected an object")),
    }
}

/// The first place where a template takes a value that the data, or else the preview, does not have,
/// and that it has no way to do without: the reference server fails there (jinja2's
/// `StrictUndefined`), and what is drawn here is empty.
pub fn undefined(document: &Value, data: Option<&Value>) -> Option<Fault> {
    let file = document.as_object()?;
    let template = file.get("template")?.as_str()?;
    let data = match data {
        Some(data) => data.clone(),
        None => match preview(file).ok()? {
            Preview::Data(data) => data,
            Preview::Widget(_) | Preview::Nothing => return None,
        },
    };
    let data = minijinja::Value::from(Serde(&data));
    super::undefined(template, data, LARGEST).map(in_template)
}

/// Whether it is meant to be a `.widget` file and no widget.
fn is_file(fields: &Object) -> bool {
    let has = |key| fields.contains_key(key);
    !has("type") && (has("jsonSchema") || has(PREVIEW) || has("version"))
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
    let schema = match file.get("jsonSchema").filter(|schema| !schema.is_null()) {
        Some(schema) => Some(compile(schema).map_err(|reason| Fault::new("jsonSchema", reason))?),
        None => None,
    };
    let data = match (data, preview(file)?) {
        (Some(data), _) => checked(object(data), schema.as_ref(), "data")?,
        (None, Preview::Widget(widget)) => return Ok(widget),
        (None, Preview::Data(data)) => checked(object(data), schema.as_ref(), PREVIEW)?,
        // Nothing was given and nothing can be shown instead, so that empty data is a try.
        (None, Preview::Nothing) => {
            checked(object(Value::Null), schema.as_ref(), "data").map_err(|fault| {
                let reason = format!("there is none, and no {PREVIEW} in the file ({fault})");
                Fault::new("data", reason)
            })?
        }
    };
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

/// The key of what a file shows where no data is given.
const PREVIEW: &str = "outputJsonPreview";

/// What a file shows where no data is given.
enum Preview {
    Nothing,
    /// What its template has written for an example, as ChatKit Studio keeps it.
    Widget(Value),
    /// An example of the data, as some write it by hand.
    Data(Value),
}

/// The preview of a file; some write it as a string of JSON.
fn preview(file: &Object) -> Result<Preview, Fault> {
    let preview = match file.get(PREVIEW) {
        None | Some(Value::Null) => return Ok(Preview::Nothing),
        Some(Value::String(json)) => serde_json::from_str(json)
            .map_err(|error| Fault::new(PREVIEW, format!("it is not JSON: {error}")))?,
        Some(other) => other.clone(),
    };
    Ok(match preview.get("type") {
        Some(Value::String(_)) => Preview::Widget(preview),
        _ => Preview::Data(preview),
    })
}

/// No data are empty data.
fn object(data: Value) -> Value {
    match data {
        Value::Null => Value::Object(Object::new()),
        data => data,
    }
}

/// How many mistakes are told beside the first.
const MOST_FAULTS: usize = 9;

/// The data, if they are as the schema wants them.
fn checked(data: Value, schema: Option<&Validator>, name: &str) -> Result<Value, Fault> {
    let errors = schema
        .into_iter()
        .flat_map(|schema| schema.iter_errors(&data));
    let mut faults = errors.map(|error| {
        let place = path(name, &error.instance_path().to_string());
        Fault::new(place, error)
    });
    if let Some(first) = faults.next() {
        let more: Vec<String> = faults
            .take(MOST_FAULTS)
            .map(|fault| format!("; {fault}"))
            .collect();
        return Err(Fault::new(first.place, first.reason + &more.concat()));
    }
    drop(faults);
    Ok(data)
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
    super::expand(template, minijinja::Value::from(Serde(data)), LARGEST).map_err(in_template)
}

fn in_template(fault: super::Fault) -> Fault {
    let line = fault
        .line
        .map_or(String::new(), |line| format!(" line {line}"));
    Fault::new(format!("template{line}"), fault.reason)
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
    fn a_value_that_nobody_has_is_told_where_it_cannot_be_missing() {
        let told = |template: &str| {
            let data = json!({"user": {"name": "Ada"}});
            undefined(&json!({"template": template}), Some(&data)).map(|fault| fault.to_string())
        };
        for sound in [
            "{{ user.name }}",
            "{{ nick|default('x') }}",
            "{% if nick is defined %}{{ nick }}{% endif %}",
            "{% if true %}1{% else %}{{ nick }}{% endif %}",
            "{% for i in range(2) %}{{ i }}{% endfor %}",
        ] {
            assert_eq!(told(sound), None, "{sound}");
        }
        let told = told("1\n{{ user.nmae }}").unwrap();
        assert!(
            told.starts_with("template line 2: undefined value"),
            "{told}"
        );
    }

    #[test]
    fn every_mistake_in_the_data_is_told() {
        let mut file = file();
        let data = json!({"items": [{"name": 1}, {"name": "b"}, {"name": null}]});
        let told = build(file.clone(), Some(data)).unwrap_err().to_string();
        assert!(told.starts_with("data.items[0].name: 1 is not"), "{told}");
        assert!(told.contains("; data.items[2].name: null is not"), "{told}");
        file.as_object_mut().unwrap().remove(PREVIEW);
        let told = build(file, None).unwrap_err().to_string();
        assert!(
            told.starts_with("data: there is none, and no outputJsonPreview"),
            "{told}"
        );
        assert!(told.contains("items"), "{told}");
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
    fn the_preview_of_chatkit_studio_is_the_widget_itself() {
        let card = json!({"type": "Card", "children": [{"type": "Text", "value": "Hello"}]});
        let mut studio = file();
        for preview in [card.clone(), json!(card.to_string())] {
            studio["outputJsonPreview"] = preview;
            assert_eq!(build(studio.clone(), None), Ok(card.clone()));
        }
        let given = build(studio.clone(), Some(json!({"items": []}))).unwrap();
        assert_eq!(given["children"], json!([]));
        studio["outputJsonPreview"] = json!("{not JSON");
        let fault = build(studio, None).unwrap_err();
        assert_eq!(fault.place, "outputJsonPreview");
        assert!(fault.reason.contains("not JSON"), "{fault}");
    }

    #[test]
    fn a_file_without_a_template_or_with_a_schema_that_is_none_says_so() {
        let fault = |document| build(document, None).unwrap_err();
        let without = json!({"version": "1.0", "name": "x", "jsonSchema": {}});
        assert_eq!(fault(without).to_string(), "template: it is missing");
        let mut broken = file();
        broken["jsonSchema"] = json!({"type": "nonsense"});
        broken["outputJsonPreview"] = Value::Null;
        assert_eq!(fault(broken).place, "jsonSchema");
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
