//! Whether a backend answers, what it answers with, whom it lets in, and how it refuses.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::network::skew;
use super::{Code, Finding, Step, span};
use crate::client::probe::Reply;
use crate::error::Error;

/// The operation that is asked for: it reads, and is answered in one document.
pub const REQUEST: &str = r#"{"type":"threads.list","params":{"limit":1,"order":"desc"}}"#;

/// How long a document may take before it is worth a word.
const SLOW: Duration = Duration::from_secs(2);

/// Whether a request is answered, by whatever answer.
pub fn http(reply: &Result<Reply, Error>, is_https: bool, now: Timestamp) -> Finding {
    let reply = match reply {
        Ok(reply) => reply,
        Err(error) => return unanswered(error, is_https),
    };
    let time = reply
        .head
        .answered
        .saturating_duration_since(reply.head.sent);
    let seen = format!("{} in {}", reply.head.status, span(time));
    match reply.head.status {
        200..300 => clock(reply, now).unwrap_or_else(|| {
            if time > SLOW {
                return Step::Http.warning(
                    format!("{seen}, for a list of one thread"),
                    "look whether the store has an index, and whether the backend starts cold",
                );
            }
            Step::Http.ok(seen)
        }),
        // Who asks is a step of its own.
        401 | 403 => Step::Http.ok(seen),
        status => refused(status, reply),
    }
}

fn unanswered(error: &Error, is_https: bool) -> Finding {
    let remedy = match error {
        Error::TimedOut { .. } => {
            "look whether the backend is stuck or still starting; give it longer with --timeout"
        }
        Error::Unreachable { reason, .. }
            if !is_https && (reason.contains("not HTTP") || reason.contains("connection was")) =>
        {
            "try https:// in the address, and check that the port is the backend's"
        }
        Error::Unreachable { .. } => {
            "read the backend's own log for this moment, and that of what stands in front of it"
        }
        _ => "check what stands in between",
    };
    Step::Http.failed(Code::Unreached, error.to_string(), remedy)
}

fn refused(status: u16, reply: &Reply) -> Finding {
    let failed = |reason: String, remedy: &str| Step::Http.failed(Code::Refused, reason, remedy);
    let said = message(reply)
        .map(|said| format!(": {said}"))
        .unwrap_or_default();
    match status {
        300..400 => {
            let place = reply.head.header("location").unwrap_or("no address");
            let place = place.split(['?', '#']).next().unwrap_or_default();
            failed(
                format!("{status}: it redirects to {place}, where a page has to be let in anew"),
                "name that address in --url and in the page; mind the slash at its end",
            )
        }
        404 | 405 | 410 if error_object(&reply.body).is_none() => failed(
            format!("{status}: nothing takes a POST there{said}"),
            "check the path; the guides' apps answer at /chatkit",
        ),
        407 => failed(
            "407: the proxy in between asks for a password".to_owned(),
            "write it into the proxy's address, as http://user:password@proxy:port",
        ),
        429 => Step::Http.warning(
            format!("429: it is asked too often{said}"),
            "wait, or raise the session's rate limit",
        ),
        502..505 => failed(
            format!("{status}: a gateway answers{said}, and the backend behind it does not"),
            "start the backend, and check where the gateway looks for it",
        ),
        500.. => failed(
            format!("{status}: the backend fails at a request that only lists threads{said}"),
            "read the backend's own log; its store or its context is the first suspect",
        ),
        _ => Step::Http.warning(
            format!("{status} to a request that only lists threads{said}"),
            "read what it says; 'chatkit check' asks for every operation",
        ),
    }
}

fn clock(reply: &Reply, now: Timestamp) -> Option<Finding> {
    let ahead = skew(reply.head.header("date"), now)?;
    let direction = if ahead > 0 { "ahead of" } else { "behind" };
    Some(Step::Http.warning(
        format!(
            "this machine's clock is {} s {direction} the server's, by its Date header",
            ahead.abs()
        ),
        "set the clock that is wrong: certificates and client secrets expire by it",
    ))
}

/// Whether the answer is a page of threads and says that it is JSON.
pub fn content_type(reply: &Reply) -> Finding {
    let kind = reply.head.media_type();
    let kind = kind.as_deref();
    let shown = kind.unwrap_or("no content type");
    if !reply.head.is_success() {
        return Step::ContentType.skipped(format!("the answer is a {}", reply.head.status));
    }
    let remedy_page = "check that the address is the ChatKit endpoint itself; a web framework's \
                       catch-all page and a login page answer every address with 200";
    if let Some((reason, remedy)) = unreadable(reply) {
        return Step::ContentType.failed(Code::Protocol, reason, remedy);
    }
    let document: Result<Value, _> = serde_json::from_slice(&reply.body);
    match (document, kind) {
        (Err(_), _) if reply.body.is_empty() => Step::ContentType.failed(
            Code::Protocol,
            format!("the answer, a {} ({shown}), is empty", reply.head.status),
            remedy_page,
        ),
        (Err(_), Some("text/html")) => Step::ContentType.failed(
            Code::Protocol,
            "it answers with a web page, not with a list of threads",
            remedy_page,
        ),
        (Err(error), _) => Step::ContentType.failed(
            Code::Protocol,
            format!("the answer ({shown}) is not JSON: {error}"),
            remedy_page,
        ),
        (Ok(document), _) if !document["data"].is_array() => Step::ContentType.failed(
            Code::Protocol,
            "the answer is JSON, but no page of threads: 'data' is no list",
            "check that the address is the ChatKit endpoint, and that threads.list is answered by {data, has_more}",
        ),
        (Ok(_), Some("application/json")) => Step::ContentType.ok("application/json, a page of threads"),
        (Ok(_), _) => Step::ContentType.warning(
            format!("a page of threads, but it says that it is {shown}"),
            "answer with content-type: application/json",
        ),
    }
}

