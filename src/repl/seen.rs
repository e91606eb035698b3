//! The threads that were seen, for completion.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::protocol::{Thread, ThreadId};
use crate::render::{clean_line, plain};

/// The threads that were listed or opened. Whoever lists them may do so while a line is typed.
#[derive(Clone, Debug, Default)]
pub struct SeenThreads(Arc<Mutex<Vec<(String, String)>>>);

impl SeenThreads {
    /// Keeps a thread, if its id can be typed.
    pub fn see(&self, thread: &Thread) {
        let id = thread.id.as_str();
        if clean_line(id) == id {
            self.forget(&thread.id);
            let title = clean_line(plain::title(thread));
            self.rows().push((id.to_owned(), title));
        }
    }

    /// Forgets a thread, such as one that was deleted.
    pub fn forget(&self, thread: &ThreadId) {
        self.rows().retain(|(id, _)| id != thread.as_str());
    }

    /// The id of each and its title, cleaned.
    pub fn listed(&self) -> Vec<(String, String)> {
        self.rows().clone()
    }

    fn rows(&self) -> MutexGuard<'_, Vec<(String, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::protocol::from_value;

    fn thread(id: &str) -> Thread {
        from_value(json!({"id": id, "title": "T", "created_at": "2026-11-20T10:00:00"})).unwrap()
    }

    #[test]
    fn whoever_asked_before_knows_what_was_listed_since() {
        let seen = SeenThreads::default();
        let known = seen.clone();
        seen.see(&thread("thr_1"));
        seen.see(&thread("thr_\u{1b}[2J"));
        assert_eq!(known.listed(), [("thr_1".to_owned(), "T".to_owned())]);
        seen.forget(&"thr_1".into());
        assert!(known.listed().is_empty());
    }
}
