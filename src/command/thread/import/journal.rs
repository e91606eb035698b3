//! What has been sent of a file, beside it: an import that was interrupted sends nothing twice.

use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::protocol::ThreadId;

/// How far the messages of one thread have come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// The thread of the backend; none before it was told.
    pub new: Option<ThreadId>,
    /// How many messages are there.
    pub sent: usize,
    /// Whether another one is under way, which may or may not be there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sending: bool,
    /// Whether that is all of them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub done: bool,
}

/// A line of the journal; the last one of a thread counts.
#[derive(Serialize, Deserialize)]
struct Entry {
    backend: String,
    thread: ThreadId,
    #[serde(flatten)]
    progress: Progress,
}

/// The journal of a file that is being sent.
pub struct Journal {
    path: PathBuf,
    file: File,
    backend: String,
    known: HashMap<ThreadId, Progress>,
}

/// Where the journal of a file stands.
pub fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".sent");
    name.into()
}

impl Journal {
    /// Opens the journal of this file, for this backend.
    ///
    /// # Errors
    /// It cannot be written, another process writes it, or it is something else.
    pub fn open(file: &Path, backend: &str) -> Result<Self> {
        let path = beside(file);
        let failed = |error| Error::io(format!("cannot write {}", path.display()), error);
        let mut options = OpenOptions::new();
        let options = options.read(true).append(true).create(true);
        let mut file = options.open(&path).map_err(failed)?;
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return Err(Error::usage_hint(
                format!(
                    "{} is in use: another import is sending the same file",
                    path.display()
                ),
                "wait for it to end",
            ));
        }
        let (known, end) = read(&file, &path, backend)?;
        match end {
            End::Whole => {}
            End::Open => file.write_all(b"\n").map_err(failed)?,
            // What was cut when the process was killed had not happened yet.
            End::Cut(offset) => file.set_len(offset).map_err(failed)?,
        }
        let backend = backend.to_owned();
        Ok(Self {
            path,
            file,
            backend,
            known,
        })
    }

    /// How far a thread has come.
    pub fn of(&self, thread: &ThreadId) -> Progress {
        self.known.get(thread).cloned().unwrap_or_default()
    }

    /// Writes down how far a thread has come, before anything else happens.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn note(&mut self, thread: &ThreadId, progress: &Progress) -> Result<()> {
        let entry = Entry {
            backend: self.backend.clone(),
            thread: thread.clone(),
            progress: progress.clone(),
        };
        let line = serde_json::to_string(&entry).expect("an entry with string keys serialises");
        let written = self.file.write_all(format!("{line}\n").as_bytes());
        written
            .map_err(|error| Error::io(format!("cannot write {}", self.path.display()), error))?;
        self.known.insert(thread.clone(), progress.clone());
        Ok(())
    }
}

/// How a journal ends, whose process may have been killed.
enum End {
    /// With a line.
    Whole,
    /// With a line that lacks its end only.
    Open,
    /// With a piece of a line, which begins here.
    Cut(u64),
}

/// The entries of this backend, and how the journal ends.
fn read(file: &File, path: &Path, backend: &str) -> Result<(HashMap<ThreadId, Progress>, End)> {
    let mut known = HashMap::new();
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    let (mut number, mut offset) = (0, 0);
    loop {
        line.clear();
        let count = reader
            .read_until(b'\n', &mut line)
            .map_err(|error| Error::io(format!("cannot read {}", path.display()), error))?;
        if count == 0 {
            return Ok((known, End::Whole));
        }
        number += 1;
        let is_open = !line.ends_with(b"\n");
        match serde_json::from_slice::<Entry>(&line) {
            Ok(entry) => {
                if entry.backend == backend {
                    known.insert(entry.thread, entry.progress);
                }
            }
            Err(_) if is_open => return Ok((known, End::Cut(offset))),
            Err(error) => {
                return Err(Error::usage_hint(
                    format!("{}:{number}: {error}", path.display()),
                    "rename or delete it; the messages are sent from the first on then",
                ));
            }
        }
        if is_open {
            return Ok((known, End::Open));
        }
        offset += count as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_remembers_for_each_backend_how_far_it_came() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("e.jsonl");
        let progress = |sent| Progress {
            new: Some("new".into()),
            sent,
            ..Progress::default()
        };
        let mut journal = Journal::open(&file, "one").unwrap();
        for sent in 1..4 {
            journal.note(&"t".into(), &progress(sent)).unwrap();
        }
        let twice = Journal::open(&file, "two");
        assert!(twice.err().unwrap().to_string().contains("in use"));
        drop(journal);
        assert_eq!(
            Journal::open(&file, "two").unwrap().of(&"t".into()),
            Progress::default()
        );
        let whole = std::fs::read(beside(&file)).unwrap();
        for length in 0..=whole.len() {
            std::fs::write(beside(&file), &whole[..length]).unwrap();
            let mut journal = Journal::open(&file, "one").unwrap();
            let lines = String::from_utf8_lossy(&whole[..length])
                .matches('\n')
                .count();
            let sent = journal.of(&"t".into()).sent;
            // A line without its end is whole or nothing.
            assert!(sent == lines || sent == lines + 1, "{length}: {sent}");
            journal.note(&"u".into(), &progress(9)).unwrap();
            drop(journal);
            let again = Journal::open(&file, "one").unwrap();
            assert_eq!(
                (again.of(&"t".into()).sent, again.of(&"u".into()).sent),
                (sent, 9)
            );
        }
    }

    #[test]
    fn what_is_no_journal_is_refused_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("e.jsonl");
        std::fs::write(beside(&file), "my notes\n").unwrap();
        let error = Journal::open(&file, "one").err().unwrap();
        assert!(error.to_string().contains("e.jsonl.sent:1: "), "{error}");
    }
}
