//! The load generator: what the mock and the client do under load, measured from outside.
//!
//! ```text
//! cargo bench --bench load -- turns     turns of 200 deltas a second; with --store, through a store
//! cargo bench --bench load -- list      unary requests a second
//! cargo bench --bench load -- streams   memory and punctuality of many slow streams
//! cargo bench --bench load -- start     time to the first answer, memory when idle
//! cargo bench --bench load -- client    `chatkit send` against `curl -N`
//! cargo bench --bench load -- latency   from an event's arrival to its bytes on stdout
//! cargo bench --bench load -- proxy     what the recording proxy adds to an answer
//! cargo bench --bench load -- floor     bare hyper with an answer that is ready, for comparison
//! ```
//!
//! It starts the binary by itself, on a core of its own, unless `--url` names a running server.
//! Only loopback addresses are accepted, and every run ends by itself. The load is closed: a
//! connection asks again when it has its whole answer, so that a slow server is not drowned.

mod canned;
mod client;
mod closed_loop;
mod connection;
mod cores;
mod error;
mod figures;
mod floor;
mod frames;
mod latency;
mod list;
#[cfg_attr(target_os = "linux", path = "os_linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "os_other.rs")]
mod os;
mod process;
mod proxy;
mod punctuality;
mod report;
mod response;
mod start;
mod streams;
mod target;
mod turns;
mod window;

use clap::{Parser, Subcommand};
use error::{Error, Result};
use report::{Format, Report};
use std::{io::Write as _, process::ExitCode};

/// Measure chatkit under load, on loopback
#[derive(Parser)]
#[command(name = "load", bin_name = "cargo bench --bench load --")]
struct Cli {
    /// Print one JSON object instead of lines for people
    #[arg(long, global = true)]
    json: bool,

    /// Cargo says this to every bench target, and it changes nothing here
    #[arg(long, global = true, hide = true)]
    bench: bool,

    #[command(subcommand)]
    measure: Option<Measure>,
}

#[derive(Subcommand)]
enum Measure {
    Turns(turns::Args),
    List(list::Args),
    Streams(streams::Args),
    Start(start::Args),
    Client(client::Args),
    Latency(latency::Args),
    Proxy(proxy::Args),
    Floor(floor::Args),
    #[command(hide = true)]
    Serve(floor::Serve),
}

impl Measure {
    fn run(self) -> Result<Report> {
        match self {
            Self::Turns(args) => on_one_thread(turns::run(args)),
            Self::List(args) => on_one_thread(list::run(args)),
            Self::Streams(args) => on_one_thread(streams::run(args)),
            Self::Start(args) => start::run(&args),
            Self::Client(args) => client::run(&args),
            Self::Latency(args) => latency::run(&args),
            Self::Proxy(args) => on_one_thread(proxy::run(args)),
            Self::Floor(args) => on_one_thread(floor::run(args)),
            Self::Serve(args) => on_one_thread(floor::serve(args)),
        }
    }
}

/// One thread is enough to outrun the server, and leaves the server's core alone.
fn on_one_thread(run: impl Future<Output = Result<Report>>) -> Result<Report> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::doing("start a runtime"))?
        .block_on(run)
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let Some(measure) = cli.measure else {
        // A bare `cargo bench` runs every target: minutes of load are not what it asks for.
        say(
            "load: nothing measured; name one of turns, list, streams, start, client, latency, proxy, \
             floor",
        );
        return ExitCode::SUCCESS;
    };
    let format = if cli.json {
        Format::Json
    } else {
        Format::Human
    };
    match measure.run().and_then(|report| report.print(format)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Stdout is the report; whatever else there is to say goes here.
fn say(line: &str) {
    // Nobody is left to tell when stderr itself is gone.
    let _ = writeln!(std::io::stderr(), "{line}");
}
