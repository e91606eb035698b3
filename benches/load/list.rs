//! `list`: how many pages a second the server hands out, of threads or of items.

use crate::closed_loop::{self, Expect, LoopArgs};
use crate::connection::{self, Connection};
use crate::error::{Error, Result};
use crate::figures;
use crate::report::Report;
use crate::target::{Target, TargetArgs};
use crate::turns;
use crate::window;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// First pages of a list, a second
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    target: TargetArgs,

    #[command(flatten)]
    load: LoopArgs,

    /// What is listed
    #[arg(long, value_enum, default_value = "threads")]
    op: Op,

    /// Rows that are made before the measurement
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    rows: u64,

    /// Rows of a page
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: u64,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Op {
    /// threads.list
    Threads,
    /// items.list of one thread
    Items,
}

/// A turn with one delta: the cheapest row that there is.
const SHORT: &str = "show text 1";

/// For all rows; a million of them are made in this time by a server that is as fast as it should
/// be.
const PATIENCE: Duration = Duration::from_secs(600);

pub async fn run(args: Args) -> Result<Report> {
    let target = Target::open(&args.target, Duration::ZERO)?;
    let began = Instant::now();
    let request = match args.op {
        Op::Threads => {
            let create = target.post(&turns::create(SHORT));
            make(&target, create, args.rows, args.load.connections).await?;
            json!({"type": "threads.list", "params": {"limit": args.limit}})
        }
        Op::Items => {
            let id = thread_of(&target, args.rows).await?;
            json!({"type": "items.list", "params": {"thread_id": id, "limit": args.limit}})
        }
    };
    let filling = began.elapsed();
    let request = target.post(&request.to_string());
    let page = first_page(&target, &request, args.rows.min(args.limit)).await?;
    let windows = closed_loop::drive(&args.load, &target, request, Expect::Bytes(page)).await?;

    let mut report = Report::new("list");
    report.count("rows", args.rows).count("page_bytes", page);
    report.figure("filling_seconds", filling.as_secs_f64(), "s");
    report.figure(
        "rows_made_per_second",
        figures::per_second(args.rows, filling),
        "rows/s",
    );
    window::describe(windows, &window::REQUESTS, &target, &mut report);
    Ok(report)
}

/// Sends a request so many times, spread over the connections.
async fn make(target: &Target, request: Vec<u8>, times: u64, connections: u16) -> Result<()> {
    let request: Arc<[u8]> = request.into();
    let connections = u64::from(connections);
    let mut workers = JoinSet::new();
    for worker in 0..connections.min(times) {
        let connection = Connection::open(target.address).await?;
        let share = times / connections + u64::from(worker < times % connections);
        workers.spawn(repeat(connection, request.clone(), share));
    }
    connection::within(PATIENCE, all(workers)).await
}

async fn all(mut workers: JoinSet<Result<()>>) -> Result<()> {
    while let Some(ended) = workers.join_next().await {
        ended.map_err(Error::doing("worker"))??;
    }
    Ok(())
}

async fn repeat(mut connection: Connection, request: Arc<[u8]>, times: u64) -> Result<()> {
    for _ in 0..times {
        connection.exchange(&request, |_| ()).await?;
    }
    Ok(())
}

/// A thread with at least so many items, two of which every turn adds: question and answer.
async fn thread_of(target: &Target, items: u64) -> Result<String> {
    let events = turns::turn(target, &target.post(&turns::create(SHORT))).await?;
    let id = events
        .iter()
        .find_map(|event| event["thread"]["id"].as_str())
        .ok_or_else(|| Error::new("threads.create names no thread"))?;
    let params = json!({"thread_id": id, "input": turns::input(SHORT)});
    let more = json!({"type": "threads.add_user_message", "params": params});
    // One connection, because two turns of a thread at a time are not what a user does.
    make(
        target,
        target.post(&more.to_string()),
        items.div_ceil(2) - 1,
        1,
    )
    .await?;
    Ok(id.to_owned())
}

/// Looks at one page in full, and returns its size, which that of every other must be.
async fn first_page(target: &Target, request: &[u8], rows: u64) -> Result<u64> {
    let body = turns::body(target, request).await?;
    let page: Value = serde_json::from_slice(&body).map_err(Error::doing("page"))?;
    let found = page["data"].as_array().map_or(0, Vec::len) as u64;
    if found < rows {
        return Err(Error::new(format!(
            "the page has {found} rows instead of {rows}"
        )));
    }
    Ok(body.len() as u64)
}
