//! What strikes at one request, and how it is applied: before the handler, and to its answer.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, Request, StatusCode, Uri, header};
use axum::response::Response;
use serde_json::Value;

use super::super::app::App;
use super::super::leftover::{Leave, Leftover};
use super::super::routes::cleared;
use super::asked::{Asked, let_in};
use super::body::{Broken, Settings};
use super::exclusive::settled;
use super::kinds::connection;
use super::link::{Ending, Link};
use super::rng::Rng;
use super::row::Act;
use super::spec::Fault;

/// A fault that strikes at one request.
#[derive(Clone, Debug)]
pub(in crate::server) struct Strike {
    pub(super) fault: Arc<Fault>,
    pub(super) rng: Rng,
}

/// What a fault wants to happen before the handler is asked.
pub(super) enum Verdict {
    Pass,
    /// The request waits.
    Wait(Duration),
    /// The handler is not asked.
    Answer(Response),
    /// There is no answer.
    Sever(Ending),
}

/// The faults of one answer, in the order in which they are applied.
///
/// A scenario's rule attaches one to the answer that it makes, and the routes apply it.
#[derive(Clone, Debug, Default)]
pub(in crate::server) struct Plan {
    asked: Asked,
    strikes: Vec<Strike>,
}

impl Plan {
    pub(super) fn new(asked: &Asked, strikes: impl Iterator<Item = Strike>) -> Self {
        let mut strikes = settled(strikes.collect());
        if strikes.is_empty() {
            return Self::default();
        }
        strikes.sort_by_key(|strike| strike.fault.row.place());
        Self {
            asked: asked.clone(),
            strikes,
        }
    }

    /// Whether nothing strikes.
    pub fn is_empty(&self) -> bool {
        self.strikes.is_empty()
    }

    /// Whether a fault takes the place of the answer, so that nothing is to be carried out.
    pub fn refuses(&self) -> bool {
        self.strikes.iter().any(|strike| {
            let is_answer = |verdict| matches!(verdict, Verdict::Answer(_) | Verdict::Sever(_));
            match strike.fault.row.act {
                Act::Before(act) => is_answer(act(&mut strike.clone(), &self.asked)),
                _ => connection::is_before(&strike.fault),
            }
        })
    }

    /// The body of the request that is to be carried out instead, if one is.
    pub fn rewritten(&self) -> Option<String> {
        let mut strikes = self.strikes.iter();
        strikes.find_map(|strike| match strike.fault.row.act {
            Act::Pretend { rewrite, .. } => rewrite(&self.asked),
            _ => None,
        })
    }

    /// Marks an answer to be broken by these faults, besides those that it is marked with already.
    pub fn attach(mut self, response: &mut Response) {
        if self.strikes.is_empty() {
            return;
        }
        if let Some(mut earlier) = Self::take(response) {
            // Those of a rule are for its own answers, and those of a flag for any.
            earlier.strikes.append(&mut self.strikes);
            self.strikes = settled(earlier.strikes);
            self.strikes.sort_by_key(|strike| strike.fault.row.place());
        }
        response.extensions_mut().insert(self);
    }

    /// The plan that an answer is marked with.
    pub fn take(response: &mut Response) -> Option<Self> {
        response.extensions_mut().remove()
    }

    /// Lets the request through to the handler, or answers it.
    pub async fn before(
        &mut self,
        app: &App,
        request: Request<Body>,
        link: &Link,
    ) -> Result<Request<Body>, Response> {
        let (mut parts, mut body) = request.into_parts();
        for strike in &self.strikes {
            if let Act::Request(change) = &strike.fault.row.act {
                change(app, &mut parts);
            }
        }
        if let Some(other) = self.rewritten() {
            parts.headers.remove(header::CONTENT_LENGTH);
            body = Body::from(other);
        }
        match self.judge(link).await {
            None => Ok(Request::from_parts(parts, body)),
            Some(response) => {
                let leave = Leave::of(&parts.headers);
                Err(cleared(response, Leftover::whole(body), leave).await)
            }
        }
    }

