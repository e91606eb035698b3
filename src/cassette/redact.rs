//! What is taken out of a recording before it is written.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

use super::Payload;

/// What stands in the place of a secret.
const REDACTED: &str = "[redacted]";

/// Headers that carry a secret by their nature.
const SECRET_HEADERS: &[&str] = &[
    "authorization",
    "cookie",
    "proxy-authorization",
    "set-cookie",
    "x-api-key",
    "api-key",
    "x-auth-token",
];

/// Fields of a document that carry a secret by their nature.
const SECRET_FIELDS: &[&str] = &[
    "client_secret",
    "clientSecret",
    "currentClientSecret",
    "api_key",
    "apiKey",
    "access_token",
];

/// How the secrets of the hosted API begin: client secrets and API keys.
const SECRET_PREFIXES: &[&str] = &["ek_", "sk-"];

/// The fewest characters that make such a beginning a secret and not a word.
const SECRET_LENGTH: usize = 16;

/// Takes secrets out of headers and documents.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    /// Further headers, in lower case.
    headers: Vec<String>,
}

impl Redactor {
    /// Takes out the headers of these names too, whatever they hold.
    pub fn with_headers<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            headers: names.into_iter().map(str::to_ascii_lowercase).collect(),
        }
    }

    /// The headers, without the secrets among them.
    pub fn headers<'a>(
        &self,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> BTreeMap<String, String> {
        headers
            .into_iter()
            .map(|(name, value)| {
                let name = name.to_ascii_lowercase();
                let value = if self.is_secret(&name) {
                    REDACTED.into()
                } else {
                    hide(value)
                };
                (name, value.into_owned())
            })
            .collect()
    }

    /// What was sent or received, word for word unless there is a secret in it.
    pub fn payload(&self, text: &str) -> Payload {
        let json = |text: &str| RawValue::from_string(text.to_owned()).map(Payload::Json);
        if !may_hold_secret(text) {
            let one_line = Some(text).filter(|text| !text.contains(['\n', '\r']));
            let json = one_line.and_then(|text| json(text).ok());
            return json.unwrap_or_else(|| Payload::Text(text.to_owned()));
        }
        match serde_json::from_str::<Value>(text) {
            Ok(mut value) => {
                redact(&mut value);
                json(&value.to_string()).expect("a value prints as JSON")
            }
            Err(_) => Payload::Text(hide(text).into_owned()),
        }
    }

    fn is_secret(&self, name: &str) -> bool {
        SECRET_HEADERS.contains(&name) || self.headers.iter().any(|header| header == name)
    }
}

/// Whether a text is worth taking apart; nearly none is.
fn may_hold_secret(text: &str) -> bool {
    SECRET_PREFIXES
        .iter()
        .chain(SECRET_FIELDS)
        .any(|mark| text.contains(mark))
}

fn redact(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if SECRET_FIELDS.contains(&name.as_str()) => {
                        REDACTED.clone_into(text);
                    }
                    value => redact(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(redact),
        Value::String(text) => {
            if let Cow::Owned(hidden) = hide(text) {
                *text = hidden;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The text without the secrets of the hosted API that stand in it.
fn hide(text: &str) -> Cow<'_, str> {
    let mut hidden = Cow::Borrowed(text);
    for prefix in SECRET_PREFIXES {
        let mut from = 0;
        while let Some(at) = hidden[from..].find(prefix).map(|at| at + from) {
            let end = hidden[at..]
                .find(|c: char| !is_secret_char(c))
                .map_or(hidden.len(), |n| n + at);
            if end - at >= SECRET_LENGTH {
                hidden.to_mut().replace_range(at..end, REDACTED);
                from = at + REDACTED.len();
            } else {
                from = end;
            }
        }
    }
    hidden
}

fn is_secret_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '=' | '+' | '/')
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "sk-proj-0123456789abcdef0123";

    #[test]
    fn credentials_are_taken_out_of_headers() {
        let redactor = Redactor::with_headers(["X-Tenant-Token"]);
        let headers = redactor.headers([
            ("Authorization", "Bearer abc"),
            ("x-tenant-token", "abc"),
            ("x-note", KEY),
            ("accept", "text/event-stream"),
        ]);
        assert_eq!(headers["authorization"], "[redacted]");
        assert_eq!(headers["x-tenant-token"], "[redacted]");
        assert_eq!(headers["x-note"], "[redacted]");
        assert_eq!(headers["accept"], "text/event-stream");
    }

    #[test]
    fn what_holds_no_secret_stands_word_for_word() {
        let redactor = Redactor::default();
        for text in [
            r#"{ "a" : 1.10, "b":"\u00e9" }"#,
            "not json",
            "{\n}",
            "the task_id, ask-me",
        ] {
            assert_eq!(redactor.payload(text).as_str(), text);
        }
    }

    #[test]
    fn secrets_are_taken_out_of_documents_and_texts() {
        let redactor = Redactor::default();
        let text = format!(r#"{{"client_secret":"abc","note":"key {KEY}.","n":1}}"#);
        assert_eq!(
            redactor.payload(&text).as_str(),
            r#"{"client_secret":"[redacted]","note":"key [redacted].","n":1}"#
        );
        assert_eq!(
            redactor.payload(&format!("oops {KEY}")).as_str(),
            "oops [redacted]"
        );
    }
}
