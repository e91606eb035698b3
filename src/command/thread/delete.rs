//! `chatkit thread delete`.

use clap::Args;
use serde_json::{Value, json};

use crate::command::Context;
use crate::command::connect::Link;
use crate::error::Result;
use crate::protocol::{Extra, Request, ThreadId, ThreadRef};
use crate::ui::Style;

/// Which threads.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  chatkit thread delete thr_1
  chatkit thread delete --yes thr_1 thr_2")]
pub struct DeleteArgs {
    /// The threads
    #[arg(required = true, value_name = "ID")]
    ids: Vec<ThreadId>,

    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

/// Deletes the threads, one after the other, and stops at the first that cannot be.
///
/// # Errors
/// Wrong usage where nobody can be asked; and whatever the backend's answers make.
pub async fn run(args: DeleteArgs, mut context: Context<'_>) -> Result<()> {
    let link = context.connect_any().await?;
    if !args.yes {
        let question = question(&args.ids);
        let asked = context.ui.confirm(&question, "--yes", &context.cancel);
        if !asked.await? {
            context.ui.note(Style::Plain, "nothing was deleted");
            return Ok(());
        }
    }
    let mut deleted: Vec<Value> = Vec::new();
    let mut outcome = Ok(());
    for id in &args.ids {
        outcome = delete(&link, id, &context).await;
        if outcome.is_err() {
            break;
        }
        deleted.push(json!({"id": id, "deleted": true}));
        context.ui.note(Style::Dim, &format!("deleted: {id}"));
    }
    // What is gone is told even when the rest could not be deleted.
    if context.ui.is_json() && (outcome.is_ok() || !deleted.is_empty()) {
        context.ui.json(&json!({ "data": deleted }))?;
    }
    outcome
}

async fn delete(link: &Link, id: &ThreadId, context: &Context<'_>) -> Result<()> {
    let cancel = &context.cancel;
    match link {
        Link::Protocol(connection) => {
            let request = Request::DeleteThread(ThreadRef {
                thread_id: id.clone(),
                extra: Extra::default(),
            });
            connection.backend.call::<Value>(&request, cancel).await?;
        }
        Link::Rest(connection) => {
            connection.check_owner(id, cancel).await?;
            connection.rest.delete_thread(id, cancel).await?;
        }
    }
    if let Some(last) = context.last_threads() {
        last.forget(id);
    }
    Ok(())
}

fn question(ids: &[ThreadId]) -> String {
    match ids {
        [id] => format!("delete the thread {id}?"),
        ids => format!("delete {} threads?", ids.len()),
    }
}
