//! `turns`: how many whole turns a second the server streams.

use crate::closed_loop::{self, Expect, LoopArgs};
use crate::connection::{self, Connection};
use crate::error::{Error, Result};
use crate::frames::{self, TEXT_DELTA};
use crate::report::Report;
use crate::target::{Target, TargetArgs};
use crate::window::{self, Names};
use serde_json::{Value, json};
use std::time::Duration;

/// Threads made and their answers streamed, a second
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    target: TargetArgs,

    #[command(flatten)]
    load: LoopArgs,

    /// What every turn says; after `show text N` the answer must have N deltas
    #[arg(long, value_name = "TEXT", default_value = "show text 200")]
    text: String,
}

/// For one answer, on a server that has nothing else to do.
const PATIENCE: Duration = Duration::from_secs(60);

pub async fn run(args: Args) -> Result<Report> {
    let target = Target::open(&args.target, Duration::ZERO)?;
    let request = target.post(&create(&args.text));
    let expect = Expect::Frames(first_turn(&target, &request, deltas_of(&args.text)).await?);
    let windows = closed_loop::drive(&args.load, &target, request, expect).await?;
    let names = Names {
        rate: "turns_per_second",
        all_rates: "turns_per_second_each",
        unit: "turns/s",
        answers: "turns",
    };
    let mut report = Report::new("turns");
    window::describe(windows, &names, &target, &mut report);
    Ok(report)
}

/// `threads.create` with this text.
pub fn create(text: &str) -> String {
    json!({"type": "threads.create", "params": {"input": input(text)}}).to_string()
}

/// The shape that the reference server requires: all three fields.
pub fn input(text: &str) -> Value {
    json!({
        "content": [{"type": "input_text", "text": text}],
        "attachments": [],
        "inference_options": {},
    })
}

/// The N of `show text N`.
fn deltas_of(text: &str) -> Option<usize> {
    text.strip_prefix("show text ")?.trim().parse().ok()
}

/// Has one turn and looks at it in full, so that the others need only be counted. Returns the
/// number of its events.
async fn first_turn(target: &Target, request: &[u8], deltas: Option<usize>) -> Result<u64> {
    let events = turn(target, request).await?;
    let streamed: Vec<&str> = events.iter().filter_map(delta).collect();
    if deltas.is_some_and(|wanted| wanted != streamed.len()) {
        let found = streamed.len();
        return Err(Error::new(format!(
            "the first turn has {found} text deltas"
        )));
    }
    // A new title is told after the answer.
    let last = events
        .iter()
        .rfind(|event| event["type"] != "thread.updated");
    let done = last.filter(|event| event["type"] == "thread.item.done");
    let done = done.ok_or_else(|| Error::new("the first turn does not end with an item done"))?;
    let text = done["item"]["content"][0]["text"].as_str();
    if deltas.is_some() && text != Some(streamed.concat().as_str()) {
        return Err(Error::new("the deltas of the first turn are not its text"));
    }
    Ok(events.len() as u64)
}

/// One turn, on a connection of its own.
pub async fn turn(target: &Target, request: &[u8]) -> Result<Vec<Value>> {
    frames::decode(&body(target, request).await?)
}

/// The whole body of one answer, on a connection of its own.
pub async fn body(target: &Target, request: &[u8]) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    let mut connection = Connection::open(target.address).await?;
    let answer = connection.exchange(request, |bytes| body.extend_from_slice(bytes));
    connection::within(PATIENCE, answer).await?;
    Ok(body)
}

fn delta(event: &Value) -> Option<&str> {
    let update = &event["update"];
    update["delta"]
        .as_str()
        .filter(|_| update["type"] == TEXT_DELTA)
}
