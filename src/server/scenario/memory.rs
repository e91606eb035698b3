//! What is remembered of threads between their turns: the state that rules set, and answers that
//! wait for a client tool or a form.
//!
//! It is kept in the process, as the scenario is, and bounded: the threads that were touched
//! longest ago are forgotten first. Where other processes answer the same threads it is their
//! `notes` that say what is so, and what is here is what this process was told last.

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
pub(super) const MOST_WAITING: usize = 64;
/// How many rules are known by what names them, beside those of the scenario in force.
const MOST_RULES: usize = 1_000;

/// What is remembered of all threads.
#[derive(Default)]
pub(super) struct Memory {
    threads: Mutex<Threads>,
    rules: Mutex<Rules>,
}

/// The rules that wait, or were asked for by others, by what names them.
#[derive(Default)]
struct Rules {
    known: HashMap<String, Rest>,
    /// In the order in which they came.
    order: VecDeque<String>,
}

/// A rule, and what breaks its answers.
pub(super) type Rest = (Arc<Rule>, Option<Arc<Faults>>);

#[derive(Default)]
struct Threads {
    known: HashMap<ThreadId, Arc<ThreadMemory>>,
    /// In the order in which they were first touched.
    order: VecDeque<ThreadId>,
}

/// What is remembered of one thread.
#[derive(Debug, Default)]
pub struct ThreadMemory(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    /// When the thread was made, once that is known.
    created_at: Option<Timestamp>,
    counted: Counted,
    state: Map<String, Value>,
    waiting: VecDeque<(String, Waiting)>,
    /// What others have not been told yet, in order; nothing where there are no others.
    changes: Option<VecDeque<(u64, Change)>>,
    /// How many changes there have been.
    changed: u64,
}

/// Something that is remembered from now on.
#[derive(Clone, Debug)]
pub(super) enum Change {
    /// A part of the state; `null` forgets it.
    Set(String, Value),
    /// The rest of an answer waits for what comes in reply to this id.
    Wait(String, Waiting),
}

/// How many messages of the user a thread has, up to one of its items.
#[derive(Clone, Debug, Default)]
pub(super) struct Counted {
    pub turns: u64,
    /// None before the first item.
    pub up_to: Option<ItemId>,
}

