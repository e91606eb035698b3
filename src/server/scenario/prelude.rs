//! What of a rule is done before a stream begins, or without any: refusals, and documents.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::body::Replace;
use super::director::Part;
use super::fill::{Fault, Filler};
use super::outcome::Failure;
use super::then::{Act, Step};
use super::value::Short;
use super::widget::WidgetStep;
use crate::protocol::{Action, Item, ItemKind, Request, SyncActionAnswer, ThreadId};
use crate::server::app::{App, Caller, item_of};
use crate::server::refusal::Refusal;
use crate::server::showcase::Prompt;

/// What an operation that does not stream is about.
pub(super) struct Asks {
    pub thread: Option<ThreadId>,
    pub item: Option<Item>,
    pub params: Value,
    action: Option<Action>,
}

impl Asks {
    pub async fn of(app: &App, caller: &Caller, request: &Request) -> Result<Self, Refusal> {
        let envelope: Value = serde_json::from_slice(&request.to_json()).unwrap_or_default();
        let params = envelope.get("params").cloned().unwrap_or_default();
        let mut asks = Self {
            thread: params["thread_id"].as_str().map(ThreadId::from),
            item: None,
            params,
            action: None,
        };
        if let Request::SyncCustomAction(params) = request {
            app.thread(caller, &params.thread_id).await?;
            asks.action = Some(params.action.clone());
            if let Some(id) = &params.item_id {
                let row = app.store.item(&params.thread_id, id).await?;
                asks.item = row.map(|row| item_of(&row.json));
            }
        }
        Ok(asks)
    }

    pub fn prompt(&self) -> Option<Prompt<'_>> {
        self.action.as_ref().map(|action| Prompt::Action {
            action,
            sender: self.item.as_ref(),
        })
    }
}

/// The response of a rule that refuses the request instead of streaming an answer.
pub(super) async fn response(part: &Part) -> Option<Response> {
    let acts = part.rule.then.iter().map(|Step(act)| act);
    let mut first = acts
        .clone()
        .skip_while(|act| matches!(act, Act::Set(_) | Act::Wait(_)));
    let Some(Act::Error(Short(failure))) = first.next() else {
        return None;
    };
    failure.status?;
    let filler = Filler::of(part);
    for act in acts {
        match act {
            Act::Wait(time) => tokio::time::sleep(time.0).await,
            Act::Set(parts) => {
                if let Err(fault) = filler.set(parts) {
                    return Some(broken(part, &fault));
                }
            }
            _ => break,
        }
    }
    Some(failed(failure, &filler).unwrap_or_else(|fault| broken(part, &fault)))
}

/// The rule's answer to an operation that does not stream; without one, the store answers.
pub(super) async fn document(
    app: &App,
    part: &Part,
    sender: Option<&Item>,
) -> Result<Option<Response>, Refusal> {
    let filler = Filler::of(part);
    for Step(act) in &part.rule.then {
        let done = match act {
            Act::Wait(time) => {
                tokio::time::sleep(time.0).await;
                Ok(None)
            }
            Act::Set(parts) => filler.set(parts).map(|()| None),
            Act::Answer(answer) => filler.json(answer).map(|answer| Some(self::json(&answer))),
            Act::Error(Short(failure)) => failed(failure, &filler).map(Some),
            Act::Widget(widget)
            | Act::Replace(Replace {
                id: None,
                text: None,
                widget: Some(widget),
            }) => match updated(widget, sender, &filler) {
                Err(fault) => Err(fault),
                Ok(item) => {
                    app.save_item(&item.thread_id, &item).await?;
                    let answer = SyncActionAnswer {
                        updated_item: Some(item),
                        ..SyncActionAnswer::default()
                    };
                    Ok(Some(self::json(&answer)))
                }
            },
            _ => Err(Fault::new(
                "an operation that does not stream takes answer, widget, replace with a widget, \
                 error, set and wait",
            )),
        };
        match done {
            Ok(None) => {}
            Ok(response) => return Ok(response),
            Err(fault) => return Ok(Some(broken(part, &fault))),
        }
    }
    Ok(None)
}

/// The widget that an action came from, in the last of its new states.
fn updated(widget: &WidgetStep, sender: Option<&Item>, filler: &Filler) -> Result<Item, Fault> {
    let mut item = sender
        .cloned()
        .ok_or_else(|| Fault::new("the action comes from no widget that could be updated"))?;
    let state = widget.states.last().expect("a widget has a state");
    let component = filler.component(&filler.widget(state)?)?;
    match &mut item.kind {
        ItemKind::Widget(body) => *body.widget = component,
        other => {
            let message = format!(
                "the action comes from a {}, not a widget",
                other.type_name()
            );
            return Err(Fault::new(message));
        }
    }
    Ok(item)
}

fn failed(failure: &Failure, filler: &Filler) -> Result<Response, Fault> {
    let status = failure.status.map_or(500, |status| status.0);
    let status = StatusCode::from_u16(status).expect("a status was read from 400 to 599");
    let message = match &failure.message {
        Some(message) => filler.text(message)?,
        None => "the scenario refuses this request".to_owned(),
    };
    let code = failure
        .code
        .as_ref()
        .map(|code| filler.text(code))
        .transpose()?;
    let kind = match status {
        StatusCode::TOO_MANY_REQUESTS => "rate_limit_error",
        status if status.is_server_error() => "server_error",
        _ => "invalid_request_error",
    };
    let error = json!({"error": {"message": message, "type": kind, "param": null, "code": code}});
    let mut response = (status, axum::Json(error)).into_response();
    if let Some(seconds) = failure.retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

/// What is said of a rule that cannot be carried out.
fn broken(part: &Part, fault: &Fault) -> Response {
    let message = format!("the rule at {} fails: {fault}", part.rule.place);
    Refusal::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "scenario_failed",
        message,
    )
    .into_response()
}

fn json<T: serde::Serialize>(value: &T) -> Response {
    let json = serde_json::to_vec(value).expect("a shape with string keys serialises into memory");
    let mut response = Response::new(Body::from(json));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
