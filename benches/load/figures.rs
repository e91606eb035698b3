//! Arithmetic on measurements: rates, medians and percentiles.

use hdrhistogram::Histogram;
use std::time::Duration;

/// Counts become floats here and nowhere else.
#[expect(
    clippy::cast_precision_loss,
    reason = "no count of a run comes near 2^53"
)]
pub fn float(count: u64) -> f64 {
    count as f64
}

pub fn per_second(count: u64, elapsed: Duration) -> f64 {
    float(count) / elapsed.as_secs_f64()
}

pub fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// The middle of the values, or the upper of the two middles.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Durations, kept in microseconds with three digits, up to ten minutes.
pub struct Latencies(Histogram<u64>);

impl Latencies {
    pub fn new() -> Self {
        let histogram = Histogram::new_with_bounds(1, 600_000_000, 3);
        Self(histogram.expect("the bounds are constants in the accepted range"))
    }

    pub fn record(&mut self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        self.0.saturating_record(micros);
    }

    /// In milliseconds.
    pub fn quantile(&self, quantile: f64) -> f64 {
        float(self.0.value_at_quantile(quantile)) / 1e3
    }

    /// In milliseconds.
    pub fn max(&self) -> f64 {
        float(self.0.max()) / 1e3
    }
}
