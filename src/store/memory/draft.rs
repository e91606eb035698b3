//! A thread that is put into memory whole: it is kept aside until it is committed.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;

use super::super::{Draft, ItemRow, Onto, Stored, ThreadRow};
use super::{Inner, lock};
use crate::protocol::Attachment;

/// The thread, aside.
pub(super) struct MemoryDraft {
    inner: Arc<Mutex<Inner>>,
    row: ThreadRow,
    onto: Onto,
    items: Vec<ItemRow>,
    attachments: Vec<Attachment>,
}

impl MemoryDraft {
    pub fn new(inner: Arc<Mutex<Inner>>, row: ThreadRow, onto: Onto) -> Self {
        Self {
            inner,
            row,
            onto,
            items: Vec::new(),
            attachments: Vec::new(),
        }
    }
}

#[async_trait]
impl Draft for MemoryDraft {
    async fn item(&mut self, row: ItemRow) -> Stored<()> {
        self.items.push(row);
        Ok(())
    }

    async fn attachment(&mut self, attachment: Attachment) -> Stored<()> {
        self.attachments.push(attachment);
        Ok(())
    }

    async fn commit(self: Box<Self>) -> Stored<()> {
        let mut inner = lock(&self.inner);
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
