//! The ten operations that are answered by one document.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Serialize;

use super::app::{App, Caller, item_of, thread_of};
use super::refusal::Refusal;
use super::showcase;
use crate::protocol::{
    AttachmentRef, CustomAction, DEFAULT_PAGE_SIZE, Extra, Feedback, Item, ItemId, ItemKind,
    ListItems, ListThreads, Order, Request, SyncActionAnswer, Thread, ThreadRef, Transcribe,
    Transcription, UpdateThread,
};
use crate::store::{ItemRow, Query, Rows, StoreError, ThreadRow};

const EMPTY: Bytes = Bytes::from_static(b"{}");

/// Answers a request that does not stream.
pub(super) async fn answer(
    app: &Arc<App>,
    caller: &Caller,
    request: Request,
) -> Result<Bytes, Refusal> {
    match request {
        Request::GetThread(params) => get_thread(app, caller, params).await,
        Request::ListThreads(params) => list_threads(app, caller, params).await,
        Request::UpdateThread(params) => update_thread(app, caller, params).await,
        Request::DeleteThread(params) => {
            app.thread(caller, &params.thread_id).await?;
            app.delete_thread(&params.thread_id).await?;
            Ok(EMPTY)
        }
        Request::ListItems(params) => list_items(app, caller, params).await,
        Request::Feedback(params) => feedback(app, caller, params).await,
        Request::CreateAttachment(params) => Ok(json(&app.announce_upload(caller, params).await?)),
        Request::DeleteAttachment(params) => delete_attachment(app, caller, params).await,
        Request::Transcribe(params) => transcribe(&params),
        Request::SyncCustomAction(params) => sync_action(app, caller, params).await,
        streaming => unreachable!("{} is answered by a stream", streaming.operation().name()),
    }
}

async fn get_thread(app: &App, caller: &Caller, params: ThreadRef) -> Result<Bytes, Refusal> {
    let row = app
        .store
        .thread(Some(&caller.user), &params.thread_id)
        .await?;
    let query = Query {
        limit: DEFAULT_PAGE_SIZE,
        order: Order::Asc,
        ..Query::default()
    };
    let items = item_page(&app.store.items(&params.thread_id, query).await?);
    Ok(with_items(&row, &items))
}

async fn list_threads(app: &App, caller: &Caller, params: ListThreads) -> Result<Bytes, Refusal> {
    let query = Query {
        limit: page_size(params.limit),
        order: params.order,
        after: params.after.as_deref(),
        ..Query::default()
    };
    let page = match caller.recent_threads() {
        None => app.store.threads(Some(&caller.user), query).await?,
        Some(recent) => recent_page(app, caller, query, recent).await?,
    };
    Ok(join(
        page.rows.iter().map(|row| (row.id.as_str(), &row.json)),
        page.has_more,
    ))
}

/// A page of a user's latest threads, beyond which their session does not let them see.
async fn recent_page(
    app: &App,
    caller: &Caller,
    query: Query<'_>,
    recent: usize,
) -> Result<Rows<ThreadRow>, Refusal> {
    let latest = Query {
        limit: recent,
        ..Query::default()
    };
    let mut rows = app.store.threads(Some(&caller.user), latest).await?.rows;
    if query.order == Order::Asc {
        rows.reverse();
    }
    if let Some(after) = query.after {
        // A thread that newer ones have pushed out of sight meanwhile ends the walk, as the last.
        let row = app.store.thread(Some(&caller.user), &after.into()).await;
        row.map_err(|_| StoreError::NoCursor(after.to_owned()))?;
        let place = rows.iter().position(|row| row.id.as_str() == after);
        rows.drain(..place.map_or(rows.len(), |place| place + 1));
    }
    let has_more = rows.len() > query.limit;
    rows.truncate(query.limit);
    Ok(Rows { rows, has_more })
}

async fn update_thread(app: &App, caller: &Caller, params: UpdateThread) -> Result<Bytes, Refusal> {
    let rename = |thread: &mut Thread| thread.title = Some(params.title.clone());
    let changed = app.change_thread(&caller.user, &params.thread_id, rename);
    Ok(json(&changed.await?))
}

async fn list_items(app: &App, caller: &Caller, params: ListItems) -> Result<Bytes, Refusal> {
    app.store
        .thread(Some(&caller.user), &params.thread_id)
        .await?;
    let query = Query {
        limit: page_size(params.limit),
        order: params.order,
        after: params.after.as_deref(),
        ..Query::default()
    };
    Ok(item_page(&app.store.items(&params.thread_id, query).await?))
}

