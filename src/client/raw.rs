//! An exchange as it is: any status, every byte with the time at which it came, nothing decoded.
//!
//! This is for whoever judges a backend; whoever wants an answer from one uses its operations.

use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::Options;
use super::backend::{Backend, Target};
use super::body::{Answered, Body, Head, Stop};
use super::outgoing::{Outgoing, Payload};
use crate::cancel::Cancel;
use crate::error::{Error, Result};

/// How often a request is sent again whose connection was closed under it.
const RESENT: usize = 3;

/// How long to wait before it is sent again.
const NOTICE: Duration = Duration::from_millis(20);

/// The methods that a raw request is sent by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawMethod {
    /// What operations are sent by.
    Post,
    /// What an upload's descriptor may ask for.
    Put,
    /// What a browser asks before it sends.
    Options,
}

/// As whom a raw request is sent.
#[derive(Clone, Debug, Default)]
pub enum Access {
    /// With the headers and the session that every request has.
    #[default]
    Own,
    /// With none of the headers that the user gave, and without a session.
    None,
    /// With these headers in the place of those of the same name.
    Other(Vec<(HeaderName, HeaderValue)>),
}

/// A request that is sent as it stands.
#[derive(Clone, Debug)]
pub struct RawRequest {
    /// How it is sent.
    pub method: RawMethod,
    /// Where to; the backend's own address where it is absent.
    pub url: Option<Url>,
    /// Headers that describe it.
    pub headers: HeaderMap,
    /// What it carries.
    pub body: Bytes,
    /// As whom it is sent.
    pub access: Access,
}

/// The answer to a raw request, whose body comes piece by piece; dropping it closes the connection.
#[must_use = "an answer is read piece by piece"]
pub struct RawAnswer {
    /// The head of the answer.
    pub head: Head,
    /// Whether the request was sent more than once, so that the backend may have acted before.
    pub is_resent: bool,
    body: Body,
}

/// Why no more of a body comes.
#[derive(Debug)]
pub enum RawEnd {
    /// It ended in order.
    Complete,
    /// The connection broke; the reason in plain words.
    Cut(String),
    /// It was silent for too long, or we were told to stop.
    Stopped(Error),
}

impl RawRequest {
    /// Posts a JSON document to the backend's own address.
    pub fn json(body: impl Into<Bytes>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        headers.insert(
            "accept",
            HeaderValue::from_static("text/event-stream, application/json"),
        );
        Self {
            method: RawMethod::Post,
            url: None,
            headers,
            body: body.into(),
            access: Access::Own,
        }
    }
}

impl RawMethod {
    /// The method's name.
    pub fn name(self) -> &'static str {
        self.http_name().0
    }

    fn http_name(self) -> (&'static str, Method) {
        match self {
            Self::Post => ("POST", Method::POST),
            Self::Put => ("PUT", Method::PUT),
            Self::Options => ("OPTIONS", Method::OPTIONS),
        }
    }
}

impl Backend {
    /// Sends a raw request and waits for the head of its answer, whatever its status.
    ///
    /// A backend may close a connection behind an answer without a word, so that the next request
    /// on it is lost. It is then sent again, as browsers do, and with an end of its own to the
    /// connection.
    ///
    /// # Errors
    /// The backend was not reached, was silent for too long, or redirects where we do not follow.
    pub async fn raw(&self, mut request: RawRequest, cancel: &Cancel) -> Result<RawAnswer> {
        for count in 0..RESENT {
            match self.raw_once(request.clone(), count > 0, cancel).await {
                Err(Error::Unreachable { .. }) if self.inner.transport.has_answered() => {
                    let close = HeaderValue::from_static("close");
                    request.headers.insert("connection", close);
                    // Others that are kept may be closed, too, which is noticed meanwhile.
                    tokio::time::sleep(NOTICE).await;
                }
                done => return done,
            }
        }
        self.raw_once(request, true, cancel).await
    }

