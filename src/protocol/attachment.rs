//! Attachments and how their bytes are uploaded.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{AttachmentId, ThreadId};

words! {
    /// What an attachment is shown as.
    pub enum AttachmentKind { File = "file", Image = "image", }

    /// The HTTP method of a two-phase upload.
    pub enum UploadMethod { Post = "POST", Put = "PUT", }
}

shape! {
    /// A file or an image that belongs to a user's message; an image has a `preview_url`.
    pub struct Attachment {
        pub id: AttachmentId,
        #[serde(rename = "type")]
        pub kind: AttachmentKind,
        pub name: String,
        pub mime_type: String,
        pub preview_url: Option<String>,
        /// Where the bytes go; absent once they are there, and after a direct upload.
        pub upload_descriptor: Option<UploadDescriptor>,
        /// What older servers send instead of the descriptor (seen in captures).
        pub upload_url: Option<String>,
        pub thread_id: Option<ThreadId>,
        pub metadata: Option<Value>,
    }

    /// Where and how the second phase of an upload sends the bytes.
    pub struct UploadDescriptor {
        pub url: String,
        pub method: UploadMethod,
        #[serde(default)]
        pub headers: BTreeMap<String, String>,
    }
}
