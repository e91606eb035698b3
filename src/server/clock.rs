//! The mock's clock, which can be set forward: what expires does so without waiting.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// When the first run of a seeded mock takes place: 2026-01-01T00:00:00Z, in seconds since 1970.
const SEEDED_START: i64 = 1_767_225_600;

/// How far the clock goes forward at most: a hundred years, well inside every calendar here.
const FARTHEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// How many days later than the first run another one starts at most: a hundred years.
const MOST_DAYS: u64 = 100 * 365;

/// Tells the time, and how far it was set forward.
#[derive(Debug, Default)]
pub(super) struct Clock {
    /// Microseconds by which every time that is told lies in the future.
    ahead: AtomicU64,
    /// When a seeded clock starts, in seconds since 1970.
    start: i64,
    /// Milliseconds that were told since the seeded start; `None` tells the real time.
    ticks: Option<AtomicU64>,
}

impl Clock {
    /// A clock that goes on by a millisecond each time that it is told. Each run on one store
    /// starts a day after the one before, so that what it stores comes after.
    pub fn seeded(run: u64) -> Self {
        let day = i64::try_from(run.min(MOST_DAYS)).unwrap_or(0);
        Self {
            ahead: AtomicU64::new(0),
            start: SEEDED_START + day * 24 * 60 * 60,
            ticks: Some(AtomicU64::new(0)),
        }
    }

    /// Whether the time is the same in every run.
    pub fn is_seeded(&self) -> bool {
        self.ticks.is_some()
    }

    /// The time that items and threads carry.
    pub fn now(&self) -> Timestamp {
        let Some(ticks) = &self.ticks else {
            return self.real();
        };
        self.at(ticks.fetch_add(1, Ordering::Relaxed))
    }

    fn at(&self, ticks: u64) -> Timestamp {
        let start = Timestamp::from_second(self.start)
            .expect("a start within 200 years is in the calendar");
        start + SignedDuration::from_millis(i64::try_from(ticks).unwrap_or(0)) + self.shift()
    }

    /// The time that would be told, without telling it: looking on must not change a seeded run.
    pub fn peek(&self) -> Timestamp {
        let Some(ticks) = &self.ticks else {
            return self.real();
        };
        self.at(ticks.load(Ordering::Relaxed))
    }

    /// The real time, set forward: what clients compare with their own clocks.
    pub fn real(&self) -> Timestamp {
        Timestamp::now() + self.shift()
    }

    /// The same in milliseconds since 1970 on a clock that nobody can set back, for what expires in
    /// this process.
    pub fn steady(&self) -> i64 {
        static START: LazyLock<(Instant, i64)> =
            LazyLock::new(|| (Instant::now(), Timestamp::now().as_millisecond()));
        let (start, at) = *START;
        let passed = start.elapsed() + self.ahead();
        at + i64::try_from(passed.as_millis()).unwrap_or(i64::MAX - at)
    }

    /// How far it was set forward.
    pub fn ahead(&self) -> Duration {
        Duration::from_micros(self.ahead.load(Ordering::Relaxed))
    }

    /// Sets it forward; past a hundred years it does not go, which `None` says.
    pub fn advance(&self, by: Duration) -> Option<Duration> {
        let by = u64::try_from(by.as_micros()).ok()?;
        let farther = |ahead: u64| {
            let sum = ahead.checked_add(by)?;
            (Duration::from_micros(sum) <= FARTHEST).then_some(sum)
        };
        let set = self
            .ahead
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, farther);
        set.ok().map(|before| Duration::from_micros(before + by))
    }

    /// Begins anew: the real time, or the seeded start.
    pub fn reset(&self) {
        self.ahead.store(0, Ordering::Relaxed);
        if let Some(ticks) = &self.ticks {
            ticks.store(0, Ordering::Relaxed);
        }
    }

    fn shift(&self) -> SignedDuration {
        SignedDuration::from_micros(i64::try_from(self.ahead().as_micros()).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seeded_clock_is_set_forward_and_back_to_its_start() {
        let clock = Clock::seeded(0);
        let start = clock.now();
        assert_eq!(clock.peek(), clock.peek());
        let passed = |now: Timestamp| now.as_millisecond() - start.as_millisecond();
        assert_eq!(passed(clock.now()), 1);
        clock.advance(Duration::from_secs(60)).unwrap();
        assert_eq!(passed(clock.now()), 60_002);
        clock.reset();
        assert_eq!(clock.now(), start);
    }

    #[test]
    fn no_wish_takes_the_clock_out_of_the_calendar() {
        let clock = Clock::default();
        assert!(clock.advance(Duration::MAX).is_none());
        assert!(clock.advance(FARTHEST).is_some());
        assert!(clock.advance(Duration::from_secs(1)).is_none());
        assert!(clock.real() > Timestamp::now());
        assert!(clock.steady() > Timestamp::now().as_millisecond());
    }
}
