//! Passing one request on, and its answer back.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, header,
};
use axum::response::IntoResponse;
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;

use super::address::Upstream;
use super::again::Connections;
use super::breaking::Breaking;
use super::cors::Page;
use super::note::{Notes, Ticket, What};
use super::tap::{Came, Sent};
use super::upload;
use crate::cassette::Outcome;
use crate::error::{Error, Result};
use crate::server::forwarded::Seen;
use crate::server::refusal::Refusal;

/// How long the backend may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Headers that hold for one connection, not for what passes over it (RFC 9110, 7.6.1).
const HOP_BY_HOP: &[&str] = &[
    "connection",
    "expect",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// The way to the backend.
#[derive(Debug)]
pub(in crate::server) struct Forward {
    connections: Connections,
    upstream: Upstream,
    /// The proxy's own address, for whoever does not say under which name it asks.
    address: SocketAddr,
    notes: Option<Notes>,
    /// What the backend is told with every request.
    headers: HeaderMap,
}

impl Forward {
    /// # Errors
    /// The system's certificates cannot be read, where they are needed.
    pub fn new(upstream: Upstream, address: SocketAddr, notes: Option<Notes>) -> Result<Self> {
        Ok(Self {
            connections: Connections::new(connector(upstream.is_plain())?),
            upstream,
            address,
            notes,
            headers: HeaderMap::new(),
        })
    }

    /// Tells the backend this with every request, in the place of what the client says by the same
    /// name.
    pub fn telling(mut self, headers: HeaderMap) -> Self {
        self.headers = headers;
        self
    }

    /// Passes a request on; what cannot be passed on is answered with 502.
    pub async fn pass(&self, request: Request<Body>) -> Response<Body> {
        let page = Page::of(&request);
        let Some(uri) = self.upstream.locate(request.uri()) else {
            return Refusal::new(
                StatusCode::BAD_REQUEST,
                "invalid_url",
                "the address has no path that could be passed on",
            )
            .into_response();
        };
        // Whether a page may ask, and whether anybody is there, is no part of the conversation.
        let is_preflight = page.as_ref().is_some_and(Page::is_preflight);
        let is_probe = request.method() == Method::GET && request.uri().path() == "/healthz";
        let mut response = match &self.notes {
            Some(notes) if !is_preflight && !is_probe => self.recorded(notes, request, uri).await,
            _ => self.plain(request, uri).await,
        };
        if let Some(page) = page {
            page.admit(&mut response);
        }
        response
    }

    async fn plain(&self, request: Request<Body>, uri: Uri) -> Response<Body> {
        let ours = self.ours(request.headers());
        let (request, upload) = upload::watched(request);
        match self.sent(self.outgoing(request, uri)).await {
            Ok(response) if upload.may_be_named_in(&response) => {
                upload::redirect(response, &self.upstream.origin(), &ours).await
            }
            Ok(response) => response.map(|body| Body::new(Breaking::new(body))),
            Err(refusal) => refusal.into_response(),
        }
    }

    async fn recorded(&self, notes: &Notes, request: Request<Body>, uri: Uri) -> Response<Body> {
        let ours = self.ours(request.headers());
        let asked = What::Asked {
            method: request.method().clone(),
            url: uri.to_string(),
            headers: with(request.headers().clone(), &self.headers),
        };
        let ticket = notes.begin(asked).await;
        let (request, upload) = upload::watched(request);
        let request = self.outgoing(request, uri);
        let request = request.map(|body| Body::new(Sent::new(body, &ticket)));
        let response = match self.sent(request).await {
            Ok(response) => response,
            Err(refusal) => return refused(ticket, refusal).await,
        };
        note_head(&ticket, response.status(), response.headers()).await;
        let response = response.map(|body| Came::new(body, ticket));
        if upload.may_be_named_in(&response) {
            return upload::redirect(response, &self.upstream.origin(), &ours).await;
        }
        response.map(|body| Body::new(Breaking::new(body)))
    }

    /// The backend's answer as the client gets it, or the proxy's own where there is none to pass.
    async fn sent(&self, request: Request<Body>) -> Result<Response<Incoming>, Refusal> {
        match self.connections.send(request).await {
            Ok(response) if response.status() == StatusCode::SWITCHING_PROTOCOLS => {
                Err(Refusal::new(
                    StatusCode::BAD_GATEWAY,
                    "upgrade_not_passed",
                    format!(
                        "{} changes to another protocol (101), and upgrades such as WebSocket are \
                         not passed on",
                        self.upstream.origin()
                    ),
                ))
            }
            Ok(response) => Ok(incoming(response)),
            Err(error) => Err(unreachable_backend(&self.upstream, &error)),
        }
    }

    /// The address under which the client sees the proxy.
    fn ours(&self, headers: &HeaderMap) -> String {
        Seen::of(headers, self.address).origin(self.address)
    }

    /// The request as the backend gets it.
    fn outgoing(&self, request: Request<Body>, uri: Uri) -> Request<Body> {
        let (mut head, body) = request.into_parts();
        let host = head.headers.remove(header::HOST);
        head.headers = with(head.headers, &self.headers);
        drop_hop_by_hop(&mut head.headers);
        // What is compressed could not be recorded event by event.
        let identity = HeaderValue::from_static("identity");
        if head.headers.contains_key(header::ACCEPT_ENCODING) {
            head.headers.insert(header::ACCEPT_ENCODING, identity);
        }
        if let Some(host) = host {
            let forwarded = HeaderName::from_static("x-forwarded-host");
            head.headers.entry(forwarded).or_insert(host);
        }
        head.uri = uri;
        head.version = axum::http::Version::HTTP_11;
        head.extensions.clear();
        Request::from_parts(head, body)
    }
}

/// Headers, with others in the place of those of the same name.
fn with(mut headers: HeaderMap, others: &HeaderMap) -> HeaderMap {
    for name in others.keys() {
        headers.remove(name);
    }
    for (name, value) in others {
        headers.append(name, value.clone());
    }
    headers
}

/// The proxy's own answer where the backend gave none; it is recorded as what the client saw.
async fn refused(ticket: Ticket, refusal: Refusal) -> Response<Body> {
    let reason = refusal.message.clone();
    let (head, body) = refusal.into_response().into_parts();
    note_head(&ticket, head.status, &head.headers).await;
    let bytes = axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap_or_default();
    ticket.note(What::Came(bytes.clone())).await;
    ticket.end(Outcome::Broken, Some(reason));
    Response::from_parts(head, Body::from(bytes))
}

async fn note_head(ticket: &Ticket, status: StatusCode, headers: &HeaderMap) {
    let answered = What::Answered {
        status: status.as_u16(),
        headers: headers.clone(),
    };
    ticket.note(answered).await;
}

/// A backend in the clear needs no certificates, which not every machine has.
fn connector(is_plain: bool) -> Result<HttpsConnector<HttpConnector>> {
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_nodelay(true);
    http.set_connect_timeout(Some(CONNECT_TIMEOUT));
    let provider = rustls::crypto::ring::default_provider();
    let builder = HttpsConnectorBuilder::new();
    let builder = if is_plain {
        let config = rustls::ClientConfig::builder_with_provider(provider.into())
            .with_safe_default_protocol_versions()
            .expect("the provider knows the default versions")
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        builder.with_tls_config(config)
    } else {
        builder
            .with_provider_and_platform_verifier(provider)
            .map_err(|error| Error::usage(format!("cannot verify certificates: {error}")))?
    };
    Ok(builder.https_or_http().enable_http1().wrap_connector(http))
}

/// The answer as the client gets it.
fn incoming(response: Response<Incoming>) -> Response<Incoming> {
    let (mut head, body) = response.into_parts();
    drop_hop_by_hop(&mut head.headers);
    head.version = axum::http::Version::HTTP_11;
    Response::from_parts(head, body)
}

fn drop_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<String> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    for name in named
        .iter()
        .map(String::as_str)
        .chain(HOP_BY_HOP.iter().copied())
    {
        headers.remove(name);
    }
}

fn unreachable_backend(upstream: &Upstream, error: &hyper_util::client::legacy::Error) -> Refusal {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let origin = upstream.origin();
    let message = if error.is_connect() {
        format!("cannot reach {origin}: {cause}")
    } else {
        format!("{origin} broke off before it answered: {cause}")
    };
    Refusal::new(StatusCode::BAD_GATEWAY, "backend_unreachable", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_for_one_connection_does_not_pass() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, X-Own"),
            ("x-own", "1"),
            ("transfer-encoding", "chunked"),
            ("x-other", "2"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        drop_hop_by_hop(&mut headers);
        let left: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        assert_eq!(left, ["x-other"]);
    }
}
