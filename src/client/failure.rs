//! What a backend says when it refuses, read leniently: the error object, `FastAPI`'s, or plain text.

use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use serde_json::Value;

use super::body::{Answered, Head};
use crate::cancel::Cancel;
use crate::error::{Error, HttpFailure};
use crate::protocol::from_document;

/// How much of a refusal is read, in bytes.
const MAX_REFUSAL: usize = 64 * 1024;

/// How long a message may be, in characters.
const MAX_MESSAGE: usize = 2000;

/// How long a line of plain text may be to pass for a message, in characters.
const MAX_LINE: usize = 300;

/// How long the body of an answer that is of no use is waited for.
const GRACE: Duration = Duration::from_secs(1);

/// Why there is no answer of the kind that was asked for, and what came in its place.
#[derive(Debug)]
pub struct Refused {
    /// What went wrong.
    pub error: Error,
    /// The answer as it came, if one did, with the beginning of its body.
    pub answer: Option<(Head, Bytes)>,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self {
            error,
            answer: None,
        }
    }
}

/// Turns an answer that is no success into an error.
pub(super) async fn refusal(answered: Answered, cancel: &Cancel) -> Error {
    refused(answered, cancel).await.error
}

/// The same, with the answer itself.
pub(super) async fn refused(mut answered: Answered, cancel: &Cancel) -> Refused {
    match answered.body.beginning(MAX_REFUSAL, cancel).await {
        Ok(body) => Refused {
            error: Error::Http(Box::new(read(&answered.head, &body))),
            answer: Some((answered.head, body)),
        },
        Err(error) => error.into(),
    }
}

/// An answer that is a success, and of another kind than was asked for: its body need never end.
pub(super) async fn foreign(mut answered: Answered, error: Error, cancel: &Cancel) -> Refused {
    let body = answered.body.beginning(MAX_REFUSAL, cancel);
    match tokio::time::timeout(GRACE, body).await {
        Ok(Err(interrupted)) => interrupted.into(),
        Ok(Ok(body)) => Refused {
            error,
            answer: Some((answered.head, body)),
        },
        Err(_) => Refused {
            error,
            answer: Some((answered.head, Bytes::new())),
        },
    }
}

/// A failure with nothing but a status and a message of our own.
pub(super) fn with_message(head: &Head, message: String) -> Error {
    Error::Http(Box::new(HttpFailure {
        message: Some(message),
        ..read(head, b"")
    }))
}

/// Where the address of the hosted API is wrong, no `--url` is.
pub(super) fn blame_base(failure: &mut HttpFailure) {
    let is_path = matches!(failure.status, 404 | 405) && failure.code.is_none();
    if is_path && failure.hint.is_none() {
        let hint = "check the path of --api-base; the API answers below /v1/chatkit";
        failure.hint = Some(hint.to_owned());
    }
}

fn read(head: &Head, body: &[u8]) -> HttpFailure {
    let document = from_document(body).unwrap_or(Value::Null);
    // Some put the object of the error into another one, and some leave the outer one out.
    let places = [
        &document["error"],
        &document,
        &document["detail"]["error"],
        &document["detail"],
    ];
    let named = |field: &str| places.iter().find_map(|error| word(&error[field]));
    let status = StatusCode::from_u16(head.status).ok();
    let reason = status
        .and_then(|status| status.canonical_reason())
        .unwrap_or("");
    let element = |name: &str| element(body, name);
    // Servers that have nothing to say repeat the status's words, as the reference server does.
    let plain = plain(head, body).filter(|line| line != reason);
    HttpFailure {
        status: head.status,
        reason,
        message: message(&document).or_else(|| element("Message")).or(plain),
        code: named("code").or_else(|| element("Code")),
        param: named("param"),
        request_id: head.request_id().map(ToOwned::to_owned),
        retry_after: head.header("retry-after").map(ToOwned::to_owned),
        ..HttpFailure::default()
    }
}

fn message(document: &Value) -> Option<String> {
    let candidates = [
        &document["error"]["message"],
        &document["error"],
        &document["message"],
        &document["detail"],
        &document["detail"]["error"]["message"],
        &document["detail"]["error"],
        &document["detail"]["message"],
    ];
    let text = candidates.into_iter().find_map(|value| match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Array(errors) => errors.first().map(invalid_field),
        _ => None,
    })?;
    Some(shortened(&text, MAX_MESSAGE))
}

/// An entry of what `FastAPI` answers a request with that does not validate: `{loc, msg, type}`.
fn invalid_field(error: &Value) -> String {
    let Some(text) = error["msg"].as_str() else {
        return error.to_string();
    };
    let place = error["loc"].as_array().map_or(&[][..], Vec::as_slice);
    let place: Vec<_> = place.iter().filter_map(word).collect();
    if place.is_empty() {
        return text.to_owned();
    }
    format!("{}: {text}", place.join("."))
}

