//! What a closed loop did in a stretch of time, and how that reads in a report.

use crate::figures::{self, Latencies};
use crate::frames::Count;
use crate::os;
use crate::report::Report;
use crate::target::Target;
use std::time::Duration;

/// What the connections have done since the counting began.
pub struct Tally {
    answers: u64,
    frames: u64,
    bytes: u64,
    latencies: Latencies,
}

impl Tally {
    pub fn new() -> Self {
        Self {
            answers: 0,
            frames: 0,
            bytes: 0,
            latencies: Latencies::new(),
        }
    }

    pub fn record(&mut self, found: &Count, latency: Duration) {
        self.answers += 1;
        self.frames += found.frames;
        self.bytes += found.bytes;
        self.latencies.record(latency);
    }
}

/// One stretch of time, measured.
pub struct Window {
    pub tally: Tally,
    pub elapsed: Duration,
    pub server_cpu: Option<f64>,
    pub generator_cpu: Option<f64>,
}

impl Window {
    fn rate(&self) -> f64 {
        figures::per_second(self.tally.answers, self.elapsed)
    }

    /// Percent of one core.
    fn share(&self, cpu: Option<f64>) -> Option<f64> {
        cpu.map(|cpu| 100.0 * cpu / self.elapsed.as_secs_f64())
    }

    /// Answers for a whole second of the server's core: the figure that a busy machine spoils
    /// least, because time that others take is not in it.
    fn per_cpu_second(&self) -> Option<f64> {
        let cpu = self.server_cpu.filter(|cpu| *cpu > 0.0)?;
        Some(figures::float(self.tally.answers) / cpu)
    }

    /// What the rate says about the server, where that is not what it seems to say.
    fn bottleneck(&self) -> Option<&'static str> {
        let full = |cpu| self.share(cpu).map(|busy| busy > 95.0);
        match (full(self.generator_cpu)?, full(self.server_cpu)) {
            (true, Some(true)) => Some("both cores were full: the server may do a little more"),
            (true, _) => Some("the generator was the bottleneck: the server can do more"),
            (false, Some(false)) => Some(
                "neither was busy all the time: something else had a core, or the server waits",
            ),
            (false, _) => None,
        }
    }
}

/// What the answers of a report are called, as a JSON key.
pub struct Names {
    pub rate: &'static str,
    pub all_rates: &'static str,
    pub unit: &'static str,
    pub answers: &'static str,
}

/// What those of a unary request are called.
pub const REQUESTS: Names = Names {
    rate: "requests_per_second",
    all_rates: "requests_per_second_each",
    unit: "requests/s",
    answers: "requests",
};

/// Writes the window with the median rate, and the rates of all.
pub fn describe(mut windows: Vec<Window>, names: &Names, target: &Target, report: &mut Report) {
    let rates: Vec<f64> = windows.iter().map(Window::rate).collect();
    windows.sort_by(|a, b| a.rate().total_cmp(&b.rate()));
    let window = &windows[windows.len() / 2];
    let tally = &window.tally;
    report.figure(names.rate, window.rate(), names.unit);
    if rates.len() > 1 {
        report.series(names.all_rates, &rates, names.unit);
    }
    if tally.frames > 0 {
        let events = figures::per_second(tally.frames, window.elapsed);
        report.figure("events_per_second", events, "events/s");
    }
    let megabytes = figures::per_second(tally.bytes, window.elapsed) / 1e6;
    let resident = target.pid.and_then(os::resident_kb);
    report
        .figure("megabytes_per_second", megabytes, "MB/s")
        .figure("latency_p50_ms", tally.latencies.quantile(0.5), "ms")
        .figure("latency_p99_ms", tally.latencies.quantile(0.99), "ms")
        .figure("latency_max_ms", tally.latencies.max(), "ms")
        .maybe("server_cpu_seconds", window.server_cpu, "s")
        .maybe(
            "per_server_cpu_second",
            window.per_cpu_second(),
            names.answers,
        )
        .maybe("server_busy_percent", window.share(window.server_cpu), "%")
        .maybe(
            "generator_busy_percent",
            window.share(window.generator_cpu),
            "%",
        )
        .maybe(
            "server_rss_mb",
            resident.map(|kb| figures::float(kb) / 1024.0),
            "MB",
        )
        .note(target.placement());
    if let Some(sentence) = window.bottleneck() {
        report.note(sentence);
    }
}
