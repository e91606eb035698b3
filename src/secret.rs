//! What is secret wherever it stands, in recordings, errors, notes and logs: by its looks, or because
//! this process lets itself in with it. And what is secret by its name.

mod learnt;
mod name;

use std::borrow::Cow;

pub use learnt::{learn, learn_field, learn_query};
pub use name::{is_credential, is_secret_name, plain};

/// What stands in the place of a secret.
pub const REDACTED: &str = "[redacted]";

/// How the secrets of the hosted API begin: client secrets and API keys.
const PREFIXES: &[&str] = &["ek_", "sk-"];

/// The fewest characters that make such a beginning a secret and not a word.
const LENGTH: usize = 16;

/// The text without the secrets of the hosted API, and without what was [learnt](learn).
pub fn hide(text: &str) -> Cow<'_, str> {
    let mut hidden = learnt::hide(text);
    for prefix in PREFIXES {
        let mut from = 0;
        while let Some(at) = hidden[from..].find(prefix).map(|at| at + from) {
            let end = hidden[at..]
                .find(|c: char| !is_secret_char(c))
                .map_or(hidden.len(), |n| n + at);
            // `disk-utilization-report` is a word.
            let begins = !hidden[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
            if begins && end - at >= LENGTH {
                hidden.to_mut().replace_range(at..end, REDACTED);
                from = at + REDACTED.len();
            } else {
                from = at + prefix.len();
            }
        }
    }
    hidden
}

/// Whether what follows the text may make its end a secret, or a part of one.
pub fn may_go_on(text: &str) -> bool {
    learnt::may_go_on(text) || PREFIXES.iter().any(|prefix| is_begun(text, prefix))
}

/// Whether the text ends within a secret that begins so, or within that beginning.
fn is_begun(text: &str, prefix: &str) -> bool {
    let begin = text
        .char_indices()
        .rev()
        .take_while(|(_, c)| is_secret_char(*c))
        .last();
    let run = begin.map_or("", |(at, _)| &text[at..]);
    let begins = |at: usize| !run[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
    let within = run.match_indices(prefix).any(|(at, _)| begins(at));
    let beginning = |length: usize| {
        let before = run.strip_suffix(&prefix[..length]);
        before.is_some_and(|before| begins(before.len()))
    };
    within || (1..prefix.len()).any(beginning)
}

/// What of an address is shown: scheme, host, port and path. User, password, query and fragment may
/// be secret.
pub fn address(text: &str) -> String {
    let Parts { scheme, place, .. } = parts(text);
    hide(&format!("{scheme}{place}")).into_owned()
}

/// As [`address`], with a mark where something is left out.
pub fn marked_address(text: &str) -> String {
    let parts = parts(text);
    let user = if parts.has_user { "***@" } else { "" };
    let rest = parts
        .rest
        .map_or(String::new(), |sign| format!("{sign}***"));
    hide(&format!("{}{user}{}{rest}", parts.scheme, parts.place)).into_owned()
}

struct Parts<'a> {
    /// With its `//`.
    scheme: &'a str,
    has_user: bool,
    place: &'a str,
    /// What stands before the rest: `?` or `#`.
    rest: Option<char>,
}

fn parts(text: &str) -> Parts<'_> {
    let (scheme, after) = text.split_at(text.find("//").map_or(0, |at| at + 2));
    let path = after.find(['?', '#']).unwrap_or(after.len());
    let host = after.find('/').unwrap_or(after.len());
    // A password that is not escaped may have any of these signs in it.
    let user = after[..path]
        .rfind('@')
        .or_else(|| after[..host].rfind('@'));
    let user = user.filter(|_| !scheme.is_empty()).map(|at| at + 1);
    let after = &after[user.unwrap_or_default()..];
    let (place, rest) = after.split_at(after.find(['?', '#']).unwrap_or(after.len()));
    Parts {
        scheme,
        has_user: user.is_some(),
        place,
        rest: rest.chars().next(),
    }
}

fn is_secret_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '=' | '+' | '/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_secrets_and_api_keys_are_hidden_wherever_they_stand() {
        let key = "sk-proj-0123456789abcdef";
        let secret = format!("ek_{}_00eyJ9==", "0".repeat(48));
        let text = format!("no session {secret}; Bearer {key}, again:{key}");
        assert_eq!(
            hide(&text),
            "no session [redacted]; Bearer [redacted], again:[redacted]"
        );
    }

    #[test]
    fn an_address_is_shown_without_what_may_be_secret_in_it() {
        for (text, shown, marked) in [
            (
                "http://h:1/chatkit",
                "http://h:1/chatkit",
                "http://h:1/chatkit",
            ),
            ("http://u:p@h/x?key=s#f", "http://h/x", "http://***@h/x?***"),
            ("http://u:p#?@h/x", "http://h/x", "http://***@h/x"),
            ("http://h/x#f?k", "http://h/x", "http://h/x#***"),
            ("ftp://u:a/b@h/", "ftp://h/", "ftp://***@h/"),
            (
                "localhost:8000?key=s",
                "localhost:8000",
                "localhost:8000?***",
            ),
        ] {
            assert_eq!((&*address(text), &*marked_address(text)), (shown, marked));
        }
    }

    #[test]
    fn words_that_hold_such_a_beginning_stay() {
        for text in [
            "the disk-utilization-report of today",
            "sk-short",
            "seek_the_right_answer",
        ] {
            assert_eq!(hide(text), text);
        }
    }
}
