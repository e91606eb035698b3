//! What each of the ten updates does to an open item, and whether the done item agrees.

use super::Change;
use super::items::{Entry, Items, State};
use super::violation::Violation;
use crate::protocol::widget::Component;
use crate::protocol::{
    AnnotationAdded, AssistantMessage, Item, ItemId, ItemKind, OutputText, PartAt, TaskAt,
    TextDelta, Update, ValueDelta, Workflow,
};

/// How far past its end a message may be padded. The reference server pads without a bound, which
/// would let one event with a huge index take all memory.
const MAX_PADDING: usize = 1024;

pub(super) fn apply<'e>(
    items: &mut Items,
    item_id: &'e ItemId,
    update: &'e Update,
    violations: &mut Vec<Violation>,
) -> Change<'e> {
    let Some(entry) = items.get_mut(item_id) else {
        violations.push(Violation::UpdateBeforeAdd {
            item_id: item_id.clone(),
        });
        return Change::Nothing;
    };
    match entry.state {
        State::Open => {}
        State::Paused => entry.state = State::Open,
        State::Done => violations.push(Violation::UpdateAfterDone {
            item_id: item_id.clone(),
        }),
    }
    let found = match (&mut entry.item.kind, update) {
        (ItemKind::AssistantMessage(message), Update::TextDelta(delta)) => {
            append_text(message, item_id, delta)
        }
        (ItemKind::AssistantMessage(message), Update::PartAdded(part)) => {
            add_part(message, item_id, part)
        }
        (ItemKind::AssistantMessage(message), Update::PartDone(part)) => {
            finish_part(message, item_id, part)
        }
        (ItemKind::AssistantMessage(message), Update::AnnotationAdded(added)) => {
            annotate(message, item_id, added)
        }
        (ItemKind::Widget(body), Update::ValueDelta(delta)) => {
            append_value(&mut body.widget, &mut entry.streamed, item_id, delta)
        }
        (ItemKind::Widget(body), Update::RootUpdated(updated)) => {
            body.widget.clone_from(&updated.widget);
            Ok(())
        }
        (ItemKind::Widget(body), Update::ComponentUpdated(updated)) => {
            match body.widget.find_mut(&updated.component_id) {
                Some(component) => {
                    component.clone_from(&updated.component);
                    Ok(())
                }
                None => Err(unknown_component(item_id, &updated.component_id)),
            }
        }
        (ItemKind::Workflow(body), Update::TaskAdded(added)) => {
            add_task(&mut body.workflow, item_id, added)
        }
        (ItemKind::Workflow(body), Update::TaskUpdated(updated)) => {
            update_task(&mut body.workflow, item_id, updated)
        }
        (ItemKind::GeneratedImage(body), Update::ImageUpdated(updated)) => {
            body.image = Some(updated.image.clone());
            Ok(())
        }
        (_, Update::Unknown(unknown)) => Err(Violation::UnknownUpdate {
            item_id: item_id.clone(),
            update: unknown.kind.clone(),
        }),
        (kind, update) => Err(Violation::WrongKind {
            item_id: item_id.clone(),
            update: update.type_name().to_owned(),
            kind: kind.type_name().to_owned(),
        }),
    };
    violations.extend(found.err());
    match update {
        Update::TextDelta(delta) => Change::Text {
            item_id,
            part: delta.content_index,
            appended: &delta.delta,
        },
        _ => Change::Updated(item_id),
    }
}

/// Reports where an item that is done differs from what was streamed of it.
pub(super) fn compare_with_done(entry: &Entry, done: &Item, violations: &mut Vec<Violation>) {
    match (&entry.item.kind, &done.kind) {
        (ItemKind::AssistantMessage(streamed), ItemKind::AssistantMessage(message)) => {
            // A part of which nothing was streamed may come whole: the reference server sends no
            // deltas of a refusal.
            let parts = streamed.content.iter().enumerate();
            for (index, part) in parts.filter(|(_, part)| !part.text.is_empty()) {
                let text = message
                    .content
                    .get(index)
                    .map_or("", |part| part.text.as_str());
                violations.extend(differs(
                    &done.id,
                    || format!("part {index}"),
                    &part.text,
                    text,
                ));
            }
        }
        (ItemKind::Widget(streamed), ItemKind::Widget(body)) => {
            let (mut streamed, mut widget) = (streamed.widget.clone(), body.widget.clone());
            for id in &entry.streamed {
                let place = || format!("component {id}");
                violations.extend(differs(
                    &done.id,
                    place,
                    &value(&mut streamed, id),
                    &value(&mut widget, id),
                ));
            }
        }
        (added, kind) if added.type_name() != kind.type_name() => {
            violations.push(Violation::KindChanged {
                item_id: done.id.clone(),
                added: added.type_name().to_owned(),
                done: kind.type_name().to_owned(),
            });
        }
        _ => {}
    }
}

fn append_text(
    message: &mut AssistantMessage,
    item_id: &ItemId,
    delta: &TextDelta,
) -> Result<(), Violation> {
    let index = delta.content_index;
    if let Some(part) = message.content.get_mut(index) {
        part.text.push_str(&delta.delta);
        return Ok(());
    }
    // The reference server appends to parts that were never added, so the text is kept.
    if let Some(part) = pad_to(message, index) {
        part.text.push_str(&delta.delta);
    }
    Err(Violation::PartNotAdded {
        item_id: item_id.clone(),
        index,
    })
}

