//! The secrets of JSON that was cut or is broken, read as far as it goes.

use std::borrow::Cow;
use std::ops::Range;

use super::{Redactor, plain};
use crate::secret::is_secret_name;

/// Whether a text begins as a document of JSON does.
pub(super) fn may_be_json(text: &str) -> bool {
    text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n'])
        .starts_with(['{', '['])
}

/// Where in a document that may end or break anywhere the reading is.
#[derive(Default)]
struct Reading {
    /// Of every map and list that is open: the secret's name that stands over it.
    open: Vec<Option<String>>,
    /// The last text, which is a name if a colon follows.
    last: String,
    /// The name whose value comes next.
    name: Option<String>,
}

impl Redactor {
    /// The text, without those of its texts that are secret by their name.
    pub(super) fn broken<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut clean = String::new();
        let mut from = 0;
        for (name, place) in self.secrets(text) {
            clean.push_str(&text[from..place.start]);
            clean.push_str(&self.instead(&name, &unescaped(&text[place.clone()])));
            from = place.end;
        }
        if from == 0 {
            return Cow::Borrowed(text);
        }
        clean.push_str(&text[from..]);
        Cow::Owned(clean)
    }

    /// The texts that are secret, without their quotes, each with the name that says so.
    fn secrets(&self, text: &str) -> Vec<(String, Range<usize>)> {
        let mut found = Vec::new();
        let mut reading = Reading::default();
        let mut at = 0;
        while let Some(&byte) = text.as_bytes().get(at) {
            at += 1;
            match byte {
                b'"' => {
                    let place = at..at + length(&text[at..]);
                    at = place.end + 1;
                    // A text that a colon follows is a name also where a secret's name stands over it.
                    let is_name = text.get(at..).is_some_and(begins_with_colon);
                    match reading
                        .over()
                        .filter(|name| !is_name && self.is_hidden(name))
                    {
                        Some(name) if !place.is_empty() => found.push((name, place.clone())),
                        _ => {}
                    }
                    reading.last = unescaped(&text[place]);
                    reading.name = None;
                }
                b':' => reading.name = Some(std::mem::take(&mut reading.last)),
                b',' => reading.name = None,
                b'{' | b'[' => {
                    let over = reading.over().filter(|name| self.is_hidden(name));
                    reading.open.push(over);
                    reading.name = None;
                }
                b'}' | b']' => drop(reading.open.pop()),
                _ => {}
            }
        }
        found
    }

    fn is_hidden(&self, name: &str) -> bool {
        let plain_name = plain(name);
        self.names.contains(&plain_name) || plain_name != "key" && is_secret_name(name)
    }
}

impl Reading {
    /// The name of the value that comes next, or the secret's name that stands over it.
    fn over(&self) -> Option<String> {
        let above = self.open.last().cloned().flatten();
        above.or_else(|| self.name.clone())
    }
}

/// How long a text is up to its closing quote, or to the end, in bytes.
fn length(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    });
    end.unwrap_or(text.len())
}

fn begins_with_colon(text: &str) -> bool {
    text.trim_start().starts_with(':')
}

/// The text without its escapes, where they are legal.
fn unescaped(text: &str) -> String {
    serde_json::from_str(&format!("\"{text}\"")).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secrets_of_a_document_that_was_cut_or_is_broken_go() {
        for (text, without) in [
            (r#"{"password":"BROKEN"#, r#"{"password":"[redacted]"#),
            (
                r#"[{"n":1,"client\u005fsecret" : "BRO\"KEN","b":"x"},"#,
                r#"[{"n":1,"client\u005fsecret" : "[redacted]","b":"x"},"#,
            ),
            (
                r#"{"secret":{"a":["BROKEN"],"b":"BROKEN"},"c":"x"#,
                r#"{"secret":{"a":["[redacted]"],"b":"[redacted]"},"c":"x"#,
            ),
            (
                r#"{"tokens":["BROKEN","BROK"#,
                r#"{"tokens":["[redacted]","[redacted]"#,
            ),
            (
                "{\"token\":\"BROKEN\"}\n{\"token\":\"BROKEN\\",
                "{\"token\":\"[redacted]\"}\n{\"token\":\"[redacted]",
            ),
            (
                r#"{"key":"a","token":5,"note":"b","password":""#,
                r#"{"key":"a","token":5,"note":"b","password":""#,
            ),
            (
                r#"see {"token":"of a text"}"#,
                r#"see {"token":"of a text"}"#,
            ),
        ] {
            assert_eq!(Redactor::default().bytes(text.as_bytes()).as_str(), without);
        }
    }
}
