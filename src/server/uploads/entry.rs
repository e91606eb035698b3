//! What is known of the bytes of one attachment, and where that stands: in this process, or as a
//! note in the store that it shares with others.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::Stream;
use serde::{Deserialize, Serialize};

use super::super::app::{App, row_json};
use super::super::notebook::Then;
use super::super::refusal::Refusal;
use super::disk::{Broken, Stored};
use super::noted::{self, Noted};
use super::{Size, no_file};
use crate::protocol::AttachmentId;
use crate::store::{Kept, Note, StoreError};

/// What the key of every such note begins with.
const PREFIX: &str = "upload:";

/// What is known of the bytes of an attachment.
#[derive(Clone)]
pub(super) struct Entry {
    pub user: Arc<str>,
    /// What the second phase must show; a direct upload has none.
    pub token: Option<Arc<str>>,
    pub size: Size,
    pub bytes: Option<Held>,
}

/// Where bytes are that came whole.
#[derive(Clone)]
pub(super) enum Held {
    /// In a file of this process, which goes with the last that knows of it.
    File(Arc<Stored>),
    /// In the store.
    Noted(Noted),
}

/// Bytes that came whole, and are deleted unless somebody keeps them.
pub(super) enum Received<'a> {
    File(Arc<Stored>),
    Noted(noted::Received<'a>),
}

/// An entry as it is written down.
#[derive(Serialize, Deserialize)]
struct Written {
    user: Arc<str>,
    token: Option<Arc<str>>,
    most: u64,
    is_announced: bool,
    /// Where the bytes are, and how many.
    bytes: Option<(String, u64)>,
}

impl Received<'_> {
    fn held(&self) -> Held {
        match self {
            Self::File(file) => Held::File(Arc::clone(file)),
            Self::Noted(received) => Held::Noted(received.noted()),
        }
    }

    async fn keep(self) -> Result<(), Refusal> {
        match self {
            Self::File(_) => Ok(()),
            Self::Noted(received) => received.keep().await,
        }
    }
}

impl Entry {
    fn note(&self) -> Note {
        let bytes = match &self.bytes {
            Some(Held::Noted(noted)) => Some((noted.key.clone(), noted.size)),
            Some(Held::File(_)) | None => None,
        };
        let written = Written {
            user: Arc::clone(&self.user),
            token: self.token.clone(),
            most: self.size.most(),
            is_announced: matches!(self.size, Size::Exactly(_)),
            bytes,
        };
        Note {
            json: row_json(&written),
            kept: Kept::Always,
        }
    }

    fn read(json: &Bytes) -> Result<Self, StoreError> {
        let written: Written = serde_json::from_slice(json)
            .map_err(|error| StoreError::Unavailable(format!("an upload's note: {error}")))?;
        let held = |(key, size)| Held::Noted(Noted { key, size });
        Ok(Self {
            user: written.user,
            token: written.token,
            size: if written.is_announced {
                Size::Exactly(written.most)
            } else {
                Size::UpTo(written.most)
            },
            bytes: written.bytes.map(held),
        })
    }

    fn noted(&self) -> Option<&Noted> {
        match &self.bytes {
            Some(Held::Noted(noted)) => Some(noted),
            _ => None,
        }
    }
}

fn key(id: &str) -> String {
    format!("{PREFIX}{id}")
}

impl App {
    /// Takes an upload as it comes; nothing of it is kept unless it comes whole.
    pub(super) async fn receive(
        &self,
        chunks: impl Stream<Item = Result<Bytes, Broken>>,
        wanted: Size,
    ) -> Result<Received<'_>, Refusal> {
        if self.store.is_shared() {
            let received = noted::Received::receive(self, chunks, wanted).await?;
            return Ok(Received::Noted(received));
        }
        let file = self.uploads.disk.receive(chunks, wanted).await?;
        Ok(Received::File(Arc::new(file)))
    }

    /// What is known of the bytes of an attachment, if there is one of this id.
    pub(super) async fn upload_entry(&self, id: &str) -> Result<Option<Entry>, StoreError> {
        if !self.store.is_shared() {
            return Ok(self.uploads.entry(id));
        }
        let note = self.store.note(&key(id)).await?;
        note.as_ref().map(Entry::read).transpose()
    }

    /// Notes what is known of a new attachment, with its bytes if they came along.
    pub(super) async fn add_entry(
        &self,
        id: &AttachmentId,
        mut entry: Entry,
        received: Option<Received<'_>>,
    ) -> Result<(), Refusal> {
        entry.bytes = received.as_ref().map(Received::held);
        if self.store.is_shared() {
            let key = key(id.as_str());
            // Nobody else has an attachment of this id: ids are never made twice.
            self.store.swap_note(&key, None, Some(entry.note())).await?;
        } else {
            self.uploads.lock().insert(id.clone(), entry);
        }
        match received {
            Some(received) => received.keep().await,
            None => Ok(()),
        }
    }

    /// Notes that the bytes of an announced attachment have come, in the place of those before.
    pub(super) async fn fill_entry(&self, id: &str, received: Received<'_>) -> Result<(), Refusal> {
        if !self.store.is_shared() {
            // What an earlier upload left is deleted with this, once the lock is open again.
            let _earlier = match self.uploads.lock().get_mut(id) {
                Some(entry) => entry.bytes.replace(received.held()),
                None => return Err(no_file(id)),
            };
            return Ok(());
        }
        let fill = |was: Option<&Bytes>| -> Result<_, Refusal> {
            let mut entry = Entry::read(was.ok_or_else(|| no_file(id))?)?;
            let earlier = entry.noted().cloned();
            entry.bytes = Some(received.held());
            Ok((Then::Now(entry.note()), earlier))
        };
        let earlier = self.notebook.change(&key(id), fill).await?;
        received.keep().await?;
        if let Some(earlier) = earlier {
            self.delete_bytes(&earlier).await?;
        }
        Ok(())
    }

    /// Deletes the bytes of an attachment. A download under way still ends where they are in a
    /// file, and breaks off where they are in the store.
    pub(in crate::server) async fn forget_upload(
        &self,
        id: &AttachmentId,
    ) -> Result<(), StoreError> {
        self.uploads.lose_faults(id);
        if !self.store.is_shared() {
            // The file goes with the last that holds it, outside the lock.
            let _entry = self.uploads.lock().remove(id.as_str());
            return Ok(());
        }
        let forget = |was: Option<&Bytes>| -> Result<_, StoreError> {
            let Some(was) = was else {
                return Ok((Then::Same, None));
            };
            Ok((Then::Gone, Entry::read(was)?.noted().cloned()))
        };
        let noted = self.notebook.change(&key(id.as_str()), forget).await?;
        if let Some(noted) = noted {
            self.delete_bytes(&noted).await?;
        }
        Ok(())
    }

    /// Deletes every attachment with its bytes.
    pub(in crate::server) async fn forget_uploads(&self) -> Result<(), StoreError> {
        self.store.delete_attachments().await?;
        self.uploads.clear();
        if self.store.is_shared() {
            self.store.delete_notes(PREFIX).await?;
            self.store.delete_notes(noted::PREFIX).await?;
        }
        Ok(())
    }
}
