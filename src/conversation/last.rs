//! The last thread of each backend, for `--continue`, in a file of the user's state folder.
//!
//! It is a convenience: what cannot be read or written is as if it were not there.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::cancel::Cancel;
use crate::client::Backend;
use crate::error::{Error, Result};
use crate::protocol::{ListThreads, Page, Request, Thread, ThreadId};

/// How many backends are remembered; the oldest is forgotten first.
const LIMIT: usize = 100;

/// The file.
#[derive(Debug)]
pub struct LastThreads {
    path: PathBuf,
}

impl LastThreads {
    /// The one in this folder.
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            path: folder.join("last-threads.json"),
        }
    }

    /// The last thread of a backend.
    pub fn get(&self, backend: &str) -> Option<ThreadId> {
        Some(self.read().get(backend)?.as_str()?.into())
    }

    /// Remembers a backend's last thread.
    pub fn set(&self, backend: &str, thread: &ThreadId) {
        let mut threads = self.read();
        // Taken out first, so that it moves to the end and the oldest stand in front.
        threads.shift_remove(backend);
        threads.insert(backend.to_owned(), thread.as_str().into());
        let surplus = threads.len().saturating_sub(LIMIT);
        self.keep(&threads.into_iter().skip(surplus).collect());
    }

    /// Forgets a thread that was deleted.
    pub fn forget(&self, thread: &ThreadId) {
        let mut threads = self.read();
        let known = threads.len();
        threads.retain(|_, last| *last != *thread.as_str());
        if threads.len() < known {
            self.keep(&threads);
        }
    }

    fn keep(&self, threads: &Map<String, Value>) {
        if let Err(error) = self.write(threads) {
            tracing::debug!(%error, path = %self.path.display(), "the last thread is not remembered");
        }
    }

    fn read(&self) -> Map<String, Value> {
        let text = std::fs::read(&self.path).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Writes beside the file and moves it into place, so that no one reads half of it.
    fn write(&self, threads: &Map<String, Value>) -> std::io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer(&file, threads)?;
        file.persist(&self.path)?;
        Ok(())
    }
}

/// The thread to go on with: the one that is remembered under the backend's name, or else the one
/// that the backend names first.
///
/// # Errors
/// Wrong usage where there is none, and whatever the backend's answer makes.
pub async fn last_thread(
    remembered: Option<ThreadId>,
    backend: &Backend,
    cancel: &Cancel,
) -> Result<ThreadId> {
    if let Some(thread) = remembered {
        return Ok(thread);
    }
    let request = Request::ListThreads(ListThreads {
        limit: Some(1),
        ..ListThreads::default()
    });
    let page = backend.call::<Page<Thread>>(&request, cancel).await?.value;
    match page.data.into_iter().next() {
        Some(thread) => Ok(thread.id),
        None => Err(Error::usage_hint(
            "there is no thread to continue",
            "start one by leaving out --continue",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_thread_of_each_backend_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let last = LastThreads::in_folder(&folder.path().join("new"));
        assert_eq!(last.get("a"), None);
        last.set("a", &"thr_1".into());
        last.set("b", &"thr_2".into());
        last.set("a", &"thr_3".into());
        assert_eq!(last.get("a"), Some("thr_3".into()));
        assert_eq!(last.get("b"), Some("thr_2".into()));
        last.forget(&"thr_3".into());
        assert_eq!(last.get("a"), None);
        assert_eq!(last.get("b"), Some("thr_2".into()));
    }

    #[test]
    fn the_oldest_backend_is_forgotten_first_and_rubbish_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let last = LastThreads::in_folder(folder.path());
        std::fs::write(&last.path, "[rubbish").unwrap();
        for n in 0..=LIMIT {
            last.set(&n.to_string(), &"t".into());
        }
        assert_eq!(last.get("0"), None);
        assert!(last.get("1").is_some());
    }
}
