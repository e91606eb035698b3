//! What faults know of a request before it is answered.

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Request, header};
use bytes::Bytes;
use serde::Deserialize;

use super::super::refusal::Refusal;
use super::super::routes::read_body;
use crate::protocol::{Operation, Request as ProtocolRequest, ThreadId};

/// The names of requests that are no operations of the protocol.
pub(super) const NAMES: &[&str] = &[UPLOAD, "download", "session"];

/// What scopes call the bytes of an attachment on their way here.
const UPLOAD: &str = "upload";

/// A request, as far as a fault may depend on it.
#[derive(Clone, Debug, Default)]
pub(in crate::server) struct Asked {
    pub(super) path: String,
    pub(super) thread: Option<String>,
    pub(super) is_preflight: bool,
    pub(super) origin: Option<HeaderValue>,
    pub(super) body: Bytes,
    what: What,
}

#[derive(Clone, Copy, Debug, Default)]
enum What {
    Operation(Operation),
    /// One of [`NAMES`].
    Named(&'static str),
    /// Something at the endpoint that is no operation, and is refused there.
    Unheard,
    #[default]
    Other,
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    params: Params,
}

#[derive(Default, Deserialize)]
struct Params {
    thread_id: Option<String>,
}

impl Asked {
    /// Reads what faults need; of an operation that is all of its body, which is handed on.
    pub async fn read(request: Request<Body>) -> Result<(Self, Request<Body>), Refusal> {
        let (parts, body) = request.into_parts();
        let mut asked = Self {
            path: parts.uri.path().to_owned(),
            is_preflight: parts.method == Method::OPTIONS,
            origin: parts.headers.get(header::ORIGIN).cloned(),
            what: named(&parts),
            ..Self::default()
        };
        if !is_endpoint(&parts) {
            return Ok((asked, Request::from_parts(parts, body)));
        }
        asked.body = read_body(body).await?;
        asked.what = What::Unheard;
        if let Ok(envelope) = serde_json::from_slice::<Envelope>(&asked.body) {
            let operation = Operation::from_name(&envelope.kind);
            asked.what = operation.map_or(What::Unheard, What::Operation);
            asked.thread = envelope.params.thread_id;
        }
        let body = Body::from(asked.body.clone());
        Ok((asked, Request::from_parts(parts, body)))
    }

    /// What is known of an operation whose request was read elsewhere.
    pub fn of(operation: Operation, thread: Option<&ThreadId>) -> Self {
        Self {
            what: What::Operation(operation),
            thread: thread.map(ToString::to_string),
            ..Self::default()
        }
    }

    /// The same, with the parameters of one that is answered by a document.
    pub fn of_request(request: &ProtocolRequest, thread: Option<&ThreadId>) -> Self {
        Self {
            body: request.to_json().into(),
            ..Self::of(request.operation(), thread)
        }
    }

    /// What is known of an upload whose announcement was read elsewhere.
    pub fn upload() -> Self {
        Self {
            what: What::Named(UPLOAD),
            ..Self::default()
        }
    }

    /// The operation of the protocol that is asked for.
    pub(super) fn operation(&self) -> Option<Operation> {
        match self.what {
            What::Operation(operation) => Some(operation),
            _ => None,
        }
    }

    /// Whether it was sent to where operations are asked for, whatever it is.
    pub(super) fn is_of_the_protocol(&self) -> bool {
        matches!(self.what, What::Operation(_) | What::Unheard)
    }

    /// What scopes call the request.
    pub(super) fn name(&self) -> Option<&'static str> {
        match self.what {
            What::Operation(operation) => Some(operation.name()),
            What::Named(name) => Some(name),
            What::Unheard | What::Other => None,
        }
    }

    /// A field of the operation's parameters.
    pub(super) fn param(&self, name: &str) -> Option<serde_json::Value> {
        let mut body: serde_json::Value = serde_json::from_slice(&self.body).ok()?;
        Some(body.get_mut("params")?.get_mut(name)?.take())
    }

    /// Whether the request is for the mock itself, and never broken.
    pub fn is_spared(path: &str) -> bool {
        path == "/" || path == "/healthz" || path.starts_with("/__mock")
    }
}

fn is_endpoint(parts: &Parts) -> bool {
    let path = parts.uri.path();
    parts.method == Method::POST && (path == "/chatkit" || path.ends_with("/chatkit/conversation"))
}

fn named(parts: &Parts) -> What {
    let path = parts.uri.path();
    let is_file =
        path == "/files" || path.starts_with("/files/") || path.ends_with("/chatkit/files");
    let name = match parts.method {
        Method::GET if is_file => "download",
        Method::POST | Method::PUT if is_file => UPLOAD,
        Method::POST if is_session(path) => "session",
        _ => return What::Other,
    };
    What::Named(name)
}

fn is_session(path: &str) -> bool {
    path.ends_with("/chatkit/sessions")
        || matches!(
            path,
            "/api/session"
                | "/api/chatkit/session"
                | "/api/chatkit/start"
                | "/api/chatkit/refresh"
                | "/api/create-session"
        )
}

/// Lets the page that asked read an answer that did not come through the routes.
pub(super) fn let_in(headers: &mut HeaderMap, origin: Option<&HeaderValue>) {
    let Some(origin) = origin else { return };
    if headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
        return;
    }
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    let allowed = HeaderValue::from_static("true");
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, allowed);
    let exposed = HeaderValue::from_static("x-request-id,retry-after");
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
}
