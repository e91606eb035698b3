//! What a stream says besides its items: progress, notices, effects, errors, thread changes.

use super::look::Look;
use super::plain;
use super::span::{Line, Style, to_text};
use crate::protocol::{ClientEffect, ErrorEvent, Notice, Progress, ThreadStatus};

fn quiet(text: &str, look: &Look) -> String {
    to_text(&[Line::new(text, Style::DIM).cut(look.width)], look)
}

/// A notice, marked by its level.
pub fn notice(notice: &Notice, look: &Look) -> String {
    quiet(&plain::notice(notice), look)
}

/// The line of a spinner, without its line break.
pub fn progress(progress: &Progress, look: &Look) -> String {
    quiet(&progress.text, look).trim_end().to_owned()
}

/// What the page was asked to do, in one quiet line.
pub fn effect(effect: &ClientEffect, look: &Look) -> String {
    quiet(&plain::effect(effect), look)
}

/// A new title, in one quiet line.
pub fn title(title: &str, look: &Look) -> String {
    quiet(&format!("title: {title}"), look)
}

/// A new status, in one quiet line.
pub fn status(status: &ThreadStatus, look: &Look) -> String {
    quiet(&format!("status: {}", plain::status(status)), look)
}

/// An error of the backend's answer.
pub fn error(error: &ErrorEvent, look: &Look) -> String {
    quiet(error.message.as_deref().unwrap_or(&error.code), look)
}
