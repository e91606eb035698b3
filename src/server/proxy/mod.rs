//! The recording proxy: passes everything on to a real backend, and writes down what it saw.
//!
//! What passes is never held back or changed, with two exceptions that a page could not do
//! without: answers that no page may read get CORS headers, and an upload address on the backend
//! becomes one on the proxy, so that the upload is recorded too.

mod address;
mod again;
mod breaking;
mod cors;
mod forward;
mod line;
mod note;
mod tap;
mod upload;
mod writer;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Body;
use axum::http::HeaderMap;
use axum::response::IntoResponse as _;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use url::Url;

pub(super) use self::address::Upstream;
pub(super) use self::forward::Forward;
pub(super) use self::upload::redirected;
pub(super) use self::writer::Writing;
use super::host::Hosts;
use super::listen::{self, ACCEPT_PAUSE, GRACE};
use crate::cancel::Cancel;
use crate::cassette::{Recorder, Redactor};
use crate::error::Result;

/// What a proxy is started with.
#[derive(Clone, Debug)]
pub struct ProxyConfig {
    /// The address to listen on; port 0 takes a free one.
    pub address: SocketAddr,
    /// The backend. A path without a slash at its end is the endpoint that `/chatkit` stands for;
    /// one with a slash is put before every path.
    pub upstream: Url,
    /// Names that it may be asked under besides its own addresses.
    pub allowed_hosts: Vec<String>,
    /// What the backend is told with every request, in the place of what the client says by the
    /// same name.
    pub headers: HeaderMap,
    /// Where what passes is written down.
    pub recording: Option<Recording>,
}

/// A file that is recorded to.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The file, which is there once the proxy has ended; until then, see
    /// [`partial`](crate::cassette::partial).
    pub path: PathBuf,
    /// What is taken out.
    pub redactor: Redactor,
}

/// A proxy that is bound to its address and accepts connections once it runs.
#[derive(Debug)]
pub struct Proxy {
    listener: TcpListener,
    address: SocketAddr,
    forward: Arc<Forward>,
    hosts: Arc<Hosts>,
    writing: Option<Writing>,
}

impl Proxy {
    /// Binds a proxy to the address of its settings.
    ///
    /// # Errors
    /// When the operating system refuses the address, or the recording cannot be written.
    pub async fn bind(config: ProxyConfig) -> Result<Self> {
        let (listener, address) = listen::bind(config.address).await?;
        let writing = match config.recording {
            Some(Recording { path, redactor }) => {
                Some(Writing::start(Recorder::create_beside(&path, redactor)?))
            }
            None => None,
        };
        let notes = writing.as_ref().map(Writing::notes);
        let forward = Forward::new(Upstream::new(&config.upstream)?, address, notes)?;
        let forward = forward.telling(config.headers);
        Ok(Self {
            listener,
            address,
            forward: Arc::new(forward),
            hosts: Arc::new(Hosts::new(address.ip(), config.allowed_hosts)),
            writing,
        })
    }

    /// The address to reach it at, without a path.
    pub fn url(&self) -> String {
        listen::url_of(self.address)
    }

    /// Passes requests on until the wish to stop, and then gives the recording its name.
    ///
    /// # Errors
    /// The recording cannot be written any more; nothing is passed on that would not be recorded.
    pub async fn run(self, stop: Cancel) -> Result<()> {
        let graceful = GracefulShutdown::new();
        let mut connections = JoinSet::new();
        let failed = self
            .writing
            .as_ref()
            .map(Writing::failed)
            .unwrap_or_default();
        loop {
            tokio::select! {
                biased;
                () = stop.requested() => break,
                () = failed.requested() => break,
                Some(_) = connections.join_next() => {}
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(self.connection(stream, &graceful));
                    }
                    Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
                },
            }
        }
        drop(self.listener);
        let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
        connections.shutdown().await;
        match self.writing {
            Some(writing) => writing.finish().await,
            None => Ok(()),
        }
    }

    fn connection(
        &self,
        stream: TcpStream,
        graceful: &GracefulShutdown,
    ) -> impl Future<Output = ()> + use<> {
        // Each event is a write of its own, and must not wait for the one before to be acknowledged.
        let _ = stream.set_nodelay(true);
        let (forward, hosts) = (Arc::clone(&self.forward), Arc::clone(&self.hosts));
        let service = service_fn(move |request: axum::http::Request<_>| {
            let (forward, hosts) = (Arc::clone(&forward), Arc::clone(&hosts));
            async move {
                Ok::<_, Infallible>(match hosts.check(&request) {
                    Ok(()) => forward.pass(request.map(Body::new)).await,
                    Err(refusal) => refusal.into_response(),
                })
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .auto_date_header(false)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        async move {
            // A connection that breaks is told to whoever was on its other side.
            let _ = connection.await;
        }
    }
}
