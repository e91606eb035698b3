//! Widgets that are not whole: what is wrong with one place costs nothing elsewhere.
//!
//! A component is decoded with its props and children or kept as it came, so that one `null`, which
//! a template leaves where a condition does not hold, or a number as a key, would take frame and
//! buttons from a whole card.

use std::borrow::Cow;

use serde_json::Value;

use super::action::{DEEPEST, MOST};
use crate::protocol::widget::{Component, ComponentKind};
use crate::protocol::{Object, Unknown, from_value};
use crate::render::table::shorten;

/// How much is shown of what is no component, in columns.
const EXCERPT: usize = 40;

/// The widget as it can be drawn: props that are not of their types and children that are nothing
/// are left out, children that are no components stand as unknown ones.
pub fn mended(widget: &Component) -> Cow<'_, Component> {
    let mut left = MOST;
    if is_whole(widget, 0, &mut left) {
        return Cow::Borrowed(widget);
    }
    let mut widget = widget.clone();
    left = MOST;
    mend(&mut widget, 0, &mut left);
    Cow::Owned(widget)
}

fn is_whole(component: &Component, depth: usize, left: &mut usize) -> bool {
    if depth > DEEPEST || *left == 0 {
        return true;
    }
    *left -= 1;
    let mut children = component.children().iter();
    broken(component).is_none() && children.all(|child| is_whole(child, depth + 1, left))
}

fn mend(component: &mut Component, depth: usize, left: &mut usize) {
    if depth > DEEPEST || *left == 0 {
        return;
    }
    *left -= 1;
    if let Some(kind) = broken(component).and_then(rebuilt) {
        component.kind = kind;
    }
    for child in component.children_mut() {
        mend(child, depth + 1, left);
    }
}

/// A component of a known type that was kept as it came.
fn broken(component: &Component) -> Option<&Unknown> {
    match &component.kind {
        ComponentKind::Unknown(unknown) => {
            let is_known = ComponentKind::TYPES.contains(&unknown.kind.as_str());
            is_known.then_some(unknown)
        }
        _ => None,
    }
}

/// The component without what is wrong with it; `None` if nothing can be made of the rest.
fn rebuilt(unknown: &Unknown) -> Option<ComponentKind> {
    let mut fields = unknown.fields.clone();
    if let Some(children) = fields.shift_remove("children") {
        let mut children = components(children);
        if unknown.kind != "Transition" {
            fields.insert("children".to_owned(), children.into());
        } else if !children.is_empty() {
            fields.insert("children".to_owned(), children.swap_remove(0));
        }
    }
    let kind = &unknown.kind;
    decoded(kind, &fields).or_else(|| {
        for (wrong, _) in ComponentKind::wrong_fields(kind, &fields) {
            fields.entry(wrong).and_modify(spell);
        }
        for (wrong, _) in ComponentKind::wrong_fields(kind, &fields) {
            fields.shift_remove(&wrong);
        }
        decoded(kind, &fields)
    })
}

