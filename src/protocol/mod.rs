//! The shapes of `ChatKit` on the wire: requests, events, items, threads, widgets and the hosted REST API.
//!
//! Lenient to read and strict to write: types and fields that this version does not know are kept
//! and written again. Nothing here does I/O, and nothing here judges whether a *sequence* of
//! shapes is legal: folding is `transcript`'s, judging is `check`'s.
//!
//! Facts come from `openai-chatkit` 1.6.5 (`types.py`, `widgets.py`, `actions.py`) unless a type
//! names another source.
#![allow(
    missing_docs,
    reason = "fields carry the wire's names and meanings, which types.py and widgets.py document"
)]

#[macro_use]
mod macros;

mod attachment;
mod decode;
mod error_object;
mod event;
mod extra;
mod form;
mod frame;
pub mod hosted;
mod id;
mod item;
mod media_type;
mod page;
mod part;
mod request;
mod source;
mod surrogate;
mod task;
mod thread;
mod time;
mod update;
mod user_message;
mod verbatim;
pub mod widget;

pub use attachment::{
    Attachment, AttachmentKind, FileAttachment, ImageAttachment, UploadDescriptor, UploadMethod,
};
pub use decode::{
    AsObject, DecodeError, from_document, from_slice, from_value, is_json, without_halves,
};
pub use error_object::{ErrorBody, ErrorObject};
pub use event::{
    ClientEffect, ErrorEvent, Event, EventReader, ItemRef, ItemUpdated, Level, Notice, Progress,
    StreamOptions, StreamOptionsEvent, WithItem, WithThread,
};
pub use extra::Extra;
pub use form::{
    Answer, AnswerStatus, Choice, Freeform, InputKind, MultipleChoice, Question, Submission,
    SubmittedAnswer,
};
pub use frame::SseWriter;
pub use id::{AttachmentId, ItemId, ThreadId};
pub use item::{
    AssistantMessage, ClientToolCall, GeneratedImage, GeneratedImageItem, HiddenContext, Item,
    ItemKind, StructuredInput, TaskItem, ToolCallStatus, UserMessage, WidgetItem, WorkflowItem,
};
pub use media_type::{essence, is_event_stream};
pub use page::{DEFAULT_PAGE_SIZE, Order, Page};
pub use part::{Annotation, OutputText};
pub use request::{
    Action, AddClientToolOutput, AddStructuredInput, AddUserMessage, AttachmentRef,
    CreateAttachment, CreateThread, CustomAction, Envelope, Feedback, FeedbackKind, ListItems,
    ListThreads, Operation, RawEnvelope, Request, RetryAfterItem, SyncActionAnswer, ThreadRef,
    Transcribe, Transcription, UpdateThread,
};
pub use source::{EntitySource, FileSource, Source, SourceKind, UrlSource};
pub use task::{
    CustomTask, FileTask, ImageTask, SearchTask, StatusIndicator, Task, TaskKind, ThoughtTask,
    Workflow, WorkflowKind, WorkflowSummary,
};
pub use thread::{Reason, Thread, ThreadStatus};
pub use time::Timestamp;
pub use update::{
    AnnotationAdded, ComponentUpdated, ImageUpdated, PartAt, RootUpdated, TaskAt, TextDelta,
    Update, ValueDelta,
};
pub use user_message::{
    InferenceOptions, Tag, TextPart, ToolChoice, UserContent, UserMessageInput,
};
pub use verbatim::Verbatim;

/// A JSON object, in the order in which it was received.
pub type Object = serde_json::Map<String, serde_json::Value>;

/// A tagged shape of a type that this version does not know, or a known one that did not decode
/// where the protocol tolerates that (a widget's component).
#[derive(Clone, Debug, PartialEq)]
pub struct Unknown {
    /// The value of the `type` field.
    pub kind: String,
    /// Every other field, but for those that are read into the shape around it.
    pub fields: Object,
    /// Whether `fields` holds those, too, because they are not what all known types have in common.
    pub is_whole: bool,
}
