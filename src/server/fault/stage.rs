//! The pieces of a stream on their way out, and the stages at which faults change them.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use super::apply::Strike;
use super::kinds::connection;
use super::link::Ending;
use super::row::Act;
use super::spec::Fault;

/// Where the bytes of a huge frame stand that are made while it is sent: a character that no text
/// has, and that JSON takes as it is.
pub(super) const GAP: char = '\u{10ffff}';

/// How much of a huge frame is written at once.
const FILL: &[u8] = &[b'x'; 64 * 1024];

/// An event of the stream.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub json: Value,
}

/// Something that happens on the way out.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    Event(Event),
    /// A frame with its blank line.
    Frame(Vec<u8>),
    /// Bytes that are no whole frame.
    Bytes(Bytes),
    /// So many bytes, made while they are sent: the same ones again and again.
    Fill(Bytes, u64),
    /// Nothing for this time; for no time at all, what was sent still leaves as a write of its own.
    Wait(Duration),
    /// Nothing ever again.
    Silence,
    /// A frame whose [`GAP`] stands for so many bytes.
    Huge(Vec<u8>, u64),
    /// The same frame again and again, until the client leaves; each goes through every stage.
    Repeat(&'static [u8], Duration),
    /// The connection ends.
    Sever(Ending),
    /// The stream ends in order.
    End,
}

/// One fault at work on one stream.
pub(super) struct Stage {
    strike: Strike,
    /// How many events or frames it has seen that it could have struck at.
    pub seen: u64,
    pub has_struck: bool,
    /// What comes behind the next event.
    held: Vec<Piece>,
    /// What a fault keeps in mind between two pieces.
    pub memory: Vec<u8>,
    out: VecDeque<Piece>,
}

impl Stage {
    pub fn new(strike: Strike) -> Self {
        Self {
            strike,
            seen: 0,
            has_struck: false,
            held: Vec::new(),
            memory: Vec::new(),
            out: VecDeque::new(),
        }
    }

    /// The fault's parameters.
    pub fn fault(&self) -> &Fault {
        &self.strike.fault
    }

    /// Whether the fault spells frames, and leaves alone which there are.
    pub fn spells(&self) -> bool {
        matches!(self.strike.fault.row.act, Act::Frame(_))
    }

    /// A number from 0 up to 1, which the seed repeats.
    pub fn chance(&mut self) -> f64 {
        self.strike.rng.unit()
    }

    /// Sends something on.
    pub fn send(&mut self, piece: impl Into<Piece>) {
        self.out.push_back(piece.into());
    }

    /// Sends something behind the next event.
    pub fn hold(&mut self, piece: impl Into<Piece>) {
        self.held.push(piece.into());
    }

    /// Whether the fault strikes now: once, behind as many pieces as it lets pass.
    pub fn is_time(&mut self) -> bool {
        self.seen += 1;
        let is_time = !self.has_struck && self.seen > self.fault().count("after");
        self.has_struck |= is_time;
        is_time
    }

    /// What becomes of a piece.
    pub fn take(&mut self, piece: Piece) -> VecDeque<Piece> {
        match (&self.strike.fault.row.act, piece) {
            (Act::Event(_, act), Piece::Event(event)) => self.event(*act, event),
            (Act::Event(..), piece @ (Piece::End | Piece::Sever(_))) => {
                self.out.extend(std::mem::take(&mut self.held));
                self.send(piece);
            }
            (Act::Json(act), Piece::Event(mut event)) => {
                act(&self.strike, &mut event.json);
                self.send(event);
            }
            (Act::Add(act), piece) => act(self, piece),
            (Act::Frame(act), Piece::Event(event)) => act(self, event.frame()),
            (Act::Frame(act), Piece::Frame(frame)) => act(self, frame),
            (Act::Frame(act), Piece::Huge(frame, size)) => {
                act(self, frame);
                self.out.iter_mut().for_each(|piece| piece.grow(size));
            }
            (Act::Flow(act), Piece::Event(event)) => act(self, Piece::Frame(event.frame())),
            (Act::Flow(act), Piece::Huge(frame, size)) => {
                for part in Piece::parts(&frame, size) {
                    act(self, part);
                }
            }
            (Act::Flow(act), piece) => act(self, piece),
            (Act::Sever(how), Piece::Event(event)) => {
                connection::sever(self, *how, Piece::Frame(event.frame()));
            }
            (Act::Sever(how), piece) => connection::sever(self, *how, piece),
            (_, piece) => self.send(piece),
        }
        std::mem::take(&mut self.out)
    }