fn add_part(
    message: &mut AssistantMessage,
    item_id: &ItemId,
    added: &PartAt,
) -> Result<(), Violation> {
    let (index, parts) = (added.content_index, message.content.len());
    if let Some(part) = pad_to(message, index) {
        part.clone_from(&added.content);
    }
    if index == parts {
        return Ok(());
    }
    Err(Violation::PartOutOfOrder {
        item_id: item_id.clone(),
        index,
        parts,
    })
}

fn finish_part(
    message: &mut AssistantMessage,
    item_id: &ItemId,
    done: &PartAt,
) -> Result<(), Violation> {
    let index = done.content_index;
    let Some(part) = message.content.get_mut(index) else {
        if let Some(part) = pad_to(message, index) {
            part.clone_from(&done.content);
        }
        return Err(Violation::PartNotAdded {
            item_id: item_id.clone(),
            index,
        });
    };
    let found = differs(
        item_id,
        || format!("part {index}"),
        &part.text,
        &done.content.text,
    );
    part.clone_from(&done.content);
    found.map_or(Ok(()), Err)
}

fn annotate(
    message: &mut AssistantMessage,
    item_id: &ItemId,
    added: &AnnotationAdded,
) -> Result<(), Violation> {
    let index = added.content_index;
    let Some(part) = message.content.get_mut(index) else {
        return Err(Violation::PartNotAdded {
            item_id: item_id.clone(),
            index,
        });
    };
    let annotations = part.annotations.len();
    part.annotations.insert(
        added.annotation_index.min(annotations),
        (*added.annotation).clone(),
    );
    if added.annotation_index <= annotations {
        return Ok(());
    }
    let index = added.annotation_index;
    Err(Violation::AnnotationOutOfOrder {
        item_id: item_id.clone(),
        index,
        annotations,
    })
}

/// The part at `index`, after as many empty ones as are missing before it.
fn pad_to(message: &mut AssistantMessage, index: usize) -> Option<&mut OutputText> {
    if index > message.content.len().saturating_add(MAX_PADDING) {
        return None;
    }
    if message.content.is_empty() {
        // Nearly every message has one part, and a list that grows by itself makes room for four.
        message.content.reserve_exact(index + 1);
    }
    while message.content.len() <= index {
        message.content.push(OutputText::new(""));
    }
    message.content.get_mut(index)
}

fn append_value(
    widget: &mut Component,
    streamed: &mut Vec<String>,
    item_id: &ItemId,
    delta: &ValueDelta,
) -> Result<(), Violation> {
    let Some(component) = widget.find_mut(&delta.component_id) else {
        return Err(unknown_component(item_id, &delta.component_id));
    };
    let Some((value, streaming)) = component.streaming_value_mut() else {
        return Err(Violation::NotStreamable {
            item_id: item_id.clone(),
            component_id: delta.component_id.clone(),
        });
    };
    value.push_str(&delta.delta);
    if streaming.is_some() {
        *streaming = Some(!delta.done);
    }
    if !streamed.contains(&delta.component_id) {
        streamed.push(delta.component_id.clone());
    }
    Ok(())
}

fn add_task(workflow: &mut Workflow, item_id: &ItemId, added: &TaskAt) -> Result<(), Violation> {
    let (index, tasks) = (added.task_index, workflow.tasks.len());
    // What the reference server's events say is read when they are sent, and not when they are made:
    // a workflow may go out with the tasks that are added to it only then, as they are by then.
    if let Some(task) = workflow.tasks.get_mut(index) {
        task.clone_from(&added.task);
        return Ok(());
    }
    // The reference server appends whatever the index says.
    workflow.tasks.push(added.task.clone());
    if index == tasks {
        return Ok(());
    }
    Err(Violation::TaskOutOfOrder {
        item_id: item_id.clone(),
        index,
        tasks,
    })
}

fn update_task(
    workflow: &mut Workflow,
    item_id: &ItemId,
    updated: &TaskAt,
) -> Result<(), Violation> {
    let index = updated.task_index;
    let Some(task) = workflow.tasks.get_mut(index) else {
        return Err(Violation::TaskNotAdded {
            item_id: item_id.clone(),
            index,
        });
    };
    task.clone_from(&updated.task);
    Ok(())
}

fn unknown_component(item_id: &ItemId, component_id: &str) -> Violation {
    Violation::UnknownComponent {
        item_id: item_id.clone(),
        component_id: component_id.to_owned(),
    }
}

fn value(widget: &mut Component, id: &str) -> String {
    let component = widget.find_mut(id);
    component
        .and_then(Component::streaming_value_mut)
        .map_or_else(String::new, |(value, _)| value.clone())
}

fn differs(
    item_id: &ItemId,
    place: impl FnOnce() -> String,
    streamed: &str,
    done: &str,
) -> Option<Violation> {
    // Half of a character at the end waits for the delta that brings the other, which need not come.
    let is_whole = done.strip_suffix(char::REPLACEMENT_CHARACTER) == Some(streamed);
    (streamed != done && !is_whole).then(|| Violation::TextDiffers {
        item_id: item_id.clone(),
        place: place(),
        streamed: streamed.len(),
        done: done.len(),
    })
}
