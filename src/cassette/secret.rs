//! What is secret by its name, and what by its looks.

use std::borrow::Cow;

/// What stands in the place of a secret.
pub const REDACTED: &str = "[redacted]";

/// A header or a field whose name has one of these in it carries a secret. Names are compared in
/// lower case and without `-` and `_`.
const SECRET_NAMES: &[&str] = &[
    "authorization",
    "cookie",
    "clientsecret",
    "apikey",
    "privatekey",
    "secretkey",
    "domainkey",
    "accesskey",
    "authtoken",
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "sessiontoken",
    "csrftoken",
    "xsrftoken",
    "password",
    "passwd",
    "credential",
    "signature",
];

/// Names that are a secret when they are the whole name.
const WHOLE_NAMES: &[&str] = &[
    "token", "secret", "key", "sig", "auth", "jwt", "xtoken", "xauth",
];

/// How the secrets of the hosted API begin: client secrets and API keys.
const SECRET_PREFIXES: &[&str] = &["ek_", "sk-"];

/// The fewest characters that make such a beginning a secret and not a word.
const SECRET_LENGTH: usize = 16;

/// Whether what goes by this name is a secret.
pub(super) fn is_secret_name(name: &str) -> bool {
    let name = plain(name);
    // What a page may send across origins is told by headers that hold no secret themselves.
    if name.starts_with("accesscontrol") {
        return false;
    }
    WHOLE_NAMES.contains(&name.as_str()) || SECRET_NAMES.iter().any(|secret| name.contains(secret))
}

/// A name as names are compared.
pub(super) fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '-' | '_'))
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// The text without the secrets of the hosted API that stand in it.
pub fn hide(text: &str) -> Cow<'_, str> {
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
