//! The ten ways in which an item changes while it is open.

use super::widget::Component;
use super::{Annotation, GeneratedImage, OutputText, Task};

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
