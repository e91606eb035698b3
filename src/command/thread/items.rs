//! `chatkit thread items`.

use clap::Args;

use super::page::PageArgs;
use super::row::ItemRow;
use crate::cancel::Cancel;
use crate::client::ItemQuery;
use crate::command::Context;
use crate::command::connect::{Link, RestConnection};
use crate::conversation::history;
use crate::conversation::pages::{self, Query, Rows, Walk};
use crate::error::Result;
use crate::protocol::{Order, ThreadId};
use crate::render::table;
use crate::ui::Style;

/// Which items.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  chatkit thread items thr_1
  chatkit thread items thr_1 --order desc --limit 1 --json")]
pub struct ItemsArgs {
    /// The thread
    id: ThreadId,

    /// Which page.
    #[command(flatten)]
    page: PageArgs,
}

/// Prints the items: id, time, kind and the beginning of their texts.
///
/// # Errors
/// Whatever the backend's answers make.
pub async fn run(args: ItemsArgs, mut context: Context<'_>) -> Result<()> {
    let link = context.connect_any().await?;
    if let Link::Rest(connection) = &link {
        connection.check_owner(&args.id, &context.cancel).await?;
    }
    let walk = link.pages(args.page.walk(Order::Asc));
    let rows = fetch(&link, &args.id, walk, &context.cancel).await?;
    if context.ui.is_json() {
        return context.ui.json(&rows.printed());
    }
    let cells: Vec<_> = rows.rows.iter().map(|row| row.value.cells()).collect();
    context.ui.text(&table::columns(&cells))?;
    if let Some(after) = &rows.more {
        let note = format!("there are more: go on with --after {after}, or pass --all");
        context.ui.note(Style::Dim, &note);
    }
    Ok(())
}

/// The items of a walk.
///
/// # Errors
/// Whatever the backend's answers make.
pub async fn fetch(
    link: &Link,
    thread: &ThreadId,
    walk: Walk,
    cancel: &Cancel,
) -> Result<Rows<ItemRow>> {
    pages::walk("items.list", walk, async |query| match link {
        Link::Protocol(connection) => {
            let page = history::items_page(&connection.backend, thread, query, cancel).await?;
            Ok(page.map(|item| ItemRow::Protocol(Box::new(item))))
        }
        Link::Rest(connection) => rest_page(connection, thread, query, cancel).await,
    })
    .await
}

async fn rest_page(
    connection: &RestConnection,
    thread: &ThreadId,
    query: Query,
    cancel: &Cancel,
) -> Result<Rows<ItemRow>> {
    let query = ItemQuery {
        limit: query.limit,
        order: Some(query.order),
        after: query.after,
        before: None,
    };
    let answer = connection.rest.list_items(thread, &query, cancel).await?;
    let page = answer.value;
    let rows = page
        .data
        .into_iter()
        .map(|item| ItemRow::Rest(Box::new(item)));
    Rows::new(
        "threads.list_items",
        &answer.raw,
        rows,
        page.has_more,
        page.last_id,
    )
}
