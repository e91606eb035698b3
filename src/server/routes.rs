//! Which address answers what, and what holds for all of them: hosts, CORS, limits, request ids.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use http_body_util::LengthLimitError;
use secrecy::ExposeSecret;
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer, ExposeHeaders};
use tower_service::Service;

use super::app::{App, Caller};
use super::fault::{Asked, Link, Plan};
use super::host::Hosts;
use super::journal::Entry;
use super::leftover::{Leave, Leftover, Rest};
use super::mint::Api;
use super::refusal::Refusal;
use super::stalled::is_stalled;
use super::{admin, companion, endpoint, flaw, hosted, page, replay, uploads};

/// The largest body of a request that is no upload, in bytes.
const MAX_BODY: usize = 32 * 1024 * 1024;

/// Everything that the mock answers.
pub(super) struct Routes {
    app: Arc<App>,
    hosts: Hosts,
    router: Router,
    memory: Arc<flaw::Memory>,
}

impl Routes {
    pub fn new(app: Arc<App>) -> Self {
        let router = Router::new()
            .route("/chatkit", post(chatkit_for_a_page))
            .route("/healthz", get(|| async { "ok\n" }))
            .merge(hosted::routes("/v1/chatkit"))
            // `CHATKIT_API_BASE` may stand without `/v1`, as in the official starter app.
            .merge(hosted::routes("/chatkit"))
            .merge(page::routes())
            .merge(uploads::routes())
            .merge(companion::routes())
            .fallback(not_found)
            .method_not_allowed_fallback(wrong_method);
        let router = match &app.config.replay {
            Some(replay) => {
                let state = (Arc::clone(&app), Arc::clone(replay));
                router.layer(from_fn_with_state(state, replay::layer))
            }
            None => router,
        };
        let router = router.layer(cors()).with_state(Arc::clone(&app));
        let memory = Arc::default();
        Self {
            hosts: Hosts::new(app.config.address.ip(), app.config.allowed_hosts.clone()),
            app,
            router,
            memory,
        }
    }

    /// Answers one request of whoever is at that address, over this connection.
    pub async fn answer(&self, request: Request<Body>, peer: IpAddr, link: &Link) -> Response {
        match self.app.config.flaw {
            None => self.answer_soundly(request, peer, link).await,
            Some(flaw) => {
                let next = |request| self.answer_soundly(request, peer, link);
                Box::pin(flaw::answer(flaw, &self.memory, request, next)).await
            }
        }
    }

    async fn answer_soundly(&self, request: Request<Body>, peer: IpAddr, link: &Link) -> Response {
        if is_plain(&request) && self.app.faults.is_idle() && self.app.config.replay.is_none() {
            return self.answer_plain(request, link).await;
        }
        let path = request.uri().path();
        if admin::is_steering(path) {
            return match self.hosts.check(&request) {
                Err(refusal) => refusal.into_response(),
                Ok(()) => admin::answer(&self.app, request, peer).await,
            };
        }
        if page::is_own(path) {
            return match self.hosts.check(&request) {
                Err(refusal) => refusal.into_response(),
                Ok(()) => self.route(request).await,
            };
        }
        self.answer_watched(request, link).await
    }

    /// Answers one of the endpoint's own requests, from something else than a page.
    async fn answer_plain(&self, request: Request<Body>, link: &Link) -> Response {
        let id = self.app.mint.short_id("req");
        let own_host = self.hosts.check(&request);
        let (parts, body) = request.into_parts();
        let entry = self
            .app
            .journal
            .begin(&id, &parts.method, &parts.uri, &parts.headers);
        let caller = own_host.and_then(|()| local_caller(&self.app, &parts.headers));
        let read = match caller {
            Ok(caller) => read_body(body).await.map(|body| (caller, body)),
            Err(refusal) => {
                let left = Leftover::whole(body);
                return self
                    .refuse_plain(&id, &entry, refusal, &parts.headers, left)
                    .await;
            }
        };
        let body = read.as_ref().map(|(_, body)| body.clone());
        self.app.journal.body(&entry, &body.unwrap_or_default());
        let answer = match read {
            Ok((caller, body)) => endpoint::answer(&self.app, &caller, &body).await,
            Err(refusal) => Err(refusal),
        };
        let response = broken(answer.into_response(), &parts.uri, link).await;
        self.watched(&id, &entry, response)
    }

    /// Refuses one before its body was read.
    async fn refuse_plain(
        &self,
        id: &str,
        entry: &Arc<Entry>,
        refusal: Refusal,
        headers: &HeaderMap,
        left: Leftover,
    ) -> Response {
        self.app.journal.body(entry, &Bytes::new());
        let response = cleared(refusal.into_response(), left, Leave::of(headers)).await;
        self.watched(id, entry, response)
    }

    /// Answers any other request that the journal keeps.
    async fn answer_watched(&self, request: Request<Body>, link: &Link) -> Response {
        let id = self.app.mint.short_id("req");
        let journal = &self.app.journal;
        let entry = journal.begin(&id, request.method(), request.uri(), request.headers());
        let uri = request.uri().clone();
        let request = request.map(|body| journal.watch_request(&entry, body));
        let response = match self.hosts.check(&request) {
            Ok(()) => self.route_or_fail(request, link).await,
            Err(refusal) => refusal.into_response(),
        };
        let response = broken(response, &uri, link).await;
        self.watched(&id, &entry, response)
    }

