//! Flaws of how answers travel.

use axum::http::{HeaderValue, header};
use axum::response::Response;

use super::apply::gzip;
use super::asked::Asked;
use super::stage::Out;
use super::{Act, Row};

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "transport/stream-content-type",
        act: Act::Head(|_, response| relabel(response, "text/event-stream", "text/plain")),
    },
    Row {
        name: "transport/document-content-type",
        act: Act::Head(|_, response| relabel(response, "application/json", "text/html")),
    },
    Row {
        name: "transport/json-frames",
        act: Act::End(|stage| stage.put(Out::Raw("data: [DONE]\n\n"))),
    },
    Row {
        name: "transport/data-only",
        act: Act::End(|stage| stage.put(Out::Raw(": the end\n\n"))),
    },
    Row {
        name: "transport/whole-answers",
        act: Act::End(|stage| stage.put(Out::Cut)),
    },
    Row {
        name: "transport/not-buffered",
        act: Act::Burst,
    },
    Row {
        name: "transport/no-cache",
        act: Act::Head(|_, response| {
            response.headers_mut().remove(header::CACHE_CONTROL);
        }),
    },
    Row {
        name: "transport/not-compressed",
        act: Act::Gzip,
    },
    Row {
        name: "transport/unasked-encoding",
        act: Act::List(|bytes| (gzip(bytes), Some("gzip"))),
    },
    Row {
        name: "transport/byte-order-mark",
        act: Act::List(|bytes| ([b"\xef\xbb\xbf", bytes].concat(), None)),
    },
    Row {
        name: "transport/vary-origin",
        act: Act::Head(|_, response| {
            response.headers_mut().remove(header::VARY);
        }),
    },
    Row {
        name: "transport/cors-preflight",
        act: Act::Head(|asked, response| {
            if asked.is_preflight() {
                response
                    .headers_mut()
                    .remove(header::ACCESS_CONTROL_ALLOW_HEADERS);
            }
        }),
    },
    Row {
        name: "transport/cors-answer",
        act: Act::Head(no_origin),
    },
];

fn relabel(response: &mut Response, from: &str, to: &'static str) {
    let found = response.headers().get(header::CONTENT_TYPE);
    if response.status().is_success()
        && found.is_some_and(|found| found.as_bytes().starts_with(from.as_bytes()))
    {
        let to = HeaderValue::from_static(to);
        response.headers_mut().insert(header::CONTENT_TYPE, to);
    }
}

fn no_origin(asked: &Asked, response: &mut Response) {
    if !asked.is_preflight() {
        let headers = response.headers_mut();
        headers.remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    }
}
