//! Items, tasks, notices and forms as plain text, uncleaned: whoever prints it cleans it.

use std::fmt::Write as _;

use serde_json::Value;

use super::clean::clean_value;
use super::table::shorten;
use super::{clean, clean_line, image, plain_widget};
use crate::protocol::widget::Component;
use crate::protocol::{
    AnswerStatus, AssistantMessage, ClientEffect, ClientToolCall, InputKind, Item, ItemKind,
    Notice, Object, Question, Source, SourceKind, StatusIndicator, StructuredInput, Task, TaskKind,
    Thread, ThreadStatus, Unknown, UserContent, UserMessage, WidgetItem, Workflow,
};

/// The fields of a question and of a source that are shown of an unknown one, too.
pub(super) const QUESTION_FIELDS: [&str; 3] = ["id", "question", "answer"];
pub(super) const SOURCE_FIELDS: [&str; 5] = ["title", "description", "timestamp", "group", "url"];

/// How much is shown of what nobody knows how to show, in columns.
const EXCERPT: usize = 400;

/// The text of a widget: what it shows, one block a line.
///
/// Its copy text, which is made for a clipboard and often says less, stands in when it shows none.
pub fn widget(item: &WidgetItem) -> String {
    let shown = component(&item.widget);
    match &item.copy_text {
        Some(text) if shown.is_empty() => text.clone(),
        _ => shown,
    }
}

/// What a component shows, one block a line.
pub fn component(component: &Component) -> String {
    plain_widget::lines(component).join("\n")
}

/// A task in one line, for example `web search: rust sse (2 sources)`.
pub fn task(task: &Task) -> String {
    let (kind, title, detail) = match &task.kind {
        TaskKind::Custom(body) => ("task", body.title.as_ref(), body.content.clone()),
        TaskKind::Thought(body) => ("thought", body.title.as_ref(), Some(body.content.clone())),
        TaskKind::WebSearch(body) => {
            let title = body.title.as_ref().or(body.title_query.as_ref());
            let asked = (!body.queries.is_empty()).then(|| body.queries.join(", "));
            ("web search", title, with_sources(asked, body.sources.len()))
        }
        TaskKind::File(body) => {
            let detail = with_sources(None, body.sources.len());
            ("files", body.title.as_ref(), detail)
        }
        TaskKind::Image(body) => ("image", body.title.as_ref(), None),
        TaskKind::Unknown(unknown) => return foreign("task", &unknown.kind, Some(&unknown.fields)),
    };
    let parts: Vec<&str> = [title, detail.as_ref()]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .filter(|part| !part.trim().is_empty())
        .collect();
    let mark = match task.status_indicator {
        StatusIndicator::Loading => " …",
        _ => "",
    };
    match parts.as_slice() {
        [] => format!("{kind}{mark}"),
        parts => format!("{kind}: {}{mark}", parts.join(": ")),
    }
}

/// Something of a type that this version does not know, with what it says, cleaned:
/// `part of the type refusal: {"refusal":"no"}`.
pub fn foreign(what: &str, kind: &str, fields: Option<&Object>) -> String {
    let head = format!("{what} of the type {}", clean_line(kind));
    match fields.and_then(|fields| excerpt(fields, &[])) {
        Some(fields) => format!("{head}: {fields}"),
        None => head,
    }
}

/// What something of an unknown type says besides the fields that are shown already, cleaned and
/// behind a space; nothing where that is nothing.
pub(super) fn besides(fields: Option<&Object>, shown: &[&str]) -> String {
    let rest = fields.and_then(|fields| excerpt(fields, shown));
    rest.map_or_else(String::new, |rest| format!(" {rest}"))
}

/// These fields but for the shown ones, which are no others than texts and objects.
fn excerpt(fields: &Object, shown: &[&str]) -> Option<String> {
    let is_shown = |name: &str, value: &Value| {
        shown.contains(&name) && (value.is_string() || value.is_object() || value.is_null())
    };
    let rest = fields.iter().filter(|(name, value)| !is_shown(name, value));
    let rest: Object = rest
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    (!rest.is_empty()).then(|| shorten(&clean_value(&Value::Object(rest)), EXCERPT))
}

/// The parts of a message that have no text to show, each in a line.
pub fn foreign_parts(message: &AssistantMessage) -> impl Iterator<Item = String> {
    let parts = message.content.iter().filter(|part| part.is_foreign());
    parts.map(|part| foreign("part", &part.kind, part.extra.fields()))
}

/// The parts of a user's message that are neither text nor a mention, each in a line.
pub fn foreign_content(message: &UserMessage) -> impl Iterator<Item = String> {
    message.content.iter().filter_map(|part| match part {
        UserContent::Unknown(body) => Some(foreign("part", &body.kind, Some(&body.fields))),
        UserContent::Text(_) | UserContent::Tag(_) => None,
    })
}

/// An event of a type that this version does not know, with what it says, cleaned.
pub fn unknown_event(event: &Unknown) -> String {
    let kind = clean_line(&event.kind);
    format!(
        "event of the unknown type {kind}{}",
        besides(Some(&event.fields), &[])
    )
}

