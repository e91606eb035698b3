//! `chatkit replay`: plays a conversation that was written down.

#![allow(
    clippy::doc_markdown,
    reason = "the doc comments of arguments are the help text, which is no Markdown"
)]

mod clock;
mod keys;
mod player;
mod thread;

use std::path::{Path, PathBuf};

use clap::Args;

use super::Context;
use crate::error::{Error, Result};
use crate::replay::Script;
use clock::{Clock, Speed};
use player::Player;

/// What to play, and how.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  chatkit replay talk.jsonl
  chatkit replay talk.jsonl --speed 4
  chatkit replay thr_1 --url http://localhost:8000/chatkit

A recording is what --record, 'serve --proxy' and 'thread export' write. It is shown as it happened,
with its times; a thread has none. On a terminal, the space bar pauses. Off a terminal, the
assistant's text goes to stdout and all else to stderr; with --json every event goes to stdout as it
was recorded, one a line.")]
pub struct ReplayArgs {
    /// A recording, an export, or the id of a thread
    #[arg(value_name = "FILE|THREAD")]
    what: String,

    /// How many times as fast as it was recorded
    #[arg(long, value_name = "N", default_value = "1", value_parser = factor)]
    speed: f64,

    /// Wait for nothing
    #[arg(long, conflicts_with = "speed")]
    instant: bool,
}

/// Plays the conversation.
///
/// # Errors
/// The file is no recording, the thread cannot be read, or whoever reads our output has gone.
pub async fn run(args: ReplayArgs, mut context: Context<'_>) -> Result<()> {
    let script = script(&args.what, &context).await?;
    let speed = if args.instant {
        Speed::Instant
    } else {
        Speed::Times(args.speed)
    };
    let is_watched = context.ui.is_interactive() && !args.instant;
    let keys = is_watched.then(keys::Keys::of_terminal).flatten();
    Player::new(Clock::new(speed, keys), &context)
        .play(&script, &mut context)
        .await
}

/// The script that is meant: a file if there is one of that name, or else a thread.
async fn script(what: &str, context: &Context<'_>) -> Result<Script> {
    let path = PathBuf::from(what);
    if path.exists() {
        if context.global.target.url.is_some() || context.global.target.mock {
            return Err(Error::usage_hint(
                "a recording is shown without any backend",
                "leave --url and --mock out",
            ));
        }
        return Script::open(&path);
    }
    if is_file_name(&path) {
        return Err(Error::usage(format!("there is no file {what}")));
    }
    thread::read(what, context).await
}

/// Whether something can only be meant as a file: no server makes such ids.
fn is_file_name(path: &Path) -> bool {
    path.components().count() > 1 || path.extension().is_some()
}

/// Reads a factor.
fn factor(text: &str) -> Result<f64, String> {
    let factor = text.parse::<f64>().ok();
    let factor = factor.filter(|factor| *factor > 0.0 && factor.is_finite());
    factor.ok_or_else(|| "expected a factor above 0, for example 4".to_owned())
}
