//! How long a check waits for a backend that says that it is asked too much.

use std::time::Duration;

use super::evidence::{Exchange, Trouble};
use crate::plural::plural;

/// The longest wait that one answer may ask for.
const LONGEST: Duration = Duration::from_secs(10);

/// How long a check waits in all, over everything that it asks.
const ALL: Duration = Duration::from_secs(120);

/// The same for a short check.
const LITTLE: Duration = Duration::from_secs(15);

/// How long is waited where the answer does not say.
const UNSAID: Duration = Duration::from_secs(1);

/// The shortest wait, or a backend that says 0 would be asked as fast as it answers.
const SHORTEST: Duration = Duration::from_millis(200);

/// What is left of the time that a check is ready to wait.
#[derive(Debug)]
pub struct Patience {
    /// How long it may be waited in all.
    limit: Duration,
    /// How often it was waited.
    pub times: usize,
    /// How long it was waited in all.
    pub spent: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            limit: ALL,
            times: 0,
            spent: Duration::ZERO,
        }
    }
}

impl Patience {
    /// That of a short check.
    pub fn short() -> Self {
        Self {
            limit: LITTLE,
            ..Self::default()
        }
    }

    /// How long to wait before the same is asked again; `None` where it is not worth it, or where
    /// too much was waited already.
    pub fn wait(&mut self, exchange: &Exchange) -> Option<Duration> {
        if !exchange.is_limited() {
            return None;
        }
        let asked = exchange.header("retry-after");
        let seconds = asked.and_then(|seconds| seconds.trim().parse::<f64>().ok());
        let wait = seconds.map_or(Some(UNSAID), |seconds| {
            Duration::try_from_secs_f64(seconds).ok()
        })?;
        let wait = wait.max(SHORTEST);
        if wait > LONGEST || self.spent + wait > self.limit {
            return None;
        }
        self.times += 1;
        self.spent += wait;
        Some(wait)
    }

    /// What is to be said about the requests that were refused in spite of it.
    pub fn trouble(&self, refused: &[Exchange]) -> Option<Trouble> {
        let first = refused.first()?;
        let (count, number, status) = (refused.len(), first.number, first.status());
        let asked = first.header("retry-after").map_or_else(String::new, |it| {
            format!(
                ", retry-after: {}",
                crate::check::evidence::quote(it.as_bytes())
            )
        });
        let waited = self.spent.as_secs_f64();
        let were = if count == 1 { "was" } else { "were" };
        let requests = plural(count, "request");
        Some(Trouble {
            what: format!(
                "the backend limits the rate: {requests} {were} refused, after {waited:.1} s of \
                 waiting (the first is request {number}, {}: status {status}{asked}); what needs \
                 their answers was not checked",
                first.label()
            ),
            fix: "raise the limit for the check's credentials, or ask less: --jobs 1, --only GROUP"
                .into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::check::evidence::Head;

    fn answered(status: u16, retry_after: Option<&str>) -> Exchange {
        let header = retry_after.map(|value| ("retry-after".to_owned(), value.to_owned()));
        Exchange {
            head: Some(Head {
                status,
                headers: header.into_iter().collect(),
                at: Duration::ZERO,
            }),
            ..Exchange::asked(Bytes::from_static(b"{\"type\":\"threads.list\"}"))
        }
    }

    #[test]
    fn it_waits_as_long_as_it_is_asked_to_within_reason() {
        let wait = |status, asked| Patience::default().wait(&answered(status, asked));
        assert_eq!(wait(429, Some("3")), Some(Duration::from_secs(3)));
        assert_eq!(wait(429, None), Some(UNSAID));
        assert_eq!(wait(429, Some("0")), Some(SHORTEST));
        assert_eq!(wait(503, Some("1")), Some(Duration::from_secs(1)));
        for (status, asked) in [
            (503, None),
            (500, Some("1")),
            (200, None),
            (429, Some("11")),
            (429, Some("-1")),
            (429, Some("1e99")),
        ] {
            assert_eq!(wait(status, asked), None, "{status} {asked:?}");
        }
    }

    #[test]
    fn it_comes_to_its_end() {
        let mut patience = Patience::default();
        let answer = answered(429, Some("9"));
        let waits = std::iter::from_fn(|| patience.wait(&answer)).count();
        assert_eq!(waits, 13);
        let trouble = patience.trouble(&[answer]).unwrap();
        assert!(
            trouble
                .what
                .contains("1 request was refused, after 117.0 s"),
            "{}",
            trouble.what
        );
        assert_eq!(patience.trouble(&[]), None);
    }
}
