//! `chatkit thread show`.

use clap::Args;
use serde_json::{Map, Value, json};

use super::items;
use super::page::{Rows, Walk};
use super::row::{ItemRow, ThreadRow};
use crate::command::Context;
use crate::command::connect::Link;
use crate::error::{Breach, Result};
use crate::protocol::{DecodeError, Extra, Request, Thread, ThreadId, ThreadRef, from_slice};
use crate::render::clean_line;
use crate::ui::{Style, Ui};

/// Which thread.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  chatkit thread show thr_1
  chatkit thread show thr_1 --json > thread.json")]
pub struct ShowArgs {
    /// The thread
    id: ThreadId,
}

/// Prints the thread and all of its items.
///
/// # Errors
/// Whatever the backend's answers make.
pub async fn run(args: ShowArgs, context: Context<'_>) -> Result<()> {
    let link = context.connect_any().await?;
    let cancel = &context.cancel;
    let (raw, thread) = match &link {
        Link::Protocol(connection) => {
            let request = Request::GetThread(ThreadRef {
                thread_id: args.id.clone(),
                extra: Extra::default(),
            });
            let answer = connection.backend.call::<Thread>(&request, cancel).await?;
            (answer.raw, ThreadRow::from(&answer.value))
        }
        Link::Rest(connection) => {
            let answer = connection.rest.get_thread(&args.id, cancel).await?;
            (answer.raw, ThreadRow::from(&answer.value))
        }
    };
    // The thread's own page holds its first twenty items at best, so all are asked for.
    let items = items::fetch(&link, &args.id, Walk::everything(), cancel).await?;
    if context.ui.is_json() {
        let whole = with_items(&raw, &items).map_err(|error| Breach::Document {
            operation: "threads.get_by_id".to_owned(),
            error,
        })?;
        return context.ui.json(&whole);
    }
    print(&thread, &items, context.ui)
}

/// The thread as it was received, with all items in place of its first page.
fn with_items(raw: &[u8], items: &Rows<ItemRow>) -> Result<Map<String, Value>, DecodeError> {
    let mut thread: Map<String, Value> = from_slice(raw)?;
    let rows = items.rows.iter();
    let data: Result<Vec<Value>, _> = rows
        .map(|row| from_slice(row.raw.get().as_bytes()))
        .collect();
    let page = json!({"data": data?, "has_more": false});
    thread.insert("items".to_owned(), page);
    Ok(thread)
}

fn print(thread: &ThreadRow, items: &Rows<ItemRow>, ui: &mut Ui) -> Result<()> {
    let about = format!("{}, {}, {}", thread.id, thread.status, thread.created);
    ui.note(Style::Dim, &clean_line(&about));
    ui.line(&format!("# {}", clean_line(&thread.title)))?;
    for row in &items.rows {
        let item = &row.value;
        let (kind, id) = (clean_line(item.kind()), clean_line(item.id()));
        ui.line(&format!("\n{kind} ({id}, {}):", item.created()))?;
        ui.text(&item.text())?;
        ui.end_line()?;
    }
    Ok(())
}
