//! Events as the bytes of an event stream.

use serde::Serialize;

use super::{Event, Update};

/// Writes events as `data: {json}\n\n`, which is all that the reference server writes.
///
/// What is ready is gathered in one buffer, so that it can go out in one write.
#[derive(Debug, Default)]
pub struct SseWriter {
    buffer: Vec<u8>,
}

/// A text delta without the room for unknown fields, whose flattening costs as much as the rest.
#[derive(Serialize)]
struct DeltaFrame<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    item_id: &'a str,
    update: DeltaBody<'a>,
}

#[derive(Serialize)]
struct DeltaBody<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    content_index: usize,
    delta: &'a str,
}

impl SseWriter {
    /// Adds an event.
    pub fn event(&mut self, event: &Event) {
        match event {
            Event::ItemUpdated(updated) => match &updated.update {
                Update::TextDelta(delta) if delta.extra.is_empty() && updated.extra.is_empty() => {
                    self.json(&DeltaFrame {
                        kind: "thread.item.updated",
                        item_id: updated.item_id.as_str(),
                        update: DeltaBody {
                            kind: "assistant_message.content_part.text_delta",
                            content_index: delta.content_index,
                            delta: &delta.delta,
                        },
                    });
                }
                _ => self.json(event),
            },
            _ => self.json(event),
        }
    }

    /// Adds an event that carries an item which is serialised already.
    pub fn item_event(&mut self, kind: &str, item: &[u8]) {
        self.buffer.extend_from_slice(b"data: {\"type\":\"");
        self.buffer.extend_from_slice(kind.as_bytes());
        self.buffer.extend_from_slice(b"\",\"item\":");
        self.buffer.extend_from_slice(item);
        self.buffer.extend_from_slice(b"}\n\n");
    }

    /// Adds bytes as they are, whether they are an event or not.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// How many bytes wait to be taken.
    pub fn len(&self) -> usize {
        self.buffer.len()
    }

    /// Whether nothing waits to be taken.
    pub fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// Takes what was gathered.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.buffer)
    }

    fn json<T: Serialize>(&mut self, event: &T) {
        self.buffer.extend_from_slice(b"data: ");
        serde_json::to_writer(&mut self.buffer, event)
            .expect("a shape with string keys serialises into memory");
        self.buffer.extend_from_slice(b"\n\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(event: &Event) -> String {
        let mut writer = SseWriter::default();
        writer.event(event);
        String::from_utf8(writer.take()).unwrap()
    }

    #[test]
    fn a_text_delta_is_written_as_the_general_way_writes_it() {
        let json = r#"{"type":"thread.item.updated","item_id":"m\"1","update":{"type":"assistant_message.content_part.text_delta","content_index":0,"delta":"\u001b é\n"}}"#;
        let event = Event::decode(json.as_bytes()).unwrap();
        let general = serde_json::to_string(&event).unwrap();
        assert_eq!(written(&event), format!("data: {general}\n\n"));
        assert_eq!(general, json);
    }

    #[test]
    fn an_item_that_is_serialised_already_makes_the_same_event() {
        let json = r#"{"type":"thread.item.done","item":{"id":"m","thread_id":"t","created_at":1,"type":"end_of_turn"}}"#;
        let event = Event::decode(json.as_bytes()).unwrap();
        let Event::ItemDone(body) = &event else {
            panic!("not a done event")
        };
        let mut writer = SseWriter::default();
        writer.item_event(event.type_name(), &serde_json::to_vec(&body.item).unwrap());
        assert_eq!(String::from_utf8(writer.take()).unwrap(), written(&event));
    }
}
