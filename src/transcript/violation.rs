//! What a stream must not do, seen from the fold.

use crate::protocol::ItemId;

/// An event that the protocol does not allow where it stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(
    missing_docs,
    reason = "the fields are the ids and indexes that the event names"
)]
pub enum Violation {
    /// `thread.item.added` for an id that is there already.
    #[error("item {item_id} was added twice")]
    AddedTwice { item_id: ItemId },
    /// `thread.item.done` for an item that is done already.
    #[error("item {item_id} was done twice")]
    DoneTwice { item_id: ItemId },
    /// `thread.item.updated` for an item that was never added.
    #[error("item {item_id} was updated but never added")]
    UpdateBeforeAdd { item_id: ItemId },
    /// `thread.item.updated` for an item that is done.
    #[error("item {item_id} was updated after it was done")]
    UpdateAfterDone { item_id: ItemId },
    /// An update that belongs to another kind of item.
    #[error("update {update} does not fit item {item_id} of type {kind}")]
    WrongKind {
        item_id: ItemId,
        update: String,
        kind: String,
    },
    /// An update of a type that the protocol does not have.
    #[error("item {item_id} got an update of the unknown type {update}")]
    UnknownUpdate { item_id: ItemId, update: String },
    /// A part that does not stand at the end of the message.
    #[error("part {index} of {item_id} was added when it had {parts} parts")]
    PartOutOfOrder {
        item_id: ItemId,
        index: usize,
        parts: usize,
    },
    /// Text or an annotation for a part that was never added.
    #[error("part {index} of {item_id} was never added")]
    PartNotAdded { item_id: ItemId, index: usize },
    /// An annotation that leaves a gap before it.
    #[error("annotation {index} of {item_id} was added when it had {annotations}")]
    AnnotationOutOfOrder {
        item_id: ItemId,
        index: usize,
        annotations: usize,
    },
    /// A task that does not stand at the end of the workflow.
    #[error("task {index} of {item_id} was added when it had {tasks} tasks")]
    TaskOutOfOrder {
        item_id: ItemId,
        index: usize,
        tasks: usize,
    },
    /// An update of a task that was never added.
    #[error("task {index} of {item_id} was updated but never added")]
    TaskNotAdded { item_id: ItemId, index: usize },
    /// An update of a component that the widget does not have.
    #[error("widget {item_id} has no component {component_id}")]
    UnknownComponent {
        item_id: ItemId,
        component_id: String,
    },
    /// A delta for a component whose value does not stream.
    #[error(
        "component {component_id} of widget {item_id} got a delta, but only Text and Markdown stream"
    )]
    NotStreamable {
        item_id: ItemId,
        component_id: String,
    },
    /// Deltas that do not add up to the text that is done.
    #[error(
        "{place} of {item_id} was streamed as {streamed} bytes, but its done text has {done} and differs"
    )]
    TextDiffers {
        item_id: ItemId,
        place: String,
        streamed: usize,
        done: usize,
    },
    /// An item of another kind than the one that was added under its id.
    #[error("item {item_id} was added as {added} and done as {done}")]
    KindChanged {
        item_id: ItemId,
        added: String,
        done: String,
    },
    /// `thread.item.removed` for an item that the thread does not have.
    #[error("item {item_id} was removed, but the thread has no such item")]
    RemovedUnknown { item_id: ItemId },
    /// `thread.item.replaced` for an item that the thread does not have.
    #[error("item {item_id} was replaced, but the thread has no such item")]
    ReplacedUnknown { item_id: ItemId },
    /// An item that was added and is not done when the stream ends.
    #[error("item {item_id} was added but never done")]
    LeftOpen { item_id: ItemId },
}

impl Violation {
    /// The item, if this is about its parts, annotations, tasks or texts, which only who knows the
    /// updates before it can number and add up.
    pub fn of_parts(&self) -> Option<&ItemId> {
        match self {
            Self::PartOutOfOrder { item_id, .. }
            | Self::PartNotAdded { item_id, .. }
            | Self::AnnotationOutOfOrder { item_id, .. }
            | Self::TaskOutOfOrder { item_id, .. }
            | Self::TaskNotAdded { item_id, .. }
            | Self::TextDiffers { item_id, .. } => Some(item_id),
            _ => None,
        }
    }

    /// What was done wrong, without the ids and numbers that are others each time.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::AddedTwice { .. } => "an item was added twice",
            Self::DoneTwice { .. } => "an item was done twice",
            Self::UpdateBeforeAdd { .. } => "an item was updated but never added",
            Self::UpdateAfterDone { .. } => "an item was updated after it was done",
            Self::WrongKind { .. } => "an update does not fit its item",
            Self::UnknownUpdate { .. } => "an update is of an unknown type",
            Self::PartOutOfOrder { .. } => "a part does not stand at the end of its message",
            Self::PartNotAdded { .. } => "a part was updated but never added",
            Self::AnnotationOutOfOrder { .. } => "an annotation leaves a gap before it",
            Self::TaskOutOfOrder { .. } => "a task does not stand at the end of its workflow",
            Self::TaskNotAdded { .. } => "a task was updated but never added",
            Self::UnknownComponent { .. } => {
                "a component was updated that the widget does not have"
            }
            Self::NotStreamable { .. } => "a component got a delta that does not stream",
            Self::TextDiffers { .. } => "the text that is done is not the one that was streamed",
            Self::KindChanged { .. } => "an item was done as another type",
            Self::RemovedUnknown { .. } => "an item was removed that the thread does not have",
            Self::ReplacedUnknown { .. } => "an item was replaced that the thread does not have",
            Self::LeftOpen { .. } => "an item was added but never done",
        }
    }
}
