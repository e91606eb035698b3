//! The line editor: rustyline on a thread of its own, because it blocks while a person types.
//!
//! It draws to the terminal by itself, which is why nothing else writes while a line is read.

mod assistant;
mod complete;
mod reflow;
mod steady;
#[cfg(unix)]
mod suspend;
mod tall;

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};

use rustyline::config::Configurer as _;
use rustyline::error::ReadlineError;
use rustyline::history::{FileHistory, History};
use rustyline::{
    Cmd, ColorMode, CompletionType, ConditionalEventHandler, Config, Editor as Rustyline, Event,
    EventContext, EventHandler, KeyCode, KeyEvent, Modifiers, Movement, RepeatCount,
};
use tokio::sync::oneshot;

pub(super) use complete::Knowledge;
pub(super) use steady::stars;

use super::sight::Sight;
use crate::error::{Error, Result};
use assistant::{Assistant, Purpose};
use reflow::{Columns, Prompt};

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

/// The thread that reads lines. There is one, so that what was typed ahead is not lost.
#[derive(Clone, Debug)]
pub struct Editor {
    requests: mpsc::Sender<Request>,
}

struct Request {
    prompt: (String, String),
    initial: String,
    purpose: Purpose,
    reply: oneshot::Sender<Result<Line>>,
}

/// How long a lone Esc may be the beginning of another key, in milliseconds.
const ESCAPE: u16 = 100;

impl Editor {
    /// Starts the thread; `history` is the file that lines are kept in.
    ///
    /// # Errors
    /// The terminal cannot be used.
    pub fn start(history: Option<PathBuf>, sight: Sight) -> Result<Self> {
        let (requests, received) = mpsc::channel::<Request>();
        std::thread::Builder::new()
            .name("line editor".to_owned())
            .spawn(move || serve(&received, history.as_deref(), sight))
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
        self.request(prompt, initial, Purpose::Prompt(knowledge))
    }

    /// Begins to read the answer to a question, which Esc and Ctrl-C leave; `help` stands below it. A
    /// hidden one is drawn as stars.
    pub fn answer(
        &self,
        question: &str,
        initial: String,
        help: Option<String>,
        hidden: bool,
    ) -> oneshot::Receiver<Result<Line>> {
        let plain = format!("? {question} ");
        let green = format!("\u{1b}[92m?\u{1b}[0m {question} ");
        let purpose = Purpose::Question { help, hidden };
        self.request((plain, green), initial, purpose)
    }

    fn request(
        &self,
        prompt: (String, String),
        initial: String,
        purpose: Purpose,
    ) -> oneshot::Receiver<Result<Line>> {
        let (reply, answer) = oneshot::channel();
        // A thread that is gone drops the request, and the receiver says so.
        let _ = self.requests.send(Request {
            prompt,
            initial,
            purpose,
            reply,
        });
        answer
    }
}

fn serve(received: &mpsc::Receiver<Request>, history: Option<&Path>, sight: Sight) {
    let reads = Reads::default();
    let columns = Rc::<Columns>::default();
    let mut editor = match editor(sight, &reads, &columns) {
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
        let is_question = matches!(request.purpose, Purpose::Question { .. });
        reads.begin(&request.purpose);
        editor.set_keyseq_timeout(is_question.then_some(ESCAPE));
        let (raw, styled) = request.prompt;
        let prompt = Prompt {
            styled: if sight.has_color { styled } else { raw.clone() },
            raw,
            columns: Rc::clone(&columns),
        };
        if let Some(assistant) = editor.helper_mut() {
            assistant.begin(request.purpose, &prompt.styled);
        }
        columns.begin();
        let read = editor.readline_with_initial(&prompt, (request.initial.as_str(), ""));
        let line = match read {
            Ok(text) => {
                if !is_question {
                    remember(&mut editor, &text, history);
                }
                Ok(Line::Text(text))
            }
            Err(ReadlineError::Interrupted) => Ok(Line::Interrupted),
            Err(ReadlineError::Eof) => Ok(Line::End),
            Err(error) => Err(failure(&error)),
        };
        let _ = request.reply.send(line);
    }
}

/// Why there is no line where the thread has ended: rustyline counts the columns of a sign in 16 bits
/// (19.0.0, `layout::Unit`), and panics at one that has more.
pub(super) fn gone() -> Error {
    Error::usage_hint(
        "the line editor has ended: what was typed is more than it can draw",
        "send such a text from a file, by 'chatkit send - < FILE'",
    )
}

