//! Threads and their items over REST.

use std::sync::Arc;

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;

use super::super::app::{App, item_of, thread_of};
use super::super::extract::{ApiKey, Id};
use super::super::refusal::Refusal;
use super::page::{PageQuery, list as page_of};
use super::{convert, document};
use crate::protocol::hosted::{Deleted, RestItem, RestThread};
use crate::protocol::{Extra, ThreadId};
use crate::store::{Query, Stored, ThreadRow};

/// `GET /chatkit/threads`.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    _key: ApiKey,
    uri: Uri,
) -> Result<Response, Refusal> {
    let page = PageQuery::read(&uri)?;
    let rows = app.store.threads(page.user.as_deref(), page.stored()).await;
    let rows = rows.map_err(|error| page.refuse(error))?;
    let threads = rows.rows.iter().map(|row| shown(row)).collect();
    let list = page_of(threads, rows.has_more, |thread: &RestThread| {
        thread.id.as_str()
    });
    Ok(document(&list))
}

/// `GET /chatkit/threads/{id}`.
pub(super) async fn retrieve(
    State(app): State<Arc<App>>,
    _key: ApiKey,
    Id(id): Id,
) -> Result<Response, Refusal> {
    let row = app.store.thread(None, &id.into()).await?;
    Ok(document(&shown(&row)))
}

/// `DELETE /chatkit/threads/{id}`.
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    _key: ApiKey,
    Id(id): Id,
) -> Result<Response, Refusal> {
    app.delete_thread(&id.as_str().into()).await?;
    Ok(document(&Deleted {
        id,
        object: "chatkit.thread.deleted".into(),
        deleted: true,
        extra: Extra::default(),
    }))
}

/// `GET /chatkit/threads/{id}/items`.
pub(super) async fn items(
    State(app): State<Arc<App>>,
    _key: ApiKey,
    Id(id): Id,
    uri: Uri,
) -> Result<Response, Refusal> {
    let page = PageQuery::read(&uri)?;
    let found = rest_items(&app, &id.into(), &page).await;
    let (items, has_more) = found.map_err(|error| page.refuse(error))?;
    let list = page_of(items, has_more, |item: &RestItem| item.id.as_str());
    Ok(document(&list))
}

fn shown(row: &ThreadRow) -> RestThread {
    convert::thread(thread_of(row), &row.user)
}

/// A full page of the items that the REST API has. Kinds that it does not have are read past, since
/// a page that they emptied would end a client's walk.
async fn rest_items(
    app: &App,
    thread: &ThreadId,
    page: &PageQuery,
) -> Stored<(Vec<RestItem>, bool)> {
    // A page that ends at `before` alone is the one just before it, so reading on goes backwards.
    let backwards = page.before.is_some() && page.after.is_none();
    let mut edge = if backwards { &page.before } else { &page.after }.clone();
    let mut items = Vec::new();
    loop {
        let query = Query {
            after: edge.as_deref().filter(|_| !backwards),
            before: if backwards {
                edge.as_deref()
            } else {
                page.before.as_deref()
            },
            limit: page.limit + 1,
            ..page.stored()
        };
        let mut found = app.store.items(thread, query).await?;
        if backwards {
            found.rows.reverse();
        }
        items.extend(
            found
                .rows
                .iter()
                .filter_map(|row| convert::item(item_of(&row.json))),
        );
        edge = found.rows.last().map(|row| row.id.as_str().to_owned());
        if items.len() > page.limit || !found.has_more || edge.is_none() {
            break;
        }
    }
    let has_more = items.len() > page.limit;
    items.truncate(page.limit);
    if backwards {
        items.reverse();
    }
    Ok((items, has_more))
}
