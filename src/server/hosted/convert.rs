//! Threads and items as the REST API shows them, from the protocol's shapes.
//!
//! Facts: `openai` (PyPI), `types/beta/chatkit/chatkit_thread*.py`.

use serde_json::json;

use crate::protocol::hosted::{
    RestAnnotation, RestAssistantMessage, RestGroupedTask, RestItem, RestItemKind, RestTask,
    RestTaskGroup, RestText, RestThread, RestToolCall, RestToolStatus, RestUserMessage, RestWidget,
};
use crate::protocol::{
    Annotation, AssistantMessage, Attachment, ClientToolCall, Extra, Item, ItemKind, Object,
    OutputText, SourceKind, Task, TaskKind, Thread, ToolCallStatus, UserContent, UserMessage,
};

/// A thread, and whose it is.
pub(super) fn thread(thread: Thread, user: &str) -> RestThread {
    RestThread {
        object: "chatkit.thread".into(),
        created_at: thread.created_at.unix_seconds(),
        id: thread.id,
        title: thread.title,
        status: thread.status,
        user: user.to_owned(),
        extra: Extra::default(),
    }
}

/// An item; `None` for a kind that the REST API does not have.
pub(super) fn item(item: Item) -> Option<RestItem> {
    let kind = match item.kind {
        ItemKind::UserMessage(message) => RestItemKind::UserMessage(user_message(message)),
        ItemKind::AssistantMessage(message) => {
            RestItemKind::AssistantMessage(assistant_message(message))
        }
        ItemKind::Widget(widget) => RestItemKind::Widget(RestWidget {
            widget: as_text(&widget.widget),
            extra: Extra::default(),
        }),
        ItemKind::ClientToolCall(call) => RestItemKind::ClientToolCall(tool_call(call)),
        ItemKind::Task(item) => RestItemKind::Task(single_task(item.task)),
        ItemKind::Workflow(item) => RestItemKind::TaskGroup(RestTaskGroup {
            tasks: item.workflow.tasks.into_iter().map(grouped_task).collect(),
            extra: Extra::default(),
        }),
        ItemKind::GeneratedImage(_)
        | ItemKind::StructuredInput(_)
        | ItemKind::EndOfTurn(_)
        | ItemKind::HiddenContext(_)
        | ItemKind::SdkHiddenContext(_)
        | ItemKind::Unknown(_) => return None,
    };
    Some(RestItem {
        object: "chatkit.thread_item".into(),
        created_at: item.created_at.unix_seconds(),
        id: item.id,
        thread_id: item.thread_id,
        kind,
    })
}

fn user_message(message: UserMessage) -> RestUserMessage {
    let quote = message.quoted_text.map(|quote| text("quoted_text", quote));
    // The REST API has no tags: what the user reads in one stands for it.
    let said = message.content.iter().filter_map(|part| match part {
        UserContent::Unknown(_) => None,
        part => Some(text("input_text", part.shown().to_owned())),
    });
    RestUserMessage {
        content: quote.into_iter().chain(said).collect(),
        attachments: message.attachments.into_iter().map(attachment).collect(),
        inference_options: Some(message.inference_options)
            .filter(|options| options.model.is_some() || options.tool_choice.is_some()),
        extra: Extra::default(),
    }
}

/// What the REST API shows of an attachment.
fn attachment(attachment: Attachment) -> Attachment {
    Attachment {
        upload_descriptor: None,
        upload_url: None,
        thread_id: None,
        metadata: None,
        ..attachment
    }
}

fn assistant_message(message: AssistantMessage) -> RestAssistantMessage {
    RestAssistantMessage {
        content: message
            .content
            .into_iter()
            .filter_map(output_text)
            .collect(),
        extra: Extra::default(),
    }
}

/// Parts of other types have no shape in the REST API.
fn output_text(part: OutputText) -> Option<RestText> {
    if part.is_foreign() {
        return None;
    }
    Some(RestText {
        annotations: Some(
            part.annotations
                .into_iter()
                .filter_map(annotation)
                .collect(),
        ),
        ..text("output_text", part.text)
    })
}

