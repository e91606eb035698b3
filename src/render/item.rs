//! Items as they stand in a conversation on a terminal.

use super::clean::clean_value;
use super::look::Look;
use super::plain::{QUESTION_FIELDS, besides};
use super::span::{Line, Paint, Style, to_text};
use super::widget::Shown;
use super::workflow::{Extent, source, task_lines, workflow_lines};
use super::wrap::{wrap, wrap_in, wrap_line};
use super::{clean_line, image, markdown, plain, widget};
use crate::protocol::{
    Annotation, AnswerStatus, AssistantMessage, ClientToolCall, GeneratedImage, InputKind, Item,
    ItemKind, Question, StructuredInput, ToolCallStatus, UserMessage, WidgetItem,
};

/// An item, whole; a widget's actions come with it. Hidden ones and ends of turns show nothing.
pub fn item(item: &Item, look: &Look) -> Shown {
    numbered(item, 1, look)
}

/// As [`item`], the actions of a widget numbered from `first`.
pub fn numbered(item: &Item, first: usize, look: &Look) -> Shown {
    let (lines, actions) = match &item.kind {
        ItemKind::Widget(body) => widget_lines(body, first, look),
        other => (lines(other, look), Vec::new()),
    };
    Shown {
        text: to_text(&lines, look),
        actions,
    }
}

fn lines(kind: &ItemKind, look: &Look) -> Vec<Line> {
    match kind {
        ItemKind::UserMessage(body) => user_message(body, look),
        ItemKind::AssistantMessage(body) => assistant_message(body, look),
        ItemKind::ClientToolCall(body) => tool_call_lines(body, look),
        ItemKind::GeneratedImage(body) => match &body.image {
            Some(image) if !image.url.is_empty() => image_lines(Some(image), None, look),
            _ => vec![Line::new(format!("▣ {}", image::NONE), Style::DIM)],
        },
        ItemKind::StructuredInput(body) => form_lines(body, look),
        ItemKind::Workflow(body) => workflow_lines(&body.workflow, Extent::Summary, look),
        ItemKind::Task(body) => task_lines(&body.task, look),
        ItemKind::Unknown(unknown) => {
            let text = plain::foreign("item", &unknown.kind, Some(&unknown.fields));
            wrap_line(&Line::new(text, Style::DIM), look.width)
        }
        ItemKind::Widget(_)
        | ItemKind::EndOfTurn(_)
        | ItemKind::HiddenContext(_)
        | ItemKind::SdkHiddenContext(_) => Vec::new(),
    }
}

fn widget_lines(body: &WidgetItem, first: usize, look: &Look) -> (Vec<Line>, Vec<widget::Action>) {
    let (lines, actions) = widget::lines(&body.widget, first, look);
    match &body.copy_text {
        Some(text) if lines.iter().all(Line::is_blank) => {
            (wrap(text, Style::PLAIN, look.width), actions)
        }
        _ => (lines, actions),
    }
}

fn user_message(message: &UserMessage, look: &Look) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(quote) = &message.quoted_text {
        for line in wrap(quote, Style::DIM, look.width.saturating_sub(2).max(1)) {
            let mut whole = Line::new("│ ", Style::DIM);
            whole.0.extend(line.0);
            lines.push(whole.cut(look.width));
        }
    }
    lines.extend(wrap(&message.text(), Style::PLAIN, look.width));
    for part in plain::foreign_content(message) {
        lines.extend(wrap(&part, Style::DIM, look.width));
    }
    for attachment in &message.attachments {
        let mut line = Line::new(
            format!("[{}] ", clean_line(attachment.kind.type_name())),
            Style::DIM,
        );
        line.push(clean_line(&attachment.name), Style::PLAIN);
        line.push(
            format!(" {}", clean_line(&attachment.mime_type)),
            Style::DIM,
        );
        lines.extend(wrap_line(&line, look.width));
    }
    lines
}

