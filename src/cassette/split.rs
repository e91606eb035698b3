//! Secrets that come in pieces: a text that streams is cut anywhere, so that none of its deltas need
//! have the whole of a secret. Those that may have a part of one are held until it shows.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

use super::Redactor;
use crate::secret;

/// How much text is held at most, in bytes; no secret of the hosted API is as long.
const MOST: usize = 4096;

/// Consecutive deltas of one text.
#[derive(Debug)]
pub(super) struct Group {
    /// What they are deltas of.
    text: Text,
    joined: String,
    events: Vec<Held>,
}

/// An event that is not written yet.
#[derive(Debug)]
pub(super) struct Held {
    /// When it came, in milliseconds.
    pub at: f64,
    /// The event.
    pub data: Vec<u8>,
    /// How much of the joined text is its own, in bytes.
    length: usize,
}

/// A text that streams.
#[derive(Debug, PartialEq)]
struct Text {
    item_id: String,
    kind: String,
    content_index: Option<u64>,
    component_id: Option<String>,
}

/// What an event adds to a text.
pub(super) struct Delta<'a>(Updated<'a>);

#[derive(Deserialize)]
struct Updated<'a> {
    #[serde(borrow)]
    item_id: Cow<'a, str>,
    #[serde(borrow)]
    update: Update<'a>,
}

#[derive(Deserialize)]
struct Update<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    content_index: Option<u64>,
    #[serde(borrow)]
    component_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    delta: Cow<'a, str>,
}

impl<'a> Delta<'a> {
    /// The delta that an event is, if it is one.
    pub fn read(event: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(event).ok().map(Self)
    }

    /// Whether what follows may make a secret of its end.
    pub fn may_go_on(&self) -> bool {
        secret::may_go_on(&self.0.update.delta)
    }

    fn text(&self) -> Text {
        let Updated { item_id, update } = &self.0;
        Text {
            item_id: item_id.to_string(),
            kind: update.kind.to_string(),
            content_index: update.content_index,
            component_id: update.component_id.as_deref().map(ToOwned::to_owned),
        }
    }
}

impl Group {
    /// Begins with a delta.
    pub fn new(at: f64, event: &[u8], delta: &Delta<'_>) -> Self {
        let mut group = Self {
            text: delta.text(),
            joined: String::new(),
            events: Vec::new(),
        };
        group.push(at, event, delta);
        group
    }

    /// Takes a delta that goes on where the last one ended; says whether it does.
    pub fn take(&mut self, at: f64, event: &[u8], delta: &Delta<'_>) -> bool {
        let goes_on = delta.text() == self.text;
        if goes_on {
            self.push(at, event, delta);
        }
        goes_on
    }

    fn push(&mut self, at: f64, event: &[u8], delta: &Delta<'_>) {
        let text = &delta.0.update.delta;
        self.joined.push_str(text);
        self.events.push(Held {
            at,
            data: event.to_vec(),
            length: text.len(),
        });
    }

    /// Whether it has to be held on.
    pub fn may_go_on(&self) -> bool {
        self.joined.len() < MOST && secret::may_go_on(&self.joined)
    }

    /// The events as they may be written: as they came, unless a secret stands in more than one of
    /// them. Then the first has all of the text, without the secret.
    pub fn clean(mut self, redactor: &Redactor) -> Vec<Held> {
        let whole = redactor.hide(&self.joined);
        let mut from = 0;
        let mut apart = String::new();
        for event in &self.events {
            let text = &self.joined[from..from + event.length];
            apart.push_str(&redactor.hide(text));
            from += event.length;
        }
        if *whole != apart {
            let mut rest: &str = &whole;
            for event in &mut self.events {
                event.say(rest);
                rest = "";
            }
        }
        self.events
    }
}

impl Held {
    /// Puts another text in the place of the delta.
    fn say(&mut self, text: &str) {
        let mut event: Value = serde_json::from_slice(&self.data).unwrap_or_default();
        event["update"]["delta"] = text.into();
        self.data = event.to_string().into_bytes();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SECRET: &str = "ek_0123456789abcdef0123456789abcdef0123456789abcdef_00eyJleHBpIjoxfQ==";

    fn delta(item_id: &str, text: &str) -> Vec<u8> {
        let update = json!({"type": "assistant_message.content_part.text_delta",
                            "content_index": 0, "delta": text});
        let event = json!({"type": "thread.item.updated", "item_id": item_id, "update": update});
        event.to_string().into_bytes()
    }

    /// The deltas as they are written, each as soon as it may be.
    fn written(pieces: &[&str]) -> Vec<String> {
        let (redactor, mut group) = (Redactor::default(), None::<Group>);
        let mut texts = Vec::new();
        let mut write = |group: Group| {
            for event in group.clean(&redactor) {
                let event: Value = serde_json::from_slice(&event.data).unwrap();
                texts.push(event["update"]["delta"].as_str().unwrap().to_owned());
            }
        };
        for piece in pieces {
            let event = delta("m", piece);
            let delta = Delta::read(&event).unwrap();
            let mut held = group.take().unwrap_or_else(|| Group {
                text: delta.text(),
                joined: String::new(),
                events: Vec::new(),
            });
            assert!(held.take(0.0, &event, &delta));
            if held.may_go_on() {
                group = Some(held);
            } else {
                write(held);
            }
        }
        if let Some(group) = group {
            write(group);
        }
        texts
    }

    #[test]
    fn a_secret_is_found_wherever_it_is_cut() {
        for at in 1..SECRET.len() {
            let (head, tail) = SECRET.split_at(at);
            let texts = written(&["it is ", head, tail, " for you"]);
            assert_eq!(texts.concat(), "it is [redacted] for you", "{at}");
        }
        let pieces: Vec<String> = SECRET.chars().map(String::from).collect();
        let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
        assert_eq!(written(&pieces).concat(), "[redacted]");
    }

    #[test]
    fn what_lets_us_in_is_found_in_pieces_too() {
        secret::learn("x-api-key", "opaque-in-pieces");
        let texts = written(&["so opa", "que-in", "-pieces", "."]);
        assert_eq!(texts.concat(), "so [redacted].");
    }

    #[test]
    fn what_is_no_secret_comes_as_it_came() {
        let pieces = [
            "the", " disk", "-", "s", "k", "-", "e", "k", "_", "a", "b", " end",
        ];
        assert_eq!(written(&pieces), pieces);
    }

    #[test]
    fn texts_are_told_apart() {
        let (first, second) = (delta("a", "sk-"), delta("b", "x"));
        let begun = Delta::read(&first).unwrap();
        let mut group = Group::new(0.0, &first, &begun);
        assert!(group.may_go_on());
        assert!(!group.take(0.0, &second, &Delta::read(&second).unwrap()));
        assert!(Delta::read(br#"{"type":"thread.item.updated","item_id":"a"}"#).is_none());
    }

    #[test]
    fn nothing_is_held_without_end() {
        let long = delta("a", &format!("sk-{}", "x".repeat(MOST)));
        let group = Group::new(0.0, &long, &Delta::read(&long).unwrap());
        assert!(!group.may_go_on());
    }
}
