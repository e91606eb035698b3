//! A mock inside a Rust test: what its owner can see of it, and how it is steered.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use super::admin::{self, Feed, NewThread, NotSeen, Pattern, Times};
use super::builder::scenario_of;
use super::fault::{ArmedFault, Fault};
use super::journal::Recorded;
use super::listen::Running;
use super::scenario::{Origin, Scenario};
use crate::error::{Error, Result};
use crate::protocol::{Thread, ThreadId, Timestamp};
use crate::store::StoreUrl;

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

    /// Forgets the requests that were seen; returns how many there were.
    pub fn forget_requests(&self) -> usize {
        self.app().journal.clear()
    }

    /// Everything that happens from now on, the moment that it happens.
    ///
    /// ```
    /// use chatkit::server::{Happened, Mock};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mock = Mock::builder().start().await?;
    /// let mut feed = mock.listen();
    /// // … what is tested talks to the mock …
    /// # let address = mock.url().trim_start_matches("http://").to_owned();
    /// # let mut stream = std::net::TcpStream::connect(address)?;
    /// # std::io::Write::write_all(
    /// #     &mut stream,
    /// #     b"POST /chatkit HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{}",
    /// # )?;
    /// while let Some(happened) = feed.next().await {
    ///     if let Happened::Request(request) = happened {
    ///         assert_eq!(request.path, "/chatkit");
    ///         break;
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn listen(&self) -> Feed {
        Feed::of(&self.app().journal)
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
        seen.map_err(|found| NotSeen::in_time(found, count, patience, journal))
    }

    /// Verifies that requests were seen so often.
    ///
    /// # Errors
    /// When it was not so, or cannot be told because requests are forgotten: 1,000 are remembered,
    /// and of answers the latest 2 MiB. Says how many there were, which came nearest, and why it was none of them.
    pub fn verify(&self, pattern: &Pattern, times: impl Into<Times>) -> Result<(), NotSeen> {
        admin::check(&self.app().journal, pattern, times.into())
    }

    /// Verifies that requests were seen in this order, whatever came between them.
    ///
    /// # Errors
    /// Says which of them was not seen after the one before.
    pub fn verify_order(&self, patterns: &[Pattern]) -> Result<(), NotSeen> {
        admin::check_order(&self.app().journal, patterns)
    }

    /// Makes the mock as it was when it started: no sessions, files or requests, no threads but
    /// the scenario's, the first id of the seed, the clock, the faults and the pace of the
    /// beginning.
    ///
    /// # Errors
    /// When threads are kept in a file or a database, which [`Running::reset_with_store`] deletes;
    /// nothing is changed then. When the store fails.
    pub async fn reset(&self) -> Result<()> {
        match &self.app().config.store {
            StoreUrl::Memory => self.reset_with_store().await,
            store => Err(Error::usage_hint(
                format!("a reset would delete every thread in {store}"),
                "call reset_with_store() to delete them too",
            )),
        }
    }

    /// The same, with the threads in a file or a database.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn reset_with_store(&self) -> Result<()> {
        let reset = self.app().reset().await;
        reset.map_err(|error| Error::usage(format!("cannot reset the mock: {error}")))
    }

    /// What the mock's clock says, which reading does not change.
    pub fn now(&self) -> Timestamp {
        Timestamp::iso(self.app().mint.clock().peek())
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

    /// The time between two deltas of a streamed text.
    pub fn pace(&self) -> Duration {
        self.app().pace()
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

    /// The scenario that is answered by, if there is one.
    pub fn scenario(&self) -> Option<Arc<Scenario>> {
        self.app().director.scenario()
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

    /// Answers by the scenario that the mock was built with, and no more by one that was set.
    ///
    /// # Errors
    /// When the store does not take its threads.
    pub async fn restore_scenario(&self) -> Result<()> {
        let restored = self.app().restore_scenario().await;
        restored.map_err(|error| Error::usage(format!("the scenario's threads: {error}")))
    }

    /// What the scenario's rules remember of a thread: `state` in their conditions and templates.
    ///
    /// # Errors
    /// When there is no such thread.
    pub async fn thread_state(&self, thread: &ThreadId) -> Result<Map<String, Value>> {
        self.set_thread_state(thread, Map::new()).await
    }

    /// Changes what the rules remember of a thread: `null` forgets a part, and what is not named
    /// stays; returns all of it.
    ///
    /// # Errors
    /// When there is no such thread.
    pub async fn set_thread_state(
        &self,
        thread: &ThreadId,
        change: Map<String, Value>,
    ) -> Result<Map<String, Value>> {
        let state = self.app().change_thread_state(thread, change).await;
        state.map_err(|error| Error::usage(error.to_string()))
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

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}
