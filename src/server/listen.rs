//! The listening side: connections, their end, and the mock as others hold it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use axum::http::header::CONNECTION;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::app::App;
use super::config::Config;
use super::fault::{Link, Wire};
use super::journal::Happening;
use super::lingering::Lingering;
use super::routes::Routes;
use super::scenario::{Scenario, ScenarioErrors};
use super::stalled::Hurried;
use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::store;

/// How long open streams may go on after the wish to stop.
pub(super) const GRACE: Duration = Duration::from_secs(5);

/// How long to wait after the operating system refused a connection, for example because too many
/// files are open: trying again at once would only burn a core.
pub(super) const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A mock that is bound to its address and accepts connections once it runs.
pub struct Mock {
    listener: TcpListener,
    address: SocketAddr,
    app: Arc<App>,
}

/// A mock that runs beside its owner; dropping it is the shutdown.
#[must_use = "dropping a mock is its shutdown"]
pub struct Running {
    url: String,
    stop: Cancel,
    app: Arc<App>,
    task: JoinHandle<()>,
}

/// The hold on a mock's scenario.
#[derive(Clone)]
pub struct Stage(Arc<App>);

impl Stage {
    /// Answers by this scenario from now on; what is being streamed ends as it began, and what
    /// rules have remembered of threads stays. One that was put through `/__mock/scenario` stays in
    /// force, and this one follows it; returns whether there is none.
    ///
    /// # Errors
    /// When the store does not take the scenario's threads.
    pub async fn play(&self, scenario: Scenario) -> Result<bool> {
        let played = self.0.give_scenario(Arc::new(scenario)).await;
        played.map_err(|error| Error::usage(format!("the scenario's threads: {error}")))
    }
}

impl Stage {
    /// Notes that files were saved that are no scenario, or are the one in force again, for whoever
    /// asks at `/__mock/scenario`; the one in force stays.
    pub fn refuse(&self, errors: Option<ScenarioErrors>) {
        self.0.director.refuse(errors);
        self.0.journal.tell(|| Happening::Steered("scenario"));
    }
}

impl Mock {
    /// Binds a mock to the address of its settings.
    ///
    /// # Errors
    /// When the operating system refuses the address, usually because it is taken; when the store
    /// cannot be opened.
    pub async fn bind(config: Config) -> Result<Self> {
        let (listener, address) = bind(config.address).await?;
        // Only now: a program that cannot listen has no business in a file or a database.
        let store = store::open(&config.store).await?;
        let run = match config.seed {
            Some(_) => store.begin_run().await,
            None => Ok(0),
        };
        let run = run.map_err(|error| Error::usage(error.to_string()))?;
        let app = Arc::new(App::new(Config { address, ..config }, store, run));
        app.plant_scenario()
            .await
            .map_err(|error| Error::usage(format!("the scenario's threads: {error}")))?;
        Ok(Self {
            listener,
            address,
            app,
        })
    }

    /// What the mock answers by, to be changed while it runs.
    pub fn stage(&self) -> Stage {
        Stage(Arc::clone(&self.app))
    }

    /// The address to reach it at, without a path.
    pub fn url(&self) -> String {
        url_of(self.address)
    }

    /// Answers requests until the wish to stop, then lets open streams end for up to 5 seconds.
    pub async fn run(self, stop: Cancel) {
        let routes = Arc::new(Routes::new(Arc::clone(&self.app)));
        let graceful = GracefulShutdown::new();
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                biased;
                () = stop.requested() => break,
                Some(_) = connections.join_next() => {}
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, peer)) => {
                        let connection = connection(stream, peer.ip(), Arc::clone(&routes), &graceful);
                        connections.spawn(connection);
                    }
                    Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
                },
            }
        }
        drop(self.listener);
        // Whoever only listens would otherwise keep its connection open for all of the grace.
        self.app.journal.tell(|| Happening::Closing);
        let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
        // What still streams is cancelled, and keeps what it sent as for a client that left.
        connections.shutdown().await;
        self.app.settle().await;
        self.app.store.close().await;
    }

    /// Runs the mock as a task of its own.
    pub fn start(self) -> Running {
        let (url, stop, app) = (self.url(), Cancel::new(), Arc::clone(&self.app));
        let task = tokio::spawn(self.run(stop.clone()));
        Running {
            url,
            stop,
            app,
            task,
        }
    }
}

impl Running {
    /// The address to reach it at, without a path.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Stops the mock and waits until it has: open streams end for up to 5 seconds, the store has
    /// everything, and the address is free again. Dropping the mock stops it without waiting.
    pub async fn stop(mut self) {
        self.stop.request();
        // A task that was cancelled has ended with its runtime.
        let _ = (&mut self.task).await;
    }

    pub(super) fn app(&self) -> &Arc<App> {
        &self.app
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.request();
    }
}

/// Listens on an address.
///
/// # Errors
/// When the operating system refuses the address, usually because it is taken.
pub(super) async fn bind(wanted: SocketAddr) -> Result<(TcpListener, SocketAddr)> {
    let failed = |source: std::io::Error| {
        if source.kind() == std::io::ErrorKind::AddrInUse {
            return Error::usage_hint(
                format!("{wanted} is taken by another program"),
                "pass another --port, or --port 0 for a free one",
            );
        }
        Error::io(format!("cannot listen on {wanted}"), source)
    };
    let listener = TcpListener::bind(wanted).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// The address to reach a server at that listens on this one, without a path.
pub(super) fn url_of(address: SocketAddr) -> String {
    let ip = match address.ip() {
        ip if ip.is_unspecified() && ip.is_ipv6() => "[::1]".to_owned(),
        ip if ip.is_unspecified() => "127.0.0.1".to_owned(),
        ip if ip.is_ipv6() => format!("[{ip}]"),
        ip => ip.to_string(),
    };
    format!("http://{ip}:{}", address.port())
}

fn connection(
    stream: TcpStream,
    peer: IpAddr,
    routes: Arc<Routes>,
    graceful: &GracefulShutdown,
) -> impl Future<Output = ()> + use<> {
    // Each event is a write of its own, and must not wait for the one before to be acknowledged.
    let _ = stream.set_nodelay(true);
    let (wire, link) = Wire::new(stream);
    let (wire, parting) = Lingering::new(wire);
    // What a seed repeats has no date of its own.
    let has_dates = routes.tells_the_time();
    let service = service_fn(move |request| {
        let (routes, link, parting) = (Arc::clone(&routes), link.clone(), parting.clone());
        // hyper keeps room for this future as long as the connection lives; in a box it takes a
        // word of that room, and some kilobytes while a request is answered.
        Box::pin(async move {
            let request = Request::map(request, |body| Body::new(Hurried::new(body)));
            let response = routes.answer(request, peer, &link).await;
            if response.headers().contains_key(CONNECTION) {
                parting.expect_more();
            }
            Link::answer(response)
        })
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .auto_date_header(has_dates)
        .serve_connection(TokioIo::new(wire), service);
    let connection = graceful.watch(connection);
    async move {
        // A connection that breaks is the client's affair.
        let _ = connection.await;
    }
}
