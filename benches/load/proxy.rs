//! `proxy`: what the recording proxy adds to the time until an answer begins.

use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::figures;
use crate::process::Mock;
use crate::report::Report;
use crate::target::{BinaryArgs, parse_url};
use crate::turns;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// The time that a recording proxy adds to the first byte and to the whole of a turn
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    binary: BinaryArgs,

    /// How often each way is asked
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(10..=100_000))]
    turns: u32,

    /// What every turn says
    #[arg(long, value_name = "TEXT", default_value = "show text 200")]
    text: String,
}

/// How long the answers of one way took, in milliseconds.
#[derive(Default)]
struct Times {
    first: Vec<f64>,
    whole: Vec<f64>,
}

pub async fn run(args: Args) -> Result<Report> {
    let placement = args.binary.placement();
    let binary = &args.binary.binary;
    let mock = Mock::start(binary, Duration::ZERO, "memory", placement)?;
    let file = std::env::temp_dir().join(format!("chatkit-load-{}.jsonl", std::process::id()));
    let name = file
        .to_str()
        .ok_or_else(|| Error::new("the temporary folder has no UTF-8 name"))?;
    let behind = ["--proxy", &mock.base, "--record", name];
    let proxy = Mock::serve(binary, &behind, placement)?;
    let ways = [parse_url(&mock.base)?.0, parse_url(&proxy.base)?.0];
    let times = alternate(ways, &args).await;
    drop(proxy);
    // A proxy that is killed leaves its lines beside the file.
    let _ = std::fs::remove_file(format!("{name}.partial"));
    let [direct, through] = times?;
    let mut report = Report::new("proxy");
    let medians = |times: &Times| (figures::median(&times.first), figures::median(&times.whole));
    let ((first, whole), (first_through, whole_through)) = (medians(&direct), medians(&through));
    report
        .count("turns", args.turns.into())
        .figure("direct_first_byte_ms", first, "ms, the median")
        .figure("proxied_first_byte_ms", first_through, "ms, the median")
        .figure("added_first_byte_ms", first_through - first, "ms")
        .figure("direct_turn_ms", whole, "ms, the median")
        .figure("proxied_turn_ms", whole_through, "ms, the median")
        .figure("added_turn_ms", whole_through - whole, "ms")
        .note(placement.sentence(true));
    Ok(report)
}

/// Asks both ways in turn, so that whatever else the machine does meets both.
async fn alternate(ways: [SocketAddr; 2], args: &Args) -> Result<[Times; 2]> {
    let mut connections = [
        Connection::open(ways[0]).await?,
        Connection::open(ways[1]).await?,
    ];
    let body = turns::create(&args.text);
    let mut times: [Times; 2] = Default::default();
    for _ in 0..args.turns {
        for way in 0..2 {
            let request = format!(
                "POST /chatkit HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\n\
                 content-length: {}\r\n\r\n{body}",
                ways[way],
                body.len(),
            );
            let began = Instant::now();
            let mut first = None;
            let answer = connections[way].exchange(request.as_bytes(), |_| {
                first.get_or_insert_with(|| began.elapsed());
            });
            answer.await?;
            let whole = began.elapsed();
            times[way]
                .first
                .push(figures::milliseconds(first.unwrap_or(whole)));
            times[way].whole.push(figures::milliseconds(whole));
        }
    }
    Ok(times)
}
