//! `chatkit thread list`.

use clap::Args;

use super::page::PageArgs;
use super::row::ThreadRow;
use crate::cancel::Cancel;
use crate::client::ThreadQuery;
use crate::command::Context;
use crate::command::connect::{Connection, Link, RestConnection};
use crate::conversation::pages::{self, Query, Rows};
use crate::error::Result;
use crate::protocol::{Extra, ListThreads, Order, Page, Request, Thread};
use crate::render::table;
use crate::ui::Style;

/// Which threads.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  chatkit thread list
  chatkit thread list --all --json | jq -r '.data[].id'")]
pub struct ListArgs {
    /// Which page.
    #[command(flatten)]
    page: PageArgs,
}

/// Prints the threads: id, time, status and title.
///
/// # Errors
/// Whatever the backend's answers make.
pub async fn run(args: ListArgs, mut context: Context<'_>) -> Result<()> {
    let link = context.connect_any().await?;
    let cancel = &context.cancel;
    let walk = link.pages(args.page.walk(Order::Desc));
    let rows = pages::walk("threads.list", walk, async |query| match &link {
        Link::Protocol(connection) => protocol_page(connection, query, cancel).await,
        Link::Rest(connection) => rest_page(connection, query, cancel).await,
    })
    .await?;
    if context.ui.is_json() {
        return context.ui.json(&rows.printed());
    }
    let cells: Vec<_> = rows.rows.iter().map(|row| row.value.cells()).collect();
    context.ui.text(&table::columns(&cells))?;
    match &rows.more {
        Some(after) => context.ui.note(
            Style::Dim,
            &format!("there are more: go on with --after {after}, or pass --all"),
        ),
        None if rows.rows.is_empty() => context.ui.note(Style::Dim, "there are no threads"),
        None => {}
    }
    Ok(())
}

async fn protocol_page(
    connection: &Connection,
    query: Query,
    cancel: &Cancel,
) -> Result<Rows<ThreadRow>> {
    let request = Request::ListThreads(ListThreads {
        limit: query.limit.map(u64::from),
        order: query.order,
        after: query.after,
        extra: Extra::default(),
    });
    let backend = &connection.backend;
    let answer = backend.call::<Page<Thread>>(&request, cancel).await?;
    let page = answer.value;
    let rows = page.data.iter().map(ThreadRow::from);
    Rows::new("threads.list", &answer.raw, rows, page.has_more, page.after)
}

async fn rest_page(
    connection: &RestConnection,
    query: Query,
    cancel: &Cancel,
) -> Result<Rows<ThreadRow>> {
    let query = ThreadQuery {
        limit: query.limit,
        order: Some(query.order),
        after: query.after,
        before: None,
        user: connection.user.clone(),
    };
    let answer = connection.rest.list_threads(&query, cancel).await?;
    let page = answer.value;
    let rows = page.data.iter().map(ThreadRow::from);
    Rows::new(
        "threads.list",
        &answer.raw,
        rows,
        page.has_more,
        page.last_id,
    )
}
