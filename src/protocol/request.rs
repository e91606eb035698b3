//! Requests: sixteen operations behind one `POST`.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    AttachmentId, DecodeError, ItemId, Object, Order, Submission, ThreadId, UserMessageInput,
    Verbatim, from_slice,
};

/// `{"type", "params", "metadata"?}` with the parameters of one operation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Envelope<'a, T> {
    #[serde(rename = "type")]
    pub kind: &'a str,
    pub params: T,
    #[serde(skip_serializing_if = "Object::is_empty")]
    pub metadata: Object,
}

/// A request whose parameters are not read yet.
#[derive(Debug, Deserialize)]
pub struct RawEnvelope<'a> {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(borrow, default)]
    pub params: Option<&'a RawValue>,
    #[serde(default)]
    pub metadata: Object,
}

macro_rules! operations {
    ($( $(#[$meta:meta])* $variant:ident($params:ty) = $name:literal, $answer:ident; )*) => {
        /// One of the protocol's sixteen operations.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Operation { $( $(#[$meta])* $variant, )* }

        /// A request with its parameters.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Request { $( $(#[$meta])* $variant($params), )* }

        impl Operation {
            /// Every operation, in the order of the reference server's types.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The operation's name on the wire.
            pub fn name(self) -> &'static str {
                match self { $( Self::$variant => $name, )* }
            }

            /// The operation of this name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $( $name => Some(Self::$variant), )* _ => None }
            }

            /// Whether it is answered by an event stream, not by one document.
            pub fn streams(self) -> bool {
                match self { $( Self::$variant => operations!(@streams $answer), )* }
            }

            /// Whether it only tells what there is, so that asking twice is like asking once.
            pub fn reads(self) -> bool {
                matches!(self, Self::GetThread | Self::ListThreads | Self::ListItems)
            }

            /// Reads the parameters of this operation.
            ///
            /// # Errors
            /// Says at which path, from `params` on, they depart from the protocol.
            pub fn decode(self, params: &RawValue) -> Result<Request, DecodeError> {
                match self {
                    $( Self::$variant => from_slice(params.get().as_bytes()).map(Request::$variant), )*
                }
                .map_err(|error| DecodeError { path: under_params(&error.path), ..error })
            }
        }

        impl Request {
            /// The operation that is asked for.
            pub fn operation(&self) -> Operation {
                match self { $( Self::$variant(_) => Operation::$variant, )* }
            }

            /// The request as the JSON document that is posted.
            pub fn to_json(&self) -> Vec<u8> {
                match self { $( Self::$variant(params) => envelope($name, params), )* }
            }
        }
    };
    (@streams stream) => { true };
    (@streams document) => { false };
}

operations! {
    /// Starts a thread with a message.
    CreateThread(CreateThread) = "threads.create", stream;
    /// Adds a message to a thread.
    AddUserMessage(AddUserMessage) = "threads.add_user_message", stream;
    /// Hands in the output of the pending client tool call.
    AddClientToolOutput(AddClientToolOutput) = "threads.add_client_tool_output", stream;
    /// Hands in the answers to a form.
    AddStructuredInput(AddStructuredInput) = "threads.add_structured_input", stream;
    /// Removes what follows a user's message and answers it anew.
    RetryAfterItem(RetryAfterItem) = "threads.retry_after_item", stream;
    /// Runs a widget's action.
    CustomAction(CustomAction) = "threads.custom_action", stream;
    /// Runs a widget's action that answers with the changed item.
    SyncCustomAction(CustomAction) = "threads.sync_custom_action", document;
    /// Reads a thread with its first items.
    GetThread(ThreadRef) = "threads.get_by_id", document;
    /// Pages through the threads.
    ListThreads(ListThreads) = "threads.list", document;
    /// Renames a thread.
    UpdateThread(UpdateThread) = "threads.update", document;
    /// Deletes a thread.
    DeleteThread(ThreadRef) = "threads.delete", document;
    /// Pages through a thread's items.
    ListItems(ListItems) = "items.list", document;
    /// Praises or criticises items.
    Feedback(Feedback) = "items.feedback", document;
    /// Announces an upload.
    CreateAttachment(CreateAttachment) = "attachments.create", document;
    /// Deletes an attachment.
    DeleteAttachment(AttachmentRef) = "attachments.delete", document;
    /// Turns speech into text.
    Transcribe(Transcribe) = "input.transcribe", document;
}

