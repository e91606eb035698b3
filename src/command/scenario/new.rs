//! `chatkit scenario new`: an example that explains itself.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};

use clap::Args;

use crate::error::{Error, Result};
use crate::ui::{Style, Ui};

/// The example, which is a scenario of its own.
const EXAMPLE: &str = include_str!("example.yaml");

/// Where the example goes.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  chatkit scenario new && chatkit serve --mock --scenario scenario.yaml
  chatkit scenario new - | less")]
pub struct NewArgs {
    /// The file to write, which must not be there yet; - writes to stdout
    #[arg(value_name = "FILE", default_value = "scenario.yaml")]
    file: String,
}

/// Writes the example.
///
/// # Errors
/// Wrong usage where the file is there already or cannot be written.
pub fn run(args: &NewArgs, ui: &mut Ui) -> Result<()> {
    let file = args.file.as_str();
    if file == "-" {
        return ui.text(EXAMPLE);
    }
    let created = OpenOptions::new().write(true).create_new(true).open(file);
    let mut created = created.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Error::usage_hint(
            format!("{file} is there already"),
            "name another file, or - for stdout",
        ),
        _ => Error::usage(format!("cannot write {file}: {error}")),
    })?;
    created
        .write_all(EXAMPLE.as_bytes())
        .map_err(|error| Error::io(format!("cannot write {file}"), error))?;
    ui.line(file)?;
    let next = format!("  serve it with 'chatkit serve --mock --scenario {file}'");
    ui.note(Style::Dim, &next);
    Ok(())
}
