//! `chatkit session`: hosted sessions, which a browser talks with.

mod inspect;

use clap::Subcommand;

use super::Context;
use crate::error::Result;

/// What to do with a session.
#[derive(Debug, Subcommand)]
pub enum SessionCommand {
    /// Read a client secret's expiry, offline
    Inspect(inspect::InspectArgs),
}

/// Runs a subcommand.
///
/// # Errors
/// Whatever the subcommand says.
pub async fn run(command: SessionCommand, context: Context<'_>) -> Result<()> {
    match command {
        SessionCommand::Inspect(args) => inspect::run(&args, context).await,
    }
}
