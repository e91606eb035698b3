//! Ctrl-Z while a line is typed: the process stops, and `fg` finds the line as it was.
//!
//! rustyline asks for the stop of the whole group and goes on at once, so that in a process of
//! several threads it may have the terminal ready for typing before it is stopped; the shell then
//! takes that away, and nobody gives it back. A thread that stops itself goes on when it is told to.

use std::fs::File;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use nix::sys::signal::{Signal, raise};
use nix::sys::termios::{SetArg, Termios, tcgetattr, tcsetattr};
use rustyline::{Cmd, ConditionalEventHandler, Event, EventContext, RepeatCount};

/// Stops the process, and draws the line again once it goes on.
pub(super) struct Suspends {
    /// The terminal, and as it was before a line was read.
    terminal: Mutex<Option<(File, Termios)>>,
    /// Whether what stood on the screen is no longer all that is above the cursor.
    resumed: Arc<AtomicBool>,
}

impl Suspends {
    /// Remembers the terminal as it is; `resumed` is set whenever the process goes on.
    pub fn new(resumed: Arc<AtomicBool>) -> Self {
        let terminal = File::options().read(true).write(true).open("/dev/tty");
        let known = terminal.ok().and_then(|terminal| {
            let mode = tcgetattr(&terminal).ok()?;
            Some((terminal, mode))
        });
        Self {
            terminal: Mutex::new(known),
            resumed,
        }
    }

    fn suspend(&self) -> Option<()> {
        let known = self.terminal.lock();
        let known = known.unwrap_or_else(PoisonError::into_inner);
        let (mut terminal, mode) = known.as_ref().map(|(file, mode)| (file, mode))?;
        let typing = tcgetattr(terminal).ok()?;
        tcsetattr(terminal, SetArg::TCSADRAIN, mode).ok()?;
        let stopped = raise(Signal::SIGTSTP);
        tcsetattr(terminal, SetArg::TCSADRAIN, &typing).ok()?;
        // The shell has turned bracketed pastes off, and pasted lines would be sent one by one.
        let _ = terminal.write_all(b"\x1b[?2004h");
        self.resumed.store(stopped.is_ok(), Ordering::Relaxed);
        stopped.ok()
    }
}

impl ConditionalEventHandler for Suspends {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, _: &EventContext) -> Option<Cmd> {
        // Without a terminal of our own, rustyline does what it can.
        Some(self.suspend().map_or(Cmd::Suspend, |()| Cmd::Repaint))
    }
}