/// Writes a number as a text, and those of a list of options: a template that forgot its quotes
/// still has something to say. What an action is called is not guessed.
fn spell(value: &mut Value) {
    match value {
        Value::Number(number) => *value = number.to_string().into(),
        Value::Array(entries) => {
            let options = entries.iter_mut().filter_map(Value::as_object_mut);
            let numbers = options.flat_map(Object::values_mut);
            numbers.filter(|it| it.is_number()).for_each(spell);
        }
        Value::Object(_) | Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

fn decoded(kind: &str, fields: &Object) -> Option<ComponentKind> {
    let mut fields = fields.clone();
    fields.insert("type".to_owned(), kind.into());
    match from_value::<ComponentKind>(Value::Object(fields)).ok()? {
        ComponentKind::Unknown(_) => None,
        whole => Some(whole),
    }
}

/// What stands in the place of children, as children.
fn components(children: Value) -> Vec<Value> {
    let children = match children {
        Value::Array(children) => children,
        child => vec![child],
    };
    let children = children.into_iter().filter(|child| !child.is_null());
    children.take(MOST).map(as_component).collect()
}

fn is_component(value: &Value) -> bool {
    value.get("type").is_some_and(Value::is_string)
}

fn as_component(mut value: Value) -> Value {
    if is_component(&value) {
        // What names a component is of no use to whoever looks at it.
        if let Value::Object(fields) = &mut value {
            fields.retain(|name, value| name != "id" || value.is_string());
        }
        return value;
    }
    let excerpt = shorten(&value.to_string(), EXCERPT);
    Value::Object(Object::from_iter([("type".to_owned(), excerpt.into())]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::render::{Look, plain, widget};

    #[test]
    fn a_number_where_a_text_stands_is_shown() {
        let shown = drawn(&json!({"type": "Card", "children": [
            {"type": "Text", "value": 12.5},
            {"type": "Badge", "label": 7},
            {"type": "Select", "name": "n", "options": [{"label": "One", "value": 1}]},
            {"type": "Button", "label": "Dead", "onClickAction": {"type": 5}},
        ]}));
        for part in ["12.5", "7", "One"] {
            assert!(shown.contains(part), "no {part:?} in\n{shown}");
        }
        assert!(
            !shown.contains('‹') && shown.contains("[-] Dead"),
            "{shown}"
        );
    }

    fn drawn(widget: &Value) -> String {
        let component = from_value(widget.clone()).unwrap();
        widget::render(&component, &Look::plain(40)).text
    }

    #[test]
    fn nothing_among_the_children_takes_nothing_from_the_card() {
        let card = |children: Value| {
            let confirm = json!({"label": "Go", "action": {"type": "go"}});
            json!({"type": "Card", "status": {"text": "Here"}, "confirm": confirm, "children": children})
        };
        let text = json!({"type": "Text", "value": "a text"});
        let whole = drawn(&card(json!([text])));
        assert!(
            whole.contains("╭─ Here ─") && whole.contains("[1] Go"),
            "{whole}"
        );
        let holed = card(json!([null, text, null]));
        assert_eq!(drawn(&holed), whole);
        assert_eq!(drawn(&card(text)), whole);
        let component = from_value(holed).unwrap();
        assert_eq!(plain::component(&component), "Here\na text\n[Go]");
        assert!(drawn(&card(Value::Null)).contains("╭─ Here ─"));
    }

    #[test]
    fn what_is_no_component_is_named_in_its_place() {
        let row = json!({"type": "Row", "children": ["\u{1b}[2J", {"no": "type"}, null]});
        let widget = json!({"type": "Card", "children": [row]});
        let text = drawn(&widget);
        assert!(
            text.starts_with('╭') && text.contains("‹{\"no\":\"type\"}›"),
            "{text}"
        );
        assert!(!text.contains('\u{1b}'));
    }

    #[test]
    fn a_sound_widget_is_not_copied() {
        let card = json!({"type": "Card", "children": [
            {"type": "Hologram", "children": [null]}, {"type": "Text", "value": "5"}]});
        let component = from_value(card).unwrap();
        assert!(matches!(mended(&component), Cow::Borrowed(_)));
    }

    #[test]
    fn a_prop_of_another_type_takes_nothing_but_itself() {
        let action = json!({"type": "go"});
        let text = drawn(&json!({
            "type": "Card",
            "confirm": {"label": "OK"},
            "cancel": {"label": "No", "action": action},
            "children": [
                {"type": "Text", "key": 1, "id": 2, "value": "numbered"},
                {"type": "Button", "key": 2, "label": "Go", "onClickAction": action},
                {"type": "Button", "label": "Dead", "onClickAction": "go"},
                {"type": "Col", "gap": {}, "children": [{"type": "Text", "value": "inside"}]},
                {"type": "Text", "value": {}},
            ],
        }));
        for shown in [
            "╭",
            "numbered",
            "[1] Go",
            "Dead",
            "inside",
            "‹Text›",
            "[2] No",
        ] {
            assert!(text.contains(shown), "{shown} in\n{text}");
        }
        assert!(!text.contains("OK") && !text.contains("‹Col›"), "{text}");
    }
}
