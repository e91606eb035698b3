//! The events of a stream.

use std::borrow::Cow;

use serde::Deserialize;

use super::{DecodeError, Extra, Item, ItemId, Object, TextDelta, Thread, Update, from_slice};

tagged! {
    /// One event of a turn.
    pub enum Event {
        ThreadCreated(WithThread) = "thread.created",
        ThreadUpdated(WithThread) = "thread.updated",
        ItemAdded(WithItem) = "thread.item.added",
        ItemUpdated(ItemUpdated) = "thread.item.updated",
        ItemDone(WithItem) = "thread.item.done",
        ItemRemoved(ItemRef) = "thread.item.removed",
        ItemReplaced(WithItem) = "thread.item.replaced",
        StreamOptions(StreamOptionsEvent) = "stream_options",
        Progress(Progress) = "progress_update",
        ClientEffect(ClientEffect) = "client_effect",
        Notice(Notice) = "notice",
        Error(ErrorEvent) = "error",
    }
}

words! {
    /// How grave a notice is.
    pub enum Level { Info = "info", Warning = "warning", Danger = "danger", }
}

shape! {
    /// An event that carries a thread.
    pub struct WithThread {
        pub thread: Thread,
    }

    /// An event that carries an item, whole.
    pub struct WithItem {
        pub item: Item,
    }

    /// An event that names an item.
    pub struct ItemRef {
        pub item_id: ItemId,
    }

    /// A change to an item that is open.
    pub struct ItemUpdated {
        pub item_id: ItemId,
        pub update: Update,
    }

    /// What the client may do while the stream runs.
    pub struct StreamOptionsEvent {
        pub stream_options: StreamOptions,
    }

    /// What the client may do while the stream runs.
    pub struct StreamOptions {
        pub allow_cancel: bool,
    }

    /// A line about what is being done; the next one takes its place.
    pub struct Progress {
        pub text: String,
        pub icon: Option<String>,
    }

    /// Something for the page to do.
    pub struct ClientEffect {
        pub name: String,
        #[serde(default)]
        pub data: Object,
    }

    /// A message to the user that is no part of the conversation.
    pub struct Notice {
        pub level: Level,
        /// Markdown.
        pub message: String,
        pub title: Option<String>,
    }

    /// The answer failed.
    pub struct ErrorEvent {
        /// `custom`, `stream.error`, and more to come.
        #[serde(default = "custom")]
        pub code: String,
        pub message: Option<String>,
        #[serde(default)]
        pub allow_retry: bool,
    }
}

fn custom() -> String {
    "custom".to_owned()
}

/// The frame of a text delta, borrowed; anything else in it makes the general decoder take over.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeltaFrame<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    item_id: Cow<'a, str>,
    #[serde(borrow)]
    update: DeltaBody<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeltaBody<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    content_index: usize,
    delta: String,
}

impl Event {
    /// Decodes one frame's data.
    ///
    /// Text deltas, which are nearly all of a stream, are read straight into their shape; every
    /// other event goes through a `Value`, which is what keeps unknown fields and error paths.
    ///
    /// # Errors
    /// Says at which path the document departs from the protocol.
    pub fn decode(json: &[u8]) -> Result<Self, DecodeError> {
        match text_delta(json) {
            Some(event) => Ok(event),
            None => from_slice(json),
        }
    }
}

fn text_delta(json: &[u8]) -> Option<Event> {
    let frame: DeltaFrame = serde_json::from_slice(json).ok()?;
    let body = frame.update;
    if frame.kind != "thread.item.updated"
        || body.kind != "assistant_message.content_part.text_delta"
    {
        return None;
    }
    let delta = TextDelta {
        content_index: body.content_index,
        delta: body.delta,
        extra: Extra::default(),
    };
    Some(Event::ItemUpdated(ItemUpdated {
        item_id: frame.item_id.as_ref().into(),
        update: Update::TextDelta(delta),
        extra: Extra::default(),
    }))
}
