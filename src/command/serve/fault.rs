//! `chatkit serve --fault` and `--list-faults`: what the mock breaks on purpose.

#![allow(
    clippy::doc_markdown,
    reason = "the doc comments of arguments are the help text, which is no Markdown"
)]

use clap::Args;

use crate::error::{Error, Result};
use crate::server::{Fault, FaultDescription, FaultParameter, compatible_faults, describe_faults};
use crate::ui::{Style, Ui};

/// The keys that every fault takes, as they are listed.
const COMMON: &str = "\
Each is asked for by --fault, by a rule of a scenario (fault: NAME=VALUE, which strikes at that
rule's answers alone), or by POST /__mock/faults, if nothing else is said. Every fault also takes
  operation=NAME   only this operation (threads.create, threads.*), or upload, download, session
  path=/PATH       only addresses that begin so
  thread=ID        only this thread
  skip=N           lets the first N requests pass
  times=N          strikes N times at most
  probability=P    strikes by chance, from 0 to 1, which --seed repeats";

/// What is broken on purpose.
#[derive(Args, Debug)]
#[command(next_help_heading = "Faults")]
pub struct FaultArgs {
    /// Break something on purpose, as stall=5s or status=503,times=2 (repeatable)
    ///
    /// NAME[=VALUE][,KEY=VALUE…]; --list-faults lists the names and keys. A value with a comma
    /// stands in quotes.
    #[arg(long = "fault", value_name = "FAULT")]
    faults: Vec<Fault>,

    /// List the faults, and what a good client does about each
    #[arg(long)]
    pub list_faults: bool,
}

impl FaultArgs {
    /// The faults that were asked for.
    pub fn faults(&self) -> Vec<Fault> {
        self.faults.clone()
    }

    /// Refuses faults of which one would never be seen.
    ///
    /// # Errors
    /// Names two of them.
    pub fn check(&self) -> Result<()> {
        compatible_faults(&self.faults).map_err(|error| Error::usage(format!("--fault: {error}")))
    }
}

/// Prints every fault.
///
/// # Errors
/// When stdout cannot be written.
pub fn list(ui: &mut Ui) -> Result<()> {
    let faults = describe_faults();
    if ui.is_json() {
        ui.json(&faults)?;
        return ui.flush();
    }
    for fault in &faults {
        ui.line(&usage(fault))?;
        ui.line(&format!("    {}", fault.does))?;
        ui.line(&format!("    a good client: {}", fault.client))?;
        ui.line(&format!("    strikes at: {}", place(fault)))?;
    }
    ui.flush()?;
    ui.note(Style::Dim, COMMON);
    ui.flush()
}

/// At what the fault strikes, and how it cannot be asked for.
fn place(fault: &FaultDescription) -> String {
    let at = match fault.at[..] {
        ["streams"] => "answers that stream".to_owned(),
        ["operations"] => "answers of the protocol".to_owned(),
        ["requests"] => "every answer but those of /, /healthz and /__mock".to_owned(),
        _ => fault.at.join(", "),
    };
    if fault.by.contains(&"rule") {
        at
    } else {
        at + "; not by a rule, which is asked too late for it"
    }
}

/// `stall=30s,after=5`: the name with everything that it takes.
fn usage(fault: &FaultDescription) -> String {
    let mut usage = fault.name.to_owned();
    for (at, parameter) in fault.parameters.iter().enumerate() {
        let value = match (parameter.default, parameter.choices) {
            (_, Some(choices)) => choices.join("|"),
            (Some(default), None) => default.to_owned(),
            (None, None) => placeholder(parameter),
        };
        if at == 0 {
            usage.extend(["=", &value]);
        } else {
            usage.extend([",", parameter.name, "=", &value]);
        }
    }
    usage
}

fn placeholder(parameter: &FaultParameter) -> String {
    parameter.name.to_ascii_uppercase()
}
