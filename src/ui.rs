//! The only writer to stdout and stderr, and the only asker.
//!
//! stdout is the result, stderr is everything about it. Untrusted text goes through here, so it
//! is cleaned here: always on stderr, and on stdout when that is a terminal.

mod log;
mod place;
mod report;

use std::io::{self, BufRead, IsTerminal, Write};

pub use log::start_log;
use serde::Serialize;

use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::options::{ColorChoice, OutputOptions};
use crate::render::clean::{Pieces, clean, clean_json, contained};
use crate::render::{ascii_signs, speaks_unicode};
use crate::secret::hide;

/// How much is said on stderr.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Errors only.
    Quiet,
    /// What a person wants to know about the result.
    Normal,
    /// What the program does.
    Verbose,
    /// Everything that it can tell.
    Trace,
}

/// How a note looks on a terminal with colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As it is.
    Plain,
    /// Of less weight than the answer: progress, reasoning, ids.
    Dim,
    /// To be noticed.
    Warning,
    /// What failed.
    Danger,
}

/// The terminal, or the files in its place.
pub struct Ui {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    out_is_terminal: bool,
    err_is_terminal: bool,
    color_out: bool,
    color_err: bool,
    /// Whether stderr shows more than ASCII.
    unicode_err: bool,
    ask: bool,
    json: bool,
    verbosity: Verbosity,
    midline: bool,
    /// How the last piece of text on the terminal ended.
    pieces: Pieces,
    /// Whether stdout and stderr end up in one place, such as a terminal or the pipe of `2>&1`.
    is_one: bool,
}

impl std::fmt::Debug for Ui {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ui")
            .field("json", &self.json)
            .field("verbosity", &self.verbosity)
            .finish_non_exhaustive()
    }
}

impl Ui {
    /// The process's own streams, used as the options ask for.
    pub fn new(options: &OutputOptions) -> Self {
        let (out, err) = (io::stdout(), io::stderr());
        let err_is_terminal = err.is_terminal();
        let may_ask = io::stdin().is_terminal() && err_is_terminal;
        Self {
            out_is_terminal: out.is_terminal(),
            err_is_terminal,
            is_one: out.is_terminal() && err_is_terminal || place::is_one_file(&out, &err),
            color_out: wants_color(options.color, out.is_terminal()),
            color_err: wants_color(options.color, err_is_terminal),
            out: Box::new(io::BufWriter::with_capacity(1 << 16, out)),
            err: Box::new(err),
            // A file may be read anywhere.
            unicode_err: !err_is_terminal || speaks_unicode(variable),
            ask: may_ask && !options.no_input,
            json: options.json,
            verbosity: verbosity(options),
            midline: false,
            pieces: Pieces::default(),
        }
    }

    /// Whether stdout carries JSON and nothing else.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Whether stdout is a terminal.
    pub fn out_is_terminal(&self) -> bool {
        self.out_is_terminal
    }

    /// Whether a person sits at both ends and may be asked.
    pub fn is_interactive(&self) -> bool {
        self.ask && self.out_is_terminal && !self.json
    }

    /// Whether the result may have colours.
    pub fn has_color(&self) -> bool {
        self.color_out
    }

    /// How much is said on stderr.
    pub fn verbosity(&self) -> Verbosity {
        self.verbosity
    }

    /// Writes a piece of the result, as it is off a terminal.
    ///
    /// It is handed on by the next [`Ui::flush`], so that what came together goes out together.
    ///
    /// # Errors
    /// [`Error::ClosedPipe`] when the reader has gone; that holds for all that write to stdout.
    pub fn text(&mut self, text: &str) -> Result<()> {
        if !text.is_empty() {
            self.midline = !text.ends_with('\n');
        }
        if self.out_is_terminal {
            let text = self.pieces.clean(text);
            self.write(text.as_bytes())
        } else {
            self.write(text.as_bytes())
        }
    }

    /// Writes a line of the result.
    pub fn line(&mut self, text: &str) -> Result<()> {
        self.text(&format!("{text}\n"))
    }

    /// Writes what `render` made for a terminal: it is clean, and its escape sequences are ours.
    pub fn drawn(&mut self, text: &str) -> Result<()> {
        if let Some(last) = text.chars().last() {
            self.midline = last != '\n';
        }
        self.write(text.as_bytes())
    }

