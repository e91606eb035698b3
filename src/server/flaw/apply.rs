//! Applies a flaw to a request and its answer.

use std::io::Write as _;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::super::refusal::Refusal;
use super::asked::Asked;
use super::stage::{Stage, Staged};
use super::{Act, Encoded, Flaw, Memory};

/// Answers a request with a flaw; `next` answers it without one.
pub(in crate::server) async fn answer<F>(
    flaw: Flaw,
    memory: &Arc<Memory>,
    request: Request<Body>,
    next: impl Fn(Request<Body>) -> F,
) -> Response
where
    F: Future<Output = Response>,
{
    let (mut asked, upload) = match Asked::read(request).await {
        Ok(read) => read,
        Err(refusal) => return refusal.into_response(),
    };
    if let Some(response) = before(flaw.0.act, memory, &mut asked, &next).await {
        return response;
    }
    let response = next(asked.to_request(upload)).await;
    after(flaw.0.act, memory, &asked, response).await
}

/// What happens before the handler is asked; the answer if it is not.
async fn before<F>(
    act: Act,
    memory: &Arc<Memory>,
    asked: &mut Asked,
    next: &impl Fn(Request<Body>) -> F,
) -> Option<Response>
where
    F: Future<Output = Response>,
{
    match act {
        Act::Request(change) => change(memory, asked),
        Act::Fail(kind) if asked.is(kind) && asked.thread().is_some() && asked.is_sound() => {
            is_known(asked, next).await.then(failure)
        }
        Act::RetryAsMessage if asked.is("threads.retry_after_item") && asked.is_sound() => {
            let item = item(asked, next).await?;
            let thread = asked.thread()?;
            let input = json!({
                "content": item["content"], "attachments": [], "inference_options": {},
            });
            let params = json!({"thread_id": thread, "input": input});
            asked.rewrite(json!({"type": "threads.add_user_message", "params": params}));
            None
        }
        Act::Another(kind) if asked.is(kind) && asked.is_sound() => {
            let other = another(asked, next).await?;
            let mut json = asked.json.clone();
            json["params"]["thread_id"] = json!(other);
            ask(asked, &json, next).await;
            None
        }
        Act::Lock if asked.is("threads.add_user_message") && memory.was_left(asked.thread()) => {
            let message = "the thread is still being answered";
            Some(Refusal::new(StatusCode::CONFLICT, "thread_is_busy", message).into_response())
        }
        _ => None,
    }
}

/// A failure of the backend's own.
pub(super) fn failure() -> Response {
    let message = "the mock fails here, as it was asked to";
    Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "flaw", message).into_response()
}

/// Whether everything that a request names is there, so that it would be carried out.
async fn is_known<F>(asked: &Asked, next: &impl Fn(Request<Body>) -> F) -> bool
where
    F: Future<Output = Response>,
{
    match asked.param("item_id") {
        Some(_) => item(asked, next).await.is_some(),
        None => items(asked, next).await.is_some(),
    }
}

/// The item that a request names, if the thread has it.
async fn item<F>(asked: &Asked, next: &impl Fn(Request<Body>) -> F) -> Option<Value>
where
    F: Future<Output = Response>,
{
    let id = asked.param("item_id")?;
    let page = items(asked, next).await?;
    let rows = page["data"].as_array()?;
    rows.iter().find(|row| row["id"] == id).cloned()
}

/// The items of the thread that a request names, if there is such a thread.
async fn items<F>(asked: &Asked, next: &impl Fn(Request<Body>) -> F) -> Option<Value>
where
    F: Future<Output = Response>,
{
    let params = json!({"thread_id": asked.thread()?, "limit": 100, "order": "asc"});
    ask(
        asked,
        &json!({"type": "items.list", "params": params}),
        next,
    )
    .await
}

/// The oldest of the threads that a request does not name.
async fn another<F>(asked: &Asked, next: &impl Fn(Request<Body>) -> F) -> Option<String>
where
    F: Future<Output = Response>,
{
    let params = json!({"limit": 2, "order": "asc"});
    let page = ask(
        asked,
        &json!({"type": "threads.list", "params": params}),
        next,
    )
    .await?;
    let mut ids = page["data"]
        .as_array()?
        .iter()
        .filter_map(|row| row["id"].as_str());
    let other = ids.find(|id| Some(*id) != asked.thread())?;
    Some(other.to_owned())
}

