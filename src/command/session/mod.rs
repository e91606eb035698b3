//! `chatkit session`: hosted sessions, which a browser talks with.

mod cancel;
mod create;
mod inspect;

pub(crate) use create::primitive;

use clap::Subcommand;

use super::Context;
use crate::error::Result;
use crate::options::Deferred;

/// What to do with a session.
#[derive(Debug, Subcommand)]
pub enum SessionCommand {
    /// Make a session and print its client secret
    Create(Deferred<create::CreateArgs>),
    /// End a session
    Cancel(Deferred<cancel::CancelArgs>),
    /// Read a client secret's expiry, offline
    Inspect(Deferred<inspect::InspectArgs>),
}

/// Runs a subcommand.
///
/// # Errors
/// Whatever the subcommand says.
pub async fn run(command: SessionCommand, context: Context<'_>) -> Result<()> {
    match command {
        SessionCommand::Create(args) => create::run(*args.0, context).await,
        SessionCommand::Cancel(args) => cancel::run(*args.0, context).await,
        SessionCommand::Inspect(args) => inspect::run(&args.0, context).await,
    }
}

/// The head of a secret, too short to be used and long enough to tell secrets apart.
fn masked(secret: &str) -> String {
    let head: String = secret.chars().take(7).collect();
    format!("{head}…")
}
