//! Attachments: announced over the protocol, their bytes kept on disk until the mock ends.

use std::collections::BTreeMap;

use super::app::{App, Caller};
use super::refusal::Refusal;
use crate::protocol::{
    Attachment, AttachmentId, AttachmentKind, CreateAttachment, Extra, UploadDescriptor,
    UploadMethod,
};

/// The largest upload, in bytes.
const MAX_UPLOAD: u64 = 512 * 1024 * 1024;

impl App {
    /// The first phase of an upload: names the attachment and says where its bytes go.
    pub(super) async fn announce_upload(
        &self,
        caller: &Caller,
        params: CreateAttachment,
    ) -> Result<Attachment, Refusal> {
        if params.size > MAX_UPLOAD {
            return Err(Refusal::invalid(
                "params.size",
                "the file is larger than 512 MiB",
            ));
        }
        let id = self.mint.attachment_id(caller.api);
        let url = format!("{}/files/{id}", caller.origin(self));
        let is_image = params.mime_type.starts_with("image/");
        let attachment = Attachment {
            kind: if is_image {
                AttachmentKind::Image
            } else {
                AttachmentKind::File
            },
            preview_url: is_image.then(|| url.clone()),
            upload_descriptor: Some(UploadDescriptor {
                url,
                method: UploadMethod::Put,
                headers: BTreeMap::new(),
                extra: Extra::default(),
            }),
            id,
            name: params.name,
            mime_type: params.mime_type,
            upload_url: None,
            thread_id: None,
            metadata: None,
            extra: Extra::default(),
        };
        self.store
            .put_attachment(&caller.user, attachment.clone())
            .await?;
        Ok(attachment)
    }

    /// Deletes the bytes of an attachment.
    pub(super) async fn forget_upload(&self, _id: &AttachmentId) {}
}
