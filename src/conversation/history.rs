//! What was said in a thread before, by the protocol.

use super::pages::{Query, Rows, Walk, walk};
use crate::cancel::Cancel;
use crate::client::Backend;
use crate::error::Result;
use crate::protocol::{Extra, Item, ListItems, Page, Request, ThreadId};

/// Every item of a thread, oldest first.
///
/// # Errors
/// Whatever the backend's answers make.
pub async fn all_items(
    backend: &Backend,
    thread: &ThreadId,
    cancel: &Cancel,
) -> Result<Page<Item>> {
    let rows = walk("items.list", Walk::everything(), async |query| {
        items_page(backend, thread, query, cancel).await
    });
    let items = rows.await?.rows.into_iter().map(|row| {
        let mut item = row.value;
        item.keep_words(&row.raw);
        item
    });
    Ok(Page {
        data: items.collect(),
        ..Page::default()
    })
}

/// A page of a thread's items.
///
/// # Errors
/// Whatever the backend's answer makes.
pub async fn items_page(
    backend: &Backend,
    thread: &ThreadId,
    query: Query,
    cancel: &Cancel,
) -> Result<Rows<Item>> {
    let request = Request::ListItems(ListItems {
        thread_id: thread.clone(),
        limit: query.limit.map(u64::from),
        order: query.order,
        after: query.after,
        extra: Extra::default(),
    });
    let answer = backend.call::<Page<Item>>(&request, cancel).await?;
    let page = answer.value;
    Rows::new(
        "items.list",
        &answer.raw,
        page.data,
        page.has_more,
        page.after,
    )
}
