//! The endpoints that the guides have an app write: sessions for its pages, and a plain chat.
//!
//! They make real sessions of this mock, so that a frontend written along a guide needs no backend
//! of its own.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde::Deserialize;
use serde_json::json;

use super::app::{App, Caller};
use super::hosted::{Plan, Session, document};
use super::mint::Api;
use super::refusal::Refusal;
use super::routes::read_body;
use super::script::{Script, Step};
use super::showcase::{self, Prompt, Scene};
use crate::protocol::hosted::{Configuration, CreateSession, WorkflowParam};
use crate::protocol::{
    AsObject, Event, Extra, InferenceOptions, Item, ItemKind, UserContent, UserMessage, from_slice,
};

/// The workflow of a session where the page names none.
const WORKFLOW: &str = "wf_mock";

/// Where the official starter app remembers who a page's user is.
const COOKIE: &str = "chatkit_session_id";

/// How long the starter app's cookie lives: 30 days, in seconds.
const COOKIE_AGE: u32 = 30 * 24 * 60 * 60;

/// After how many steps a plain chat gives up, since it cannot stream an answer without an end.
const MAX_STEPS: usize = 100_000;

/// What a page may send to get a session; guides differ, so that every spelling of theirs is read.
#[derive(Debug, Default, Deserialize)]
struct Wanted {
    #[serde(alias = "user_id", alias = "userId")]
    user: Option<String>,
    workflow: Option<AsObject<WantedWorkflow>>,
    #[serde(alias = "workflowId")]
    workflow_id: Option<String>,
    chatkit_configuration: Option<Configuration>,
    #[serde(rename = "currentClientSecret")]
    current_client_secret: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct WantedWorkflow {
    id: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Said {
    message: String,
}

/// Every address of the guides' apps.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/session", post(camel_case))
        .route("/api/chatkit/session", post(snake_case))
        .route("/api/chatkit/start", post(snake_case))
        .route("/api/chatkit/refresh", post(refresh))
        .route("/api/create-session", post(starter_app))
        .route("/api/chat", post(chat))
}

async fn camel_case(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let session = start(&app, &headers, wanted(body).await?).await?;
    Ok(document(&json!({"clientSecret": session.secret()})))
}

async fn snake_case(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let session = start(&app, &headers, wanted(body).await?).await?;
    Ok(document(&json!({"client_secret": session.secret()})))
}

/// Another session like the one of the current secret. A secret that is not known is passed over,
/// because a page outlives the mock that it began with.
async fn refresh(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let wanted = wanted(body).await?;
    let current = wanted.current_client_secret.as_deref();
    let current = match current {
        Some(secret) => app.sessions.find(secret).await?,
        None => None,
    };
    let session = match current {
        Some(current) => {
            let plan = current.plan.clone();
            app.sessions.create(&app.mint, plan, app.now()).await?
        }
        None => start(&app, &headers, wanted).await?,
    };
    Ok(document(&json!({"client_secret": session.secret()})))
}

/// The starter app's endpoint, which knows its user again by a cookie.
async fn starter_app(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let session = start(&app, &headers, wanted(body).await?).await?;
    let answer = document(&json!({
        "client_secret": session.secret(),
        "expires_after": {"anchor": "created_at", "seconds": session.plan.seconds},
    }));
    let user = &session.plan.user;
    if !is_cookie_value(user) {
        return Ok(answer);
    }
    let cookie = format!("{COOKIE}={user}; Path=/; HttpOnly; SameSite=Lax; Max-Age={COOKIE_AGE}");
    Ok(([(header::SET_COOKIE, cookie)], answer).into_response())
}

async fn chat(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let AsObject(said) = from_slice::<AsObject<Said>>(&read_body(body).await?)?;
    let caller = Caller {
        user: Arc::clone(&app.local_user),
        api: Api::SelfHosted,
        seen: app.seen(&headers),
        headers: app.kept_headers(&headers),
        session: None,
    };
    // The thread is never stored: the guides' endpoint remembers nothing.
    let scene = Scene::new(Arc::clone(&app), &caller, &app.new_thread(Api::SelfHosted));
    let message = UserMessage {
        content: vec![UserContent::text(said.message)],
        attachments: Vec::new(),
        quoted_text: None,
        inference_options: InferenceOptions::default(),
        extra: Extra::default(),
    };
    let script = showcase::respond(&scene, &Prompt::Message(&message));
    Ok(document(&json!({"response": text_of(script)?})))
}

async fn wanted(body: Body) -> Result<Wanted, Refusal> {
    let body = read_body(body).await?;
    let wanted =
        from_slice::<Option<AsObject<Wanted>>>(if body.is_empty() { b"null" } else { &body })?;
    Ok(wanted.map_or_else(Wanted::default, |wanted| wanted.0))
}

/// Makes a session for a page's user: the one it names, the one of its cookie, or another one.
async fn start(app: &App, headers: &HeaderMap, wanted: Wanted) -> Result<Arc<Session>, Refusal> {
    let filled = |text: &String| !text.trim().is_empty();
    let workflow = wanted.workflow.and_then(|workflow| workflow.0.id);
    let id = workflow.or(wanted.workflow_id).filter(filled);
    let user = wanted
        .user
        .filter(filled)
        .or_else(|| user_of_cookie(headers).map(str::to_owned))
        .unwrap_or_else(|| app.mint.short_id("user"));
    let plan = Plan::of(CreateSession {
        workflow: WorkflowParam {
            id: id.unwrap_or_else(|| WORKFLOW.to_owned()),
            version: None,
            state_variables: None,
            tracing: None,
            extra: Extra::default(),
        },
        user,
        expires_after: None,
        rate_limits: None,
        chatkit_configuration: wanted.chatkit_configuration,
        extra: Extra::default(),
    })?;
    app.sessions.create(&app.mint, plan, app.now()).await
}

fn user_of_cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE && !value.is_empty()).then_some(value))
}

