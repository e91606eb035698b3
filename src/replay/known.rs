//! What is another one each time: the ids of one side, and the address that it answers at.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::Value;
use url::Url;

use crate::protocol::{Item, ItemKind};

/// What stands in the place of an id.
const ID: &str = "‹id›";

/// What stands in the place of the backend's address.
const BACKEND: &str = "‹backend›";

/// Fields of the protocol that hold ids and times.
const PASSING: &[&str] = &[
    "id",
    "thread_id",
    "item_id",
    "call_id",
    "attachment_id",
    "created_at",
    "updated_at",
    "duration",
    "upload_descriptor",
    "upload_url",
];

/// Fields whose value is the app's own, in which every name may mean anything.
const VERBATIM: &[&str] = &[
    "payload",
    "arguments",
    "output",
    "data",
    "metadata",
    "result",
];

/// What an id looks like: its prefix, and how long it is.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Form(String, usize);

impl Form {
    /// The form of a word that only a machine makes; `None` for any that a person may write.
    fn of(word: &str) -> Option<Self> {
        /// Shorter ones may be words.
        const MIN: usize = 12;
        let (prefix, rest) = word.rsplit_once('_').unwrap_or(("", word));
        let is_made = rest.len() >= MIN
            && rest.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
            && rest.contains(|c: char| c.is_ascii_digit());
        is_made.then(|| Self(prefix.to_owned(), word.len()))
    }
}

/// The ids and addresses of one side.
#[derive(Debug, Default)]
pub struct Known {
    ids: HashSet<String>,
    /// What ids look like here, so that those are found that nobody told, as of a hidden item.
    forms: HashSet<Form>,
    origins: Vec<String>,
}

impl Known {
    /// An id.
    pub fn id(&mut self, id: &str) {
        if !self.ids.contains(id) {
            self.ids.insert(id.to_owned());
            self.forms.extend(Form::of(id));
        }
    }

    fn is_id(&self, word: &str) -> bool {
        self.ids.contains(word) || Form::of(word).is_some_and(|form| self.forms.contains(&form))
    }

    /// An address, of which the origin counts.
    pub fn address(&mut self, address: &str) {
        let Ok(url) = Url::parse(address) else { return };
        let origin = url.origin().ascii_serialization();
        if url.has_host() && !self.origins.contains(&origin) {
            self.origins.push(origin);
        }
    }

    /// The ids of an item and of what belongs to it.
    pub fn item(&mut self, item: &Item) {
        self.id(item.id.as_str());
        self.id(item.thread_id.as_str());
        match &item.kind {
            ItemKind::UserMessage(message) => {
                for attachment in &message.attachments {
                    self.id(attachment.id.as_str());
                }
            }
            ItemKind::ClientToolCall(call) => self.id(&call.call_id),
            ItemKind::GeneratedImage(body) => {
                if let Some(image) = &body.image {
                    self.id(&image.id);
                }
            }
            _ => {}
        }
    }

    /// Takes out of a value what is another one each time.
    pub fn scrub(&self, value: &mut Value) {
        self.scrub_in(value, false);
    }

    fn scrub_in(&self, value: &mut Value, is_verbatim: bool) {
        match value {
            Value::String(text) => {
                if let Cow::Owned(hidden) = self.hide(text) {
                    *text = hidden;
                }
            }
            Value::Array(values) => {
                for value in values {
                    self.scrub_in(value, is_verbatim);
                }
            }
            Value::Object(fields) => {
                if !is_verbatim {
                    fields.retain(|name, _| !PASSING.contains(&name.as_str()));
                }
                for (name, value) in fields {
                    self.scrub_in(value, is_verbatim || VERBATIM.contains(&name.as_str()));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// A text in which ids and addresses of this side stand for themselves no longer.
    fn hide<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut hidden = Cow::Borrowed(text);
        for origin in &self.origins {
            if hidden.contains(origin.as_str()) {
                hidden = Cow::Owned(hidden.replace(origin.as_str(), BACKEND));
            }
        }
        if !words(&hidden).any(|(_, word)| self.is_id(word)) {
            return hidden;
        }
        let mut text = String::with_capacity(hidden.len());
        let mut end = 0;
        for (at, word) in words(&hidden).filter(|(_, word)| self.is_id(word)) {
            text.push_str(&hidden[end..at]);
            text.push_str(ID);
            end = at + word.len();
        }
        text.push_str(&hidden[end..]);
        Cow::Owned(text)
    }
}

/// What in a text may be an id, and where it stands.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let in_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let pieces = text.split(move |c: char| !in_word(c));
    let begin = text.as_ptr() as usize;
    pieces
        .filter(|word| !word.is_empty())
        .map(move |word| (word.as_ptr() as usize - begin, word))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_id_that_nobody_told_is_known_by_its_form() {
        let mut known = Known::default();
        known.id("msg_0b331645445bcd27");
        let mut value = json!(
            "`msg_02fc1efe0fccd72d`, msg_02fc1efe0fcc, thr_02fc1efe0fccd72d, msg_effectively"
        );
        known.scrub(&mut value);
        assert_eq!(
            value,
            json!("`‹id›`, msg_02fc1efe0fcc, thr_02fc1efe0fccd72d, msg_effectively")
        );
    }

    #[test]
    fn ids_times_and_the_backends_address_are_taken_out_wherever_they_stand() {
        let mut known = Known::default();
        known.id("thr_1");
        known.address("http://127.0.0.1:8000/chatkit");
        let mut value = json!({"id": "x", "thread_id": "thr_1", "created_at": "now", "type": "a",
            "text": "see http://127.0.0.1:8000/files/thr_1?x, not thr_12",
            "payload": {"id": "thr_1", "kind": "k"}});
        known.scrub(&mut value);
        assert_eq!(
            value,
            json!({"type": "a", "text": "see ‹backend›/files/‹id›?x, not thr_12",
            "payload": {"id": "‹id›", "kind": "k"}})
        );
    }
}
