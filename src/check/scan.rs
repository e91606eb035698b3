//! The frames of an event stream, scanned from the raw bytes.
//!
//! Deliberately not the client's decoder: a judge that shared it would share its leniency, and what
//! is legal but unlike the reference server (comments, names, ids) is remembered here.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use memchr::memchr;

use super::evidence::{Frame, Oddity};
use crate::protocol::EventReader;

/// Scans a body piece by piece.
#[derive(Debug, Default)]
pub struct Scanner {
    line: BytesMut,
    data: Option<BytesMut>,
    is_begun: bool,
    after_return: bool,
    frames: u64,
    oddities: Vec<Oddity>,
    reader: EventReader,
}

/// How many oddities are kept; a stream of nothing but comments has as many as it has lines.
const MAX_ODDITIES: usize = 100;

impl Scanner {
    /// Takes the next bytes, which came at `at`, and returns the frames that they complete.
    pub fn feed(&mut self, bytes: &[u8], at: Duration) -> Vec<Frame> {
        let mut frames = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.after_return && rest[0] == b'\n' {
                rest = &rest[1..];
                self.after_return = false;
                continue;
            }
            self.after_return = false;
            let end = memchr::memchr2(b'\n', b'\r', rest);
            let Some(end) = end else {
                self.line.extend_from_slice(rest);
                break;
            };
            self.line.extend_from_slice(&rest[..end]);
            self.after_return = rest[end] == b'\r';
            rest = &rest[end + 1..];
            frames.extend(self.end_line(at));
        }
        frames
    }

    /// Whether the body ended inside a frame.
    pub fn is_unfinished(&self) -> bool {
        !self.line.is_empty() || self.data.is_some()
    }

    /// Whether several data lines came, and no empty line that ends a frame.
    pub fn is_run_together(&self) -> bool {
        let lines = self.data.as_ref().map(|data| data.contains(&b'\n'));
        self.frames == 0 && lines == Some(true)
    }

    /// What was legal and unusual.
    pub fn into_oddities(self) -> Vec<Oddity> {
        self.oddities
    }

    fn end_line(&mut self, at: Duration) -> Option<Frame> {
        let line = self.line.split().freeze();
        let is_first = !std::mem::replace(&mut self.is_begun, true);
        let line = match line.strip_prefix("\u{feff}".as_bytes()) {
            Some(rest) if is_first => {
                self.odd("a byte order mark");
                line.slice_ref(rest)
            }
            _ => line,
        };
        if line.is_empty() {
            let data = self.data.take()?.freeze();
            self.frames += 1;
            return Some(Frame::new(self.frames, at, data, &mut self.reader));
        }
        let (name, value) = field(&line);
        if name == b"data" {
            self.add(&value);
        } else {
            self.odd(&String::from_utf8_lossy(&line));
        }
        None
    }

    fn add(&mut self, value: &[u8]) {
        match &mut self.data {
            Some(data) => {
                data.extend_from_slice(b"\n");
                data.extend_from_slice(value);
            }
            None => self.data = Some(BytesMut::from(value)),
        }
    }

    fn odd(&mut self, line: &str) {
        if self.oddities.len() < MAX_ODDITIES {
            self.oddities.push(Oddity {
                frame: self.frames + 1,
                line: line.chars().take(200).collect(),
            });
        }
    }
}

/// A line's name and value; a comment's name is empty.
fn field(line: &Bytes) -> (&[u8], Bytes) {
    let Some(colon) = memchr(b':', line) else {
        return (line, Bytes::new());
    };
    let value = line.slice(colon + 1..);
    let value = match value.first() {
        Some(b' ') => value.slice(1..),
        _ => value,
    };
    (&line[..colon], value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(pieces: &[&str]) -> (Vec<String>, Vec<String>, bool) {
        let mut scanner = Scanner::default();
        let mut data = Vec::new();
        for piece in pieces {
            let frames = scanner.feed(piece.as_bytes(), Duration::ZERO);
            data.extend(frames.into_iter().map(|frame| frame.text()));
        }
        let unfinished = scanner.is_unfinished();
        let odd = scanner.into_oddities();
        (
            data,
            odd.into_iter().map(|odd| odd.line).collect(),
            unfinished,
        )
    }

    #[test]
    fn frames_are_found_wherever_the_pieces_are_cut() {
        let stream = "data: {\"a\":1}\r\n\r\n: note\ndata: x\ndata:y\n\nevent: z\rdata: {}\r\r";
        for at in 0..stream.len() {
            let (data, odd, unfinished) = scan(&[&stream[..at], &stream[at..]]);
            assert_eq!(data, ["{\"a\":1}", "x\ny", "{}"], "cut at {at}");
            assert_eq!(odd, [": note", "event: z"]);
            assert!(!unfinished);
        }
    }

    #[test]
    fn lines_that_nothing_parts_are_told_from_a_frame_that_was_cut() {
        let is_run_together = |text: &str| {
            let mut scanner = Scanner::default();
            scanner.feed(text.as_bytes(), Duration::ZERO);
            scanner.is_run_together()
        };
        assert!(is_run_together("data: {}\ndata: {}\n"));
        assert!(!is_run_together("data: {}\n"));
        assert!(!is_run_together("data: {}\n\ndata: {}\ndata: {}\n"));
    }

    #[test]
    fn a_frame_that_does_not_end_is_no_frame() {
        let (data, _, unfinished) = scan(&["data: {}\n"]);
        assert!(data.is_empty() && unfinished);
        assert!(!scan(&["data: {}\n\n"]).2);
    }
}
