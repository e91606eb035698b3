//! `chatkit thread`: lists, shows, renames, deletes and carries threads, by the protocol or by REST.

mod delete;
mod export;
mod import;
mod items;
mod list;
mod page;
mod rename;
mod row;
mod show;

use clap::Subcommand;

use super::Context;
use super::connect::Connection;
use crate::cancel::Cancel;
use crate::error::Result;
use crate::protocol::{Item, Page, ThreadId};
use row::ItemRow;

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

/// Every item of a thread, oldest first.
///
/// # Errors
/// Whatever the backend's answers make.
pub async fn all_items(
    connection: &Connection,
    thread: &ThreadId,
    cancel: &Cancel,
) -> Result<Page<Item>> {
    let rows = page::walk(page::Walk::everything(), async |query| {
        items::protocol_page(connection, thread, query, cancel).await
    })
    .await?;
    let data = rows.rows.into_iter().filter_map(ItemRow::into_item);
    Ok(Page {
        data: data.collect(),
        ..Page::default()
    })
}
