//! What an answer consists of, before anything of it is sent or stored.

use std::time::Duration;

use bytes::Bytes;

use super::scenario::Telling;
use crate::protocol::{Event, ThreadStatus};

/// One step of an answer.
#[derive(Clone, Debug, PartialEq)]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly every step is an event, and is moved straight on"
)]
pub enum Step {
    /// An event, stored as far as the reference server stores it, and sent unless its item is
    /// hidden.
    Event(Event),
    /// The thread gets another title.
    Title(Option<String>),
    /// The thread gets another status.
    Status(ThreadStatus),
    /// The text that follows comes at this pace, whatever the server's is; `None` ends that.
    Pace(Option<Duration>),
    /// Bytes of the stream that are sent as they are, and change nothing that is stored.
    Raw(Bytes),
    /// Nothing happens for a while.
    Wait(Duration),
    /// What is remembered of the thread is told to other processes.
    Tell(Telling),
    /// The connection dies.
    Drop,
}

/// The steps of an answer, made one by one, so that a long answer takes no memory.
pub type Script = Box<dyn Iterator<Item = Step> + Send>;
