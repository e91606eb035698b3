//! Waiting where the backend asks for it: an export is many requests, and hosted ones are counted.

use std::time::Duration;

use crate::cancel::Cancel;
use crate::error::{Error, HttpFailure, Result};
use crate::ui::{Style, Ui};

/// How often one request is asked again.
const TRIES: u32 = 6;

/// The longest wait that a backend may ask for.
const LONGEST: Duration = Duration::from_secs(120);

/// How long to wait for a backend that is too busy, and for whom not any longer.
#[derive(Clone, Copy)]
pub struct Patience<'a> {
    pub cancel: &'a Cancel,
}

impl Patience<'_> {
    /// Asks, and asks again while the backend says that it is too busy for now.
    ///
    /// # Errors
    /// Whatever the answer makes; the wish to stop.
    pub async fn ask<T, F: Future<Output = Result<T>>>(
        self,
        ask: impl Fn() -> F,
        ui: &mut Ui,
    ) -> Result<T> {
        let mut tried = 0;
        loop {
            let failure = match ask().await {
                Err(Error::Http(failure)) if tried < TRIES => failure,
                answer => return answer,
            };
            let Some(wait) = wait(&failure, tried) else {
                return Err(Error::Http(failure));
            };
            let seconds = wait.as_secs();
            let note = format!("{} {}: waiting {seconds} s", failure.status, failure.reason);
            ui.note(Style::Dim, &note);
            tokio::select! {
                biased;
                () = self.cancel.requested() => return Err(Error::Interrupted),
                () = tokio::time::sleep(wait) => {}
            }
            tried += 1;
        }
    }
}

/// How long until it may be asked again; `None` where waiting does not help.
fn wait(failure: &HttpFailure, tried: u32) -> Option<Duration> {
    if !matches!(failure.status, 429 | 503) {
        return None;
    }
    let asked = failure.retry_after.as_deref();
    let asked = asked.and_then(|seconds| seconds.trim().parse().ok());
    let wait = asked.map_or(Duration::from_secs(1 << tried), Duration::from_secs);
    (wait <= LONGEST).then_some(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(status: u16, retry_after: Option<&str>) -> HttpFailure {
        HttpFailure {
            status,
            reason: "",
            retry_after: retry_after.map(ToOwned::to_owned),
            ..HttpFailure::default()
        }
    }

    #[test]
    fn only_a_backend_that_is_busy_is_waited_for() {
        let seconds = |status, after, tried| wait(&failure(status, after), tried);
        assert_eq!(seconds(404, Some("1"), 0), None);
        assert_eq!(seconds(500, None, 0), None);
        assert_eq!(seconds(429, Some("7"), 3), Some(Duration::from_secs(7)));
        assert_eq!(seconds(503, None, 3), Some(Duration::from_secs(8)));
        assert_eq!(seconds(429, Some("86400"), 0), None);
    }
}
