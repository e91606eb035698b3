//! What is secret by its looks, wherever it stands: in recordings, errors, notes and logs.

use std::borrow::Cow;

/// What stands in the place of a secret.
pub const REDACTED: &str = "[redacted]";

/// How the secrets of the hosted API begin: client secrets and API keys.
const PREFIXES: &[&str] = &["ek_", "sk-"];

/// The fewest characters that make such a beginning a secret and not a word.
const LENGTH: usize = 16;

/// The text without the secrets of the hosted API that stand in it.
pub fn hide(text: &str) -> Cow<'_, str> {
    let mut hidden = Cow::Borrowed(text);
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
