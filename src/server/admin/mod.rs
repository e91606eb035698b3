//! `/__mock/…`: steers the mock and looks into it.
//!
//! One table lists every endpoint, and `openapi.json` describes them; a test holds the one against
//! the other. Nothing here consumes an id or a tick of a seeded mock, so that looking on does not
//! change what is seen. `WireMock`'s admin API is the model for the words.

mod clock;
mod faults;
mod guard;
mod live;
mod pattern;
mod requests;
mod reset;
mod said;
mod scenario;
mod state;
#[cfg(test)]
mod tests;
mod threads;
mod verify;

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::app::App;
use super::refusal::Refusal;
use super::routes::read_body;
use crate::protocol::{AsObject, from_slice};

pub use live::Feed;
use pattern::Fit;
pub use pattern::Pattern;
pub(super) use requests::seen;
pub use threads::NewThread;
pub use verify::{NotSeen, Times};
pub(super) use verify::{check, check_order};

/// What describes every endpoint.
const OPENAPI: &str = include_str!("openapi.json");

/// What every address here begins with.
const PREFIX: &str = "/__mock";

/// One endpoint.
struct Endpoint {
    method: Method,
    /// The path below the prefix; `{id}` stands for one segment.
    path: &'static str,
    run: fn(Arc<App>, Call) -> Answer,
}

type Answer = Pin<Box<dyn Future<Output = Result<Response, Refusal>> + Send>>;

/// A request to an endpoint.
struct Call {
    /// What stands where the path has `{id}`.
    id: String,
    query: Query,
    body: Bytes,
}

/// The names and values of a query, decoded.
struct Query(Vec<(String, String)>);

const fn on(method: Method, path: &'static str, run: fn(Arc<App>, Call) -> Answer) -> Endpoint {
    Endpoint { method, path, run }
}

/// An answer that nothing has to be waited for.
fn now(answer: Result<Response, Refusal>) -> Answer {
    Box::pin(std::future::ready(answer))
}

/// Every endpoint; a path that is written out stands before one that fits it too.
static ENDPOINTS: &[Endpoint] = &[
    on(Method::GET, "", |_, _| now(Ok(json_text(OPENAPI)))),
    on(Method::GET, "/openapi.json", |_, _| {
        now(Ok(json_text(OPENAPI)))
    }),
    on(Method::GET, "/requests", |app, call| {
        Box::pin(requests::list(app, call))
    }),
    on(Method::DELETE, "/requests", |app, _| {
        now(Ok(requests::clear(&app)))
    }),
    on(Method::GET, "/requests/wait", |app, call| {
        Box::pin(requests::wait(app, call))
    }),
    on(Method::GET, "/requests/{id}", |app, call| {
        Box::pin(requests::one(app, call))
    }),
    on(Method::POST, "/verify", |app, call| {
        Box::pin(verify::verify(app, call))
    }),
    on(Method::POST, "/reset", |app, call| {
        Box::pin(reset::reset(app, call))
    }),
    on(Method::GET, "/state", |app, _| now(Ok(state::show(&app)))),
    on(Method::PUT, "/state", |app, call| {
        now(state::change(&app, &call))
    }),
    on(Method::GET, "/state/{id}", |app, call| {
        Box::pin(state::of_thread(app, call))
    }),
    on(Method::PUT, "/state/{id}", |app, call| {
        Box::pin(state::change_thread(app, call))
    }),
    on(Method::GET, "/faults", |app, _| now(Ok(faults::show(&app)))),
    on(Method::PUT, "/faults", |app, call| {
        now(faults::put(&app, &call))
    }),
    on(Method::POST, "/faults", |app, call| {
        now(faults::add(&app, &call))
    }),
    on(Method::DELETE, "/faults", |app, _| {
        now(Ok(faults::clear(&app)))
    }),
    on(Method::DELETE, "/faults/{id}", |app, call| {
        now(faults::remove(&app, &call))
    }),
    on(Method::GET, "/scenario", |app, _| {
        now(Ok(scenario::show(&app)))
    }),
    on(Method::PUT, "/scenario", |app, call| {
        Box::pin(scenario::put(app, call))
    }),
    on(Method::DELETE, "/scenario", |app, _| {
        Box::pin(scenario::give_back(app))
    }),
    on(Method::POST, "/threads", |app, call| {
        Box::pin(threads::seed(app, call))
    }),
    on(Method::GET, "/clock", |app, _| now(Ok(clock::show(&app)))),
    on(Method::POST, "/clock", |app, call| {
        now(clock::advance(&app, &call))
    }),
    on(Method::GET, "/events", |app, _| now(Ok(live::feed(&app)))),
];

/// Whether a path is one of those that steer.
pub(super) fn is_steering(path: &str) -> bool {
    path.strip_prefix(PREFIX)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers a request of whoever is at that address.
pub(super) async fn answer(app: &Arc<App>, request: Request<Body>, peer: IpAddr) -> Response {
    let (parts, body) = request.into_parts();
    let answer = async {
        guard::admit(app.config.steering, &parts, peer)?;
        let (endpoint, id) = find(&parts.method, parts.uri.path())?;
        let query = Query::of(parts.uri.query().unwrap_or_default());
        endpoint.check(&query)?;
        let call = Call {
            id,
            query,
            body: read_body(body).await?,
        };
        (endpoint.run)(Arc::clone(app), call).await
    };
    let mut response = match answer.await {
        Ok(response) => response,
        Err(refusal) => refusal.into_response(),
    };
    // What was true a moment ago is not to be shown again.
    let fresh = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, fresh);
    response
}

