//! The recording: one format for everything that writes a conversation down or plays it again.
//!
//! JSON lines. The first names the format and its version; each that follows is one thing that
//! happened, with the milliseconds since the recording began. Events stand word for word as they
//! were received, broken ones too, because a recording must be able to carry a broken stream.
//! Secrets are taken out before anything reaches the disk.

mod exchange;
mod line;
mod read;
mod redact;
mod split;
mod sse;
mod unzip;
mod write;

pub use crate::secret::{REDACTED, hide};
pub use exchange::{Exchanges, Played, Response, exchanges, url_path};
pub use line::{FORMAT, Header, Line, Outcome, Payload, VERSION};
pub use read::{Reader, Recording, open, read};
pub use redact::{Redactor, is_in_parts};
pub use sse::Frames;
pub use unzip::Unzip;
pub use write::{Exchange, Kept, Recorder, Whole, partial};
