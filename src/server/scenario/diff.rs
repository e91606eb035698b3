//! What of a widget's next state is sent: text that was appended as a delta, all else as a whole.
//!
//! The rules are `diff_widget`'s (`openai-chatkit` 1.6.5, `server.py`).

use std::collections::BTreeSet;

use serde_json::Value;

use crate::protocol::Object;

/// How a widget gets from one state to the next.
#[derive(Debug, PartialEq)]
pub(super) enum Change {
    /// The whole widget is sent.
    Root,
    /// Texts are appended to components.
    Appended(Vec<Delta>),
}

/// A text that is appended to the value of a component.
#[derive(Debug, PartialEq)]
pub(super) struct Delta {
    pub component_id: String,
    pub text: String,
    pub done: bool,
}

/// How `before` becomes `after`.
pub(super) fn diff(before: &Value, after: &Value) -> Change {
    if replaces(before, after) {
        return Change::Root;
    }
    Change::Appended(appended(before, after))
}

/// Whether two states differ in more than texts that grew.
fn replaces(before: &Value, after: &Value) -> bool {
    match (before, after) {
        (Value::Array(before), Value::Array(after)) => {
            before.len() != after.len()
                || before
                    .iter()
                    .zip(after)
                    .any(|(before, after)| replaces(before, after))
        }
        (Value::Object(old), Value::Object(new)) if is_component(before) && is_component(after) => {
            let grows = grows(before, after);
            names(old, new).into_iter().any(|name| {
                let is_text = grows && name == "value";
                let (old, new) = (field(old, name), field(new, name));
                !is_text
                    && if is_action(name) {
                        !is_same(old, new) && !is_same_action(old, new)
                    } else {
                        replaces(old, new)
                    }
            })
        }
        _ => !is_same(before, after),
    }
}

fn names<'a>(old: &'a Object, new: &'a Object) -> BTreeSet<&'a String> {
    old.keys().chain(new.keys()).collect()
}

fn field<'a>(of: &'a Object, name: &str) -> &'a Value {
    of.get(name).unwrap_or(&Value::Null)
}

/// Whether a field holds an action, as `onClickAction` does, or the `action` of a card's `confirm`.
fn is_action(name: &str) -> bool {
    name == "action" || name.ends_with("Action")
}

/// Whether two values are equal as Python's are: a number whether or not it has a point, and an
/// action whether or not it spells its defaults out.
fn is_same(before: &Value, after: &Value) -> bool {
    match (before, after) {
        (Value::Number(before), Value::Number(after)) => before.as_f64() == after.as_f64(),
        (Value::Array(before), Value::Array(after)) => {
            before.len() == after.len()
                && before
                    .iter()
                    .zip(after)
                    .all(|(before, after)| is_same(before, after))
        }
        (Value::Object(before), Value::Object(after)) => {
            names(before, after)
                .into_iter()
                .all(|name| match (before.get(name), after.get(name)) {
                    (Some(before), Some(after)) => {
                        is_same(before, after) || is_action(name) && is_same_action(before, after)
                    }
                    _ => false,
                })
        }
        _ => before == after,
    }
}

