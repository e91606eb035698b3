//! The event stream's framing: chunks of bytes in, the data of events out.
//!
//! Deliberately without JSON, I/O and time. `eventsource-stream` is not used because it scans its
//! whole buffer again for every chunk and holds an event of any size; it is the tests' oracle.
//!
//! Source: the HTML standard, "Server-sent events", 9.2.5 and 9.2.6. `event`, `id` and `retry` are
//! read over, since `ChatKit` gives them no meaning.

use bytes::{Buf, Bytes, BytesMut};
use memchr::memchr2;

/// The largest event that is held, in bytes: its `data` lines with their names and line ends, and
/// whatever line is under way. Lines that are read over take no memory and do not count.
pub(crate) const MAX_EVENT: usize = 16 * 1024 * 1024;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Cuts a stream of bytes into the data of its events.
#[derive(Debug)]
pub(crate) struct Decoder {
    /// What was fed and is not read yet.
    chunk: Bytes,
    /// The beginning of a line whose end was not fed yet; it was searched already.
    line: BytesMut,
    data: Data,
    /// How many bytes the `data` lines of the event under way have.
    size: usize,
    limit: usize,
    /// How much of a byte order mark was seen; `None` once the stream is past it.
    bom: Option<usize>,
    /// A CR ended the last line, so that an LF right after it belongs to it.
    after_cr: bool,
}

/// The event under way is larger than the limit.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLarge;

/// The `data` lines of the event under way.
#[derive(Debug, Default)]
enum Data {
    #[default]
    None,
    /// The usual case: a slice of the chunk it came in, not a copy.
    One(Bytes),
    /// Several lines, joined by LF.
    Many(BytesMut),
}

impl Decoder {
    /// A decoder that holds at most `limit` bytes of one event.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            chunk: Bytes::new(),
            line: BytesMut::new(),
            data: Data::None,
            size: 0,
            limit,
            bom: Some(0),
            after_cr: false,
        }
    }

    /// Takes the next bytes of the stream, which may end anywhere.
    pub(crate) fn feed(&mut self, chunk: Bytes) {
        if self.chunk.is_empty() {
            self.chunk = chunk;
        } else {
            let mut joined = BytesMut::from(self.chunk.as_ref());
            joined.extend_from_slice(&chunk);
            self.chunk = joined.freeze();
        }
        self.skip_bom();
    }

    /// The data of the next event that is complete, or `None` until more is fed.
    ///
    /// # Errors
    /// The event under way is larger than the limit; what follows is not read.
    pub(crate) fn next(&mut self) -> Result<Option<Bytes>, TooLarge> {
        while !self.chunk.is_empty() {
            if std::mem::take(&mut self.after_cr) && self.chunk[0] == b'\n' {
                self.chunk.advance(1);
                continue;
            }
            let Some(end) = memchr2(b'\n', b'\r', &self.chunk) else {
                self.make_room(self.chunk.len())?;
                self.line.extend_from_slice(&self.chunk);
                self.chunk.clear();
                break;
            };
            self.make_room(end + 1)?;
            if let Some(data) = self.end_line(end) {
                return Ok(Some(data));
            }
        }
        Ok(None)
    }

    /// Whether the stream, if it ends here, ends in the middle of an event.
    ///
    /// The standard discards such an event silently; a turn has to say so.
    pub(crate) fn is_unfinished(&self) -> bool {
        let in_line = !self.line.is_empty() && self.line[0] != b':';
        in_line || !matches!(self.data, Data::None) || self.bom.is_some_and(|seen| seen > 0)
    }

    /// Ends the line whose terminator is at `end` of the chunk; an empty one completes an event.
    fn end_line(&mut self, end: usize) -> Option<Bytes> {
        self.after_cr = self.chunk[end] == b'\r';
        if end == 0 && self.line.is_empty() {
            self.chunk.advance(1);
            self.size = 0;
            return std::mem::take(&mut self.data).finish();
        }
        let size = self.line.len() + end + 1;
        if self.line.is_empty() {
            if let Some(start) = data_value(&self.chunk[..end]) {
                self.size += size;
                self.data.add(self.chunk.slice(start..end));
            }
        } else {
            self.line.extend_from_slice(&self.chunk[..end]);
            let line = self.line.split().freeze();
            if let Some(start) = data_value(&line) {
                self.size += size;
                self.data.add(line.slice(start..));
            }
        }
        self.chunk.advance(end + 1);
        None
    }

    /// Whether `more` bytes of the line under way may still be held.
    fn make_room(&mut self, more: usize) -> Result<(), TooLarge> {
        if self.size + self.line.len() + more <= self.limit {
            return Ok(());
        }
        // Whatever is held is let go at once, since nobody will ask for it again.
        self.chunk.clear();
        self.line = BytesMut::new();
        self.data = Data::None;
        self.size = 0;
        Err(TooLarge)
    }

    /// Reads over a byte order mark, which may be split as anything else.
    fn skip_bom(&mut self) {
        while let Some(seen) = self.bom {
            let Some(first) = self.chunk.first() else {
                return;
            };
            if *first == BOM[seen] {
                self.chunk.advance(1);
                self.bom = (seen + 1 < BOM.len()).then_some(seen + 1);
            } else {
                self.line.extend_from_slice(&BOM[..seen]);
                self.bom = None;
            }
        }
    }
}

impl Data {
    fn add(&mut self, value: Bytes) {
        *self = match std::mem::take(self) {
            Self::None => Self::One(value),
            Self::One(first) => {
                let mut joined = BytesMut::from(first.as_ref());
                joined.extend_from_slice(b"\n");
                joined.extend_from_slice(&value);
                Self::Many(joined)
            }
            Self::Many(mut joined) => {
                joined.extend_from_slice(b"\n");
                joined.extend_from_slice(&value);
                Self::Many(joined)
            }
        };
    }

    fn finish(self) -> Option<Bytes> {
        match self {
            Self::None => None,
            Self::One(value) => Some(value),
            Self::Many(joined) => Some(joined.freeze()),
        }
    }
}

/// Where the value of a `data` line begins; `None` for every other line.
fn data_value(line: &[u8]) -> Option<usize> {
    match line.strip_prefix(b"data")? {
        [] => Some(line.len()),
        [b':', b' ', ..] => Some("data: ".len()),
        [b':', ..] => Some("data:".len()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
