//! A parser of HTTP/1.1 responses that is fed whatever came, and keeps almost nothing.
//!
//! It knows a length, and chunks; that is all that a server may answer a POST with on a
//! connection that stays open.

use crate::error::{Error, Result};

/// No server under test has a head that comes near this.
const HEAD_LIMIT: usize = 64 * 1024;

enum State {
    Head,
    /// So many bytes of a body of known length are still to come.
    Sized(usize),
    /// Inside the line before a chunk, with its size as far as it is read.
    Size {
        size: usize,
        digits: bool,
    },
    Chunk(usize),
    /// The line break after a chunk.
    AfterChunk,
    /// The lines after the last chunk; `blank` while the line has nothing on it.
    Trailer {
        blank: bool,
    },
}

/// One response after the other of one connection.
pub struct Response {
    state: State,
    /// A head that was cut by the end of a read.
    partial: Vec<u8>,
    pub status: u16,
}

impl Response {
    pub fn new() -> Self {
        Self {
            state: State::Head,
            partial: Vec::new(),
            status: 0,
        }
    }

    /// Takes what was read, hands the body's bytes on, and says whether the response is whole.
    pub fn feed(&mut self, mut bytes: &[u8], body: &mut impl FnMut(&[u8])) -> Result<bool> {
        while !bytes.is_empty() {
            let (used, whole) = self.step(bytes, body)?;
            bytes = &bytes[used..];
            if whole {
                self.state = State::Head;
                return match bytes {
                    [] => Ok(true),
                    _ => Err(Error::new("the server sent more than was asked for")),
                };
            }
        }
        Ok(false)
    }

    /// As much as one state can take: the number of bytes used, and whether that was the end.
    fn step(&mut self, bytes: &[u8], body: &mut impl FnMut(&[u8])) -> Result<(usize, bool)> {
        match &mut self.state {
            State::Head => self.head(bytes),
            State::Sized(left) => {
                let part = &bytes[..bytes.len().min(*left)];
                body(part);
                *left -= part.len();
                Ok((part.len(), *left == 0))
            }
            State::Chunk(left) => {
                let part = &bytes[..bytes.len().min(*left)];
                body(part);
                *left -= part.len();
                if *left == 0 {
                    self.state = State::AfterChunk;
                }
                Ok((part.len(), false))
            }
            State::AfterChunk => {
                if bytes[0] == b'\n' {
                    self.state = State::Size {
                        size: 0,
                        digits: true,
                    };
                }
                Ok((1, false))
            }
            State::Size { .. } => self.size(bytes),
            State::Trailer { blank } => {
                let whole = *blank && bytes[0] == b'\n';
                // A carriage return neither fills a line nor empties it.
                *blank = bytes[0] == b'\n' || (*blank && bytes[0] == b'\r');
                Ok((1, whole))
            }
        }
    }

    fn size(&mut self, bytes: &[u8]) -> Result<(usize, bool)> {
        let State::Size { size, digits } = &mut self.state else {
            unreachable!("only called in this state");
        };
        for (index, byte) in bytes.iter().enumerate() {
            match char::from(*byte).to_digit(16) {
                Some(digit) if *digits && *size <= usize::MAX >> 8 => {
                    *size = *size << 4 | digit as usize;
                }
                Some(_) if *digits => return Err(Error::new("a chunk of absurd size")),
                _ if *byte == b'\n' => {
                    self.state = match *size {
                        0 => State::Trailer { blank: true },
                        size => State::Chunk(size),
                    };
                    return Ok((index + 1, false));
                }
                // The carriage return, or an extension, whose letters are no digits of the size.
                _ => *digits = false,
            }
        }
        Ok((bytes.len(), false))
    }

    fn head(&mut self, bytes: &[u8]) -> Result<(usize, bool)> {
        // A head nearly always comes whole, and is then read where it lies.
        if self.partial.is_empty()
            && let Some(end) = end_of_head(bytes)
        {
            let whole = self.read_head(&bytes[..end])?;
            return Ok((end, whole));
        }
        let before = self.partial.len();
        self.partial.extend_from_slice(bytes);
        let Some(end) = end_of_head(&self.partial) else {
            return match self.partial.len() {
                ..HEAD_LIMIT => Ok((bytes.len(), false)),
                _ => Err(Error::new("a response head without an end")),
            };
        };
        let head = std::mem::take(&mut self.partial);
        let whole = self.read_head(&head[..end])?;
        Ok((end - before, whole))
    }

    /// Reads status and framing, and says whether the response has no body.
    fn read_head(&mut self, head: &[u8]) -> Result<bool> {
        let text = str::from_utf8(head).map_err(Error::doing("response head"))?;
        let mut lines = text.split("\r\n");
        self.status = lines
            .next()
            .and_then(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok())
            .ok_or_else(|| Error::new("not a response in HTTP/1.1"))?;
        let mut length = None;
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            if name.eq_ignore_ascii_case("content-length") {
                length = Some(value.parse().map_err(Error::doing("content-length"))?);
            } else if name.eq_ignore_ascii_case("transfer-encoding")
                && value.eq_ignore_ascii_case("chunked")
            {
                self.state = State::Size {
                    size: 0,
                    digits: true,
                };
                return Ok(false);
            }
        }
        let length = length.ok_or_else(|| Error::new("neither content-length nor chunks"))?;
        self.state = State::Sized(length);
        Ok(length == 0)
    }
}

/// The index after the blank line.
fn end_of_head(bytes: &[u8]) -> Option<usize> {
    let blank = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    Some(blank + 4)
}
