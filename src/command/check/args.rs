//! The arguments of `chatkit check`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, ValueEnum};
use secrecy::ExposeSecret;

use super::reports::Wanted;
use crate::check::{Budget, Selection, Severity};
use crate::client::{HeaderName, HeaderValue};
use crate::doctor::page;
use crate::error::{Error, Result};
use crate::options::{self, GlobalArgs, Header};

/// What is checked, and how it is told.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  chatkit check --url http://localhost:8000/chatkit --smoke
  chatkit check --mock --report junit=check.xml --report html=check.html
  chatkit check --only stream --only persistence --max-turn 10s
  chatkit check --explain stream/update-before-add
  chatkit check --recording talk.jsonl

The exit code is 0 when nothing failed, 3 when a check did, 5 when the backend was not reached.
Rules are must, should or may; only must fails the run, unless --fail-on says otherwise.
Threads that the check makes are deleted, also after Ctrl-C.")]
pub struct CheckArgs {
    /// Start a thread, get an answer, read it back, clean up: one line of result
    #[arg(long, conflicts_with_all = ["only", "skip", "require", "recording", "baseline", "write_baseline"])]
    #[arg(conflicts_with_all = ["tool_message", "form_message", "widget_message", "long_message",
          "recall_message", "remember", "expect_auth", "other_header", "max_first_text", "max_gap",
          "origin", "jobs"])]
    pub smoke: bool,

    /// Ask this rule or group only (repeatable)
    #[arg(long, value_name = "RULE|GROUP", action = ArgAction::Append)]
    pub only: Vec<String>,

    /// Do not ask this rule or group (repeatable)
    #[arg(long, value_name = "RULE|GROUP", action = ArgAction::Append)]
    pub skip: Vec<String>,

    /// Fail when this rule or group has nothing to look at (repeatable)
    #[arg(long, value_name = "RULE|GROUP", action = ArgAction::Append)]
    pub require: Vec<String>,

    /// List the rules
    #[arg(long, conflicts_with = "explain")]
    pub list: bool,

    /// Say what a rule rests on, and what to do when it fails
    #[arg(long, value_name = "RULE")]
    pub explain: Option<String>,

    /// What is said to the backend where any answer will do
    #[arg(long, value_name = "TEXT")]
    pub message: Option<String>,

    /// What is answered by a client tool call
    #[arg(long, value_name = "TEXT")]
    pub tool_message: Option<String>,

    /// What is answered by a form
    #[arg(long, value_name = "TEXT")]
    pub form_message: Option<String>,

    /// What is answered by a widget
    #[arg(long, value_name = "TEXT")]
    pub widget_message: Option<String>,

    /// What is answered at length, to be left in the middle
    #[arg(long, value_name = "TEXT")]
    pub long_message: Option<String>,

    /// What asks for the word that --remember told
    #[arg(long, value_name = "TEXT")]
    pub recall_message: Option<String>,

    /// Check that a word is remembered over two turns
    #[arg(long)]
    pub remember: bool,

    /// Check that who shows no credentials is refused
    #[arg(long)]
    pub expect_auth: bool,

    /// Another user's header, who must not see the threads of this one
    #[arg(long, value_name = "NAME: VALUE", value_parser = options::header)]
    pub other_header: Option<Header>,

    /// The origin that a browser is pretended to be on
    #[arg(long, value_name = "ORIGIN", default_value = "http://localhost:3000", value_parser = origin)]
    pub origin: String,

    /// How long the first event of a turn may take
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = options::duration)]
    pub max_ttfb: Duration,

    /// How long the first text of an answer may take, as a must [default: 5s, as a should]
    #[arg(long, value_name = "TIME", value_parser = options::duration)]
    pub max_first_text: Option<Duration>,

    /// How long a turn may take
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = options::duration)]
    pub max_turn: Duration,

    /// How long a turn may be silent, as a must [default: 10s, as a should]
    #[arg(long, value_name = "TIME", value_parser = options::duration)]
    pub max_gap: Option<Duration>,

    /// How many conversations go on at once
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = jobs)]
    pub jobs: usize,

    /// Leave the threads that the check made where they are
    #[arg(long)]
    pub keep: bool,

    /// Fail the run from this severity on
    #[arg(long, value_name = "SEVERITY", default_value = "must")]
    pub fail_on: FailOn,

    /// Write a report: junit=FILE, tap=FILE, json=FILE, html=FILE, or github (repeatable)
    #[arg(long = "report", value_name = "FORMAT=FILE", action = ArgAction::Append)]
    pub reports: Vec<Wanted>,

    /// Failures that are known, and do not fail the run
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,

    /// Write down the failures of this run as known
    #[arg(long, value_name = "FILE")]
    pub write_baseline: Option<PathBuf>,

    /// Check a recording instead of a backend, to which nothing is said then
    #[arg(long, value_name = "FILE")]
    #[arg(conflicts_with_all = ["message", "tool_message", "form_message", "widget_message",
          "long_message", "recall_message", "remember", "expect_auth", "other_header", "origin",
          "jobs", "keep"])]
    pub recording: Option<PathBuf>,
}

