//! One frame of a stream, and what is unusual between frames.

use std::time::Duration;

use bytes::Bytes;

use crate::protocol::{DecodeError, Event, EventReader};

/// One frame of a stream.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Which one it is, from 1.
    pub number: u64,
    /// When its last byte came, since the beginning.
    pub at: Duration,
    /// Its data as it came.
    pub data: Bytes,
    /// What it says.
    pub event: Result<Event, DecodeError>,
}

/// Something that is legal in an event stream, and that the reference server does not write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oddity {
    /// The frame that it belongs to, from 1.
    pub frame: u64,
    /// The line.
    pub line: String,
}

impl Frame {
    /// A frame of a stream, decoded by the reader of all its frames.
    pub fn new(number: u64, at: Duration, data: Bytes, reader: &mut EventReader) -> Self {
        Self {
            number,
            at,
            event: reader.decode(&data),
            data,
        }
    }

    /// Its data as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.data).into_owned()
    }
}
