//! The page at `/`: the conversation as a user sees it, and beside it what goes over the wire.
//!
//! Hand-written HTML, CSS and ES modules, embedded as they stand: there is no build step, and the
//! page needs nothing from the network. What a backend sends is put on it as text, never as HTML.

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};

use super::app::App;
use super::showcase::{WORDS, Word};

/// What the page may load: its own files, and images from wherever an answer says, once they are
/// asked for.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    connect-src 'self'; img-src 'self' data: blob: http: https:; frame-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The same for the document with `OpenAI`'s own element, which brings its script and its frame
/// from its CDN.
const OFFICIAL_POLICY: &str = "default-src 'none'; \
    script-src 'self' https://cdn.platform.openai.com; style-src 'self' 'unsafe-inline'; \
    connect-src 'self' https://cdn.platform.openai.com https://api.openai.com; \
    img-src 'self' data: blob: http: https:; frame-src https://cdn.platform.openai.com; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// Every file below `/page`, with its type.
const FILES: &[(&str, &str, &str)] = &[
    ("/page/style.css", CSS, include_str!("style.css")),
    ("/page/app.js", JS, include_str!("app.js")),
    ("/page/client.js", JS, include_str!("client.js")),
    ("/page/connect.js", JS, include_str!("connect.js")),
    ("/page/dom.js", JS, include_str!("dom.js")),
    ("/page/door.js", JS, include_str!("door.js")),
    ("/page/fields.js", JS, include_str!("fields.js")),
    ("/page/focus.js", JS, include_str!("focus.js")),
    ("/page/fold.js", JS, include_str!("fold.js")),
    ("/page/items.js", JS, include_str!("items.js")),
    ("/page/kept.js", JS, include_str!("kept.js")),
    ("/page/live.js", JS, include_str!("live.js")),
    ("/page/markdown.js", JS, include_str!("markdown.js")),
    ("/page/official.js", JS, include_str!("official.js")),
    ("/page/scenario.js", JS, include_str!("scenario.js")),
    ("/page/steer.js", JS, include_str!("steer.js")),
    ("/page/token.js", JS, include_str!("token.js")),
    ("/page/widget.js", JS, include_str!("widget.js")),
    ("/page/wire.js", JS, include_str!("wire.js")),
    ("/favicon.ico", SVG, include_str!("icon.svg")),
];

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";
const HTML: &str = "text/html; charset=utf-8";

/// Whether a path is one of the page's own files, or asks whether the mock is there.
pub(super) fn is_own(path: &str) -> bool {
    matches!(path, "/" | "/favicon.ico" | "/healthz") || path.starts_with("/page/")
}

/// The page and its files.
pub(super) fn routes() -> Router<Arc<App>> {
    let index = || async { file(HTML, POLICY, include_str!("index.html")) };
    let official = || async { file(HTML, OFFICIAL_POLICY, include_str!("official.html")) };
    let mut router = Router::new()
        .route("/", get(index))
        .route("/page/official.html", get(official))
        .route("/page/words.json", get(|| async { axum::Json(words()) }));
    for (path, kind, text) in FILES {
        router = router.route(path, get(|| async { file(kind, POLICY, text) }));
    }
    router
}

fn file(kind: &'static str, policy: &'static str, text: &'static str) -> Response {
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(policy),
        ),
        // Another version of the mock may answer at the same address tomorrow.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (
            HeaderName::from_static("referrer-policy"),
            HeaderValue::from_static("no-referrer"),
        ),
    ];
    (head, text).into_response()
}

/// The words of the showcase, for the page to offer.
fn words() -> Value {
    let word =
        |word: &Word| json!({"name": word.name(), "usage": word.usage, "meaning": word.meaning});
    WORDS.iter().map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::testing::Site;

    #[tokio::test]
    async fn every_file_that_the_page_names_is_there() {
        let site = Site::new();
        let sources = FILES.iter().map(|(_, _, text)| *text);
        let sources = sources.chain([include_str!("index.html"), include_str!("official.html")]);
        let mut named = 0;
        for text in sources {
            for quote in ['"', '\''] {
                let parts = text.split(quote).skip(1).step_by(2);
                for path in parts.filter(|part| part.starts_with("/page/")) {
                    let answer = site.ask("GET", path).send().await;
                    assert_eq!(answer.status, 200, "{path}");
                    named += 1;
                }
            }
        }
        assert!(named >= FILES.len() - 1, "{named} paths found");
    }

    #[tokio::test]
    async fn nothing_but_the_pages_own_scripts_may_run() {
        let site = Site::new();
        for path in ["/", "/page/app.js", "/page/style.css"] {
            let answer = site.ask("GET", path).send().await;
            let policy = answer.header("content-security-policy");
            assert!(policy.contains("script-src 'self';") && policy.contains("default-src 'none'"));
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
        }
        for (path, kind, text) in FILES {
            let dangerous = [
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "eval(",
                "document.write",
            ];
            for word in dangerous {
                assert!(*kind != JS || !text.contains(word), "{path} uses {word}");
            }
        }
        let index = include_str!("index.html");
        assert!(
            !index.contains("<script>")
                && !index.contains(" style=")
                && !index.contains(" onclick=")
        );
    }

    #[tokio::test]
    async fn the_page_offers_every_word() {
        let site = Site::new();
        let words = site.ask("GET", "/page/words.json").send().await.ok();
        assert_eq!(words.as_array().unwrap().len(), WORDS.len());
        assert_eq!(words[0]["name"], "text");
    }
}
