//! Looks at the way to a backend a step at a time, where the client sees only whether it got there.
//!
//! What is found is handed up as it is; what it means is `doctor`'s to say.

mod network;
mod tls;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use secrecy::SecretString;
use url::Url;

pub use network::{Attempt, connect, resolve};
pub use tls::{Handshake, TlsProblem, handshake};

pub use super::proxy::{Proxy, is_loopback, proxy_for};

use super::body::Head;
use super::endpoint::{below, with_version};
use super::outgoing::{Outgoing, bearer};
use super::transport::Transport;
use super::{Options, words};
use crate::cancel::Cancel;
use crate::error::{Error, Result};

/// How much of an answer is looked at, in bytes.
const MAX_ANSWER: usize = 256 * 1024;

/// Sends single requests to one address and takes every answer as it is, redirects and errors too.
pub struct Probe {
    transport: Transport,
    url: Url,
    authorization: Option<HeaderValue>,
}

/// What was answered.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Its head.
    pub head: Head,
    /// The beginning of its body.
    pub body: Bytes,
}

/// What a request is sent with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// All that the user gave.
    Own,
    /// Nothing that tells who asks.
    None,
}

impl Probe {
    /// Nothing is sent yet.
    ///
    /// # Errors
    /// The secret or the locale has characters that no header can carry.
    pub fn new(url: Url, secret: Option<&SecretString>, options: Options) -> Result<Self> {
        let authorization = secret.map(|secret| bearer(secret, "the client secret"));
        Ok(Self {
            transport: Transport::new(options)?,
            authorization: authorization.transpose()?,
            url,
        })
    }

    /// The address that operations of the hosted service are posted to.
    pub fn conversation(api_base: Url) -> Url {
        below(&with_version(api_base), &["chatkit", "conversation"])
    }

    /// Where it asks.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Posts a JSON document.
    ///
    /// # Errors
    /// The address was not reached, or was silent for too long.
    pub async fn post(
        &self,
        document: Bytes,
        headers: &[(&'static str, &str)],
        credentials: Credentials,
        cancel: &Cancel,
    ) -> Result<Reply> {
        let outgoing = Outgoing::json(self.url.clone(), "probe", document);
        self.ask(outgoing, headers, credentials, cancel).await
    }

    /// Asks what a page may do.
    ///
    /// # Errors
    /// As [`Probe::post`].
    pub async fn options(
        &self,
        headers: &[(&'static str, &str)],
        cancel: &Cancel,
    ) -> Result<Reply> {
        let outgoing = Outgoing::new(Method::OPTIONS, self.url.clone(), "preflight");
        // A browser never sends credentials with a preflight.
        self.ask(outgoing, headers, Credentials::None, cancel).await
    }

    /// Gets what is at the address.
    ///
    /// # Errors
    /// As [`Probe::post`].
    pub async fn get(&self, cancel: &Cancel) -> Result<Reply> {
        let outgoing = Outgoing::new(Method::GET, self.url.clone(), "probe");
        self.ask(outgoing, &[], Credentials::None, cancel).await
    }

    async fn ask(
        &self,
        mut outgoing: Outgoing,
        headers: &[(&'static str, &str)],
        credentials: Credentials,
        cancel: &Cancel,
    ) -> Result<Reply> {
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                outgoing = outgoing.plain(HeaderName::from_static(name), value);
            }
        }
        if credentials == Credentials::Own {
            outgoing = outgoing.with(&self.transport.options);
            if let Some(authorization) = &self.authorization {
                outgoing = outgoing.bound(AUTHORIZATION, authorization.clone());
            }
        } else {
            outgoing.bound.clear();
        }
        let mut answered = self.transport.persist(&outgoing, &mut None, cancel).await?;
        // Bounded as a whole: a body that drips is never silent for long.
        let limit = self.transport.options.timeout;
        let body = answered.body.beginning(MAX_ANSWER, cancel);
        let body = tokio::time::timeout(limit, body).await;
        let body = body.map_err(|_| Error::TimedOut {
            url: words::address(&self.url),
            seconds: limit.as_secs_f64(),
        })??;
        Ok(Reply {
            head: answered.head,
            body,
        })
    }
}

impl std::fmt::Debug for Probe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Probe")
            .field(&words::address(&self.url))
            .finish()
    }
}
