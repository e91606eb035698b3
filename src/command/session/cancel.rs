//! `chatkit session cancel`: ends a hosted session.

use clap::Args;
use serde_json::Value;

use super::masked;
use crate::command::Context;
use crate::error::{Breach, Result};
use crate::protocol::from_document;
use crate::ui::Style;

/// Which session.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  chatkit session cancel cksess_1")]
pub struct CancelArgs {
    /// The session's id (cksess_…), which is not its secret
    id: String,
}

/// Ends the session; its secret stops working.
///
/// # Errors
/// Wrong usage: no API key; and whatever the API's answer makes.
pub async fn run(args: CancelArgs, mut context: Context<'_>) -> Result<()> {
    let connection = context.connect_rest().await?;
    let answer = connection
        .rest
        .cancel_session(&args.id, &context.cancel)
        .await?;
    if !context.ui.is_json() {
        let (id, status) = (&answer.value.id, &answer.value.status);
        context.ui.note(Style::Dim, &format!("{id} is {status}"));
        return Ok(());
    }
    let mut session: Value = from_document(&answer.raw).map_err(|error| Breach::Document {
        operation: "sessions.cancel".to_owned(),
        error,
    })?;
    // Only `session create` may print a secret, even one that is of no use any more.
    if let Some(secret) = session.get_mut("client_secret") {
        *secret = masked(secret.as_str().unwrap_or_default()).into();
    }
    context.ui.json(&session)
}