fn find(method: &Method, path: &str) -> Result<(&'static Endpoint, String), Refusal> {
    let path = path.strip_prefix(PREFIX).unwrap_or(path);
    let path = path.strip_suffix('/').unwrap_or(path);
    let fitting: Vec<_> = ENDPOINTS
        .iter()
        .filter_map(|endpoint| Some((endpoint, fit(endpoint.path, path)?)))
        .collect();
    if fitting.is_empty() {
        let message = format!("nothing answers at {PREFIX}{path}; see {PREFIX}/openapi.json");
        return Err(Refusal::new(StatusCode::NOT_FOUND, "unknown_url", message));
    }
    let found = fitting
        .into_iter()
        .find(|(endpoint, _)| endpoint.method == *method);
    found.ok_or_else(|| {
        let message = format!("{PREFIX}{path} does not take {method}; see {PREFIX}/openapi.json");
        Refusal::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            message,
        )
    })
}

/// What stands where the path of an endpoint has `{id}`, if the path is one of its.
fn fit(endpoint: &str, path: &str) -> Option<String> {
    let Some((before, after)) = endpoint.split_once("{id}") else {
        return (endpoint == path).then(String::new);
    };
    let id = path.strip_prefix(before)?.strip_suffix(after)?;
    let is_segment = !id.is_empty() && !id.contains('/');
    let decoded = percent_decode_str(id).decode_utf8();
    decoded.ok().filter(|_| is_segment).map(Into::into)
}

impl Endpoint {
    /// Refuses what it is not asked in a query: an order that is passed over may do too much.
    fn check(&self, query: &Query) -> Result<(), Refusal> {
        if let Some(name) = query.twice() {
            let message = format!("'{name}' stands twice in the query; give it once");
            return Err(Refusal::invalid(name, message));
        }
        let known: &[_] = match (&self.method, self.path) {
            // A pattern, which is checked where it is read.
            (&Method::GET, "/requests" | "/requests/wait") => return Ok(()),
            (_, "/reset") => &["store"],
            _ => &[],
        };
        let mut names = query.0.iter().map(|(name, _)| name);
        let Some(name) = names.find(|name| !known.contains(&name.as_str())) else {
            return Ok(());
        };
        let Self { method, path, .. } = self;
        let message = format!(
            "{method} {PREFIX}{path} takes no '{name}' in its query, and nothing was changed; see \
             {PREFIX}/openapi.json"
        );
        Err(Refusal::invalid(name, message))
    }
}

impl Call {
    /// The document of the body.
    fn read<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        let refused = |message: String| {
            let message = format!("{message}; see {PREFIX}/openapi.json");
            Refusal::new(StatusCode::BAD_REQUEST, "invalid_json", message)
        };
        if self.body.is_empty() {
            return Err(refused(
                "the body is empty, and a document is expected".into(),
            ));
        }
        from_slice(&self.body).map_err(|error| match Refusal::from(error) {
            refusal if refusal.code == "invalid_json" => {
                refused(format!("the body is no JSON: {}", refusal.message))
            }
            refusal => refusal,
        })
    }

    /// The same, which must be an object.
    fn object<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        let AsObject(object) = self.read()?;
        Ok(object)
    }
}

impl Query {
    fn of(query: &str) -> Self {
        Self(
            url::form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    /// A name that stands more than once, of whose values all but one would be passed over.
    fn twice(&self) -> Option<&str> {
        let mut names = self.0.iter().map(|(name, _)| name).enumerate();
        let is_earlier = |at: usize, name: &String| self.0[..at].iter().any(|(it, _)| it == name);
        let (_, name) = names.find(|(at, name)| is_earlier(*at, name))?;
        Some(name)
    }

    /// Takes a value out of the query.
    fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(at).1)
    }

    /// Takes a number out of the query.
    fn take_number(&mut self, name: &'static str) -> Result<Option<usize>, Refusal> {
        let Some(text) = self.take(name) else {
            return Ok(None);
        };
        let number = text.parse().map(Some);
        number.map_err(|_| Refusal::invalid(name, format!("{name} is no whole number: {text}")))
    }
}

/// Any shape as the document of a response.
fn document(status: StatusCode, shape: &impl Serialize) -> Response {
    (status, axum::Json(shape)).into_response()
}

fn ok(shape: &impl Serialize) -> Response {
    document(StatusCode::OK, shape)
}

fn json_text(text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// A time as people write it, `90s`, `10m` or `1h30m`, or a number of seconds.
fn duration(param: &'static str, text: &str) -> Result<std::time::Duration, Refusal> {
    let refused = || {
        let message = format!("{param} is no time: {text}; write 500ms, 90s, 10m or 1h");
        Refusal::invalid(param, message)
    };
    if let Ok(seconds) = text.parse::<f64>() {
        return std::time::Duration::try_from_secs_f64(seconds).map_err(|_| refused());
    }
    let signed: jiff::SignedDuration = text.parse().map_err(|_| refused())?;
    signed.try_into().map_err(|_| refused())
}