/// What an action says where it says nothing (`chatkit/actions.py`).
fn action_defaults() -> [(&'static str, Value); 3] {
    [
        ("handler", "server".into()),
        ("loadingBehavior", "auto".into()),
        ("streaming", true.into()),
    ]
}

fn is_same_action(before: &Value, after: &Value) -> bool {
    let whole = |action: &Value| {
        let mut action = action.as_object()?.clone();
        action.retain(|_, value| !value.is_null());
        for (name, default) in action_defaults() {
            action.entry(name).or_insert(default);
        }
        Some(Value::Object(action))
    };
    match (whole(before), whole(after)) {
        (Some(before), Some(after)) => is_same(&before, &after),
        _ => false,
    }
}

fn is_component(value: &Value) -> bool {
    value.get("type").is_some_and(Value::is_string)
}

/// The value of a component whose text streams.
fn streaming(component: &Value) -> Option<&str> {
    let kind = component.get("type")?.as_str()?;
    matches!(kind, "Text" | "Markdown").then_some(())?;
    component.get("value")?.as_str()
}

fn grows(before: &Value, after: &Value) -> bool {
    match (streaming(before), streaming(after)) {
        (Some(before), Some(after)) => after.starts_with(before),
        _ => false,
    }
}

/// The texts that grew, by the ids of their components.
fn appended(before: &Value, after: &Value) -> Vec<Delta> {
    let (mut old, mut new) = (Object::new(), Object::new());
    texts(before, &mut old);
    texts(after, &mut new);
    let grown = new.into_iter().filter_map(|(component_id, after)| {
        let before = streaming(old.get(&component_id)?)?;
        let text = streaming(&after)?.strip_prefix(before)?;
        (!text.is_empty()).then(|| Delta {
            component_id,
            text: text.to_owned(),
            done: after.get("streaming") != Some(&Value::Bool(true)),
        })
    });
    grown.collect()
}

/// The components whose text streams, by their ids: of several with one id, the last. A child that
/// is no list is passed over, as the reference server does with what stands in a `Transition`.
fn texts(component: &Value, found: &mut Object) {
    let id = component.get("id").and_then(Value::as_str);
    if let Some(id) = id.filter(|id| !id.is_empty())
        && streaming(component).is_some()
    {
        found.insert(id.to_owned(), component.clone());
    }
    let children = component.get("children").and_then(Value::as_array);
    for child in children.into_iter().flatten() {
        texts(child, found);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn card(value: &str, more: &Value) -> Value {
        let mut text = json!({"type": "Markdown", "id": "t", "value": value});
        text.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!({"type": "Card", "children": [{"type": "Row", "children": [text]}, {"type": "Badge", "label": "b"}]})
    }

    fn delta(text: &str, done: bool) -> Change {
        let (component_id, text) = ("t".to_owned(), text.to_owned());
        Change::Appended(vec![Delta {
            component_id,
            text,
            done,
        }])
    }

    #[test]
    fn appended_text_is_a_delta_which_is_done_unless_it_streams() {
        let streams = json!({"streaming": true});
        assert_eq!(
            diff(&card("a", &streams), &card("ab", &streams)),
            delta("b", false)
        );
        assert_eq!(
            diff(&card("a", &json!({})), &card("ab", &json!({}))),
            delta("b", true)
        );
        assert_eq!(
            diff(&card("a", &json!({})), &card("a", &json!({}))),
            Change::Appended(vec![])
        );
    }

    #[test]
    fn any_other_change_is_the_whole_root() {
        let before = card("a", &json!({"streaming": true}));
        for after in [
            card("b", &json!({"streaming": true})),
            card("ab", &json!({"streaming": false})),
            card("ab", &json!({"streaming": true, "id": "u"})),
            card("ab", &json!({"streaming": true, "key": "k"})),
        ] {
            assert_eq!(diff(&before, &after), Change::Root);
        }
        let mut more = before.clone();
        more["children"]
            .as_array_mut()
            .unwrap()
            .push(json!({"type": "Spacer"}));
        assert_eq!(diff(&before, &more), Change::Root);
        let mut label = before.clone();
        label["children"][1]["label"] = json!("c");
        assert_eq!(diff(&before, &label), Change::Root);
    }

    #[test]
    fn text_without_an_id_that_grew_is_sent_with_the_item_only() {
        let text = |value| json!({"type": "Basic", "children": [{"type": "Text", "value": value}]});
        assert_eq!(diff(&text("a"), &text("ab")), Change::Appended(vec![]));
    }

    /// What `diff_widget` of 1.6.5 answers to the same two states.
    #[test]
    fn states_differ_as_the_reference_server_has_it() {
        let text = |value: &str| json!({"type": "Text", "id": "t", "value": value});
        let card = |child: Value| json!({"type": "Card", "children": [child]});
        let same = Change::Appended(vec![]);
        // What stands in a transition is no list, whose texts are looked for.
        let transition = |child: Value| card(json!({"type": "Transition", "children": child}));
        let (before, after) = (transition(text("a")), transition(text("ab")));
        assert_eq!(diff(&before, &after), same);
        assert_eq!(diff(&after, &before), Change::Root);
        let row = |value| transition(json!({"type": "Row", "children": [text(value)]}));
        assert_eq!(diff(&row("a"), &row("ab")), same);
        // A field with its default is none.
        let button =
            |action: Value| card(json!({"type": "Button", "label": "x", "onClickAction": action}));
        let plain = button(json!({"type": "go"}));
        for spelled in [
            json!({"type": "go", "handler": "server"}),
            json!({"type": "go", "loadingBehavior": "auto", "payload": null}),
            json!({"type": "go", "streaming": true}),
        ] {
            assert_eq!(diff(&plain, &button(spelled.clone())), same, "{spelled}");
        }
        for other in [
            json!({"type": "go", "handler": "client"}),
            json!({"type": "go", "streaming": false}),
            json!({"type": "went"}),
            json!(null),
        ] {
            assert_eq!(
                diff(&plain, &button(other.clone())),
                Change::Root,
                "{other}"
            );
        }
        let confirm = |action: Value| {
            let confirm = json!({"label": "Yes", "action": action});
            json!({"type": "Card", "children": [], "confirm": confirm})
        };
        let (short, long) = (
            json!({"type": "go"}),
            json!({"type": "go", "handler": "server"}),
        );
        assert_eq!(diff(&confirm(short), &confirm(long)), same);
        let options = |more: Value| {
            let mut option = json!({"value": "a", "label": "A"});
            option
                .as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            card(json!({"type": "Select", "name": "n", "options": [option]}))
        };
        let disabled = options(json!({"disabled": null}));
        assert_eq!(diff(&options(json!({})), &disabled), Change::Root);
        let padded = |padding: Value| json!({"type": "Card", "children": [], "padding": padding});
        assert_eq!(diff(&padded(json!(1)), &padded(json!(1.0))), same);
        assert_eq!(
            diff(&padded(json!({"x": 1})), &padded(json!({"x": 1.0}))),
            same
        );
    }

    #[test]
    fn of_two_texts_with_one_id_the_last_streams_and_an_empty_id_is_none() {
        let texts = |one: &str, two: &str, id: &str| {
            let text = |value: &str| json!({"type": "Text", "id": id, "value": value});
            json!({"type": "Card", "children": [text(one), text(two)]})
        };
        assert_eq!(
            diff(&texts("a", "x", "t"), &texts("ab", "xy", "t")),
            delta("y", true)
        );
        let none = Change::Appended(vec![]);
        assert_eq!(diff(&texts("a", "x", ""), &texts("ab", "xy", "")), none);
    }
}
