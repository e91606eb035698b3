//! The line editor: rustyline on a thread of its own, because it blocks while a person types.
//!
//! It draws to the terminal by itself, which is why nothing else writes while a line is read.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::{FileHistory, History};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{
    Cmd, CompletionType, ConditionalEventHandler, Config, Editor as Rustyline, Event, EventContext,
    EventHandler, Helper, KeyCode, KeyEvent, Modifiers, Movement, RepeatCount,
};
use tokio::sync::oneshot;

use super::complete::{self, Knowledge};
use super::input;
use crate::error::{Error, Result};

/// How many lines are remembered.
const HISTORY: usize = 2000;

/// What was typed.
#[derive(Debug)]
pub enum Line {
    /// A line, or several.
    Text(String),
    /// Ctrl-C at an empty prompt.
    Interrupted,
    /// Ctrl-D, or the terminal is gone.
    End,
}

/// The thread that reads lines.
#[derive(Debug)]
pub struct Editor {
    requests: mpsc::Sender<Request>,
}

struct Request {
    prompt: (String, String),
    initial: String,
    knowledge: Knowledge,
    reply: oneshot::Sender<Result<Line>>,
}

impl Editor {
    /// Starts the thread; `history` is the file that lines are kept in.
    ///
    /// # Errors
    /// The terminal cannot be used.
    pub fn start(history: Option<PathBuf>, has_color: bool) -> Result<Self> {
        let (requests, received) = mpsc::channel::<Request>();
        std::thread::Builder::new()
            .name("line editor".to_owned())
            .spawn(move || serve(&received, history.as_deref(), has_color))
            .map_err(|error| Error::io("cannot start the line editor", error))?;
        Ok(Self { requests })
    }

    /// Begins to read a line; `initial` stands there already.
    pub fn read(
        &self,
        prompt: (String, String),
        initial: String,
        knowledge: Knowledge,
    ) -> oneshot::Receiver<Result<Line>> {
        let (reply, answer) = oneshot::channel();
        // A thread that is gone drops the request, and the receiver says so.
        let _ = self.requests.send(Request {
            prompt,
            initial,
            knowledge,
            reply,
        });
        answer
    }
}

fn serve(received: &mpsc::Receiver<Request>, history: Option<&Path>, has_color: bool) {
    let mut editor = match editor(has_color) {
        Ok(editor) => editor,
        Err(error) => {
            while let Ok(request) = received.recv() {
                let _ = request.reply.send(Err(failure(&error)));
            }
            return;
        }
    };
    if let Some(path) = history {
        // A history that is not there yet, or not readable, is an empty one.
        let _ = editor.load_history(path);
    }
    while let Ok(request) = received.recv() {
        if let Some(assistant) = editor.helper_mut() {
            assistant.knowledge = request.knowledge;
        }
        let initial = (request.initial.as_str(), "");
        let read = if has_color {
            editor.readline_with_initial(&request.prompt, initial)
        } else {
            editor.readline_with_initial(&request.prompt.0, initial)
        };
        let line = match read {
            Ok(text) => {
                remember(&mut editor, &text, history);
                Ok(Line::Text(text))
            }
            Err(ReadlineError::Interrupted) => Ok(Line::Interrupted),
            Err(ReadlineError::Eof) => Ok(Line::End),
            Err(error) => Err(failure(&error)),
        };
        let _ = request.reply.send(line);
    }
}

type Lines = Rustyline<Assistant, FileHistory>;

fn editor(has_color: bool) -> rustyline::Result<Lines> {
    let config = Config::builder()
        .max_history_size(HISTORY)?
        .history_ignore_dups(true)?
        // A line that begins with a space is kept out of the file, as in a shell.
        .history_ignore_space(true)
        .completion_type(CompletionType::List)
        .bracketed_paste(true)
        .auto_add_history(false)
        .build();
    let history = FileHistory::with_config(&config);
    let mut editor = Lines::with_history(config, history)?;
    editor.set_helper(Some(Assistant {
        knowledge: Knowledge::default(),
        has_color,
    }));
    let clear = EventHandler::Conditional(Box::new(ClearsLine));
    editor.bind_sequence(KeyEvent::ctrl('C'), clear);
    let newline = KeyEvent(KeyCode::Enter, Modifiers::ALT);
    editor.bind_sequence(newline, EventHandler::Simple(Cmd::Newline));
    Ok(editor)
}

/// Keeps a line, at once, so that another window finds it and a crash does not lose it.
fn remember(editor: &mut Lines, text: &str, path: Option<&Path>) {
    if text.trim().is_empty() || !matches!(editor.add_history_entry(text), Ok(true)) {
        return;
    }
    let Some(path) = path else { return };
    if let Some(folder) = path.parent() {
        let _ = std::fs::create_dir_all(folder);
    }
    // rustyline makes the file readable for its owner only, and leaves out what is there already.
    if let Err(error) = editor.history_mut().append(path) {
        tracing::debug!(%error, path = %path.display(), "the history is not kept");
    }
}

/// What went wrong while a line was read.
pub(super) fn failure(error: &ReadlineError) -> Error {
    Error::io(
        "cannot read from the terminal",
        std::io::Error::other(error.to_string()),
    )
}

/// Ctrl-C empties a line that has something on it; at an empty one it means what it always means.
struct ClearsLine;

impl ConditionalEventHandler for ClearsLine {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        (!context.line().is_empty()).then_some(Cmd::Kill(Movement::WholeBuffer))
    }
}

/// What helps while a line is typed.
struct Assistant {
    knowledge: Knowledge,
    has_color: bool,
}

impl Helper for Assistant {}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _: &rustyline::Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let (start, candidates) = complete::complete(&line[..at], &self.knowledge);
        let pairs = candidates.into_iter().map(|candidate| Pair {
            display: candidate.shown,
            replacement: candidate.text,
        });
        Ok((start, pairs.collect()))
    }
}

impl Hinter for Assistant {
    type Hint = Hint;

    fn hint(&self, line: &str, at: usize, _: &rustyline::Context<'_>) -> Option<Hint> {
        if at < line.len() {
            return None;
        }
        let (text, completes) = complete::hint(line)?;
        Some(Hint { text, completes })
    }
}

/// What stands behind the cursor.
struct Hint {
    text: String,
    completes: bool,
}

impl rustyline::hint::Hint for Hint {
    fn display(&self) -> &str {
        &self.text
    }

    fn completion(&self) -> Option<&str> {
        // What a command takes is told; only its name is typed for the user.
        self.completes.then_some(&self.text)
    }
}

impl Highlighter for Assistant {
    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        if self.has_color {
            Cow::Owned(format!("\u{1b}[2m{hint}\u{1b}[0m"))
        } else {
            Cow::Borrowed(hint)
        }
    }
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        if input::goes_on(context.input()) {
            return Ok(ValidationResult::Incomplete);
        }
        Ok(ValidationResult::Valid(None))
    }
}
