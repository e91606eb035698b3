//! `chatkit thread show`.

use clap::Args;
use serde::Serialize;
use serde_json::value::RawValue;

use super::fields::Fields;
use super::items;
use super::row::{ItemRow, ThreadRow};
use crate::command::Context;
use crate::command::connect::Link;
use crate::conversation::pages::{Rows, Walk};
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
pub async fn run(args: ShowArgs, mut context: Context<'_>) -> Result<()> {
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
            let answer = connection.thread(&args.id, cancel).await?;
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
fn with_items(raw: &[u8], items: &Rows<ItemRow>) -> Result<Fields, DecodeError> {
    #[derive(Serialize)]
    struct Page<'a> {
        data: Vec<&'a RawValue>,
        has_more: bool,
    }

    let mut thread: Fields = from_slice(raw)?;
    let page = Page {
        data: items.rows.iter().map(|row| &*row.raw).collect(),
        has_more: false,
    };
    let page = serde_json::value::to_raw_value(&page).expect("JSON prints as JSON");
    thread.set("items", page);
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
        for source in item.sources() {
            ui.line(&clean_line(&source))?;
        }
    }
    Ok(())
}
