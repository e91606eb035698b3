//! Sessions over REST, and the check of a page's domain, which the mock passes always.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use serde::de::IgnoredAny;
use serde_json::json;

use super::super::app::App;
use super::super::extract::{ApiKey, Id};
use super::super::refusal::Refusal;
use super::super::routes::read_body;
use super::{Plan, document};
use crate::protocol::from_slice;
use crate::protocol::hosted::SessionStatus;

/// `POST /chatkit/sessions`.
pub(super) async fn create(
    State(app): State<Arc<App>>,
    _key: ApiKey,
    body: Body,
) -> Result<Response, Refusal> {
    let plan = Plan::read(&read_body(body).await?)?;
    let now = app.now();
    let session = app.sessions.create(&app.mint, plan, now).await?;
    Ok(document(&session.shown(SessionStatus::Active)))
}

/// `POST /chatkit/sessions/{id}/cancel`.
pub(super) async fn cancel(
    State(app): State<Arc<App>>,
    _key: ApiKey,
    Id(id): Id,
) -> Result<Response, Refusal> {
    let session = app.sessions.cancel(&id).await?;
    Ok(document(&session.shown(SessionStatus::Cancelled)))
}

/// `POST /chatkit/domain_keys/verify` and `verify_hosted`, which the browser client asks on load.
pub(super) async fn verify_domain(body: Body) -> Result<Response, Refusal> {
    let body = read_body(body).await?;
    if !body.is_empty() {
        from_slice::<IgnoredAny>(&body)?;
    }
    Ok(document(&json!({"verified": true})))
}
