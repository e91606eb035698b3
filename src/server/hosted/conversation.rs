//! What a browser does with a client secret: the protocol, and uploads.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::super::app::{App, Caller};
use super::super::endpoint;
use super::super::extract::Admitted;
use super::super::refusal::Refusal;
use super::super::routes::read_body;
use super::super::uploads::{Size, form};
use super::document;
use crate::protocol::{UserContent, UserMessageInput};

/// How long a title is that the mock makes, in characters.
const TITLE: usize = 60;

/// `POST /chatkit/conversation`.
pub(super) async fn answer(
    State(app): State<Arc<App>>,
    Admitted { caller, .. }: Admitted,
    body: Body,
) -> Result<Response, Refusal> {
    let body = read_body(body).await?;
    endpoint::answer(&app, &caller, &body).await
}

/// `POST /chatkit/files`.
pub(super) async fn upload(
    State(app): State<Arc<App>>,
    Admitted { caller, session }: Admitted,
    headers: HeaderMap,
    body: Result<Multipart, MultipartRejection>,
) -> Result<Response, Refusal> {
    let size = Size::UpTo(session.upload_limit()?);
    size.check_announced(&headers)?;
    let place = app.take_place(&session).await?;
    let attachment = form::receive(&app, &caller, size, body).await?;
    place.fill();
    Ok(document(&attachment))
}

impl Caller {
    /// The title that a new thread gets by itself, in a session that wants one.
    pub(in crate::server) fn automatic_title(&self, input: &UserMessageInput) -> Option<String> {
        let settings = &self.session.as_ref()?.plan.configuration;
        let wanted = settings.automatic_thread_titling.enabled;
        let said: String = input.content.iter().map(UserContent::shown).collect();
        wanted.then(|| title(&said)).flatten()
    }

    /// How many of their latest threads the caller is shown; `None` is all of them.
    pub(in crate::server) fn recent_threads(&self) -> Option<usize> {
        self.session.as_ref()?.plan.recent_threads()
    }
}

/// The first words of a text, in one line.
fn title(text: &str) -> Option<String> {
    let mut title = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        length += word.chars().count() + 1;
        if !title.is_empty() {
            if length > TITLE {
                title.push('…');
                break;
            }
            title.push(' ');
        }
        title.extend(word.chars().take(TITLE));
    }
    (!title.is_empty()).then_some(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_first_words_in_one_line() {
        assert_eq!(
            title("  What is\n ChatKit? "),
            Some("What is ChatKit?".into())
        );
        assert_eq!(title(" \n"), None);
        let long = title(&"word ".repeat(100)).unwrap();
        assert!(long.ends_with("word…") && long.chars().count() <= TITLE);
        assert_eq!(title(&"é".repeat(1000)).unwrap().chars().count(), TITLE);
    }
}
