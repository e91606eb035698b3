//! Threads and items as rows, whichever of the two APIs they come from.

use std::fmt::Write as _;

use serde_json::Value;

use crate::protocol::hosted::{RestItem, RestItemKind, RestText, RestThread, RestUserMessage};
use crate::protocol::widget::Component;
use crate::protocol::{Item, ItemKind, Thread};
use crate::render::{clean_line, plain, table};

/// How much of a text a row shows, in characters.
const EXCERPT: usize = 72;

/// A thread as a row.
#[derive(Debug)]
pub struct ThreadRow {
    /// The id.
    pub id: String,
    /// The title, or what stands for it.
    pub title: String,
    /// The status, with its reason.
    pub status: String,
    /// When it was created, to the second.
    pub created: String,
}

/// An item as a row.
#[derive(Debug)]
pub enum ItemRow {
    /// Of the protocol.
    Protocol(Box<Item>),
    /// Of the REST API.
    Rest(Box<RestItem>),
}

impl From<&Thread> for ThreadRow {
    fn from(thread: &Thread) -> Self {
        let created = &thread.created_at;
        Self {
            id: thread.id.to_string(),
            title: plain::title(thread).to_owned(),
            status: plain::status(&thread.status),
            created: time(created.instant()).unwrap_or_else(|| created.to_string()),
        }
    }
}

impl From<&RestThread> for ThreadRow {
    fn from(thread: &RestThread) -> Self {
        let untitled = || "(untitled)".to_owned();
        Self {
            id: thread.id.to_string(),
            title: thread.title.clone().unwrap_or_else(untitled),
            status: plain::status(&thread.status),
            created: unix_time(thread.created_at),
        }
    }
}

impl ThreadRow {
    /// The row's cells: id, time, status and title.
    pub fn cells(&self) -> [String; 4] {
        [&self.id, &self.created, &self.status, &self.title].map(Clone::clone)
    }
}

impl ItemRow {
    /// The row's cells: id, time, kind and the beginning of its text.
    pub fn cells(&self) -> [String; 4] {
        let text = clean_line(&self.text());
        [
            self.id().to_owned(),
            self.created(),
            self.kind().to_owned(),
            table::shorten(&text, EXCERPT),
        ]
    }

    /// The id.
    pub fn id(&self) -> &str {
        match self {
            Self::Protocol(item) => item.id.as_str(),
            Self::Rest(item) => item.id.as_str(),
        }
    }

    /// When it was created, to the second.
    pub fn created(&self) -> String {
        match self {
            Self::Protocol(item) => {
                time(item.created_at.instant()).unwrap_or_else(|| item.created_at.to_string())
            }
            Self::Rest(item) => unix_time(item.created_at),
        }
    }

    /// What it is, in the words of a reader.
    pub fn kind(&self) -> &str {
        match self {
            Self::Protocol(item) => plain::kind(item),
            Self::Rest(item) => match &item.kind {
                RestItemKind::UserMessage(_) => "user",
                RestItemKind::AssistantMessage(_) => "assistant",
                RestItemKind::ClientToolCall(_) => "tool",
                RestItemKind::TaskGroup(_) => "workflow",
                other => other.type_name().trim_start_matches("chatkit."),
            },
        }
    }

    /// What it refers to, numbered, each in a line.
    pub fn sources(&self) -> Vec<String> {
        match self {
            Self::Protocol(item) => match &item.kind {
                ItemKind::AssistantMessage(message) => plain::sources(message).collect(),
                _ => Vec::new(),
            },
            Self::Rest(item) => match &item.kind {
                RestItemKind::AssistantMessage(body) => rest_sources(&body.content),
                _ => Vec::new(),
            },
        }
    }

    /// Its text, whole and uncleaned.
    pub fn text(&self) -> String {
        match self {
            Self::Protocol(item) => plain::item(item),
            Self::Rest(item) => rest_text(&item.kind),
        }
    }
}

fn rest_text(kind: &RestItemKind) -> String {
    match kind {
        RestItemKind::UserMessage(body) => user_message(body),
        RestItemKind::AssistantMessage(body) => joined(&body.content),
        // A widget is JSON in a string here.
        RestItemKind::Widget(body) => match serde_json::from_str::<Component>(&body.widget) {
            Ok(widget) => plain::component(&widget),
            Err(_) => body.widget.clone(),
        },
        RestItemKind::ClientToolCall(body) => match &body.output {
            Some(output) => format!("{}({}) = {output}", body.name, body.arguments),
            None => format!("{}({})", body.name, body.arguments),
        },
        RestItemKind::Task(body) => task(body.heading.as_ref(), body.summary.as_ref()),
        RestItemKind::TaskGroup(body) => {
            let steps = body.tasks.iter();
            let lines: Vec<String> = steps
                .map(|step| task(step.heading.as_ref(), step.summary.as_ref()))
                .map(|line| format!("- {line}"))
                .collect();
            lines.join("\n")
        }
        RestItemKind::Unknown(unknown) => Value::Object(unknown.fields.clone()).to_string(),
    }
}

fn rest_sources(texts: &[RestText]) -> Vec<String> {
    let found = texts.iter().filter_map(|text| text.annotations.as_ref());
    let lines = (1..).zip(found.flatten()).map(|(number, annotation)| {
        let place = ["url", "filename"].into_iter();
        let mut place = place.filter_map(|key| annotation.source.get(key)?.as_str());
        format!("[{number}] {}", place.next().unwrap_or(&annotation.kind))
    });
    lines.collect()
}

fn user_message(body: &RestUserMessage) -> String {
    let mut text = joined(&body.content);
    for attachment in &body.attachments {
        let _ = write!(
            text,
            "\n[{}] {}",
            attachment.kind.type_name(),
            attachment.name
        );
    }
    text
}

fn joined(texts: &[RestText]) -> String {
    let texts: Vec<&str> = texts.iter().map(|part| part.text.as_str()).collect();
    texts.join("\n\n")
}

fn task(heading: Option<&String>, summary: Option<&String>) -> String {
    let parts = [heading, summary].into_iter().flatten();
    let parts: Vec<&str> = parts.map(String::as_str).collect();
    parts.join(": ")
}

fn unix_time(seconds: i64) -> String {
    time(jiff::Timestamp::from_second(seconds).ok()).unwrap_or_else(|| seconds.to_string())
}

/// A time to the second; nothing for one that no calendar holds.
fn time(instant: Option<jiff::Timestamp>) -> Option<String> {
    Some(instant?.strftime("%Y-%m-%d %H:%M:%SZ").to_string())
}
