//! Where a widget says what it does: the probe runs it, the rules judge it.

use serde_json::Value;

/// Every object that stands where a component names what it does.
pub fn actions_of(widget: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    find(widget, &mut found);
    found
}

fn find(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let is_action = (name.starts_with("on") && name.ends_with("Action"))
                    || (name == "action" && fields.contains_key("label"));
                if is_action && field.is_object() {
                    found.push(field.clone());
                } else {
                    find(field, found);
                }
            }
        }
        Value::Array(values) => {
            for value in values {
                find(value, found);
            }
        }
        _ => {}
    }
}
