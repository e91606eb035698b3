//! What of an item must be the same wherever it stands.

use serde_json::{Value, json};

use super::said::said;

/// What must be the same: texts and what they rest on, widgets, names, arguments, questions. What a
/// server may add, complete or spell in another way (times, thread ids, nulls, addresses that are
/// signed anew, statuses that go on) is left out.
pub(super) fn content(item: &Value) -> Value {
    let texts = |parts: &Value| -> Vec<Value> {
        let parts = parts.as_array().into_iter().flatten();
        parts.map(|part| part["text"].clone()).collect()
    };
    match item["type"].as_str().unwrap_or_default() {
        kind @ "user_message" => json!({"type": kind, "message": said(item)}),
        kind @ "assistant_message" => {
            json!({"type": kind, "texts": texts(&item["content"]), "sources": sources(item)})
        }
        kind @ "client_tool_call" => {
            let (name, call) = (&item["name"], &item["call_id"]);
            json!({"type": kind, "name": name, "call_id": call, "arguments": item["arguments"]})
        }
        kind @ "workflow" => {
            let tasks = item["workflow"]["tasks"].as_array();
            let tasks: Vec<_> = tasks.into_iter().flatten().map(task).collect();
            let summary = without_nulls(&item["workflow"]["summary"]);
            json!({"type": kind, "tasks": tasks, "summary": summary})
        }
        kind @ "task" => json!({"type": kind, "task": task(&item["task"])}),
        kind @ "generated_image" => json!({"type": kind, "image": item["image"]["id"]}),
        kind @ "structured_input" => {
            let inputs = item["inputs"].as_array().into_iter().flatten();
            let inputs: Vec<_> = inputs.map(question).collect();
            json!({"type": kind, "inputs": inputs})
        }
        kind @ "widget" => {
            let widget = without_nulls(&item["widget"]);
            json!({"type": kind, "widget": widget, "copy_text": item["copy_text"]})
        }
        kind => json!({"type": kind}),
    }
}

fn task(task: &Value) -> Value {
    json!([task["type"], task["title"], task["content"]])
}

/// A question without its answer, which another rule compares.
fn question(input: &Value) -> Value {
    let options = without_nulls(&input["options"]);
    json!([input["id"], input["type"], input["question"], options])
}

/// What the annotations of a message point to, and where in the text.
fn sources(message: &Value) -> Vec<Value> {
    let parts = message["content"].as_array().into_iter().flatten();
    let annotations = parts.filter_map(|part| part["annotations"].as_array());
    let source = |annotation: &Value| {
        let source = &annotation["source"];
        let place = [&source["url"], &source["filename"]];
        json!([source["type"], source["title"], place, annotation["index"]])
    };
    annotations.flatten().map(source).collect()
}

pub(super) fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(_, field)| !field.is_null());
            Value::Object(
                kept.map(|(name, field)| (name.clone(), without_nulls(field)))
                    .collect(),
            )
        }
        Value::Array(values) => values.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(kind: &str, fields: Value) -> Value {
        let mut item = fields;
        item["type"] = json!(kind);
        item["id"] = json!("a");
        item
    }

    /// The item, and the same after the field at `path` became `value`.
    fn changed(item: &Value, path: &str, value: Value) -> Value {
        let mut item = item.clone();
        *item.pointer_mut(path).unwrap() = value;
        item
    }

    #[test]
    fn a_mistake_in_any_kind_of_item_is_a_difference() {
        let source = json!({"type": "url", "title": "T", "url": "http://a.example"});
        let annotation = json!({"type": "annotation", "source": source, "index": 1});
        let part = json!({"type": "output_text", "text": "one", "annotations": [annotation]});
        let answer = item("assistant_message", json!({"content": [part]}));
        let call = json!({"name": "n", "call_id": "c", "arguments": {"a": 1}});
        let call = item("client_tool_call", call);
        let task = json!({"type": "custom", "title": "t", "content": "c"});
        let single = item("task", json!({"task": task}));
        let workflow =
            json!({"workflow": {"type": "custom", "tasks": [task], "summary": {"title": "s"}}});
        let workflow = item("workflow", workflow);
        let image = item("generated_image", json!({"image": {"id": "i", "url": "u"}}));
        let option = json!({"value": "v", "label": "l"});
        let question =
            json!({"id": "q", "type": "multiple_choice", "question": "?", "options": [option]});
        let form = item("structured_input", json!({"inputs": [question]}));
        let card = json!({"type": "Card", "children": [{"type": "Text", "value": "x"}]});
        let widget = item("widget", json!({"widget": card, "copy_text": "x"}));
        let said = json!({"content": [{"type": "input_text", "text": "hi"}],
            "attachments": [{"id": "f"}], "quoted_text": "q",
            "inference_options": {"model": "m", "tool_choice": {"id": "t"}}});
        let said = item("user_message", said);
        for (item, path) in [
            (&answer, "/type"),
            (&answer, "/content/0/text"),
            (&answer, "/content/0/annotations/0/index"),
            (&answer, "/content/0/annotations/0/source/url"),
            (&answer, "/content/0/annotations/0/source/title"),
            (&call, "/name"),
            (&call, "/call_id"),
            (&call, "/arguments/a"),
            (&single, "/task/title"),
            (&workflow, "/workflow/tasks/0/content"),
            (&workflow, "/workflow/summary/title"),
            (&image, "/image/id"),
            (&form, "/inputs/0/question"),
            (&form, "/inputs/0/options/0/label"),
            (&widget, "/widget/children/0/value"),
            (&widget, "/copy_text"),
            (&said, "/content/0/text"),
            (&said, "/attachments/0/id"),
            (&said, "/quoted_text"),
            (&said, "/inference_options/model"),
            (&said, "/inference_options/tool_choice/id"),
        ] {
            let other = changed(item, path, json!("something else"));
            assert_ne!(content(item), content(&other), "{path} of {item}");
        }
        // Addresses are signed anew, and what is null may be left out.
        let other = changed(&image, "/image/url", json!("u?signed"));
        assert_eq!(content(&image), content(&other));
        let mut other = widget.clone();
        other["widget"]["size"] = Value::Null;
        assert_eq!(content(&widget), content(&other));
    }
}
