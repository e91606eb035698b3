//! What is taken out of a recording before it is written.

mod form;
mod rest;

pub use form::is_in_parts;

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use regex::Regex;
use serde_json::Value;
use serde_json::value::RawValue;

use super::Payload;
use crate::error::{Error, Result};
use crate::secret::{self, REDACTED, hide, is_credential, is_secret_name, plain};

/// Headers that hold addresses.
const ADDRESSES: &[&str] = &["location", "content-location", "referer", "link", "refresh"];

/// How the names of fields end that hold an address.
const ADDRESS_FIELDS: &[&str] = &["url", "uri", "href", "src"];

/// Fields that may hold JSON as a text: the hosted API has what a tool takes and gives so.
const JSON_FIELDS: &[&str] = &["arguments", "output", "result"];

/// Takes secrets out of headers, addresses, documents and texts.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    /// Further names, as names are compared.
    names: Vec<String>,
    /// What is a secret wherever it stands.
    patterns: Vec<Regex>,
    /// Whether what a body names as a secret is one wherever it stands from then on.
    learns: bool,
}

impl Redactor {
    /// Takes out the headers and fields of these names too, whatever they hold.
    pub fn with_headers<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            names: names.into_iter().map(plain).collect(),
            ..Self::default()
        }
    }

    /// Takes out more: a name of headers and fields, or else a regular expression.
    ///
    /// # Errors
    /// What is no name is no regular expression either.
    pub fn also(mut self, what: &str) -> Result<Self> {
        let in_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if !what.is_empty() && what.chars().all(in_name) {
            self.names.push(plain(what));
            return Ok(self);
        }
        let pattern = Regex::new(what)
            .ok()
            .filter(|pattern| !pattern.is_match(""));
        self.patterns.push(pattern.ok_or_else(|| {
            Error::usage_hint(
                format!("'{what}' is no name, and no regular expression that finds something"),
                "name a header or a field, for example x-tenant, or write a pattern, for example 'tok-[0-9]+'",
            )
        })?);
        Ok(self)
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
                let value = if self.is_secret(&name) || is_credential(&name) {
                    REDACTED.to_owned()
                } else if ADDRESSES.contains(&name.as_str()) {
                    self.addresses(value)
                } else {
                    self.hide(value).into_owned()
                };
                (name, value)
            })
            .collect()
    }

    /// A text of addresses in angle brackets, or of one without them.
    fn addresses(&self, text: &str) -> String {
        let parts = text.split_inclusive(['<', '>']);
        let clean = parts.map(|part| {
            let address = part.trim_end_matches(['<', '>']);
            self.url(address) + &part[address.len()..]
        });
        clean.collect()
    }

    /// An address, without its password and the secrets in its query.
    pub fn url(&self, url: &str) -> String {
        let url = &without_user(url);
        let Some((path, query)) = url.split_once('?') else {
            return self.hide(url).into_owned();
        };
        format!("{}?{}", self.hide(path), self.pairs(query))
    }

    /// As [`Redactor::bytes`], of what a client sent: what it names as its secrets there is not
    /// recorded from here on, wherever it stands.
    pub fn sent(&self, bytes: &[u8]) -> Payload {
        let learning = Self {
            learns: true,
            ..self.clone()
        };
        learning.bytes(bytes)
    }

    /// What was sent or received, word for word unless there is a secret in it.
    pub fn bytes(&self, bytes: &[u8]) -> Payload {
        let bytes = self.parts(bytes);
        match String::from_utf8_lossy(&bytes) {
            Cow::Borrowed(text) => self.payload(text),
            Cow::Owned(text) => match self.text(&text) {
                Cow::Borrowed(_) => Payload::Base64(BASE64.encode(&bytes)),
                // What is no text cannot stay word for word when there is a secret in it.
                Cow::Owned(hidden) => Payload::Text(hidden),
            },
        }
    }

    /// As [`Redactor::bytes`], of a text.
    pub fn payload(&self, text: &str) -> Payload {
        let clean = self.text(text);
        let one_line = Some(&*clean).filter(|text| !text.contains(['\n', '\r']));
        let json = one_line.and_then(|text| RawValue::from_string(text.to_owned()).ok());
        json.map_or_else(|| Payload::Text(clean.into_owned()), Payload::Json)
    }

    /// A body that is a text: JSON, as much of it as there is, or a form.
    fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let clean = if let Ok(mut value) = serde_json::from_str::<Value>(text) {
            let found = self.redact(&mut value);
            found.then(|| Cow::Owned(value.to_string()))
        } else if rest::may_be_json(text) {
            Some(self.broken(text))
        } else {
            form::may_be_form(text).then(|| replaced(text, self.pairs(text)))
        };
        let clean = clean.unwrap_or(Cow::Borrowed(text));
        // A secret may be a name, a number, or in what is no JSON.
        match self.hide(&clean) {
            Cow::Borrowed(_) => clean,
            Cow::Owned(hidden) => Cow::Owned(hidden),
        }
    }

    fn is_secret(&self, name: &str) -> bool {
        is_secret_name(name) || self.names.contains(&plain(name))
    }

    /// What stands in the place of the secret of this name.
    fn instead(&self, name: &str, secret: &str) -> String {
        if self.learns {
            secret::learn_field(name, secret);
        }
        REDACTED.to_owned()
    }

    /// Takes the secrets out of a value; says whether there were any.
    pub fn redact(&self, value: &mut Value) -> bool {
        match value {
            Value::Object(fields) => {
                let mut found = false;
                for (name, value) in fields {
                    found |= self.redact_field(name, value);
                }
                found
            }
            Value::Array(values) => values
                .iter_mut()
                .fold(false, |found, value| self.redact(value) | found),
            Value::String(text) => match self.hide(text) {
                Cow::Owned(hidden) => {
                    *text = hidden;
                    true
                }
                Cow::Borrowed(_) => false,
            },
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    fn redact_field(&self, name: &str, value: &mut Value) -> bool {
        let plain_name = plain(name);
        let named = self.names.contains(&plain_name);
        let is_address = ADDRESS_FIELDS.iter().any(|end| plain_name.ends_with(end));
        match value {
            Value::Null => false,
            // A component of a widget has a `key` that is none; only the user's own words go deeper.
            Value::String(_) if !named && plain_name == "key" => self.redact(value),
            Value::String(text) if named || is_secret_name(name) => {
                *text = self.instead(name, text);
                true
            }
            value if named => {
                self.blank(name, value);
                *value = REDACTED.into();
                true
            }
            Value::Object(_) | Value::Array(_) if plain_name != "key" && is_secret_name(name) => {
                self.blank(name, value)
            }
            Value::String(text) if is_address => replace(text, self.url(text)),
            Value::String(text) if JSON_FIELDS.contains(&name) => {
                replace(text, self.payload(text).as_str().to_owned())
            }
            // Those of an upload, which its request carries by the same names.
            Value::Object(fields) if name == "headers" => {
                fields.iter_mut().fold(false, |found, (name, value)| {
                    let is_secret = value.is_string() && is_credential(name);
                    if is_secret {
                        *value = REDACTED.into();
                    }
                    is_secret || self.redact_field(name, value) || found
                })
            }
            value => self.redact(value),
        }
    }

    /// Takes every text out of what this secret's name stands over; says whether there were any.
    fn blank(&self, name: &str, value: &mut Value) -> bool {
        match value {
            Value::String(text) => replace(text, self.instead_below(name, text)),
            Value::Array(values) => {
                let blank = |any, value| self.blank(name, value) | any;
                values.iter_mut().fold(false, blank)
            }
            Value::Object(fields) => {
                let blank = |any, (field, value): (&String, &mut Value)| match value {
                    Value::String(text) if is_credential(field) => {
                        replace(text, self.instead(field, text)) | any
                    }
                    value => self.blank(name, value) | any,
                };
                fields.iter_mut().fold(false, blank)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    /// As [`Redactor::instead`], of a text somewhere below this name. A word there may say what kind
    /// of secret it is (`service_account`), and stays where it stands elsewhere.
    fn instead_below(&self, name: &str, text: &str) -> String {
        let is_word = text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        if is_word {
            return REDACTED.to_owned();
        }
        self.instead(name, text)
    }

    /// The text, without the secrets in it.
    pub fn hide<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut hidden = hide(text);
        for pattern in &self.patterns {
            if let Cow::Owned(replaced) = pattern.replace_all(&hidden, REDACTED) {
                hidden = Cow::Owned(replaced);
            }
        }
        hidden
    }
}

/// The text that was made of another, if it differs.
fn replaced(text: &str, clean: String) -> Cow<'_, str> {
    if text == clean {
        return Cow::Borrowed(text);
    }
    Cow::Owned(clean)
}

/// Puts a text in the place of another, and says whether it differs.
fn replace(text: &mut String, clean: String) -> bool {
    let differs = *text != clean;
    *text = clean;
    differs
}

/// An address without what stands before the host's `@`.
fn without_user(url: &str) -> Cow<'_, str> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.into();
    };
    let place = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..place].rfind('@') {
        Some(at) => format!("{scheme}://{REDACTED}{}", &rest[at..]).into(),
        None => url.into(),
    }
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

    #[test]
    fn secrets_are_taken_out_of_the_addresses_and_headers_of_an_upload() {
        let redactor = Redactor::default();
        let text = r#"{"upload_descriptor":{"url":"https://me:pw@s3/x?X-Amz-Signature=abc&part=1",
            "headers":{"x-upload-token":"abc","content-type":"text/plain"}},
            "upload_url":"https://u/x?token=abc","arguments":"{\"api_key\":\"abc\",\"n\":1}",
            "text":"see https://h/?token=abc"}"#;
        let clean: Value = serde_json::from_str(redactor.payload(text).as_str()).unwrap();
        let at = |path: &str| clean.pointer(path).unwrap().as_str().unwrap().to_owned();
        assert_eq!(
            at("/upload_descriptor/url"),
            "https://[redacted]@s3/x?X-Amz-Signature=[redacted]&part=1"
        );
        assert_eq!(at("/upload_descriptor/headers/x-upload-token"), REDACTED);
        assert_eq!(at("/upload_descriptor/headers/content-type"), "text/plain");
        assert_eq!(at("/upload_url"), "https://u/x?token=[redacted]");
        assert_eq!(at("/arguments"), r#"{"api_key":"[redacted]","n":1}"#);
        // What is said stays as its deltas are.
        assert_eq!(at("/text"), "see https://h/?token=abc");
        let headers = redactor.headers([
            ("location", "/x?api_key=abc"),
            ("link", "<http://h/y?token=abc>; rel=next"),
        ]);
        assert_eq!(headers["location"], "/x?api_key=[redacted]");
        assert_eq!(headers["link"], "<http://h/y?token=[redacted]>; rel=next");
    }

    #[test]
    fn a_secrets_name_over_a_map_or_a_list_takes_out_every_text_below() {
        let text =
            r#"{"secret":{"a":"x","b":[1,{"c":"y"}]},"tokens":["x"],"key":["a"],"total_tokens":7}"#;
        let clean = r#"{"secret":{"a":"[redacted]","b":[1,{"c":"[redacted]"}]},"tokens":["[redacted]"],"key":["a"],"total_tokens":7}"#;
        assert_eq!(Redactor::default().payload(text).as_str(), clean);
    }

    #[test]
    fn what_a_client_names_as_its_secret_is_taken_out_wherever_it_comes_again() {
        let part =
            "--XX\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nsent-parts\r\n--XX--";
        for (body, secret) in [
            (r#"{"a":{"apiKey":"sent-alpha"}}"#, "sent-alpha"),
            (r#"{"refreshToken":"sent-beta"}"#, "sent-beta"),
            (r#"{"clientSecret":"sent-gamma","n":"#, "sent-gamma"),
            ("x=1&password=sent%2Ddelta", "sent-delta"),
            (part, "sent-parts"),
            (r#"{"credentials":{"a":["sent-Eps"]}}"#, "sent-Eps"),
            (r#"{"tokens":["sent-zeta"]}"#, "sent-zeta"),
            (r#"{"secret":{"password":"sentwords"}}"#, "sentwords"),
            (r#"{"secret":{"a":"sent-theta","b":"#, "sent-theta"),
        ] {
            let text = format!(r#"{{"text":"it was {secret}."}}"#);
            let redactor = Redactor::default();
            assert_eq!(redactor.payload(&text).as_str(), text);
            redactor.sent(body.as_bytes());
            assert_eq!(
                redactor.payload(&text).as_str(),
                r#"{"text":"it was [redacted]."}"#
            );
        }
        // What kind of secret it is, is none.
        let kind = r#"{"credentials":{"type":"service_account"}}"#;
        let clean = r#"{"credentials":{"type":"[redacted]"}}"#;
        assert_eq!(Redactor::default().sent(kind.as_bytes()).as_str(), clean);
        let text = r#"{"text":"a service_account"}"#;
        assert_eq!(Redactor::default().payload(text).as_str(), text);
        // A name of fields stays one, whoever has it for a password.
        let named = r#"{"password":"password","session_token":"[redacted]"}"#;
        let clean = r#"{"password":"[redacted]","session_token":"[redacted]"}"#;
        assert_eq!(Redactor::default().sent(named.as_bytes()).as_str(), clean);
        assert_eq!(Redactor::default().payload(clean).as_str(), clean);
    }

    #[test]
    fn more_is_taken_out_by_name_and_by_pattern() {
        let redactor = Redactor::default().also("X-Tenant").unwrap();
        let redactor = redactor.also("acct-[0-9]+").unwrap();
        assert_eq!(
            redactor.headers([("x-tenant", "abc")])["x-tenant"],
            "[redacted]"
        );
        assert_eq!(
            redactor
                .payload(r#"{"x_tenant":{"a":1},"note":"of acct-17"}"#)
                .as_str(),
            r#"{"x_tenant":"[redacted]","note":"of [redacted]"}"#
        );
        assert_eq!(
            redactor.url("http://h/acct-1?sig=abc&limit=2"),
            "http://h/[redacted]?sig=[redacted]&limit=2"
        );
        for bad in ["", "(", "a*"] {
            assert_eq!(
                Redactor::default().also(bad).unwrap_err().code(),
                2,
                "{bad}"
            );
        }
    }

    #[test]
    fn what_lets_us_in_is_taken_out_of_names_numbers_and_bytes_too() {
        crate::secret::learn("x-api-key", "31415926535");
        let redactor = Redactor::default();
        for (text, clean) in [
            (&br#"{"31415926535":1}"#[..], r#"{"[redacted]":1}"#),
            (br#"{"n":31415926535}"#, r#"{"n":[redacted]}"#),
            (b"31415926535 \xff", "[redacted] \u{fffd}"),
        ] {
            assert_eq!(redactor.bytes(text).as_str(), clean);
        }
    }

    #[test]
    fn a_secret_that_is_spelled_with_escapes_is_found() {
        let text = format!(
            r#"{{"client\u005fsecret":"abc","note":"\u0073{}"}}"#,
            &KEY[1..]
        );
        let clean = Redactor::default().payload(&text);
        assert_eq!(
            clean.as_str(),
            r#"{"client_secret":"[redacted]","note":"[redacted]"}"#
        );
    }
}
