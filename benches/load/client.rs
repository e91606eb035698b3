//! `client`: how long `chatkit send` takes for a very long stream that `curl` takes too.

use crate::canned;
use crate::cores::Placement;
use crate::error::{Error, Result};
use crate::figures;
use crate::os;
use crate::report::Report;
use crate::target::BinaryArgs;
use crate::turns;
use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// `chatkit send` against `curl -N`, for the same bytes
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    binary: BinaryArgs,

    /// Text deltas of the stream, of about 150 bytes each
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    deltas: usize,

    /// Least size of a chunk of the body; with 1 every event is a chunk, as real servers send them
    #[arg(long, value_name = "BYTES", default_value_t = 1)]
    chunk: usize,

    /// How often each of them is timed
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    runs: u32,
}

/// Ten times what the slowest official client takes for a million deltas.
const PATIENCE: Duration = Duration::from_secs(150);

/// A program that is timed, and what it took so far.
struct Contender {
    keys: Keys,
    command: Command,
    millis: Vec<f64>,
    peaks: Vec<f64>,
}

pub fn run(args: &Args) -> Result<Report> {
    if args.deltas > canned::MOST_DELTAS {
        let most = canned::MOST_DELTAS;
        return Err(Error::new(format!(
            "--deltas: at most {most} fit into one done event"
        )));
    }
    let placement = args.binary.placement();
    let answer = canned::turn(args.deltas, args.chunk);
    let megabytes = figures::float(answer.len() as u64) / 1e6;
    let url = format!("http://{}/chatkit", canned::serve(answer)?);
    let mut contenders = contenders(args, &url);
    // In turn, because the machine's mood changes more between minutes than between runs.
    for _ in 0..args.runs {
        for contender in &mut contenders {
            contender.run(placement)?;
        }
    }
    let mut report = Report::new("client");
    report
        .count("deltas", args.deltas as u64)
        .count("chunk_bytes", args.chunk as u64);
    report.figure("stream_mb", megabytes, "MB");
    let baseline = figures::median(&contenders[0].millis);
    for contender in &contenders {
        contender.describe(baseline, &mut report);
    }
    report.note(placement.sentence(true));
    Ok(report)
}

/// The baseline is the first.
fn contenders(args: &Args, url: &str) -> [Contender; 3] {
    let mut curl = Command::new("curl");
    curl.args(["-sN", "-X", "POST", "-o", "/dev/null"])
        .args(["-H", "content-type: application/json", "-d"])
        .arg(turns::create("hi"))
        .arg(url);
    let mut send = Command::new(&args.binary.binary);
    send.args(["send", "--url", url, "hi"]);
    let mut json = Command::new(&args.binary.binary);
    json.args(["send", "--json", "--url", url, "hi"]);
    [
        Contender::new(Keys::CURL, curl),
        Contender::new(Keys::SEND, send),
        Contender::new(Keys::JSON, json),
    ]
}

/// What the figures of a contender are called in a report.
#[derive(Clone, Copy)]
struct Keys {
    median: &'static str,
    each: &'static str,
    /// The baseline is not compared with itself.
    ratio: Option<&'static str>,
    peak: &'static str,
}

impl Keys {
    const CURL: Self = Self {
        median: "curl_ms",
        each: "curl_each_ms",
        ratio: None,
        peak: "curl_peak_rss_mb",
    };
    const SEND: Self = Self {
        median: "send_ms",
        each: "send_each_ms",
        ratio: Some("send_to_curl"),
        peak: "send_peak_rss_mb",
    };
    const JSON: Self = Self {
        median: "send_json_ms",
        each: "send_json_each_ms",
        ratio: Some("send_json_to_curl"),
        peak: "send_json_peak_rss_mb",
    };
}

impl Contender {
    fn new(keys: Keys, mut command: Command) -> Self {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        Self {
            keys,
            command,
            millis: Vec::new(),
            peaks: Vec::new(),
        }
    }

    fn run(&mut self, placement: Placement) -> Result<()> {
        let began = Instant::now();
        let child = placement
            .start(&mut self.command)
            .map_err(Error::doing(self.command.get_program().display()))?;
        let peak = wait(child)?;
        self.millis.push(figures::milliseconds(began.elapsed()));
        self.peaks
            .extend(peak.map(|kb| figures::float(kb) / 1024.0));
        Ok(())
    }

    fn describe(&self, baseline: f64, report: &mut Report) {
        let Keys {
            median,
            each,
            ratio,
            peak,
        } = self.keys;
        let millis = figures::median(&self.millis);
        report.figure(median, millis, "ms, the median");
        report.series(each, &self.millis, "ms");
        if let Some(ratio) = ratio {
            report.figure(ratio, millis / baseline, "times curl");
        }
        let resident = (!self.peaks.is_empty()).then(|| figures::median(&self.peaks));
        report.maybe(peak, resident, "MB");
    }
}

/// Waits for the end of a child, and returns the most memory that it was seen to have.
///
/// It is looked at every other millisecond, which is also the error of the time.
fn wait(mut child: Child) -> Result<Option<u64>> {
    let began = Instant::now();
    let mut peak = None;
    loop {
        peak = peak.max(os::peak_kb(child.id()));
        match child.try_wait()? {
            Some(status) if status.success() => return Ok(peak),
            Some(status) => return Err(Error::new(format!("{status}: {}", complaint(child)))),
            None if began.elapsed() > PATIENCE => {
                child.kill()?;
                child.wait()?;
                return Err(Error::new("a client took too long, and was ended"));
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    }
}

/// What a child that failed said on stderr. One that says more than a pipe holds would block
/// and be ended for taking too long; none that is timed here says more than a line.
fn complaint(mut child: Child) -> String {
    let mut text = String::new();
    if let Some(mut stderr) = child.stderr.take() {
        // What cannot be read cannot be quoted, and the exit status stands by itself.
        let _ = stderr.read_to_string(&mut text);
    }
    text.trim().to_owned()
}
