//! Where threads are exported from: the pages of either API, as the protocol would show them.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::patience::Patience;
use crate::client::{ItemQuery, ThreadQuery};
use crate::command::connect::Link;
use crate::command::thread::convert;
use crate::command::thread::fields::Fields;
use crate::error::{Breach, Error, Result};
use crate::protocol::hosted::RestThread;
use crate::protocol::{
    DecodeError, Extra, ListItems, ListThreads, Order, Request, ThreadId, ThreadRef, from_slice,
};
use crate::ui::Ui;

/// How many rows are asked for at once; the hosted API's largest page.
pub const PAGE: u32 = 100;

/// A backend, by either of its APIs.
pub struct Source<'a> {
    pub link: &'a Link,
    pub patience: Patience<'a>,
}

/// A thread without its items.
pub struct Found {
    /// Its id.
    pub id: ThreadId,
    /// Whose it is, where the API says so.
    pub user: Option<String>,
    /// The thread as the protocol shows it, with an empty page of items.
    pub json: String,
}

/// A page of items, in the order of the thread.
#[derive(Serialize)]
pub struct Items {
    data: Vec<Box<RawValue>>,
    has_more: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<String>,
}

/// What must be legible of a page; its rows are handed on as they came.
#[derive(Deserialize)]
struct RawPage {
    data: Vec<Box<RawValue>>,
    #[serde(default)]
    has_more: bool,
    after: Option<String>,
}

impl Items {
    /// The id that the next page begins after.
    pub fn more(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// The page as it is written.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("rows that were JSON print as JSON")
    }

    /// How many attachments the messages of this page have.
    pub fn attachments(&self) -> usize {
        /// A user's message, as far as it counts here.
        #[derive(Deserialize)]
        struct Message {
            #[serde(default)]
            attachments: Vec<Value>,
        }
        let message = |row: &RawValue| serde_json::from_str::<Message>(row.get()).ok();
        let messages = self.data.iter().filter_map(|row| message(row));
        messages.map(|message| message.attachments.len()).sum()
    }
}

impl Source<'_> {
    /// The address that is exported from, without anything secret.
    pub fn describe(&self) -> String {
        match self.link {
            Link::Protocol(connection) => connection.backend.describe(),
            Link::Rest(connection) => connection.rest.describe(),
        }
    }

    /// A page of threads, oldest first, so that what is begun meanwhile comes at the end.
    ///
    /// # Errors
    /// As every method here: whatever the backend's answer makes.
    pub async fn threads(
        &self,
        after: Option<&str>,
        ui: &mut Ui,
    ) -> Result<(Vec<Found>, Option<String>)> {
        let cancel = self.patience.cancel;
        match self.link {
            Link::Protocol(connection) => {
                let request = Request::ListThreads(ListThreads {
                    limit: Some(PAGE.into()),
                    order: Order::Asc,
                    after: after.map(ToOwned::to_owned),
                    extra: Extra::default(),
                });
                let call = || connection.backend.call::<RawPage>(&request, cancel);
                let page = self.patience.ask(call, ui).await?.value;
                let rows = page.data.iter();
                let rows: Result<_> = rows.map(|row| protocol_thread(row.get())).collect();
                Ok((rows?, next("threads.list", page.has_more, page.after)?))
            }
            Link::Rest(connection) => {
                let query = ThreadQuery {
                    limit: Some(PAGE),
                    order: Some(Order::Asc),
                    after: after.map(ToOwned::to_owned),
                    before: None,
                    user: connection.user.clone(),
                };
                let call = || connection.rest.list_threads(&query, cancel);
                let page = self.patience.ask(call, ui).await?.value;
                let rows = page.data.iter().map(rest_thread).collect();
                let more = next("threads.list", page.has_more, page.last_id)?;
                Ok((rows, more))
            }
        }
    }

    /// One thread.
    pub async fn thread(&self, id: &ThreadId, ui: &mut Ui) -> Result<Found> {
        let cancel = self.patience.cancel;
        match self.link {
            Link::Protocol(connection) => {
                let request = Request::GetThread(ThreadRef {
                    thread_id: id.clone(),
                    extra: Extra::default(),
                });
                let call = || connection.backend.call::<Box<RawValue>>(&request, cancel);
                protocol_thread(self.patience.ask(call, ui).await?.value.get())
            }
            Link::Rest(connection) => {
                let call = || connection.thread(id, cancel);
                Ok(rest_thread(&self.patience.ask(call, ui).await?.value))
            }
        }
    }

    /// A page of a thread's items, oldest first.
    pub async fn items(&self, id: &ThreadId, after: Option<&str>, ui: &mut Ui) -> Result<Items> {
        let cancel = self.patience.cancel;
        let (data, more) = match self.link {
            Link::Protocol(connection) => {
                let request = Request::ListItems(ListItems {
                    thread_id: id.clone(),
                    limit: Some(PAGE.into()),
                    order: Order::Asc,
                    after: after.map(ToOwned::to_owned),
                    extra: Extra::default(),
                });
                let call = || connection.backend.call::<RawPage>(&request, cancel);
                let page = self.patience.ask(call, ui).await?.value;
                let data = page.data.into_iter().map(one_line).collect();
                (data, next("items.list", page.has_more, page.after)?)
            }
            Link::Rest(connection) => {
                let query = ItemQuery {
                    limit: Some(PAGE),
                    order: Some(Order::Asc),
                    after: after.map(ToOwned::to_owned),
                    before: None,
                };
                let call = || connection.rest.list_items(id, &query, cancel);
                let page = self.patience.ask(call, ui).await?.value;
                let data = page
                    .data
                    .into_iter()
                    .map(|item| raw_value(&convert::item(item)));
                let more = next("threads.list_items", page.has_more, page.last_id)?;
                (data.collect(), more)
            }
        };
        Ok(Items {
            data,
            has_more: more.is_some(),
            after: more,
        })
    }
}

