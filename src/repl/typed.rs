//! A question that is answered by a text, with the keys that the prompt has.
//!
//! inquire asks all others; in a text it takes Ctrl-U and its like for letters, and its answers
//! have one line.

use std::borrow::Cow;
use std::time::Duration;

use crossterm::event;
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::MemHistory;
use rustyline::validate::Validator;
use rustyline::{Cmd, Config, Editor, EventHandler, Helper, KeyCode, KeyEvent, Modifiers};

use super::editor::failure;
use crate::error::Result;
use crate::ui;

/// How long a lone Esc may be the beginning of another key, in milliseconds.
const ESCAPE: u16 = 100;

/// Reads a text; `None` when the question was left by Esc, Ctrl-C or Ctrl-D.
///
/// # Errors
/// The terminal cannot be used.
pub fn read(
    question: &str,
    help: Option<&str>,
    initial: &str,
    has_color: bool,
) -> Result<Option<String>> {
    let plain = format!("? {question} ");
    let initial = match ahead(initial).map_err(|error| failure(&error.into()))? {
        Ahead::Begun(text) => text,
        Ahead::Answered(text) => {
            ui::tell(&format!("{plain}{text}"));
            return Ok(Some(text));
        }
        Ahead::Left => return Ok(None),
    };
    let initial = initial.as_str();
    let mut editor = editor(help, has_color).map_err(|error| failure(&error))?;
    let read = if has_color {
        let green = format!("\u{1b}[92m?\u{1b}[0m {question} ");
        editor.readline_with_initial(&(plain, green), (initial, ""))
    } else {
        editor.readline_with_initial(&plain, (initial, ""))
    };
    match read {
        Ok(text) => Ok(Some(text)),
        Err(ReadlineError::Interrupted | ReadlineError::Eof) => Ok(None),
        Err(error) => Err(failure(&error)),
    }
}

/// What was typed before the question was there.
enum Ahead {
    /// A text, which may be empty and goes on.
    Begun(String),
    /// A text, and Enter.
    Answered(String),
    /// A key that leaves the question.
    Left,
}

/// Takes what was typed ahead: the reader of the choices before may have it already.
fn ahead(initial: &str) -> std::io::Result<Ahead> {
    let mut text = initial.to_owned();
    while event::poll(Duration::ZERO)? {
        let Some(key) = event::read()?.as_key_press_event() else {
            continue;
        };
        let is_control = key.modifiers.contains(event::KeyModifiers::CONTROL);
        match key.code {
            event::KeyCode::Enter => return Ok(Ahead::Answered(text)),
            event::KeyCode::Esc => return Ok(Ahead::Left),
            event::KeyCode::Char('c' | 'd') if is_control => return Ok(Ahead::Left),
            event::KeyCode::Char(letter) if !is_control => text.push(letter),
            event::KeyCode::Backspace => {
                text.pop();
            }
            _ => {}
        }
    }
    Ok(Ahead::Begun(text))
}

fn editor(help: Option<&str>, has_color: bool) -> rustyline::Result<Editor<Help, MemHistory>> {
    let config = Config::builder()
        .bracketed_paste(true)
        .keyseq_timeout(Some(ESCAPE))
        .auto_add_history(false)
        .build();
    let history = MemHistory::with_config(&config);
    let mut editor = Editor::with_history(config, history)?;
    editor.set_helper(Some(Help {
        // On a line of its own, below what is typed.
        text: help.map(|help| format!("\n[{help}]")),
        has_color,
    }));
    let leave = KeyEvent(KeyCode::Esc, Modifiers::NONE);
    editor.bind_sequence(leave, EventHandler::Simple(Cmd::Interrupt));
    let newline = KeyEvent(KeyCode::Enter, Modifiers::ALT);
    editor.bind_sequence(newline, EventHandler::Simple(Cmd::Newline));
    Ok(editor)
}

/// The line below that says how to answer.
struct Help {
    text: Option<String>,
    has_color: bool,
}

impl Helper for Help {}

impl Completer for Help {
    type Candidate = String;
}

impl Validator for Help {}

impl Hinter for Help {
    type Hint = Below;

    fn hint(&self, line: &str, at: usize, _: &rustyline::Context<'_>) -> Option<Below> {
        (at == line.len()).then(|| self.text.clone().map(Below))?
    }
}

/// A hint that no key takes into the text.
struct Below(String);

impl rustyline::hint::Hint for Below {
    fn display(&self) -> &str {
        &self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Highlighter for Help {
    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        if self.has_color {
            Cow::Owned(format!("\u{1b}[36m{hint}\u{1b}[0m"))
        } else {
            Cow::Borrowed(hint)
        }
    }
}
