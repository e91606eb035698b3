//! Attachments and how their bytes are uploaded.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{AttachmentId, ThreadId};

words! {
    /// The HTTP method of a two-phase upload.
    pub enum UploadMethod { Post = "POST", Put = "PUT", }
}

around_whole! {
    /// What belongs to a user's message beside its text.
    pub struct Attachment of AttachmentKind {
        pub id: AttachmentId,
        pub name: String,
        pub mime_type: String,
        /// Where the bytes go; absent once they are there, and after a direct upload.
        pub upload_descriptor: Option<UploadDescriptor>,
        /// What older servers send instead of the descriptor (seen in captures).
        pub upload_url: Option<String>,
        pub thread_id: Option<ThreadId>,
        pub metadata: Option<Value>,
    }
}

tagged! {
    /// What an attachment is shown as.
    pub enum AttachmentKind {
        File(FileAttachment) = "file",
        Image(ImageAttachment) = "image",
    }
}

shape! {
    /// A file, shown by its name.
    #[derive(Default)]
    pub struct FileAttachment {}

    /// An image, shown by a smaller copy of itself.
    #[derive(Default)]
    pub struct ImageAttachment {
        pub preview_url: Option<String>,
    }

    /// Where and how the second phase of an upload sends the bytes.
    pub struct UploadDescriptor {
        pub url: String,
        pub method: UploadMethod,
        #[serde(default)]
        pub headers: BTreeMap<String, String>,
    }
}
