//! Attachments: announced over the protocol or sent at once, and their bytes, which are never held in
//! memory: they are on disk until the mock ends, or in the store that several of them share.

mod disk;
mod entry;
pub(super) mod form;
mod noted;
mod serve;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use serde::Deserialize;

use super::app::{App, Caller};
use super::fault::Faults;
use super::notebook::{TRIES, crowded, pause};
use super::refusal::Refusal;
use crate::protocol::{
    Attachment, AttachmentId, AttachmentKind, CreateAttachment, Extra, FileAttachment,
    ImageAttachment, UploadDescriptor, UploadMethod, essence,
};
use crate::store::{StoreError, attachment_of};
use disk::Disk;
use entry::{Entry, Received};

/// The largest upload, in bytes.
const MAX_UPLOAD: u64 = 512 * 1024 * 1024;

/// How many bytes a form may have around its file.
const FORM: u64 = 64 * 1024;

/// The header by which the second phase of an upload shows that it belongs to the first.
const TOKEN_HEADER: &str = "x-upload-token";

/// What is known of the bytes of every attachment, as far as this process is the only one that has to
/// know it.
#[derive(Default)]
pub(super) struct Uploads {
    disk: Disk,
    entries: Mutex<HashMap<AttachmentId, Entry>>,
    /// What breaks uploads: the faults of the rules that let them be announced here.
    faults: Mutex<HashMap<AttachmentId, Arc<Faults>>>,
}

/// How many bytes may come.
#[derive(Clone, Copy)]
pub(super) enum Size {
    /// So many at most.
    UpTo(u64),
    /// So many and no others, because they were announced.
    Exactly(u64),
}

/// The addresses of uploads that need no hosted session.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/files", post(form::upload))
        .route(
            "/files/{id}",
            get(serve::download).put(serve::upload).post(serve::upload),
        )
        // An upload counts its own bytes, and streams them to disk.
        .layer(DefaultBodyLimit::disable())
}

impl Uploads {
    fn entry(&self, id: &str) -> Option<Entry> {
        self.lock().get(id).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<AttachmentId, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn all_faults(&self) -> MutexGuard<'_, HashMap<AttachmentId, Arc<Faults>>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is to break the upload of this attachment.
    fn faults(&self, id: &str) -> Option<Arc<Faults>> {
        self.all_faults().get(id).cloned()
    }

    fn lose_faults(&self, id: &AttachmentId) {
        self.all_faults().remove(id);
    }

    fn clear(&self) {
        let entries = std::mem::take(&mut *self.lock());
        self.all_faults().clear();
        // The files go with the last that holds them, outside the lock.
        drop(entries);
    }
}

impl App {
    /// The first phase of an upload: names the attachment and says where its bytes go.
    pub(super) async fn announce_upload(
        &self,
        caller: &Caller,
        params: CreateAttachment,
    ) -> Result<Attachment, Refusal> {
        let session = caller.session.as_ref();
        let limit = session.map_or(Ok(MAX_UPLOAD), |session| session.upload_limit())?;
        if params.size > limit {
            return Err(Refusal::invalid("params.size", too_large(limit)));
        }
        let place = match session {
            Some(session) => Some(self.take_place(session).await?),
            None => None,
        };
        let mut attachment = self.new_attachment(caller, params.name, params.mime_type);
        let token = self.mint.secret();
        attachment.upload_descriptor = Some(UploadDescriptor {
            url: file_url(self, caller, &attachment.id),
            method: UploadMethod::Put,
            headers: BTreeMap::from([(TOKEN_HEADER.to_owned(), token.clone())]),
            extra: Extra::default(),
        });
        let entry = Entry {
            user: Arc::clone(&caller.user),
            token: Some(token.into()),
            size: Size::Exactly(params.size),
            bytes: None,
        };
        self.keep_attachment(entry, &attachment, None).await?;
        if let Some(place) = place {
            place.fill();
        }
        Ok(attachment)
    }

