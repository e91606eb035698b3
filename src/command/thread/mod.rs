//! `chatkit thread`: lists, shows, renames, deletes and carries threads, by the protocol or by REST.

mod convert;
mod delete;
mod export;
mod fields;
mod import;
mod items;
mod list;
mod page;
mod rename;
mod row;
mod show;
mod whole;

use clap::Subcommand;

use super::Context;
use crate::error::Result;
use crate::options::Deferred;

pub use whole::whole;

/// What to do with threads.
#[derive(Debug, Subcommand)]
pub enum ThreadCommand {
    /// List the threads, newest first
    #[command(visible_alias = "ls")]
    List(Deferred<list::ListArgs>),
    /// Show a thread with all of its items
    Show(Deferred<show::ShowArgs>),
    /// List the items of a thread, oldest first
    Items(Deferred<items::ItemsArgs>),
    /// Give a thread another title
    Rename(Deferred<rename::RenameArgs>),
    /// Delete threads
    #[command(visible_alias = "rm")]
    Delete(Deferred<delete::DeleteArgs>),
    /// Write threads with all of their items to a file
    Export(Deferred<export::ExportArgs>),
    /// Put exported threads into a store, or into a backend
    Import(Deferred<import::ImportArgs>),
}

/// Runs a subcommand.
///
/// # Errors
/// Whatever the subcommand says.
pub async fn run(command: ThreadCommand, context: Context<'_>) -> Result<()> {
    match command {
        ThreadCommand::List(args) => list::run(*args.0, context).await,
        ThreadCommand::Show(args) => show::run(*args.0, context).await,
        ThreadCommand::Items(args) => items::run(*args.0, context).await,
        ThreadCommand::Rename(args) => rename::run(*args.0, context).await,
        ThreadCommand::Delete(args) => delete::run(*args.0, context).await,
        ThreadCommand::Export(args) => export::run(*args.0, context).await,
        ThreadCommand::Import(args) => import::run(*args.0, context).await,
    }
}
