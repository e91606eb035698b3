//! Types that clients know: of events, of items, and of what stands in them.

use crate::check::evidence::Evidence;
use crate::check::rule::{Finding, Review, Verdict};
use crate::protocol::{
    Annotation, Attachment, AttachmentKind, Event, InputKind, Item, ItemKind, Level, OutputText,
    Source, SourceKind, Task, TaskKind, ThreadStatus, Update, UserContent,
};

const EXPECTED: &str = "a type of openai-chatkit 1.6.5";

pub(super) fn known_events(evidence: &Evidence) -> Verdict {
    judge(evidence, EXPECTED, unknown)
}

pub(super) fn known_parts(evidence: &Evidence) -> Verdict {
    let expected = "output_text of the assistant, input_text or input_tag of the user";
    judge(evidence, expected, unknown_part)
}

fn judge(
    evidence: &Evidence,
    expected: &str,
    unknown: impl Fn(&Event) -> Option<String>,
) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.turns() {
        for (frame, event) in exchange.events() {
            let found = unknown(event);
            review.check(found.map(|found| Finding::at(exchange, frame, found, expected)));
        }
    }
    review.verdict("no stream came")
}

/// What nobody knows in an event, but for the parts of messages.
fn unknown(event: &Event) -> Option<String> {
    match event {
        Event::Unknown(unknown) => Some(format!("an event of type {}", unknown.kind)),
        Event::Notice(notice) => match &notice.level {
            Level::Other(level) => Some(format!("a notice of level {level}")),
            _ => None,
        },
        Event::ThreadCreated(body) | Event::ThreadUpdated(body) => match &body.thread.status {
            ThreadStatus::Unknown(unknown) => Some(format!("a status of type {}", unknown.kind)),
            _ => None,
        },
        Event::ItemAdded(body) | Event::ItemDone(body) | Event::ItemReplaced(body) => {
            unknown_in(&body.item)
        }
        Event::ItemUpdated(body) => match &body.update {
            Update::PartAdded(part) | Update::PartDone(part) => in_part(&part.content),
            Update::AnnotationAdded(body) => in_annotation(&body.annotation),
            Update::TaskAdded(body) | Update::TaskUpdated(body) => in_task(&body.task),
            _ => None,
        },
        _ => None,
    }
}

fn unknown_in(item: &Item) -> Option<String> {
    match &item.kind {
        ItemKind::Unknown(unknown) => Some(format!("an item of type {}", unknown.kind)),
        ItemKind::UserMessage(message) => message.attachments.iter().find_map(in_attachment),
        ItemKind::AssistantMessage(message) => message.content.iter().find_map(in_part),
        ItemKind::Workflow(body) => body.workflow.tasks.iter().find_map(in_task),
        ItemKind::Task(body) => in_task(&body.task),
        ItemKind::StructuredInput(form) => form.inputs.iter().find_map(|question| {
            let is_known = InputKind::TYPES.contains(&question.kind.type_name());
            (!is_known).then(|| format!("a question of type {}", question.kind.type_name()))
        }),
        _ => None,
    }
}

fn in_part(part: &OutputText) -> Option<String> {
    part.annotations.iter().find_map(in_annotation)
}

fn in_annotation(annotation: &Annotation) -> Option<String> {
    if annotation.kind != Annotation::TYPE {
        return Some(format!("an annotation of type {}", annotation.kind));
    }
    in_source(annotation.source.as_ref()?)
}

fn in_attachment(attachment: &Attachment) -> Option<String> {
    match &attachment.kind {
        AttachmentKind::Unknown(unknown) => Some(format!("an attachment of type {}", unknown.kind)),
        _ => None,
    }
}

fn in_source(source: &Source) -> Option<String> {
    match &source.kind {
        SourceKind::Unknown(unknown) => Some(format!("a source of type {}", unknown.kind)),
        _ => None,
    }
}

fn in_task(task: &Task) -> Option<String> {
    match &task.kind {
        TaskKind::Unknown(unknown) => Some(format!("a task of type {}", unknown.kind)),
        TaskKind::WebSearch(search) => search.sources.iter().find_map(in_source),
        TaskKind::File(files) => files.sources.iter().find_map(in_source),
        _ => None,
    }
}