/// Whether a text stands in a cookie as it is (RFC 6265, `cookie-octet`).
fn is_cookie_value(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte))
}

/// What the assistant says in an answer, all else left out.
fn text_of(script: Script) -> Result<String, Refusal> {
    let mut texts = Vec::new();
    for (count, step) in script.enumerate() {
        if count == MAX_STEPS {
            let message = "the answer is too long for /api/chat; ask /chatkit, which streams";
            return Err(Refusal::invalid("message", message));
        }
        if let Step::Event(Event::ItemDone(body)) = step {
            texts.extend(said_in(&body.item));
        }
    }
    Ok(texts.join("\n\n"))
}

fn said_in(item: &Item) -> Option<String> {
    match &item.kind {
        ItemKind::AssistantMessage(message) => Some(message.text()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::server::testing::Site;

    fn cookie(text: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, text.parse().expect("a header"))])
    }

    #[test]
    fn the_user_is_found_among_the_cookies() {
        let user = |text| user_of_cookie(&cookie(text)).map(str::to_owned);
        assert_eq!(user("a=b; chatkit_session_id=u-1; c=d"), Some("u-1".into()));
        assert_eq!(user("chatkit_session_id="), None);
        assert_eq!(user("xchatkit_session_id=1"), None);
    }

    #[test]
    fn a_user_that_would_break_out_of_the_cookie_is_not_put_in_one() {
        assert!(is_cookie_value("u-1@example.com"));
        for user in ["a;b", "a b", "a\r\nb", "é", "\"a\""] {
            assert!(!is_cookie_value(user));
        }
    }

    async fn post(site: &Site, path: &str, body: &Value) -> Value {
        site.ask("POST", path).json(body).send().await.ok()
    }

    /// Whose session a secret is of, once it was found good.
    async fn user_of(site: &Site, secret: &Value) -> String {
        let session = json!({"client_secret": secret});
        site.talk(&session, "threads.list", json!({})).await.ok();
        let session = site.app.sessions.find(secret.as_str().unwrap()).await;
        session.unwrap().unwrap().plan.user.to_string()
    }

    #[tokio::test]
    async fn every_guides_endpoint_gives_a_secret_that_works() {
        let site = Site::new();
        let named = json!({"user": "ann", "workflow": {"id": "wf_9"}});
        for (path, field) in [
            ("/api/session", "clientSecret"),
            ("/api/chatkit/session", "client_secret"),
            ("/api/chatkit/start", "client_secret"),
            ("/api/chatkit/refresh", "client_secret"),
            ("/api/create-session", "client_secret"),
        ] {
            let answer = post(&site, path, &named).await;
            assert_eq!(user_of(&site, &answer[field]).await, "ann", "{path}");
            let secret = answer[field].as_str().unwrap();
            let session = site.app.sessions.find(secret).await.unwrap().unwrap();
            assert_eq!(session.plan.workflow.id, "wf_9");
            let empty = site.ask("POST", path).send().await.ok();
            assert!(user_of(&site, &empty[field]).await.starts_with("user_"));
            let broken = site.ask("POST", path).body("{").send().await;
            assert_eq!(broken.refusal().0, 400);
        }
    }

    #[tokio::test]
    async fn what_a_page_sends_is_an_object_or_refused_in_words_of_json() {
        let site = Site::new();
        for (path, body, param) in [
            ("/api/chat", "[]", None),
            ("/api/chat", r#"["hi"]"#, None),
            ("/api/chat", r#"{"message":["hi"]}"#, Some("message")),
            ("/api/session", r#"["u",null,null,null,null]"#, None),
            ("/api/session", r#"{"workflow":["wf_1"]}"#, Some("workflow")),
            ("/api/create-session", r#"{"user":5}"#, Some("user")),
            ("/api/chatkit/refresh", "[1]", None),
        ] {
            let refused = site.ask("POST", path).body(body).send().await;
            assert_eq!(refused.refusal().0, 400, "{path} {body}");
            assert_eq!(refused.refusal().2.as_deref(), param, "{path} {body}");
            let message = refused.json()["error"]["message"].to_string();
            assert!(message.contains("expected a"), "{message}");
            assert!(!message.contains("struct"), "{message}");
        }
    }

    #[tokio::test]
    async fn a_refreshed_session_is_the_same_users() {
        let site = Site::new();
        let first = post(&site, "/api/session", &json!({})).await;
        let body = json!({"currentClientSecret": first["clientSecret"]});
        let second = post(&site, "/api/chatkit/refresh", &body).await;
        assert_ne!(first["clientSecret"], second["client_secret"]);
        assert_eq!(
            user_of(&site, &first["clientSecret"]).await,
            user_of(&site, &second["client_secret"]).await
        );
        let body = json!({"currentClientSecret": "ek_of_an_earlier_run"});
        post(&site, "/api/chatkit/refresh", &body).await;
    }

    #[tokio::test]
    async fn the_starter_app_knows_its_user_again_by_the_cookie() {
        let site = Site::new();
        let first = site.ask("POST", "/api/create-session").send().await;
        assert_eq!(
            first.ok()["expires_after"],
            json!({"anchor": "created_at", "seconds": 600})
        );
        let cookie = first.header("set-cookie");
        assert!(cookie.contains("; HttpOnly"));
        let cookie = cookie.split(';').next().unwrap();
        let again = site
            .ask("POST", "/api/create-session")
            .header("cookie", cookie);
        let again = again.send().await;
        assert!(again.header("set-cookie").starts_with(cookie));
        assert_eq!(
            user_of(&site, &first.json()["client_secret"]).await,
            user_of(&site, &again.json()["client_secret"]).await
        );
        let uploads = json!({"chatkit_configuration": {"file_upload": {"enabled": true}}});
        let allowed = post(&site, "/api/create-session", &uploads).await;
        let secret = allowed["client_secret"].as_str().unwrap();
        let session = site.app.sessions.find(secret).await.unwrap().unwrap();
        assert!(session.upload_limit().is_ok());
    }

    #[tokio::test]
    async fn a_plain_chat_answers_at_once_and_stores_nothing() {
        let site = Site::new();
        let answer = post(&site, "/api/chat", &json!({"message": "show text 3"})).await;
        assert_eq!(
            answer["response"]
                .as_str()
                .unwrap()
                .split_whitespace()
                .count(),
            3
        );
        let threads = site.rest("GET", "/v1/chatkit/threads").send().await.ok();
        assert_eq!(threads["data"], json!([]));
        let refused = site.ask("POST", "/api/chat").json(&json!({})).send().await;
        assert_eq!(refused.refusal().2.as_deref(), Some("message"));
    }
}
