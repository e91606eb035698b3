//! Lines from a file or another program, read on a thread, because a read cannot be given up.

use tokio::sync::mpsc;

use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::ui;

/// The lines of stdin.
#[derive(Debug)]
pub struct Lines(mpsc::Receiver<Result<String>>);

impl Lines {
    /// Begins to read.
    ///
    /// # Errors
    /// When there is no thread for it.
    pub fn of_stdin() -> Result<Self> {
        // One line ahead is enough: whoever writes faster waits.
        let (send, lines) = mpsc::channel(1);
        std::thread::Builder::new()
            .name("stdin".to_owned())
            .spawn(move || {
                while let Some(line) = ui::read_stdin_line().transpose() {
                    let failed = line.is_err();
                    if send.blocking_send(line).is_err() || failed {
                        return;
                    }
                }
            })
            .map_err(|error| Error::io("cannot read stdin", error))?;
        Ok(Self(lines))
    }

    /// The next line; `None` at the end.
    ///
    /// # Errors
    /// stdin cannot be read, or everything is to stop.
    pub async fn next(&mut self, cancel: &Cancel) -> Result<Option<String>> {
        tokio::select! {
            biased;
            () = cancel.requested() => Err(Error::Interrupted),
            line = self.0.recv() => line.transpose(),
        }
    }
}
