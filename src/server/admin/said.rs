//! What was said in a request and its answer, without what only the wire says.

use serde_json::Value;

use super::super::journal::Recorded;

/// Every text of a request and its answer, each on lines of its own. What only the wire says is
/// none: the path, the names of fields and of types, ids and times.
pub(super) fn texts(seen: &Recorded) -> String {
    let mut texts = seen.query.clone().unwrap_or_default();
    let mut values: Vec<&Value> = seen.body.iter().collect();
    if let Some(response) = &seen.response {
        values.extend(&response.body);
        let raw = response
            .events
            .iter()
            .filter_map(|event| event.raw.as_ref());
        for text in raw {
            texts.push('\n');
            texts.push_str(text);
        }
        values.extend(
            response
                .events
                .iter()
                .filter_map(|event| event.event.as_ref()),
        );
    }
    for value in values {
        collect(value, Words::Wire, &mut texts);
    }
    texts
}

/// Whose words the fields of an object are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Words {
    /// The protocol's: it has types, ids and times among them.
    Wire,
    /// An action's, whose type is the app's own word.
    Action,
    /// The app's, all of them.
    App,
}

impl Words {
    /// Whose words stand in this field.
    fn within(self, field: &str) -> Self {
        match field {
            _ if self == Self::App => Self::App,
            "arguments" | "metadata" | "output" | "payload" | "result" => Self::App,
            "action" => Self::Action,
            _ if field.ends_with("Action") => Self::Action,
            _ => Self::Wire,
        }
    }

    /// Whether a text in this field is said by nobody.
    fn passes_over(self, field: &str) -> bool {
        match field {
            "type" => self == Self::Wire,
            "id" | "created_at" | "object" => self != Self::App,
            _ => self != Self::App && field.ends_with("_id"),
        }
    }
}

fn collect(value: &Value, words: Words, texts: &mut String) {
    match value {
        Value::String(text) => {
            texts.push('\n');
            texts.push_str(text);
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, words, texts)),
        Value::Object(fields) => {
            for (field, value) in fields {
                if !(value.is_string() && words.passes_over(field)) {
                    collect(value, words.within(field), texts);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
