//! The shapes of widgets, read strictly: which components there are, and what each must have.

use serde_json::Value;

use super::widget_words::wrong_word;
use crate::protocol::Object;
use crate::protocol::widget::ComponentKind;

/// What may stand at the top.
pub const ROOTS: &[&str] = &["Card", "ListView", "Basic"];

/// One place of a widget.
pub struct Part<'w> {
    /// Where it stands, as `children[0].children[1]`; empty for the root.
    pub path: String,
    /// The component as it came.
    pub value: &'w Value,
}

/// Every component of a widget, the root first.
pub fn parts(widget: &Value) -> Vec<Part<'_>> {
    let mut found = Vec::new();
    collect(widget, "", &mut found);
    found
}

fn collect<'w>(value: &'w Value, path: &str, found: &mut Vec<Part<'w>>) {
    let children = &value["children"];
    found.push(Part {
        path: path.to_owned(),
        value,
    });
    let below = |step: &str| match path {
        "" => step.to_owned(),
        path => format!("{path}.{step}"),
    };
    match children {
        Value::Array(children) => {
            for (index, child) in children.iter().enumerate() {
                collect(child, &below(&format!("children[{index}]")), found);
            }
        }
        // A transition has one child, not a list of them.
        Value::Object(_) => collect(children, &below("children"), found),
        _ => {}
    }
}

/// What is wrong with the props of one component; `None` also for a type that nobody knows.
pub fn wrong_props(component: &Value) -> Option<String> {
    let kind = component["type"].as_str().filter(|kind| is_known(kind))?;
    let mut fields = component.as_object()?.clone();
    fields.shift_remove("type");
    // Children are looked at by themselves, if they are any.
    let children = fields.get("children");
    if children.is_none_or(|children| matches!(children, Value::Array(_) | Value::Object(_))) {
        fields.shift_remove("children");
    }
    wrong_name(&fields)
        .or_else(|| {
            let (field, wrong) = ComponentKind::wrong_fields(kind, &fields)
                .into_iter()
                .next()?;
            Some(format!("{field}: {wrong}"))
        })
        .or_else(|| Some(ComponentKind::check(kind, fields)?.err()?.to_string()))
        .or_else(|| wrong_word(kind, component))
}

/// Whether the type of a component is known.
pub fn is_known(kind: &str) -> bool {
    ComponentKind::TYPES.contains(&kind)
}

/// What names a component is a text (`openai-chatkit` 1.6.5, widgets.py, `WidgetComponentBase`).
fn wrong_name(fields: &Object) -> Option<String> {
    let names = ["id", "key"]
        .iter()
        .filter_map(|name| Some((name, fields.get(*name)?)));
    let mut wrong = names.filter(|(_, value)| !(value.is_string() || value.is_null()));
    wrong
        .next()
        .map(|(name, value)| format!("{name}: expected a string, found {value}"))
}
