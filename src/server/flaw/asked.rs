//! A request, as flaws see it.

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Method, Request, header};
use bytes::Bytes;
use serde_json::Value;

use super::super::refusal::Refusal;
use super::super::routes::read_body;
use crate::protocol::Operation;

/// A request whose body is read, unless it is an upload's.
pub(super) struct Asked {
    pub parts: Parts,
    /// The body of an operation or of the hosted API.
    pub body: Bytes,
    /// The body as JSON; `null` if it is none.
    pub json: Value,
}

impl Asked {
    /// Reads a request; what is an upload's body is handed on unread.
    pub async fn read(request: Request<Body>) -> Result<(Self, Option<Body>), Refusal> {
        let (parts, body) = request.into_parts();
        let is_upload = parts.uri.path().contains("/files");
        let (bytes, upload) = if is_upload {
            (Bytes::new(), Some(body))
        } else {
            (read_body(body).await?, None)
        };
        let asked = Self {
            json: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
            body: bytes,
            parts,
        };
        Ok((asked, upload))
    }

    /// The request as it goes on to the handler.
    pub fn to_request(&self, upload: Option<Body>) -> Request<Body> {
        let body = upload.unwrap_or_else(|| Body::from(self.body.clone()));
        let mut parts = self.parts.clone();
        if !self.body.is_empty() {
            parts.headers.remove(header::CONTENT_LENGTH);
        }
        Request::from_parts(parts, body)
    }

    /// Asks for something else.
    pub fn rewrite(&mut self, json: Value) {
        self.body = json.to_string().into();
        self.json = json;
    }

    /// The operation's name, or what stands in its place.
    pub fn kind(&self) -> &str {
        self.json["type"].as_str().unwrap_or_default()
    }

    pub fn is(&self, kind: &str) -> bool {
        self.kind() == kind
    }

    pub fn param(&self, name: &str) -> Option<&str> {
        self.json["params"][name].as_str()
    }

    pub fn thread(&self) -> Option<&str> {
        self.param("thread_id")
    }

    pub fn path(&self) -> &str {
        self.parts.uri.path()
    }

    pub fn is_preflight(&self) -> bool {
        self.parts.method == Method::OPTIONS
    }

    /// Whether the request would decode as its operation.
    pub fn is_sound(&self) -> bool {
        let operation = Operation::from_name(self.kind());
        let params = serde_json::value::to_raw_value(&self.json["params"]).ok();
        match (operation, params) {
            (Some(operation), Some(params)) => operation.decode(&params).is_ok(),
            _ => false,
        }
    }
}
