//! Frames of an event stream, for whoever records one as it passes by.
//!
//! The client has a decoder of its own: a recording must not share the mistakes of what it records.

/// The largest event that is recorded, in bytes.
const MAX_EVENT: usize = 32 * 1024 * 1024;

/// Takes the data of events out of the bytes of a stream, however these are cut.
#[derive(Debug, Default)]
pub struct Frames {
    line: Vec<u8>,
    data: Option<Vec<u8>>,
    after_cr: bool,
    begun: bool,
    too_large: bool,
}

impl Frames {
    /// Takes the next bytes, and hands the data of each event that they complete to `found`.
    pub fn feed(&mut self, bytes: &[u8], mut found: impl FnMut(&[u8])) {
        let mut rest = bytes;
        while !rest.is_empty() && !self.too_large {
            if std::mem::take(&mut self.after_cr) && rest[0] == b'\n' {
                rest = &rest[1..];
                continue;
            }
            let Some(end) = memchr::memchr2(b'\n', b'\r', rest) else {
                self.line.extend_from_slice(rest);
                break;
            };
            self.line.extend_from_slice(&rest[..end]);
            self.after_cr = rest[end] == b'\r';
            rest = &rest[end + 1..];
            self.end_line(&mut found);
        }
        let held = self.line.len() + self.data.as_ref().map_or(0, Vec::len);
        self.too_large |= held > MAX_EVENT;
    }

    /// Whether an event was begun and not finished.
    pub fn is_unfinished(&self) -> bool {
        !self.line.is_empty() || self.data.is_some()
    }

    /// Whether an event was larger than any that is recorded; nothing after it is.
    pub fn is_too_large(&self) -> bool {
        self.too_large
    }

    fn end_line(&mut self, found: &mut impl FnMut(&[u8])) {
        let mut line = std::mem::take(&mut self.line);
        if !std::mem::replace(&mut self.begun, true) && line.starts_with(b"\xef\xbb\xbf") {
            line.drain(..3);
        }
        if line.is_empty() {
            if let Some(data) = self.data.take() {
                found(&data);
            }
        } else if let Some(value) = line.strip_prefix(b"data") {
            let value = match value {
                [b':', b' ', value @ ..] | [b':', value @ ..] => value,
                [] => value,
                // Another field, whose name only begins so.
                _ => return,
            };
            match &mut self.data {
                Some(data) => {
                    data.push(b'\n');
                    data.extend_from_slice(value);
                }
                None => self.data = Some(value.to_vec()),
            }
        }
        line.clear();
        self.line = line;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_found_however_the_stream_is_cut() {
        let stream = b"\xef\xbb\xbfdata: 1\n\n: beat\n\ndata:2\r\ndata: 3\r\n\r\ndatabase: x\nevent: e\rdata: 4\r\rdata: cut";
        for size in 1..stream.len() {
            let mut frames = Frames::default();
            let mut found = Vec::new();
            for piece in stream.chunks(size) {
                frames.feed(piece, |data| {
                    found.push(String::from_utf8(data.to_vec()).unwrap());
                });
            }
            assert_eq!(found, ["1", "2\n3", "4"], "in pieces of {size}");
            assert!(frames.is_unfinished());
        }
    }
}
