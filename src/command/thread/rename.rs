//! `chatkit thread rename`.

use clap::Args;

use crate::command::Context;
use crate::error::{Error, Result};
use crate::protocol::{Extra, Request, Thread, ThreadId, UpdateThread};
use crate::render::plain;
use crate::ui::Style;

/// Which thread, and how it is called from now on.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  chatkit thread rename thr_1 'Trip to Oslo'

The hosted REST API cannot rename: hosted, this needs a client secret, or a workflow and a user to
make a session from.")]
pub struct RenameArgs {
    /// The thread
    id: ThreadId,

    /// The title
    title: String,
}

/// Renames the thread.
///
/// # Errors
/// Whatever the backend's answer makes.
pub async fn run(args: RenameArgs, mut context: Context<'_>) -> Result<()> {
    let connection = context.connect().await.map_err(without_session)?;
    let request = Request::UpdateThread(UpdateThread {
        thread_id: args.id,
        title: args.title,
        extra: Extra::default(),
    });
    let backend = &connection.backend;
    let answer = backend.call::<Thread>(&request, &context.cancel).await?;
    if context.ui.is_json() {
        return context.ui.json_line(&answer.raw);
    }
    let thread = answer.value;
    let note = format!("{} is '{}' now", thread.id, plain::title(&thread));
    context.ui.note(Style::Dim, &note);
    Ok(())
}

/// Says why a key is enough for every other thread command and not for this one.
fn without_session(error: Error) -> Error {
    match error {
        Error::Usage { message, hint } if message.starts_with("a hosted session") => Error::Usage {
            message: format!("the hosted REST API cannot rename a thread, and {message}"),
            hint,
        },
        other => other,
    }
}
