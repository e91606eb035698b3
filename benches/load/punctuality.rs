//! When the deltas of paced streams came, and when they should have.

use crate::error::{Error, Result};
use crate::figures::Latencies;
use crate::report::Report;
use std::time::{Duration, Instant};

/// An event that comes this much after its beat has missed it.
const LATE: Duration = Duration::from_millis(500);

/// How far the deltas of all streams were from their beats.
pub struct Punctuality {
    beats: u32,
    pace: Duration,
    on_time: u64,
    finished: u64,
    lateness: Latencies,
    first_error: Option<Error>,
}

impl Punctuality {
    pub fn new(beats: u32, pace: Duration) -> Self {
        Self {
            beats,
            pace,
            on_time: 0,
            finished: 0,
            lateness: Latencies::new(),
            first_error: None,
        }
    }

    pub fn record(&mut self, stream: Result<Vec<Instant>>) {
        let arrivals = match stream {
            Ok(arrivals) => arrivals,
            Err(error) => {
                self.first_error.get_or_insert(error);
                return;
            }
        };
        self.finished += u64::from(arrivals.len() == self.beats as usize);
        for late in lateness(&arrivals, self.pace) {
            self.on_time += u64::from(late <= LATE);
            self.lateness.record(late);
        }
    }

    /// A delta that never came has missed its beat too, and so have all of a stream that broke.
    pub fn describe(&self, streams: u64, report: &mut Report) {
        let due = streams * u64::from(self.beats);
        report
            .count("finished", self.finished)
            .count("beats", due)
            .count("missed_beats", due.saturating_sub(self.on_time))
            .figure("late_p50_ms", self.lateness.quantile(0.5), "ms")
            .figure("late_p99_ms", self.lateness.quantile(0.99), "ms")
            .figure("late_max_ms", self.lateness.max(), "ms");
        if let Some(error) = &self.first_error {
            report.note(format!("the first stream that broke: {error}"));
        }
    }
}

/// How much later than its beat each delta came.
///
/// The beat of a stream is that of its most punctual delta: to count from the first one would
/// forgive a server that is late from the start.
fn lateness(arrivals: &[Instant], pace: Duration) -> Vec<Duration> {
    let Some(first) = arrivals.first() else {
        return Vec::new();
    };
    let behind: Vec<i64> = arrivals
        .iter()
        .zip(0..)
        .map(|(arrival, beat)| micros(arrival.duration_since(*first)) - beat * micros(pace))
        .collect();
    let best = behind.iter().min().copied().unwrap_or(0);
    let late = behind.iter().map(|micros| micros.abs_diff(best));
    late.map(Duration::from_micros).collect()
}

/// Signed, because a delta may come before its beat.
fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
