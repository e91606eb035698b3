//! What is secret because this process lets itself in with it, whatever it looks like.

use std::borrow::Cow;
use std::sync::{PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use memchr::memmem::Finder;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use url::form_urlencoded;

use super::REDACTED;
use super::name::{is_a_name, is_credential};

/// How many bytes make a value telling wherever it stands; a shorter one might be a part of a word.
const LENGTH: usize = 8;

/// How many bytes a value with a digit among its letters has to have, to be hidden where it stands
/// by itself.
const SHORT: usize = 4;

/// How many values are kept: a proxy sees those of all of its clients.
const LIMIT: usize = 256;

/// The values, the longest first, because one may be a part of another.
static LEARNT: RwLock<Vec<Value>> = RwLock::new(Vec::new());

struct Value {
    finder: Finder<'static>,
    /// When it was learnt, in the order of all of them.
    order: u64,
}

/// Remembers what a header, a parameter of an address or a variable holds, if its name says that
/// it is a credential: from now on [`super::hide`] takes it out.
pub fn learn(name: &str, value: &str) {
    if !is_credential(name) {
        return;
    }
    for value in credentials(name, value) {
        for spelled in spellings(&value) {
            keep(&spelled);
        }
    }
}

/// Remembers what the query of an address holds, as [`learn`] does.
pub fn learn_query(address: &str) {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    let query = query.split('#').next().unwrap_or_default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        learn(&name, &value);
    }
}

/// Remembers what a field of a body holds, which is all of it, as [`learn`] does.
pub fn learn_field(name: &str, value: &str) {
    // Who has `password` for a password would have that name taken out of every document.
    if is_credential(name) && !is_a_name(value) && value != REDACTED {
        for spelled in spellings(value) {
            keep(&spelled);
        }
    }
}

/// What of a value is secret: of `Bearer x` the `x`, of `a=b; c=d` the `b` and the `d`.
fn credentials(name: &str, value: &str) -> Vec<String> {
    let value = value.trim();
    if name.eq_ignore_ascii_case("cookie") {
        let pairs = value.split(';').filter_map(|pair| pair.split_once('='));
        let values = pairs.map(|(_, value)| value.trim().trim_matches('"'));
        return values.filter(|v| is_telling(v)).map(Into::into).collect();
    }
    let Some((scheme, rest)) = value.split_once(' ') else {
        return Vec::from([value.to_owned()]);
    };
    let rest = rest.trim_start();
    // `Bearer abc` is no word, though `abc` may be one.
    let telling = if is_telling(rest) { rest } else { value };
    let mut found = Vec::from([telling.to_owned()]);
    let pair = BASE64.decode(rest).ok();
    let pair = pair.and_then(|pair| String::from_utf8(pair).ok());
    if let (true, Some((_, password))) = (
        scheme.eq_ignore_ascii_case("basic"),
        pair.as_deref().and_then(|pair| pair.split_once(':')),
    ) {
        found.push(password.to_owned());
    }
    found
}

/// The value as it stands in a text, inside a JSON string and in an address.
fn spellings(value: &str) -> [String; 3] {
    let json = serde_json::Value::from(value).to_string();
    let json = json[1..json.len() - 1].to_owned();
    let percent = utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
    [value.to_owned(), json, percent]
}

fn is_telling(value: &str) -> bool {
    let has = |what: fn(&u8) -> bool| value.bytes().any(|byte| what(&byte));
    value.len() >= LENGTH
        || value.len() >= SHORT && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
}

fn keep(value: &str) {
    if !is_telling(value) {
        return;
    }
    let mut learnt = LEARNT.write().unwrap_or_else(PoisonError::into_inner);
    let is_known = |known: &Value| known.finder.needle() == value.as_bytes();
    if learnt.iter().any(is_known) {
        return;
    }
    let order = learnt.iter().map(|known| known.order + 1).max();
    if learnt.len() == LIMIT {
        let oldest = (0..LIMIT).min_by_key(|&at| learnt[at].order);
        learnt.remove(oldest.expect("there are as many as the limit"));
    }
    let at = learnt.partition_point(|known| known.finder.needle().len() >= value.len());
    let value = Value {
        finder: Finder::new(value).into_owned(),
        order: order.unwrap_or_default(),
    };
    learnt.insert(at, value);
}

