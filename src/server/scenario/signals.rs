//! Signals that steps describe: what is sent and is no part of the conversation.

use serde_json::Value;

use super::body::{Effect, Notice, NoticeLevel, Progress};
use super::fill::{Fault, Filler};
use crate::protocol::{ClientEffect, Event, Extra, Level};
use crate::server::script::{Script, Step};
use crate::server::showcase::steps;

type Made<T> = Result<T, Fault>;

/// A line about what is being done.
pub(super) fn progress(body: &Progress, fill: &Filler) -> Made<Script> {
    let progress = crate::protocol::Progress {
        text: fill.text(&body.text)?,
        icon: fill.option(body.icon.as_ref())?,
        extra: Extra::default(),
    };
    Ok(event(Event::Progress(progress)))
}

/// A message that is no part of the conversation.
pub(super) fn notice(body: &Notice, fill: &Filler) -> Made<Script> {
    let level = match body.level {
        NoticeLevel::Info => Level::Info,
        NoticeLevel::Warning => Level::Warning,
        NoticeLevel::Danger => Level::Danger,
    };
    let notice = crate::protocol::Notice {
        level,
        message: fill.text(&body.message)?,
        title: fill.option(body.title.as_ref())?,
        extra: Extra::default(),
    };
    Ok(event(Event::Notice(notice)))
}

/// Something for the page to do.
pub(super) fn effect(body: &Effect, fill: &Filler) -> Made<Script> {
    let effect = ClientEffect {
        name: fill.text(&body.name)?,
        data: fill.map(&body.data)?,
        extra: Extra::default(),
    };
    Ok(event(Event::ClientEffect(effect)))
}

fn event(event: Event) -> Script {
    steps(vec![Step::Event(event)])
}

/// The frame of an event whose data is a text as it is, or anything else as JSON.
///
/// A text of several lines takes several `data` lines, as the event stream format wants.
pub(super) fn frame(data: &Value) -> Vec<u8> {
    let text = match data {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut frame = String::new();
    for line in text.split('\n') {
        frame.push_str("data: ");
        frame.push_str(line);
        frame.push('\n');
    }
    frame.push('\n');
    frame.into_bytes()
}
