//! `chatkit thread`: lists, shows, renames, deletes and carries threads, by the protocol or by REST.

mod circle;
mod convert;
mod delete;
mod export;
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

pub use whole::{all_items, whole};

/// What to do with threads.
#[derive(Debug, Subcommand)]
pub enum ThreadCommand {
    /// List the threads, newest first
    #[command(visible_alias = "ls")]
    List(list::ListArgs),
    /// Show a thread with all of its items
    Show(show::ShowArgs),
    /// List the items of a thread, oldest first
    Items(items::ItemsArgs),
    /// Give a thread another title
    Rename(rename::RenameArgs),
    /// Delete threads
    #[command(visible_alias = "rm")]
    Delete(delete::DeleteArgs),
    /// Write threads with all of their items to a file
    Export(export::ExportArgs),
    /// Put exported threads into a store, or into a backend
    Import(import::ImportArgs),
}

/// Runs a subcommand.
///
/// # Errors
/// Whatever the subcommand says.
pub async fn run(command: ThreadCommand, context: Context<'_>) -> Result<()> {
    match command {
        ThreadCommand::List(args) => list::run(args, context).await,
        ThreadCommand::Show(args) => show::run(args, context).await,
        ThreadCommand::Items(args) => items::run(args, context).await,
        ThreadCommand::Rename(args) => rename::run(args, context).await,
        ThreadCommand::Delete(args) => delete::run(args, context).await,
        ThreadCommand::Export(args) => export::run(args, context).await,
        ThreadCommand::Import(args) => import::run(args, context).await,
    }
}
