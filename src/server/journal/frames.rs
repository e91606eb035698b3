//! The frames of an event stream as they passed by, broken ones too.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::cassette::Redactor;

/// How much one frame may hold before it is handed on as it is, in bytes.
const MAX_FRAME: usize = 4 * 1024 * 1024;

/// Puts frames together from the pieces that were sent.
#[derive(Default)]
pub(in crate::server) struct Frames {
    /// All of the frame that is not whole yet.
    raw: Vec<u8>,
    /// Where its last line begins.
    line: usize,
    /// A line ended with a carriage return, and a line feed may follow that belongs to it.
    after_return: bool,
}

/// One frame.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::server) enum Frame {
    /// Nothing but `data:` lines, which hold a JSON document.
    Event(Value),
    /// Anything else, as it was sent.
    Raw(String),
}

impl Frames {
    /// Adds a piece; returns the frames that it makes whole.
    pub fn push(&mut self, piece: &[u8]) -> Vec<Frame> {
        let mut whole = Vec::new();
        for &byte in piece {
            if std::mem::take(&mut self.after_return) && byte == b'\n' {
                continue;
            }
            let ends = matches!(byte, b'\n' | b'\r');
            self.after_return = byte == b'\r';
            if !ends {
                self.raw.push(byte);
            } else if self.raw.len() == self.line {
                whole.extend(self.take());
            } else {
                self.raw.push(b'\n');
                self.line = self.raw.len();
            }
            if self.raw.len() >= MAX_FRAME {
                whole.extend(self.take());
            }
        }
        whole
    }

    /// What is left when no piece follows: a frame that was cut short.
    pub fn rest(&mut self) -> Option<Frame> {
        let text = String::from_utf8_lossy(&self.raw).into_owned();
        self.raw.clear();
        self.line = 0;
        (!text.is_empty()).then_some(Frame::Raw(text))
    }

    fn take(&mut self) -> Option<Frame> {
        let raw = std::mem::take(&mut self.raw);
        self.line = 0;
        if raw.is_empty() {
            return None;
        }
        let text = String::from_utf8_lossy(&raw);
        Some(event(text.trim_end_matches('\n')))
    }
}

/// A frame as an event, or as the text that it is.
fn event(text: &str) -> Frame {
    let data: Option<Vec<&str>> = text
        .lines()
        .map(|line| line.strip_prefix("data:"))
        .map(|data| data.map(|data| data.strip_prefix(' ').unwrap_or(data)))
        .collect();
    data.and_then(|data| document(&data.join("\n")))
        .map_or_else(|| Frame::Raw(clean(text)), Frame::Event)
}

/// A JSON document without the secrets in it.
pub(super) fn document(text: &str) -> Option<Value> {
    // A cheap look: what is no JSON need not be searched for secrets twice.
    serde_json::from_str::<&RawValue>(text).ok()?;
    serde_json::from_str(Redactor::default().payload(text).as_str()).ok()
}

/// A text without the secrets in it.
pub(super) fn clean(text: &str) -> String {
    Redactor::default().payload(text).as_str().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn frames(text: &str) -> Vec<Frame> {
        let mut frames = Frames::default();
        let mut found = frames.push(text.as_bytes());
        found.extend(frames.rest());
        found
    }

    #[test]
    fn frames_are_the_same_wherever_the_pieces_are_cut() {
        let text = "data: {\"a\":1}\n\n: ping\n\ndata: {\"b\":\ndata: 2}\r\n\r\ndata: {\"cut";
        let whole = frames(text);
        assert_eq!(
            whole,
            [
                Frame::Event(json!({"a": 1})),
                Frame::Raw(": ping".into()),
                Frame::Event(json!({"b": 2})),
                Frame::Raw("data: {\"cut".into()),
            ]
        );
        let mut byte_by_byte = Frames::default();
        let mut found: Vec<_> = text.bytes().flat_map(|b| byte_by_byte.push(&[b])).collect();
        found.extend(byte_by_byte.rest());
        assert_eq!(found, whole);
    }

    #[test]
    fn what_is_no_event_stands_as_it_was_sent() {
        assert_eq!(
            frames("data: {oops}\n\n"),
            [Frame::Raw("data: {oops}".into())]
        );
        assert_eq!(
            frames("event: x\ndata: {}\n\n"),
            [Frame::Raw("event: x\ndata: {}".into())]
        );
        assert_eq!(frames("\n\n\r\n"), []);
    }

    #[test]
    fn secrets_do_not_pass() {
        let key = "sk-0123456789abcdef0123";
        let shown = format!("{:?}", frames(&format!("data: {{\"k\":\"{key}\"}}\n\n")));
        assert!(!shown.contains(key));
        assert!(!format!("{:?}", frames(&format!("data: {key}\n\n"))).contains(key));
    }
}
