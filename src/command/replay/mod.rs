//! `chatkit replay`: plays a conversation that was written down.

#![allow(
    clippy::doc_markdown,
    reason = "the doc comments of arguments are the help text, which is no Markdown"
)]

mod against;
mod clock;
mod draft;
mod keys;
mod lines;
mod player;
mod report;
mod thread;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use url::Url;

use super::Context;
use crate::error::{Error, Result};
use crate::options::{duration, http_url};
use crate::replay::{Ignore, Match, Rules, Script, Source};
use against::Comparison;
use clock::{Clock, Speed};
use player::Player;

/// What to play, and how.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  chatkit replay talk.jsonl
  chatkit replay talk.jsonl --speed 4
  chatkit replay thr_1 --url http://localhost:8000/chatkit
  chatkit replay talk.jsonl --against http://localhost:8000/chatkit --match shape
  chatkit replay talk.jsonl --against http://localhost:8000/chatkit --ignore '**.copy_text'
  chatkit replay talk.jsonl --against https://old.example/chatkit --against https://new.example/chatkit

A recording is what --record, 'serve --proxy' and 'thread export' write. It is shown as it happened,
with its times; a thread has none. On a terminal, the space bar pauses. Off a terminal, the
assistant's text goes to stdout and all else to stderr; with --json every event goes to stdout as it
was recorded, one a line. The exit code is 0 when all of it was shown, broken answers included;
'chatkit check --recording' judges them.

With --against nothing is shown but what differs. A PATH of --ignore begins with the type of an item
and goes on with fields and indexes: assistant_message.content[0].text. * stands for any one of
them, ** for any number; .content[*].annotations is of any type; a type alone ignores such items.")]
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

    /// How the answers of a backend are compared.
    #[command(flatten)]
    against: AgainstArgs,
}

/// How the answers of a backend are compared.
#[derive(Args, Debug)]
#[command(next_help_heading = "Comparing")]
pub struct AgainstArgs {
    /// Send what the user did again, and compare the answers; two are compared with one another
    #[arg(long, value_name = "URL", value_parser = http_url, conflicts_with_all = ["speed", "instant"])]
    against: Vec<Url>,

    /// How closely: exact, text (kinds and words) or shape (kinds and keys); ids, times and
    /// chunking never count
    #[arg(
        long = "match",
        value_name = "HOW",
        default_value = "exact",
        hide_possible_values = true,
        requires = "against"
    )]
    matching: Match,

    /// Leave this out of the comparison (repeatable)
    #[arg(long, value_name = "PATH", requires = "against")]
    ignore: Vec<Ignore>,

    /// Put the new answers in the place of the recorded ones
    #[arg(long, requires = "against")]
    update: bool,

    /// How long one answer may take, as 30s or 5m
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "5m", requires = "against")]
    max_turn: Duration,
}

/// Plays the conversation, or sends it again.
///
/// # Errors
/// The file is no recording, the thread cannot be read, whoever reads our output has gone, or the
/// answers differ.
pub async fn run(args: ReplayArgs, mut context: Context<'_>) -> Result<()> {
    let path = PathBuf::from(&args.what);
    let file = path.exists().then_some(path);
    let plan = args.against.plan(&args.what, file.as_deref())?;
    let script = script(&args.what, file.as_deref(), &mut context).await?;
    if let Some(plan) = plan {
        if plan.update.is_some() && script.source == Source::Items {
            return Err(Error::usage_hint(
                "an export has items only, which a recording cannot take the place of",
                "record the backend with 'chatkit send --record', or leave --update out",
            ));
        }
        return against::run(&script, &plan, &mut context).await;
    }
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

impl AgainstArgs {
    /// What is to be compared, if anything is.
    fn plan(&self, what: &str, file: Option<&Path>) -> Result<Option<Comparison>> {
        if self.against.is_empty() {
            return Ok(None);
        }
        if self.against.len() > 2 {
            return Err(Error::usage_hint(
                "more than two backends cannot be compared",
                "pass --against once or twice",
            ));
        }
        if self.update && self.against.len() == 2 {
            return Err(Error::usage_hint(
                "of two backends neither is the one to record",
                "leave --update or one of the two --against out",
            ));
        }
        if self.update && file.is_none() {
            return Err(Error::usage_hint(
                "a thread is no recording that could be updated",
                "leave --update out",
            ));
        }
        Ok(Some(Comparison {
            name: what.to_owned(),
            against: self.against.clone(),
            rules: Rules {
                matching: self.matching,
                ignore: self.ignore.clone(),
            },
            limit: self.max_turn,
            update: file.filter(|_| self.update).map(Path::to_owned),
        }))
    }
}

/// The script that is meant: a file if there is one of that name, or else a thread.
async fn script(what: &str, file: Option<&Path>, context: &mut Context<'_>) -> Result<Script> {
    if let Some(file) = file {
        if context.global.target.url.is_some() || context.global.target.mock {
            return Err(Error::usage_hint(
                "a recording is shown without any backend",
                "leave --url and --mock out, or name a backend to compare it with by --against",
            ));
        }
        return Script::open(file);
    }
    if is_file_name(Path::new(what)) {
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
