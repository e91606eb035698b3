//! The new recording, which takes the place of the old one only when it is whole.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::cassette::{Recorder, Redactor};
use crate::error::{Error, Result};

/// A recording that is being made; dropping it leaves the old one as it was.
#[derive(Debug)]
pub struct Draft {
    /// Before the folder, which takes it along when this is dropped.
    recorder: Recorder,
    folder: TempDir,
    path: PathBuf,
}

impl Draft {
    /// Begins a recording that may take the place of the one at `path`.
    ///
    /// # Errors
    /// Nothing can be written beside it, which is known before anything is sent.
    pub fn begin(path: &Path) -> Result<Self> {
        let failed = |error| Error::io(format!("cannot write {}", path.display()), error);
        // What a link leads to is replaced, and not the link.
        let path = path.canonicalize().map_err(failed)?;
        let beside = path.parent().unwrap_or(Path::new("."));
        let folder = tempfile::Builder::new()
            .prefix(".replay-")
            .tempdir_in(beside)
            .map_err(failed)?;
        let recorder = Recorder::create(&folder.path().join("new.jsonl"), Redactor::default())?;
        Ok(Self {
            recorder,
            folder,
            path,
        })
    }

    /// Where it is written to.
    pub fn recorder(&mut self) -> &mut Recorder {
        &mut self.recorder
    }

    /// Puts it in the place of the old one, at once.
    ///
    /// # Errors
    /// The disk is full, or the file cannot be replaced; then the old one is as it was.
    pub fn keep(self) -> Result<()> {
        let Self {
            recorder,
            folder,
            path,
        } = self;
        recorder.finish()?;
        let new = folder.path().join("new.jsonl");
        let failed = |error| Error::io(format!("cannot write {}", path.display()), error);
        // Whoever could read the old one can read the new one.
        let permissions = std::fs::metadata(&path).map_err(failed)?.permissions();
        std::fs::set_permissions(&new, permissions).map_err(failed)?;
        std::fs::rename(&new, &path).map_err(failed)
    }
}
