//! Threads and items of the REST API as the protocol shows them.
//!
//! Facts: `openai` (PyPI), `types/beta/chatkit/chatkit_thread*.py`; `openai-chatkit`, `types.py`.

use serde_json::{Map, Value, json};

use crate::protocol::hosted::{
    RestAnnotation, RestGroupedTask, RestItem, RestItemKind, RestText, RestThread, RestToolCall,
    RestToolStatus, RestUserMessage,
};

/// A thread; whose it is has no place in the protocol.
pub fn thread(thread: &RestThread) -> Value {
    let mut shown = json!({
        "id": thread.id, "title": thread.title, "created_at": time(thread.created_at),
        "status": thread.status,
    });
    extend(
        &mut shown,
        serde_json::to_value(&thread.extra).unwrap_or_default(),
    );
    shown
}

/// An item.
pub fn item(item: RestItem) -> Value {
    let mut shown = json!({
        "id": item.id, "thread_id": item.thread_id, "created_at": time(item.created_at),
    });
    let (kind, fields) = match item.kind {
        RestItemKind::UserMessage(message) => ("user_message", user_message(message)),
        RestItemKind::AssistantMessage(message) => {
            let content: Vec<Value> = message.content.into_iter().map(output_text).collect();
            ("assistant_message", json!({"content": content}))
        }
        RestItemKind::Widget(widget) => ("widget", json!({"widget": component(&widget.widget)})),
        RestItemKind::ClientToolCall(call) => ("client_tool_call", tool_call(&call)),
        RestItemKind::Task(body) => {
            let task = task(
                &body.task_type,
                body.heading.as_deref(),
                body.summary.as_deref(),
            );
            ("task", json!({"task": task}))
        }
        RestItemKind::TaskGroup(group) => ("workflow", workflow(group.tasks)),
        // What this version does not know is carried as it came.
        RestItemKind::Unknown(unknown) => {
            shown["type"] = unknown.kind.into();
            extend(&mut shown, Value::Object(unknown.fields));
            return shown;
        }
    };
    shown["type"] = kind.into();
    extend(&mut shown, fields);
    shown
}

fn extend(shown: &mut Value, fields: Value) {
    if let (Some(shown), Value::Object(fields)) = (shown.as_object_mut(), fields) {
        shown.extend(fields);
    }
}

fn time(seconds: i64) -> Value {
    match jiff::Timestamp::from_second(seconds) {
        Ok(time) => time.to_string().into(),
        Err(_) => seconds.into(),
    }
}

fn user_message(message: RestUserMessage) -> Value {
    let (quotes, said): (Vec<RestText>, Vec<RestText>) = message
        .content
        .into_iter()
        .partition(|part| part.kind == "quoted_text");
    let content: Vec<Value> = said
        .into_iter()
        .map(|part| json!({"type": "input_text", "text": part.text}))
        .collect();
    let quote: Vec<String> = quotes.into_iter().map(|quote| quote.text).collect();
    json!({
        "content": content,
        "attachments": message.attachments,
        "quoted_text": (!quote.is_empty()).then(|| quote.join("\n")),
        "inference_options": message.inference_options.unwrap_or_default(),
    })
}

fn output_text(part: RestText) -> Value {
    let annotations = part.annotations.unwrap_or_default();
    let annotations: Vec<Value> = annotations.into_iter().map(annotation).collect();
    json!({"type": "output_text", "text": part.text, "annotations": annotations})
}

/// A source of the protocol has a title, and one of the REST API has none: its address stands for it.
fn annotation(annotation: RestAnnotation) -> Value {
    let mut source: Map<String, Value> = annotation.source.into_iter().collect();
    if !source.contains_key("title") {
        let name = source.get("url").or_else(|| source.get("filename"));
        let name = name
            .cloned()
            .unwrap_or_else(|| annotation.kind.clone().into());
        source.insert("title".to_owned(), name);
    }
    json!({"type": "annotation", "source": source})
}

/// A widget is JSON in a string; a string that is none is shown as it is.
fn component(text: &str) -> Value {
    match serde_json::from_str::<Value>(text) {
        Ok(widget) if widget.is_object() => widget,
        _ => json!({"type": "Card", "children": [{"type": "Text", "value": text}]}),
    }
}

fn tool_call(call: &RestToolCall) -> Value {
    let is_done = call.status == RestToolStatus::Completed;
    let mut fields = json!({
        "status": if is_done { "completed" } else { "pending" },
        "call_id": call.call_id,
        "name": call.name,
        "arguments": json_or_text(&call.arguments),
    });
    if let Some(output) = &call.output {
        fields["output"] = json_or_text(output);
    }
    fields
}

