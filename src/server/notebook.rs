//! Changes of notes in the store, of which nobody loses theirs: whoever comes second makes it again,
//! of what the first one left.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Mutex;

use crate::store::{Note, Store, StoreError, in_time};

/// How often a change is tried while others change the same.
pub(super) const TRIES: u32 = 200;

/// The longest pause between two tries, in milliseconds.
const PAUSE: u64 = 32;

/// Over how many queues the notes are spread.
const QUEUES: usize = 256;

/// The notes of a store, as one process changes them.
pub(super) struct Notebook {
    store: Arc<dyn Store>,
    /// The changes of one note wait for each other: only those of other processes can come between
    /// a look and a swap, and there are few of these. Notes that happen to share a queue lose a
    /// little time, and there is nothing to be thrown away.
    queues: [Mutex<()>; QUEUES],
    spread: RandomState,
}

/// What is to become of a note.
pub(super) enum Then {
    /// It stays as it is, also if it is not there.
    Same,
    Now(Note),
    Gone,
}

impl Notebook {
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            queues: [const { Mutex::const_new(()) }; QUEUES],
            spread: RandomState::new(),
        }
    }

    /// Changes the note of this key, as it says what it says or is not there, and returns what
    /// the change has to tell. It may be made more than once; only the last time counts.
    ///
    /// # Errors
    /// What the change says against it; or when the store fails, or does not answer in time.
    pub async fn change<T, E: From<StoreError>>(
        &self,
        key: &str,
        change: impl FnMut(Option<&Bytes>) -> Result<(Then, T), E>,
    ) -> Result<T, E> {
        // The time in the queue counts: each of those before may wait for a store that stands still
        // for as long as this one.
        in_time(async { Ok(self.change_in_turn(key, change).await) }).await?
    }

    async fn change_in_turn<T, E: From<StoreError>>(
        &self,
        key: &str,
        mut change: impl FnMut(Option<&Bytes>) -> Result<(Then, T), E>,
    ) -> Result<T, E> {
        let _turn = self.queue(key).lock().await;
        for tries in 0..TRIES {
            pause(tries).await;
            let was = self.store.note(key).await?;
            let (then, told) = change(was.as_ref())?;
            let now = match then {
                Then::Same => return Ok(told),
                Then::Now(note) => Some(note),
                Then::Gone => None,
            };
            if self.store.swap_note(key, was.as_ref(), now).await? {
                return Ok(told);
            }
        }
        Err(crowded().into())
    }

    #[allow(
        clippy::cast_possible_truncation,
        reason = "any part of a hash spreads"
    )]
    fn queue(&self, key: &str) -> &Mutex<()> {
        &self.queues[self.spread.hash_one(key) as usize % QUEUES]
    }
}

/// Waits before another try, and not before the first: by chance, so that those who met once do not
/// meet again.
pub(super) async fn pause(tries: u32) {
    if tries > 0 {
        let most = PAUSE.min(1 << tries.min(u64::BITS - 1));
        let chance = RandomState::new().hash_one(tries);
        tokio::time::sleep(Duration::from_millis(chance % most)).await;
    }
}

/// What is said when all tries were in vain.
pub(super) fn crowded() -> StoreError {
    StoreError::Unavailable("too many changed the same at once".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Kept, Memory, Notes};

    #[tokio::test]
    async fn a_change_is_made_of_what_others_left_and_told_once() {
        let store = Arc::new(Memory::new());
        let notebook = Notebook::new(store.clone());
        let note = |text: &str| Note {
            json: text.to_owned().into(),
            kept: Kept::Always,
        };
        let mut seen = Vec::new();
        let changed = notebook.change("a", |was: Option<&Bytes>| {
            seen.push(was.cloned());
            if seen.len() == 1 {
                // Another process writes between the look and the swap.
                let other = store.swap_note("a", None, Some(note("1")));
                assert!(futures_util::FutureExt::now_or_never(other).unwrap()?);
            }
            Ok::<_, StoreError>((Then::Now(note("2")), seen.len()))
        });
        assert_eq!(changed.await.unwrap(), 2);
        assert_eq!(seen, [None, Some(Bytes::from("1"))]);
        assert_eq!(store.note("a").await.unwrap().unwrap(), "2");
    }

    #[tokio::test]
    async fn a_note_that_never_is_what_it_was_is_given_up() {
        let store = Arc::new(Memory::new());
        let notebook = Notebook::new(store.clone());
        let mut tries = 0;
        let change = |_: Option<&Bytes>| {
            tries += 1;
            let note = |json: String| Note {
                json: json.into(),
                kept: Kept::Always,
            };
            let was = futures_util::FutureExt::now_or_never(store.note("a")).unwrap()?;
            let other = store.swap_note("a", was.as_ref(), Some(note(tries.to_string())));
            assert!(futures_util::FutureExt::now_or_never(other).unwrap()?);
            Ok::<_, StoreError>((Then::Gone, ()))
        };
        assert!(notebook.change("a", change).await.is_err());
        assert_eq!(tries, TRIES);
    }
}
