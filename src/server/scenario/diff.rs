//! What of a widget's next state is sent: text that was appended as a delta, all else as a whole.
//!
//! The rules are `diff_widget`'s (`openai-chatkit` 1.6.5, `server.py`).

use std::collections::BTreeSet;

use serde_json::Value;

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
    let mut deltas = Vec::new();
    appended(before, after, &mut deltas);
    Change::Appended(deltas)
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
            let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            names.into_iter().any(|name| {
                let is_text = grows && name == "value";
                !is_text
                    && replaces(
                        old.get(name).unwrap_or(&Value::Null),
                        new.get(name).unwrap_or(&Value::Null),
                    )
            })
        }
        _ => before != after,
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

/// The texts that grew; both states have the same components, or they would not be compared.
fn appended(before: &Value, after: &Value, deltas: &mut Vec<Delta>) {
    if let (Some(old), Some(new), Some(id)) = (
        streaming(before),
        streaming(after),
        after.get("id").and_then(Value::as_str),
    ) && let Some(text) = new.strip_prefix(old).filter(|text| !text.is_empty())
    {
        deltas.push(Delta {
            component_id: id.to_owned(),
            text: text.to_owned(),
            done: after.get("streaming") != Some(&Value::Bool(true)),
        });
    }
    match (before.get("children"), after.get("children")) {
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            for (before, after) in before.iter().zip(after) {
                appended(before, after, deltas);
            }
        }
        (Some(before), Some(after)) => appended(before, after, deltas),
        _ => {}
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
}
