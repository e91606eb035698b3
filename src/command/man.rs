//! `chatkit man`: the manual, one page a subcommand.

use std::path::PathBuf;

use clap::{Args, Command};
use clap_mangen::Man;

use super::Context;
use crate::error::{Error, Result};

/// Where the manual goes.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  chatkit man | man -l -
  chatkit man --out ~/.local/share/man/man1")]
pub struct ManArgs {
    /// Write a page for every subcommand into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Writes the top page to stdout, or all of them into a folder.
///
/// # Errors
/// When stdout or the folder cannot be written to.
pub fn run(args: &ManArgs, mut top: Command, context: &mut Context<'_>) -> Result<()> {
    top.build();
    let Some(folder) = &args.out else {
        return context.ui.bytes(&page(top)?);
    };
    std::fs::create_dir_all(folder)
        .map_err(|error| Error::io(format!("cannot make {}", folder.display()), error))?;
    clap_mangen::generate_to(top, folder)
        .map_err(|error| Error::io(format!("cannot write into {}", folder.display()), error))
}

fn page(command: Command) -> Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command)
        .render(&mut page)
        .map_err(|error| Error::io("cannot render the manual", error))?;
    Ok(page)
}