    /// Has these faults of a rule strike at the upload that this document announces.
    pub(super) fn break_upload(&self, announced: &[u8], faults: &Arc<Faults>) {
        #[derive(Deserialize)]
        struct Announced {
            id: AttachmentId,
        }
        let announced: Option<Announced> = serde_json::from_slice(announced).ok();
        if let Some(announced) = announced {
            let faults = Arc::clone(faults);
            self.uploads.all_faults().insert(announced.id, faults);
        }
    }

    /// Changes a user's attachment, and returns it as it is then, if it is there. Whoever changes
    /// it at the same time keeps their change.
    pub(super) async fn change_attachment(
        &self,
        user: &str,
        id: &AttachmentId,
        change: impl Fn(&mut Attachment),
    ) -> Result<Option<Attachment>, StoreError> {
        for tries in 0..TRIES {
            pause(tries).await;
            let Some(was) = self.store.attachment_json(user, id).await? else {
                return Ok(None);
            };
            let mut attachment = attachment_of(id, &was)?;
            change(&mut attachment);
            let changed = attachment.clone();
            if self.store.swap_attachment(user, &was, changed).await? {
                return Ok(Some(attachment));
            }
        }
        Err(crowded())
    }

    fn new_attachment(&self, caller: &Caller, name: String, mime_type: String) -> Attachment {
        let id = self.mint.attachment_id(caller.api);
        let is_image = essence(&mime_type).starts_with("image/");
        Attachment {
            kind: if is_image {
                AttachmentKind::Image(ImageAttachment {
                    preview_url: Some(file_url(self, caller, &id)),
                    extra: Extra::default(),
                })
            } else {
                AttachmentKind::File(FileAttachment::default())
            },
            upload_descriptor: None,
            id,
            name,
            mime_type,
            upload_url: None,
            thread_id: None,
            metadata: None,
        }
    }

    async fn keep_attachment(
        &self,
        entry: Entry,
        attachment: &Attachment,
        received: Option<Received<'_>>,
    ) -> Result<(), Refusal> {
        let user = Arc::clone(&entry.user);
        self.store.put_attachment(&user, attachment.clone()).await?;
        let added = self.add_entry(&attachment.id, entry, received).await;
        if added.is_err() {
            // Where the store fails this fails too, and nobody knows the id.
            let _ = self.store.delete_attachment(&user, &attachment.id).await;
        }
        added
    }
}

fn file_url(app: &App, caller: &Caller, id: &AttachmentId) -> String {
    format!("{}/files/{id}", caller.origin(app))
}

fn no_file(id: &str) -> Refusal {
    let id = AttachmentId::from(id);
    let message = format!("there is no attachment {id}");
    Refusal::not_found("attachment_not_found", "id", message)
}

impl Size {
    /// After how many bytes no more need to be read.
    fn most(self) -> u64 {
        match self {
            Self::UpTo(size) | Self::Exactly(size) => size,
        }
    }

    /// Why an upload is not taken that is far too large by its own word: it need not be sent to be
    /// refused.
    pub fn check_announced(self, headers: &HeaderMap) -> Result<(), Refusal> {
        let length = headers.get(CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        match length {
            Some(length) if length > self.most() + FORM => {
                Err(disk::Broken::TooLarge.refusal(self))
            }
            _ => Ok(()),
        }
    }

    /// Why so many bytes are not taken, if they are not; what is still coming counts as more.
    fn check(self, size: u64) -> Result<(), Refusal> {
        match self {
            Self::UpTo(limit) if size > limit => Err(Refusal::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "file_too_large",
                too_large(limit),
            )),
            Self::Exactly(announced) if size != announced => {
                let than = if size > announced { "more" } else { "fewer" };
                let message = format!(
                    "the upload has {than} bytes than the {announced} that attachments.create announced"
                );
                Err(Refusal::new(
                    StatusCode::BAD_REQUEST,
                    "upload_size_mismatch",
                    message,
                ))
            }
            _ => Ok(()),
        }
    }
}

fn too_large(limit: u64) -> String {
    format!("the file is larger than {} MiB", limit / (1024 * 1024))
}
