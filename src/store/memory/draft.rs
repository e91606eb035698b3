//! Threads that are put into memory whole: they are kept aside until they are committed.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;

use super::super::{Draft, ItemRow, Onto, Stored, ThreadRow};
use super::{Inner, lock};
use crate::protocol::Attachment;

/// The threads, aside.
pub(super) struct MemoryDraft {
    inner: Arc<Mutex<Inner>>,
    threads: Vec<Aside>,
}

/// One thread, with what comes along with it.
struct Aside {
    row: ThreadRow,
    onto: Onto,
    items: Vec<ItemRow>,
    attachments: Vec<Attachment>,
}

impl MemoryDraft {
    pub fn new(inner: Arc<Mutex<Inner>>, row: ThreadRow, onto: Onto) -> Self {
        Self {
            inner,
            threads: vec![Aside::new(row, onto)],
        }
    }
}

impl Aside {
    fn new(row: ThreadRow, onto: Onto) -> Self {
        Self {
            row,
            onto,
            items: Vec::new(),
            attachments: Vec::new(),
        }
    }

    fn put(self, inner: &mut Inner) -> Stored<()> {
        let (id, user) = (self.row.id.clone(), Arc::clone(&self.row.user));
        if self.onto == Onto::Nothing {
            // One that is not there is deleted already.
            let _ = inner.delete_thread(&id);
        }
        inner.put_thread(self.row);
        for item in self.items {
            inner.put_item(&id, item)?;
        }
        for attachment in self.attachments {
            let owned = (Arc::clone(&user), attachment);
            let id = owned.1.id.clone();
            inner.attachments.entry(id).or_insert(owned);
        }
        Ok(())
    }
}

#[async_trait]
impl Draft for MemoryDraft {
    async fn next(&mut self, row: ThreadRow, onto: Onto) -> Stored<()> {
        self.threads.push(Aside::new(row, onto));
        Ok(())
    }

    async fn undo(&mut self) -> Stored<()> {
        self.threads.pop();
        Ok(())
    }

    async fn item(&mut self, row: ItemRow) -> Stored<()> {
        if let Some(thread) = self.threads.last_mut() {
            thread.items.push(row);
        }
        Ok(())
    }

    async fn attachment(&mut self, attachment: Attachment) -> Stored<()> {
        if let Some(thread) = self.threads.last_mut() {
            thread.attachments.push(attachment);
        }
        Ok(())
    }

    async fn commit(self: Box<Self>) -> Stored<()> {
        let mut inner = lock(&self.inner);
        let mut threads = self.threads.into_iter();
        threads.try_for_each(|thread| thread.put(&mut inner))
    }
}
