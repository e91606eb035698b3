//! The protocol's one address: reads a request and answers it with a document or a stream.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::app::{App, Caller};
use super::refusal::Refusal;
use super::scenario::Breakage;
use super::{documents, replies, turns, validate};
use crate::protocol::{Operation, RawEnvelope, Request, from_slice};

/// Answers one request of the protocol.
pub(super) async fn answer(
    app: &Arc<App>,
    caller: &Caller,
    body: &[u8],
) -> Result<Response, Refusal> {
    let request = read(body)?;
    match request {
        Request::CreateThread(params) => turns::create_thread(app, caller, params).await,
        Request::AddUserMessage(params) => turns::add_user_message(app, caller, params).await,
        Request::AddClientToolOutput(params) => replies::add_tool_output(app, caller, params).await,
        Request::AddStructuredInput(params) => replies::add_answers(app, caller, params).await,
        Request::RetryAfterItem(params) => turns::retry(app, caller, params).await,
        Request::CustomAction(params) => turns::action(app, caller, params).await,
        request => {
            let (scripted, breakage) = app.scripted_document(caller, &request).await?;
            let answered = match scripted {
                Some(response) => Ok(response),
                None => stored(app, caller, request, breakage.as_ref()).await,
            };
            let Some(breakage) = breakage else {
                return answered;
            };
            let mut response = answered.into_response();
            breakage.attach(&mut response);
            Ok(response)
        }
    }
}

/// The store's answer to a request, or to the one that a rule's fault has put in its place.
async fn stored(
    app: &Arc<App>,
    caller: &Caller,
    request: Request,
    breakage: Option<&Breakage>,
) -> Result<Response, Refusal> {
    let is_upload = request.operation() == Operation::CreateAttachment;
    let request = match breakage.and_then(Breakage::rewritten) {
        Some(other) => read(other.as_bytes())?,
        None => request,
    };
    let answer = documents::answer(app, caller, request).await?;
    if let Some(breakage) = breakage.filter(|_| is_upload) {
        app.break_upload(&answer, &breakage.faults);
    }
    Ok(document(answer))
}

/// Reads the request, or says at which path it departs from the protocol.
fn read(body: &[u8]) -> Result<Request, Refusal> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "empty_body",
            "the request has no body; send {\"type\": \"threads.create\", \"params\": {…}}",
        ));
    }
    let envelope: RawEnvelope = from_slice(body)?;
    // A structure is read from a list of its values as well, which is not how the wire is meant.
    if body.trim_ascii_start().first() == Some(&b'[') {
        let message = "expected an object with `type` and `params`, found a list";
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "invalid_type",
            message,
        ));
    }
    let Some(operation) = Operation::from_name(&envelope.kind) else {
        let known: Vec<_> = Operation::ALL
            .iter()
            .map(|operation| operation.name())
            .collect();
        let message = format!(
            "unknown type `{}`; the protocol has {}",
            envelope.kind,
            known.join(", ")
        );
        return Err(Refusal {
            code: "unknown_type",
            ..Refusal::invalid("type", message)
        });
    };
    let params = envelope.params.ok_or_else(|| {
        let message = format!(
            "missing field `params`: {} needs an object",
            operation.name()
        );
        Refusal {
            code: "missing_required_parameter",
            ..Refusal::invalid("params", message)
        }
    })?;
    let request = operation.decode(params)?;
    validate::request(&request)?;
    Ok(request)
}

fn document(json: Bytes) -> Response {
    let mut response = Response::new(Body::from(json));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