/// The first part of a message that no client shows.
fn unknown_part(event: &Event) -> Option<String> {
    let kind = match event {
        Event::ItemAdded(body) | Event::ItemDone(body) | Event::ItemReplaced(body) => {
            match &body.item.kind {
                ItemKind::AssistantMessage(message) => message.content.iter().find_map(foreign),
                ItemKind::UserMessage(message) => message.content.iter().find_map(|part| {
                    let kind = part.type_name();
                    (!UserContent::TYPES.contains(&kind)).then_some(kind)
                }),
                _ => None,
            }
        }
        Event::ItemUpdated(body) => match &body.update {
            Update::PartAdded(part) | Update::PartDone(part) => foreign(&part.content),
            _ => None,
        },
        _ => None,
    };
    kind.map(|kind| format!("a part of type {kind}"))
}

fn foreign(part: &OutputText) -> Option<&str> {
    (part.kind != OutputText::TYPE).then_some(part.kind.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(json: &str) -> Event {
        Event::decode(json.as_bytes()).unwrap()
    }

    fn item(of: &str) -> Event {
        event(&format!(
            r#"{{"type":"thread.item.done","item":{{"id":"a","thread_id":"t","created_at":"2026-01-01T00:00:00Z",{of}}}}}"#
        ))
    }

    fn update(of: &str) -> Event {
        event(&format!(
            r#"{{"type":"thread.item.updated","item_id":"a","update":{{{of}}}}}"#
        ))
    }

    #[test]
    fn what_stands_in_an_item_is_named_by_its_type() {
        let annotated = |annotation: &str| {
            item(&format!(
                r#""type":"assistant_message","content":[{{"type":"output_text","text":"a","annotations":[{annotation}]}}]"#
            ))
        };
        for (event, found) in [
            (
                annotated(r#"{"type":"footnote","source":{"type":"url","title":"T","url":"u"}}"#),
                "an annotation of type footnote",
            ),
            (
                annotated(r#"{"type":"annotation","source":{"type":"song","title":"T"}}"#),
                "a source of type song",
            ),
            (
                item(r#""type":"task","task":{"type":"nap"}"#),
                "a task of type nap",
            ),
            (
                item(r#""type":"workflow","workflow":{"type":"custom","tasks":[{"type":"nap"}]}"#),
                "a task of type nap",
            ),
            (
                item(
                    r#""type":"structured_input","status":"pending","inputs":[{"id":"q","question":"?","type":"slider"}]"#,
                ),
                "a question of type slider",
            ),
            (
                item(r#""type":"task","task":{"type":"web_search","sources":[{"type":"memory"}]}"#),
                "a source of type memory",
            ),
            (
                item(r#""type":"user_message","content":[],"attachments":[{"type":"audio"}]"#),
                "an attachment of type audio",
            ),
            (item(r#""type":"poem""#), "an item of type poem"),
            (
                update(r#""type":"workflow.task.added","task_index":0,"task":{"type":"nap"}"#),
                "a task of type nap",
            ),
            (
                update(
                    r#""type":"assistant_message.content_part.annotation_added","content_index":0,"annotation_index":0,"annotation":{"type":"footnote"}"#,
                ),
                "an annotation of type footnote",
            ),
            (
                event(
                    r#"{"type":"thread.updated","thread":{"id":"t","created_at":"2026-01-01T00:00:00Z","status":{"type":"asleep"}}}"#,
                ),
                "a status of type asleep",
            ),
        ] {
            assert_eq!(unknown(&event).as_deref(), Some(found));
            assert_eq!(unknown_part(&event), None);
        }
    }

    #[test]
    fn a_part_that_no_client_shows_is_named_by_its_type() {
        for event in [
            item(
                r#""type":"assistant_message","content":[{"type":"output_text","text":"a"},{"type":"text","text":"b"}]"#,
            ),
            item(r#""type":"user_message","content":[{"type":"text","text":"b"}]"#),
            update(
                r#""type":"assistant_message.content_part.added","content_index":0,"content":{"type":"text","text":""}"#,
            ),
            update(
                r#""type":"assistant_message.content_part.done","content_index":0,"content":{"type":"text","text":"b"}"#,
            ),
        ] {
            assert_eq!(unknown_part(&event).as_deref(), Some("a part of type text"));
            assert_eq!(unknown(&event), None);
        }
    }
}
