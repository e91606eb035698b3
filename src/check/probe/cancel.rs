//! Leaving in the middle of an answer, and going on in the thread.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Stage, first_params, input};
use crate::check::evidence::{Frame, Purpose};
use crate::check::wire::Ask;
use crate::error::{Error, Result};
use crate::protocol::{Event, Update};

/// How long the backend has to notice that its client is gone, besides the time that the whole answer
/// takes: some go on by themselves, and store it at its end.
const NOTICE: Duration = Duration::from_secs(3);

/// How long the whole answer is taken to last where that was not seen.
const UNSEEN: Duration = Duration::from_secs(4);

/// How long apart it is looked.
const PAUSE: Duration = Duration::from_millis(100);

pub(super) async fn run(stage: &Stage<'_>) -> Result<Option<String>> {
    let mut lasts = UNSEEN;
    if let Some(long) = &stage.messages.long {
        // Read to its end it shows whether something holds the pieces back.
        let begun = Instant::now();
        stage.start(long).await?;
        lasts = begun.elapsed();
    }
    let text = stage.messages.long.as_ref().unwrap_or(&stage.messages.any);
    let mut ask =
        Ask::operation("threads.create", &first_params(text)).with_purpose(Purpose::Cancel);
    ask.leave = Some(has_text);
    let left = stage.wire.ask(ask).await?;
    let Some(thread) = left.thread.as_ref().filter(|_| left.is_good) else {
        return Ok(Some("the turn that was to be left failed".into()));
    };
    let params = json!({"thread_id": thread});
    let until = Instant::now() + lasts + NOTICE;
    loop {
        let ask = Ask::operation("threads.get_by_id", &params).with_purpose(Purpose::AfterCancel);
        let known = stage.wire.ask(ask).await?;
        let items = known.document["items"]["data"].as_array();
        let is_it =
            |item: &Value| item["type"] == "assistant_message" && begins(item, &left.last_text);
        let is_kept = items.is_some_and(|items| items.iter().any(is_it));
        // What does not stand on the first page is looked for in the list below.
        let is_paged = known.document["items"]["has_more"] == true;
        if is_kept || is_paged || Instant::now() >= until {
            break;
        }
        pause(stage).await?;
    }
    // The note that the user left is for the model alone.
    let list = Ask::operation("items.list", &params).with_purpose(Purpose::AfterCancel);
    stage.wire.ask(list).await?;
    let params = json!({"thread_id": thread, "input": input(&stage.messages.short)});
    let ask =
        Ask::operation("threads.add_user_message", &params).with_purpose(Purpose::AfterCancel);
    stage.wire.ask(ask).await?;
    Ok(None)
}

/// Whether a message begins with the text that was seen of it: there may be others.
fn begins(message: &Value, seen: &str) -> bool {
    let parts = message["content"].as_array().into_iter().flatten();
    let text: String = parts.filter_map(|part| part["text"].as_str()).collect();
    text.trim_start().starts_with(seen.trim())
}

/// Waits a little, so that the backend may notice that its client is gone.
async fn pause(stage: &Stage<'_>) -> Result<()> {
    tokio::select! {
        biased;
        () = stage.wire.cancel.requested() => Err(Error::Interrupted),
        () = tokio::time::sleep(PAUSE) => Ok(()),
    }
}

/// Whether some of the answer's text has come.
fn has_text(frames: &[Frame]) -> bool {
    let text = |frame: &Frame| match &frame.event {
        Ok(Event::ItemUpdated(updated)) => match &updated.update {
            Update::TextDelta(delta) => !delta.delta.trim().is_empty(),
            _ => false,
        },
        _ => false,
    };
    frames.iter().any(text)
}