fn assistant_message(message: &AssistantMessage, look: &Look) -> Vec<Line> {
    let mut lines = Vec::new();
    for (index, part) in message.content.iter().enumerate() {
        if index > 0 {
            lines.push(Line::default());
        }
        if part.is_foreign() {
            let text = plain::foreign("part", &part.kind, part.extra.fields());
            lines.extend(wrap_line(&Line::new(text, Style::DIM), look.width));
        }
        lines.extend(markdown::lines(&part.text, look));
        lines.extend(annotation_lines(&part.annotations, look));
    }
    lines
}

/// What stands below the text of an answer: parts that have none to show, and the sources as
/// numbered notes.
pub fn below_text(message: &AssistantMessage, look: &Look) -> String {
    let parts = plain::foreign_parts(message);
    let mut lines: Vec<Line> = parts
        .flat_map(|part| wrap_line(&Line::new(part, Style::DIM), look.width))
        .collect();
    let annotations = message.content.iter().flat_map(|part| &part.annotations);
    let annotations: Vec<Annotation> = annotations.cloned().collect();
    lines.extend(annotation_lines(&annotations, look));
    to_text(&lines, look)
}

fn annotation_lines(annotations: &[Annotation], look: &Look) -> Vec<Line> {
    let note = |(index, annotation): (usize, &Annotation)| {
        let kind = || {
            let rest = besides(annotation.extra.fields(), &[]);
            Line::new(
                format!("‹{}›{rest}", clean_line(&annotation.kind)),
                Style::DIM,
            )
        };
        let line = (annotation.source.as_ref()).map_or_else(kind, |found| source(found, look));
        hung(&format!("{}. ", index + 1), Style::DIM, &line, look)
    };
    let notes: Vec<Line> = annotations.iter().enumerate().flat_map(note).collect();
    if notes.is_empty() {
        return notes;
    }
    let rule = Line::new("─".repeat(look.width.min(12)), Style::DIM);
    std::iter::once(rule).chain(notes).collect()
}

/// A line in as many as it needs, which all stand behind its number.
fn hung(number: &str, style: Style, line: &Line, look: &Look) -> Vec<Line> {
    let hang = number.len();
    let mut lines = wrap_in(line, hang, look.width);
    if lines.is_empty() {
        lines.push(Line::new(" ".repeat(hang), Style::PLAIN));
    }
    if let Some(first) = lines.first_mut() {
        // The number stands in the space that the lines below it keep free.
        first.0.drain(..usize::from(look.width > hang));
        first.0.splice(0..0, Line::new(number, style).0);
    }
    lines
}

/// A generated image: how far it is (0 to 1), or its link.
pub fn image(image: Option<&GeneratedImage>, progress: Option<f64>, look: &Look) -> String {
    to_text(&image_lines(image, progress, look), look)
}

/// A generated image that is a file by now.
pub fn saved_image(path: &str, look: &Look) -> String {
    let mut line = Line::new("▣ ", Style::DIM);
    line.push("image saved: ", Style::PLAIN);
    line.push(clean_line(path), Style::BOLD);
    to_text(&wrap_line(&line, look.width), look)
}

/// A generated image that came inside of the answer and could not be made a file.
pub fn unsaved_image(reason: &str, look: &Look) -> String {
    let mut line = Line::new("▣ ", Style::DIM);
    line.push("image not saved: ", Style::PLAIN);
    line.push(clean_line(reason), Style::PLAIN);
    to_text(&wrap_line(&line, look.width), look)
}

fn image_lines(image: Option<&GeneratedImage>, progress: Option<f64>, look: &Look) -> Vec<Line> {
    let line = match (image, progress) {
        (_, Some(progress)) if progress < 1.0 => {
            let percent = (progress.clamp(0.0, 1.0) * 100.0).round();
            Line::new(format!("▣ making an image … {percent} %"), Style::DIM)
        }
        (None, _) => Line::new("▣ making an image …", Style::DIM),
        (Some(image), _) => widget::picture("image", &image.url, look),
    };
    wrap_line(&line, look.width)
}

