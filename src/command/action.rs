//! `chatkit action`: runs a widget's action.

use clap::Args;

use super::connect::Connection;
use super::{Context, input};
use crate::conversation::Conversation;
use crate::conversation::answers::Answers;
use crate::error::{Error, Result};
use crate::protocol::{
    Action, CustomAction, Extra, ItemId, Request, SyncActionAnswer, ThreadId, Verbatim,
};
use crate::render::plain;
use crate::ui::Style;

/// Which action of which widget.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  chatkit action thr_1 itm_2 order.confirm --payload '{\"id\": 7}'
  chatkit action thr_1 itm_2 order.toggle --sync")]
pub struct ActionArgs {
    /// The thread
    thread: ThreadId,

    /// The widget's item
    item: ItemId,

    /// The action's type
    #[arg(value_name = "TYPE")]
    kind: String,

    /// The action's payload, as JSON; - reads stdin
    #[arg(long, value_name = "JSON")]
    payload: Option<String>,

    /// Ask for the changed item instead of a stream, as widgets with `streaming: false` do
    #[arg(long)]
    sync: bool,
}

/// Runs the action and shows what it answers.
///
/// # Errors
/// Wrong usage, and whatever the backend's answer makes.
pub async fn run(args: ActionArgs, mut context: Context<'_>) -> Result<()> {
    let payload = match &args.payload {
        Some(text) => {
            let json = input::json("the payload", text, &context.cancel).await?;
            let payload = Verbatim::of(json)
                .map_err(|error| Error::usage(format!("the payload cannot be sent: {error}")))?;
            Some(payload)
        }
        None => None,
    };
    let action = CustomAction {
        thread_id: args.thread,
        item_id: Some(args.item),
        action: Action {
            kind: args.kind,
            payload,
            extra: Extra::default(),
        },
        extra: Extra::default(),
    };
    let connection = context.connect().await?;
    if args.sync {
        return sync(action, &connection, context).await;
    }
    let request = Request::CustomAction(action);
    let mut conversation = Conversation::default();
    let (ui, cancel) = (&mut *context.ui, &context.cancel);
    conversation
        .play(&connection.backend, &request, ui, cancel)
        .await?;
    // What the answer waits for is told, with how it is answered.
    let answers = Answers::default();
    let next = answers.next(&conversation, connection.stays(), ui, cancel);
    next.await.map(drop)
}

async fn sync(action: CustomAction, connection: &Connection, context: Context<'_>) -> Result<()> {
    let request = Request::SyncCustomAction(action);
    let answer = connection
        .backend
        .call::<SyncActionAnswer>(&request, &context.cancel)
        .await?;
    if context.ui.is_json() {
        return context.ui.json_line(&answer.raw);
    }
    let Some(item) = answer.value.updated_item else {
        context.ui.note(Style::Dim, "nothing was updated");
        return Ok(());
    };
    let note = format!("updated: {}", item.id);
    context.ui.note(Style::Dim, &note);
    context.ui.text(&plain::item(&item))?;
    context.ui.end_line()
}
