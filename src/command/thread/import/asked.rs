//! What an export asked, of which an answer is a part of a thread.

use serde::Deserialize;

use crate::cassette::Payload;
use crate::protocol::{RawEnvelope, ThreadId, from_slice};

/// A question that is a part of an export, and its answer as far as it has come.
#[derive(Clone)]
pub struct Asked {
    pub kind: Kind,
    pub thread: ThreadId,
    pub after: Option<String>,
    pub user: Option<String>,
    /// The line of the request.
    pub line: usize,
    pub status: Option<u16>,
    pub answer: Option<(usize, Payload)>,
}

/// What was asked for.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Thread,
    Items,
}

#[derive(Deserialize)]
struct Params {
    thread_id: ThreadId,
    after: Option<String>,
}

impl Asked {
    /// Whether it was answered with a success.
    pub fn is_good(&self) -> bool {
        self.status
            .is_some_and(|status| (200..300).contains(&status))
    }
}

/// What a request asks, if its answer is a part of a thread.
pub fn asked(body: &Payload, line: usize) -> Option<Asked> {
    let body = body.to_bytes();
    let envelope = from_slice::<RawEnvelope>(&body).ok()?;
    let kind = match envelope.kind.as_str() {
        "threads.get_by_id" => Kind::Thread,
        "items.list" => Kind::Items,
        _ => return None,
    };
    let params: Params = from_slice(envelope.params?.get().as_bytes()).ok()?;
    let user = envelope.metadata.get("user").and_then(|user| user.as_str());
    Some(Asked {
        kind,
        thread: params.thread_id,
        after: params.after,
        user: user.map(ToOwned::to_owned),
        line,
        status: None,
        answer: None,
    })
}
