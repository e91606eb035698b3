//! The operations that are answered by a stream: what each checks and stores before the answer. The
//! two that reply to an item are in `replies`.
//!
//! Whatever the reference server answers with a dead stream is refused here, before a byte is sent
//! and before anything is changed.

use std::sync::Arc;

use axum::response::Response;

use super::app::{App, Caller, item_of};
use super::input::{attachments, claim, message};
use super::mint::IdKind;
use super::refusal::Refusal;
use super::scenario::{Asked, Cued};
use super::showcase::{self, Prompt, Scene};
use super::turn::Turn;
use crate::protocol::{
    AddUserMessage, CreateThread, CustomAction, Event, Extra, Item, ItemId, ItemKind, Operation,
    RetryAfterItem, Thread, ThreadId, Timestamp, UserMessage, WithItem, WithThread,
};
use crate::server::script::Step;
use crate::store::{ItemRow, Query};

pub(super) async fn create_thread(
    app: &Arc<App>,
    caller: &Caller,
    params: CreateThread,
) -> Result<Response, Refusal> {
    let attachments = attachments(app, caller, &params.input.attachments).await?;
    let thread = app.new_thread(caller.api);
    let title = caller.automatic_title(&params.input);
    let created = Event::ThreadCreated(WithThread {
        thread: thread.clone(),
        extra: Extra::default(),
    });
    let message = message(params.input, attachments, &thread.id);
    let said = Said::now(app, caller, message);
    let cued = match script(app, caller, &thread, Operation::CreateThread, &said.message).await? {
        Ok(cued) => cued,
        Err(instead) => return Ok(*instead),
    };
    let cued = match title {
        Some(title) => {
            let title = std::iter::once(Step::Title(Some(title)));
            cued.map(|script| Box::new(title.chain(script)))
        }
        None => cued,
    };
    app.save_thread(&caller.user, &thread).await?;
    let id = thread.id.clone();
    let answer = say(app, caller, thread, said, vec![created], cued).await;
    if answer.is_err() {
        // A thread without its first message is none that anybody asked for. Where the store fails
        // this fails too, and there is nobody to tell but the client, who hears of the first.
        let _ = app.delete_thread(&id).await;
    }
    answer
}

pub(super) async fn add_user_message(
    app: &Arc<App>,
    caller: &Caller,
    params: AddUserMessage,
) -> Result<Response, Refusal> {
    let thread = app.thread(caller, &params.thread_id).await?;
    let attachments = attachments(app, caller, &params.input.attachments).await?;
    let message = message(params.input, attachments, &thread.id);
    let said = Said::now(app, caller, message);
    let operation = Operation::AddUserMessage;
    let cued = match script(app, caller, &thread, operation, &said.message).await? {
        Ok(cued) => cued,
        Err(instead) => return Ok(*instead),
    };
    say(app, caller, thread, said, Vec::new(), cued).await
}

pub(super) async fn retry(
    app: &Arc<App>,
    caller: &Caller,
    params: RetryAfterItem,
) -> Result<Response, Refusal> {
    let thread = app.thread(caller, &params.thread_id).await?;
    let item = required_item(app, &thread.id, params.item_id.as_str()).await?;
    let ItemKind::UserMessage(message) = &item.kind else {
        let message = format!(
            "item {} is of type {}, not a user's message",
            item.id,
            item.kind.type_name()
        );
        return Err(Refusal::invalid("params.item_id", message));
    };
    let asked = Asked {
        operation: Operation::RetryAfterItem,
        prompt: Some(&Prompt::Message(message)),
        item: Some(&item.id),
    };
    let cued = match answer(app, caller, &thread, asked).await? {
        Ok(cued) => cued,
        Err(instead) => return Ok(*instead),
    };
    app.store.delete_items_after(&thread.id, &item.id).await?;
    Ok(stream(app, caller, thread, &[], cued))
}

pub(super) async fn action(
    app: &Arc<App>,
    caller: &Caller,
    params: CustomAction,
) -> Result<Response, Refusal> {
    let thread = app.thread(caller, &params.thread_id).await?;
    let sender = match &params.item_id {
        Some(id) => Some(required_item(app, &thread.id, id.as_str()).await?),
        None => None,
    };
    if let Some(item) = sender
        .as_ref()
        .filter(|item| !matches!(item.kind, ItemKind::Widget(_)))
    {
        let message = format!(
            "item {} is of type {}, not a widget",
            item.id,
            item.kind.type_name()
        );
        return Err(Refusal::invalid("params.item_id", message));
    }
    let prompt = Prompt::Action {
        action: &params.action,
        sender: sender.as_ref(),
    };
    let asked = Asked {
        operation: Operation::CustomAction,
        prompt: Some(&prompt),
        item: sender.as_ref().map(|item| &item.id),
    };
    let cued = match answer(app, caller, &thread, asked).await? {
        Ok(cued) => cued,
        Err(instead) => return Ok(*instead),
    };
    Ok(stream(app, caller, thread, &[], cued))
}

