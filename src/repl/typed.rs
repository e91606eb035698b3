//! A question that is answered by a text, with the keys that the prompt has.
//!
//! inquire asks all others; in a text it takes Ctrl-U and its like for letters, and its answers
//! have one line.

use std::borrow::Cow;

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::MemHistory;
use rustyline::validate::Validator;
use rustyline::{Cmd, Config, Editor, EventHandler, Helper, KeyCode, KeyEvent, Modifiers};

use super::editor::failure;
use crate::error::Result;

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
    let mut editor = editor(help, has_color).map_err(|error| failure(&error))?;
    let plain = format!("? {question} ");
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