/// The first line of plain text; a page for browsers says nothing here.
fn plain(head: &Head, body: &[u8]) -> Option<String> {
    if head
        .media_type()
        .is_some_and(|media_type| media_type.contains("html"))
    {
        return None;
    }
    let text = String::from_utf8_lossy(body);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    if line.starts_with(['<', '{', '[']) {
        return None;
    }
    Some(shortened(line, MAX_LINE))
}

/// What stands in the first element of this name: object stores answer with
/// `<Error><Code>…</Code><Message>…</Message></Error>`.
fn element(body: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    if !text.trim_start().starts_with('<') {
        return None;
    }
    let (_, after) = text.split_once(&format!("<{name}>"))?;
    let (inside, _) = after.split_once(&format!("</{name}>"))?;
    let mut inside = inside.to_owned();
    // The ampersand last, so that what it spells is not read twice.
    for (escape, sign) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ] {
        inside = inside.replace(escape, sign);
    }
    let line = inside
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())?;
    Some(shortened(line, MAX_LINE))
}

/// A code may be a string or a number.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(word) => Some(shortened(word, MAX_LINE)),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn shortened(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use reqwest::header::{HeaderMap, HeaderValue};

    use super::*;

    fn failure(content_type: &'static str, body: &str) -> HttpFailure {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static(content_type));
        headers.insert("x-request-id", HeaderValue::from_static("req_1"));
        headers.insert("retry-after", HeaderValue::from_static("3"));
        let head = Head {
            status: 429,
            headers,
            sent: Instant::now(),
            answered: Instant::now(),
        };
        read(&head, body.as_bytes())
    }

    #[test]
    fn the_error_object_is_read_with_request_id_and_retry_after() {
        let failure = failure(
            "application/json",
            r#"{"error":{"message":"slow down","type":"t","param":"user","code":"rate_limit"}}"#,
        );
        assert_eq!(
            failure.to_string(),
            "the backend answered 429 Too Many Requests: slow down \
             (code: rate_limit, param: user, x-request-id: req_1, retry-after: 3)"
        );
    }

    #[test]
    fn every_other_spelling_of_a_message_is_found() {
        for (body, message) in [
            (r#"{"error":{"message":"m","code":7}}"#, "m"),
            (r#"{"error":"m"}"#, "m"),
            (r#"{"message":"m"}"#, "m"),
            (r#"{"detail":"Not Found"}"#, "Not Found"),
            (
                r#"{"detail":[{"loc":["body","items",0],"msg":"Field required","type":"missing"}]}"#,
                "body.items.0: Field required",
            ),
            (r#"{"detail":{"message":"m","code":"c"}}"#, "m"),
            (r#"{"detail":{"error":{"message":"m"}}}"#, "m"),
            ("\n Internal Server Error \nmore", "Internal Server Error"),
        ] {
            assert_eq!(
                failure("text/plain", body).message.as_deref(),
                Some(message),
                "{body}"
            );
        }
    }

    #[test]
    fn a_code_is_found_where_the_message_is() {
        for (body, code) in [
            (r#"{"error":{"message":"m","code":7}}"#, "7"),
            (r#"{"message":"m","code":"c"}"#, "c"),
            (r#"{"detail":{"message":"m","code":"c"}}"#, "c"),
        ] {
            let found = failure("application/json", body).code;
            assert_eq!(found.as_deref(), Some(code), "{body}");
        }
    }

    #[test]
    fn a_page_or_an_empty_body_is_no_message() {
        assert_eq!(
            failure("text/html; charset=utf-8", "Bad Gateway").message,
            None
        );
        assert_eq!(failure("text/plain", "<!doctype html>").message, None);
        assert_eq!(failure("text/plain", "").message, None);
        assert_eq!(failure("text/plain", "Too Many Requests").message, None);
        assert_eq!(failure("application/json", "{}").message, None);
        assert_eq!(failure("application/json", "[1]").message, None);
    }

    #[test]
    fn an_object_stores_code_and_message_are_read() {
        let body = "<?xml version=\"1.0\"?>\n<Error><Code>SignatureDoesNotMatch</Code>\
                    <Message>a &lt;b&gt; &amp;lt;</Message><AWSAccessKeyId>AKIA</AWSAccessKeyId></Error>";
        let failure = failure("application/xml", body);
        assert_eq!(failure.message.as_deref(), Some("a <b> &lt;"));
        assert_eq!(failure.code.as_deref(), Some("SignatureDoesNotMatch"));
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        let message = failure("text/plain", &"é".repeat(1000)).message.unwrap();
        assert_eq!(message.chars().count(), MAX_LINE + 1);
    }
}
