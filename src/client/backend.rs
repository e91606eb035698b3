//! A backend: the sixteen operations, and uploads.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use serde::de::DeserializeOwned;
use url::Url;

use super::body::{Answered, Document, MAX_DOCUMENT};
use super::endpoint::{Endpoint, Options, below, with_version};
use super::failure::{self, Refused};
use super::hosted::{Sessions, Ticket};
use super::outgoing::Outgoing;
use super::transport::{Transport, Watcher};
use super::turn::{EVENT_STREAM, Turn};
use super::words::address;
use crate::cancel::Cancel;
use crate::error::{Breach, Error, Result};
use crate::protocol::{Request, from_document};

/// A `ChatKit` backend; clones share its connections and its session.
#[derive(Clone)]
pub struct Backend {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub transport: Transport,
    pub target: Target,
}

pub(super) enum Target {
    SelfHosted {
        url: Url,
        upload_url: Option<Url>,
    },
    Hosted {
        conversation: Url,
        files: Url,
        sessions: Sessions,
    },
}

/// The answer to a request of any operation.
#[derive(Debug)]
pub enum Answer {
    /// An event stream.
    Stream(Box<Turn>),
    /// Anything else, as received.
    Document(Document<()>),
}

impl Backend {
    /// A backend at this endpoint; nothing is sent yet.
    ///
    /// # Errors
    /// An address is none that HTTP could reach, or an option none that it could carry.
    pub fn new(endpoint: Endpoint, options: Options) -> Result<Self> {
        let target = match endpoint {
            Endpoint::SelfHosted { url, upload_url } => Target::SelfHosted {
                upload_url: upload_url.map(reachable).transpose()?,
                url: reachable(url)?,
            },
            Endpoint::Hosted {
                api_base,
                credentials,
            } => {
                let base = with_version(reachable(api_base)?);
                Target::Hosted {
                    conversation: below(&base, &["chatkit", "conversation"]),
                    files: below(&base, &["chatkit", "files"]),
                    sessions: Sessions::new(credentials, &base),
                }
            }
        };
        let transport = Transport::new(options)?;
        let inner = Inner { transport, target };
        // A recorder writes down what is asked before it is sent.
        let any = Outgoing::json(inner.url().clone(), "any", Bytes::new());
        any.with(&inner.transport.options).make_known();
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// The address that operations are posted to, without anything secret, for messages.
    pub fn describe(&self) -> String {
        address(self.inner.url())
    }

    /// Starts a streaming operation.
    ///
    /// # Errors
    /// The backend was not reached or refuses, or its answer is no event stream.
    pub async fn stream(&self, request: &Request, cancel: &Cancel) -> Result<Turn> {
        let turn = self.stream_or_answer(request, cancel).await;
        turn.map_err(|refused| refused.error)
    }

    /// As [`Backend::stream`], with what came in the place of a stream.
    ///
    /// # Errors
    /// As [`Backend::stream`].
    pub async fn stream_or_answer(
        &self,
        request: &Request,
        cancel: &Cancel,
    ) -> Result<Turn, Refused> {
        let outgoing = self.inner.operation(request, EVENT_STREAM);
        let answered = self.inner.attempt(outgoing, None, cancel).await?;
        match Turn::check(&answered.head) {
            Ok(()) => Ok(Turn::new(answered)?),
            Err(error) => Err(failure::foreign(answered, error, cancel).await),
        }
    }

    /// Runs an operation that is answered by one document.
    ///
    /// # Errors
    /// The backend was not reached or refuses, or its answer is not that document.
    pub async fn call<T: DeserializeOwned>(
        &self,
        request: &Request,
        cancel: &Cancel,
    ) -> Result<Document<T>> {
        let outgoing = self.inner.operation(request, JSON);
        let answered = self.inner.send(outgoing, None, cancel).await?;
        document(answered, request.operation().name(), cancel).await
    }

    /// Posts a body as it is; what kind of answer it is depends on the answer's content type.
    ///
    /// # Errors
    /// The backend was not reached or refuses.
    pub async fn post(&self, body: Bytes, cancel: &Cancel) -> Result<Answer> {
        let outgoing = Outgoing::json(self.inner.url().clone(), "raw", body).plain(
            ACCEPT,
            HeaderValue::from_static("text/event-stream, application/json"),
        );
        let mut answered = self.inner.send(outgoing, None, cancel).await?;
        if answered.head.media_type().as_deref() == Some(EVENT_STREAM) {
            return Ok(Answer::Stream(Box::new(Turn::new(answered)?)));
        }
        Ok(Answer::Document(Document {
            raw: answered.body.read(MAX_DOCUMENT, cancel).await?,
            value: (),
            head: answered.head,
        }))
    }
}

impl Inner {
    pub(super) fn url(&self) -> &Url {
        match &self.target {
            Target::SelfHosted { url, .. } => url,
            Target::Hosted { conversation, .. } => conversation,
        }
    }