/// What a message refers to, numbered, each in a line: `[1] Title (https://…)`.
pub fn sources(message: &AssistantMessage) -> impl Iterator<Item = String> {
    let annotations = message.content.iter().flat_map(|part| &part.annotations);
    (1..).zip(annotations).map(|(number, annotation)| {
        let kind = || annotation.kind.clone() + &besides(annotation.extra.fields(), &[]);
        let words = annotation.source.as_ref().map_or_else(kind, source);
        format!("[{number}] {words}")
    })
}

/// A source by its title, and where it is.
fn source(source: &Source) -> String {
    let place = match &source.kind {
        SourceKind::Url(body) => body.url.clone(),
        SourceKind::File(body) => body.filename.clone(),
        SourceKind::Entity(body) => body.id.clone(),
        SourceKind::Unknown(body) => match source.address() {
            Some(address) => format!("{}: {address}", body.kind),
            None => body.kind.clone(),
        },
    };
    let place = match source.title.trim() {
        "" => place,
        title if title == place => place,
        title => format!("{title} ({place})"),
    };
    match &source.kind {
        SourceKind::Unknown(body) => place + &besides(Some(&body.fields), &SOURCE_FIELDS),
        _ => place,
    }
}

fn with_sources(text: Option<String>, count: usize) -> Option<String> {
    let noun = if count == 1 { "source" } else { "sources" };
    match (text, count) {
        (text, 0) => text,
        (None, count) => Some(format!("{count} {noun}")),
        (Some(text), count) => Some(format!("{text} ({count} {noun})")),
    }
}

/// A workflow's heading: its summary, or what it is.
pub fn workflow_heading(workflow: &Workflow) -> String {
    let summary = workflow.summary.as_ref();
    if let Some(title) = summary.and_then(|summary| summary.title.as_deref()) {
        return format!("{}: {title}", workflow.kind);
    }
    match summary.and_then(|summary| summary.duration.as_ref()) {
        Some(seconds) => format!("{}: took {seconds} s", workflow.kind),
        None => workflow.kind.to_string(),
    }
}

/// A notice in one line.
pub fn notice(notice: &Notice) -> String {
    match &notice.title {
        Some(title) => format!("{}: {title}: {}", notice.level, notice.message),
        None => format!("{}: {}", notice.level, notice.message),
    }
}

/// What the page was asked to do.
pub fn effect(effect: &ClientEffect) -> String {
    if effect.data.is_empty() {
        return format!("client effect: {}", effect.name);
    }
    let data = clean_value(&Value::Object(effect.data.clone()));
    format!("client effect: {} {data}", effect.name)
}

/// A tool call, as a function is called.
pub fn tool_call(call: &ClientToolCall) -> String {
    let called = format!("{}({})", call.name, clean_value(&call.arguments));
    match &call.output {
        Some(output) => format!("{called} = {}", clean_value(output)),
        None => called,
    }
}

/// A form: each question with its options, and its answer if there is one.
pub fn form(form: &StructuredInput) -> String {
    questions(form).join("\n")
}

/// The same, a question each.
pub fn questions(form: &StructuredInput) -> Vec<String> {
    let mut questions: Vec<String> = form.inputs.iter().map(question).collect();
    if form.status == AnswerStatus::Skipped {
        questions.push("(skipped)".to_owned());
    }
    questions
}

fn question(question: &Question) -> String {
    let mut line = match &question.kind {
        InputKind::Unknown(unknown) if unknown.is_whole => {
            let said = format!("‹{}› {}", unknown.kind, question.question);
            said.trim_end().to_owned()
        }
        InputKind::Unknown(unknown) => {
            format!("{}: {} ‹{}›", question.id, question.question, unknown.kind)
        }
        _ => format!("{}: {}", question.id, question.question),
    };
    match &question.kind {
        InputKind::MultipleChoice(body) => {
            let options: Vec<&str> = body.options.iter().map(|o| o.value.as_str()).collect();
            let many = if body.multiple { "any of " } else { "" };
            let _ = write!(line, " ({many}{})", options.join(" | "));
        }
        InputKind::Freeform(body) => {
            if let Some(description) = &body.description {
                let _ = write!(line, " ({description})");
            }
        }
        InputKind::Unknown(unknown) => {
            line.push_str(&besides(Some(&unknown.fields), &QUESTION_FIELDS));
        }
    }
    if let Some(answer) = &question.answer {
        let given = if answer.skipped {
            "skipped".to_owned()
        } else {
            answer.values.join(", ")
        };
        let _ = write!(line, " → {given}");
    }
    line
}

/// A thread to read, in Markdown and cleaned: its title, and each item below who or what it is.
pub fn thread(thread: &Thread) -> String {
    let mut text = format!("# {}\n", clean_line(title(thread)));
    for row in &thread.items.data {
        let shown = item(row);
        if !shown.trim().is_empty() {
            let _ = write!(text, "\n## {}\n\n{}\n", kind(row), clean(shown.trim_end()));
        }
    }
    text
}