/// A user's message; its id and its time are older than those of its answer.
struct Said {
    id: ItemId,
    at: Timestamp,
    message: UserMessage,
}

impl Said {
    fn now(app: &App, caller: &Caller, message: UserMessage) -> Self {
        Self {
            id: app.mint.item_id(caller.api, IdKind::Message),
            at: app.mint.timestamp(),
            message,
        }
    }
}

/// Stores a user's message and answers it, after the events of a new thread.
async fn say(
    app: &Arc<App>,
    caller: &Caller,
    thread: Thread,
    said: Said,
    mut opening: Vec<Event>,
    cued: Cued,
) -> Result<Response, Refusal> {
    claim(app, caller, &said.message.attachments, &thread.id).await?;
    let kind = ItemKind::UserMessage(said.message);
    let item = Item::new(said.id, thread.id.clone(), said.at, kind);
    app.save_item(&thread.id, &item).await?;
    opening.push(Event::ItemDone(WithItem {
        item,
        extra: Extra::default(),
    }));
    Ok(stream(app, caller, thread, &opening, cued))
}

/// What the user said first in a thread.
async fn first_words(app: &App, thread: &ThreadId) -> Result<Option<String>, Refusal> {
    let first = Query {
        limit: 1,
        order: crate::protocol::Order::Asc,
        ..Query::default()
    };
    let rows = app.store.items(thread, first).await?.rows;
    Ok(rows.first().and_then(|row| match item_of(&row.json).kind {
        ItemKind::UserMessage(message) => Some(message.text()),
        _ => None,
    }))
}

pub(super) fn stream(
    app: &Arc<App>,
    caller: &Caller,
    thread: Thread,
    opening: &[Event],
    cued: Cued,
) -> Response {
    let (app, user) = (Arc::clone(app), Arc::clone(&caller.user));
    let turn = Turn::new(app, caller.api, user, thread, opening, cued.script);
    let mut response = turn.into_response();
    if let Some(breakage) = cued.breakage {
        breakage.attach(&mut response);
    }
    response
}

/// The answer to a message: a script, or a response in the place of any stream.
async fn script(
    app: &Arc<App>,
    caller: &Caller,
    thread: &Thread,
    operation: Operation,
    message: &UserMessage,
) -> Result<Result<Cued, Box<Response>>, Refusal> {
    let asked = Asked {
        operation,
        prompt: Some(&Prompt::Message(message)),
        item: None,
    };
    // A new thread is not stored yet, and has no first words to recall.
    let is_new = operation == Operation::CreateThread;
    let first = if !is_new && showcase::recalls(message) {
        first_words(app, &thread.id).await?
    } else {
        None
    };
    let cue = app.cue(caller, thread, asked).await?;
    let scene = Scene::new(Arc::clone(app), caller, thread).recalling(first);
    Ok(cue.script(&scene, asked.prompt))
}

/// The answer of whoever is to give it: a script, or a response in the place of any stream.
/// It is asked for before anything is stored, so that a refusal changes nothing.
pub(super) async fn answer(
    app: &Arc<App>,
    caller: &Caller,
    thread: &Thread,
    asked: Asked<'_>,
) -> Result<Result<Cued, Box<Response>>, Refusal> {
    let cue = app.cue(caller, thread, asked).await?;
    let scene = Scene::new(Arc::clone(app), caller, thread);
    Ok(cue.script(&scene, asked.prompt))
}

pub(super) async fn required_row(
    app: &App,
    thread: &ThreadId,
    id: &str,
) -> Result<Arc<ItemRow>, Refusal> {
    let row = app.store.item(thread, &id.into()).await?;
    row.ok_or_else(|| Refusal::no_item("params.item_id", id))
}

async fn required_item(app: &App, thread: &ThreadId, id: &str) -> Result<Item, Refusal> {
    required_row(app, thread, id)
        .await
        .map(|row| item_of(&row.json))
}
