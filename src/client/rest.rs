//! The hosted REST API: sessions, and threads as their owner sees them.

use std::fmt;
use std::sync::Arc;

use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use url::Url;

use super::Options;
use super::backend::{JSON, document, reachable};
use super::body::Document;
use super::endpoint::{below, with_version};
use super::failure;
use super::hosted::BETA;
use super::outgoing::{Outgoing, bearer};
use super::transport::Transport;
use super::words::address;
use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::protocol::hosted::{CreateSession, Deleted, List, RestItem, RestThread, Session};
use crate::protocol::{Order, ThreadId};

/// The hosted REST API, authorised by an API key; clones share its connections.
#[derive(Clone)]
pub struct Rest {
    inner: Arc<Inner>,
}

struct Inner {
    transport: Transport,
    base: Url,
    authorization: HeaderValue,
}

/// Which page of the threads.
#[derive(Clone, Debug, Default)]
pub struct ThreadQuery {
    /// How many rows: 1 to 100, and 20 where it is absent.
    pub limit: Option<u32>,
    /// By creation; newest first where it is absent.
    pub order: Option<Order>,
    /// The id of the row that the page begins after.
    pub after: Option<String>,
    /// The id of the row that the page ends before.
    pub before: Option<String>,
    /// Only threads of this user.
    pub user: Option<String>,
}

/// Which page of a thread's items.
#[derive(Clone, Debug, Default)]
pub struct ItemQuery {
    /// How many rows: 1 to 100, and 20 where it is absent.
    pub limit: Option<u32>,
    /// By creation; newest first where it is absent.
    pub order: Option<Order>,
    /// The id of the row that the page begins after.
    pub after: Option<String>,
    /// The id of the row that the page ends before.
    pub before: Option<String>,
}

impl Rest {
    /// The API at this base address (with or without `/v1`); nothing is sent yet.
    ///
    /// # Errors
    /// The address is none that HTTP could reach, or the key or an option none that it could carry.
    pub fn new(api_base: Url, api_key: &SecretString, options: Options) -> Result<Self> {
        let inner = Inner {
            base: with_version(reachable(api_base)?),
            authorization: bearer(api_key, "the API key")?,
            transport: Transport::new(options)?,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// The base address, without anything secret, for messages.
    pub fn describe(&self) -> String {
        address(&self.inner.base)
    }

    /// Makes a session.
    ///
    /// # Errors
    /// As every method here: the API was not reached, refuses, or answers with something else.
    pub async fn create_session(
        &self,
        session: &CreateSession,
        cancel: &Cancel,
    ) -> Result<Document<Session>> {
        let url = self.url(&["sessions"])?;
        self.run(Outgoing::document(url, "sessions.create", session), cancel)
            .await
    }

    /// Ends a session; its secret stops working.
    pub async fn cancel_session(&self, id: &str, cancel: &Cancel) -> Result<Document<Session>> {
        let url = self.url(&["sessions", id, "cancel"])?;
        self.run(Outgoing::new(Method::POST, url, "sessions.cancel"), cancel)
            .await
    }

    /// A page of the threads.
    pub async fn list_threads(
        &self,
        query: &ThreadQuery,
        cancel: &Cancel,
    ) -> Result<Document<List<RestThread>>> {
        let mut url = self.url(&["threads"])?;
        page(
            &mut url,
            query.limit,
            query.order,
            query.after.as_deref(),
            query.before.as_deref(),
        );
        if let Some(user) = &query.user {
            url.query_pairs_mut().append_pair("user", user);
        }
        self.run(Outgoing::new(Method::GET, url, "threads.list"), cancel)
            .await
    }

    /// One thread, without its items.
    pub async fn get_thread(&self, id: &ThreadId, cancel: &Cancel) -> Result<Document<RestThread>> {
        let url = self.url(&["threads", id.as_str()])?;
        self.run(Outgoing::new(Method::GET, url, "threads.retrieve"), cancel)
            .await
    }

    /// Deletes a thread.
    pub async fn delete_thread(&self, id: &ThreadId, cancel: &Cancel) -> Result<Document<Deleted>> {
        let url = self.url(&["threads", id.as_str()])?;
        self.run(Outgoing::new(Method::DELETE, url, "threads.delete"), cancel)
            .await
    }

    /// A page of a thread's items.
    pub async fn list_items(
        &self,
        id: &ThreadId,
        query: &ItemQuery,
        cancel: &Cancel,
    ) -> Result<Document<List<RestItem>>> {
        let mut url = self.url(&["threads", id.as_str(), "items"])?;
        page(
            &mut url,
            query.limit,
            query.order,
            query.after.as_deref(),
            query.before.as_deref(),
        );
        self.run(
            Outgoing::new(Method::GET, url, "threads.list_items"),
            cancel,
        )
        .await
    }

    /// # Errors
    /// Wrong usage: an id that an address cannot carry, so that something else would be asked for.
    fn url(&self, segments: &[&str]) -> Result<Url> {
        if let Some(id) = segments.iter().find(|id| matches!(**id, "" | "." | "..")) {
            return Err(Error::usage(format!("'{id}' is no id")));
        }
        Ok(below(&below(&self.inner.base, &["chatkit"]), segments))
    }

    async fn run<T: DeserializeOwned>(
        &self,
        outgoing: Outgoing,
        cancel: &Cancel,
    ) -> Result<Document<T>> {
        let Inner {
            transport,
            authorization,
            ..
        } = &*self.inner;
        let outgoing = outgoing
            .plain(ACCEPT, HeaderValue::from_static(JSON))
            .with(&transport.options)
            .bound(BETA.0, BETA.1)
            .bound(AUTHORIZATION, authorization.clone());
        let operation = outgoing.operation.clone();
        let answered = transport.succeed(outgoing, None, cancel).await;
        let answered = answered.map_err(|mut error| {
            if let Error::Http(failure) = &mut error {
                failure::blame_base(failure);
            }
            error
        })?;
        document(answered, &operation, cancel).await
    }
}

impl fmt::Debug for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Rest").field(&self.describe()).finish()
    }
}

fn page(
    url: &mut Url,
    limit: Option<u32>,
    order: Option<Order>,
    after: Option<&str>,
    before: Option<&str>,
) {
    let limit = limit.map(|limit| limit.to_string());
    let pairs = [
        ("limit", limit.as_deref()),
        ("order", order.map(Order::as_str)),
        ("after", after),
        ("before", before),
    ];
    for (name, value) in pairs {
        if let Some(value) = value {
            url.query_pairs_mut().append_pair(name, value);
        }
    }
}

#[cfg(test)]
mod tests;
