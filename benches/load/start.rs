//! `start`: how soon a mock answers, and what it holds when nobody asks.

use crate::error::{Error, Result};
use crate::figures;
use crate::os;
use crate::process::Mock;
use crate::report::Report;
use crate::target::{self, BinaryArgs};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// Time from the start of a mock to its first answer
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    binary: BinaryArgs,

    /// How often it is started
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    runs: u32,
}

const PATIENCE: Duration = Duration::from_secs(10);

pub fn run(args: &Args) -> Result<Report> {
    let placement = args.binary.placement();
    let mut listening = Vec::new();
    let mut answering = Vec::new();
    let mut idle = None;
    for run in 1..=args.runs {
        let mock = Mock::start(&args.binary.binary, Duration::ZERO, "memory", placement)?;
        let (address, _) = target::parse_url(&mock.base)?;
        first_answer(address)?;
        answering.push(figures::milliseconds(mock.spawned.elapsed()));
        listening.push(figures::milliseconds(mock.listening_after));
        if run == args.runs {
            std::thread::sleep(Duration::from_secs(1));
            idle = os::resident_kb(mock.pid());
        }
    }
    let mut report = Report::new("start");
    report
        .count("runs", args.runs.into())
        .figure(
            "first_answer_ms",
            figures::median(&answering),
            "ms, the median",
        )
        .figure("first_answer_min_ms", least(&answering), "ms")
        .figure("first_answer_max_ms", most(&answering), "ms")
        .figure(
            "listening_ms",
            figures::median(&listening),
            "ms, the median",
        )
        .figure("listening_min_ms", least(&listening), "ms")
        .figure("listening_max_ms", most(&listening), "ms")
        .maybe(
            "idle_rss_mb",
            idle.map(|kb| figures::float(kb) / 1024.0),
            "MB",
        )
        .note(placement.sentence(true));
    Ok(report)
}

fn least(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

fn most(values: &[f64]) -> f64 {
    values.iter().copied().fold(0.0, f64::max)
}

/// Asks for `/healthz` until there is an answer, without a pause that would be measured too.
fn first_answer(address: SocketAddr) -> Result<()> {
    let began = Instant::now();
    loop {
        match ask(address) {
            Ok(()) => return Ok(()),
            Err(error) if began.elapsed() > PATIENCE => {
                return Err(Error::new(format!("/healthz: {error}")));
            }
            Err(_) => {}
        }
    }
}

fn ask(address: SocketAddr) -> Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET /healthz HTTP/1.1\r\nhost: {address}\r\n\r\n")?;
    let mut status = [0; "HTTP/1.1 200".len()];
    stream.read_exact(&mut status)?;
    if &status != b"HTTP/1.1 200" {
        return Err(Error::new(String::from_utf8_lossy(&status)));
    }
    Ok(())
}
