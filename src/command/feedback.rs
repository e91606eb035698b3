//! `chatkit feedback`: praises or criticises items of a thread.

use clap::{ArgGroup, Args};
use serde_json::Value;

use super::Context;
use crate::error::Result;
use crate::protocol::{Extra, Feedback, FeedbackKind, ItemId, Request, ThreadId};
use crate::ui::Style;

/// What is praised or criticised.
#[derive(Args, Debug)]
#[command(
    group = ArgGroup::new("kind").required(true).args(["positive", "negative"]),
    after_help = "Examples:\n  chatkit feedback thr_1 msg_2 --positive"
)]
pub struct FeedbackArgs {
    /// The thread
    thread: ThreadId,

    /// The items
    #[arg(required = true, value_name = "ITEM")]
    items: Vec<ItemId>,

    /// Thumbs up
    #[arg(long)]
    positive: bool,

    /// Thumbs down
    #[arg(long)]
    negative: bool,
}

/// Sends the feedback.
///
/// # Errors
/// Whatever the backend's answer makes.
pub async fn run(args: FeedbackArgs, mut context: Context<'_>) -> Result<()> {
    let kind = if args.positive {
        FeedbackKind::Positive
    } else {
        FeedbackKind::Negative
    };
    let request = Request::Feedback(Feedback {
        thread_id: args.thread,
        item_ids: args.items,
        kind,
        extra: Extra::default(),
    });
    let connection = context.connect().await?;
    let answer = connection
        .backend
        .call::<Value>(&request, &context.cancel)
        .await?;
    if context.ui.is_json() {
        return context.ui.json_line(&answer.raw);
    }
    context.ui.note(Style::Dim, "the feedback was taken");
    Ok(())
}
