//! Lines from a file or another program, read on a thread, because a read cannot be given up.

use tokio::sync::mpsc;

use crate::byte_order_mark;
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
                let first = ui::read_stdin_line().map(|line| line.map(byte_order_mark::owned));
                let lines =
                    std::iter::once(first).chain(std::iter::repeat_with(ui::read_stdin_line));
                for line in lines.map_while(Result::transpose) {
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
