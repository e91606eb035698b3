//! Faults of the events: lost, doubled, out of order, contradictory, unknown.

use serde_json::{Value, json};

use super::super::row::{Act, At, Reach, Row};
use super::super::stage::{Event, Piece, Stage};
use super::super::value::Kind;
use super::param;

const DELTA: &str = "assistant_message.content_part.text_delta";
const ANSWER_ADDED: &str = "thread.item.added:!user_message";
const ANSWER_DONE: &str = "thread.item.done:!user_message";

/// At the first event of a type.
const fn first(event: &'static str) -> At {
    At {
        event,
        after: "0",
        each: "false",
    }
}

/// At every event of a type.
const fn each(event: &'static str) -> At {
    At {
        event,
        after: "0",
        each: "true",
    }
}

/// At one event of a type, behind some others.
const fn behind(event: &'static str, after: &'static str) -> At {
    At {
        event,
        after,
        each: "false",
    }
}

/// A row of an event fault, which has no parameters but its place.
const fn row(
    name: &'static str,
    at: At,
    act: fn(&mut Stage, Event),
    does: &'static str,
    client: &'static str,
) -> Row {
    Row {
        name,
        params: &[],
        reach: Reach::Stream,
        does,
        client,
        act: Act::Event(at, act),
    }
}

pub(in super::super) const ROWS: &[Row] = &[
    Row {
        name: "error-event",
        params: &[
            param("code", Kind::Text, "stream.error", "the error's code"),
            param("message", Kind::Text, "", "the error's message"),
            param(
                "allow-retry",
                Kind::Flag,
                "true",
                "whether the client may try again",
            ),
        ],
        reach: Reach::Stream,
        does: "ends the stream with an error event in the middle of the answer",
        client: "shows the message, keeps what it has, and offers to try again if it may",
        act: Act::Event(behind(DELTA, "2"), error),
    },
    row(
        "twice",
        first(DELTA),
        twice,
        "sends an event a second time",
        "ends up with the text of the item that is done, whatever the deltas said",
    ),
    row(
        "out-of-order",
        first(DELTA),
        Stage::hold,
        "sends an event behind the one that follows it",
        "ends up with the text of the item that is done, and reports what cannot be applied",
    ),
    row(
        "update-before-add",
        first(ANSWER_ADDED),
        Stage::hold,
        "sends the first update of an item before the event that adds it",
        "reports an update of an item that it does not know, and goes on",
    ),
    row(
        "no-item-added",
        first(ANSWER_ADDED),
        lose,
        "never sends the event that adds an item",
        "reports updates of an item that it does not know, and shows the item once it is done",
    ),
    row(
        "no-item-done",
        each(ANSWER_DONE),
        lose,
        "never sends the events that complete the answer's items",
        "says that the answer is not whole when the stream ends",
    ),
    row(
        "done-twice",
        first(ANSWER_DONE),
        twice,
        "sends the event that completes an item a second time",
        "shows the item once",
    ),
    row(
        "lost-delta",
        behind(DELTA, "1"),
        lose,
        "leaves out a piece of the text, so that the deltas do not add up to the whole",
        "shows the text of the item that is done",
    ),
    row(
        "wrong-content-index",
        each(DELTA),
        wrong_index,
        "sends text for a content part that was never added",
        "reports the part that is not there, and does not crash",
    ),
    row(
        "wrong-item-id",
        first(DELTA),
        wrong_item,
        "sends text for an item that does not exist",
        "reports an update of an item that it does not know, and goes on",
    ),
    row(
        "duplicate-id",
        each("*"),
        duplicate_id,
        "gives the answer's items the id of the user's message",
        "does not overwrite what the user wrote, and reports the id that stands twice",
    ),
    row(
        "hidden-item",
        first(ANSWER_DONE),
        hidden,
        "leaks a hidden item, which is only for the model",
        "does not show it",
    ),
    row(
        "unknown-event",
        behind("*", "2"),
        unknown_event,
        "sends an event of a type that nobody knows",
        "passes over what a newer server may send",
    ),
    row(
        "unknown-item",
        first(ANSWER_DONE),
        unknown_item,
        "sends an item of a type that nobody knows",
        "passes over what a newer server may send",
    ),
    row(
        "unknown-update",
        first(DELTA),
        unknown_update,
        "sends an update of a type that nobody knows",
        "passes over what a newer server may send",
    ),
    row(
        "malformed-json",
        first(DELTA),
        malformed,
        "sends an event whose JSON breaks off, and goes on",
        "reports a malformed event with its place, and does not crash",
    ),
    row(
        "no-stream-options",
        each("stream_options"),
        lose,
        "never says whether the stream may be cancelled",
        "goes by its default, as with the hosted API",
    ),
];

fn error(stage: &mut Stage, _: Event) {
    let fault = stage.fault();
    let mut event = json!({"type": "error", "code": fault.text("code")});
    if let Some(message) = fault.text("message") {
        event["message"] = message.into();
    }
    event["allow_retry"] = fault.flag("allow-retry").into();
    stage.send(event);
    stage.send(Piece::End);
}

fn twice(stage: &mut Stage, event: Event) {
    stage.send(event.clone());
    stage.send(event);
}

fn lose(_: &mut Stage, _: Event) {}

fn wrong_index(stage: &mut Stage, mut event: Event) {
    event.json["update"]["content_index"] = 7.into();
    stage.send(event);
}

fn wrong_item(stage: &mut Stage, mut event: Event) {
    event.json["item_id"] = "msg_nowhere".into();
    stage.send(event);
}

fn duplicate_id(stage: &mut Stage, mut event: Event) {
    if event.item_kind() == "user_message" {
        stage.memory = event.json["item"]["id"].as_str().unwrap_or_default().into();
    } else if let Ok(id) = String::from_utf8(stage.memory.clone())
        && !id.is_empty()
    {
        if !event.item_kind().is_empty() {
            event.json["item"]["id"] = id.into();
        } else if event.json.get("item_id").is_some() {
            event.json["item_id"] = id.into();
        }
    }
    stage.send(event);
}

/// Sends an item like the event's own, with this id, before the event.
fn slip_in(stage: &mut Stage, event: Event, id: &str, fields: Value) {
    let own = &event.json["item"];
    let mut item = json!({
        "id": id,
        "thread_id": own["thread_id"],
        "created_at": own["created_at"],
    });
    if let (Some(item), Value::Object(fields)) = (item.as_object_mut(), fields) {
        item.extend(fields);
    }
    stage.send(json!({"type": "thread.item.done", "item": item}));
    stage.send(event);
}

fn hidden(stage: &mut Stage, event: Event) {
    let fields = json!({"type": "hidden_context_item", "content": "The user must not see this."});
    slip_in(stage, event, "hcx_leaked", fields);
}

fn unknown_item(stage: &mut Stage, event: Event) {
    slip_in(
        stage,
        event,
        "msg_unknown",
        json!({"type": "hologram", "depth": 3}),
    );
}

fn unknown_event(stage: &mut Stage, event: Event) {
    stage.send(json!({"type": "thread.weather_changed", "weather": "fair"}));
    stage.send(event);
}

fn unknown_update(stage: &mut Stage, event: Event) {
    let mut other = event.clone();
    other.json["update"] = json!({"type": "assistant_message.content_part.tuned", "key": "D"});
    stage.send(other);
    stage.send(event);
}

fn malformed(stage: &mut Stage, event: Event) {
    let mut frame = event.frame();
    frame.truncate(frame.len() - 3);
    frame.extend_from_slice(b"\n\n");
    stage.send(frame);
}
