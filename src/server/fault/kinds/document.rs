//! Faults of documents and of whole answers: spellings, refusals as other servers write them,
//! promises that are not kept.

use axum::body::{Body, to_bytes};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::stream;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::super::super::app::App;
use super::super::apply::Strike;
use super::super::asked::Asked;
use super::super::row::{Act, Reach, Row};
use super::super::value::Kind;
use super::param;
use super::refusal::typed;
use crate::protocol::{Operation, Timestamp};

const PLAIN: &str = "text/plain; charset=utf-8";

const TRACE: &str = "Traceback (most recent call last):
  File \"/app/main.py\", line 42, in chatkit_endpoint
    result = await server.process(await request.body(), {\"db_password\": \"hunter2\"})
  File \"/app/store.py\", line 17, in load_thread
    raise NotFoundError(f\"Thread {thread_id} not found\")
chatkit.store.NotFoundError: not found
";

pub(in super::super) const ROWS: &[Row] = &[
    Row {
        name: "time-format",
        params: &[param(
            "format",
            Kind::Choice(&["naive", "z", "offset", "unix", "millis"]),
            "naive",
            "without an offset, with Z, with +00:00, as unix seconds, or as milliseconds",
        )],
        reach: Reach::Operation,
        does: "spells the times of threads and items otherwise, in streams and documents",
        client: "reads every spelling that servers use, and takes a time without an offset for UTC",
        act: Act::Json(time_format),
    },
    Row {
        name: "malformed-document",
        params: &[],
        reach: Reach::Operation,
        does: "breaks a document off in the middle of its JSON",
        client: "reports a malformed answer with its place, and does not crash",
        act: Act::Response(malformed),
    },
    Row {
        name: "not-found-500",
        params: &[],
        reach: Reach::Operation,
        does: "answers for what does not exist with 500 and plain text, as the guides' own servers do",
        client: "shows the status and the request id, and does not promise that trying again helps",
        act: Act::Response(not_found_500),
    },
    Row {
        name: "not-found-dead-stream",
        params: &[],
        reach: Reach::Stream,
        does: "answers for what does not exist with 200 and a stream of no bytes, as the reference server does",
        client: "takes a turn without a single event for a failure",
        act: Act::Response(not_found_dead_stream),
    },
    Row {
        name: "stack-trace",
        params: &[],
        reach: Reach::Operation,
        does: "answers what it refuses with 500 and a stack trace, secrets included",
        client: "does not show the whole of it to its user",
        act: Act::Response(stack_trace),
    },
    Row {
        name: "no-cors",
        params: &[],
        reach: Reach::All,
        does: "sends no CORS headers, not even to a preflight",
        client: "(its developer) finds the reason in the browser's console, and not in the code",
        act: Act::Response(no_cors),
    },
    Row {
        name: "open-to-strangers",
        params: &[],
        reach: Reach::Operation,
        does: "takes requests without the token that --token asks for",
        client: "sends its token all the same, and has a test that a stranger is refused",
        act: Act::Request(let_in),
    },
    Row {
        name: "rename-not-kept",
        params: &[],
        reach: Reach::Only(&["threads.update"]),
        does: "says that a thread was renamed, and does not do it",
        client: "shows the title that the list has when it is loaded again",
        act: Act::Pretend {
            rewrite: read_instead,
            answer: renamed,
        },
    },
    Row {
        name: "deleted-still-listed",
        params: &[],
        reach: Reach::Only(&["threads.delete"]),
        does: "says that a thread was deleted, and does not do it",
        client: "shows the thread again when the list is loaded again",
        act: Act::Pretend {
            rewrite: read_instead,
            answer: deleted,
        },
    },
];

fn time_format(strike: &Strike, json: &mut Value) {
    let format = strike.fault.text("format").unwrap_or_default().to_owned();
    respell(json, &format);
}

fn respell(json: &mut Value, format: &str) {
    match json {
        Value::Object(map) => {
            for (key, value) in map {
                match spelled(value, format) {
                    Some(other) if key == "created_at" => *value = other,
                    _ => respell(value, format),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| respell(value, format)),
        _ => {}
    }
}

fn spelled(value: &Value, format: &str) -> Option<Value> {
    let Value::String(_) = value else { return None };
    let time: Timestamp = serde_json::from_value(value.clone()).ok()?;
    let instant = time.instant()?;
    let z = format!("{instant:.6}");
    let naive = z.trim_end_matches('Z');
    Some(match format {
        "z" => z.into(),
        "offset" => format!("{naive}+00:00").into(),
        "unix" => instant.as_second().into(),
        "millis" => instant.as_millisecond().into(),
        _ => naive.into(),
    })
}

fn malformed(_: &Strike, asked: &Asked, response: Response) -> Response {
    let is_stream = asked.operation().is_some_and(Operation::streams);
    if response.status() != StatusCode::OK || is_stream {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    let half = stream::once(async {
        let whole = to_bytes(body, usize::MAX).await?;
        Ok::<_, axum::Error>(whole.slice(..middle(&whole)))
    });
    Response::from_parts(parts, Body::from_stream(half))
}

/// Where the middle of a text is, between two of its characters.
fn middle(text: &[u8]) -> usize {
    let begins = |at: &usize| text.get(*at).is_some_and(|byte| byte & 0xC0 != 0x80);
    (0..=text.len() / 2).rev().find(begins).unwrap_or_default()
}

fn not_found_500(_: &Strike, _: &Asked, response: Response) -> Response {
    if response.status() != StatusCode::NOT_FOUND {
        return response;
    }
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    instead(
        response,
        typed(status, PLAIN, "Internal Server Error".to_owned()),
    )
}

fn not_found_dead_stream(_: &Strike, _: &Asked, response: Response) -> Response {
    if response.status() != StatusCode::NOT_FOUND {
        return response;
    }
    instead(
        response,
        typed(StatusCode::OK, "text/event-stream", String::new()),
    )
}

fn stack_trace(_: &Strike, _: &Asked, response: Response) -> Response {
    if !response.status().is_client_error() {
        return response;
    }
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    instead(response, typed(status, PLAIN, TRACE.to_owned()))
}

/// Another answer, with the headers of the first except for what is said of its body.
fn instead(first: Response, mut other: Response) -> Response {
    let (parts, _) = first.into_parts();
    for (name, value) in &parts.headers {
        if !matches!(*name, header::CONTENT_TYPE | header::CONTENT_LENGTH) {
            other.headers_mut().insert(name, value.clone());
        }
    }
    other
}

fn no_cors(_: &Strike, _: &Asked, mut response: Response) -> Response {
    let headers = response.headers_mut();
    let names: Vec<_> = headers
        .keys()
        .filter(|name| name.as_str().starts_with("access-control-"))
        .cloned()
        .collect();
    for name in names {
        headers.remove(name);
    }
    response
}

fn let_in(app: &App, parts: &mut Parts) {
    let Some(token) = &app.config.token else {
        return;
    };
    let bearer = format!("Bearer {}", token.expose_secret());
    if let Ok(bearer) = HeaderValue::from_str(&bearer) {
        parts.headers.insert(header::AUTHORIZATION, bearer);
    }
}

/// Reads the thread that was to be changed, so that one that does not exist is still refused.
fn read_instead(asked: &Asked) -> Option<String> {
    let thread = asked.thread.as_ref()?;
    let read = json!({"type": "threads.get_by_id", "params": {"thread_id": thread}});
    Some(read.to_string())
}

fn renamed(_: &Strike, asked: &Asked, thread: &mut Value) {
    thread["title"] = asked.param("title").unwrap_or_default();
    thread["items"] = json!({"data": [], "has_more": false});
}

fn deleted(_: &Strike, _: &Asked, thread: &mut Value) {
    *thread = json!({});
}
