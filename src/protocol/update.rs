//! The ten ways in which an item changes while it is open.

use super::widget::Component;
use super::{Extra, GeneratedImage, Source, Task};

tagged! {
    /// A change to an item that was added and is not done.
    pub enum Update {
        PartAdded(PartAt) = "assistant_message.content_part.added",
        TextDelta(TextDelta) = "assistant_message.content_part.text_delta",
        AnnotationAdded(AnnotationAdded) = "assistant_message.content_part.annotation_added",
        PartDone(PartAt) = "assistant_message.content_part.done",
        ValueDelta(ValueDelta) = "widget.streaming_text.value_delta",
        RootUpdated(RootUpdated) = "widget.root.updated",
        ComponentUpdated(ComponentUpdated) = "widget.component.updated",
        TaskAdded(TaskAt) = "workflow.task.added",
        TaskUpdated(TaskAt) = "workflow.task.updated",
        ImageUpdated(ImageUpdated) = "generated_image.updated",
    }
}

shape! {
    /// A part of an assistant's message, whole, at its place.
    pub struct PartAt {
        pub content_index: usize,
        pub content: OutputText,
    }

    /// Text to append to a part.
    pub struct TextDelta {
        pub content_index: usize,
        pub delta: String,
    }

    /// A reference to insert into a part.
    pub struct AnnotationAdded {
        pub content_index: usize,
        pub annotation_index: usize,
        pub annotation: Box<Annotation>,
    }

    /// A part of an assistant's message.
    pub struct OutputText {
        #[serde(rename = "type", default = "output_text")]
        pub kind: String,
        pub text: String,
        #[serde(default)]
        pub annotations: Vec<Annotation>,
    }

    /// A reference from the text to what it rests on.
    pub struct Annotation {
        #[serde(rename = "type", default = "annotation")]
        pub kind: String,
        pub source: Source,
        /// The character of the text that the reference follows.
        pub index: Option<u64>,
    }

    /// Text to append to the value of a `Text` or `Markdown` component.
    pub struct ValueDelta {
        pub component_id: String,
        pub delta: String,
        pub done: bool,
    }

    /// A widget, whole.
    pub struct RootUpdated {
        pub widget: Box<Component>,
    }

    /// A component of a widget, whole.
    pub struct ComponentUpdated {
        pub component_id: String,
        pub component: Box<Component>,
    }

    /// A task of a workflow, whole, at its place.
    pub struct TaskAt {
        pub task_index: usize,
        pub task: Task,
    }

    /// A version of a generated image; `progress` runs from 0 to 1.
    pub struct ImageUpdated {
        pub image: GeneratedImage,
        pub progress: Option<f64>,
    }
}

fn output_text() -> String {
    "output_text".to_owned()
}

fn annotation() -> String {
    "annotation".to_owned()
}

impl OutputText {
    /// A part of this text without annotations.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            kind: output_text(),
            text: text.into(),
            annotations: Vec::new(),
            extra: Extra::default(),
        }
    }
}

impl Annotation {
    /// A reference to `source`, after the character `index` of the text.
    pub fn new(source: Source, index: Option<u64>) -> Self {
        Self {
            kind: annotation(),
            source,
            index,
            extra: Extra::default(),
        }
    }
}
