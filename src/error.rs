//! What can go wrong, in the words that people read, and the exit code that scripts read.

mod failure;

use std::process::ExitCode;

use crate::plural::plural;
use crate::protocol::{DecodeError, ErrorEvent};
pub use failure::HttpFailure;

/// The result of everything that can go wrong.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong. A variant exists where whoever reads it would act differently.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line, the environment or a file says something that cannot be done.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do instead, as an imperative.
        hint: Option<String>,
    },
    /// The backend answered with a status that is no success.
    #[error(transparent)]
    Http(Box<HttpFailure>),
    /// The thread is there, and belongs to somebody else than the user who was named.
    #[error("user '{user}' has no thread {thread}")]
    NotTheirs {
        /// The user who was named.
        user: String,
        /// The thread's id.
        thread: String,
    },
    /// The backend streamed an `error` event.
    #[error("{}", error_event(.0))]
    Event(Box<ErrorEvent>),
    /// The backend could not be reached, or the connection failed under way.
    #[error("cannot reach {url}: {reason}")]
    Unreachable {
        /// The address, without its query.
        url: String,
        /// The cause in plain words.
        reason: String,
    },
    /// A file did not arrive, or what came back is no attachment.
    #[error("the upload of {upload}: {source}")]
    Upload {
        /// The file, and where it was sent to.
        upload: String,
        /// What went wrong.
        source: Box<Error>,
        /// What to do, as an imperative.
        hint: &'static str,
    },
    /// The backend took longer than it was given.
    #[error("no answer from {url} within {seconds} s")]
    TimedOut {
        /// The address, without its query.
        url: String,
        /// The time limit.
        seconds: f64,
    },
    /// A store cannot be reached, or another program keeps it to itself.
    #[error("cannot reach the store {store}: {reason}")]
    StoreUnreachable {
        /// The store, without a password.
        store: String,
        /// The cause in plain words.
        reason: String,
        /// What to do, as an imperative.
        hint: &'static str,
    },
    /// A store does not let us in.
    #[error("not authorised at the store {store}: {reason}")]
    StoreDenied {
        /// The store, without a password.
        store: String,
        /// The store's own words.
        reason: String,
        /// What to do, as an imperative.
        hint: &'static str,
    },
    /// The backend broke the protocol.
    #[error(transparent)]
    Protocol(#[from] Breach),
    /// The command that answers a client tool ran, and brought no result.
    #[error("the command of the tool '{tool}' {reason}")]
    Tool {
        /// The tool's name.
        tool: String,
        /// What it did instead.
        reason: String,
        /// What to do, as an imperative.
        hint: &'static str,
    },
    /// A check failed, or a replay differs.
    #[error("{0}")]
    Differs(String),
    /// Something on the way to a backend does not work; the report has said what.
    #[error("{message}")]
    Diagnosed {
        /// What failed first.
        message: String,
        /// The exit code of that failure.
        code: u8,
        /// What to do about it, as an imperative, where the report has not said it.
        hint: Option<String>,
    },
    /// The operating system refused.
    #[error("{what}: {source}")]
    Io {
        /// What was being done, with the path.
        what: String,
        /// The operating system's word.
        source: std::io::Error,
    },
    /// Ctrl-C.
    #[error("interrupted")]
    Interrupted,
    /// Whoever read our output has gone; not a failure.
    #[error("output closed")]
    ClosedPipe,
}

/// How a backend broke the protocol.
#[derive(Debug, thiserror::Error)]
pub enum Breach {
    /// A frame is no event.
    #[error("malformed event (frame {frame}): {error}")]
    Event {
        /// Which frame of the stream, from 1.
        frame: u64,
        /// Where in the frame, and what was expected.
        error: DecodeError,
    },
    /// A document is not what the operation answers with.
    #[error("malformed answer to {operation}: {error}")]
    Document {
        /// The operation's name.
        operation: String,
        /// Where in the document, and what was expected.
        error: DecodeError,
    },
    /// Pages lead from one to the next, and never to a last one.
    #[error("the pages of {operation} have no end: {why} (after: {after})")]
    Pages {
        /// The operation's name.
        operation: String,
        /// The cursor that shows it.
        after: String,
        /// How it shows.
        why: &'static str,
    },
    /// Something is larger than anything that a client should have to hold.
    #[error("{what} is larger than {} MiB", limit / (1024 * 1024))]
    TooLarge {
        /// What it is, for example `an event of the stream`.
        what: &'static str,
        /// The limit in bytes.
        limit: usize,
    },
    /// The answer is 2xx, and something else than was asked for.
    #[error("expected {expected}, got {}", found.as_deref().filter(|found| !found.is_empty()).unwrap_or("no content type"))]
    ContentType {
        /// The content type that the protocol has here.
        expected: &'static str,
        /// The one that came.
        found: Option<String>,
    },
    /// The answer is compressed, which it was not asked to be.
    #[error("the answer is encoded as {encoding}, which no request asked for")]
    Encoded {
        /// The `content-encoding`.
        encoding: String,
    },
    /// The stream ended without a single event.
    #[error("the stream is empty: the backend closed it before the first event")]
    EmptyStream,
    /// A stream of so many bytes, and no event in them.
    #[error("no event is in the {0} bytes of the stream: none of its lines begins with data:")]
    NoEvent(u64),
    /// The connection broke in the middle of an answer that is no stream.
    #[error("the answer was cut short: {reason}")]
    Cut {
        /// How it shows.
        reason: String,
    },
    /// The connection broke in the middle of the stream.
    #[error("the stream was cut short after {}: {reason}", plural(*events, "event"))]
    CutShort {
        /// How many events came.
        events: u64,
        /// How it shows.
        reason: String,
    },
    /// The stream ended in order, but items that were added were never done.
    #[error("the stream ended with {} open: {}", plural(items.len(), "item"), items.join(", "))]
    OpenItems {
        /// The ids of the items.
        items: Vec<String>,
    },
    /// The stream ended in order, and nothing in it answers the message.
    #[error("the stream ended without an answer, after {}", plural(*events, "event"))]
    NoAnswer {
        /// How many events came.
        events: u64,
    },
}

