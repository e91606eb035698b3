//! When two requests are the same: what they ask for, and not how it is spelled.

use std::fmt;

use axum::http::{Method, Uri};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value};
use url::{Position, Url};

use crate::cassette::{Payload, Played, REDACTED, Redactor, is_in_parts};
use crate::protocol::{DEFAULT_PAGE_SIZE, Operation};

/// The path that operations are asked for at.
const ENDPOINT: &str = "/chatkit";

/// Fields whose value is the user's own, in which nothing is a default.
const VERBATIM: &[&str] = &["payload", "result", "data", "state_variables"];

/// A request, as far as it decides the answer.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// The operation's name, or method and address.
    pub kind: String,
    /// What is asked for, without what is a default; null where there is none. What is no JSON is a
    /// text.
    body: Value,
    /// Whether the recording does not have what was sent, so that anything is the same.
    is_omitted: bool,
    is_read: bool,
}

impl Asked {
    /// A request that was recorded.
    pub fn recorded(played: &Played, endpoint: Option<&str>) -> Self {
        let target = Url::parse(&played.url).map_or_else(
            |_| played.url.clone(),
            |url| url[Position::BeforePath..].to_owned(),
        );
        let body = played.body.to_bytes();
        Self {
            is_omitted: matches!(played.body, Payload::Omitted(_)),
            ..Self::new(&played.method, &target, &body, endpoint)
        }
    }

    /// A request that came, with its secrets taken out as they are out of the recording.
    pub fn came(method: &Method, uri: &Uri, body: &[u8], endpoint: Option<&str>) -> Self {
        let redactor = Redactor::default();
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        let body = redactor.bytes(body).to_bytes();
        Self::new(method.as_str(), &redactor.url(target), &body, endpoint)
    }

    fn new(method: &str, target: &str, body: &[u8], endpoint: Option<&str>) -> Self {
        let body = read(body);
        if let Some(operation) = operation(method, &body) {
            let kind = operation.to_owned();
            let is_read = matches!(
                Operation::from_name(&kind),
                Some(Operation::GetThread | Operation::ListThreads | Operation::ListItems)
            );
            return Self {
                kind,
                body: params(body),
                is_omitted: false,
                is_read,
            };
        }
        let target = if Some(target) == endpoint {
            ENDPOINT
        } else {
            target
        };
        Self {
            kind: format!("{method} {target}"),
            body: plain(body).unwrap_or(Value::Null),
            is_omitted: false,
            is_read: method == "GET",
        }
    }

    /// Whether asking changes nothing, so that it may be asked again.
    pub fn is_read(&self) -> bool {
        self.is_read
    }

    /// Where another request differs from this recorded one; `None` if it asks for the same.
    pub fn difference(&self, other: &Self) -> Option<String> {
        if self.is_omitted {
            return None;
        }
        difference(&self.body, &other.body, "")
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind)?;
        let input = self.body.pointer("/params/input/content/0/text");
        match input.and_then(Value::as_str) {
            Some(text) => {
                let begin: String = text.chars().take(40).collect();
                write!(f, " '{begin}'")
            }
            None => Ok(()),
        }
    }
}

/// The path that a recorded operation was asked for at.
pub(super) fn endpoint(played: &Played) -> Option<String> {
    let body: Value = serde_json::from_str(played.body.as_str()).ok()?;
    operation(&played.method, &body)?;
    Some(Url::parse(&played.url).ok()?.path().to_owned())
}

fn operation<'a>(method: &str, body: &'a Value) -> Option<&'a str> {
    let kind = body.get("type")?.as_str()?;
    (method == "POST").then_some(kind)
}

/// What was sent: JSON, or a text of its bytes.
fn read(body: &[u8]) -> Value {
    // The boundary of a form in parts is another one each time.
    if body.is_empty() || is_in_parts(body) {
        return Value::Null;
    }
    serde_json::from_slice(body).unwrap_or_else(|_| match std::str::from_utf8(body) {
        Ok(text) => text.into(),
        Err(_) => BASE64.encode(body).into(),
    })
}

/// What decides the answer to an operation.
fn params(mut body: Value) -> Value {
    if let Some(params) = body.get_mut("params").and_then(Value::as_object_mut) {
        // What the protocol assumes where nothing is said.
        let defaults = [
            ("order", Value::from("desc")),
            ("limit", DEFAULT_PAGE_SIZE.into()),
        ];
        for (name, default) in defaults {
            if params.get(name) == Some(&default) {
                params.remove(name);
            }
        }
    }
    plain(body).unwrap_or(Value::Null)
}

