//! A mock inside a Rust test: how it is started, and what its owner can do with it.

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::admin::{self, NewThread, NotSeen, Pattern, Times};
use super::config::Config;
use super::fault::{ArmedFault, Fault, InvalidFault};
use super::journal::Recorded;
use super::listen::{Mock, Running};
use super::scenario::{Origin, Scenario};
use crate::error::{Error, Result};
use crate::protocol::Thread;

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
    /// is no fault is an error of [`Builder::start`].
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
        if !self.scenario.is_empty() {
            self.config.scenario = Some(Arc::new(scenario_of(&self.scenario)?));
        }
        let running = Mock::bind(self.config).await?.start();
        running.seed_threads(self.threads).await?;
        Ok(running)
    }
}

impl Running {
    /// Every request that is remembered, the oldest first, without secrets.
    pub fn requests(&self) -> Vec<Recorded> {
        let entries = self.app().journal.entries();
        entries.iter().map(|entry| entry.recorded()).collect()
    }

    /// Every remembered request that is meant by a pattern, the oldest first.
    pub fn requests_like(&self, pattern: &Pattern) -> Vec<Recorded> {
        let entries = self.app().journal.entries();
        let meant = entries.iter().filter(|entry| pattern.fits(entry));
        meant.map(|entry| entry.recorded()).collect()
    }

    /// Waits until so many requests are meant by a pattern, those before included.
    ///
    /// # Errors
    /// When the time is up; the error says how many there were.
    pub async fn wait_for(
        &self,
        pattern: &Pattern,
        count: usize,
        patience: Duration,
    ) -> Result<Vec<Recorded>, NotSeen> {
        let journal = &self.app().journal;
        let seen = admin::seen(journal, pattern, count, patience).await;
        seen.map_err(|found| NotSeen::in_time(found, count, patience))
    }

    /// Verifies that requests were seen so often.
    ///
    /// # Errors
    /// Says how many there were, which came nearest, and why it was none of them.
    pub fn verify(&self, pattern: &Pattern, times: impl Into<Times>) -> Result<(), NotSeen> {
        admin::check(&self.app().journal.entries(), pattern, times.into())
    }

    /// Verifies that requests were seen in this order, whatever came between them.
    ///
    /// # Errors
    /// Says which of them was not seen after the one before.
    pub fn verify_order(&self, patterns: &[Pattern]) -> Result<(), NotSeen> {
        admin::check_order(&self.app().journal.entries(), patterns)
    }

    /// Makes the mock as it was when it started: no threads, sessions, files or requests, the
    /// first id of the seed, the clock, the faults and the pace of the beginning.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn reset(&self) -> Result<()> {
        let reset = self.app().reset().await;
        reset.map_err(|error| Error::usage(format!("cannot reset the mock: {error}")))
    }

    /// Sets the clock forward: sessions expire, and rate limits begin anew.
    ///
    /// # Errors
    /// When the clock would be more than a hundred years ahead.
    pub fn advance(&self, by: Duration) -> Result<()> {
        let set = self.app().mint.clock().advance(by);
        set.map(|_| ())
            .ok_or_else(|| Error::usage("the clock goes forward by a hundred years at most"))
    }

    /// Changes the time between two deltas of a streamed text.
    pub fn set_pace(&self, pace: Duration) {
        self.app().set_pace(pace);
    }

    /// Breaks answers as these faults say, and as no others.
    pub fn set_faults(&self, faults: impl IntoIterator<Item = Fault>) {
        self.app().faults.put(faults);
    }

    /// The faults that are on, and how often each has struck.
    pub fn faults(&self) -> Vec<ArmedFault> {
        self.app().faults.get()
    }

    /// Answers by this scenario from now on, until the mock is reset; its threads are added.
    ///
    /// # Errors
    /// When it is none; the one before stays.
    pub async fn set_scenario(&self, scenario: impl Into<Origin>) -> Result<()> {
        let scenario = Arc::new(scenario_of(&[scenario.into()])?);
        let put = self.app().put_scenario(scenario).await;
        put.map_err(|error| Error::usage(format!("the scenario's threads: {error}")))
    }

    /// Adds threads with their items; all of them, or none.
    ///
    /// # Errors
    /// When one is not as it must be.
    pub async fn seed_threads(&self, threads: Vec<NewThread>) -> Result<Vec<Thread>> {
        let seeded = self.app().seed_threads(threads).await;
        seeded.map_err(|refusal| Error::usage(refusal.message))
    }
}

fn scenario_of(origins: &[Origin]) -> Result<Scenario> {
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

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}