impl Error {
    /// Wrong usage, without a hint.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Usage {
            message: message.into(),
            hint: None,
        }
    }

    /// Wrong usage, and what to do instead.
    pub fn usage_hint(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage {
            message: message.into(),
            hint: Some(hint.into()),
        }
    }

    /// The operating system refused to do `what`; a pipe that was closed is told apart.
    pub fn io(what: impl Into<String>, source: std::io::Error) -> Self {
        if source.kind() == std::io::ErrorKind::BrokenPipe {
            return Self::ClosedPipe;
        }
        Self::Io {
            what: what.into(),
            source,
        }
    }

    /// What the reader can do about it, as an imperative.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Usage { hint, .. } | Self::Diagnosed { hint, .. } => hint.clone(),
            Self::Http(failure) => failure.hint(),
            Self::NotTheirs { .. } => Some(
                "name the user whose thread it is; without --user and CHATKIT_USER, the API key \
                 reaches the threads of all"
                    .into(),
            ),
            Self::Event(event) if event.allow_retry => {
                Some("send the message again; the backend says that a retry may help".into())
            }
            Self::Unreachable { .. } => {
                Some("check the address, or start a mock with 'chatkit serve --mock'".into())
            }
            Self::Upload { hint, .. }
            | Self::StoreUnreachable { hint, .. }
            | Self::StoreDenied { hint, .. }
            | Self::Tool { hint, .. } => Some((*hint).into()),
            Self::TimedOut { .. } => Some("give it longer with --timeout".into()),
            Self::Protocol(breach) => breach.hint(),
            _ => None,
        }
    }

    /// The exit code, which is a documented interface.
    pub fn code(&self) -> u8 {
        match self {
            Self::ClosedPipe => 0,
            Self::Http(failure) if matches!(failure.status, 401 | 403) => 4,
            Self::Event(_)
            | Self::Http(_)
            | Self::NotTheirs { .. }
            | Self::Tool { .. }
            | Self::Io { .. } => 1,
            Self::Usage { .. } => 2,
            Self::Differs(_) => 3,
            Self::Diagnosed { code, .. } => *code,
            Self::Upload { source, .. } => source.code(),
            Self::StoreDenied { .. } => 4,
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::StoreUnreachable { .. } => 5,
            Self::Protocol(_) => 6,
            Self::Interrupted => 130,
        }
    }

    /// The exit code, as the process returns it.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code())
    }
}

impl Breach {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Pages { .. } => {
                "have the backend answer has_more: false on the last page, and the id of a page's last row \
                 as its after; single pages can be had with --limit and --after"
            }
            Self::ContentType { .. } => {
                "check that --url is the ChatKit endpoint itself, not a page or a proxy's error"
            }
            Self::Encoded { .. } => "compress only where accept-encoding asks for it",
            Self::NoEvent(_) => "write each event as a line 'data: JSON' and an empty line",
            Self::EmptyStream => {
                "read the backend's log; the reference server cuts the stream when it does not know the thread; one begins without --thread and --continue"
            }
            _ => return None,
        };
        Some(hint.into())
    }
}

fn error_event(event: &ErrorEvent) -> String {
    let retry = if event.allow_retry {
        "may be retried"
    } else {
        "no retry"
    };
    match &event.message {
        Some(message) => format!("{message} (code: {}, {retry})", event.code),
        None => format!(
            "the backend failed while it answered (code: {}, {retry})",
            event.code
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(status: u16) -> Error {
        Error::Http(Box::new(HttpFailure {
            status,
            reason: "Whatever",
            message: Some("no such thread".into()),
            code: Some("not_found".into()),
            param: None,
            request_id: Some("req_1".into()),
            retry_after: None,
            ..HttpFailure::default()
        }))
    }

    #[test]
    fn the_exit_codes_are_the_documented_ones() {
        assert_eq!(failure(500).code(), 1);
        assert_eq!(failure(401).code(), 4);
        assert_eq!(failure(403).code(), 4);
        assert_eq!(Error::usage("no").code(), 2);
        assert_eq!(Error::Differs("no".into()).code(), 3);
        assert_eq!(
            Error::Unreachable {
                url: "u".into(),
                reason: "r".into()
            }
            .code(),
            5
        );
        assert_eq!(
            Error::TimedOut {
                url: "u".into(),
                seconds: 1.0
            }
            .code(),
            5
        );
        assert_eq!(Error::from(Breach::EmptyStream).code(), 6);
        assert_eq!(Error::Interrupted.code(), 130);
        assert_eq!(
            Error::io("x", std::io::ErrorKind::BrokenPipe.into()).code(),
            0
        );
    }

    #[test]
    fn a_status_without_words_is_a_number() {
        let failure = HttpFailure {
            status: 599,
            ..HttpFailure::default()
        };
        assert_eq!(failure.to_string(), "the backend answered 599");
    }

    #[test]
    fn an_http_failure_prints_status_code_message_and_request_id() {
        assert_eq!(
            failure(404).to_string(),
            "the backend answered 404 Whatever: no such thread (code: not_found, x-request-id: req_1)"
        );
    }
}
