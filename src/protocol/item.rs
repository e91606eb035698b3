//! Thread items: what a conversation consists of.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::widget::Component;
use super::{
    AnswerStatus, Attachment, InferenceOptions, ItemId, Object, OutputText, Question, Task,
    ThreadId, Timestamp, UserContent, Verbatim, Workflow,
};

around! {
    /// One item of a thread.
    pub struct Item {
        pub id: ItemId,
        pub thread_id: ThreadId,
        pub created_at: Timestamp,
        #[serde(flatten)]
        pub kind: ItemKind,
    }
}

tagged! {
    /// What an item is.
    pub enum ItemKind {
        UserMessage(UserMessage) = "user_message",
        AssistantMessage(AssistantMessage) = "assistant_message",
        ClientToolCall(ClientToolCall) = "client_tool_call",
        Widget(WidgetItem) = "widget",
        GeneratedImage(GeneratedImageItem) = "generated_image",
        StructuredInput(StructuredInput) = "structured_input",
        Workflow(WorkflowItem) = "workflow",
        Task(TaskItem) = "task",
        EndOfTurn(Object) = "end_of_turn",
        HiddenContext(HiddenContext) = "hidden_context_item",
        SdkHiddenContext(HiddenContext) = "sdk_hidden_context",
    }
}

words! {
    /// Whether the client still owes the output of a tool call.
    pub enum ToolCallStatus { Pending = "pending", Completed = "completed", }
}

shape! {
    /// What the user said.
    pub struct UserMessage {
        pub content: Vec<UserContent>,
        #[serde(default)]
        pub attachments: Vec<Attachment>,
        pub quoted_text: Option<String>,
        #[serde(default)]
        pub inference_options: InferenceOptions,
    }

    /// What the assistant answered.
    pub struct AssistantMessage {
        #[serde(default)]
        pub content: Vec<OutputText>,
    }

    /// A tool that the client runs; a turn ends at a pending one.
    pub struct ClientToolCall {
        pub status: ToolCallStatus,
        pub call_id: String,
        pub name: String,
        pub arguments: Verbatim,
        pub output: Option<Value>,
    }

    /// A widget.
    pub struct WidgetItem {
        pub widget: Box<Component>,
        pub copy_text: Option<String>,
    }

    /// An image that the assistant makes; absent until the first version of it is there.
    pub struct GeneratedImageItem {
        pub image: Option<GeneratedImage>,
    }

    /// A version of a generated image.
    pub struct GeneratedImage {
        pub id: String,
        pub url: String,
    }

    /// A form that the user is asked to fill in.
    pub struct StructuredInput {
        pub status: AnswerStatus,
        pub inputs: Vec<Question>,
    }

    /// A group of tasks.
    pub struct WorkflowItem {
        pub workflow: Workflow,
    }

    /// A task outside a workflow.
    pub struct TaskItem {
        pub task: Task,
    }

    /// Context for the model, which is stored and never sent to a client.
    pub struct HiddenContext {
        pub content: Value,
    }
}

/// The arguments of a tool call, in the words of its item.
#[derive(Deserialize)]
struct Words {
    arguments: Box<RawValue>,
}

impl Item {
    /// Takes the arguments of a tool call from the JSON that the item was read from: whoever runs
    /// the tool is handed them word for word.
    pub fn keep_words(&mut self, json: &RawValue) {
        if let ItemKind::ClientToolCall(call) = &mut self.kind
            && let Ok(Words { arguments }) = serde_json::from_str(json.get())
            && let Ok(arguments) = Verbatim::of(arguments)
        {
            call.arguments = arguments;
        }
    }

    /// An item without fields beyond the known ones.
    pub fn new(id: ItemId, thread_id: ThreadId, created_at: Timestamp, kind: ItemKind) -> Self {
        Self {
            id,
            thread_id,
            created_at,
            kind,
        }
    }

    /// Whether a server must keep this item to itself (`server.py`, `is_hidden`).
    pub fn is_hidden(&self) -> bool {
        matches!(
            self.kind,
            ItemKind::HiddenContext(_) | ItemKind::SdkHiddenContext(_)
        )
    }
}

impl AssistantMessage {
    /// The text of all parts that may have one, joined by an empty line.
    pub fn text(&self) -> String {
        let parts = self.content.iter().filter(|part| !part.is_foreign());
        let parts: Vec<&str> = parts.map(|part| part.text.as_str()).collect();
        parts.join("\n\n")
    }
}

impl UserMessage {
    /// The message as the user reads it: texts and tags in a row.
    pub fn text(&self) -> String {
        self.content.iter().map(UserContent::shown).collect()
    }
}