    /// Answers a request that a fault may strike at.
    async fn route_or_fail(&self, request: Request<Body>, link: &Link) -> Response {
        if self.app.faults.is_idle() {
            return self.route(request).await;
        }
        let (asked, request) = match Asked::read(request).await {
            Ok(read) => read,
            Err(refusal) => return refusal.into_response(),
        };
        let mut plan = self.app.faults.plan(&asked);
        let mut response = match plan.before(&self.app, request, link).await {
            Ok(request) => self.route(request).await,
            Err(instead) => instead,
        };
        plan.attach(&mut response);
        response
    }

    fn watched(&self, id: &str, entry: &Arc<Entry>, mut response: Response) -> Response {
        let id = HeaderValue::from_str(id).expect("an id is made of letters and digits");
        response.headers_mut().insert("x-request-id", id);
        self.app.journal.watch_response(entry, response)
    }

    async fn route(&self, request: Request<Body>) -> Response {
        let (left, leave) = (Leftover::default(), Leave::of(request.headers()));
        let mut router = self.router.clone();
        let response = match router.call(request.map(|body| left.watch(body))).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let status = response.status();
        if status.is_client_error() || status.is_server_error() {
            return cleared(response, left, leave).await;
        }
        response
    }

    /// Whether answers carry a date, which would differ between two runs with one seed.
    pub fn tells_the_time(&self) -> bool {
        self.app.config.seed.is_none()
    }
}

/// A refusal whose request may not have been read to its end: the rest is thrown away, or the
/// connection ends.
pub(super) async fn cleared(mut response: Response, left: Leftover, leave: Leave) -> Response {
    // What is too large is not read at all, and says so by itself.
    if response.status() != StatusCode::PAYLOAD_TOO_LARGE && left.drain(leave).await == Rest::Unread
    {
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// The answer as it is sent, if a fault or a scenario's rule has marked it to be broken.
async fn broken(mut response: Response, uri: &Uri, link: &Link) -> Response {
    match Plan::take(&mut response) {
        Some(plan) => plan.apply(response, uri, link).await,
        None => response,
    }
}

/// Lets every page in, with whatever headers it sends: the browser client's requests are all
/// preflighted, and the page's own `fetch` may add to them.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::mirror_request())
        .allow_methods(AllowMethods::mirror_request())
        .allow_headers(AllowHeaders::mirror_request())
        .allow_credentials(true)
        .allow_private_network(true)
        .expose_headers(ExposeHeaders::list([
            HeaderName::from_static("x-request-id"),
            header::RETRY_AFTER,
        ]))
        .max_age(Duration::from_secs(600))
}

/// Whether a request is one of the endpoint's own, from something else than a page. The router and
/// its CORS headers would cost it as much as the answer does.
fn is_plain(request: &Request<Body>) -> bool {
    request.method() == Method::POST
        && request.uri().path() == "/chatkit"
        && !request.headers().contains_key(header::ORIGIN)
}

async fn chatkit_for_a_page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let caller = local_caller(&app, &headers)?;
    let body = read_body(body).await?;
    endpoint::answer(&app, &caller, &body).await
}

/// Whoever asks without a session, once the token of the settings was shown.
pub(super) fn local_caller(app: &App, headers: &HeaderMap) -> Result<Caller, Refusal> {
    if let Some(token) = &app.config.token {
        check_token(headers, token.expose_secret())?;
    }
    Ok(Caller {
        user: Arc::clone(&app.local_user),
        api: Api::SelfHosted,
        seen: app.seen(headers),
        headers: app.kept_headers(headers),
        session: None,
    })
}

/// The token of an `Authorization: Bearer` header.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn check_token(headers: &HeaderMap, token: &str) -> Result<(), Refusal> {
    let (code, message) = match bearer(headers) {
        Some(given) if given == token => return Ok(()),
        Some(_) => (
            "invalid_token",
            "the bearer token is not the one that this server was started with",
        ),
        None => (
            "missing_token",
            "this server was started with --token; send Authorization: Bearer …",
        ),
    };
    Err(Refusal::new(StatusCode::UNAUTHORIZED, code, message))
}

/// Reads the body of a request that is no upload; one that is too large by its own word is refused
/// before any of it has come.
pub(super) async fn read_body(body: Body) -> Result<Bytes, Refusal> {
    let too_large = || {
        let message = "the request is larger than 32 MiB";
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "request_too_large", message)
    };
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Err(too_large());
    }
    to_bytes(body, MAX_BODY).await.map_err(|error| {
        if let Some(cause) = std::error::Error::source(&error)
            && cause.is::<LengthLimitError>()
        {
            return too_large();
        }
        if is_stalled(&error) {
            return Refusal::stalled("the request stood still before it was whole");
        }
        let message = "the request did not arrive whole";
        Refusal::new(StatusCode::BAD_REQUEST, "request_incomplete", message)
    })
}

async fn not_found(uri: Uri) -> Refusal {
    let message = format!(
        "nothing answers at {}; the ChatKit endpoint is POST /chatkit",
        uri.path()
    );
    Refusal::new(StatusCode::NOT_FOUND, "unknown_url", message)
}

async fn wrong_method(method: Method, uri: Uri) -> Refusal {
    let message = format!("{} does not take {method}", uri.path());
    Refusal::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        message,
    )
}
