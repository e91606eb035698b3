//! What the steps of an answer are made of, as it is written.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::Deserializer;

use super::schema::exactly_one;
use super::templated::{Json, Named, Text};
use super::value::{FromShort, Several, Short, Span};
use super::widget::WidgetStep;

/// A message of the assistant.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = exactly_one(&["value", "deltas"]))]
pub struct Message {
    /// The text, in Markdown; it is cut into words
    pub value: Option<Text>,
    /// The pieces, as they are to be streamed
    pub deltas: Option<Vec<Text>>,
    /// How `value` is cut
    #[serde(default)]
    pub split: Split,
    /// The time between the pieces
    pub pace: Option<Span>,
    /// What the text rests on
    #[serde(default)]
    pub annotations: Vec<SourceSpec>,
    /// The id of the item
    pub id: Option<Text>,
}

/// How a text is cut into deltas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// A word each, as a model's tokens come
    #[default]
    Words,
    /// A character each
    Chars,
    /// In one piece
    Whole,
}

/// What something rests on: one of url, file and entity.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(transform = exactly_one(&["url", "file", "entity"]))]
pub struct SourceSpec {
    /// The address of a page
    pub url: Option<Text>,
    /// The name of a file
    pub file: Option<Text>,
    /// The id of a thing of the app's own
    pub entity: Option<Text>,
    /// The title; the address, name or id if there is none
    pub title: Option<Text>,
    /// A line about it
    pub description: Option<Text>,
    /// Who said it (pages)
    pub attribution: Option<Text>,
    /// The icon (entities)
    pub icon: Option<Text>,
    /// What the label in the text says (entities)
    pub label: Option<Text>,
    /// Whether it can be clicked (entities)
    pub interactive: bool,
    /// What a click hands to the page (entities)
    pub data: Option<Json>,
    /// The heading under which several are shown together
    pub group: Option<Text>,
    /// The character of the text that an annotation follows
    pub index: Option<u64>,
}

/// Thoughts: a list, or a map with its duration.
#[derive(Clone, Debug, PartialEq)]
pub struct Thoughts {
    /// The thoughts.
    pub thoughts: Vec<Short<Thought>>,
    /// How many seconds they are said to have taken.
    pub seconds: Option<u64>,
}

/// One thought.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Thought {
    /// The line above it
    pub title: Option<Text>,
    /// The thought, in Markdown
    pub content: Text,
}

/// A group of tasks.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkflowStep {
    /// Steps of the app's own, or a model's reasoning
    #[serde(default)]
    pub kind: WorkflowKind,
    /// The tasks, which come one by one
    pub tasks: Vec<Short<TaskStep>>,
    /// What it is reduced to at its end
    pub summary: Option<Short<Summary>>,
    /// Whether its tasks stay in sight at its end
    pub expanded: Option<bool>,
    /// The id of the item
    pub id: Option<Text>,
}

/// What a workflow shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WorkflowKind {
    /// Steps of the app's own
    #[default]
    Custom,
    /// A model's reasoning
    Reasoning,
}

/// What a workflow is reduced to.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Summary {
    /// A title
    pub title: Option<Text>,
    /// An icon
    pub icon: Option<Text>,
    /// The seconds that it took
    pub duration: Option<u64>,
}

/// One task.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TaskStep {
    /// What kind of task it is
    #[serde(rename = "type")]
    pub kind: TaskType,
    /// The line that is shown
    pub title: Option<Text>,
    /// The icon (custom)
    pub icon: Option<Text>,
    /// The text (custom, thought)
    pub content: Option<Text>,
    /// What was searched for (web searches)
    pub queries: Vec<Text>,
    /// What was found (web searches, files)
    pub sources: Vec<SourceSpec>,
    /// How far it is at its end; in a workflow it is loading before, unless it is said here
    pub status: Option<TaskStatus>,
}

/// What kind of task it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskType {
    /// A step of the app's own
    #[default]
    Custom,
    /// A search of the web
    WebSearch,
    /// A piece of reasoning
    Thought,
    /// Files that were read
    File,
    /// An image that is made
    Image,
}

