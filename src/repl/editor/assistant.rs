//! What helps while a line is typed: completion, hints, and how the line is drawn.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustyline::completion::{Completer, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Helper};

use super::complete::{self, Knowledge};
use super::reflow::{self, Columns, Standing};
use super::steady::{Veil, is_unsteady};
use super::tall::{Laid, Marks, Shown};
use crate::repl::input;
use crate::repl::sight::Sight;
use crate::ui;

/// What a line is read for.
pub(super) enum Purpose {
    /// The next message or command, with what completion knows.
    Prompt(Knowledge),
    /// The answer to a question, with what is said below it.
    Question { help: Option<String>, hidden: bool },
}

/// What rustyline asks while a line is typed.
pub(super) struct Assistant {
    purpose: Purpose,
    /// What stands before the line.
    prompt: String,
    /// What is drawn before it, which may be the words of a search.
    asked: RefCell<String>,
    /// How wide the terminal is.
    columns: Rc<Columns>,
    /// Whether it breaks its lines anew when that changes.
    reflows: bool,
    has_color: bool,
    is_ascii: bool,
    /// The prompt and line that were laid out last.
    laid: RefCell<Sheet>,
    /// What stands on the screen.
    standing: RefCell<Standing>,
    /// Whether that was taken away, and is to be drawn anew.
    is_gone: Cell<bool>,
    /// Whether the line is sent, and drawn for the last time.
    is_sent: Cell<bool>,
    /// Whether the process was stopped since.
    resumed: Arc<AtomicBool>,
    /// How many candidates of a list are still to be written.
    unlisted: Cell<usize>,
}

/// A prompt and a line, and how they are drawn: rustyline asks more than once for the same.
#[derive(Default)]
struct Sheet {
    prompt: String,
    line: String,
    at: usize,
    columns: usize,
    laid: Rc<Laid>,
}

impl Assistant {
    /// One for a terminal; `resumed` says that the process was stopped while a line was typed.
    pub fn new(sight: Sight, columns: Rc<Columns>, resumed: Arc<AtomicBool>) -> Self {
        Self {
            purpose: Purpose::Prompt(Knowledge::default()),
            prompt: String::new(),
            asked: RefCell::default(),
            columns,
            // Windows' console has another way to draw a line anew.
            reflows: sight.reflows && cfg!(unix),
            has_color: sight.has_color,
            is_ascii: !sight.unicode,
            laid: RefCell::default(),
            standing: RefCell::default(),
            is_gone: Cell::default(),
            is_sent: Cell::default(),
            resumed,
            unlisted: Cell::default(),
        }
    }

    /// A line is about to be read behind this prompt, as it is drawn.
    pub fn begin(&mut self, purpose: Purpose, prompt: &str) {
        self.purpose = purpose;
        prompt.clone_into(&mut self.prompt);
        self.laid.take();
        self.standing.replace(Standing {
            height: reflow::rows(),
            ..Standing::default()
        });
        self.is_gone.set(false);
        self.is_sent.set(false);
        self.resumed.store(false, Ordering::Relaxed);
    }

    fn veil(&self) -> Veil {
        match self.purpose {
            Purpose::Question { hidden: true, .. } => Veil::Stars,
            _ => Veil::None,
        }
    }

    fn hint_for(&self, line: &str, at: usize) -> Option<Hint> {
        if at < line.len() {
            return None;
        }
        let (text, completes) = match &self.purpose {
            Purpose::Prompt(_) => complete::hint(line)?,
            // On a line of its own, below what is typed. Behind a line that fills its row rustyline
            // counts two rows to the one below, and a terminal goes only one: it moves to the next
            // row when something is written there, as the space is.
            Purpose::Question { help, .. } => (format!(" \n[{}]", help.as_ref()?), false),
        };
        // A line that needs all of the window needs it more.
        let laid = self.lay(&self.prompt, line, at);
        let fits = !laid
            .with(&text, self.columns.known())
            .is_higher_than(reflow::rows());
        fits.then_some(Hint { text, completes })
    }

    /// A line as it is drawn behind a prompt.
    fn lay(&self, prompt: &str, line: &str, at: usize) -> Rc<Laid> {
        let columns = self.columns.known();
        let mut sheet = self.laid.borrow_mut();
        let is_known = sheet.columns == columns
            && sheet.at == at
            && sheet.prompt == prompt
            && sheet.line == line;
        if !is_known {
            let laid = Laid::of(prompt, line.split_at(at), columns, self.veil());
            *sheet = Sheet {
                prompt: prompt.to_owned(),
                line: line.to_owned(),
                at,
                columns,
                laid: Rc::new(laid),
            };
        }
        Rc::clone(&sheet.laid)
    }

    /// What the window shows of it.
    fn shown(&self, laid: &Laid) -> Shown {
        let marks = Marks {
            columns: self.columns.known(),
            is_ascii: self.is_ascii,
            has_color: self.has_color,
        };
        laid.shown(reflow::rows(), marks)
    }