    fn operation(&self, request: &Request, accept: &'static str) -> Outgoing {
        let document = request.to_json().into();
        let operation = request.operation();
        let mut outgoing = Outgoing::json(self.url().clone(), operation.name(), document)
            .plain(ACCEPT, HeaderValue::from_static(accept));
        outgoing.is_read = operation.reads();
        outgoing
    }

    /// Sends a request with everything that authorises it.
    ///
    /// # Errors
    /// The backend was not reached or refuses.
    pub(super) async fn send(
        &self,
        outgoing: Outgoing,
        watcher: Option<Watcher<'_>>,
        cancel: &Cancel,
    ) -> Result<Answered> {
        let answered = self.attempt(outgoing, watcher, cancel).await;
        answered.map_err(|refused| refused.error)
    }

    /// The same, with the answer that is no success.
    async fn attempt(
        &self,
        outgoing: Outgoing,
        mut watcher: Option<Watcher<'_>>,
        cancel: &Cancel,
    ) -> Result<Answered, Refused> {
        let outgoing = outgoing.with(&self.transport.options);
        let Target::Hosted { sessions, .. } = &self.target else {
            let answered = self.transport.send(outgoing, &mut watcher, cancel).await?;
            if answered.head.is_success() {
                return Ok(answered);
            }
            return Err(failure::refused(answered, cancel).await);
        };
        let mut ticket = sessions.ticket(&self.transport, cancel).await?;
        // A 401 says that the request was not acted on, so that it may be sent again, but once.
        let mut answered = self
            .authorised(&outgoing, &ticket, &mut watcher, cancel)
            .await?;
        if answered.head.status == 401
            && let Some(other) = sessions.renew(&ticket, &self.transport, cancel).await?
        {
            ticket = other;
            answered = self
                .authorised(&outgoing, &ticket, &mut watcher, cancel)
                .await?;
        }
        if answered.head.is_success() {
            return Ok(answered);
        }
        let mut refused = failure::refused(answered, cancel).await;
        if let Error::Http(failure) = &mut refused.error {
            if failure.status == 401 {
                ticket.explain(failure);
            }
            failure::blame_base(failure);
        }
        Err(refused)
    }

    async fn authorised(
        &self,
        outgoing: &Outgoing,
        ticket: &Ticket,
        watcher: &mut Option<Watcher<'_>>,
        cancel: &Cancel,
    ) -> Result<Answered> {
        let outgoing = outgoing
            .clone()
            .bound(AUTHORIZATION, ticket.authorization()?);
        self.transport.send(outgoing, watcher, cancel).await
    }
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Backend").field(&self.describe()).finish()
    }
}

pub(super) const JSON: &str = "application/json";

/// Reads a document, whatever content type it is labelled with.
///
/// Servers on `fetch`'s `Response` label JSON as plain text; an answer that is not JSON *and* is
/// labelled so is another thing than one that is JSON and departs from the protocol.
///
/// # Errors
/// It is no document, or not the one that is wanted.
pub(super) async fn document<T: DeserializeOwned>(
    mut answered: Answered,
    operation: &str,
    cancel: &Cancel,
) -> Result<Document<T>> {
    let media_type = answered.head.media_type();
    let foreign = || Breach::ContentType {
        expected: JSON,
        found: answered.head.header("content-type").map(ToOwned::to_owned),
    };
    // A stream need never end, so that it is not read in the hope of a document.
    if media_type.as_deref() == Some(EVENT_STREAM) {
        return Err(foreign().into());
    }
    let raw = answered.body.read(MAX_DOCUMENT, cancel).await?;
    match from_document(&raw) {
        Ok(value) => Ok(Document {
            raw,
            value,
            head: answered.head,
        }),
        Err(_) if media_type.is_some_and(|found| !found.ends_with("json")) => Err(foreign().into()),
        Err(error) => Err(answered.head.unread(operation, error).into()),
    }
}

pub(super) fn reachable(url: Url) -> Result<Url> {
    if matches!(url.scheme(), "http" | "https") && url.has_host() {
        return Ok(url);
    }
    Err(Error::usage_hint(
        format!("{} is no HTTP address", address(&url)),
        "give an address that begins with http:// or https://",
    ))
}

#[cfg(test)]
mod tests;