async fn feedback(app: &App, caller: &Caller, params: Feedback) -> Result<Bytes, Refusal> {
    app.store
        .thread(Some(&caller.user), &params.thread_id)
        .await?;
    for id in &params.item_ids {
        if app.store.item(&params.thread_id, id).await?.is_none() {
            return Err(Refusal::no_item("params.item_ids", id.as_str()));
        }
    }
    Ok(EMPTY)
}

async fn delete_attachment(
    app: &App,
    caller: &Caller,
    params: AttachmentRef,
) -> Result<Bytes, Refusal> {
    if !app
        .store
        .delete_attachment(&caller.user, &params.attachment_id)
        .await?
    {
        let message = format!("there is no attachment {}", params.attachment_id);
        return Err(Refusal::not_found(
            "attachment_not_found",
            "params.attachment_id",
            message,
        ));
    }
    app.forget_upload(&params.attachment_id).await?;
    Ok(EMPTY)
}

fn transcribe(params: &Transcribe) -> Result<Bytes, Refusal> {
    let Ok(audio) = STANDARD.decode(&params.audio_base64) else {
        return Err(Refusal::invalid(
            "params.audio_base64",
            "audio_base64 is not base64",
        ));
    };
    let text = format!(
        "A transcript of {} bytes of {}.",
        audio.len(),
        params.mime_type
    );
    Ok(json(&Transcription {
        text,
        extra: Extra::default(),
    }))
}

async fn sync_action(
    app: &Arc<App>,
    caller: &Caller,
    params: CustomAction,
) -> Result<Bytes, Refusal> {
    app.thread(caller, &params.thread_id).await?;
    let mut answer = SyncActionAnswer::default();
    if let Some(id) = &params.item_id {
        answer.updated_item = Some(update_widget(app, &params, id).await?);
    }
    Ok(json(&answer))
}

/// Stores what an action makes of a widget; of what another action has just made of it, if so.
async fn update_widget(
    app: &Arc<App>,
    params: &CustomAction,
    id: &ItemId,
) -> Result<Item, Refusal> {
    loop {
        let row = app.store.item(&params.thread_id, id).await?;
        let row = row.ok_or_else(|| Refusal::no_item("params.item_id", id.as_str()))?;
        let item = item_of(&row.json);
        if !matches!(item.kind, ItemKind::Widget(_)) {
            let message = format!(
                "item {id} is of type {}, not a widget",
                item.kind.type_name()
            );
            return Err(Refusal::invalid("params.item_id", message));
        }
        let updated = showcase::sync_action(item, &params.action);
        if app
            .swap_item(&params.thread_id, &row.json, &updated)
            .await?
        {
            return Ok(updated);
        }
    }
}

/// A limit that is absent or zero means the usual page (`server.py`, `limit or DEFAULT_PAGE_SIZE`).
fn page_size(limit: Option<u64>) -> usize {
    match limit {
        None | Some(0) => DEFAULT_PAGE_SIZE,
        Some(limit) => usize::try_from(limit).unwrap_or(usize::MAX),
    }
}

fn item_page(page: &Rows<ItemRow>) -> Bytes {
    join(
        page.rows.iter().map(|row| (row.id.as_str(), &row.json)),
        page.has_more,
    )
}

/// Puts a page together from rows that are serialised already.
fn join<'a>(rows: impl Iterator<Item = (&'a str, &'a Bytes)> + Clone, has_more: bool) -> Bytes {
    let size = rows.clone().map(|(_, json)| json.len() + 1).sum::<usize>();
    let mut page = Vec::with_capacity(size + 128);
    page.extend_from_slice(b"{\"data\":[");
    let mut last = None;
    for (id, json) in rows {
        if last.is_some() {
            page.push(b',');
        }
        page.extend_from_slice(json);
        last = Some(id);
    }
    page.extend_from_slice(if has_more {
        b"],\"has_more\":true"
    } else {
        b"],\"has_more\":false"
    });
    if let Some(id) = last.filter(|_| has_more) {
        page.extend_from_slice(b",\"after\":");
        page.extend(serde_json::to_vec(id).expect("a string serialises"));
    }
    page.push(b'}');
    page.into()
}

/// The thread of a row, with a page of items in the place of the empty one.
fn with_items(row: &ThreadRow, items: &Bytes) -> Bytes {
    let mut thread = serde_json::to_value(thread_of(row)).expect("a shape serialises");
    let page = serde_json::from_slice(items).expect("a page was put together from JSON");
    thread["items"] = page;
    json(&thread)
}

fn json<T: Serialize>(value: &T) -> Bytes {
    serde_json::to_vec(value)
        .expect("a shape with string keys serialises into memory")
        .into()
}
