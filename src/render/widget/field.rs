//! The fields of forms: what each control takes.

use std::collections::HashMap;

use serde_json::Value;

use super::{Choice, Field, FieldKind};
use crate::protocol::widget::{Component, ComponentKind};
use crate::render::clean_line;

/// The field that a control is.
#[allow(clippy::too_many_lines, reason = "a table of the controls")]
pub fn field(component: &Component, labels: &HashMap<String, String>) -> Option<Field> {
    let text = |input_type: Option<&String>,
                multiline,
                placeholder: &Option<String>,
                pattern: &Option<String>| {
        FieldKind::Text {
            input_type: input_type.map_or("text", String::as_str).to_owned(),
            multiline,
            placeholder: placeholder.clone(),
            pattern: pattern.clone(),
        }
    };
    let string = |value: &Option<String>| value.clone().map(Value::String);
    let (name, own_label, kind, default, required, disabled) = match &component.kind {
        ComponentKind::Input(body) => {
            let kind = text(
                body.input_type.as_ref(),
                false,
                &body.placeholder,
                &body.pattern,
            );
            (
                &body.name,
                None,
                kind,
                string(&body.default_value),
                body.required,
                body.disabled,
            )
        }
        ComponentKind::Textarea(body) => {
            let kind = text(None, true, &body.placeholder, &body.pattern);
            (
                &body.name,
                None,
                kind,
                string(&body.default_value),
                body.required,
                body.disabled,
            )
        }
        ComponentKind::DatePicker(body) => {
            let kind = FieldKind::Date {
                min: body.min.clone(),
                max: body.max.clone(),
            };
            (
                &body.name,
                None,
                kind,
                string(&body.default_value),
                None,
                body.disabled,
            )
        }
        ComponentKind::Checkbox(body) => {
            let default = body.default_checked.map(Value::Bool);
            let label = body.label.as_ref();
            (
                &body.name,
                label,
                FieldKind::Checkbox,
                default,
                body.required,
                body.disabled,
            )
        }
        ComponentKind::Select(body) => {
            let options = body.options.iter();
            let kind = choices(options.map(|o| (&o.value, &o.label, o.disabled)));
            (
                &body.name,
                None,
                kind,
                string(&body.default_value),
                None,
                body.disabled,
            )
        }
        ComponentKind::RadioGroup(body) => {
            let options = body.options.iter().flatten();
            let kind = choices(options.map(|o| (&o.value, &o.label, o.disabled)));
            let default = string(&body.default_value);
            (
                &body.name,
                body.aria_label.as_ref(),
                kind,
                default,
                body.required,
                body.disabled,
            )
        }
        ComponentKind::Text(body) => return editable(body),
        _ => return None,
    };
    let label = labels.get(name).cloned();
    let label = label.or_else(|| own_label.map(|label| clean_line(label)));
    Some(Field {
        name: name.clone(),
        label: label.unwrap_or_else(|| clean_line(name)),
        kind,
        default,
        required: required == Some(true),
        disabled: disabled == Some(true),
    })
}

/// A text that can be edited is a field of its form.
fn editable(body: &crate::protocol::widget::Text) -> Option<Field> {
    let props = body.editable.as_ref()?.as_object()?;
    let word = |key: &str| props.get(key).and_then(Value::as_str).map(str::to_owned);
    let name = word("name")?;
    Some(Field {
        label: clean_line(&name),
        name,
        kind: FieldKind::Text {
            input_type: "text".to_owned(),
            multiline: false,
            placeholder: word("placeholder"),
            pattern: word("pattern"),
        },
        default: Some(Value::String(body.value.clone())),
        required: props.get("required") == Some(&Value::Bool(true)),
        disabled: false,
    })
}

fn choices<'a>(options: impl Iterator<Item = (&'a String, &'a String, Option<bool>)>) -> FieldKind {
    let choice = |(value, label, disabled): (&String, &String, Option<bool>)| Choice {
        value: value.clone(),
        label: clean_line(label),
        disabled: disabled == Some(true),
    };
    FieldKind::Choice(options.map(choice).collect())
}