/// A value without what is as good as absent; `None` if it is that itself.
fn plain(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Array(values) if values.is_empty() => None,
        Value::Array(values) => {
            let values = values
                .into_iter()
                .map(|value| plain(value).unwrap_or(Value::Null));
            Some(Value::Array(values.collect()))
        }
        Value::Object(fields) => {
            let fields = fields.into_iter().filter_map(|(name, value)| {
                let value = if VERBATIM.contains(&name.as_str()) {
                    Some(value).filter(|value| !value.is_null())
                } else {
                    plain(value)
                };
                Some((name, value?))
            });
            let fields: Map<String, Value> = fields.collect();
            (!fields.is_empty()).then_some(Value::Object(fields))
        }
        value => Some(value),
    }
}

fn difference(recorded: &Value, came: &Value, path: &str) -> Option<String> {
    let here = || {
        if path.is_empty() {
            "the body".to_owned()
        } else {
            path[1..].to_owned()
        }
    };
    match (recorded, came) {
        (Value::Object(one), Value::Object(two)) => {
            let mut names = one
                .keys()
                .chain(two.keys().filter(|name| !one.contains_key(*name)));
            names.find_map(|name| {
                let path = format!("{path}.{name}");
                match (one.get(name), two.get(name)) {
                    (Some(one), Some(two)) => difference(one, two, &path),
                    _ => Some(path[1..].to_owned()),
                }
            })
        }
        (Value::Array(one), Value::Array(two)) if one.len() == two.len() => {
            let mut pairs = one.iter().zip(two).enumerate();
            pairs.find_map(|(index, (one, two))| difference(one, two, &format!("{path}[{index}]")))
        }
        (Value::String(one), Value::String(two)) => (!same_text(one, two)).then(here),
        (one, two) => (one != two).then(here),
    }
}

/// Whether a text is the recorded one, of which secrets may have been taken out.
fn same_text(recorded: &str, came: &str) -> bool {
    let mut pieces = recorded.split(REDACTED);
    let Some(mut rest) = pieces.next().and_then(|first| came.strip_prefix(first)) else {
        return false;
    };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else {
        return rest.is_empty();
    };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked(body: &Value) -> Asked {
        Asked::new("POST", "/chatkit", body.to_string().as_bytes(), None)
    }

    #[test]
    fn the_same_question_is_found_however_it_is_spelled() {
        let full = json!({"type": "threads.list", "params": {"limit": 20, "order": "desc", "after": null}, "metadata": {}});
        let short = json!({"params": {}, "type": "threads.list"});
        assert_eq!(asked(&full).difference(&asked(&short)), None);
        let other = json!({"type": "threads.list", "params": {"limit": 3}});
        assert_eq!(asked(&full).difference(&asked(&other)).unwrap(), "params");
        assert!(asked(&short).is_read());
    }

    #[test]
    fn a_body_that_is_no_json_counts() {
        let put = |body: &[u8]| {
            let target = Uri::from_static("/up?token=abc");
            Asked::came(&Method::PUT, &target, body, None)
        };
        for (one, two) in [
            (&b"one"[..], &b"two"[..]),
            (b"\xff", b"\xfe"),
            (b"a=1", b""),
        ] {
            assert_eq!(put(one).difference(&put(one)), None);
            assert_eq!(put(one).difference(&put(two)).unwrap(), "the body");
        }
        // Neither a secret nor a boundary is the same each time.
        let form = |secret| put(format!("a=1&password={secret}").as_bytes());
        assert_eq!(form("x").difference(&form("y")), None);
        let parts = |boundary| {
            let head = "content-disposition: form-data; name=a";
            put(format!("--{boundary}\r\n{head}\r\n\r\nx\r\n--{boundary}--\r\n").as_bytes())
        };
        assert_eq!(parts("b1").difference(&parts("b2")), None);
    }

    #[test]
    fn what_a_recording_does_not_keep_matches_any() {
        let recorded = Asked {
            is_omitted: true,
            ..Asked::new("PUT", "/up", b"", None)
        };
        let came = Asked::new("PUT", "/up", b"any", None);
        assert_eq!(recorded.difference(&came), None);
    }

    #[test]
    fn what_the_user_says_is_compared_as_it_is() {
        let act = |payload: Value| {
            asked(
                &json!({"type": "threads.custom_action", "params": {"thread_id": "t",
                "action": {"type": "a", "payload": payload}}}),
            )
        };
        assert_eq!(
            act(json!({"a": []})).difference(&act(json!({}))).unwrap(),
            "params.action.payload.a"
        );
        assert_eq!(
            act(json!({"a": 1, "b": 2})).difference(&act(json!({"b": 2, "a": 1}))),
            None
        );
    }

    #[test]
    fn a_secret_that_was_taken_out_matches_any() {
        assert!(same_text("a [redacted] b", "a whatever b"));
        assert!(same_text("[redacted]", "x"));
        assert!(same_text("plain", "plain"));
        assert!(!same_text("plain", "plainer"));
        assert!(!same_text("a [redacted] b", "a whatever c"));
    }
}
