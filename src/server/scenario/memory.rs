//! What is remembered of threads between their turns: the state that rules set, and answers that
//! wait for a client tool or a form.
//!
//! It is kept in the process, as the scenario is, and bounded: the threads that were touched
//! longest ago are forgotten first.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};

use super::document::Rule;
use super::matching::Captures;
use crate::protocol::{ItemId, Thread, ThreadId, Timestamp};
use crate::server::fault::Faults;

/// Of how many threads something is remembered.
const MOST: usize = 20_000;
/// How many answers of one thread may wait.
const MOST_WAITING: usize = 64;

/// What is remembered of all threads.
#[derive(Default)]
pub(super) struct Memory(Mutex<Threads>);

#[derive(Default)]
struct Threads {
    known: HashMap<ThreadId, Arc<ThreadMemory>>,
    /// In the order in which they were first touched.
    order: VecDeque<ThreadId>,
}

/// What is remembered of one thread.
#[derive(Default)]
pub(super) struct ThreadMemory(Mutex<Remembered>);

#[derive(Default)]
struct Remembered {
    /// When the thread was made, once that is known.
    created_at: Option<Timestamp>,
    counted: Counted,
    state: Map<String, Value>,
    waiting: VecDeque<(String, Waiting)>,
}

/// How many messages of the user a thread has, up to one of its items.
#[derive(Clone, Default)]
pub(super) struct Counted {
    pub turns: u64,
    /// None before the first item.
    pub up_to: Option<ItemId>,
}

/// The rest of an answer, which waits for a client tool or a form.
#[derive(Clone)]
pub(super) struct Waiting {
    pub rule: Arc<Rule>,
    /// What breaks the answers of the rule.
    pub faults: Option<Arc<Faults>>,
    /// The step that comes next.
    pub next: usize,
    pub captures: Captures,
    /// The message that the answer is to, for templates.
    pub message: Value,
}

impl Memory {
    /// What is remembered of a thread, which is nothing at first.
    pub fn of(&self, thread: &ThreadId, first: &Map<String, Value>) -> Arc<ThreadMemory> {
        let mut threads = lock(&self.0);
        if let Some(memory) = threads.known.get(thread) {
            return Arc::clone(memory);
        }
        if threads.order.len() >= MOST
            && let Some(oldest) = threads.order.pop_front()
        {
            threads.known.remove(&oldest);
        }
        let memory = Arc::new(ThreadMemory::default());
        memory.extend(first.clone());
        threads.order.push_back(thread.clone());
        threads.known.insert(thread.clone(), Arc::clone(&memory));
        memory
    }

    /// Whether anything is remembered of a thread.
    pub fn knows(&self, thread: &ThreadId) -> bool {
        lock(&self.0).known.contains_key(thread)
    }

    /// The same of a thread that is known; nothing, if it is another one of the same id: the one
    /// that was remembered may have been deleted by another process.
    pub fn of_known(&self, thread: &Thread, first: &Map<String, Value>) -> Arc<ThreadMemory> {
        let memory = self.of(&thread.id, first);
        if memory.is_of(&thread.created_at) {
            return memory;
        }
        self.forget(&thread.id);
        let memory = self.of(&thread.id, first);
        memory.is_of(&thread.created_at);
        memory
    }

    /// Forgets a thread, which is gone.
    pub fn forget(&self, thread: &ThreadId) {
        let mut threads = lock(&self.0);
        if threads.known.remove(thread).is_some() {
            threads.order.retain(|known| known != thread);
        }
    }

    /// Forgets everything.
    pub fn clear(&self) {
        *lock(&self.0) = Threads::default();
    }
}

impl ThreadMemory {
    /// Whether it is of the thread that was made then, which it is from the first time on.
    fn is_of(&self, created_at: &Timestamp) -> bool {
        let mut remembered = lock(&self.0);
        *remembered
            .created_at
            .get_or_insert_with(|| created_at.clone())
            == *created_at
    }

    /// The state that rules have set.
    pub fn state(&self) -> Map<String, Value> {
        lock(&self.0).state.clone()
    }

    /// Sets parts of the state; `null` forgets one.
    pub fn extend(&self, parts: impl IntoIterator<Item = (String, Value)>) {
        let mut remembered = lock(&self.0);
        for (name, value) in parts {
            if value.is_null() {
                remembered.state.shift_remove(&name);
            } else {
                remembered.state.insert(name, value);
            }
        }
    }

    /// How far the messages of the thread were counted.
    pub fn counted(&self) -> Counted {
        lock(&self.0).counted.clone()
    }

    /// Remembers how far they were counted.
    pub fn count(&self, counted: Counted) {
        lock(&self.0).counted = counted;
    }

    /// Lets the rest of an answer wait for what comes in reply to `id`.
    pub fn wait(&self, id: String, rest: Waiting) {
        let waiting = &mut lock(&self.0).waiting;
        waiting.retain(|(known, _)| *known != id);
        if waiting.len() >= MOST_WAITING {
            waiting.pop_front();
        }
        waiting.push_back((id, rest));
    }

    /// What waits for a reply to `id`.
    pub fn waiting(&self, id: &str) -> Option<Waiting> {
        let waiting = &lock(&self.0).waiting;
        let found = waiting.iter().find(|(known, _)| known == id);
        found.map(|(_, rest)| rest.clone())
    }

    /// Lets nothing wait for a reply to `id` any more.
    pub fn end_wait(&self, id: &str) {
        lock(&self.0).waiting.retain(|(known, _)| known != id);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_remembered_is_bounded() {
        let memory = Memory::default();
        let first = Map::from_iter([("a".to_owned(), json!(1))]);
        for index in 0..=MOST {
            memory.of(&format!("t{index}").into(), &first);
        }
        assert_eq!(lock(&memory.0).known.len(), MOST);
        let kept = memory.of(&"t1".into(), &first);
        kept.extend([("a".to_owned(), Value::Null), ("b".to_owned(), json!(2))]);
        let again = memory.of(&"t1".into(), &first);
        assert_eq!(Value::Object(again.state()), json!({"b": 2}));
    }
}
