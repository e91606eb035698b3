//! What is typed and pasted while an answer streams: it waits for the next prompt.
//!
//! A few keys wait in the terminal, and the line editor reads them as if they came then. A terminal
//! keeps no more than some thousand bytes, though, and Ctrl-C would wait behind them until the
//! answer is over, so that a paste is taken out of it here.

use std::time::Duration;

use tokio::task::JoinHandle;

use super::heard::Heard;
use super::mode::Mode;
use crate::cancel::Cancel;
use crate::error::Result;
use crate::ui::Ui;

/// How much waits in the terminal before it is taken for a paste, in bytes. Nobody types as much
/// while an answer streams, and every terminal keeps more.
const PASTE: u64 = 256;

/// The most that is kept, in bytes.
const MOST: usize = 16 * 1024 * 1024;

/// How often the terminal is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// How long the rest of a paste may take to come.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks the terminal to mark what is pasted, and not to do so any more.
const MARK: &[u8] = b"\x1b[?2004h";
const MARK_NO_MORE: &[u8] = b"\x1b[?2004l";

/// What comes from the terminal during a turn, for as long as this lives.
#[derive(Debug)]
pub(super) struct Ahead {
    _mode: Option<Mode>,
    reader: JoinHandle<Pile>,
    is_over: Cancel,
}

/// What was taken out of the terminal.
#[derive(Debug, Default)]
struct Pile {
    heard: Heard,
    /// Whether there was more than is kept.
    is_cut: bool,
}

impl Ahead {
    /// Begins to listen on a terminal that can be drawn on.
    ///
    /// # Errors
    /// When stdout cannot be written to.
    pub(super) fn listen(ui: &mut Ui) -> Result<Self> {
        let mode = Mode::waiting();
        let is_over = Cancel::new();
        // A paste without marks could not be told from a message for each of its lines.
        ui.bytes(MARK)?;
        ui.flush()?;
        let over = is_over.clone();
        let may_read = mode.is_some();
        let reader = tokio::spawn(async move {
            if may_read {
                read(over).await
            } else {
                Pile::default()
            }
        });
        Ok(Self {
            _mode: mode,
            reader,
            is_over,
        })
    }

    /// Ends it: what was pasted, and whether that was more than is kept.
    ///
    /// # Errors
    /// When stdout cannot be written to.
    pub(super) async fn finish(self, ui: &mut Ui) -> Result<(String, bool)> {
        self.is_over.request();
        let pile = self.reader.await.unwrap_or_default();
        unmark(ui)?;
        Ok((pile.heard.typed(), pile.is_cut))
    }
}

/// Has the terminal mark no pastes any more, as whoever uses it next expects.
///
/// # Errors
/// When stdout cannot be written to.
pub(super) fn unmark(ui: &mut Ui) -> Result<()> {
    ui.bytes(MARK_NO_MORE)?;
    ui.flush()
}

/// Reads from the moment in which much has come, to the end of the turn and of the paste.
async fn read(is_over: Cancel) -> Pile {
    let mut pile = Pile::default();
    let mut quiet = Duration::ZERO;
    loop {
        let reads = !pile.heard.0.is_empty();
        let came = (reads || terminal::waiting() >= PASTE) && pile.take();
        quiet = if came { Duration::ZERO } else { quiet + LOOK };
        // What follows at once would be taken for keys.
        let goes_on = came || (pile.heard.is_in_paste() && quiet < PATIENCE);
        if is_over.is_requested() && !goes_on {
            return pile;
        }
        tokio::time::sleep(LOOK).await;
    }
}

impl Pile {
    /// Takes what is there; whether that was anything.
    fn take(&mut self) -> bool {
        let mut bytes = [0; 4096];
        let mut came = false;
        loop {
            let count = terminal::read(&mut bytes);
            if count == 0 {
                return came;
            }
            came = true;
            let kept = count.min(MOST - self.heard.0.len());
            self.heard.0.extend(&bytes[..kept]);
            self.is_cut |= kept < count;
        }
    }
}

#[cfg(unix)]
mod terminal {
    /// How many bytes wait in the terminal.
    pub(super) fn waiting() -> u64 {
        rustix::io::ioctl_fionread(std::io::stdin()).unwrap_or(0)
    }

    /// Reads what is there, which is nothing where nothing waits: that is [`super::Mode::waiting`].
    pub(super) fn read(bytes: &mut [u8]) -> usize {
        nix::unistd::read(std::io::stdin(), bytes).unwrap_or(0)
    }
}

/// The console keeps what is typed without a bound, and hands Ctrl-C over by itself.
#[cfg(not(unix))]
mod terminal {
    pub(super) fn waiting() -> u64 {
        0
    }

    pub(super) fn read(_: &mut [u8]) -> usize {
        0
    }
}
