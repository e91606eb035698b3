//! What a backend says when it refuses, read leniently: the error object, `FastAPI`'s, or plain text.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use bytes::Bytes;
use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, Event as Xml};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
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

/// What an answer says that is no success, and that was taken as it came.
pub fn failure_of(status: u16, headers: HeaderMap, body: &[u8]) -> HttpFailure {
    let now = Instant::now();
    let head = Head {
        status,
        headers,
        sent: now,
        answered: now,
    };
    read(&head, body)
}

fn read(head: &Head, body: &[u8]) -> HttpFailure {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let document = from_document(text.as_bytes()).unwrap_or(Value::Null);
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
    let element = |name: &str| element(text, name);
    // Servers that have nothing to say repeat the status's words, as the reference server does.
    let plain = plain(head, text).filter(|line| line != reason);
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
fn plain(head: &Head, text: &str) -> Option<String> {
    if head
        .media_type()
        .is_some_and(|media_type| media_type.contains("html"))
    {
        return None;
    }
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    if line.starts_with(['<', '{', '[']) {
        return None;
    }
    Some(shortened(line, MAX_LINE))
}

/// What stands in the first element of this name: object stores answer with
/// `<Error><Code>…</Code><Message>…</Message></Error>`, some behind a byte order mark (Azure's) or
/// as CDATA.
fn element(text: &str, name: &str) -> Option<String> {
    if !text.starts_with('<') {
        return None;
    }
    let mut reader = Reader::from_str(text);
    let mut inside: Option<String> = None;
    loop {
        match (reader.read_event().ok()?, &mut inside) {
            (Xml::Eof, _) => return None,
            (Xml::Start(tag), None) if tag.local_name().as_ref() == name.as_bytes() => {
                inside = Some(String::new());
            }
            (Xml::Text(text), Some(inside)) => inside.push_str(&text.xml10_content().ok()?),
            (Xml::CData(text), Some(inside)) => inside.push_str(&text.xml10_content().ok()?),
            (Xml::GeneralRef(name), Some(inside)) => inside.push_str(&resolved(&name)?),
            (Xml::End(_), Some(inside)) => {
                let line = inside.lines().map(str::trim).find(|line| !line.is_empty());
                return line.map(|line| shortened(line, MAX_LINE));
            }
            _ => {}
        }
    }
}

/// The text of `&lt;` or `&#60;`.
fn resolved(reference: &BytesRef<'_>) -> Option<Cow<'static, str>> {
    if let Some(sign) = reference.resolve_char_ref().ok()? {
        return Some(sign.to_string().into());
    }
    let name = reference.decode().ok()?;
    resolve_xml_entity(&name).map(Cow::Borrowed)
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
    fn an_object_stores_answer_is_read_behind_a_mark_in_cdata_and_with_references() {
        let azure = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><Error>\
                     <Code>AuthenticationFailed</Code><Message>Server failed.\n\
                     RequestId:1\nTime:2026-11-22</Message></Error>";
        let read = failure("application/xml", azure);
        assert_eq!(read.message.as_deref(), Some("Server failed."));
        assert_eq!(read.code.as_deref(), Some("AuthenticationFailed"));
        let cdata = "<e:Error xmlns:e='x'><!-- <Message>no</Message> --><e:Code a='>'>C</e:Code>\
                     <e:Message><![CDATA[a <b> & c]]> &#100;&#x65;</e:Message></e:Error>";
        let read = failure("application/xml", cdata);
        assert_eq!(read.message.as_deref(), Some("a <b> & c de"));
        assert_eq!(read.code.as_deref(), Some("C"));
        // What is no such document says nothing, and is shown to nobody.
        for rubbish in [
            "<Error><Message>a",
            "<Message>&nix;</Message>",
            "<a></b>",
            "\u{feff}<html>",
        ] {
            assert_eq!(failure("text/plain", rubbish).message, None, "{rubbish}");
        }
        let marked = failure("application/json", "\u{feff}{\"message\": \"m\"}");
        assert_eq!(marked.message.as_deref(), Some("m"));
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        let message = failure("text/plain", &"é".repeat(1000)).message.unwrap();
        assert_eq!(message.chars().count(), MAX_LINE + 1);
    }
}
