//! What a handler is handed of a request, or the refusal that takes its place.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use secrecy::ExposeSecret;

use super::app::{App, Caller};
use super::hosted::{SECRET_PREFIX, Session};
use super::mint::Api;
use super::refusal::Refusal;
use super::routes::bearer;

/// The one variable segment of a path.
pub(super) struct Id(pub String);

/// The proof that the request carries a good API key.
pub(super) struct ApiKey;

/// Who asks with a client secret; its session has counted the request.
pub(super) struct Admitted {
    pub caller: Caller,
    pub session: Arc<Session>,
}

impl FromRequestParts<Arc<App>> for Id {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        let path = Path::<String>::from_request_parts(parts, app).await;
        path.map(|Path(id)| Self(id)).map_err(|_| {
            let message = "the path is not percent-encoded UTF-8";
            Refusal::new(StatusCode::BAD_REQUEST, "invalid_url", message)
        })
    }
}

impl FromRequestParts<Arc<App>> for ApiKey {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        let wanted = app.config.api_key.as_ref();
        let wanted = wanted.map(ExposeSecret::expose_secret);
        check_key(bearer(&parts.headers).unwrap_or_default(), wanted)?;
        check_beta(&parts.headers).map(|()| Self)
    }
}

impl FromRequestParts<Arc<App>> for Admitted {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        let secret = bearer(&parts.headers);
        let session = app.sessions.admit(secret, app.now()).await?;
        let caller = Caller {
            user: Arc::clone(&session.plan.user),
            api: Api::Hosted,
            seen: app.seen(&parts.headers),
            headers: app.kept_headers(&parts.headers),
            session: Some(Arc::clone(&session)),
        };
        Ok(Self { caller, session })
    }
}

/// Any key is good where none is named, except a client secret, which the hosted API refuses too.
fn check_key(given: &str, wanted: Option<&str>) -> Result<(), Refusal> {
    let message = match wanted {
        _ if given.is_empty() => {
            "You didn't provide an API key; send Authorization: Bearer YOUR_KEY.".to_owned()
        }
        Some(wanted) if given == wanted => return Ok(()),
        _ if given.starts_with(SECRET_PREFIX) => {
            "A client secret is no API key; it is for /chatkit/conversation and /chatkit/files."
                .to_owned()
        }
        None => return Ok(()),
        Some(_) => format!("Incorrect API key provided: {}.", masked(given)),
    };
    Err(Refusal::new(
        StatusCode::UNAUTHORIZED,
        "invalid_api_key",
        message,
    ))
}

/// What a request must say to reach an API that is not final.
const BETA: &str = "chatkit_beta=v1";

/// The words and the code of the hosted API where its other beta header is missing
/// (`assistants=v2`); nothing public shows what it says for this one.
fn check_beta(headers: &HeaderMap) -> Result<(), Refusal> {
    let mut values = headers.get_all("openai-beta").iter();
    let names_it = |value: &HeaderValue| {
        let value = value.to_str().unwrap_or_default();
        value.split(',').any(|name| name.trim() == BETA)
    };
    if values.any(names_it) {
        return Ok(());
    }
    let message = format!(
        "You must provide the 'OpenAI-Beta' header to access the ChatKit API. Please try again by \
         setting the header 'OpenAI-Beta: {BETA}'."
    );
    Err(Refusal::new(
        StatusCode::BAD_REQUEST,
        "invalid_beta",
        message,
    ))
}

/// As much of a key as tells it apart from another, and never enough to use it.
fn masked(key: &str) -> String {
    let (Some(head), Some(tail)) = (key.get(..5), key.len().checked_sub(4)) else {
        return "***".to_owned();
    };
    match key.get(tail..).filter(|_| key.len() >= 20) {
        Some(tail) => format!("{head}***{tail}"),
        None => "***".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    #[test]
    fn any_key_is_good_unless_one_is_named() {
        assert!(check_key("sk-anything", None).is_ok());
        assert!(check_key("sk-1", Some("sk-1")).is_ok());
        for (given, wanted) in [
            ("", None),
            ("ek_1", None),
            ("", Some("")),
            ("sk-2", Some("sk-1")),
        ] {
            let refusal = check_key(given, wanted).unwrap_err();
            assert_eq!(
                (refusal.status.as_u16(), refusal.code),
                (401, "invalid_api_key")
            );
        }
    }

    #[test]
    fn a_beta_is_asked_for_by_its_name() {
        let check = |values: &[&'static str]| {
            let name = HeaderName::from_static("openai-beta");
            let values = values
                .iter()
                .map(|value| (name.clone(), HeaderValue::from_static(value)));
            check_beta(&values.collect())
        };
        assert!(check(&["chatkit_beta=v1"]).is_ok());
        assert!(check(&["assistants=v2, chatkit_beta=v1"]).is_ok());
        for values in [&[][..], &["assistants=v2"], &["chatkit_beta=v2"], &[""]] {
            let refusal = check(values).unwrap_err();
            assert_eq!(
                (refusal.status.as_u16(), refusal.code),
                (400, "invalid_beta")
            );
            assert!(refusal.message.contains("'OpenAI-Beta: chatkit_beta=v1'"));
        }
    }

    #[test]
    fn a_refused_key_is_not_echoed_whole() {
        for key in [
            "x",
            "sk-12345678",
            "sk-123456789012345",
            "sk-proj-0123456789abcdef",
        ] {
            assert!(
                !check_key(key, Some("other"))
                    .unwrap_err()
                    .message
                    .contains(key)
            );
        }
        assert_eq!(masked("sk-proj-0123456789abcdef"), "sk-pr***cdef");
        assert_eq!(masked("ééééééééééééé"), "***");
    }
}