/// The text without what was learnt.
pub(super) fn hide(text: &str) -> Cow<'_, str> {
    let mut hidden = Cow::Borrowed(text);
    for value in &*LEARNT.read().unwrap_or_else(PoisonError::into_inner) {
        if let Some(without) = value.taken_out_of(&hidden) {
            hidden = Cow::Owned(without);
        }
    }
    hidden
}

/// Whether the text ends within what was learnt.
pub(super) fn may_go_on(text: &str) -> bool {
    let learnt = LEARNT.read().unwrap_or_else(PoisonError::into_inner);
    learnt.iter().any(|value| {
        let value = value.finder.needle();
        (1..value.len()).any(|length| text.as_bytes().ends_with(&value[..length]))
    })
}

impl Value {
    fn taken_out_of(&self, text: &str) -> Option<String> {
        let length = self.finder.needle().len();
        let mut without = String::new();
        let mut from = 0;
        for at in self.finder.find_iter(text.as_bytes()) {
            let end = at + length;
            if length >= LENGTH || stands_alone(text, at, end) {
                without.push_str(&text[from..at]);
                without.push_str(REDACTED);
                from = end;
            }
        }
        if from == 0 {
            return None;
        }
        without.push_str(&text[from..]);
        Some(without)
    }
}

fn stands_alone(text: &str, at: usize, end: usize) -> bool {
    let in_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    !text[..at].ends_with(in_word) && !text[end..].starts_with(in_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was learnt stays for all tests of this process, so that each has words of its own.
    fn after(name: &str, value: &str, text: &str) -> String {
        learn(name, value);
        hide(text).into_owned()
    }

    #[test]
    fn the_value_of_a_credential_is_hidden_wherever_it_stands() {
        for (name, value, text, hidden) in [
            (
                "X-Api-Key",
                "opaque-alpha",
                "(opaque-alpha)xopaque-alphax",
                "([redacted])x[redacted]x",
            ),
            (
                "authorization",
                "Bearer opaque_beta",
                "no Bearer opaque_beta",
                "no Bearer [redacted]",
            ),
            (
                "cookie",
                "a=1; sid=\"opaque.gamma\"",
                "a=1 opaque.gamma",
                "a=1 [redacted]",
            ),
            (
                "authorization",
                "Basic bWU6b3BhcXVlLWRlbHRh",
                "opaque-delta",
                "[redacted]",
            ),
            (
                "token",
                "opaque\"eps",
                r#"{"t":"opaque\"eps"}"#,
                r#"{"t":"[redacted]"}"#,
            ),
            (
                "token",
                "opaque/zeta",
                "?t=opaque%2Fzeta&x",
                "?t=[redacted]&x",
            ),
        ] {
            assert_eq!(after(name, value, text), hidden);
        }
    }

    #[test]
    fn the_credentials_of_an_address_are_its_parameters() {
        learn_query("http://h/x?limit=opaque-limit&api_key=opaque%2Deta&x=1#token=opaque-fragment");
        assert_eq!(
            hide("opaque-limit opaque-eta opaque-fragment"),
            "opaque-limit [redacted] opaque-fragment"
        );
    }

    #[test]
    fn a_short_value_is_hidden_where_it_is_no_part_of_a_word() {
        assert_eq!(
            after("token", "opq7", "opq7, xopq7 opq7-x 'opq7'"),
            "[redacted], xopq7 opq7-x '[redacted]'"
        );
        assert_eq!(after("authorization", "Bearer opq", "opq"), "opq");
        assert_eq!(hide("no Bearer opq"), "no [redacted]");
    }

    #[test]
    fn what_is_no_credential_by_its_name_is_not_learnt() {
        assert_eq!(
            after("x-tenant", "opaque-tenant", "opaque-tenant"),
            "opaque-tenant"
        );
        assert_eq!(after("token", "", "a"), "a");
    }

    #[test]
    fn of_two_values_the_longer_goes_first() {
        learn("token", "opaque-short");
        let text = "opaque-short-and-long";
        assert_eq!(after("token", text, text), "[redacted]");
    }
}
