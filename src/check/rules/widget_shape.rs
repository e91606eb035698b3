//! The shapes of widgets, read strictly: which components there are, and what each must have.

use serde_json::Value;

use crate::protocol::Object;
use crate::protocol::widget::{ComponentKind, wrong_word};

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
    // Children are looked at by themselves, if they are any; the package writes null for none.
    let children = &component["children"];
    if matches!(children, Value::Null | Value::Array(_) | Value::Object(_)) {
        fields.shift_remove("children");
    }
    wrong_name(&fields)
        .or_else(|| wrong_children(kind, children))
        .or_else(|| {
            let (field, wrong) = ComponentKind::wrong_fields(kind, &fields)
                .into_iter()
                .next()?;
            Some(format!("{field}: {wrong}"))
        })
        .or_else(|| Some(ComponentKind::check(kind, fields)?.err()?.to_string()))
        .or_else(|| wrong_word(kind, component))
}

/// What stands below a component is a list, but below a `Transition` it is one component, and below
/// a `Basic` it may be either (`openai-chatkit` 1.6.5, widgets.py, the classes of the components;
/// the types of `@openai/chatkit` agree).
fn wrong_children(kind: &str, children: &Value) -> Option<String> {
    let expected = match (kind, children) {
        ("Transition", Value::Array(_)) => "expected one component, found a list",
        ("Transition" | "Basic", _) => return None,
        (kind, Value::Object(_)) if LISTS.contains(&kind) => {
            "expected a list of components, found one component"
        }
        _ => return None,
    };
    Some(format!("children: {expected}"))
}

/// What has a list of components below it.
const LISTS: &[&str] = &[
    "Card",
    "ListView",
    "ListViewItem",
    "Box",
    "Row",
    "Col",
    "Form",
    "Table",
    "Table.Row",
    "Table.Cell",
];

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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn below_a_component_stands_a_list_and_below_a_transition_one_component() {
        let text = || json!({"type": "Text", "value": "x"});
        let of =
            |kind: &str, children: Value| wrong_props(&json!({"type": kind, "children": children}));
        for kind in LISTS {
            assert_eq!(of(kind, json!([text()])), None, "{kind}");
            let said = of(kind, text()).unwrap();
            assert!(said.starts_with("children: expected a list"), "{said}");
        }
        for kind in ["Card", "Row", "Basic", "Transition"] {
            for other in [json!("x"), json!(3), json!(true)] {
                let said = of(kind, other).unwrap();
                assert!(said.starts_with("children: "), "{kind}: {said}");
            }
            // The package writes what has none as null.
            assert_eq!(of(kind, Value::Null), None, "{kind}");
        }
        assert_eq!(of("Basic", text()), None);
        assert_eq!(of("Transition", text()), None);
        let said = of("Transition", json!([text()])).unwrap();
        assert_eq!(said, "children: expected one component, found a list");
    }
}
