//! The events of a stream.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::surrogate::Surrogates;
use super::{
    DecodeError, Extra, Item, ItemId, ItemKind, Object, TextDelta, Thread, Update, from_slice,
};

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
            None => whole(json),
        }
    }

    /// What a frame that is no event says once its nulls are left out, if that is one: many a
    /// language writes a list without entries as `null`, where the protocol has a list.
    #[must_use]
    pub fn without_nulls(json: &[u8]) -> Option<Self> {
        let mut frame: Value = serde_json::from_slice(json).ok()?;
        leave_out_nulls(&mut frame);
        serde_json::from_value(frame).ok()
    }
}

fn leave_out_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(leave_out_nulls);
        }
        Value::Array(entries) => entries.iter_mut().for_each(leave_out_nulls),
        _ => {}
    }
}

/// Decodes a frame that is no plain text delta.
fn whole(json: &[u8]) -> Result<Event, DecodeError> {
    /// An item's own JSON in that of its event.
    #[derive(Deserialize)]
    struct Words<'a> {
        #[serde(borrow)]
        item: &'a RawValue,
    }

    let mut event = from_slice(json)?;
    if let Event::ItemAdded(body) | Event::ItemDone(body) | Event::ItemReplaced(body) = &mut event
        && matches!(body.item.kind, ItemKind::ClientToolCall(_))
        && let Ok(Words { item }) = serde_json::from_slice(json)
    {
        body.item.keep_words(item);
    }
    Ok(event)
}

/// Decodes the frames of one stream, remembering what its text deltas have in common.
///
/// All deltas of a message are spelled alike up to their text, so that a frame which begins as the
/// last delta did needs only its text read: that is a third of the time of a long answer.
#[derive(Debug, Default)]
pub struct EventReader {
    last: Option<Spelling>,
    surrogates: Surrogates,
}

/// A text delta without its text.
#[derive(Debug)]
struct Spelling {
    /// Everything before the text's opening quote; behind the text stands [`SPELLING_END`].
    before: Vec<u8>,
    item_id: ItemId,
    content_index: usize,
}

/// What ends a delta whose text stands last, as every known server writes it.
const SPELLING_END: &[u8] = b"}}";

impl EventReader {
    /// Decodes one frame's data, as [`Event::decode`] does; a character whose halves came in two
    /// deltas is in the second, and a half that has no other is U+FFFD.
    ///
    /// # Errors
    /// As [`Event::decode`].
    pub fn decode(&mut self, json: &[u8]) -> Result<Event, DecodeError> {
        match self.decode_whole(json) {
            Ok(mut event) => {
                if self.surrogates.forget()
                    && let Some(text) = continued(&mut event)
                {
                    text.insert(0, char::REPLACEMENT_CHARACTER);
                }
                Ok(event)
            }
            Err(error) => self.decode_halves(json, error),
        }
    }

    fn decode_halves(&mut self, json: &[u8], error: DecodeError) -> Result<Event, DecodeError> {
        let Some(replaced) = Surrogates::replace(json) else {
            return Err(error);
        };
        let mut event = from_slice(&replaced)?;
        // Nothing but a delta is a piece of a text, which a later one may go on with.
        if continued(&mut event).is_none() {
            self.surrogates.forget();
            return Ok(event);
        }
        match self.surrogates.join(json) {
            Some(joined) => from_slice(&joined),
            None => Ok(event),
        }
    }

    fn decode_whole(&mut self, json: &[u8]) -> Result<Event, DecodeError> {
        if let Some(event) = self.last.as_ref().and_then(|last| last.decode(json)) {
            return Ok(event);
        }
        let Some(event) = text_delta(json) else {
            return whole(json);
        };
        self.last = Spelling::of(json, &event);
        Ok(event)
    }
}

/// The text that an event adds to one that is streamed.
fn continued(event: &mut Event) -> Option<&mut String> {
    let Event::ItemUpdated(ItemUpdated { update, .. }) = event else {
        return None;
    };
    match update {
        Update::TextDelta(delta) => Some(&mut delta.delta),
        Update::ValueDelta(delta) => Some(&mut delta.delta),
        _ => None,
    }
}

impl Spelling {
    fn decode(&self, json: &[u8]) -> Option<Event> {
        let text = json
            .strip_prefix(&self.before[..])?
            .strip_suffix(SPELLING_END)?;
        let delta = serde_json::from_slice(text).ok()?;
        Some(delta_event(self.item_id.clone(), self.content_index, delta))
    }