/// How far a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    /// Nothing is said
    None,
    /// At work
    Loading,
    /// Done
    Complete,
}

/// A line about what is being done.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// The line
    pub text: Text,
    /// An icon
    pub icon: Option<Text>,
}

/// A message that is no part of the conversation.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// The message, in Markdown
    pub message: Text,
    /// How grave it is
    #[serde(default)]
    pub level: NoticeLevel,
    /// The line above it
    pub title: Option<Text>,
}

/// How grave a notice is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoticeLevel {
    /// Good to know
    #[default]
    Info,
    /// To be heeded
    Warning,
    /// Something failed
    Danger,
}

/// Something for the page to do.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// Its name
    pub name: Text,
    /// What it is handed
    #[serde(default)]
    pub data: Named,
}

/// Structured input.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// The questions
    #[schemars(length(min = 1))]
    pub inputs: Vec<Input>,
    /// The id of the item
    pub id: Option<Text>,
}

/// A question: multiple choice where it has options, else a text.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend(
    "if" = {"properties": {"multiple": {"const": true}}, "required": ["multiple"]},
    "then" = {"required": ["options"]}
))]
pub struct Input {
    /// Its id, under which the answer is found
    pub id: String,
    /// The question
    pub question: Text,
    /// What can be chosen
    #[schemars(length(min = 1))]
    pub options: Option<Vec<Text>>,
    /// Whether several options can be chosen
    #[serde(default)]
    pub multiple: bool,
    /// A line about it (texts)
    pub description: Option<Text>,
}

/// A client tool.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// Its name
    pub name: Text,
    /// What it is called with
    #[serde(default)]
    pub arguments: Named,
    /// The id of the call
    pub call_id: Option<Text>,
    /// The id of the item
    pub id: Option<Text>,
}

/// A generated image.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// The address of its last version
    pub url: Text,
    /// The addresses of the versions before it
    #[serde(default)]
    pub versions: Vec<Text>,
    /// The id of the item
    pub id: Option<Text>,
}

/// Something else in the place of an item: a text or a widget.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = exactly_one(&["text", "widget"]))]
pub struct Replace {
    /// The id of the item; the widget that an action comes from, if it is not given
    pub id: Option<Text>,
    /// The message that takes its place
    pub text: Option<Text>,
    /// The widget that takes its place
    pub widget: Option<WidgetStep>,
}

macro_rules! short {
    ($( $type:ident: $text:ident => $value:expr; )*) => { $(
        impl FromShort for $type {
            fn from_short($text: Text) -> Self { $value }
        }
    )* };
}

short! {
    Message: text => Self { value: Some(text), deltas: None, split: Split::Words, pace: None, annotations: Vec::new(), id: None };
    Thought: text => Self { title: None, content: text };
    TaskStep: text => Self { title: Some(text), ..Self::default() };
    Summary: text => Self { title: Some(text), ..Self::default() };
    Progress: text => Self { text, icon: None };
    Notice: text => Self { message: text, level: NoticeLevel::Info, title: None };
    Effect: text => Self { name: text, data: Named::default() };
    Tool: text => Self { name: text, arguments: Named::default(), call_id: None, id: None };
    Image: text => Self { url: text, versions: Vec::new(), id: None };
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TimedThoughts {
    /// The thoughts
    thoughts: Several<Short<Thought>>,
    /// How many seconds they are said to have taken
    seconds: Option<u64>,
}

impl<'de> Deserialize<'de> for Thoughts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let is_timed = value
            .as_object()
            .is_some_and(|map| !map.contains_key("content"));
        let (Several(thoughts), seconds) = if is_timed {
            let TimedThoughts { thoughts, seconds } = super::reader::inner(value)?;
            (thoughts, seconds)
        } else {
            (super::reader::inner(value)?, None)
        };
        Ok(Self { thoughts, seconds })
    }
}

impl JsonSchema for Thoughts {
    fn schema_name() -> Cow<'static, str> {
        "Thoughts".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let plain = generator.subschema_for::<Several<Short<Thought>>>();
        let timed = generator.subschema_for::<TimedThoughts>();
        json_schema!({"anyOf": [plain, timed]})
    }
}