/// The rest of an answer, which waits for a client tool or a form.
#[derive(Clone, Debug)]
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
        let mut threads = lock(&self.threads);
        if let Some(memory) = threads.known.get(thread) {
            return Arc::clone(memory);
        }
        if threads.order.len() >= MOST
            && let Some(oldest) = threads.order.pop_front()
        {
            threads.known.remove(&oldest);
        }
        let memory = Arc::new(ThreadMemory::default());
        lock(&memory.0).state = without_null(first);
        threads.order.push_back(thread.clone());
        threads.known.insert(thread.clone(), Arc::clone(&memory));
        memory
    }

    /// Whether anything is remembered of a thread.
    pub fn knows(&self, thread: &ThreadId) -> bool {
        lock(&self.threads).known.contains_key(thread)
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
        let mut threads = lock(&self.threads);
        if threads.known.remove(thread).is_some() {
            threads.order.retain(|known| known != thread);
        }
    }

    /// Forgets everything.
    pub fn clear(&self) {
        *lock(&self.threads) = Threads::default();
        *lock(&self.rules) = Rules::default();
    }

    /// The rule of this name, if it has waited here.
    pub fn rule(&self, name: &str) -> Option<Rest> {
        lock(&self.rules).known.get(name).cloned()
    }

    /// Remembers a rule by its name: it is found again when another scenario is in force.
    pub fn keep_rule(&self, name: &str, rest: Rest) {
        let mut rules = lock(&self.rules);
        if rules.known.contains_key(name) {
            return;
        }
        if rules.order.len() >= MOST_RULES
            && let Some(oldest) = rules.order.pop_front()
        {
            rules.known.remove(&oldest);
        }
        rules.order.push_back(name.to_owned());
        rules.known.insert(name.to_owned(), rest);
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
            set(&mut remembered.state, &name, &value);
            remembered.note(|| Change::Set(name, value));
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
        let mut remembered = lock(&self.0);
        let waiting = &mut remembered.waiting;
        waiting.retain(|(known, _)| *known != id);
        if waiting.len() >= MOST_WAITING {
            waiting.pop_front();
        }
        waiting.push_back((id.clone(), rest.clone()));
        remembered.note(|| Change::Wait(id, rest));
    }

    /// What waits for a reply to `id`.
    pub fn waiting(&self, id: &str) -> Option<Waiting> {
        let waiting = &lock(&self.0).waiting;
        let found = waiting.iter().find(|(known, _)| known == id);
        found.map(|(_, rest)| rest.clone())
    }

    /// Lets nothing wait for a reply to `id` any more, and others not be told that anything did;
    /// returns whether anything did.
    pub fn end_wait(&self, id: &str) -> bool {
        let mut remembered = lock(&self.0);
        if let Some(changes) = &mut remembered.changes {
            changes.retain(|(_, change)| !matches!(change, Change::Wait(known, _) if known == id));
        }
        let before = remembered.waiting.len();
        remembered.waiting.retain(|(known, _)| *known != id);
        remembered.waiting.len() < before
    }

    /// Takes over the state that others have left, but for what they have not been told yet; from
    /// now on it is noted what they are to be told.
    pub fn take_over(&self, mut state: Map<String, Value>) {
        let mut remembered = lock(&self.0);
        for (_, change) in remembered.changes.get_or_insert_default() {
            if let Change::Set(name, value) = change {
                set(&mut state, name, value);
            }
        }
        remembered.state = state;
    }

    /// What others have not been told yet, and up to which change that is.
    pub fn untold(&self) -> Option<(Vec<Change>, u64)> {
        let remembered = lock(&self.0);
        let changes = remembered.changes.as_ref()?;
        let last = changes.back()?.0;
        let changes = changes.iter().map(|(_, change)| change.clone());
        Some((changes.collect(), last))
    }

    /// Whether there is anything that others have not been told.
    pub fn has_untold(&self) -> bool {
        let remembered = lock(&self.0);
        let changes = remembered.changes.as_ref();
        changes.is_some_and(|changes| !changes.is_empty())
    }

    /// Notes that others were told, up to this change.
    pub fn told(&self, last: u64) {
        if let Some(changes) = &mut lock(&self.0).changes {
            changes.retain(|(number, _)| *number > last);
        }
    }
}

impl Remembered {
    /// Notes a change that others are to be told, if there are any.
    fn note(&mut self, change: impl FnOnce() -> Change) {
        if let Some(changes) = &mut self.changes {
            self.changed += 1;
            changes.push_back((self.changed, change()));
        }
    }
}

/// Sets a part of a state; `null` forgets it.
pub(super) fn set(state: &mut Map<String, Value>, name: &str, value: &Value) {
    if value.is_null() {
        state.shift_remove(name);
    } else {
        state.insert(name.to_owned(), value.clone());
    }
}

/// The state that a thread has at first.
pub(super) fn without_null(first: &Map<String, Value>) -> Map<String, Value> {
    let parts = first.iter().filter(|(_, value)| !value.is_null());
    parts
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
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
        assert_eq!(lock(&memory.threads).known.len(), MOST);
        let kept = memory.of(&"t1".into(), &first);
        kept.extend([("a".to_owned(), Value::Null), ("b".to_owned(), json!(2))]);
        let again = memory.of(&"t1".into(), &first);
        assert_eq!(Value::Object(again.state()), json!({"b": 2}));
    }

    #[test]
    fn only_what_others_were_not_told_outlasts_what_they_say() {
        let memory = ThreadMemory::default();
        memory.extend([("own".to_owned(), json!(1))]);
        assert!(!memory.has_untold());
        let state = |value: Value| value.as_object().cloned().unwrap();
        memory.take_over(state(json!({"a": 1, "b": 1})));
        memory.extend([("a".to_owned(), json!(2)), ("b".to_owned(), Value::Null)]);
        let (told, last) = memory.untold().unwrap();
        assert_eq!(told.len(), 2);
        memory.extend([("c".to_owned(), json!(3))]);
        memory.told(last);
        memory.take_over(state(json!({"a": 9})));
        assert_eq!(Value::Object(memory.state()), json!({"a": 9, "c": 3}));
        assert!(memory.has_untold());
    }
}
