//! A thread of a backend as a script.

use crate::command::Context;
use crate::command::thread::whole;
use crate::error::{Error, Result};
use crate::protocol::ThreadId;
use crate::replay::Script;

/// Reads a thread with all of its items.
///
/// # Errors
/// No backend is named, or whatever its answers make.
pub async fn read(id: &str, context: &mut Context<'_>) -> Result<Script> {
    let link = context.connect_any().await.map_err(|error| match error {
        // What was typed may have been meant as a file.
        Error::Usage { message, hint } => Error::Usage {
            message: format!(
                "there is no file {id}, and no backend to ask for a thread: {message}"
            ),
            hint,
        },
        other => other,
    })?;
    let thread = whole(&link, &ThreadId::from(id), &context.cancel).await?;
    Ok(Script::of_threads(&[thread]))
}