/// The severity from which on a failure fails the run.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum FailOn {
    /// What clients break without
    Must,
    /// What clients work worse without, too
    Should,
    /// Anything
    May,
}

impl CheckArgs {
    /// Which rules are asked.
    pub fn selection(&self) -> Selection {
        Selection {
            only: self.only.clone(),
            skip: self.skip.clone(),
            require: self.require.clone(),
            insist: self.insisted(),
        }
    }

    /// What the backend is allowed to take.
    pub fn budget(&self) -> Budget {
        let usual = Budget::default();
        Budget {
            first_event: self.max_ttfb,
            first_text: self.max_first_text.unwrap_or(usual.first_text),
            turn: self.max_turn,
            gap: self.max_gap.unwrap_or(usual.gap),
        }
    }

    /// The rules whose budget was given, so that to exceed it is no mere advice.
    fn insisted(&self) -> Vec<&'static str> {
        let given = [
            ("speed/first-text", self.max_first_text),
            ("speed/longest-gap", self.max_gap),
        ];
        let given = given.into_iter().filter(|(_, budget)| budget.is_some());
        given.map(|(rule, _)| rule).collect()
    }

    /// The severity from which on a failure fails the run.
    pub fn fail_on(&self) -> Severity {
        match self.fail_on {
            FailOn::Must => Severity::Must,
            FailOn::Should => Severity::Should,
            FailOn::May => Severity::May,
        }
    }

    /// Another user's header.
    pub fn other_header(&self) -> Option<(HeaderName, HeaderValue)> {
        let header = self.other_header.as_ref()?;
        let name = HeaderName::try_from(header.name.as_str()).ok()?;
        let mut value = HeaderValue::try_from(header.value.expose_secret()).ok()?;
        value.set_sensitive(true);
        Some((name, value))
    }

    /// Refuses what names or addresses a backend beside a recording: whoever did so and sees no
    /// failure would take the backend for checked.
    ///
    /// # Errors
    /// Wrong usage.
    pub fn refuse_two_sources(&self, global: &GlobalArgs) -> Result<()> {
        let given = global.of_a_backend();
        if self.recording.is_none() || given.is_empty() {
            return Ok(());
        }
        Err(Error::usage_hint(
            format!(
                "{} would do nothing: --recording judges what was recorded, and asks no backend",
                given.join(" and ")
            ),
            "leave it out, or leave --recording out to check the backend",
        ))
    }

    /// Two things cannot both be all of stdout, or of one file.
    ///
    /// # Errors
    /// Wrong usage.
    pub fn check_reports(&self, is_json: bool) -> Result<()> {
        if let Some(place) = Wanted::shared(&self.reports) {
            return Err(Error::usage_hint(
                format!("two reports cannot both be written to {place}"),
                "give each a file of its own",
            ));
        }
        if is_json && self.reports.iter().any(Wanted::goes_to_stdout) {
            return Err(Error::usage_hint(
                "--json and a report on stdout cannot be used together",
                "give the report a file, or drop --json",
            ));
        }
        Ok(())
    }
}

/// An origin as browsers write it, without the slash that an address ends with.
fn origin(text: &str) -> Result<String, String> {
    page::origin(text).map(|origin| origin.text())
}

fn jobs(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(jobs @ 1..=64) => Ok(jobs),
        _ => Err("expected a number from 1 to 64".into()),
    }
}
