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
    match file.get("version") {
        None => return Err(Fault::new("version", "it is missing; write \"1.0\"")),
        Some(Value::String(version)) if version == "1.0" => {}
        Some(other) => {
            let reason = format!("expected \"1.0\", found {other}");
            return Err(Fault::new("version", reason));
        }
    }
    if !file.contains_key("name") {
        return Err(Fault::new("name", "it is missing"));
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
    let widget: Value = serde_json::from_str(&json).map_err(|error| {
        let reason = format!("what it writes is not JSON: {error}; write values with `| tojson`");
        Fault::new("template", reason)
    })?;
    match widget.get("type").and_then(Value::as_str) {
        Some("Card" | "ListView" | "Basic") => Ok(widget),
        kind => {
            let kind = kind.map_or("no widget".to_owned(), |kind| format!("a {kind}"));
            let reason = format!("it writes {kind}, and the root is a Card, a ListView or a Basic");
            Err(Fault::new("template", reason))
        }
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
    super::expand_widget(template, minijinja::Value::from(Serde(data)), LARGEST)
        .map_err(in_template)
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

    /// What `WidgetTemplate.build` of 1.6.5 takes and refuses, with jinja2 3.1.
    #[test]
    fn a_template_is_filled_in_as_the_reference_server_fills_it_in() {
        let built = |value: &str| {
            let template = format!("{{\"type\": \"Card\", \"key\": {value}}}");
            let file = json!({"version": "1.0", "name": "n", "template": template});
            let data = json!({"user": {"name": "Ada"}, "yes": true, "list": ["a", 1], "no": null});
            build(file, Some(data)).map(|widget| widget["key"].clone())
        };
        for (sound, made) in [
            ("\"{{ user.name }}\"", json!("Ada")),
            ("{{ nick|default('x')|tojson }}", json!("x")),
            (
                "\"{% if nick is defined %}{{ nick }}{% endif %}\"",
                json!(""),
            ),
            ("{% if yes %}1{% else %}{{ nick }}{% endif %}", json!(1)),
            ("\"{{ 'a' if no }}{{ 'b' ~ ('c' if no) }}\"", json!("b")),
            ("{{ yes | tojson }}", json!(true)),
            (
                "\"{{ yes }} {{ no }} {{ list }}\"",
                json!("True None ['a', 1]"),
            ),
            (
                "{{ [user.name.upper(), user.get('zip', 'none'), user.get('zip')] | tojson }}",
                json!(["ADA", "none", null]),
            ),
            (
                "{{ ['a,b'.split(','), '-'.join(['a', 'b']), ' a '.strip()] | tojson }}",
                json!([["a", "b"], "a-b", "a"]),
            ),
            (
                "[{% for k, v in user.items() %}{{ [k, v] | tojson }}{% endfor %}]",
                json!([["name", "Ada"]]),
            ),
            (
                "{{ [user.keys() | list, user.values() | list] | tojson }}",
                json!([["name"], ["Ada"]]),
            ),
            (
                "{{ ['abc'.startswith('ab'), 'abc'.endswith('ab')] | tojson }}",
                json!([true, false]),
            ),
            (
                "{{ [nick is none, nick is string] | tojson }}",
                json!([false, false]),
            ),
        ] {
            assert_eq!(built(sound), Ok(made), "{sound}");
        }
        for missing in [
            "\"{{ user.nmae }}\"",
            "{{ nick | tojson }}",
            "{% if nick %}1{% else %}2{% endif %}",
            "{% if not nick %}1{% endif %}",
            "{% if nick == 1 %}1{% else %}2{% endif %}",
            "{% if 1 in nick %}1{% else %}2{% endif %}",
            "\"{{ 'a' ~ nick }}\"",
            "\"{{ nick | upper }}\"",
            "\"{{ nick | join }}\"",
            "\"{% for a in nick %}{% endfor %}\"",
            "\"{{ nick.name }}\"",
            "\"{{ nick or 'x' }}\"",
        ] {
            let told = built(missing).unwrap_err().to_string();
            assert!(
                told.starts_with("template line 1: undefined value"),
                "{missing}: {told}"
            );
        }
        for python in ["{{ yes }}", "{{ no }}", "{{ list }}"] {
            let told = built(python).unwrap_err().to_string();
            assert!(
                told.contains("not JSON") && told.contains("| tojson"),
                "{told}"
            );
        }
    }

    #[test]
    fn a_file_is_refused_where_the_reference_server_refuses_it() {
        type Change = fn(&mut Object);
        let told = |change: Change| {
            let mut file = file();
            change(file.as_object_mut().unwrap());
            build(file, Some(json!({"items": []})))
                .unwrap_err()
                .to_string()
        };
        let told_of: [(Change, &str); 4] = [
            (
                |file| drop(file.remove("version")),
                "version: it is missing",
            ),
            (
                |file| drop(file.insert("version".into(), json!(1.0))),
                "version: expected \"1.0\"",
            ),
            (|file| drop(file.remove("name")), "name: it is missing"),
            (
                |file| drop(file.insert("template".into(), json!("{\"type\": \"Text\"}"))),
                "template: it writes a Text, and the root is a Card, a ListView or a Basic",
            ),
        ];
        for (change, expected) in told_of {
            let told = told(change);
            assert!(told.starts_with(expected), "{told}");
        }
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
            let file = json!({"version": "1.0", "name": "n", "template": template});
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
