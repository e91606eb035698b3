//! The last thread of each backend and whoever is let in there, for `--continue`, in a file of the
//! user's state folder.
//!
//! It is a convenience: what cannot be read or written is as if it were not there.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Map, Value};

use crate::cancel::Cancel;
use crate::client::Backend;
use crate::error::{Breach, Error, HttpFailure, Result};
use crate::protocol::{Extra, ListThreads, Page, Request, Thread, ThreadId, ThreadRef};

/// How many backends are remembered; the oldest is forgotten first.
const LIMIT: usize = 100;

/// How often, and after what time each, the file is asked for that another process is changing.
const TRIES: usize = 100;
const PAUSE: Duration = Duration::from_millis(10);

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
        self.change(|threads| {
            // Taken out first, so that it moves to the end and the oldest stand in front.
            threads.shift_remove(backend);
            threads.insert(backend.to_owned(), thread.as_str().into());
            let surplus = threads.len().saturating_sub(LIMIT);
            *threads = std::mem::take(threads).into_iter().skip(surplus).collect();
        });
    }

    /// Forgets a thread that was deleted.
    pub fn forget(&self, thread: &ThreadId) {
        self.change(|threads| threads.retain(|_, last| *last != *thread.as_str()));
    }

    /// What came of going on with the thread that is remembered: one that is not there is forgotten,
    /// and the error says what to do.
    pub fn explain(&self, thread: &ThreadId, mut error: Error) -> Error {
        if let Error::Http(failure) = &mut error
            && is_of(thread, failure)
        {
            self.forget(thread);
            failure.hint = Some(format!(
                "start a thread by leaving out --continue; {thread} was the last one here, and is \
                 forgotten now"
            ));
        }
        error
    }

    fn change(&self, change: impl FnOnce(&mut Map<String, Value>)) {
        let changed = self.locked().and_then(|_lock| {
            let before = self.read();
            let mut threads = before.clone();
            change(&mut threads);
            // The order counts, which is not compared.
            if threads.iter().eq(before.iter()) {
                return Ok(());
            }
            self.write(&threads)
        });
        if let Err(error) = changed {
            tracing::debug!(%error, path = %self.path.display(), "the last thread is not remembered");
        }
    }

    /// Keeps other processes from changing the file, for as long as what is returned is open: what
    /// one of them had read before would undo the change.
    fn locked(&self) -> std::io::Result<File> {
        std::fs::create_dir_all(self.folder())?;
        // The file itself is replaced by every change, so that the lock is on another one.
        let path = self.path.with_extension("lock");
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)?;
        for _ in 0..TRIES {
            if lock.try_lock().is_ok() {
                break;
            }
            // Whoever has it holds it for some milliseconds, unless they were stopped.
            std::thread::sleep(PAUSE);
        }
        Ok(lock)
    }

    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    fn read(&self) -> Map<String, Value> {
        let text = std::fs::read(&self.path).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Writes beside the file and moves it into place, so that no one reads half of it.
    fn write(&self, threads: &Map<String, Value>) -> std::io::Result<()> {
        let file = tempfile::NamedTempFile::new_in(self.folder())?;
        serde_json::to_writer(&file, threads)?;
        file.persist(&self.path)?;
        Ok(())
    }
}

/// Whether it is the thread that is not there, and not the path, the model or what was attached.
fn is_of(thread: &ThreadId, failure: &HttpFailure) -> bool {
    let message = failure.message.as_deref().unwrap_or_default();
    let code = failure.code.as_deref().unwrap_or_default();
    let names_it = code.contains("thread")
        || message.to_lowercase().contains("thread")
        || message.contains(thread.as_str());
    failure.status == 404 && failure.upload.is_none() && names_it
}

/// Whether an error may mean that the thread is not there: the reference server answers what it
/// does not know with a bare 500, or a stream that is cut before its first event.
pub fn may_be_gone(error: &Error) -> bool {
    match error {
        Error::Http(failure) => failure.status == 500 && failure.upload.is_none(),
        Error::Protocol(breach) => matches!(breach, Breach::EmptyStream),
        _ => false,
    }
}

/// Whether a thread is certainly not there: the backend fails to show it, and has a whole list of
/// threads in which it is not.
pub async fn is_gone(thread: &ThreadId, backend: &Backend, cancel: &Cancel) -> bool {
    /// What browsers ask for when they want all of them.
    const ALL: u64 = 9999;
    let shown = Request::GetThread(ThreadRef {
        thread_id: thread.clone(),
        extra: Extra::default(),
    });
    let Err(Error::Http(_)) = backend.call::<Thread>(&shown, cancel).await else {
        return false;
    };
    let list = Request::ListThreads(ListThreads {
        limit: Some(ALL),
        ..ListThreads::default()
    });
    let listed = backend.call::<Page<Thread>>(&list, cancel).await;
    listed.is_ok_and(|page| {
        let page = page.value;
        !page.has_more && page.data.iter().all(|other| other.id != *thread)
    })
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
    fn what_many_remember_at_once_is_all_remembered() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for n in 0..24 {
                let last = LastThreads::in_folder(folder.path());
                scope.spawn(move || last.set(&n.to_string(), &"t".into()));
            }
        });
        let last = LastThreads::in_folder(folder.path());
        let known = (0..24).filter(|n| last.get(&n.to_string()).is_some());
        assert_eq!(known.count(), 24);
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
