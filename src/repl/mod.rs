//! The interactive conversation of `chatkit chat`: lines in, turns and answers out.
//!
//! Where nobody sits at the terminal, the same lines are read from a pipe, and nothing is asked.

mod ahead;
mod ask;
mod draft;
mod editor;
mod external;
mod files;
mod forms;
mod heard;
mod history;
mod input;
mod limits;
mod mode;
mod obey;
mod piped;
mod prompt;
mod recover;
mod screen;
mod seen;
mod sight;
mod threads;
mod timing;
mod turns;
mod typed;
mod widgets;

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

pub use draft::Draft;
pub use forms::put;
pub use history::file as history_file;
pub use mode::Mode;
pub use screen::{Pictures, Screen, Spinner};
pub use sight::Sight;

use crate::cancel::{Cancel, Interrupts};
use crate::client::Backend;
use crate::conversation::Conversation;
use crate::conversation::answers::Answers;
use crate::conversation::last::LastThreads;
use crate::conversation::tape::Tape;
use crate::error::{Error, Result};
use crate::protocol::{ItemId, ThreadId};
use crate::ui::{Style, Ui};
use ask::Asker;
use editor::{Editor, Line};
use piped::Lines;
use screen::Graphics;
use seen::SeenThreads;

/// Whether the backend is asked for what may be wanted later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ahead {
    /// It is: that costs no more than a request.
    Ask,
    /// It is not: a session would have to be made for it.
    Wait,
}

/// What a conversation begins with.
#[derive(Debug)]
pub struct Setup {
    /// The backend.
    pub backend: Backend,
    /// What the last thread is remembered under; a mock is forgotten.
    pub name: Option<String>,
    /// Where it is, as the prompt shows it.
    pub place: String,
    /// The thread that is gone on with.
    pub thread: Option<ThreadId>,
    /// What goes with the messages.
    pub draft: Draft,
    /// Whether the threads are listed before anyone asks for them.
    pub ahead: Ahead,
    /// Where images are kept that came inside of an answer.
    pub pictures: Pictures,
    /// Files for the first message.
    pub attach: Vec<PathBuf>,
    /// Answers to tools and forms that are known already.
    pub answers: Answers,
    /// Whether threads are deleted without a question.
    pub yes: bool,
    /// Where the turns are written down.
    pub tape: Tape,
    /// Where the lines are kept.
    pub history: Option<PathBuf>,
    /// Where the last thread is remembered.
    pub last: Option<LastThreads>,
    /// The environment, for the terminal and the editor.
    pub vars: BTreeMap<String, String>,
    /// The wish to stop.
    pub cancel: Cancel,
    /// Each Ctrl-C.
    pub interrupts: Interrupts,
}

/// A conversation that goes on.
struct Repl<'a> {
    setup: Setup,
    ui: &'a mut Ui,
    conversation: Conversation,
    screen: Screen,
    seat: Seat,
    /// Whether each answer is followed by its times.
    tells_timing: bool,
    /// Whether the last turn left the transcript in the middle of something.
    is_broken: bool,
    /// Forms and tools that were left for later.
    left: HashSet<ItemId>,
    seen: Seen,
}

/// Who types.
enum Seat {
    /// A person at a terminal.
    Terminal(Editor, Asker),
    /// A file or another program.
    Pipe(Lines),
}

/// What was seen so far, for completion.
#[derive(Debug, Default)]
struct Seen {
    threads: SeenThreads,
    models: Vec<String>,
    tools: Vec<String>,
}

/// What follows a line.
#[derive(Debug, PartialEq, Eq)]
enum Flow {
    /// The next line.
    Next,
    /// The next line, of which this stands there already.
    Edit(String),
    /// The end.
    Leave,
}

/// Leads a conversation to its end.
///
/// # Errors
/// Without a terminal, the first thing that goes wrong; with one, only what nobody can go on after.
pub async fn run(setup: Setup, ui: &mut Ui) -> Result<()> {
    // Given back last, whatever happens in between.
    let _mode = Mode::of_terminal();
    let mut repl = Repl::new(setup, ui)?;
    let outcome = repl.converse().await;
    if repl.screen.sight.draws && repl.setup.cancel.is_requested() {
        // The line editor still reads, and ends with us.
        ahead::unmark(repl.ui)?;
    }
    repl.remember();
    let tape = std::mem::take(&mut repl.conversation.tape);
    let finished = tape.finish(repl.ui);
    outcome.and(finished)
}

