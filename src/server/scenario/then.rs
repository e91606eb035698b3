//! The steps of an answer, as they are written.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::body::{
    Effect, Form, Image, Message, Notice, Progress, Replace, TaskStep, Thoughts, Tool, WorkflowStep,
};
use super::outcome::{Failure, Status, True};
use super::templated::{Json, Named, Text};
use super::thread::AnyItem;
use super::value::{FromShort, Short, Span, forward_texts};
use super::widget::WidgetStep;

/// One step of an answer; a bare text is a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Step(pub Act);

/// What a step does. It has one key, which says what it is.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(
    clippy::large_enum_variant,
    reason = "a scenario has few steps, and keeps them"
)]
pub enum Act {
    /// A message of the assistant, streamed
    Text(Short<Message>),
    /// A reasoning workflow of thoughts
    Thoughts(Thoughts),
    /// A workflow of tasks
    Workflow(WorkflowStep),
    /// A task outside a workflow
    Task(Short<TaskStep>),
    /// A line about what is being done, which the next one takes the place of
    Progress(Short<Progress>),
    /// A message that is no part of the conversation
    Notice(Short<Notice>),
    /// Something for the page to do
    Effect(Short<Effect>),
    /// A widget: inline, a .widget file, or states that are streamed
    Widget(WidgetStep),
    /// Structured input; what follows waits for its answers
    Form(Form),
    /// A client tool; what follows waits for its output
    Tool(Short<Tool>),
    /// A generated image
    Image(Short<Image>),
    /// The thread's title; null takes it away
    Title(Option<Text>),
    /// The thread's status
    Status(Status),
    /// An item that is stored and never sent
    Hidden(Json),
    /// Any item, which is added and done at once; what is missing of it is filled in
    Item(#[schemars(with = "AnyItem")] Json),
    /// Another message or widget in the place of an item
    Replace(Replace),
    /// The id of an item that goes away
    Remove(Text),
    /// The data of an event, word for word and unchecked: a text as it is, anything else as JSON
    Raw(Json),
    /// Bytes of the stream, word for word, without any frame around them
    Bytes(String),
    /// Nothing happens for a while
    Wait(Span),
    /// The time between the pieces of what follows; null is the server's own
    Pace(Option<Span>),
    /// The answer fails
    Error(Short<Failure>),
    /// The connection dies
    Drop(True),
    /// What is remembered of the thread, by its name; each sees those above it, and null forgets one
    Set(Named),
    /// A word of the showcase, with its argument
    Show(Text),
    /// The document that answers an operation which does not stream
    Answer(Json),
}

impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StepOf)
    }
}

struct StepOf;

impl<'de> Visitor<'de> for StepOf {
    type Value = Step;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, or a map with one key that says what the step does")
    }

    forward_texts!(|text| Step(Act::Text(Short(Message::from_short(text)))));

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Step, A::Error> {
        let act = Act::deserialize(MapAccessDeserializer::new(&mut map))?;
        match map.next_key::<String>()? {
            None => Ok(Step(act)),
            Some(key) => {
                map.next_value::<IgnoredAny>()?;
                Err(de::Error::custom(format!(
                    "a step has one key; begin another step with a dash before `{key}`"
                )))
            }
        }
    }
}

impl JsonSchema for Step {
    fn schema_name() -> Cow<'static, str> {
        "Step".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let act = generator.subschema_for::<Act>();
        json_schema!({"anyOf": [{"type": ["string", "number"]}, act]})
    }
}
