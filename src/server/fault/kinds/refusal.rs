//! Faults in the place of an answer: statuses, limits, redirects.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::super::super::refusal::Refusal;
use super::super::apply::{Strike, Verdict};
use super::super::asked::Asked;
use super::super::row::{Act, Reach, Row};
use super::super::value::Kind;
use super::param;

pub(in super::super) const ROWS: &[Row] = &[
    Row {
        name: "status",
        params: &[
            param("code", Kind::Status, "500", "the HTTP status"),
            param(
                "body",
                Kind::Text,
                "",
                "the body; without it, an error object",
            ),
            param(
                "type",
                Kind::Word,
                "",
                "the body's content type; without it, what the body looks like",
            ),
            param(
                "header",
                Kind::Header,
                "",
                "one more header, as 'Name: value' (repeatable)",
            ),
        ],
        reach: Reach::Operation,
        does: "answers with this status, and carries nothing out",
        client: "shows the message, the status and the request id; tries a 5xx again, and a 4xx not",
        act: Act::Before(status),
    },
    Row {
        name: "rate-limit",
        params: &[param(
            "retry-after",
            Kind::Count,
            "1",
            "after how many seconds to try again",
        )],
        reach: Reach::Operation,
        does: "answers 429 with a retry-after header, and carries nothing out",
        client: "waits as long as it is told before it tries again, and says so",
        act: Act::Before(rate_limit),
    },
    Row {
        name: "redirect-loop",
        params: &[],
        reach: Reach::Operation,
        does: "answers 307 to the address that was asked",
        client: "gives up after some hops",
        act: Act::Before(redirect),
    },
];

fn status(strike: &mut Strike, _: &Asked) -> Verdict {
    let fault = &strike.fault;
    let code = fault.status("code");
    let mut response = match fault.text("body") {
        None => {
            Refusal::new(code, "mock_fault", "the mock refuses, as it was asked to").into_response()
        }
        Some(body) => {
            let is_json = serde_json::from_str::<serde::de::IgnoredAny>(body).is_ok();
            let kind = if is_json {
                "application/json"
            } else {
                "text/plain; charset=utf-8"
            };
            typed(code, kind, body.to_owned())
        }
    };
    let headers = response.headers_mut();
    if let Some(kind) = fault
        .text("type")
        .and_then(|kind| HeaderValue::from_str(kind).ok())
    {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    for (name, value) in fault.headers() {
        headers.append(name, value.clone());
    }
    Verdict::Answer(response)
}

/// A body of this type, under this status.
pub(super) fn typed(status: StatusCode, kind: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static(kind);
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

fn rate_limit(strike: &mut Strike, _: &Asked) -> Verdict {
    let seconds = strike.fault.count("retry-after");
    let message = format!("Rate limit reached. Please try again in {seconds}s.");
    let refusal = Refusal {
        retry_after: Some(seconds),
        ..Refusal::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limit_exceeded",
            message,
        )
    };
    Verdict::Answer(refusal.into_response())
}

fn redirect(_: &mut Strike, asked: &Asked) -> Verdict {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    if let Ok(path) = HeaderValue::from_str(&asked.path) {
        response.headers_mut().insert(header::LOCATION, path);
    }
    Verdict::Answer(response)
}