impl<'a> Repl<'a> {
    fn new(mut setup: Setup, ui: &'a mut Ui) -> Result<Self> {
        let mut sight = Sight::of(&setup.vars, ui.has_color());
        // Whoever is not asked is answered as in a pipe, wherever that goes.
        sight.draws &= ui.is_interactive();
        let seat = if ui.is_interactive() {
            let kept = setup.history.take();
            let kept = kept.filter(|path| history::is_usable(path, ui));
            let editor = Editor::start(kept, sight)?;
            let asker = Asker {
                editor: editor.clone(),
                can_draw: sight.draws,
                has_color: sight.has_color,
                is_ascii: !sight.unicode,
                interrupts: setup.interrupts.clone(),
                cancel: setup.cancel.clone(),
            };
            Seat::Terminal(editor, asker)
        } else {
            Seat::Pipe(Lines::of_stdin()?)
        };
        let graphics = Graphics::of(&setup.vars, sight.draws);
        let conversation = Conversation {
            tape: std::mem::take(&mut setup.tape),
            ..Conversation::default()
        };
        Ok(Self {
            screen: Screen::new(sight)
                .keeping(setup.pictures.clone())
                .drawing(graphics),
            conversation,
            seat,
            tells_timing: false,
            is_broken: false,
            left: HashSet::new(),
            seen: Seen::default(),
            setup,
            ui,
        })
    }

    async fn converse(&mut self) -> Result<()> {
        self.greet();
        if let Some(id) = self.setup.thread.take() {
            self.open(id).await?;
        }
        for file in std::mem::take(&mut self.setup.attach) {
            self.attach(&file).await?;
        }
        let mut initial = String::new();
        while let Some(line) = self.line(std::mem::take(&mut initial)).await? {
            let outcome = self.obey(&line).await;
            match self.survive(outcome)? {
                Flow::Next => initial = self.screen.take_typed(),
                Flow::Edit(text) => initial = text,
                Flow::Leave => break,
            }
        }
        Ok(())
    }

    fn greet(&mut self) {
        if self.is_interactive() {
            let place = &self.setup.place;
            let note = format!("talking to {place}; /help tells the commands, Ctrl-D leaves");
            self.ui.note(Style::Dim, &note);
            if self.setup.ahead == Ahead::Ask {
                self.look_around();
            }
        }
    }

    /// A person is told what went wrong, and goes on.
    fn survive(&mut self, outcome: Result<Flow>) -> Result<Flow> {
        let error = match outcome {
            Ok(flow) => return Ok(flow),
            Err(error) => error,
        };
        let is_over = matches!(error, Error::ClosedPipe) || self.setup.cancel.is_requested();
        if is_over || !self.is_interactive() {
            return Err(error);
        }
        match error {
            Error::Interrupted => {
                self.hide_control_c()?;
                self.ui.note(Style::Dim, "stopped");
            }
            error => self.ui.error(&error),
        }
        Ok(Flow::Next)
    }

    fn is_interactive(&self) -> bool {
        matches!(self.seat, Seat::Terminal(..))
    }

    fn thread_id(&self) -> Option<ThreadId> {
        let thread = self.conversation.transcript.thread()?;
        Some(thread.id.clone())
    }

    /// The next line; `None` at the end.
    async fn line(&mut self, initial: String) -> Result<Option<String>> {
        self.ui.flush()?;
        let mut initial = initial;
        let mut was_interrupted = false;
        loop {
            let prompt = prompt::prompt(&self.facts());
            let knowledge = self.knowledge();
            let (cancel, interrupts) = (&self.setup.cancel, &self.setup.interrupts);
            let editor = match &mut self.seat {
                Seat::Pipe(lines) => return lines.next(cancel).await,
                Seat::Terminal(editor, ..) => editor,
            };
            let mut answer = editor.read(prompt, std::mem::take(&mut initial), knowledge);
            let line = loop {
                tokio::select! {
                    biased;
                    () = cancel.requested() => return Err(Error::Interrupted),
                    line = &mut answer => break line.unwrap_or_else(|_| Err(editor::gone()))?,
                    // A terminal that is not in raw mode sends a signal instead of a key.
                    () = interrupts.next() => {
                        if std::mem::replace(&mut was_interrupted, true) {
                            return Ok(None);
                        }
                        self.ui.note(Style::Dim, "press Ctrl-C again, or Ctrl-D, to leave");
                    }
                }
            };
            match line {
                Line::Text(text) => return Ok(Some(text)),
                Line::End => return Ok(None),
                Line::Interrupted if was_interrupted => return Ok(None),
                Line::Interrupted => {
                    was_interrupted = true;
                    let note = "press Ctrl-C again, or Ctrl-D, to leave";
                    self.ui.note(Style::Dim, note);
                }
            }
        }
    }

    fn facts(&self) -> prompt::Facts<'_> {
        let transcript = &self.conversation.transcript;
        let thread = transcript.thread();
        let draft = &self.setup.draft;
        prompt::Facts {
            place: &self.setup.place,
            thread: thread.map(|thread| thread.title.as_deref().unwrap_or(thread.id.as_str())),
            files: draft.attachments.len(),
            quotes: draft.quote.is_some(),
            tags: draft.tags.len(),
            waits: transcript.pending_tool_call().is_some() || transcript.pending_form().is_some(),
            is_ascii: !self.screen.sight.unicode,
        }
    }

    /// Keeps the thread for `--continue`.
    fn remember(&self) {
        let name = self.setup.name.as_deref();
        if let (Some(last), Some(name), Some(thread)) = (&self.setup.last, name, self.thread_id()) {
            last.set(name, &thread);
        }
    }
}
