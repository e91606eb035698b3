//! Where the recording stands before the mock's own answers.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{Request, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::asked::Asked;
use super::{Miss, Replay, answer};
use crate::server::app::App;
use crate::server::refusal::Refusal;

/// The largest request that is compared, in bytes.
const MAX_BODY: usize = 32 * 1024 * 1024;

/// What the mock answers even in the place of a recorded server.
const OWN: &[&str] = &["/", "/healthz"];

/// Answers out of the recording, or does what is to be done without it.
pub(in crate::server) async fn layer(
    State((app, replay)): State<(Arc<App>, Arc<Replay>)>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        let message = "the request did not arrive whole, or is larger than 32 MiB";
        return Refusal::new(StatusCode::BAD_REQUEST, "request_incomplete", message)
            .into_response();
    };
    let endpoint = replay.endpoint();
    let asked = Asked::came(&head.method, &head.uri, &body, endpoint.as_deref());
    let ours = app.seen(&head.headers).origin(app.config.address);
    let missed = match replay.find(&asked) {
        Ok(played) => match answer::give(played, replay.speed, &ours).await {
            Some(response) => return response,
            None => "the recording has no answer to this: the backend gave none".to_owned(),
        },
        Err(missed) => missed,
    };
    let is_own = OWN.contains(&head.uri.path());
    let request = Request::from_parts(head, Body::from(body));
    match &replay.miss {
        Miss::Record(forward, _) if !is_own => forward.pass(request).await,
        Miss::Refuse if !is_own => {
            Refusal::new(StatusCode::NOT_FOUND, "not_recorded", missed).into_response()
        }
        _ => next.run(request).await,
    }
}