    /// Ends the line that [`Ui::text`] left open, if it did.
    pub fn end_line(&mut self) -> Result<()> {
        if self.midline {
            self.text("\n")?;
        }
        Ok(())
    }

    /// Writes one JSON document that was received, in one line and otherwise untouched.
    pub fn json_line(&mut self, json: &[u8]) -> Result<()> {
        if !self.out_is_terminal && memchr::memchr2(b'\n', b'\r', json).is_none() {
            self.write(json)?;
            return self.write(b"\n");
        }
        // Line breaks stand between tokens only: inside a JSON string they are escaped.
        let line = String::from_utf8_lossy(json).replace(['\n', '\r'], " ");
        let line = if self.out_is_terminal {
            clean_json(&line)
        } else {
            line.into()
        };
        self.write(line.as_bytes())?;
        self.write(b"\n")
    }

    /// Writes a value as one JSON document: in one line, or indented on a terminal.
    pub fn json<T: Serialize>(&mut self, value: &T) -> Result<()> {
        let text = if self.out_is_terminal {
            // By way of a value, because words that are kept have their own white space.
            serde_json::to_value(value).and_then(|value| serde_json::to_string_pretty(&value))
        } else {
            serde_json::to_string(value)
        }
        // A document with half of a character in it is no value, and stays as it came.
        .or_else(|_| serde_json::to_string(value))
        .map_err(|error| Error::usage(format!("cannot write JSON: {error}")))?;
        let mut text = if self.out_is_terminal {
            clean_json(&text).into_owned()
        } else {
            // Words that are kept may stand in lines, and line breaks only between their tokens.
            text.replace(['\n', '\r'], " ")
        };
        text.push('\n');
        self.write(text.as_bytes())
    }

    /// Writes bytes of our own making, such as a completion script.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.write(bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let written = self.out.write_all(bytes);
        written.map_err(|error| Error::io("cannot write to stdout", error))
    }

    /// Hands on what was written to stdout.
    pub fn flush(&mut self) -> Result<()> {
        let flushed = self.out.flush();
        flushed.map_err(|error| Error::io("cannot write to stdout", error))
    }

    /// Says something about the result on stderr, unless quiet.
    pub fn note(&mut self, style: Style, text: &str) {
        if self.verbosity >= Verbosity::Normal {
            self.say(style, text);
        }
    }

    /// Says something that only a reader who asked for details wants to know.
    pub fn detail(&mut self, text: &str) {
        if self.verbosity >= Verbosity::Verbose {
            self.say(Style::Dim, text);
        }
    }

    /// Says something that the reader should know and that does not stop the command.
    pub fn warn(&mut self, text: &str) {
        self.note(Style::Warning, &format!("warning: {text}"));
    }

    /// Prints an error and what to do about it.
    pub fn error(&mut self, error: &Error) {
        self.say(Style::Danger, &format!("error: {error}"));
        if let Some(hint) = error.hint() {
            self.say(Style::Plain, &format!("hint: {hint}"));
        }
    }

    /// Leaves the line on which the terminal has shown the `^C`.
    pub fn interrupted(&mut self) {
        let _ = self.flush();
        if self.err_is_terminal {
            let _ = self.err.write_all(b"\n");
        }
    }

    fn say(&mut self, style: Style, text: &str) {
        if self.is_one {
            // The note must not run into half of a line. An error comes back with the next flush.
            let _ = self.end_line();
        }
        let _ = self.flush();
        let mut text = contained(&hide(&clean(text)));
        if !self.unicode_err {
            text = ascii_signs(&text);
        }
        let line = match (self.color_err, style) {
            (true, Style::Dim) => format!("\u{1b}[2m{text}\u{1b}[0m\n"),
            (true, Style::Warning) => format!("\u{1b}[33m{text}\u{1b}[0m\n"),
            (true, Style::Danger) => format!("\u{1b}[31m{text}\u{1b}[0m\n"),
            _ => format!("{text}\n"),
        };
        // When stderr is gone there is nobody left to tell about it.
        let _ = self.err.write_all(line.as_bytes());
    }

    /// Asks a yes-or-no question on the terminal; no answer means no.
    ///
    /// # Errors
    /// Wrong usage where nobody can be asked; the hint names `flag`, which answers instead.
    pub async fn confirm(&mut self, question: &str, flag: &str, cancel: &Cancel) -> Result<bool> {
        if !self.ask {
            return Err(Error::usage_hint(
                format!("cannot ask: {question}"),
                format!("answer with {flag}"),
            ));
        }
        let prompt = format!("{} [y/N] ", clean(question));
        self.flush()?;
        let _ = self.err.write_all(prompt.as_bytes());
        let _ = self.err.flush();
        let answer = tokio::select! {
            biased;
            () = cancel.requested() => return Err(Error::Interrupted),
            // A thread of its own, because a read from a terminal cannot be given up.
            answer = tokio::task::spawn_blocking(read_line) => answer,
        };
        let answer = answer
            .unwrap_or_else(|error| Err(error.into()))
            .map_err(|error| Error::io("cannot read the answer", error))?;
        Ok(matches!(answer.trim(), "y" | "Y" | "yes" | "Yes"))
    }
}

