//! The hosted REST API, and the protocol as the hosted API offers it.
//!
//! Facts: `openai` (PyPI), `resources/beta/chatkit`, which sends `OpenAI-Beta: chatkit_beta=v1` with
//! every request that an API key is for, as the API reference's own examples do. The browser
//! component, which talks with a client secret, does not send it.

mod book;
mod conversation;
mod convert;
mod page;
mod plan;
mod secret;
mod session;
mod sessions;
mod shared;
#[cfg(test)]
mod tests;
mod threads;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Serialize;

use super::app::App;

pub(super) use book::Sessions;
pub(super) use plan::Plan;
pub(super) use secret::PREFIX as SECRET_PREFIX;
pub(super) use session::Session;

/// Every address of the API under a prefix.
pub(super) fn routes(prefix: &str) -> Router<Arc<App>> {
    let at = |path: &str| format!("{prefix}{path}");
    Router::new()
        .route(&at("/sessions"), post(sessions::create))
        .route(&at("/sessions/{id}/cancel"), post(sessions::cancel))
        .route(&at("/threads"), get(threads::list))
        .route(
            &at("/threads/{id}"),
            get(threads::retrieve).delete(threads::delete),
        )
        .route(&at("/threads/{id}/items"), get(threads::items))
        .route(&at("/conversation"), post(conversation::answer))
        .route(
            &at("/files"),
            // The upload counts its own bytes, and streams them to disk.
            post(conversation::upload).layer(DefaultBodyLimit::disable()),
        )
        .route(&at("/domain_keys/verify"), post(sessions::verify_domain))
        .route(
            &at("/domain_keys/verify_hosted"),
            post(sessions::verify_domain),
        )
}

/// A document as a response.
pub(super) fn document<T: Serialize>(value: &T) -> Response {
    let json = serde_json::to_vec(value).expect("a shape with string keys serialises into memory");
    ([(header::CONTENT_TYPE, "application/json")], json).into_response()
}