    fn event(&mut self, act: fn(&mut Self, Event), event: Event) {
        let held = std::mem::take(&mut self.held);
        if self.is_due(&event) {
            act(self, event);
        } else {
            self.send(event);
        }
        self.out.extend(held);
    }

    fn is_due(&mut self, event: &Event) -> bool {
        let pattern = self.fault().text("event").unwrap_or("*");
        if !event.matches(pattern) {
            return false;
        }
        self.seen += 1;
        let fault = self.fault();
        let is_late_enough = self.seen > fault.count("after");
        let is_due = is_late_enough && (fault.flag("each") || !self.has_struck);
        self.has_struck |= is_due;
        is_due
    }
}

impl Event {
    /// The event's type.
    pub fn kind(&self) -> &str {
        self.json["type"].as_str().unwrap_or_default()
    }

    /// The type of the update that it carries.
    pub fn update_kind(&self) -> &str {
        self.json["update"]["type"].as_str().unwrap_or_default()
    }

    /// The type of the item that it carries.
    pub fn item_kind(&self) -> &str {
        self.json["item"]["type"].as_str().unwrap_or_default()
    }

    /// `TYPE`, an event's or an update's; `TYPE:ITEM`, `TYPE:!ITEM`, or `*`.
    fn matches(&self, pattern: &str) -> bool {
        let (kind, item) = match pattern.split_once(':') {
            Some((kind, item)) => (kind, Some(item)),
            None => (pattern, None),
        };
        let is_kind = kind == "*" || kind == self.kind() || kind == self.update_kind();
        is_kind
            && item.is_none_or(|item| match item.strip_prefix('!') {
                Some(other) => self.item_kind() != other,
                None => self.item_kind() == item,
            })
    }

    /// The event as a frame with its blank line.
    pub fn frame(&self) -> Vec<u8> {
        let mut frame = b"data: ".to_vec();
        serde_json::to_writer(&mut frame, &self.json).expect("a value serialises into memory");
        frame.extend_from_slice(b"\n\n");
        frame
    }
}

impl Piece {
    /// Whether this is an event, or bytes that stand in the place of one.
    pub fn is_frame(&self) -> bool {
        matches!(self, Self::Event(_) | Self::Frame(_))
    }

    /// Makes a frame with a gap the huge one that it stands for.
    fn grow(&mut self, size: u64) {
        if let Self::Frame(frame) = self
            && gap(frame).is_some()
        {
            *self = Self::Huge(std::mem::take(frame), size);
        }
    }

    /// A huge frame as what is sent of it, one after the other.
    pub fn parts(frame: &[u8], size: u64) -> [Self; 3] {
        let at = gap(frame).unwrap_or(frame.len());
        let (head, tail) = frame.split_at(at);
        let tail = tail.get(GAP.len_utf8()..).unwrap_or_default();
        let bytes = |bytes: &[u8]| Self::Bytes(Bytes::copy_from_slice(bytes));
        [
            bytes(head),
            Self::Fill(Bytes::from_static(FILL), size),
            bytes(tail),
        ]
    }
}

fn gap(frame: &[u8]) -> Option<usize> {
    let mut mark = [0; 4];
    memchr::memmem::find(frame, GAP.encode_utf8(&mut mark).as_bytes())
}

impl From<Event> for Piece {
    fn from(event: Event) -> Self {
        Self::Event(event)
    }
}

impl From<Value> for Piece {
    fn from(json: Value) -> Self {
        Self::Event(Event { json })
    }
}

impl From<Vec<u8>> for Piece {
    fn from(frame: Vec<u8>) -> Self {
        Self::Frame(frame)
    }
}
