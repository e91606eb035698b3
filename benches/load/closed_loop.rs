//! Many connections, each of which asks again as soon as it has its whole answer.

use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::frames::Count;
use crate::os;
use crate::target::Target;
use crate::window::{Tally, Window};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// How hard, and for how long.
#[derive(clap::Args)]
pub struct LoopArgs {
    /// Connections that ask at the same time
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub connections: u16,

    /// Length of one measured window
    #[arg(long, value_name = "S", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,

    /// Windows in a row; the one with the median rate is reported
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=100))]
    windows: u64,

    /// Load before the first window, not measured
    #[arg(long, value_name = "S", default_value_t = 1, value_parser = clap::value_parser!(u64).range(0..=60))]
    warm_up: u64,
}

/// What every answer must have in common with the first, which was looked at in full.
#[derive(Clone, Copy)]
pub enum Expect {
    Frames(u64),
    Bytes(u64),
}

impl Expect {
    fn count(self, so_far: &mut Count, bytes: &[u8]) {
        match self {
            Self::Frames(_) => so_far.add(bytes),
            Self::Bytes(_) => so_far.bytes += bytes.len() as u64,
        }
    }

    fn check(self, found: &Count) -> Result<()> {
        match self {
            Self::Frames(n) if n != found.frames => Err(Error::new(format!(
                "an answer has {} events, the first had {n}",
                found.frames
            ))),
            Self::Bytes(n) if n != found.bytes => Err(Error::new(format!(
                "an answer has {} bytes, the first had {n}",
                found.bytes
            ))),
            _ => Ok(()),
        }
    }
}

type Shared = Arc<Mutex<Tally>>;

/// Loads the target with one request, over and over.
pub async fn drive(
    args: &LoopArgs,
    target: &Target,
    request: Vec<u8>,
    expect: Expect,
) -> Result<Vec<Window>> {
    let request: Arc<[u8]> = request.into();
    let tally: Shared = Arc::new(Mutex::new(Tally::new()));
    let mut workers = JoinSet::new();
    for _ in 0..args.connections {
        let connection = Connection::open(target.address).await?;
        workers.spawn(work(connection, request.clone(), expect, tally.clone()));
    }
    load_for(args.warm_up, &mut workers).await?;
    let mut windows = Vec::new();
    for _ in 0..args.windows {
        windows.push(window(args.seconds, target, &tally, &mut workers).await?);
    }
    // Dropping the workers ends them where they are, so that a server that hangs hangs nobody.
    Ok(windows)
}

async fn window(
    seconds: u64,
    target: &Target,
    tally: &Shared,
    workers: &mut JoinSet<Error>,
) -> Result<Window> {
    let cpu = || {
        let server = target.pid.and_then(os::cpu_seconds);
        (server, os::cpu_seconds(std::process::id()))
    };
    let (server_before, generator_before) = cpu();
    take(tally);
    let start = Instant::now();
    load_for(seconds, workers).await?;
    let elapsed = start.elapsed();
    let tally = take(tally);
    let (server_after, generator_after) = cpu();
    Ok(Window {
        tally,
        elapsed,
        server_cpu: server_after.zip(server_before).map(|(a, b)| a - b),
        generator_cpu: generator_after.zip(generator_before).map(|(a, b)| a - b),
    })
}

/// Counting starts again from nothing.
fn take(tally: &Shared) -> Tally {
    let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
    std::mem::replace(&mut *tally, Tally::new())
}

/// Lets the workers work; one that stops has failed, and so has the run.
async fn load_for(seconds: u64, workers: &mut JoinSet<Error>) -> Result<()> {
    tokio::select! {
        () = tokio::time::sleep(Duration::from_secs(seconds)) => Ok(()),
        Some(ended) = workers.join_next() => {
            Err(ended.unwrap_or_else(|panic| Error::new(panic.to_string())))
        }
    }
}

async fn work(connection: Connection, request: Arc<[u8]>, expect: Expect, tally: Shared) -> Error {
    let Err(error) = ask_forever(connection, &request, expect, &tally).await;
    error
}

async fn ask_forever(
    mut connection: Connection,
    request: &[u8],
    expect: Expect,
    tally: &Mutex<Tally>,
) -> Result<std::convert::Infallible> {
    let mut began = Instant::now();
    loop {
        let mut found = Count::default();
        connection
            .exchange(request, |bytes| expect.count(&mut found, bytes))
            .await?;
        expect.check(&found)?;
        let ended = Instant::now();
        let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.record(&found, ended - began);
        began = ended;
    }
}
