//! One request before it is sent: what may go anywhere, and what may not leave its origin.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use reqwest::Method;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use url::Url;

use super::Options;
use super::file::Piece;
use crate::error::{Error, Result};
use crate::secret;

/// A request that can be built again, for the next hop of a redirect.
#[derive(Clone)]
pub(super) struct Outgoing {
    pub method: Method,
    pub url: Url,
    /// What the request is about, for the logs and for errors.
    pub operation: String,
    /// Headers that describe the request and go with it everywhere.
    pub plain: HeaderMap,
    /// Headers that may authorise it: they are dropped when the origin changes.
    pub bound: HeaderMap,
    pub payload: Payload,
    /// Whether it changes nothing, so that it may be sent twice.
    pub is_read: bool,
}

/// What a request carries.
#[derive(Clone)]
pub(super) enum Payload {
    None,
    Bytes(Bytes),
    File(Piece),
}

impl Outgoing {
    pub(super) fn new(method: Method, url: Url, operation: impl Into<String>) -> Self {
        let mut outgoing = Self {
            is_read: method.is_safe(),
            method,
            url,
            operation: operation.into(),
            plain: HeaderMap::new(),
            bound: HeaderMap::new(),
            payload: Payload::None,
        };
        outgoing.take_userinfo();
        outgoing
    }

    /// Posts a JSON document.
    pub(super) fn json(url: Url, operation: impl Into<String>, document: Bytes) -> Self {
        let mut outgoing = Self::new(Method::POST, url, operation);
        outgoing.payload = Payload::Bytes(document);
        outgoing.plain(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        )
    }

    /// Posts a shape as a JSON document.
    pub(super) fn document(url: Url, operation: impl Into<String>, shape: &impl Serialize) -> Self {
        let document =
            serde_json::to_vec(shape).expect("a shape with string keys serialises into memory");
        Self::json(url, operation, document.into())
    }

    /// Adds a header that goes everywhere.
    pub(super) fn plain(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.plain.insert(name, value);
        self
    }

    /// Adds a header that stays within the origin.
    pub(super) fn bound(mut self, name: HeaderName, mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        self.bound.insert(name, value);
        self
    }

    /// Adds what the user wants on every request; what a file is, its own request says.
    pub(super) fn with(mut self, options: &Options) -> Self {
        for (name, _) in &options.headers {
            self.bound.remove(name);
        }
        for (name, value) in &options.headers {
            let mut value = value.clone();
            value.set_sensitive(true);
            self.bound.append(name.clone(), value);
        }
        if matches!(self.payload, Payload::File(_)) {
            self.bound.remove(header::CONTENT_TYPE);
        }
        self
    }

    /// The headers as they go out: of two with the same name the user's wins.
    pub(super) fn headers(&self) -> HeaderMap {
        let mut headers = self.plain.clone();
        if let Payload::File(piece) = &self.payload {
            headers.extend(
                piece
                    .content_type()
                    .map(|value| (header::CONTENT_TYPE, value)),
            );
        }
        for name in self.bound.keys() {
            headers.remove(name);
        }
        for (name, value) in &self.bound {
            headers.append(name.clone(), value.clone());
        }
        headers
    }

    /// Sees to it that nothing of what lets us in is repeated, should the backend say it again.
    pub(super) fn make_known(&self) {
        for (name, value) in &self.headers() {
            secret::learn(name.as_str(), &String::from_utf8_lossy(value.as_bytes()));
        }
        secret::learn_query(self.url.as_str());
        // A proxy is let in by the HTTP library, out of the environment.
        let uri = self.url.as_str().parse();
        let proxy = uri.ok().and_then(|uri| Matcher::from_env().intercept(&uri));
        if let Some(pair) = proxy.as_ref().and_then(Intercept::basic_auth) {
            let name = header::PROXY_AUTHORIZATION;
            secret::learn(name.as_str(), &String::from_utf8_lossy(pair.as_bytes()));
        }
    }

    /// Puts the body in; a file is opened anew.
    pub(super) async fn fill(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<reqwest::RequestBuilder> {
        Ok(match &self.payload {
            Payload::None => request,
            Payload::Bytes(bytes) => request.body(bytes.clone()),
            Payload::File(piece) => piece.fill(request).await?,
        })
    }

    /// Turns `user:password@` of the address into a header that is bound as all the others.
    fn take_userinfo(&mut self) {
        if self.url.username().is_empty() && self.url.password().is_none() {
            return;
        }
        let decode = |text: &str| percent_encoding::percent_decode_str(text).collect::<Vec<u8>>();
        let mut pair = decode(self.url.username());
        pair.push(b':');
        pair.extend(decode(self.url.password().unwrap_or_default()));
        let mut value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(pair)))
            .expect("base64 is ASCII without control characters");
        value.set_sensitive(true);
        self.bound.insert(header::AUTHORIZATION, value);
        drop_userinfo(&mut self.url);
    }
}

/// Removes `user:password@`.
pub(super) fn drop_userinfo(url: &mut Url) {
    // Only an address without a host cannot have any, and then there is nothing to remove.
    let _ = url.set_username("");
    let _ = url.set_password(None);
}

/// `Bearer …`, marked as secret.
///
/// # Errors
/// The secret has characters that no header can carry.
pub(super) fn bearer(secret: &SecretString, what: &str) -> Result<HeaderValue> {
    let text = format!("Bearer {}", secret.expose_secret());
    let mut value = HeaderValue::from_str(&text)
        .map_err(|_| Error::usage(format!("{what} has characters that a header cannot carry")))?;
    value.set_sensitive(true);
    Ok(value)
}
