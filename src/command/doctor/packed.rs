//! A turn as browsers ask for it, for how it is compressed.

use std::time::{Duration, Instant};

use super::turn::{MAX_EVENTS, MAX_TURN};
use crate::cancel::Cancel;
use crate::cassette::{Frames, Unzip};
use crate::client::{Backend, HeaderValue, RawRequest};
use crate::doctor::stream::Packed;
use crate::error::{Error, Result};
use crate::protocol::{AddUserMessage, Extra, Request, ThreadId, UserMessageInput};

/// What is said; whoever pays for the answer pays for a short one.
const MESSAGE: &str = "Answer with one word.";

/// How a stream comes to whoever takes what browsers take, if it comes compressed: something in
/// between may compress it, which a client that asks for nothing of the kind never sees.
///
/// # Errors
/// Ctrl-C only; a turn that fails now tells nothing.
pub(super) async fn for_browsers(
    backend: &Backend,
    thread: &ThreadId,
    cancel: &Cancel,
) -> Result<Option<Packed>> {
    let request = Request::AddUserMessage(AddUserMessage {
        thread_id: thread.clone(),
        input: UserMessageInput::text(MESSAGE),
        extra: Extra::default(),
    });
    let mut request = RawRequest::json(request.to_json());
    let taken = HeaderValue::from_static("gzip, deflate, br, zstd");
    request.headers.insert("accept-encoding", taken);
    match tokio::time::timeout(MAX_TURN, ask(backend, request, cancel)).await {
        Err(_) => Ok(None),
        Ok(Err(Error::Interrupted)) => Err(Error::Interrupted),
        Ok(outcome) => Ok(outcome.unwrap_or_default()),
    }
}

async fn ask(backend: &Backend, request: RawRequest, cancel: &Cancel) -> Result<Option<Packed>> {
    let asked = Instant::now();
    let mut answer = backend.raw(request, cancel).await?;
    let mut unpacking = answer.head.encoding().map(Unpacking::of);
    // All of it is waited for: a thread is deleted more surely when nothing is being written into it.
    while let Ok(bytes) = answer.next(MAX_TURN, cancel).await {
        if let Some(unpacking) = &mut unpacking {
            unpacking.take(&bytes, asked.elapsed())?;
        }
    }
    Ok(unpacking.map(|unpacking| unpacking.packed))
}

/// What takes the events out of a compressed stream, as far as it has come.
struct Unpacking {
    unzip: Option<Unzip>,
    frames: Frames,
    packed: Packed,
}

impl Unpacking {
    fn of(encoding: &str) -> Self {
        Self {
            unzip: Unzip::of(encoding),
            frames: Frames::default(),
            packed: Packed {
                encoding: encoding.to_owned(),
                events: Vec::new(),
            },
        }
    }

    fn take(&mut self, bytes: &[u8], at: Duration) -> Result<()> {
        let (frames, events) = (&mut self.frames, &mut self.packed.events);
        if events.len() >= MAX_EVENTS {
            return Ok(());
        }
        match &mut self.unzip {
            None => events.push(at),
            Some(unzip) => unzip.feed(bytes, |plain| {
                frames.feed(plain, |_| events.push(at));
                Ok(())
            })?,
        }
        Ok(())
    }
}
