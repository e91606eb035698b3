//! How long an answer took: what `/timing` tells.

use std::fmt;
use std::time::{Duration, Instant};

/// The times of one turn, from the moment at which its request was sent.
#[derive(Clone, Debug)]
pub struct Timing {
    sent: Instant,
    last: Option<Instant>,
    first_event: Option<Duration>,
    first_text: Option<Duration>,
    longest_gap: Duration,
    total: Duration,
    /// How many events came.
    pub events: u64,
    /// How many bytes they came in.
    pub bytes: u64,
}

impl Timing {
    /// A turn whose request was sent at this moment.
    pub fn since(sent: Instant) -> Self {
        Self {
            sent,
            last: None,
            first_event: None,
            first_text: None,
            longest_gap: Duration::ZERO,
            total: Duration::ZERO,
            events: 0,
            bytes: 0,
        }
    }

    /// An event arrived; `bytes` of the body have come so far.
    pub fn event(&mut self, at: Instant, bytes: u64) {
        self.total = at.saturating_duration_since(self.sent);
        self.first_event.get_or_insert(self.total);
        if let Some(last) = self.last {
            // The wait for the first event is told by itself and is no gap.
            self.longest_gap = self.longest_gap.max(at.saturating_duration_since(last));
        }
        self.last = Some(at);
        self.events += 1;
        self.bytes = bytes;
    }

    /// The event that arrived last held text.
    pub fn text(&mut self) {
        self.first_text.get_or_insert(self.total);
    }
}

impl fmt::Display for Timing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(first_event) = self.first_event else {
            return f.write_str("no event");
        };
        write!(f, "first event {}", Shown(first_event))?;
        if let Some(first_text) = self.first_text {
            write!(f, " · first text {}", Shown(first_text))?;
        }
        let noun = if self.events == 1 { "event" } else { "events" };
        write!(
            f,
            " · longest gap {} · all {} · {} {noun} · {} bytes",
            Shown(self.longest_gap),
            Shown(self.total),
            self.events,
            self.bytes
        )
    }
}

/// A duration as a person reads it: milliseconds below ten seconds.
struct Shown(Duration);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < Duration::from_secs(10) {
            write!(f, "{} ms", self.0.as_millis())
        } else {
            write!(f, "{:.1} s", self.0.as_secs_f64())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_for_the_first_event_is_no_gap() {
        let sent = Instant::now();
        let at = |ms| sent + Duration::from_millis(ms);
        let mut timing = Timing::since(sent);
        assert_eq!(timing.to_string(), "no event");
        timing.event(at(500), 10);
        timing.event(at(520), 30);
        timing.text();
        timing.event(at(600), 45);
        timing.text();
        timing.event(at(12_000), 50);
        assert_eq!(
            timing.to_string(),
            "first event 500 ms · first text 520 ms · longest gap 11.4 s · all 12.0 s · 4 events · 50 bytes"
        );
    }
}
