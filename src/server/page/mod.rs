//! The page at `/`: what runs here, for whoever opens it in a browser.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Html;

use super::app::App;
use super::showcase::WORDS;

const PAGE: &str = include_str!("page.html");

/// Whether a path is one of the page's own files.
pub(super) fn is_own(path: &str) -> bool {
    matches!(path, "/" | "/favicon.ico" | "/healthz")
}

/// `GET /`.
pub(super) async fn page(State(app): State<Arc<App>>, headers: HeaderMap) -> Html<String> {
    Html(render(&app.origin(headers.get(header::HOST))))
}

fn render(origin: &str) -> String {
    let mut words = String::new();
    for word in WORDS {
        let (usage, meaning) = (escape(word.usage), code(&escape(word.meaning)));
        let _ = writeln!(
            words,
            "<tr><td><code>show {usage}</code></td><td>{meaning}</td></tr>"
        );
    }
    PAGE.replace("{{words}}", &words)
        .replace("{{origin}}", &escape(origin))
}

/// The meanings set words of their own in backticks, as the chat renders them.
fn code(text: &str) -> String {
    let mut parts = text.split('`');
    let mut html = parts.next().unwrap_or_default().to_owned();
    for (index, part) in parts.enumerate() {
        html.push_str(if index % 2 == 0 { "<code>" } else { "</code>" });
        html.push_str(part);
    }
    html
}

/// The origin is a header's value, and whoever sends it must not write the page.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_every_word_and_every_address_of_its_origin() {
        let page = render("http://localhost:1\"<script>");
        for word in WORDS {
            assert!(
                page.contains(&format!("show {}", escape(word.usage))),
                "{}",
                word.usage
            );
        }
        assert!(!page.contains('`'), "a backtick is left");
        assert!(page.contains("http://localhost:1&quot;&lt;script&gt;/chatkit"));
        assert!(!page.contains("{{") && !page.contains("<script"));
    }
}
