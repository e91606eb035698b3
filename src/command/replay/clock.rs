//! The clock of a recording: it runs as fast as it is told to, and stands while it is paused.

use std::time::Duration;

use tokio::time::Instant;

use super::keys::{Keys, LOOK};
use crate::cancel::Cancel;
use crate::error::{Error, Result};

/// The longest gap that is waited for; a file may say anything.
const MAX_GAP: f64 = 3_600_000.0;

/// How fast the clock runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Speed {
    /// Nothing is waited for.
    Instant,
    /// So many times as fast as it was recorded.
    Times(f64),
}

/// What a wait has to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tick {
    /// The time has come.
    Due,
    /// The space bar was pressed, and the clock stands.
    Paused,
    /// The space bar was pressed again, and the clock runs.
    Resumed,
}

/// Where in a recording we are.
#[derive(Debug)]
pub struct Clock {
    speed: Speed,
    keys: Option<Keys>,
    /// The time of the recording that was reached last, in milliseconds.
    reached: f64,
    /// When, by the clock on the wall, that was due.
    due: Instant,
    /// Since when it stands.
    paused: Option<Instant>,
}

impl Clock {
    /// A clock that is at the beginning now.
    pub fn new(speed: Speed, keys: Option<Keys>) -> Self {
        Self {
            speed,
            keys,
            reached: 0.0,
            due: Instant::now(),
            paused: None,
        }
    }

    /// Puts the hands on a time without waiting, because nothing is worth waiting for before it.
    pub fn skip_to(&mut self, at: f64) {
        self.reached = self.reached.max(sane(at));
        self.due = Instant::now();
    }

    /// Sets when the next thing is due, by its time in the recording; says whether that is later.
    pub fn aim(&mut self, at: f64) -> bool {
        let at = sane(at);
        if let Speed::Times(factor) = self.speed {
            let gap = (at - self.reached).clamp(0.0, MAX_GAP);
            let gap = Duration::try_from_secs_f64(gap / 1000.0 / factor).unwrap_or_default();
            // Added to what was due, not to now: being late once makes nothing else late.
            self.due += gap;
        }
        self.reached = self.reached.max(at);
        self.keys.is_some() || self.is_ahead()
    }

    fn is_ahead(&self) -> bool {
        matches!(self.speed, Speed::Times(_)) && self.due > Instant::now()
    }

    /// Waits until what was aimed at is due, or a key was pressed.
    ///
    /// # Errors
    /// Ctrl-C.
    pub async fn tick(&mut self, cancel: &Cancel) -> Result<Tick> {
        loop {
            if self.keys.as_mut().is_some_and(Keys::toggled) {
                return Ok(self.toggle());
            }
            if self.paused.is_none() && !self.is_ahead() {
                return Ok(Tick::Due);
            }
            let look = self.keys.is_some().then(|| Instant::now() + LOOK);
            let until = match (self.paused, look) {
                (Some(_), Some(look)) => look,
                (_, look) => look.map_or(self.due, |look| look.min(self.due)),
            };
            tokio::select! {
                biased;
                () = cancel.requested() => return Err(Error::Interrupted),
                () = tokio::time::sleep_until(until) => {}
            }
        }
    }

    fn toggle(&mut self) -> Tick {
        match self.paused.take() {
            None => {
                self.paused = Some(Instant::now());
                Tick::Paused
            }
            Some(since) => {
                self.due += since.elapsed();
                Tick::Resumed
            }
        }
    }
}

/// A time of the file that can be counted with.
fn sane(at: f64) -> f64 {
    if at.is_finite() { at.max(0.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gap(speed: Speed, times: &[f64]) -> Duration {
        let mut clock = Clock::new(speed, None);
        let begun = clock.due;
        for at in times {
            clock.aim(*at);
        }
        clock.due - begun
    }

    #[test]
    fn gaps_are_as_recorded_and_no_lateness_adds_up() {
        let times = [100.0, 400.0, 1000.0];
        assert_eq!(gap(Speed::Times(1.0), &times), Duration::from_secs(1));
        assert_eq!(gap(Speed::Times(4.0), &times), Duration::from_millis(250));
        assert_eq!(gap(Speed::Instant, &times), Duration::ZERO);
    }

    #[test]
    fn whatever_a_file_says_is_waited_for_an_hour_at_most() {
        let speed = Speed::Times(1.0);
        assert_eq!(gap(speed, &[1e300]), Duration::from_secs(3600));
        assert_eq!(
            gap(speed, &[500.0, f64::NAN, -1.0, 600.0]),
            Duration::from_millis(600)
        );
    }

    #[test]
    fn the_time_of_a_pause_is_added_to_what_is_due() {
        let mut clock = Clock::new(Speed::Times(1.0), None);
        clock.aim(50.0);
        let due = clock.due;
        assert_eq!(clock.toggle(), Tick::Paused);
        std::thread::sleep(Duration::from_millis(5));
        assert_eq!(clock.toggle(), Tick::Resumed);
        assert!(clock.due >= due + Duration::from_millis(5));
    }
}
