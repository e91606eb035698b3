//! Which live id stands for which recorded one.

use std::collections::HashMap;

use serde_json::Value;

use super::compare::counterparts;
use super::row::Folded;

/// The ids of a recording, as the live backend calls them.
#[derive(Debug, Default)]
pub struct Ids {
    ids: HashMap<String, String>,
    /// The questions of a form, by the form's recorded id and their own.
    questions: HashMap<(String, String), String>,
}

impl Ids {
    /// The live id.
    pub fn get(&self, recorded: &str) -> Option<&str> {
        self.ids.get(recorded).map(String::as_str)
    }

    /// Remembers which id stands for a recorded one.
    pub fn set(&mut self, recorded: &str, live: &str) {
        self.ids.insert(recorded.to_owned(), live.to_owned());
    }

    /// Learns from two answers to one request what their parts are called.
    pub fn learn(&mut self, recorded: &Folded, live: &Folded) {
        if let (Some(one), Some(two)) = (&recorded.thread, &live.thread) {
            self.set(one, two);
        }
        for (one, two) in counterparts(&recorded.rows, &live.rows) {
            self.pair(&one.value, &two.value, "id");
            self.pair(&one.value, &two.value, "call_id");
            self.list(&one.value, &two.value);
            self.form(&one.value, &two.value);
        }
    }

    fn pair(&mut self, recorded: &Value, live: &Value, field: &str) {
        let id = |value: &Value| value.get(field)?.as_str().map(str::to_owned);
        if let (Some(one), Some(two)) = (id(recorded), id(live)) {
            self.ids.insert(one, two);
        }
    }

    fn list(&mut self, recorded: &Value, live: &Value) {
        for (one, two) in zipped(recorded, live, "attachments") {
            self.pair(one, two, "id");
        }
    }

    /// The questions of a form belong together by their order.
    fn form(&mut self, recorded: &Value, live: &Value) {
        let id = |value: &Value| value.get("id")?.as_str().map(str::to_owned);
        let Some(form) = id(recorded) else { return };
        for (one, two) in zipped(recorded, live, "inputs") {
            if let (Some(one), Some(two)) = (id(one), id(two)) {
                self.questions.insert((form.clone(), one), two);
            }
        }
    }

    /// Puts live ids in the place of recorded ones, wherever a text is one.
    pub fn map(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Some(live) = self.ids.get(text) {
                    text.clone_from(live);
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.map(value)),
            Value::Object(fields) => fields.values_mut().for_each(|value| self.map(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Puts the live questions of a form in the place of the recorded ones.
    pub fn map_answers(&self, form: &str, answers: &mut Value) {
        let Some(fields) = answers.as_object_mut() else {
            return;
        };
        let given = std::mem::take(fields);
        for (question, answer) in given {
            let live = self.questions.get(&(form.to_owned(), question.clone()));
            fields.insert(live.cloned().unwrap_or(question), answer);
        }
    }
}

fn zipped<'a>(
    one: &'a Value,
    two: &'a Value,
    field: &str,
) -> impl Iterator<Item = (&'a Value, &'a Value)> {
    let list = |value: &'a Value| value.get(field).and_then(Value::as_array);
    let (one, two) = (list(one), list(two));
    one.into_iter().flatten().zip(two.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::protocol::ItemId;
    use crate::replay::row::Row;

    fn folded(thread: &str, rows: &[Value]) -> Folded {
        let rows = rows.iter().map(|value| Row {
            kind: value["type"].as_str().unwrap().to_owned(),
            id: Some(ItemId::from(value["id"].as_str().unwrap())),
            value: value.clone(),
        });
        Folded {
            rows: rows.collect(),
            thread: Some(thread.to_owned()),
            is_partial: false,
        }
    }

    #[test]
    fn items_are_paired_by_their_kind_and_order_whatever_they_say() {
        let recorded = folded(
            "t1",
            &[
                json!({"id": "u1", "type": "user_message", "attachments": [{"id": "f1"}]}),
                json!({"id": "a1", "type": "assistant_message"}),
                json!({"id": "s1", "type": "structured_input", "inputs": [{"id": "q1"}, {"id": "q2"}]}),
            ],
        );
        let live = folded(
            "t2",
            &[
                json!({"id": "u2", "type": "user_message", "attachments": [{"id": "f2"}]}),
                json!({"id": "w2", "type": "workflow"}),
                json!({"id": "s2", "type": "structured_input", "inputs": [{"id": "x1"}, {"id": "x2"}]}),
            ],
        );
        let mut ids = Ids::default();
        ids.learn(&recorded, &live);
        let mut value =
            json!({"thread_id": "t1", "item_id": "s1", "attachments": ["f1"], "text": "about t1"});
        ids.map(&mut value);
        assert_eq!(
            value,
            json!({"thread_id": "t2", "item_id": "s2", "attachments": ["f2"], "text": "about t1"})
        );
        assert_eq!(
            ids.get("a1"),
            None,
            "there is no answer that plays its part"
        );
        let mut answers = json!({"q2": 2, "q1": 1});
        ids.map_answers("s1", &mut answers);
        assert_eq!(answers, json!({"x2": 2, "x1": 1}));
    }
}