    /// The spelling of a frame that was read as a text delta.
    ///
    /// Such a frame has no other fields, and a quote inside a string is escaped, so the first
    /// `"delta":"` is the key. That its text stands last shows when the frame is read by this.
    fn of(json: &[u8], event: &Event) -> Option<Self> {
        const KEY: &[u8] = b"\"delta\":\"";
        let Event::ItemUpdated(ItemUpdated {
            item_id,
            update: Update::TextDelta(delta),
            ..
        }) = event
        else {
            return None;
        };
        let key = memchr::memmem::find(json, KEY)?;
        let spelling = Self {
            before: json[..key + KEY.len() - 1].to_vec(),
            item_id: item_id.clone(),
            content_index: delta.content_index,
        };
        spelling
            .decode(json)
            .as_ref()
            .is_some_and(|read| read == event)
            .then_some(spelling)
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
    Some(delta_event(
        frame.item_id.as_ref().into(),
        body.content_index,
        body.delta,
    ))
}

fn delta_event(item_id: ItemId, content_index: usize, delta: String) -> Event {
    let delta = TextDelta {
        content_index,
        delta,
        extra: Extra::default(),
    };
    Event::ItemUpdated(ItemUpdated {
        item_id,
        update: Update::TextDelta(delta),
        extra: Extra::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delta(item: &str, index: usize, text: &str) -> String {
        let text = serde_json::to_string(text).unwrap();
        format!(
            r#"{{"type":"thread.item.updated","item_id":"{item}","update":{{"type":"assistant_message.content_part.text_delta","content_index":{index},"delta":{text}}}}}"#
        )
    }

    #[test]
    fn a_frame_with_null_for_a_list_says_what_it_says_without_it() {
        let frame = br#"{"type":"thread.item.done","item":{"type":"assistant_message",
            "id":"m1","thread_id":"t1","created_at":"2026-01-01T00:00:00",
            "content":[{"type":"output_text","text":"Hi","annotations":null}]}}"#;
        assert!(Event::decode(frame).is_err());
        let Some(Event::ItemDone(body)) = Event::without_nulls(frame) else {
            panic!("the frame says an item is done");
        };
        let ItemKind::AssistantMessage(message) = &body.item.kind else {
            panic!("the item is a message");
        };
        assert_eq!(message.text(), "Hi");
        assert!(Event::without_nulls(br#"{"type":"thread.item.done","item":null}"#).is_none());
    }

    #[test]
    fn a_half_waits_for_its_other_in_deltas_alone_and_is_shown_where_that_never_comes() {
        let titled = |title: &str| {
            format!(
                r#"{{"type":"thread.updated","thread":{{"id":"t","created_at":"2026-01-01T00:00:00","title":"{title}"}}}}"#
            )
        };
        let raw = |text: &str| delta("a", 0, "TEXT").replace("TEXT", text);
        let mut reader = EventReader::default();
        let mut read = |frame: &str| match reader.decode(frame.as_bytes()).unwrap() {
            Event::ThreadUpdated(body) => body.thread.title.unwrap(),
            Event::ItemUpdated(ItemUpdated {
                update: Update::TextDelta(body),
                ..
            }) => body.delta,
            other => panic!("{other:?}"),
        };
        assert_eq!(read(&titled("Hi \\ud83d")), "Hi \u{fffd}");
        assert_eq!(read(&titled("\\ude00 there")), "\u{fffd} there");
        // The title's half is no beginning of the text, and the text's none of the title.
        assert_eq!(read(&raw("\\ude00 a")), "\u{fffd} a");
        assert_eq!(read(&raw("b \\ud83d")), "b ");
        assert_eq!(read(&raw("\\ude00 c")), "\u{1f600} c");
        assert_eq!(read(&raw("d \\ud83d")), "d ");
        assert_eq!(read(&raw("e")), "\u{fffd}e");
        assert_eq!(read(&raw("f \\ud83d")), "f ");
        assert_eq!(read(&titled("\\ude00 there")), "\u{fffd} there");
    }

    #[test]
    fn a_reader_reads_what_the_decoder_reads_whatever_came_before() {
        let frames = [
            delta("a", 0, "one "),
            delta("a", 0, "tw\"o}}\n"),
            delta("b", 0, "x"),
            delta("a", 1, "y"),
            delta("a", 1, "\"}}"),
            delta("a", 1, "z").replace(":1,", ": 1, "),
            delta("a", 1, "z").replace("}}", r#","loud":true}}"#),
            delta("a", 1, "z").replace("}}", r#"},"seq":7}"#),
            delta("a", 1, "z").replace("\"delta\":\"z\"", r#""delta":"z","delta":"w""#),
            delta("a", 1, "z").replace('z', "\u{1}"),
            delta("a", 1, "cut")[..130].to_owned(),
            delta(r#"\"delta\":\"q"#, 0, "sly"),
            delta(r#"\"delta\":\"q"#, 0, "slier"),
            r#"{"type":"stream_options","stream_options":{"allow_cancel":true}}"#.to_owned(),
            delta("a", 1, "end"),
        ];
        let mut reader = EventReader::default();
        for frame in frames {
            assert_eq!(
                reader.decode(frame.as_bytes()),
                Event::decode(frame.as_bytes()),
                "{frame}"
            );
        }
    }
}