/// What is read, for the keys that mean something else then.
#[derive(Clone, Default)]
struct Reads {
    question: Arc<AtomicBool>,
    hidden: Arc<AtomicBool>,
}

impl Reads {
    fn begin(&self, purpose: &Purpose) {
        let is_question = matches!(purpose, Purpose::Question { .. });
        self.question.store(is_question, Ordering::Relaxed);
        let is_hidden = matches!(purpose, Purpose::Question { hidden: true, .. });
        self.hidden.store(is_hidden, Ordering::Relaxed);
    }

    fn is_question(&self) -> bool {
        self.question.load(Ordering::Relaxed)
    }

    fn is_hidden(&self) -> bool {
        self.hidden.load(Ordering::Relaxed)
    }
}

type Lines = Rustyline<Assistant, FileHistory>;

fn editor(sight: Sight, reads: &Reads, columns: &Rc<Columns>) -> rustyline::Result<Lines> {
    let config = Config::builder()
        .max_history_size(HISTORY)?
        .history_ignore_dups(true)?
        // A line that begins with a space is kept out of the file, as in a shell.
        .history_ignore_space(true)
        .completion_type(CompletionType::List)
        .grapheme_cluster_mode(steady::MODE)
        // Without colours rustyline would not ask how a line is drawn.
        .color_mode(ColorMode::Forced)
        .bracketed_paste(true)
        .auto_add_history(false)
        .build();
    let history = FileHistory::with_config(&config);
    let mut editor = Lines::with_history(config, history)?;
    let resumed = Arc::<AtomicBool>::default();
    let assistant = Assistant::new(sight, Rc::clone(columns), Arc::clone(&resumed));
    editor.set_helper(Some(assistant));
    let clear = EventHandler::Conditional(Box::new(ClearsLine(reads.clone())));
    editor.bind_sequence(KeyEvent::ctrl('C'), clear);
    let leave = EventHandler::Conditional(Box::new(LeavesQuestion(reads.clone())));
    editor.bind_sequence(KeyEvent(KeyCode::Esc, Modifiers::NONE), leave);
    for key in KILLING {
        let forget = EventHandler::Conditional(Box::new(Forgets(reads.clone())));
        editor.bind_sequence(key, forget);
    }
    #[cfg(unix)]
    {
        let suspend = EventHandler::Conditional(Box::new(suspend::Suspends::new(resumed)));
        editor.bind_sequence(KeyEvent::ctrl('Z'), suspend);
    }
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

fn failure(error: &ReadlineError) -> Error {
    Error::io(
        "cannot read from the terminal",
        std::io::Error::other(error.to_string()),
    )
}

/// Ctrl-C empties a line that has something on it; at an empty one, and at a question, it means what
/// it always means.
struct ClearsLine(Reads);

impl ConditionalEventHandler for ClearsLine {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        let clears = !context.line().is_empty() && !self.0.is_question();
        clears.then_some(Cmd::Kill(Movement::WholeBuffer))
    }
}

/// Esc leaves a question; at the prompt it is the beginning of other keys.
struct LeavesQuestion(Reads);

impl ConditionalEventHandler for LeavesQuestion {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, _: &EventContext) -> Option<Cmd> {
        self.0.is_question().then_some(Cmd::Interrupt)
    }
}

/// The keys that keep what they take away for Ctrl-Y.
const KILLING: [KeyEvent; 6] = [
    KeyEvent(KeyCode::Char('U'), Modifiers::CTRL),
    KeyEvent(KeyCode::Char('K'), Modifiers::CTRL),
    KeyEvent(KeyCode::Char('W'), Modifiers::CTRL),
    KeyEvent(KeyCode::Backspace, Modifiers::ALT),
    KeyEvent(KeyCode::Char('d'), Modifiers::ALT),
    KeyEvent(KeyCode::Char('D'), Modifiers::ALT),
];

/// What is hidden is not kept where Ctrl-Y would show it at the next prompt: these keys take back all
/// that was typed of it, whose words nobody sees.
struct Forgets(Reads);

impl ConditionalEventHandler for Forgets {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, _: &EventContext) -> Option<Cmd> {
        self.0.is_hidden().then_some(Cmd::Undo(RepeatCount::MAX))
    }
}
