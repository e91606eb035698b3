//! Replies to an item: a client tool's output, and the answers to a form. Each is taken once.

use std::sync::Arc;

use axum::response::Response;
use bytes::Bytes;

use super::app::{App, Caller, item_of, row_json};
use super::refusal::Refusal;
use super::scenario::Asked;
use super::showcase::Prompt;
use super::turns::{answer, required_row, stream};
use crate::protocol::{
    AddClientToolOutput, AddStructuredInput, Answer, AnswerStatus, ClientToolCall, Event, Extra,
    InputKind, Item, ItemId, ItemKind, Operation, StructuredInput, Submission, Thread, ThreadId,
    ToolCallStatus, WithItem,
};
use crate::server::script::Step;
use crate::store::{Query, StoreError};

pub(super) async fn add_tool_output(
    app: &Arc<App>,
    caller: &Caller,
    params: AddClientToolOutput,
) -> Result<Response, Refusal> {
    let thread = app.thread(caller, &params.thread_id).await?;
    let (was, mut item, mut call) = last_call(app, &thread.id).await?;
    let is_first = call.status == ToolCallStatus::Pending;
    call.status = ToolCallStatus::Completed;
    call.output = Some((*params.result).clone());
    item.kind = ItemKind::ClientToolCall(call.clone());
    let asked = Asked {
        operation: Operation::AddClientToolOutput,
        prompt: Some(&Prompt::ToolOutput(&call)),
        item: Some(&item.id),
    };
    let reply = Reply {
        was: &was,
        item: &item,
        asked,
        is_first,
    };
    if !reply.is_awaited(app, &thread).await? {
        return Err(no_pending_call(&thread.id));
    }
    let cued = match answer(app, caller, &thread, asked).await? {
        Ok(cued) => cued,
        Err(instead) => return Ok(*instead),
    };
    if !reply.take(app, &thread, cued.is_rest).await? {
        // Another output came first, and one call has one output.
        return Err(no_pending_call(&thread.id));
    }
    Ok(stream(app, caller, thread, &[], cued))
}

pub(super) async fn add_answers(
    app: &Arc<App>,
    caller: &Caller,
    params: AddStructuredInput,
) -> Result<Response, Refusal> {
    let thread = app.thread(caller, &params.thread_id).await?;
    let was = required_row(app, &thread.id, params.item_id.as_str()).await?;
    let mut item = item_of(&was.json);
    let ItemKind::StructuredInput(form) = &mut item.kind else {
        let message = format!(
            "item {} is of type {}, not a form",
            item.id,
            item.kind.type_name()
        );
        return Err(Refusal::invalid("params.item_id", message));
    };
    let status = form.status.clone();
    submit(form, params.input);
    let form = form.clone();
    let asked = Asked {
        operation: Operation::AddStructuredInput,
        prompt: Some(&Prompt::Answers(&form)),
        item: Some(&item.id),
    };
    let reply = Reply {
        was: &was.json,
        item: &item,
        asked,
        is_first: status == AnswerStatus::Pending,
    };
    if !reply.is_awaited(app, &thread).await? {
        return Err(not_pending(&item.id, &status));
    }
    let cued = match answer(app, caller, &thread, asked).await? {
        Ok(cued) => cued,
        Err(instead) => return Ok(*instead),
    };
    if !reply.take(app, &thread, cued.is_rest).await? {
        // Other answers came first, and a form is answered once.
        return Err(not_pending(&item.id, &AnswerStatus::Answered));
    }
    let replaced = Event::ItemReplaced(WithItem {
        item,
        extra: Extra::default(),
    });
    let replaced = std::iter::once(Step::Event(replaced));
    let cued = cued.map(|script| Box::new(replaced.chain(script)));
    Ok(stream(app, caller, thread, &[], cued))
}

/// A reply, and the item that it is to.
struct Reply<'a> {
    /// The item as it is stored.
    was: &'a Bytes,
    /// The item with the reply.
    item: &'a Item,
    asked: Asked<'a>,
    /// Whether nothing was replied to the item before.
    is_first: bool,
}

impl Reply<'_> {
    /// Whether anybody waits for it: it is the first, or the same as one that was stored and then
    /// not answered, because the store failed or the process ended.
    async fn is_awaited(&self, app: &App, thread: &Thread) -> Result<bool, StoreError> {
        if self.is_first {
            return Ok(true);
        }
        Ok(row_json(self.item) == *self.was && app.still_waits(thread, self.asked).await?)
    }

    /// Stores it, and makes the answer to it this request's own; returns whether nobody else came
    /// first.
    ///
    /// The item goes first. What fails before it has changed nothing, and what fails after it
    /// leaves the rest of a rule waiting for the same reply: whoever ends that wait plays the rest.
    ///
    /// A process that is killed behind this, before its first event is sent, takes the rest along. To
    /// leave it in the store until then, every reply would need a second write there, and others
    /// could tell a server that died from a slow one only by a span of time in which nobody plays
    /// the rest, or else two do.
    async fn take(&self, app: &App, thread: &Thread, is_rest: bool) -> Result<bool, StoreError> {
        if !self.is_first && !is_rest {
            return Ok(false);
        }
        if self.is_first && !app.swap_item(&thread.id, self.was, self.item).await? {
            return Ok(false);
        }
        let ended = app.end_wait(thread, self.asked).await;
        // An answer that did not wait is given, whatever becomes of a rest that nobody here knows.
        if is_rest { ended } else { Ok(true) }
    }
}

/// The call of a client tool that the thread's last item is (`server.py`).
async fn last_call(app: &App, thread: &ThreadId) -> Result<(Bytes, Item, ClientToolCall), Refusal> {
    let last = Query {
        limit: 1,
        hidden: true,
        ..Query::default()
    };
    let rows = app.store.items(thread, last).await?.rows;
    let row = rows.first().ok_or_else(|| no_pending_call(thread))?;
    let item = item_of(&row.json);
    match item.kind.clone() {
        ItemKind::ClientToolCall(call) => Ok((row.json.clone(), item, call)),
        _ => Err(no_pending_call(thread)),
    }
}

fn no_pending_call(thread: &ThreadId) -> Refusal {
    let message =
        format!("thread {thread} waits for no client tool: its last item is no pending call");
    Refusal {
        code: "no_pending_tool_call",
        ..Refusal::invalid("params.thread_id", message)
    }
}

fn not_pending(form: &ItemId, status: &AnswerStatus) -> Refusal {
    Refusal {
        code: "not_pending",
        ..Refusal::invalid("params.item_id", format!("form {form} is {status} already"))
    }
}

/// Records the answers as the reference server does (`_apply_structured_input_submission`): what is
/// not answered counts as skipped, and a single choice keeps its first value.
fn submit(form: &mut StructuredInput, mut submission: Submission) {
    for question in &mut form.inputs {
        let answer = submission
            .answers
            .remove(&question.id)
            .filter(|answer| !answer.skipped && !answer.values.is_empty())
            .filter(|_| submission.status != AnswerStatus::Skipped);
        question.answer = Some(match answer {
            None => Answer {
                skipped: true,
                ..Answer::default()
            },
            Some(mut answer) => {
                if matches!(&question.kind, InputKind::MultipleChoice(choice) if !choice.multiple) {
                    answer.values.truncate(1);
                }
                Answer {
                    values: answer.values,
                    ..Answer::default()
                }
            }
        });
    }
    form.status = submission.status;
}