fn text(kind: &str, text: String) -> RestText {
    RestText {
        kind: kind.to_owned(),
        text,
        annotations: None,
        extra: Extra::default(),
    }
}

/// References to entities, and of other types, have no shape in the REST API.
fn annotation(annotation: Annotation) -> Option<RestAnnotation> {
    let (kind, field, value) = match annotation.source?.kind {
        SourceKind::Url(source) => ("url", "url", source.url),
        SourceKind::File(source) => ("file", "filename", source.filename),
        SourceKind::Entity(_) | SourceKind::Unknown(_) => return None,
    };
    let source = Object::from_iter([
        ("type".to_owned(), json!(kind)),
        (field.to_owned(), json!(value)),
    ]);
    Some(RestAnnotation {
        kind: kind.to_owned(),
        source,
        extra: Extra::default(),
    })
}

fn tool_call(call: ClientToolCall) -> RestToolCall {
    RestToolCall {
        status: match call.status {
            ToolCallStatus::Completed => RestToolStatus::Completed,
            _ => RestToolStatus::InProgress,
        },
        call_id: call.call_id,
        name: call.name,
        arguments: as_text(&call.arguments),
        output: call.output.as_ref().map(as_text),
        extra: Extra::default(),
    }
}

fn single_task(task: Task) -> RestTask {
    let task = summarised(task);
    RestTask {
        heading: task.heading,
        summary: task.summary,
        task_type: task.kind.to_owned(),
        extra: Extra::default(),
    }
}

fn grouped_task(task: Task) -> RestGroupedTask {
    let task = summarised(task);
    RestGroupedTask {
        kind: task.kind.to_owned(),
        heading: task.heading,
        summary: task.summary,
        extra: Extra::default(),
    }
}

/// A task in the two kinds that the REST API has.
struct Summarised {
    kind: &'static str,
    heading: Option<String>,
    summary: Option<String>,
}

fn summarised(task: Task) -> Summarised {
    let (kind, heading, summary) = match task.kind {
        TaskKind::Thought(task) => ("thought", task.title, Some(task.content)),
        TaskKind::Custom(task) => ("custom", task.title, task.content),
        TaskKind::WebSearch(task) => {
            let summary = listed(task.queries.into_iter());
            ("custom", task.title.or(task.title_query), summary)
        }
        TaskKind::File(task) => {
            let titles = task.sources.into_iter().map(|source| source.title);
            ("custom", task.title, listed(titles))
        }
        TaskKind::Image(task) => ("custom", task.title, None),
        TaskKind::Unknown(_) => ("custom", None, None),
    };
    Summarised {
        kind,
        heading,
        summary,
    }
}

