//! What moves while one waits, and leaves nothing behind: a spinner and a bar, drawn by indicatif.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};

use super::rows::Rows;
use crate::repl::sight::Sight;

/// How often a spinner turns.
const TICK: Duration = Duration::from_millis(100);

/// How often a bar is drawn at most, in a second.
const FRAMES: u8 = 20;

/// A line that says what is being done, while something is.
#[derive(Debug)]
pub struct Spinner {
    bar: Option<ProgressBar>,
    sight: Sight,
}

impl Spinner {
    /// A spinner that is not shown yet.
    pub fn new(sight: Sight) -> Self {
        Self { bar: None, sight }
    }

    /// Shows a line, which is clean, in the place of the one before.
    pub fn say(&mut self, text: &str) {
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(None, stderr(self.sight));
            // The template is a constant that indicatif reads.
            if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
                bar.set_style(if self.sight.unicode {
                    style
                } else {
                    style.tick_chars("|/-\\ ")
                });
            }
            bar.enable_steady_tick(TICK);
            bar
        });
        bar.set_message(text.to_owned());
    }

    /// Takes the line away, before anything else is written.
    pub fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        self.clear();
    }
}

/// The bar of an upload of `size` bytes; dropping it takes it away.
#[derive(Debug)]
pub struct Bar(ProgressBar);

impl Bar {
    /// A bar for the file of this name, which is clean.
    pub fn upload(name: &str, size: u64, sight: Sight) -> Self {
        let bar = ProgressBar::with_draw_target(Some(size), stderr(sight));
        let template = "{msg} {wide_bar} {bytes}/{total_bytes}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(if sight.unicode {
                style
            } else {
                style.progress_chars("#>-")
            });
        }
        bar.set_message(name.to_owned());
        bar.tick();
        Self(bar)
    }

    /// So many bytes are there.
    pub fn at(&self, bytes: u64) {
        self.0.set_position(bytes);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Where both are drawn: nowhere, if stderr is no terminal.
fn stderr(sight: Sight) -> ProgressDrawTarget {
    let term = Term::buffered_stderr();
    if !term.is_term() {
        return ProgressDrawTarget::hidden();
    }
    let drawn = Mutex::default();
    ProgressDrawTarget::term_like_with_hz(Box::new(OneLine { term, sight, drawn }), FRAMES)
}

/// A terminal with one line on it, which may have been broken into several rows by the time that it
/// is taken away, because the terminal became narrower.
#[derive(Debug)]
struct OneLine {
    term: Term,
    sight: Sight,
    drawn: Mutex<Rows>,
}

impl OneLine {
    fn drawn(&self) -> MutexGuard<'_, Rows> {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TermLike for OneLine {
    fn width(&self) -> u16 {
        self.term.size().1
    }

    fn height(&self) -> u16 {
        self.term.size().0
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.term.move_cursor_up(n)
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.term.move_cursor_down(n)
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.term.move_cursor_right(n)
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.term.move_cursor_left(n)
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.term.write_line(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        // The blanks with which indicatif fills the line would be broken off into a row of their
        // own.
        if text.trim().is_empty() {
            return Ok(());
        }
        *self.drawn() = Rows::of(text);
        self.term.write_str(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        let rows = std::mem::take(&mut *self.drawn()).all(self.sight.columns());
        for _ in 1..rows {
            self.term.clear_line()?;
            self.term.move_cursor_up(1)?;
        }
        self.term.clear_line()
    }

    fn flush(&self) -> io::Result<()> {
        self.term.flush()
    }
}
