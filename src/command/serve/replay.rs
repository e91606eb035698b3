//! `chatkit serve --mock --replay`: answers out of a recording.

#![allow(
    clippy::doc_markdown,
    reason = "the doc comments of arguments are the help text, which is no Markdown"
)]

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::ServeArgs;
use crate::command::connect::http_headers;
use crate::error::{Error, Result};
use crate::options::Header;
use crate::server::{OnMiss, Replay, ReplayConfig};
use crate::ui::Ui;

/// The recording that is answered from.
#[derive(Args, Debug)]
#[command(next_help_heading = "Replaying")]
pub struct ReplayArgs {
    /// Answer out of this recording, in its order and at its pace
    ///
    /// Requests are matched by operation and content; key order and defaults do not count.
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,

    /// How many times as fast as it was recorded; max does not wait at all
    #[arg(long, value_name = "N", default_value = "1", value_parser = speed, requires = "replay")]
    speed: f64,

    /// What to do when something else is asked; record passes it on to --proxy and adds it
    #[arg(
        long,
        value_name = "WHAT",
        default_value = "refuse",
        requires = "replay"
    )]
    on_miss: Miss,
}

/// What happens when something is asked that the recording does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Miss {
    /// Pass it on to --proxy URL, and add it to the recording
    Record,
    /// Answer as the mock does
    Showcase,
    /// Refuse it with 404
    Refuse,
}

impl ReplayArgs {
    /// Whether a recording is named.
    pub fn is_asked_for(&self) -> bool {
        self.replay.is_some()
    }
}

/// Reads the recording, if one is named.
///
/// # Errors
/// Wrong usage, or a file that is no recording.
pub fn open(args: &ServeArgs, headers: &[Header]) -> Result<Option<Arc<Replay>>> {
    let Some(path) = args.replay.replay.clone() else {
        return Ok(None);
    };
    if args.proxy.record.is_some() {
        return Err(Error::usage_hint(
            "--replay adds to its own file, and records to no other",
            "leave --record out",
        ));
    }
    let on_miss = match (args.replay.on_miss, args.proxy.proxy.clone()) {
        (Miss::Record, Some(upstream)) => OnMiss::Record(upstream),
        (Miss::Record, None) => {
            return Err(Error::usage_hint(
                "--on-miss record needs a backend to ask",
                "name it with --proxy URL",
            ));
        }
        (_, Some(_)) => {
            return Err(Error::usage_hint(
                "--replay asks a backend only for what the recording does not have",
                "add --on-miss record, or leave --proxy out",
            ));
        }
        (Miss::Showcase, None) => OnMiss::Showcase,
        (Miss::Refuse, None) => OnMiss::Refuse,
    };
    if args.scenario.is_given() && !matches!(on_miss, OnMiss::Showcase) {
        return Err(Error::usage_hint(
            "--scenario would do nothing: --replay answers, and nothing else does",
            "add --on-miss showcase, or leave --scenario out",
        ));
    }
    let config = ReplayConfig {
        path,
        speed: args.replay.speed,
        on_miss,
        headers: http_headers(headers)?,
        redactor: args.proxy.redactor()?,
    };
    Replay::open(&config, args.address()).map(|replay| Some(Arc::new(replay)))
}

/// Says what was never asked for.
///
/// # Errors
/// With `strict`, that there is something; and a recording that could not be written.
pub async fn report(replay: &Replay, strict: bool, ui: &mut Ui) -> Result<()> {
    replay.finish().await?;
    let never_asked = replay.never_asked();
    for line in &never_asked {
        ui.warn(&format!("never asked for: {line}"));
    }
    if strict && !never_asked.is_empty() {
        let count = never_asked.len();
        let message = format!("{count} of the recorded exchanges were never asked for");
        return Err(Error::Differs(message));
    }
    Ok(())
}

/// Reads a factor, or `max`.
fn speed(text: &str) -> Result<f64, String> {
    if text == "max" {
        return Ok(f64::INFINITY);
    }
    let speed = text.parse::<f64>().ok().filter(|speed| *speed > 0.0);
    speed.ok_or_else(|| "expected a factor above 0, for example 4, or max".to_owned())
}