fn listed(words: impl Iterator<Item = String>) -> Option<String> {
    let words: Vec<_> = words.collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// JSON in a string, as the REST API carries what it does not type.
fn as_text<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("a shape with string keys serialises into memory")
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// The item's own fields in the REST API, without those that all items have.
    fn converted(mut fields: Value) -> Value {
        let common = json!({"id": "i", "thread_id": "t", "created_at": "2026-11-20T23:56:45"});
        fields
            .as_object_mut()
            .unwrap()
            .extend(common.as_object().unwrap().clone());
        let Some(rest) = item(serde_json::from_value(fields).unwrap()) else {
            return Value::Null;
        };
        let mut rest = serde_json::to_value(rest).unwrap();
        let object = rest.as_object_mut().unwrap();
        assert_eq!(object.remove("object").unwrap(), "chatkit.thread_item");
        assert_eq!(object.remove("created_at").unwrap(), 1_795_219_005);
        assert_eq!(object.remove("id").unwrap(), "i");
        assert_eq!(object.remove("thread_id").unwrap(), "t");
        rest
    }

    #[test]
    fn a_users_message_keeps_its_quote_and_what_its_tags_show() {
        let rest = converted(json!({
            "type": "user_message", "quoted_text": "q",
            "content": [{"type": "input_text", "text": "a "},
                {"type": "input_tag", "id": "x", "text": "@x", "data": {}, "interactive": false}],
            "attachments": [{"id": "f", "type": "file", "name": "n", "mime_type": "text/plain",
                "thread_id": "t", "metadata": {"a": 1},
                "upload_descriptor": {"url": "u", "method": "PUT", "headers": {"token": "secret"}}}],
            "inference_options": {"model": "m"},
        }));
        assert_eq!(
            rest,
            json!({
                "type": "chatkit.user_message",
                "content": [{"type": "quoted_text", "text": "q"},
                    {"type": "input_text", "text": "a "}, {"type": "input_text", "text": "@x"}],
                "attachments": [{"id": "f", "type": "file", "name": "n", "mime_type": "text/plain"}],
                "inference_options": {"model": "m"},
            })
        );
    }

    #[test]
    fn an_assistants_message_keeps_references_to_pages_and_files() {
        let rest = converted(json!({
            "type": "assistant_message",
            "content": [{"type": "output_text", "text": "a", "annotations": [
                {"type": "annotation", "index": 1, "source": {"type": "url", "title": "t", "url": "u"}},
                {"type": "annotation", "source": {"type": "file", "title": "t", "filename": "f"}},
                {"type": "annotation", "source": {"type": "entity", "title": "t", "id": "e"}},
            ]}],
        }));
        assert_eq!(
            rest,
            json!({
                "type": "chatkit.assistant_message",
                "content": [{"type": "output_text", "text": "a", "annotations": [
                    {"type": "url", "source": {"type": "url", "url": "u"}},
                    {"type": "file", "source": {"type": "file", "filename": "f"}},
                ]}],
            })
        );
    }

    #[test]
    fn widgets_and_tool_calls_carry_json_in_strings() {
        let rest = converted(json!({"type": "widget", "widget": {"type": "Card", "children": []}}));
        let widget: Value = serde_json::from_str(rest["widget"].as_str().unwrap()).unwrap();
        assert_eq!(widget["type"], "Card");
        let call = |status: &str, output: Value| {
            converted(
                json!({"type": "client_tool_call", "status": status, "call_id": "c",
                "name": "n", "arguments": {"a": 1}, "output": output}),
            )
        };
        assert_eq!(
            call("pending", Value::Null),
            json!({"type": "chatkit.client_tool_call", "status": "in_progress", "call_id": "c",
                "name": "n", "arguments": "{\"a\":1}", "output": null})
        );
        let done = call("completed", json!("text"));
        assert_eq!(
            (&done["status"], &done["output"]),
            (&json!("completed"), &json!("\"text\""))
        );
    }

    #[test]
    fn tasks_are_thoughts_or_custom_ones() {
        let thought =
            converted(json!({"type": "task", "task": {"type": "thought", "content": "hm"}}));
        assert_eq!(
            thought,
            json!({"type": "chatkit.task", "task_type": "thought", "heading": null, "summary": "hm"})
        );
        let group = converted(
            json!({"type": "workflow", "workflow": {"type": "custom", "tasks": [
                {"type": "web_search", "title_query": "q", "queries": ["a", "b"]},
                {"type": "file", "title": "Files", "sources": [{"type": "file", "title": "F", "filename": "f"}]},
                {"type": "image", "title": "Image"},
            ]}}),
        );
        assert_eq!(
            group,
            json!({"type": "chatkit.task_group", "tasks": [
                {"type": "custom", "heading": "q", "summary": "a, b"},
                {"type": "custom", "heading": "Files", "summary": "F"},
                {"type": "custom", "heading": "Image", "summary": null},
            ]})
        );
    }

    #[test]
    fn what_the_rest_api_does_not_have_is_left_out() {
        for fields in [
            json!({"type": "generated_image"}),
            json!({"type": "structured_input", "status": "pending", "inputs": []}),
            json!({"type": "end_of_turn"}),
            json!({"type": "hidden_context_item", "content": "h"}),
            json!({"type": "sdk_hidden_context", "content": "h"}),
            json!({"type": "something_new"}),
        ] {
            assert_eq!(converted(fields), Value::Null);
        }
    }
}
