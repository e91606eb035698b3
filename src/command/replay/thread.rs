//! A thread of a backend as a script.

use crate::command::Context;
use crate::error::{Error, Result};
use crate::protocol::{Extra, Request, Thread, ThreadId, ThreadRef};
use crate::replay::Script;

/// Reads a thread with all of its items.
///
/// # Errors
/// No backend is named, or whatever its answers make.
pub async fn read(id: &str, context: &Context<'_>) -> Result<Script> {
    let thread_id = ThreadId::from(id);
    let connection = context.connect().await.map_err(|error| match error {
        // What was typed may have been meant as a file.
        Error::Usage { message, hint } => Error::Usage {
            message: format!(
                "there is no file {id}, and no backend to ask for a thread: {message}"
            ),
            hint,
        },
        other => other,
    })?;
    let request = Request::GetThread(ThreadRef {
        thread_id: thread_id.clone(),
        extra: Extra::default(),
    });
    let answer = connection.backend.call(&request, &context.cancel).await?;
    let mut thread: Thread = answer.value;
    let items = crate::command::thread::all_items(&connection, &thread_id, &context.cancel);
    thread.items = items.await?;
    Ok(Script::of_threads(&[thread]))
}