fn json_or_text(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

fn workflow(tasks: Vec<RestGroupedTask>) -> Value {
    let is_reasoning = tasks.iter().all(|task| task.kind == "thought");
    let kind = if is_reasoning { "reasoning" } else { "custom" };
    let tasks: Vec<Value> = tasks
        .into_iter()
        .map(|one| task(&one.kind, one.heading.as_deref(), one.summary.as_deref()))
        .collect();
    json!({"workflow": {"type": kind, "tasks": tasks, "expanded": false}})
}

fn task(kind: &str, heading: Option<&str>, summary: Option<&str>) -> Value {
    if kind == "thought" {
        let content = summary.unwrap_or_default();
        return json!({"type": "thought", "title": heading, "content": content});
    }
    json!({"type": "custom", "title": heading, "content": summary})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Item, Thread};

    fn converted(mut fields: Value) -> Value {
        extend(
            &mut fields,
            json!({"id": "i", "thread_id": "t", "object": "chatkit.thread_item", "created_at": 1_795_219_005}),
        );
        let shown = item(serde_json::from_value(fields).unwrap());
        // Whatever comes out is an item of the protocol.
        serde_json::from_value::<Item>(shown.clone()).unwrap();
        assert_eq!(shown["created_at"], "2026-11-20T23:56:45Z");
        shown
    }

    #[test]
    fn a_thread_is_shown_as_the_protocol_does() {
        let rest = json!({"object": "chatkit.thread", "id": "t", "created_at": 0, "user": "ann",
            "title": null, "status": {"type": "locked", "reason": "r"}, "new": 1});
        let shown = thread(&serde_json::from_value(rest).unwrap());
        assert_eq!(
            shown,
            json!({"id": "t", "title": null, "created_at": "1970-01-01T00:00:00Z",
                "status": {"type": "locked", "reason": "r"}, "new": 1})
        );
        serde_json::from_value::<Thread>(shown).unwrap();
    }

    #[test]
    fn strings_of_json_become_json() {
        let widget = converted(
            json!({"type": "chatkit.widget", "widget": "{\"type\":\"Card\",\"children\":[]}"}),
        );
        assert_eq!(widget["widget"], json!({"type": "Card", "children": []}));
        let broken = converted(json!({"type": "chatkit.widget", "widget": "{oops"}));
        assert_eq!(broken["widget"]["children"][0]["value"], "{oops");
        let call = converted(
            json!({"type": "chatkit.client_tool_call", "status": "completed", "call_id": "c",
            "name": "n", "arguments": "{\"a\":1}", "output": "plain"}),
        );
        assert_eq!(
            (&call["status"], &call["arguments"], &call["output"]),
            (&json!("completed"), &json!({"a": 1}), &json!("plain"))
        );
    }

    #[test]
    fn messages_keep_quotes_attachments_and_references() {
        let said = converted(
            json!({"type": "chatkit.user_message", "inference_options": null,
            "content": [{"type": "quoted_text", "text": "q"}, {"type": "input_text", "text": "a"}],
            "attachments": [{"id": "f", "type": "file", "name": "n", "mime_type": "text/plain"}]}),
        );
        assert_eq!(said["quoted_text"], "q");
        assert_eq!(
            said["content"],
            json!([{"type": "input_text", "text": "a"}])
        );
        assert_eq!(said["attachments"][0]["id"], "f");
        let answered = converted(
            json!({"type": "chatkit.assistant_message", "content": [{"type": "output_text",
            "text": "a", "annotations": [{"type": "url", "source": {"type": "url", "url": "u"}}]}]}),
        );
        assert_eq!(
            answered["content"][0]["annotations"][0]["source"],
            json!({"type": "url", "url": "u", "title": "u"})
        );
    }

    #[test]
    fn tasks_keep_their_words() {
        let group = converted(json!({"type": "chatkit.task_group", "tasks": [
            {"type": "thought", "heading": "h", "summary": "s"}]}));
        assert_eq!(group["workflow"]["type"], "reasoning");
        assert_eq!(group["workflow"]["tasks"][0]["content"], "s");
        let one = converted(
            json!({"type": "chatkit.task", "task_type": "custom", "heading": "h", "summary": null}),
        );
        assert_eq!(one["task"]["title"], "h");
    }
}