    /// The answer that takes the handler's place, if one does.
    async fn judge(&mut self, link: &Link) -> Option<Response> {
        let asked = self.asked.clone();
        let mut early = Vec::new();
        self.strikes.retain(|strike| {
            let is_early = matches!(strike.fault.row.act, Act::Before(_))
                || connection::is_before(&strike.fault);
            if is_early {
                early.push(strike.clone());
            }
            !is_early
        });
        for mut strike in early {
            let verdict = match strike.fault.row.act {
                Act::Before(act) => act(&mut strike, &asked),
                Act::Sever(how) => Verdict::Sever(how),
                _ => Verdict::Pass,
            };
            match verdict {
                Verdict::Pass => {}
                Verdict::Wait(time) => tokio::time::sleep(time).await,
                Verdict::Sever(how) => return Some(link.sever(how)),
                Verdict::Answer(mut response) => {
                    let_in(response.headers_mut(), asked.origin.as_ref());
                    return Some(response);
                }
            }
        }
        None
    }

    /// Breaks the answer to what was asked at that address.
    pub async fn apply(mut self, response: Response, uri: &Uri, link: &Link) -> Response {
        uri.path().clone_into(&mut self.asked.path);
        let mut response = match self.judge(link).await {
            None => response,
            Some(instead) => with_cors_of(&response, instead),
        };
        let is_stream = is(&response, "text/event-stream");
        if !is_stream && response.status() == StatusCode::OK && is(&response, "application/json") {
            response = self.document(response).await;
        }
        for strike in &self.strikes {
            if let Act::Response(change) = strike.fault.row.act {
                response = change(strike, &self.asked, response);
            }
        }
        self.strikes.retain(|strike| strike.is_of_a_body(is_stream));
        if self.strikes.is_empty() {
            return response;
        }
        let settings = Settings::of(&self.strikes);
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_LENGTH);
        if settings.gzip {
            let gzip = HeaderValue::from_static("gzip");
            headers.insert(header::CONTENT_ENCODING, gzip);
        }
        let link = link.clone();
        response.map(|body| Body::new(Broken::new(body, is_stream, self.strikes, &settings, link)))
    }

    async fn document(&self, response: Response) -> Response {
        let changes = self.strikes.iter().any(|strike| {
            let act = &strike.fault.row.act;
            matches!(act, Act::Document(_) | Act::Json(_) | Act::Pretend { .. })
        });
        // A file that somebody uploaded is no document of the protocol, and may be of any size.
        if !changes || self.asked.operation().is_none() {
            return response;
        }
        let (mut parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let Ok(mut json) = serde_json::from_slice::<Value>(&bytes) else {
            return Response::from_parts(parts, Body::from(bytes));
        };
        for strike in &self.strikes {
            match strike.fault.row.act {
                Act::Document(change) => change(strike, &self.asked, &mut json),
                Act::Pretend { answer, .. } => answer(strike, &self.asked, &mut json),
                Act::Json(change) => change(strike, &mut json),
                _ => {}
            }
        }
        parts.headers.remove(header::CONTENT_LENGTH);
        Response::from_parts(parts, Body::from(json.to_string()))
    }
}

impl Strike {
    fn is_of_a_body(&self, is_stream: bool) -> bool {
        match self.fault.row.act {
            Act::Flow(_) | Act::Sever(_) | Act::Body(_) => {
                is_stream || !self.fault.is_for_streams()
            }
            Act::Event(..) | Act::Json(_) | Act::Add(_) | Act::Frame(_) => is_stream,
            _ => false,
        }
    }
}

/// Whoever could have read the answer can read what takes its place.
fn with_cors_of(before: &Response, mut instead: Response) -> Response {
    for (name, value) in before.headers() {
        if name.as_str().starts_with("access-control-") {
            instead.headers_mut().insert(name, value.clone());
        }
    }
    instead
}

fn is(response: &Response, kind: &str) -> bool {
    let found = response.headers().get(header::CONTENT_TYPE);
    found.is_some_and(|found| found.as_bytes().starts_with(kind.as_bytes()))
}
