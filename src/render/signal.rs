//! What a stream says besides its items: progress, notices, effects, errors, thread changes.

use super::look::Look;
use super::markdown;
use super::plain;
use super::span::{Line, Paint, Style, to_text};
use super::wrap::wrap_line;
use crate::protocol::{ClientEffect, Level, Notice, Progress, ThreadStatus, Unknown};

fn quiet(text: &str, look: &Look) -> String {
    let line = Line::new(super::clean_line(text), Style::DIM);
    to_text(&wrap_line(&line, look.width), look)
}

/// A notice, marked by its level; its message is Markdown.
pub fn notice(notice: &Notice, look: &Look) -> String {
    let (sign, paint) = match &notice.level {
        Level::Info => ("ℹ", 4),
        Level::Warning => ("⚠", 3),
        Level::Danger => ("✗", 1),
        Level::Other(_) => ("•", 6),
    };
    let style = Style::of(Paint::Ansi(paint));
    let mut head = Line::new(
        format!("{sign} {}", super::clean_line(notice.level.as_str())),
        style.bold(),
    );
    if let Some(title) = &notice.title {
        head.push(format!(": {}", super::clean_line(title)), Style::BOLD);
    }
    let mut lines = wrap_line(&head, look.width);
    let framed = look.width >= 8;
    let inner = look.with_width(if framed { look.width - 2 } else { look.width });
    for line in markdown::lines(&notice.message, &inner) {
        let mut whole = Line::default();
        if framed {
            whole.push("│ ", style);
        }
        whole.0.extend(line.0);
        lines.push(whole);
    }
    to_text(&lines, look)
}

/// The line of a spinner, without its line break.
pub fn progress(progress: &Progress, look: &Look) -> String {
    let line = Line::new(super::clean_line(&progress.text), Style::DIM).cut(look.width);
    let mut text = String::new();
    line.write(look, &mut text);
    text
}

/// What the page was asked to do, quietly.
pub fn effect(effect: &ClientEffect, look: &Look) -> String {
    quiet(&plain::effect(effect), look)
}

/// A new title, quietly.
pub fn title(title: &str, look: &Look) -> String {
    quiet(&format!("title: {title}"), look)
}

/// A new status, quietly.
pub fn status(status: &ThreadStatus, look: &Look) -> String {
    quiet(&format!("status: {}", plain::status(status)), look)
}

/// An item that the backend has taken away, quietly: what was written of it stays above.
pub fn removed(id: &str, look: &Look) -> String {
    quiet(&format!("removed: {id}"), look)
}

/// An event that this version does not know, with what it says, quietly.
pub fn unknown(event: &Unknown, look: &Look) -> String {
    quiet(&plain::unknown_event(event), look)
}

/// An item that the backend has put another in the place of, quietly: the other stands below.
pub fn replaced(id: &str, look: &Look) -> String {
    quiet(&format!("replaced: {id}"), look)
}
