//! A thread with all of its items, as the protocol shows it, whichever API it is read by.

use super::row::ItemRow;
use super::{convert, items};
use crate::cancel::Cancel;
use crate::command::connect::Link;
use crate::conversation::pages::{Row, Walk};
use crate::error::{Breach, Result};
use crate::protocol::{
    DecodeError, Extra, Item, Page, Request, Thread, ThreadId, ThreadRef, from_value,
};

/// A thread and every item of it.
///
/// # Errors
/// Whatever the backend's answers make.
pub async fn whole(link: &Link, id: &ThreadId, cancel: &Cancel) -> Result<Thread> {
    let mut thread = match link {
        Link::Protocol(connection) => {
            let request = Request::GetThread(ThreadRef {
                thread_id: id.clone(),
                extra: Extra::default(),
            });
            let answer = connection.backend.call::<Thread>(&request, cancel).await?;
            answer.value
        }
        Link::Rest(connection) => {
            let answer = connection.thread(id, cancel).await?;
            from_value(convert::thread(&answer.value)).map_err(breach)?
        }
    };
    let rows = items::fetch(link, id, Walk::everything(), cancel).await?;
    let data = rows.rows.into_iter().map(shown);
    thread.items = page(data.collect::<Result<_>>()?);
    Ok(thread)
}

fn shown(row: Row<ItemRow>) -> Result<Item> {
    match row.value {
        ItemRow::Protocol(mut item) => {
            item.keep_words(&row.raw);
            Ok(*item)
        }
        ItemRow::Rest(item) => from_value(convert::item(*item)).map_err(breach),
    }
}

fn page(data: Vec<Item>) -> Page<Item> {
    Page {
        data,
        ..Page::default()
    }
}

fn breach(error: DecodeError) -> crate::error::Error {
    let operation = "threads.list_items".to_owned();
    Breach::Document { operation, error }.into()
}
