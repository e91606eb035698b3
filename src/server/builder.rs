//! A mock inside a Rust test: how it is set up and started.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::admin::NewThread;
use super::config::Config;
use super::fault::{Fault, InvalidFault, compatible};
use super::listen::{Mock, Running};
use super::scenario::{Origin, Scenario};
use crate::error::{Error, Result};
use crate::store::StoreUrl;

/// Sets a mock up that runs inside this process, on a free port of this machine.
///
/// ```
/// use chatkit::server::{Mock, NewThread, Pattern, Times};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mock = Mock::builder()
///     .scenario("- when: hello\n  then: Hi **there**!")
///     .seed(1)
///     .thread(NewThread { title: Some("Yesterday".into()), ..NewThread::default() })
///     .start()
///     .await?;
///
/// // Point what is tested at `mock.url()`, and let it talk; here a bare request does.
/// # use std::io::{Read, Write};
/// let body = r#"{"type": "threads.list", "params": {}}"#;
/// # let address = mock.url().trim_start_matches("http://").to_owned();
/// # let request = format!("POST /chatkit HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
/// #     content-length: {}\r\n\r\n{body}", body.len());
/// # let answer = tokio::task::spawn_blocking(move || {
/// #     let mut stream = std::net::TcpStream::connect(address)?;
/// #     stream.write_all(request.as_bytes())?;
/// #     let mut answer = String::new();
/// #     stream.read_to_string(&mut answer).map(|_| answer)
/// # }).await??;
/// assert!(answer.contains("Yesterday"));
///
/// mock.verify(&Pattern::operation("threads.list"), Times::exactly(1))?;
/// assert_eq!(mock.requests().len(), 1);
///
/// mock.advance(std::time::Duration::from_secs(600))?; // sessions have expired
/// mock.reset().await?; // as it was when it started
/// assert!(mock.requests().is_empty());
/// # Ok(())
/// # } // Dropping the mock is the shutdown.
/// ```
///
/// Beside `reqwest` with its default TLS nothing more is to be done. A test that has `reqwest`
/// without TLS: this crate has it bring rustls without a cryptography provider, which cargo unites
/// with the test's features. Where nothing else in the test brings one, `reqwest::Client::new()`
/// asks for `rustls::crypto::ring::default_provider()` to be installed before.
#[derive(Clone, Debug)]
#[must_use = "a mock does not run before `start`"]
pub struct Builder {
    config: Config,
    threads: Vec<NewThread>,
    scenario: Vec<Origin>,
    /// The first fault that is none.
    invalid: Option<InvalidFault>,
}

impl Mock {
    /// A mock for a test: on a free port, and as fast as it goes.
    pub fn builder() -> Builder {
        let config = Config::default();
        Builder {
            config: Config {
                address: SocketAddr::new(config.address.ip(), 0),
                pace: Duration::ZERO,
                ..config
            },
            threads: Vec::new(),
            scenario: Vec::new(),
            invalid: None,
        }
    }
}

impl Builder {
    /// Makes ids, order and times repeat exactly.
    pub fn seed(mut self, seed: u64) -> Self {
        self.config.seed = Some(seed);
        self
    }

    /// Waits so long between two deltas of a streamed text.
    pub fn pace(mut self, pace: Duration) -> Self {
        self.config.pace = pace;
        self
    }

    /// Asks for this bearer token at `/chatkit`, which is open without it.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.config.token = Some(token.into().into());
        self
    }

    /// Takes this API key only; without it, any that is not empty is good.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.config.api_key = Some(key.into().into());
        self
    }

    /// Listens at this address instead of a free port of this machine.
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.config.address = address;
        self
    }

    /// Keeps threads where this address says: `memory`, which is where they are without it,
    /// `sqlite:FILE` or `postgres://…`. Threads in a file or a database outlive the mock.
    pub fn store(mut self, store: StoreUrl) -> Self {
        self.config.store = store;
        self
    }

    /// Shows the threads of this user at `/chatkit`, instead of those of nobody in particular.
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.config.user = Some(user.into());
        self
    }

    /// Answers by the rules of this scenario: a text is the scenario itself, a path is a file or a
    /// folder. Of several, the rules of the first are asked first. It is read by
    /// [`Builder::start`]; a file is not read again when it changes.
    ///
    /// ```no_run
    /// use std::path::Path;
    ///
    /// use chatkit::server::Mock;
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let mock = Mock::builder()
    ///     .scenario("- {when: fail, then: [{error: {status: 503}}]}")
    ///     .scenario(Path::new("tests/shop.yaml"))
    ///     .start()
    ///     .await?;
    /// # drop(mock);
    /// # Ok(())
    /// # }
    /// ```
    pub fn scenario(mut self, scenario: impl Into<Origin>) -> Self {
        self.scenario.push(scenario.into());
        self
    }

    /// Refuses what no rule of the scenario matches, and says which came nearest, instead of
    /// showing the showcase.
    pub fn strict(mut self, is_strict: bool) -> Self {
        self.config.strict = is_strict;
        self
    }

    /// Breaks answers as this fault says, until [`Running::set_faults`] says otherwise. A text that
    /// is no fault is an error of [`Builder::start`], and so are two that can never both take effect.
    ///
    /// ```
    /// use chatkit::server::Mock;
    ///
    /// let builder = Mock::builder().fault("status=503,times=2").fault("ttfb=1s");
    /// # let _ = builder;
    /// ```
    pub fn fault<F: TryInto<Fault>>(mut self, fault: F) -> Self
    where
        InvalidFault: From<F::Error>,
    {
        match fault.try_into() {
            Ok(fault) => self.config.faults.push(fault),
            Err(error) => self.invalid = self.invalid.or_else(|| Some(error.into())),
        }
        self
    }

    /// Has this thread from the beginning; it comes again with none of the resets.
    pub fn thread(mut self, thread: NewThread) -> Self {
        self.threads.push(thread);
        self
    }

    /// Starts the mock beside the caller, inside the caller's runtime.
    ///
    /// # Errors
    /// When the address is taken, the scenario or a fault is none, or a thread to begin with is not
    /// as it must be.
    pub async fn start(mut self) -> Result<Running> {
        if let Some(invalid) = self.invalid {
            return Err(Error::usage(invalid.to_string()));
        }
        compatible(&self.config.faults).map_err(|error| Error::usage(error.to_string()))?;
        if !self.scenario.is_empty() {
            self.config.scenario = Some(Arc::new(scenario_of(&self.scenario)?));
        }
        let running = Mock::bind(self.config).await?.start();
        running.seed_threads(self.threads).await?;
        Ok(running)
    }
}

pub(super) fn scenario_of(origins: &[Origin]) -> Result<Scenario> {
    Scenario::of(origins).map_err(|error| {
        // Whoever passes the path of a file as a text has passed a text.
        let is_path = |origin: &Origin| matches!(origin, Origin::Text(text) if !text.contains('\n') && Path::new(text).exists());
        if origins.iter().any(is_path) {
            let hint = "a text is the scenario itself; pass a Path for a file";
            return Error::usage_hint(error.to_string(), hint);
        }
        Error::usage(error.to_string())
    })
}

impl NewThread {
    /// A thread with this title.
    pub fn titled(title: impl Into<String>) -> Self {
        Self {
            title: Some(title.into()),
            ..Self::default()
        }
    }

    /// The same with another item, as the protocol has it or as `{"user": "hi"}`.
    #[must_use]
    pub fn item(mut self, item: Value) -> Self {
        self.items.push(item);
        self
    }
}
