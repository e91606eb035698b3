//! The end of a recording: it takes its name, unless it would only lose what has it.

use std::path::Path;

use super::{Exchange, Recorder};
use crate::atomic_file;
use crate::cassette::Outcome;
use crate::error::{Error, Result};

/// Which recording has the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// This one.
    New,
    /// The one that was there, because this one has no answer in it.
    Earlier,
}

impl Recorder {
    /// Gives the recording its name, unless nothing was answered in it and a file is there already,
    /// which may be a good one.
    ///
    /// # Errors
    /// When the disk is full, or the name cannot be taken.
    pub fn finish(mut self) -> Result<Kept> {
        self.close()
    }

    /// Where the recording is going to be.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether this recording would only lose what stands in its place.
    fn is_worthless(&self) -> bool {
        let is_worth = |there: std::fs::Metadata| there.is_file() && there.len() > 0;
        !self.is_answered && self.path.metadata().is_ok_and(is_worth)
    }

    pub(super) fn close(&mut self) -> Result<Kept> {
        if self.file.is_some() && self.is_worthless() {
            self.open.clear();
            let file = self.file.take();
            // What is still to be written is not; the file beside goes, even one of a known name.
            let beside = file.map(|file| file.into_parts().0.path().to_owned());
            if let Some(beside) = beside {
                let _ = std::fs::remove_file(beside);
            }
            return Ok(Kept::Earlier);
        }
        for exchange in std::mem::take(&mut self.open) {
            self.end(Exchange(exchange), Outcome::Cancelled, None)?;
        }
        let Some(file) = self.file.take() else {
            return Ok(Kept::New);
        };
        let failed = |error| Error::io(format!("cannot write {}", self.path.display()), error);
        let file = file
            .into_inner()
            .map_err(|error| failed(error.into_error()))?;
        let kept = atomic_file::finish(file, &self.path).map_err(failed)?;
        match kept.sync_all() {
            // A device has nothing to bring to a disk.
            Err(error) if error.kind() == std::io::ErrorKind::InvalidInput => {}
            synced => synced.map_err(failed)?,
        }
        Ok(Kept::New)
    }
}