/// What a request was authorised with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Nothing.
    Nothing,
    /// Headers of the user's own.
    Headers,
    /// The client secret of a hosted session.
    Secret,
}

/// Whether the backend lets us in, and, by a second request without credentials, whom else.
pub fn auth(reply: &Reply, shown: Shown, stranger: Option<&Reply>, is_loopback: bool) -> Finding {
    let status = reply.head.status;
    let said = message(reply)
        .map(|said| format!(": {said}"))
        .unwrap_or_default();
    if matches!(status, 401 | 403) {
        let (reason, remedy) = match shown {
            Shown::Nothing => (
                format!("{status}: it wants to know who asks{said}"),
                "pass what authorises you, as --header 'Authorization: Bearer …'",
            ),
            Shown::Headers => (
                format!("{status}: it does not take what the headers show{said}"),
                "check the token: whether it is whole, has expired, or is for another environment",
            ),
            Shown::Secret => (
                format!("{status}: it does not take the client secret{said}"),
                "make a new session; a secret lives for ten minutes at most",
            ),
        };
        return Step::Auth.failed(Code::Unauthorised, reason, remedy);
    }
    if !reply.head.is_success() {
        return Step::Auth.skipped(format!("the answer is a {status}"));
    }
    let lets_strangers = stranger.map_or(shown == Shown::Nothing, |reply| reply.head.is_success());
    match (lets_strangers, is_loopback) {
        (false, _) => Step::Auth.ok("it lets us in, and nobody without credentials"),
        (true, true) => {
            Step::Auth.ok("it lets everybody in, as a backend of one's own machine may")
        }
        (true, false) => Step::Auth.warning(
            "it lists threads for anybody who asks, without any credentials",
            "let the backend find out who asks, and keep users' threads apart",
        ),
    }
}

/// How `{}` is refused: the first thing that everyone sends to a new backend.
pub fn empty_request(reply: &Result<Reply, Error>) -> Finding {
    let better = "answer what cannot be read with a 400 and {\"error\": {\"message\", \"type\", \"param\", \"code\"}}; \
                  users take a bare 500 for a broken install";
    let reply = match reply {
        Ok(reply) => reply,
        Err(error) => {
            return Step::EmptyRequest.warning(format!("{{}} gets no answer: {error}"), better);
        }
    };
    let status = reply.head.status;
    if let Some(leak) = leak(&reply.body) {
        return Step::EmptyRequest.warning(
            format!("{{}} is answered by {status} and {leak}, which tells strangers how the backend is made"),
            "switch the framework's debug mode off",
        );
    }
    match status {
        400..500 if error_object(&reply.body).is_some() => {
            Step::EmptyRequest.ok(format!("{{}} is refused with {status} and an error object"))
        }
        400..500 => match unreadable(reply) {
            Some((reason, remedy)) => {
                let reason = format!("{{}} is refused with {status}, but {reason}");
                Step::EmptyRequest.warning(reason, remedy)
            }
            None => Step::EmptyRequest.warning(
                format!("{{}} is refused with {status}, without an error object"),
                better,
            ),
        },
        500.. => Step::EmptyRequest.warning(
            format!("{{}} is answered by {status}, as the reference server answers all that it cannot read"),
            better,
        ),
        _ => Step::EmptyRequest.warning(format!("{{}} is answered by {status}, though it asks for nothing"), better),
    }
}

/// What hides a document that may be well, and what to do about it.
fn unreadable(reply: &Reply) -> Option<(String, &'static str)> {
    if let Some(encoding) = reply.head.encoding() {
        return Some((
            format!("the answer is compressed ({encoding}), though nothing asked for it"),
            "compress only by what the request's Accept-Encoding allows",
        ));
    }
    reply.body.starts_with(b"\xef\xbb\xbf").then(|| {
        (
            "the answer begins with a byte order mark, which JSON has not (RFC 8259, 8.1)"
                .to_owned(),
            "write the answer as UTF-8 without a byte order mark",
        )
    })
}

fn leak(body: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(body);
    let marks = [
        "Traceback (most recent call last)",
        "at Object.<anonymous>",
        "node_modules/",
        "site-packages/",
    ];
    marks
        .iter()
        .any(|mark| text.contains(mark))
        .then_some("a stack trace")
}

/// The protocol's error object, if the body is one.
fn error_object(body: &[u8]) -> Option<Value> {
    let document: Value = serde_json::from_slice(body).ok()?;
    let error = document.get("error")?;
    error.get("message")?.as_str()?;
    Some(error.clone())
}

/// What the backend says itself, in one line.
fn message(reply: &Reply) -> Option<String> {
    let document: Value = serde_json::from_slice(&reply.body).ok()?;
    let places = [
        &document["error"]["message"],
        &document["error"],
        &document["detail"],
        &document["message"],
    ];
    let text = places.into_iter().find_map(Value::as_str)?;
    let text: String = text.chars().take(200).collect();
    Some(match reply.head.request_id() {
        Some(id) => format!("{text} (x-request-id: {id})"),
        None => text,
    })
}

#[cfg(test)]
pub(in crate::doctor) mod tests;
