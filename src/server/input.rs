//! The message that a user's input becomes, with the attachments it names.

use super::app::{App, Caller};
use super::refusal::Refusal;
use crate::protocol::{Attachment, AttachmentId, Extra, ThreadId, UserMessage, UserMessageInput};

/// The attachments that a message names; all must be there before anything is stored.
pub(super) async fn attachments(
    app: &App,
    caller: &Caller,
    ids: &[AttachmentId],
) -> Result<Vec<Attachment>, Refusal> {
    let mut attachments = Vec::with_capacity(ids.len());
    for id in ids {
        let found = app.store.attachment(&caller.user, id).await?;
        attachments.push(found.ok_or_else(|| no_attachment(id))?);
    }
    Ok(attachments)
}

fn no_attachment(id: &AttachmentId) -> Refusal {
    let message = format!("there is no attachment {id}");
    Refusal::not_found("attachment_not_found", "params.input.attachments", message)
}

/// The message of an input; its attachments belong to the thread from now on.
pub(super) fn message(
    input: UserMessageInput,
    mut attachments: Vec<Attachment>,
    thread: &ThreadId,
) -> UserMessage {
    for attachment in &mut attachments {
        attachment.thread_id = Some(thread.clone());
    }
    UserMessage {
        content: input.content,
        attachments,
        quoted_text: input.quoted_text,
        inference_options: input.inference_options,
        extra: Extra::default(),
    }
}

/// Notes in each attachment of a message which thread it belongs to now.
pub(super) async fn claim(
    app: &App,
    caller: &Caller,
    attachments: &[Attachment],
    thread: &ThreadId,
) -> Result<(), Refusal> {
    for Attachment { id, .. } in attachments {
        let changed = app.change_attachment(&caller.user, id, |attachment| {
            attachment.thread_id = Some(thread.clone());
        });
        changed.await?.ok_or_else(|| no_attachment(id))?;
    }
    Ok(())
}
