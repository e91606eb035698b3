//! The hosted REST API: sessions, and threads as it lists them.
//!
//! Facts: `openai` (PyPI), `types/beta/chatkit`. Times are unix seconds here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Attachment, Extra, InferenceOptions, ItemId, Object, ThreadId, ThreadStatus, Verbatim,
};

/// A session's client secret, which only serialising writes whole.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientSecret(String);

impl ClientSecret {
    /// The secret itself, for whoever is to use it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClientSecret([redacted])")
    }
}

words! {
    /// How a session stands.
    pub enum SessionStatus { Active = "active", Expired = "expired", Cancelled = "cancelled", }
}

shape! {
    /// `POST /chatkit/sessions`.
    pub struct CreateSession {
        pub workflow: WorkflowParam,
        pub user: String,
        pub expires_after: Option<ExpiresAfter>,
        pub rate_limits: Option<RateLimits>,
        pub chatkit_configuration: Option<Configuration>,
    }

    /// Which workflow answers, and what it starts with.
    pub struct WorkflowParam {
        pub id: String,
        pub version: Option<String>,
        /// Up to 64 strings, numbers and booleans.
        pub state_variables: Option<BTreeMap<String, Verbatim>>,
        pub tracing: Option<Tracing>,
    }

    /// Whether the workflow is traced.
    pub struct Tracing {
        pub enabled: bool,
    }

    /// How long a session lives: 1 to 600 seconds from its creation.
    pub struct ExpiresAfter {
        pub anchor: String,
        pub seconds: i64,
    }

    /// How often a session may ask; at least once a minute.
    pub struct RateLimits {
        pub max_requests_per_1_minute: Option<i64>,
    }

    /// What the chat offers.
    #[derive(Default)]
    pub struct Configuration {
        pub automatic_thread_titling: Option<Titling>,
        pub file_upload: Option<FileUpload>,
        pub history: Option<History>,
    }

    /// Whether threads get a title by themselves.
    #[derive(Default)]
    pub struct Titling {
        pub enabled: Option<bool>,
    }

    /// Whether files may be uploaded; `max_file_size` in megabytes, 1 to 512.
    #[derive(Default)]
    pub struct FileUpload {
        pub enabled: Option<bool>,
        pub max_file_size: Option<i64>,
        pub max_files: Option<i64>,
    }

    /// How much of the history is offered; no `recent_threads` means all of it.
    #[derive(Default)]
    pub struct History {
        pub enabled: Option<bool>,
        pub recent_threads: Option<i64>,
    }

    /// A session, with the secret that a browser talks with.
    pub struct Session {
        pub id: String,
        pub object: String,
        pub client_secret: ClientSecret,
        pub expires_at: i64,
        pub status: SessionStatus,
        pub user: String,
        pub workflow: WorkflowParam,
        /// A session that was made is not lost for want of what nobody talks with.
        pub rate_limits: Option<RateLimits>,
        pub max_requests_per_1_minute: Option<i64>,
        pub chatkit_configuration: Option<Configuration>,
    }
}

/// A thread as the REST API shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RestThread {
    pub id: ThreadId,
    pub object: String,
    pub created_at: i64,
    /// `null` until there is one, so it is written even then.
    pub title: Option<String>,
    pub status: ThreadStatus,
    pub user: String,
    /// Fields that this version does not know, as received.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A page of rows; `first_id` and `last_id` are `null` for an empty one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct List<T> {
    pub object: String,
    pub data: Vec<T>,
    pub first_id: Option<String>,
    pub last_id: Option<String>,
    pub has_more: bool,
    /// Fields that this version does not know, as received.
    #[serde(flatten)]
    pub extra: Extra,
}

shape! {
    /// The answer to a deletion.
    pub struct Deleted {
        pub id: String,
        pub object: String,
        pub deleted: bool,
    }
}

around! {
    /// An item as the REST API shows it.
    pub struct RestItem {
        pub id: ItemId,
        pub object: String,
        pub created_at: i64,
        pub thread_id: ThreadId,
        #[serde(flatten)]
        pub kind: RestItemKind,
    }
}

// What the SDKs type as nullable is written as `null` where it is absent: a page in JavaScript
// tells `null` from a field that is missing.

tagged! {
    /// What an item of the REST API is.
    pub enum RestItemKind {
        UserMessage(RestUserMessage) = "chatkit.user_message",
        AssistantMessage(RestAssistantMessage) = "chatkit.assistant_message",
        Widget(RestWidget) = "chatkit.widget",
        ClientToolCall(RestToolCall) = "chatkit.client_tool_call",
        Task(RestTask) = "chatkit.task",
        TaskGroup(RestTaskGroup) = "chatkit.task_group",
    }
}

words! {
    /// How far a client tool call is.
    pub enum RestToolStatus { InProgress = "in_progress", Completed = "completed", }
}

shape! {
    /// What the user said.
    pub struct RestUserMessage {
        pub content: Vec<RestText>,
        #[serde(default)]
        pub attachments: Vec<Attachment>,
        #[serialize_always]
        pub inference_options: Option<InferenceOptions>,
    }

    /// `input_text`, `quoted_text` or `output_text`.
    pub struct RestText {
        #[serde(rename = "type")]
        pub kind: String,
        pub text: String,
        pub annotations: Option<Vec<RestAnnotation>>,
    }

    /// A reference; `type` is `file` or `url`, in it and in its source.
    pub struct RestAnnotation {
        #[serde(rename = "type")]
        pub kind: String,
        pub source: Object,
    }

    /// What the assistant answered.
    pub struct RestAssistantMessage {
        pub content: Vec<RestText>,
    }

    /// A widget, as JSON in a string.
    pub struct RestWidget {
        pub widget: String,
    }

    /// A tool that the client runs; `arguments` and `output` are JSON in strings.
    pub struct RestToolCall {
        pub status: RestToolStatus,
        pub call_id: String,
        pub name: String,
        pub arguments: String,
        #[serialize_always]
        pub output: Option<String>,
    }

    /// A task; `task_type` is `custom` or `thought`.
    pub struct RestTask {
        #[serialize_always]
        pub heading: Option<String>,
        #[serialize_always]
        pub summary: Option<String>,
        pub task_type: String,
    }

    /// Several tasks.
    pub struct RestTaskGroup {
        pub tasks: Vec<RestGroupedTask>,
    }

    /// A task of a group.
    pub struct RestGroupedTask {
        #[serde(rename = "type")]
        pub kind: String,
        #[serialize_always]
        pub heading: Option<String>,
        #[serialize_always]
        pub summary: Option<String>,
    }
}
