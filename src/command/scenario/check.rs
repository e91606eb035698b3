//! `chatkit scenario check`: what is wrong with scenarios, with lines.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::super::input::aside;
use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::server::scenario::{FindingRecord, LoadError, Scenario};
use crate::ui::{Style, Ui};

/// Which files.
#[derive(Args, Debug)]
#[command(after_help = "\
Files that are given together are one scenario: the rules of a later one come after those of an
earlier one. Of a folder the files that end in .yaml, .yml or .json are read, in the order of their
names, and no subfolders.

Exit codes: 0 nothing found, 2 a file cannot be read, 3 something found

Examples:
  chatkit scenario check shop.yaml
  chatkit scenario check tests/scenarios/ --json | jq -r '.findings[].message'")]
pub struct CheckArgs {
    /// Files and folders
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
}

/// The outcome of `--json`.
#[derive(Serialize)]
struct Report<'a> {
    rules: usize,
    threads: usize,
    findings: Vec<FindingRecord<'a>>,
}

/// Checks, and reports what was found.
///
/// # Errors
/// A check that failed where anything was found, and wrong usage where a file cannot be read.
pub async fn run(args: CheckArgs, ui: &mut Ui, cancel: &Cancel) -> Result<()> {
    let read = aside(cancel, move || Scenario::read(&args.paths)).await?;
    let (scenario, findings) = read.map_err(|error| match error {
        LoadError::Unreadable { .. } => Error::usage(error.to_string()),
        LoadError::Wrong(errors) => Error::Differs(errors.to_string()),
    })?;
    if ui.is_json() {
        ui.json(&Report {
            rules: scenario.rule_count(),
            threads: scenario.thread_count(),
            findings: findings.iter().map(|finding| finding.record()).collect(),
        })?;
    } else {
        for finding in &findings {
            ui.report(finding);
            // Ctrl-C is heard in between only, and there may be very many.
            tokio::task::yield_now().await;
            if cancel.is_requested() {
                return Err(Error::Interrupted);
            }
        }
    }
    let (rules, threads) = (scenario.rule_count(), scenario.thread_count());
    match findings.len() {
        0 if ui.is_json() => Ok(()),
        0 => {
            let counted = format!("ok: {}, {}", count(rules, "rule"), count(threads, "thread"));
            ui.note(Style::Dim, &counted);
            Ok(())
        }
        found => Err(Error::Differs(count(found, "finding"))),
    }
}

fn count(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}
