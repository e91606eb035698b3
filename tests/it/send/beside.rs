//! Messages, and parts of one, that stream at the same time.

use serde_json::json;

use super::stream::{delta, send, update};
use crate::backend::{Backend, done, item, message, streamed, turn};

#[test]
fn parts_that_stream_in_turns_are_not_torn() {
    let part = |text: &str| json!({"type": "output_text", "text": text, "annotations": []});
    let added = |index: usize| {
        update(
            &json!({"type": "assistant_message.content_part.added", "content_index": index, "content": part("")}),
        )
    };
    let whole = item(
        "m",
        "assistant_message",
        &json!({"content": [part("Intro, and more."), part("Second.")]}),
    );
    let empty = item("m", "assistant_message", &json!({"content": []}));
    let frames = vec![
        json!({"type": "thread.item.added", "item": empty}).to_string(),
        added(0),
        added(1),
        delta(0, "Intro"),
        delta(1, "Second"),
        delta(0, ", and"),
        delta(0, " more."),
        delta(1, "."),
    ];
    let all = "Intro, and more.\n\nSecond.\n";
    let backend = Backend::new([turn(frames.clone())]);
    // What came is not kept back where the end never comes.
    send(&backend).stdout(all).stderr_has("1 item open").code(6);
    let backend = Backend::new([turn(frames.into_iter().chain([done(&whole)]))]);
    send(&backend).stdout(all).code(0);
}

#[test]
fn of_messages_that_stream_at_the_same_time_the_second_waits_for_the_first() {
    let of = |id: &str, frame: &str| {
        frame.replace("\"item_id\":\"m\"", &format!("\"item_id\":\"{id}\""))
    };
    let (first, second) = (streamed("a", &["one "]), streamed("b", &["three "]));
    let (first_done, second_done) = (message("a", "one two"), message("b", "three four"));
    let card = json!({"type": "Card", "children": [{"type": "Text", "value": "a card"}]});
    let widget = item("w", "widget", &json!({ "widget": card }));
    let open = |frames: Vec<String>| {
        frames
            .into_iter()
            .filter(|frame| !frame.contains("item.done"))
    };
    let mut frames: Vec<String> = open(first).chain(open(second)).collect();
    frames.push(done(&widget));
    frames.push(of("a", &delta(0, "two")));
    frames.push(of("b", &delta(0, "four")));
    frames.extend([done(&second_done), done(&first_done)]);
    let backend = Backend::new([turn(frames)]);
    send(&backend)
        .stdout("one two\n\nthree four\n\na card\n")
        .code(0);
}