    async fn raw_once(
        &self,
        request: RawRequest,
        is_resent: bool,
        cancel: &Cancel,
    ) -> Result<RawAnswer> {
        let url = request.url.unwrap_or_else(|| self.inner.url().clone());
        let is_own = url.origin() == self.inner.url().origin();
        let mut outgoing = Outgoing::new(request.method.http_name().1, url, "check");
        outgoing.plain = request.headers;
        if !request.body.is_empty() {
            outgoing.payload = Payload::Bytes(request.body);
        }
        // Nothing that authorises goes to another origin.
        let access = if is_own { request.access } else { Access::None };
        let answered = match access {
            Access::None => self.inner.transport.send(outgoing, &mut None, cancel).await,
            Access::Own => self.authorised(outgoing, &[], cancel).await,
            Access::Other(headers) => self.authorised(outgoing, &headers, cancel).await,
        }?;
        let Answered { head, body } = answered;
        Ok(RawAnswer {
            head,
            is_resent,
            body,
        })
    }

    /// An address that the backend named, as seen from its own.
    pub fn resolve(&self, address: &str) -> Option<Url> {
        let url = self.inner.url().join(address).ok()?;
        matches!(url.scheme(), "http" | "https").then_some(url)
    }

    /// The address that files are posted to directly, if the user named one.
    pub fn upload_url(&self) -> Option<&Url> {
        match &self.inner.target {
            Target::SelfHosted { upload_url, .. } => upload_url.as_ref(),
            Target::Hosted { .. } => None,
        }
    }

    /// Whether it is the hosted service, or what speaks like it.
    pub fn is_hosted(&self) -> bool {
        matches!(self.inner.target, Target::Hosted { .. })
    }

    async fn authorised(
        &self,
        outgoing: Outgoing,
        others: &[(HeaderName, HeaderValue)],
        cancel: &Cancel,
    ) -> Result<Answered> {
        let mut options: Options = self.inner.transport.options.clone();
        options
            .headers
            .retain(|(name, _)| !others.iter().any(|(other, _)| replaces(other, name)));
        options.headers.extend(others.iter().cloned());
        let outgoing = outgoing.with(&options);
        let outgoing = match &self.inner.target {
            Target::Hosted { sessions, .. } if others.is_empty() => {
                let ticket = sessions.ticket(&self.inner.transport, cancel).await?;
                outgoing.bound(AUTHORIZATION, ticket.authorization()?)
            }
            _ => outgoing,
        };
        self.inner.transport.send(outgoing, &mut None, cancel).await
    }
}

/// Somebody else's `Authorization` or `Cookie` makes ours wrong, whichever of the two ours is.
fn replaces(other: &HeaderName, own: &HeaderName) -> bool {
    let identifies = |name: &HeaderName| *name == AUTHORIZATION || *name == COOKIE;
    other == own || (identifies(other) && identifies(own))
}

impl RawAnswer {
    /// The next bytes of the body, waited for no longer than `limit`.
    ///
    /// # Errors
    /// Why there are no more; [`RawEnd::Complete`] among them.
    pub async fn next(&mut self, limit: Duration, cancel: &Cancel) -> Result<Bytes, RawEnd> {
        let chunk = tokio::time::timeout(limit, self.body.chunk(cancel)).await;
        match chunk {
            Err(_) => Err(RawEnd::Stopped(self.body.timed_out())),
            Ok(Ok(Some(bytes))) => Ok(bytes),
            Ok(Ok(None)) => Err(RawEnd::Complete),
            Ok(Err(Stop::Cut(reason))) => Err(RawEnd::Cut(reason)),
            Ok(Err(Stop::Ours(error))) => Err(RawEnd::Stopped(error)),
        }
    }
}

impl std::fmt::Debug for RawAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawAnswer")
            .field("head", &self.head)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_takes_the_place_of_an_identity() {
        let name = |text: &'static str| HeaderName::from_static(text);
        assert!(replaces(&name("cookie"), &name("authorization")));
        assert!(replaces(&name("x-user"), &name("x-user")));
        assert!(!replaces(&name("x-user"), &name("authorization")));
    }
}
