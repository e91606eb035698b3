//! Sends one request and waits for the head of its answer.
//!
//! The only things that are ever sent again from here are a request whose connection was refused,
//! since nothing of it can have arrived, one that a redirect asks for, and one that changes nothing
//! and whose connection, which was kept, was closed under it.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use reqwest::header::{self, HeaderValue};
use tokio::sync::watch;
use url::Url;

use super::Options;
use super::body::{Answered, Body, Head};
use super::failure;
use super::outgoing::Outgoing;
use super::proxy::{is_loopback, proxy_of_environment};
use super::redirect;
use super::words::{self, address};
use crate::cancel::Cancel;
use crate::error::{Error, Result};

/// How long to wait before a refused connection is tried once more.
const PAUSE: Duration = Duration::from_millis(250);

/// Sends requests; built once for all requests to a backend.
pub(super) struct Transport {
    pub options: Options,
    language: Option<HeaderValue>,
    clients: Clients,
    answered: AtomicBool,
}

/// Who is told how many bytes of a file are on their way.
pub(super) struct Watcher<'a> {
    pub sent: watch::Receiver<u64>,
    pub report: &'a mut (dyn FnMut(u64) + Send),
}

impl Transport {
    /// # Errors
    /// The locale is none that a header could carry.
    pub(super) fn new(options: Options) -> Result<Self> {
        let language = options.locale.as_deref().map(language).transpose()?;
        Ok(Self {
            options,
            language,
            clients: Clients::default(),
            answered: AtomicBool::new(false),
        })
    }

    /// Whether any request was answered, so that a connection may be used again.
    pub(super) fn has_answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }

    /// Sends a request, following redirects.
    ///
    /// # Errors
    /// The backend was not reached, was silent for too long, or redirects where we do not follow.
    pub(super) async fn send(
        &self,
        mut outgoing: Outgoing,
        watcher: &mut Option<Watcher<'_>>,
        cancel: &Cancel,
    ) -> Result<Answered> {
        if let Some(language) = &self.language {
            outgoing
                .plain
                .insert(header::ACCEPT_LANGUAGE, language.clone());
        }
        for hop in 0.. {
            let answered = self.persist(&outgoing, watcher, cancel).await?;
            match redirect::next(&outgoing, &answered.head)? {
                None => return Ok(answered),
                Some(_) if hop == redirect::MAX_HOPS => {
                    return Err(redirect::too_many(&answered.head));
                }
                Some(next) => outgoing = next,
            }
        }
        unreachable!("the loop ends at the last hop")
    }

    /// Sends a request that must succeed.
    ///
    /// # Errors
    /// As [`Transport::send`], and an answer that is no success.
    pub(super) async fn succeed(
        &self,
        outgoing: Outgoing,
        mut watcher: Option<Watcher<'_>>,
        cancel: &Cancel,
    ) -> Result<Answered> {
        let answered = self.send(outgoing, &mut watcher, cancel).await?;
        if answered.head.is_success() {
            return Ok(answered);
        }
        Err(failure::refusal(answered, cancel).await)
    }

    /// Sends to one address, twice if the connection is refused, because a backend may just be
    /// starting, or if what only reads met a connection that the backend no longer wanted.
    pub(super) async fn persist(
        &self,
        outgoing: &Outgoing,
        watcher: &mut Option<Watcher<'_>>,
        cancel: &Cancel,
    ) -> Result<Answered> {
        outgoing.make_known();
        let may_be_stale = outgoing.is_read && self.has_answered();
        match self.once(outgoing, watcher, cancel).await? {
            Err(error) if may_be_stale && words::is_closed(&error) => {}
            Err(error) if words::is_refused(&error) => tokio::select! {
                biased;
                () = cancel.requested() => return Err(Error::Interrupted),
                () = tokio::time::sleep(PAUSE) => {}
            },
            Err(error) => return Err(unreachable_at(&outgoing.url, &error)),
            Ok(answered) => return Ok(answered),
        }
        let second = self.once(outgoing, watcher, cancel).await?;
        second.map_err(|error| unreachable_at(&outgoing.url, &error))
    }

    async fn once(
        &self,
        outgoing: &Outgoing,
        watcher: &mut Option<Watcher<'_>>,
        cancel: &Cancel,
    ) -> Result<Result<Answered, reqwest::Error>> {
        let client = self.clients.reaching(&outgoing.url)?;
        let request = client
            .request(outgoing.method.clone(), outgoing.url.clone())
            .headers(outgoing.headers());
        let request = outgoing.fill(request).await?;
        let sent = Instant::now();
        let answer = self
            .wait(request.send(), &outgoing.url, watcher, cancel)
            .await?;
        Ok(answer.map(|response| self.answered(outgoing, response, sent)))
    }

    /// Waits for as long as neither side is silent for too long.
    async fn wait<T>(
        &self,
        sending: impl Future<Output = T>,
        url: &Url,
        watcher: &mut Option<Watcher<'_>>,
        cancel: &Cancel,
    ) -> Result<T> {
        tokio::pin!(sending);
        loop {
            tokio::select! {
                biased;
                () = cancel.requested() => return Err(Error::Interrupted),
                answer = &mut sending => {
                    if let Some(watcher) = watcher {
                        watcher.tell();
                    }
                    return Ok(answer);
                }
                () = progress(watcher) => {}
                () = tokio::time::sleep(self.options.timeout) => {
                    return Err(Error::TimedOut {
                        url: address(url),
                        seconds: self.options.timeout.as_secs_f64(),
                    });
                }
            }
        }
    }

    fn answered(
        &self,
        outgoing: &Outgoing,
        mut response: reqwest::Response,
        sent: Instant,
    ) -> Answered {
        self.answered.store(true, Ordering::Relaxed);
        let head = Head {
            status: response.status().as_u16(),
            headers: std::mem::take(response.headers_mut()),
            sent,
            answered: Instant::now(),
        };
        let address = address(&outgoing.url);
        tracing::debug!(
            method = %outgoing.method,
            url = %address,
            operation = %outgoing.operation,
            status = head.status,
            request_id = head.request_id(),
            milliseconds = u64::try_from(sent.elapsed().as_millis()).unwrap_or(u64::MAX),
            "answered"
        );
        Answered {
            head,
            body: Body {
                response,
                address,
                timeout: self.options.timeout,
            },
        }
    }
}