    fn stands(&self, laid: &Laid, shown: &Shown) {
        let (columns, height) = (self.columns.known(), reflow::rows());
        self.standing
            .replace(Standing::of(laid, shown, columns, height));
    }

    /// Takes away what stands on the screen where rustyline would take away too much or too little,
    /// because the window is another one now or something else was written in it.
    fn make_way(&self) {
        let height = reflow::rows();
        let change = self.columns.change().filter(|_| self.reflows);
        let mut standing = self.standing.borrow_mut();
        let sequence = if self.resumed.swap(false, Ordering::Relaxed) {
            standing.passed_over(height)
        } else if let Some((_, columns)) = change {
            standing.taken_away(columns, height)
        } else if standing.is_moved_by(height) {
            standing.taken_away(standing.columns, height)
        } else {
            return;
        };
        standing.height = height;
        self.is_gone.set(true);
        ui::steer(&sequence);
    }
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
        let Purpose::Prompt(knowledge) = &self.purpose else {
            return Ok((at, Vec::new()));
        };
        let (start, candidates) = complete::complete(&line[..at], knowledge);
        self.unlisted.set(candidates.len());
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
        self.make_way();
        self.hint_for(line, at)
    }
}

/// What stands behind the cursor.
pub(super) struct Hint {
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
    /// Nothing yet: what is drawn of the prompt depends on the line.
    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        prompt.clone_into(&mut self.asked.borrow_mut());
        Cow::Borrowed("")
    }

    fn highlight<'l>(&self, line: &'l str, at: usize) -> Cow<'l, str> {
        let laid = self.lay(&self.asked.borrow(), line, at);
        self.is_gone.set(false);
        if self.is_sent.get() {
            // rustyline breaks the line behind its last row, if that is empty.
            let text = laid.text();
            return Cow::Owned(text.strip_suffix('\n').unwrap_or(text).to_owned());
        }
        let shown = self.shown(&laid);
        self.stands(&laid, &shown);
        Cow::Owned(shown.text)
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        if hint.is_empty() {
            return Cow::Borrowed(hint);
        }
        let line = Rc::clone(&self.laid.borrow().laid);
        let laid = line.with(hint, self.columns.known());
        if laid.is_higher_than(reflow::rows()) {
            // It had room behind the usual prompt.
            let shown = self.shown(&laid);
            self.stands(&laid, &shown);
            return Cow::Owned(line.taken_back(reflow::rows()) + &shown.text);
        }
        self.standing.borrow_mut().end = laid.end();
        self.standing.borrow_mut().is_at_end = false;
        let hint = &laid.text()[line.text().len()..];
        Cow::Owned(if self.has_color {
            format!("\u{1b}[2m{hint}\u{1b}[0m")
        } else {
            hint.to_owned()
        })
    }

    /// Behind the last one there is room for what rustyline takes away when the list is written, which
    /// is as many rows as the line has (19.0.0, `page_completions`).
    fn highlight_candidate<'c>(&self, candidate: &'c str, _: CompletionType) -> Cow<'c, str> {
        let left = self.unlisted.replace(self.unlisted.get().saturating_sub(1));
        if left != 1 {
            return Cow::Borrowed(candidate);
        }
        let room = self.standing.borrow().passed_over(reflow::rows());
        // It breaks the line once more.
        Cow::Owned(format!("{candidate}\n{room}\u{1b}[A"))
    }

    /// Whether the line is drawn whole, and not only the letter that was typed.
    fn highlight_char(&self, line: &str, at: usize, kind: CmdKind) -> bool {
        self.make_way();
        if self.is_sent.get() {
            return false;
        }
        let laid = self.lay(&self.prompt, line, at);
        let Standing {
            end, is_between, ..
        } = *self.standing.borrow();
        self.stands(&laid, &self.shown(&laid));
        if kind != CmdKind::Other {
            // The hint stays behind a cursor that moves.
            self.standing.borrow_mut().end = end;
        }
        // Where the cursor leaves the window, there are other rows to be shown.
        let is_elsewhere = || kind != CmdKind::Other && laid.is_higher_than(reflow::rows());
        // A search that is over leaves its words there.
        let is_searched = || *self.asked.borrow() != self.prompt;
        self.veil() == Veil::Stars
            || self.is_gone.get()
            || is_elsewhere()
            || is_between && kind != CmdKind::Other
            || is_searched()
            || is_unsteady(line)
            || self.reflows && reflow::has_gone_over(laid.end())
    }
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let is_prompt = matches!(self.purpose, Purpose::Prompt(_));
        if is_prompt && input::goes_on(context.input()) {
            return Ok(ValidationResult::Incomplete);
        }
        // With a message the line is drawn once more, if it is none.
        let is_cut = self.standing.borrow().is_cut;
        self.is_sent.set(is_cut);
        Ok(ValidationResult::Valid(is_cut.then(String::new)))
    }
}