/// Asks for something else with what the client showed for itself; the document, if there is one.
async fn ask<F>(asked: &Asked, json: &Value, next: &impl Fn(Request<Body>) -> F) -> Option<Value>
where
    F: Future<Output = Response>,
{
    let mut parts = asked.parts.clone();
    parts.headers.remove(header::CONTENT_LENGTH);
    let response = next(Request::from_parts(parts, Body::from(json.to_string()))).await;
    if !response.status().is_success() {
        return None;
    }
    let bytes = to_bytes(response.into_body(), usize::MAX).await.ok()?;
    serde_json::from_slice(&bytes).ok()
}

async fn after(act: Act, memory: &Arc<Memory>, asked: &Asked, mut response: Response) -> Response {
    let is_stream = has_type(&response, "text/event-stream");
    let is_document = has_type(&response, "application/json");
    match act {
        // What names no thread has left nothing behind that would tell.
        Act::Fail(kind) if asked.is(kind) && response.status().is_success() => failure(),
        Act::Head(change) => {
            change(asked, &mut response);
            response
        }
        Act::Document(change) | Act::Forget(change) if is_document => {
            document(response, |json| change(memory, asked, json)).await
        }
        Act::Json(change) if is_document => document(response, |json| change(asked, json)).await,
        Act::List(change) if is_document && asked.is("threads.list") => {
            list(response, change).await
        }
        Act::Burst if is_stream => whole(response, |bytes| bytes).await,
        Act::Gzip if is_stream && accepts_gzip(asked) => {
            let encoding = HeaderValue::from_static("gzip");
            response
                .headers_mut()
                .insert(header::CONTENT_ENCODING, encoding);
            whole(response, |bytes| gzip(&bytes).into()).await
        }
        Act::Event(_) | Act::End(_) | Act::Json(_) | Act::Forget(_) | Act::Lock if is_stream => {
            let stage = Stage::new(Arc::clone(memory), asked.kind(), asked.thread());
            let act = match act {
                Act::Json(change) => return events(response, stage, asked, change).await,
                act => act,
            };
            response.map(|body| Body::new(Staged::new(body, act, stage)))
        }
        _ => response,
    }
}

/// A change that knows the request is made to a stream that is whole already.
async fn events(
    response: Response,
    stage: Stage,
    asked: &Asked,
    change: fn(&Asked, &mut Value),
) -> Response {
    drop(stage);
    whole(response, |bytes| {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let frames = text.split_inclusive("\n\n").map(|frame| {
            let json = frame
                .strip_prefix("data: ")
                .map(serde_json::from_str::<Value>);
            match json {
                Some(Ok(mut event)) => {
                    change(asked, &mut event);
                    format!("data: {event}\n\n")
                }
                _ => frame.to_owned(),
            }
        });
        frames.collect::<String>().into()
    })
    .await
}

fn accepts_gzip(asked: &Asked) -> bool {
    let accepted = asked.parts.headers.get(header::ACCEPT_ENCODING);
    accepted.is_some_and(|value| value.as_bytes().starts_with(b"gzip"))
}

/// What is written, compressed.
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .expect("memory takes what is written")
}

async fn list(response: Response, change: fn(&[u8]) -> Encoded) -> Response {
    let mut encoding = None;
    let mut response = whole(response, |bytes| {
        let (bytes, named) = change(&bytes);
        encoding = named;
        bytes.into()
    })
    .await;
    if let Some(encoding) = encoding.map(HeaderValue::from_static) {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_ENCODING, encoding);
    }
    response
}

/// Waits for all of an answer and sends something made of it.
async fn whole(response: Response, make: impl FnOnce(Bytes) -> Bytes) -> Response {
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(make(bytes)))
}

async fn document(response: Response, change: impl FnOnce(&mut Value)) -> Response {
    whole(response, |bytes| {
        let Ok(mut json) = serde_json::from_slice(&bytes) else {
            return bytes;
        };
        change(&mut json);
        json.to_string().into()
    })
    .await
}

fn has_type(response: &Response, kind: &str) -> bool {
    let found = response.headers().get(header::CONTENT_TYPE);
    found.is_some_and(|found| found.as_bytes().starts_with(kind.as_bytes()))
}
