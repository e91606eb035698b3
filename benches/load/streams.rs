//! `streams`: what many slow streams cost the server, and whether it stays punctual.

use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::figures;
use crate::frames::{Splitter, TEXT_DELTA};
use crate::os;
use crate::punctuality::Punctuality;
use crate::report::Report;
use crate::target::{Target, TargetArgs};
use crate::turns;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

/// Many open streams with one event a beat each
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    target: TargetArgs,

    /// Streams that are open at the same time
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    count: u64,

    /// Deltas of each
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(2..=600))]
    beats: u32,

    /// Time between two deltas, which a server behind --url must keep by itself
    #[arg(long, value_name = "MS", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(10..=10_000))]
    pace: u64,
}

/// Fewer at a time than any server lets wait for its `accept`.
const OPENING: usize = 100;

/// Of about 28,000 ports that an address has by default.
const STREAMS_PER_SOURCE: u64 = 20_000;

/// Open files that are no streams.
const SPARE_FILES: u64 = 100;

/// Long enough to open the streams even of a server that takes 250 a second.
const OPENING_LIMIT: Duration = Duration::from_secs(60);

/// The memory of the server while so many streams were open.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Sample {
    open: u64,
    resident_kb: u64,
}

pub async fn run(args: Args) -> Result<Report> {
    let pace = Duration::from_millis(args.pace);
    os::raise_open_files(args.count + SPARE_FILES).map_err(Error::doing(
        "more open files than `ulimit -Hn`, ask for fewer streams",
    ))?;
    let target = Target::open(&args.target, pace)?;
    // What the first request of all builds is not on the account of the streams.
    turns::turn(&target, &target.post(&turns::create("show text 1"))).await?;
    let resident = || target.pid.and_then(os::resident_kb);
    let cpu = || target.pid.and_then(os::cpu_seconds);
    let (before, cpu_before, began) = (resident(), cpu(), Instant::now());

    let open = Arc::new(AtomicU64::new(0));
    let mut streams = spawn(&args, &target, &open);
    let mut punctuality = Punctuality::new(args.beats, pace);
    let sample = || Sample {
        open: open.load(Relaxed),
        resident_kb: resident().unwrap_or(0),
    };
    let all = watch(&mut streams, &mut punctuality, sample);
    // Streams that never end are counted by the beats that they miss.
    let fullest = match tokio::time::timeout(OPENING_LIMIT + 2 * pace * args.beats, all).await {
        Ok(fullest) => fullest?,
        Err(_) => sample(),
    };

    let mut report = Report::new("streams");
    report
        .count("streams", args.count)
        .count("open_at_once", fullest.open);
    if let Some(before) = before {
        memory(&mut report, before, fullest);
    }
    punctuality.describe(args.count, &mut report);
    let used = cpu().zip(cpu_before).map(|(after, before)| after - before);
    report
        .maybe("server_cpu_seconds", used, "s")
        .figure("seconds", began.elapsed().as_secs_f64(), "s")
        .note(target.placement());
    if fullest.open < args.count {
        report.note(
            "not all were open at once: they end before the last has begun; more --beats help",
        );
    }
    Ok(report)
}

/// Waits for the end of all streams, and returns the moment when the most of them were open.
async fn watch(
    streams: &mut JoinSet<Result<Vec<Instant>>>,
    punctuality: &mut Punctuality,
    sample: impl Fn() -> Sample,
) -> Result<Sample> {
    let mut fullest = Sample::default();
    let mut tick = tokio::time::interval(Duration::from_millis(200));
    loop {
        tokio::select! {
            ended = streams.join_next() => match ended {
                Some(ended) => punctuality.record(ended.map_err(Error::doing("stream"))?),
                None => return Ok(fullest),
            },
            _ = tick.tick() => fullest = fullest.max(sample()),
        }
    }
}

fn memory(report: &mut Report, before: u64, fullest: Sample) {
    let grown = fullest.resident_kb.saturating_sub(before);
    let each = figures::float(grown) / figures::float(fullest.open.max(1));
    report
        .figure(
            "server_rss_before_mb",
            figures::float(before) / 1024.0,
            "MB",
        )
        .figure(
            "server_rss_open_mb",
            figures::float(fullest.resident_kb) / 1024.0,
            "MB",
        )
        .figure("kb_per_stream", each, "KB");
}

/// All streams as tasks, each of which returns when its deltas came, or why it broke.
fn spawn(args: &Args, target: &Target, open: &Arc<AtomicU64>) -> JoinSet<Result<Vec<Instant>>> {
    let request: Arc<[u8]> = target
        .post(&turns::create(&format!("show text {}", args.beats)))
        .into();
    let doors = Arc::new(Semaphore::new(OPENING));
    let address = target.address;
    let mut streams = JoinSet::new();
    for index in 0..args.count {
        let (request, doors, open) = (request.clone(), doors.clone(), open.clone());
        streams.spawn(async move {
            let permit = doors.acquire_owned().await;
            let permit = permit.expect("nothing closes the semaphore");
            let connection = match source(index) {
                None => Connection::open(address).await?,
                Some(source) => Connection::open_from(source, address).await?,
            };
            listen(connection, &request, permit, &open).await
        });
    }
    streams
}

/// The first streams take the usual address, and later ones 127.0.0.2 and on.
fn source(index: u64) -> Option<IpAddr> {
    let last = u8::try_from(index / STREAMS_PER_SOURCE).ok()?;
    (last > 0).then(|| Ipv4Addr::new(127, 0, 0, last + 1).into())
}

/// Reads one stream to its end. It counts as open from its first event, which also lets the next
/// one in.
async fn listen(
    mut connection: Connection,
    request: &[u8],
    permit: OwnedSemaphorePermit,
    open: &AtomicU64,
) -> Result<Vec<Instant>> {
    let mut permit = Some(permit);
    let mut events = Splitter::default();
    let mut beats = Vec::new();
    let heard = connection
        .exchange(request, |bytes| {
            if permit.take().is_some() {
                open.fetch_add(1, Relaxed);
            }
            events.add(bytes, |event| {
                if is_delta(event) {
                    beats.push(Instant::now());
                }
            });
        })
        .await;
    if permit.is_none() {
        open.fetch_sub(1, Relaxed);
    }
    heard.map(|()| beats)
}

fn is_delta(event: &[u8]) -> bool {
    let mut windows = event.windows(TEXT_DELTA.len());
    windows.any(|window| window == TEXT_DELTA.as_bytes())
}
