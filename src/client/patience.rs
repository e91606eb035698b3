//! How long somebody waits for a backend that says that it is asked too much.

use std::time::Duration;

/// The longest wait that one answer may ask for.
const LONGEST: Duration = Duration::from_secs(10);

/// How long is waited in all, over everything that is asked.
const ALL: Duration = Duration::from_secs(120);

/// The same for somebody who waits for one line.
const LITTLE: Duration = Duration::from_secs(15);

/// How long is waited where the answer does not say.
const UNSAID: Duration = Duration::from_secs(1);

/// The shortest wait, or a backend that says 0 would be asked as fast as it answers.
const SHORTEST: Duration = Duration::from_millis(200);

/// What is left of the time that somebody is ready to wait.
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
    /// That of somebody who waits for one line.
    pub fn short() -> Self {
        Self {
            limit: LITTLE,
            ..Self::default()
        }
    }

    /// How long to wait before the same is asked again; `None` where it is not worth it, or where
    /// too much was waited already.
    pub fn wait(&mut self, status: u16, retry_after: Option<&str>) -> Option<Duration> {
        if !is_limited(status, retry_after) {
            return None;
        }
        let seconds = retry_after.and_then(|seconds| seconds.trim().parse::<f64>().ok());
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
}

/// Whether a backend refused because it is asked too much, so that nothing was done and the answer
/// tells nothing about what was asked: 429, or 503 with the time at which to ask again (RFC 9110,
/// 10.2.3).
pub fn is_limited(status: u16, retry_after: Option<&str>) -> bool {
    match status {
        429 => true,
        503 => retry_after.is_some(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_waits_as_long_as_it_is_asked_to_within_reason() {
        let wait = |status, asked| Patience::default().wait(status, asked);
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
        let waits = std::iter::from_fn(|| patience.wait(429, Some("9"))).count();
        assert_eq!(waits, 13);
        assert_eq!(patience.spent, Duration::from_secs(117));
    }
}
