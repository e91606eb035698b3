//! Going on with a recording that was killed, in the file beside the one that it is going to be.

use std::collections::BTreeSet;
use std::fs::{OpenOptions, TryLockError};
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use tempfile::{NamedTempFile, TempPath};

use super::{Exchange, Recorder, partial, refused};
use crate::atomic_file;
use crate::cassette::{Line, Redactor};
use crate::error::{Error, Result};

/// Up to where a recording that was killed is good.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Whole {
    /// Where the first line begins that is not kept, in bytes.
    pub offset: u64,
    /// The number of the last exchange that is kept.
    pub exchanges: u64,
    /// When it ended, in milliseconds from the start.
    pub at: f64,
}

impl Recorder {
    /// Goes on with what [`Recorder::create_beside`] left, behind what is whole of it.
    ///
    /// # Errors
    /// When it cannot be written, or another process writes it.
    pub fn resume(path: &Path, redactor: Redactor, whole: Whole) -> Result<Self> {
        let beside = partial(path);
        let failed = |error| refused(path, error);
        let file = OpenOptions::new().read(true).write(true).open(&beside);
        let mut file = file.map_err(failed)?;
        lock(&file, path)?;
        file.set_len(whole.offset).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        let mut name = TempPath::try_from_path(beside).map_err(failed)?;
        name.disable_cleanup(true);
        let mut recorder = Self::of(path, NamedTempFile::from_parts(file, name), redactor);
        (recorder.exchanges, recorder.before) = (whole.exchanges, whole.at);
        recorder.is_answered = true;
        Ok(recorder)
    }

    /// The number of the last exchange.
    pub fn exchanges(&self) -> u64 {
        self.exchanges
    }

    /// Keeps the file beside to be gone on with, under the name that it has.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn leave(mut self) -> Result<()> {
        for exchange in self.held.keys().copied().collect::<Vec<_>>() {
            self.release(Exchange(exchange))?;
        }
        self.flush()?;
        // Whoever is dropped without a file has no name to give.
        if let Some(file) = self.file.take() {
            // Said, because a process that is just being started has the file until it runs, and
            // with it the lock. A file system without locks has none to give up.
            let _ = file.get_ref().as_file().unlock();
        }
        Ok(())
    }

    /// Sees to it that no other process writes the same recording.
    ///
    /// # Errors
    /// Another does.
    pub fn claim(&self) -> Result<()> {
        let file = self.file.as_ref().map(|file| file.get_ref().as_file());
        file.map_or(Ok(()), |file| lock(file, &self.path))
    }

    /// Gives the recording its name, without these exchanges.
    ///
    /// # Errors
    /// When the disk is full, or the name cannot be taken.
    pub fn finish_without(mut self, dropped: &BTreeSet<u64>) -> Result<()> {
        if dropped.is_empty() {
            return self.finish().map(drop);
        }
        self.flush()?;
        let Some(file) = self.file.take() else {
            return Ok(());
        };
        let failed = |error| refused(&self.path, error);
        let beside = file.get_ref().path().to_owned();
        let copy = atomic_file::begin(&self.path).map_err(failed)?;
        let mut copy = BufWriter::new(copy);
        let mut reader = crate::cassette::open(&beside)?;
        write(&mut copy, reader.header()).map_err(failed)?;
        for line in &mut reader {
            let line: Line = line?;
            if !dropped.contains(&line.exchange()) {
                write(&mut copy, &line).map_err(failed)?;
            }
        }
        let copy = copy
            .into_inner()
            .map_err(|error| failed(error.into_error()))?;
        let kept = atomic_file::finish(copy, &self.path).map_err(failed)?;
        kept.sync_all().map_err(failed)?;
        std::fs::remove_file(beside).map_err(failed)
    }
}

fn write<T: serde::Serialize>(file: &mut impl Write, line: &T) -> std::io::Result<()> {
    serde_json::to_writer(&mut *file, line)?;
    file.write_all(b"\n")
}

fn lock(file: &std::fs::File, path: &Path) -> Result<()> {
    if let Err(TryLockError::WouldBlock) = file.try_lock() {
        let beside = partial(path);
        return Err(Error::usage_hint(
            format!("{} is being written by another process", beside.display()),
            "wait for it to end, or write to another file",
        ));
    }
    // A file system without locks is written without one.
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cassette::{Outcome, read};

    fn exchange(recorder: &mut Recorder) {
        let exchange = recorder.request("http://h/", [], b"{}").unwrap();
        recorder.end(exchange, Outcome::Complete, None).unwrap();
    }

    fn numbers(path: &Path) -> Vec<u64> {
        let lines = read(path).unwrap().lines;
        lines.iter().map(Line::exchange).collect()
    }

    #[test]
    fn what_is_left_is_free_while_another_process_starts_with_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("talk.jsonl");
        let recorder = Recorder::create_beside(&path, Redactor::default()).unwrap();
        recorder.claim().unwrap();
        let file = recorder.file.as_ref().unwrap().get_ref().as_file();
        // As a child has it between its start and its program.
        let inherited = file.try_clone().unwrap();
        recorder.leave().unwrap();
        Recorder::resume(&path, Redactor::default(), Whole::default()).unwrap();
        drop(inherited);
    }

    #[test]
    fn a_recording_goes_on_behind_what_is_whole_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("talk.jsonl");
        let mut recorder = Recorder::create_beside(&path, Redactor::default()).unwrap();
        exchange(&mut recorder);
        recorder.flush().unwrap();
        let offset = std::fs::metadata(partial(&path)).unwrap().len();
        recorder.request("http://h/", [], b"{}").unwrap();
        recorder.leave().unwrap();
        assert!(!path.exists(), "what was left has no name yet");

        let whole = Whole {
            offset,
            exchanges: 1,
            at: 5.0,
        };
        let mut recorder = Recorder::resume(&path, Redactor::default(), whole).unwrap();
        exchange(&mut recorder);
        exchange(&mut recorder);
        recorder.finish_without(&BTreeSet::from([2])).unwrap();
        assert_eq!(numbers(&path), [1, 1, 3, 3]);
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 1, "nothing is left beside the recording");
    }

    #[test]
    fn two_writers_of_one_recording_are_one_too_many() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("talk.jsonl");
        let recorder = Recorder::create_beside(&path, Redactor::default()).unwrap();
        recorder.claim().unwrap();
        let other = Recorder::resume(&path, Redactor::default(), Whole::default());
        assert!(other.unwrap_err().to_string().contains("another process"));
    }
}