impl Watcher<'_> {
    fn tell(&mut self) {
        let sent = *self.sent.borrow_and_update();
        (self.report)(sent);
    }
}

/// Waits until more of a file is on its way, and reports it; forever if there is none.
async fn progress(watcher: &mut Option<Watcher<'_>>) {
    let Some(watcher) = watcher else {
        return std::future::pending().await;
    };
    if watcher.sent.changed().await.is_err() {
        return std::future::pending().await;
    }
    watcher.tell();
}

fn language(locale: &str) -> Result<HeaderValue> {
    HeaderValue::from_str(locale)
        .map_err(|_| Error::usage(format!("'{}' is no locale", locale.escape_debug())))
}

fn unreachable_at(url: &Url, error: &reqwest::Error) -> Error {
    let reason = words::reason(error);
    // What could not be connected to is then the proxy, of which the address says nothing.
    let proxy = proxy_of_environment(url).filter(|_| error.is_connect());
    let reason = match proxy {
        Some(proxy) => format!(
            "by the proxy {} of the environment (NO_PROXY names hosts that need none): {reason}",
            proxy.address
        ),
        None => reason,
    };
    Error::Unreachable {
        url: address(url),
        reason,
    }
}

/// HTTP clients, each built when it is first needed, because reading the system's certificates
/// takes longer than most requests to a mock.
#[derive(Default)]
struct Clients {
    built: [[OnceLock<reqwest::Client>; 2]; 2],
}

/// What a client has to have for an address.
#[derive(Clone, Copy)]
struct Needs {
    /// The system's proxy; none could reach this very machine.
    proxy: bool,
    /// The system's certificates; without TLS there is nothing to verify.
    roots: bool,
}

impl Clients {
    fn reaching(&self, url: &Url) -> Result<&reqwest::Client> {
        let is_tls = url.scheme() == "https";
        let needs = Needs {
            proxy: !is_loopback(url),
            // A proxy may itself be reached by TLS.
            roots: is_tls || !is_loopback(url),
        };
        match self.with(needs) {
            // A slim container has no certificates, and over plain HTTP nobody need have any.
            Err(_) if !is_tls => self.with(Needs {
                roots: false,
                ..needs
            }),
            client => client,
        }
    }

    fn with(&self, needs: Needs) -> Result<&reqwest::Client> {
        let cell = &self.built[usize::from(needs.proxy)][usize::from(needs.roots)];
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        let client = needs.build().map_err(|error| {
            Error::usage_hint(
                format!("cannot set up HTTPS: {}", words::reason(&error)),
                "install the system's certificates (ca-certificates)",
            )
        })?;
        Ok(cell.get_or_init(|| client))
    }
}

impl Needs {
    fn build(self) -> reqwest::Result<reqwest::Client> {
        // An error means that a provider is installed already, which is all that is wanted.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("chatkit/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            // The library would by default send again what an HTTP/2 server says it has not read;
            // some say so who have.
            .retry(reqwest::retry::never());
        if !self.proxy {
            builder = builder.no_proxy();
        }
        if !self.roots {
            builder = builder.tls_certs_only([]);
        }
        builder.build()
    }
}

#[cfg(test)]
mod tests;
