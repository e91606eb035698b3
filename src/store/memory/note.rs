//! Notes in memory, for whoever needs no other process to see them.

use std::collections::HashMap;

use async_trait::async_trait;
use bytes::Bytes;

use super::super::{Kept, Note, Notes, Stored};
use super::{Inner, Memory};

/// A note with the bytes that belong to it.
#[derive(Debug)]
pub(super) struct Noted {
    json: Bytes,
    kept: Kept,
    chunks: HashMap<u32, Bytes>,
}

impl Inner {
    /// Forgets the notes of a thread that is gone.
    pub(super) fn forget_notes(&mut self, keys: &[String]) {
        for key in keys {
            self.notes.remove(key);
        }
    }

    fn add_note(&mut self, key: &str, note: Note) -> Stored<()> {
        if let Kept::With(thread) = &note.kept {
            let entry = self.thread_mut(thread)?;
            if !entry.notes.iter().any(|known| known == key) {
                entry.notes.push(key.to_owned());
            }
        }
        let noted = Noted {
            json: note.json,
            kept: note.kept,
            chunks: HashMap::new(),
        };
        self.notes.insert(key.to_owned(), noted);
        Ok(())
    }
}

#[async_trait]
impl Notes for Memory {
    fn is_shared(&self) -> bool {
        false
    }

    async fn note(&self, key: &str) -> Stored<Option<Bytes>> {
        let inner = self.lock();
        Ok(inner.notes.get(key).map(|note| note.json.clone()))
    }

    async fn swap_note(&self, key: &str, was: Option<&Bytes>, now: Option<Note>) -> Stored<bool> {
        let mut inner = self.lock();
        let known = inner.notes.get_mut(key);
        if known.as_ref().map(|note| &note.json) != was {
            return Ok(false);
        }
        match (known, now) {
            (Some(known), Some(note)) => {
                known.json = note.json;
                if !matches!(known.kept, Kept::With(_)) {
                    known.kept = note.kept;
                }
            }
            (None, Some(note)) => inner.add_note(key, note)?,
            (_, None) => drop(inner.notes.remove(key)),
        }
        Ok(true)
    }

    async fn sweep_notes(&self, now: i64) -> Stored<()> {
        let is_over = |note: &Noted| matches!(note.kept, Kept::Until(end) if end <= now);
        self.lock().notes.retain(|_, note| !is_over(note));
        Ok(())
    }

    async fn delete_notes(&self, prefix: &str) -> Stored<()> {
        self.lock().notes.retain(|key, _| !key.starts_with(prefix));
        Ok(())
    }

    async fn put_chunk(&self, key: &str, number: u32, bytes: Bytes) -> Stored<bool> {
        let mut inner = self.lock();
        let note = inner.notes.get_mut(key);
        Ok(note.map(|note| note.chunks.insert(number, bytes)).is_some())
    }

    async fn chunk(&self, key: &str, number: u32) -> Stored<Option<Bytes>> {
        let inner = self.lock();
        let note = inner.notes.get(key);
        Ok(note.and_then(|note| note.chunks.get(&number)).cloned())
    }
}