/// A client tool call with its arguments, and its output if there is one.
pub fn tool_call(call: &ClientToolCall, look: &Look) -> String {
    to_text(&tool_call_lines(call, look), look)
}

fn tool_call_lines(call: &ClientToolCall, look: &Look) -> Vec<Line> {
    let (sign, style) = match &call.status {
        ToolCallStatus::Completed => ("✓ ", Style::of(Paint::Ansi(2))),
        ToolCallStatus::Pending | ToolCallStatus::Other(_) => ("… ", Style::of(Paint::Ansi(3))),
    };
    let mut head = Line::new(sign, style);
    head.push(clean_line(&call.name), Style::BOLD);
    head.push(" · client tool", Style::DIM);
    let mut lines = wrap_line(&head, look.width);
    let mut values: Vec<(String, String)> = match &*call.arguments {
        serde_json::Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), clean_value(value)))
            .collect(),
        serde_json::Value::Null => Vec::new(),
        other => vec![("arguments".to_owned(), clean_value(other))],
    };
    values.extend(
        call.output
            .as_ref()
            .map(|output| ("→".to_owned(), clean_value(output))),
    );
    for (name, value) in values {
        let sign = if name == "→" {
            "→ ".to_owned()
        } else {
            format!("{}: ", clean_line(&name))
        };
        let mut line = Line::new(sign, Style::DIM);
        line.push(value, Style::PLAIN);
        lines.extend(wrap_in(&line, 2, look.width));
    }
    lines
}

/// A structured input: its questions, what they offer, and what was answered.
pub fn form(form: &StructuredInput, look: &Look) -> String {
    to_text(&form_lines(form, look), look)
}

fn form_lines(form: &StructuredInput, look: &Look) -> Vec<Line> {
    let mut lines = Vec::new();
    for (index, question) in form.inputs.iter().enumerate() {
        lines.extend(question_lines(index + 1, question, look));
    }
    let state = match &form.status {
        AnswerStatus::Pending => "waits for an answer",
        AnswerStatus::Answered => "answered",
        AnswerStatus::Skipped => "skipped",
        AnswerStatus::Other(other) => other,
    };
    lines.extend(wrap_line(
        &Line::new(clean_line(state), Style::DIM),
        look.width,
    ));
    lines
}

fn question_lines(number: usize, question: &Question, look: &Look) -> Vec<Line> {
    let head = Line::new(clean_line(question.words()), Style::BOLD);
    let mut lines = hung(&format!("{number}. "), Style::ACTION, &head, look);
    let chosen = |value: &str| {
        let values = question.answer.as_ref().map(|answer| &answer.values);
        values.is_some_and(|values| values.iter().any(|chosen| chosen == value))
    };
    let mut add = |text: String, style: Style| {
        lines.extend(wrap_in(&Line::new(text, style), 3, look.width));
    };
    match &question.kind {
        InputKind::MultipleChoice(body) => {
            for option in &body.options {
                let sign = match (body.multiple, chosen(&option.value)) {
                    (true, true) => "[x]",
                    (true, false) => "[ ]",
                    (false, true) => "(•)",
                    (false, false) => "( )",
                };
                add(
                    format!("{sign} {}", clean_line(&option.value)),
                    Style::PLAIN,
                );
            }
        }
        InputKind::Freeform(body) => {
            if let Some(description) = &body.description {
                add(clean_line(description), Style::DIM);
            }
        }
        InputKind::Unknown(unknown) => {
            let rest = besides(Some(&unknown.fields), &QUESTION_FIELDS);
            add(format!("‹{}›{rest}", clean_line(&unknown.kind)), Style::DIM);
        }
    }
    match &question.answer {
        Some(answer) if answer.skipped => add("→ skipped".to_owned(), Style::DIM),
        Some(answer) => {
            let own = (answer.values.iter()).filter(|value| !question.offers(value));
            let own: Vec<&str> = own.map(String::as_str).collect();
            if !own.is_empty() {
                add(format!("→ {}", clean_line(&own.join(", "))), Style::PLAIN);
            }
        }
        None => {}
    }
    lines
}