shape! {
    /// The message that starts a thread.
    pub struct CreateThread {
        pub input: UserMessageInput,
    }

    /// A message for a thread.
    pub struct AddUserMessage {
        pub thread_id: ThreadId,
        pub input: UserMessageInput,
    }

    /// The output of a client tool; it names no call, because the thread's last item must be it.
    pub struct AddClientToolOutput {
        pub thread_id: ThreadId,
        pub result: Verbatim,
    }

    /// The answers to a form.
    pub struct AddStructuredInput {
        pub thread_id: ThreadId,
        pub item_id: ItemId,
        pub input: Submission,
    }

    /// The user's message that is to be answered anew.
    pub struct RetryAfterItem {
        pub thread_id: ThreadId,
        pub item_id: ItemId,
    }

    /// An action, and the widget that it comes from.
    pub struct CustomAction {
        pub thread_id: ThreadId,
        pub item_id: Option<ItemId>,
        pub action: Action,
    }

    /// What is to be done.
    pub struct Action {
        #[serde(rename = "type")]
        pub kind: String,
        pub payload: Option<Verbatim>,
    }

    /// Names a thread.
    pub struct ThreadRef {
        pub thread_id: ThreadId,
    }

    /// A page of threads.
    #[derive(Default)]
    pub struct ListThreads {
        pub limit: Option<u64>,
        #[serde(default)]
        pub order: Order,
        pub after: Option<String>,
    }

    /// A thread's new title.
    pub struct UpdateThread {
        pub thread_id: ThreadId,
        pub title: String,
    }

    /// A page of a thread's items.
    pub struct ListItems {
        pub thread_id: ThreadId,
        pub limit: Option<u64>,
        #[serde(default)]
        pub order: Order,
        pub after: Option<String>,
    }

    /// Praise or criticism of items.
    pub struct Feedback {
        pub thread_id: ThreadId,
        pub item_ids: Vec<ItemId>,
        pub kind: FeedbackKind,
    }

    /// What is about to be uploaded; `size` in bytes.
    pub struct CreateAttachment {
        pub name: String,
        pub size: u64,
        pub mime_type: String,
    }

    /// Names an attachment.
    pub struct AttachmentRef {
        pub attachment_id: AttachmentId,
    }

    /// Speech, base64, with its raw MIME type (`audio/webm;codecs=opus`).
    pub struct Transcribe {
        pub audio_base64: String,
        pub mime_type: String,
    }

    /// The text of what was said.
    pub struct Transcription {
        pub text: String,
    }

    /// The answer to a synchronous action.
    #[derive(Default)]
    pub struct SyncActionAnswer {
        pub updated_item: Option<super::Item>,
    }
}

/// Praise or criticism.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedbackKind {
    Positive,
    Negative,
}

fn envelope<T: Serialize>(kind: &'static str, params: &T) -> Vec<u8> {
    serde_json::to_vec(&Envelope {
        kind,
        params,
        metadata: Object::new(),
    })
    .expect("a shape with string keys serialises into memory")
}

fn under_params(path: &str) -> String {
    match path {
        "" => "params".to_owned(),
        path => format!("params.{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Extra;

    #[test]
    fn six_of_the_sixteen_operations_stream() {
        assert_eq!(Operation::ALL.len(), 16);
        assert_eq!(
            Operation::ALL
                .iter()
                .filter(|operation| operation.streams())
                .count(),
            6
        );
        for operation in Operation::ALL {
            assert_eq!(Operation::from_name(operation.name()), Some(*operation));
        }
    }

    #[test]
    fn a_bad_parameter_is_named_from_params_on() {
        let params = serde_json::value::RawValue::from_string(
            r#"{"input":{"content":[{"type":"input_text"}],"attachments":[],"inference_options":{}}}"#
                .into(),
        )
        .unwrap();
        let error = Operation::CreateThread.decode(&params).unwrap_err();
        assert_eq!(
            error.to_string(),
            "params.input.content[0]: missing field `text`"
        );
    }

    #[test]
    fn a_message_is_posted_with_every_list_that_the_reference_server_requires() {
        let request = Request::CreateThread(CreateThread {
            input: UserMessageInput::text("hi"),
            extra: Extra::default(),
        });
        assert_eq!(
            String::from_utf8(request.to_json()).unwrap(),
            r#"{"type":"threads.create","params":{"input":{"content":[{"type":"input_text","text":"hi"}],"attachments":[],"inference_options":{}}}}"#
        );
    }
}
