//! Reading an answer: the stream's bytes to events, and the events into a thread.

use std::fmt::Write as _;

use chatkit::protocol::EventReader;
use chatkit::transcript::Transcript;
use divan::{Bencher, counter::ItemsCount};

fn main() {
    divan::main();
}

/// The data of the frames of a turn with this many deltas.
fn turn(deltas: usize) -> Vec<Vec<u8>> {
    let item = |content: &str| {
        format!(
            r#"{{"id":"msg_1","thread_id":"thr_1","created_at":"2026-11-20T10:00:00","type":"assistant_message","content":{content}}}"#
        )
    };
    let update = |body: &str| {
        format!(r#"{{"type":"thread.item.updated","item_id":"msg_1","update":{body}}}"#)
    };
    let mut frames = vec![format!(
        r#"{{"type":"thread.item.added","item":{}}}"#,
        item("[]")
    )];
    frames.push(update(
        r#"{"type":"assistant_message.content_part.added","content_index":0,"content":{"type":"output_text","text":""}}"#,
    ));
    let mut text = String::new();
    for index in 0..deltas {
        let word = format!("word{} ", index % 97);
        frames.push(update(&format!(
            r#"{{"type":"assistant_message.content_part.text_delta","content_index":0,"delta":"{word}"}}"#
        )));
        let _ = write!(text, "{word}");
    }
    let content = format!(r#"[{{"type":"output_text","text":"{text}"}}]"#);
    frames.push(format!(
        r#"{{"type":"thread.item.done","item":{}}}"#,
        item(&content)
    ));
    frames.into_iter().map(String::into_bytes).collect()
}

#[divan::bench(args = [200, 100_000])]
fn decode_and_fold(bencher: Bencher, deltas: usize) {
    let frames = turn(deltas);
    bencher.counter(ItemsCount::new(frames.len())).bench(|| {
        let (mut reader, mut transcript) = (EventReader::default(), Transcript::new());
        for frame in &frames {
            let event = reader.decode(frame).expect("the frame is an event");
            let applied = transcript.apply(&event);
            assert!(applied.violations.is_empty());
        }
        transcript
    });
}