/// An item's text, whole; empty for one that shows nothing.
pub fn item(item: &Item) -> String {
    match &item.kind {
        ItemKind::UserMessage(body) => user_message(body),
        ItemKind::AssistantMessage(body) => body.text(),
        ItemKind::ClientToolCall(body) => tool_call(body),
        ItemKind::Widget(body) => widget(body),
        ItemKind::GeneratedImage(body) => {
            let image = body.image.as_ref().filter(|image| !image.url.is_empty());
            image.map_or_else(
                || image::NONE.to_owned(),
                |image| image::in_words(None, &image.url),
            )
        }
        ItemKind::StructuredInput(body) => form(body),
        ItemKind::Workflow(body) => {
            let tasks = body
                .workflow
                .tasks
                .iter()
                .map(|step| format!("- {}", task(step)));
            let mut lines = vec![workflow_heading(&body.workflow)];
            lines.extend(tasks);
            lines.join("\n")
        }
        ItemKind::Task(body) => task(&body.task),
        ItemKind::EndOfTurn(_)
        | ItemKind::HiddenContext(_)
        | ItemKind::SdkHiddenContext(_)
        | ItemKind::Unknown(_) => String::new(),
    }
}

fn user_message(message: &UserMessage) -> String {
    let mut lines = Vec::new();
    if let Some(quote) = &message.quoted_text {
        lines.extend(quote.lines().map(|line| format!("> {line}")));
    }
    lines.push(message.text());
    lines.extend(foreign_content(message));
    for attachment in &message.attachments {
        lines.push(format!(
            "[{}] {}",
            attachment.kind.type_name(),
            attachment.name
        ));
    }
    lines.join("\n")
}

/// An item's kind in the words of a reader.
pub fn kind(item: &Item) -> &str {
    match &item.kind {
        ItemKind::UserMessage(_) => "user",
        ItemKind::AssistantMessage(_) => "assistant",
        ItemKind::ClientToolCall(_) => "tool",
        ItemKind::StructuredInput(_) => "form",
        ItemKind::GeneratedImage(_) => "image",
        other => other.type_name(),
    }
}

/// A thread's status, with its reason.
pub fn status(status: &ThreadStatus) -> String {
    match status.reason() {
        Some(reason) => format!("{} ({reason})", status.type_name()),
        None => match status {
            ThreadStatus::Unknown(body) => body.kind.clone() + &besides(Some(&body.fields), &[]),
            _ => status.type_name().to_owned(),
        },
    }
}

/// A thread's title, or what stands for it.
pub fn title(thread: &Thread) -> &str {
    thread.title.as_deref().unwrap_or("(untitled)")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(fields: &Value) -> String {
        let mut whole = json!({"id": "i", "thread_id": "t", "created_at": "2026-11-20T00:00:00"});
        whole
            .as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        item(&crate::protocol::from_value(whole).unwrap())
    }

    #[test]
    fn a_widgets_copy_text_stands_in_when_it_shows_none() {
        let empty = json!({"type": "Card", "children": [{"type": "Spacer"}]});
        let card = json!({"type": "Card", "children": [{"type": "Text", "value": "seen"}]});
        for (widget, text) in [(empty, "copied"), (card, "seen")] {
            let item = json!({"type": "widget", "widget": widget, "copy_text": "copied"});
            assert_eq!(shown(&item), text);
        }
    }

    #[test]
    fn a_workflow_lists_its_tasks() {
        let workflow = json!({"type": "reasoning", "summary": {"duration": 3}, "tasks": [
            {"type": "thought", "title": "Plan", "content": "look it up"},
            {"type": "web_search", "queries": ["a", "b"], "status_indicator": "loading",
             "sources": [{"type": "url", "title": "A", "url": "https://a"}]},
            {"type": "dance"},
        ]});
        assert_eq!(
            shown(&json!({"type": "workflow", "workflow": workflow})),
            "reasoning: took 3 s\n- thought: Plan: look it up\n- web search: a, b (1 source) …\n- task of the type dance"
        );
    }

    #[test]
    fn an_image_that_never_came_is_told_so() {
        for image in [json!(null), json!({"id": "i", "url": ""})] {
            let item = json!({"type": "generated_image", "image": image});
            assert_eq!(shown(&item), "no image came");
        }
    }

    #[test]
    fn a_form_shows_options_and_answers() {
        let inputs = json!([
            {"type": "multiple_choice", "id": "size", "question": "Which?",
             "options": [{"value": "s"}, {"value": "m"}], "answer": {"values": ["m"]}},
            {"type": "freeform", "id": "why", "question": "Why?", "description": "in short"},
        ]);
        assert_eq!(
            shown(&json!({"type": "structured_input", "status": "pending", "inputs": inputs})),
            "size: Which? (s | m) → m\nwhy: Why? (in short)"
        );
    }

    #[test]
    fn a_user_message_shows_its_quote_and_its_files() {
        assert_eq!(
            shown(&json!({"type": "user_message", "quoted_text": "q",
                "content": [{"type": "input_text", "text": "hi "}, {"type": "input_tag", "id": "x", "text": "@x", "data": {}}],
                "attachments": [{"id": "a", "type": "file", "name": "f.txt", "mime_type": "text/plain"}]})),
            "> q\nhi @x\n[file] f.txt"
        );
    }
}
