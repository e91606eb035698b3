//! Signals that steps describe: what is sent and is no part of the conversation.

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
