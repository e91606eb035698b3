//! `chatkit session`: hosted sessions, which a browser talks with.

mod cancel;
mod create;
mod inspect;

pub(crate) use create::primitive;

use clap::Subcommand;

use super::Context;
use crate::error::Result;

/// What to do with a session.
#[derive(Debug, Subcommand)]
pub enum SessionCommand {
    /// Make a session and print its client secret
    Create(Box<create::CreateArgs>),
    /// End a session
    Cancel(cancel::CancelArgs),
    /// Read a client secret's expiry, offline
    Inspect(inspect::InspectArgs),
}

/// Runs a subcommand.
///
/// # Errors
/// Whatever the subcommand says.
pub async fn run(command: SessionCommand, context: Context<'_>) -> Result<()> {
    match command {
        SessionCommand::Create(args) => create::run(*args, context).await,
        SessionCommand::Cancel(args) => cancel::run(args, context).await,
        SessionCommand::Inspect(args) => inspect::run(&args, context).await,
    }
}

/// The head of a secret, too short to be used and long enough to tell secrets apart.
fn masked(secret: &str) -> String {
    let head: String = secret.chars().take(7).collect();
    format!("{head}…")
}