/// Shows a person a line of what they said, where nobody else writes to the terminal.
pub fn tell(text: &str) {
    // When stderr is gone there is nobody left to be told.
    let _ = io::stderr().write_all(format!("{}\n", clean(text)).as_bytes());
}

/// Moves the cursor and takes rows away, for whoever draws on the terminal by themselves.
pub fn steer(sequence: &str) {
    let mut out = io::stdout();
    // When stdout is gone there is nothing left to be drawn on.
    let _ = out.write_all(sequence.as_bytes());
    let _ = out.flush();
}

/// Tells a person something on a line of its own, while another thread waits for what they type.
pub fn tell_line(text: &str) {
    // When stderr is gone there is nobody left to be told.
    let _ = io::stderr().write_all(format!("\n{}\n", hide(&clean(text))).as_bytes());
}

/// Asks on a terminal that cannot be drawn on, and waits for a line; `None` at its end.
///
/// # Errors
/// stdin cannot be read.
pub fn ask_line(prompt: &str) -> Result<Option<String>> {
    let mut err = io::stderr();
    // When stderr is gone there is nobody left to be asked, and no line comes either.
    let _ = err.write_all(clean(prompt).as_bytes());
    let _ = err.flush();
    let line = read_line().map_err(|error| Error::io("cannot read the answer", error))?;
    Ok((!line.is_empty()).then_some(line))
}

/// A line of stdin, without its end; `None` at the end of stdin.
///
/// # Errors
/// stdin cannot be read; wrong usage if it is not UTF-8.
pub fn read_stdin_line() -> Result<Option<String>> {
    let line = read_line().map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => Error::usage("stdin is not UTF-8"),
        _ => Error::io("cannot read stdin", error),
    })?;
    let text = line.trim_end_matches(['\n', '\r']).to_owned();
    Ok((!line.is_empty()).then_some(text))
}

fn read_line() -> io::Result<String> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line)
}

/// Whether stdin is a terminal, where reading it would wait for a person.
pub fn stdin_is_terminal() -> bool {
    io::stdin().is_terminal()
}

/// Whether stdin and stdout are terminals, so that nobody else is in the same pipeline.
#[cfg(unix)]
pub fn is_at_terminal() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Whether what the program says reaches a terminal, as result or as message.
pub fn writes_to_terminal() -> bool {
    io::stdout().is_terminal() || io::stderr().is_terminal()
}

fn verbosity(options: &OutputOptions) -> Verbosity {
    match (options.quiet, options.verbose) {
        (true, _) => Verbosity::Quiet,
        (false, 0) => Verbosity::Normal,
        (false, 1) => Verbosity::Verbose,
        (false, _) => Verbosity::Trace,
    }
}

/// <https://no-color.org>: the variable counts when it is set and not empty.
fn wants_color(choice: ColorChoice, is_terminal: bool) -> bool {
    let set = |name| !variable(name).is_empty();
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => is_terminal && variable("TERM") != "dumb" && !set("NO_COLOR"),
    }
}

/// A variable of the environment; empty where it is not set.
fn variable(name: &'static str) -> String {
    let value = std::env::var_os(name).unwrap_or_default();
    value.to_string_lossy().into_owned()
}