fn protocol_thread(raw: &str) -> Result<Found> {
    /// What must be legible of a thread.
    #[derive(Deserialize)]
    struct Thread {
        id: ThreadId,
    }
    let malformed = |error| breach("threads.list", error);
    let Thread { id } = from_slice(raw.as_bytes()).map_err(malformed)?;
    let mut thread: Fields = from_slice(raw.as_bytes()).map_err(malformed)?;
    thread.set("items", raw_value(&no_items()));
    Ok(Found {
        id,
        user: None,
        json: on_one_line(&serde_json::to_string(&thread).expect("JSON prints as JSON")),
    })
}

fn rest_thread(thread: &RestThread) -> Found {
    let (id, user) = (thread.id.clone(), Some(thread.user.clone()));
    let mut thread = convert::thread(thread);
    thread["items"] = no_items();
    Found {
        id,
        user,
        json: thread.to_string(),
    }
}

/// The items have pages of their own, so that they are there once.
fn no_items() -> Value {
    serde_json::json!({"data": [], "has_more": false})
}

/// A row as it came, unless it came over several lines, of which a recording's line is one.
fn one_line(row: Box<RawValue>) -> Box<RawValue> {
    if !row.get().contains(['\n', '\r']) {
        return row;
    }
    let line = on_one_line(row.get());
    RawValue::from_string(line).expect("spaces between the words of JSON change nothing")
}

/// Within a string of JSON no line ends, so that a space does as well.
fn on_one_line(json: &str) -> String {
    json.replace(['\n', '\r'], " ")
}

fn raw_value(value: &Value) -> Box<RawValue> {
    RawValue::from_string(value.to_string()).expect("a value prints as JSON")
}

/// Where the next page begins.
///
/// # Errors
/// The backend broke the protocol: the page leads nowhere.
fn next(operation: &str, has_more: bool, after: Option<String>) -> Result<Option<String>> {
    match after {
        _ if !has_more => Ok(None),
        None => Err(breach(
            operation,
            DecodeError {
                path: "after".to_owned(),
                message: "missing, although has_more is true".to_owned(),
            },
        )),
        after => Ok(after),
    }
}

fn breach(operation: &str, error: DecodeError) -> Error {
    let operation = operation.to_owned();
    Breach::Document { operation, error }.into()
}
