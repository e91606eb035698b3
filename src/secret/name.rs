//! What is secret by its name.

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
    "token", "tokens", "secret", "secrets", "key", "sig", "auth", "jwt", "xtoken", "xauth",
];

/// A header, a parameter of an address or a variable is a credential by one of these words in its
/// name. The fields of a document are not: `token_count` is a number like any other.
const CREDENTIAL_WORDS: &[&str] = &[
    "token",
    "secret",
    "key",
    "sig",
    "auth",
    "jwt",
    "assertion",
    "session",
    "sessionid",
    "sid",
    "pass",
    "pat",
];

/// Whether what goes by this name is a secret.
pub fn is_secret_name(name: &str) -> bool {
    let name = plain(name);
    // What a page may send across origins is told by headers that hold no secret themselves.
    if name.starts_with("accesscontrol") {
        return false;
    }
    WHOLE_NAMES.contains(&name.as_str()) || SECRET_NAMES.iter().any(|secret| name.contains(secret))
}

/// Whether the header, the parameter of an address or the variable of this name lets somebody in.
pub fn is_credential(name: &str) -> bool {
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let says_so = |word: &str| {
        CREDENTIAL_WORDS
            .iter()
            .any(|w| w.eq_ignore_ascii_case(word))
    };
    // It tells two requests apart, and lets nobody in.
    !name.eq_ignore_ascii_case("idempotency-key") && (is_secret_name(name) || words.any(says_so))
}

/// Whether this is such a name itself, and so a word of documents.
pub(super) fn is_a_name(text: &str) -> bool {
    let text = plain(text);
    WHOLE_NAMES.contains(&text.as_str()) || SECRET_NAMES.contains(&text.as_str())
}

/// A name as names are compared.
pub fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '-' | '_'))
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lets_somebody_in_is_told_by_its_name() {
        for name in [
            "Authorization",
            "Proxy-Authorization",
            "Cookie",
            "X-Api-Key",
            "x-goog-api-key",
            "PRIVATE-TOKEN",
            "X-Amz-Security-Token",
            "Ocp-Apim-Subscription-Key",
            "Cf-Access-Jwt-Assertion",
            "X-Session-Id",
            "STAGING_TOKEN",
            "api_key",
        ] {
            assert!(is_credential(name), "{name}");
        }
        for name in [
            "Accept",
            "X-Tenant",
            "Idempotency-Key",
            "X-Keyboard",
            "x-ratelimit-limit-tokens",
            "Access-Control-Allow-Headers",
            "X-Author",
        ] {
            assert!(!is_credential(name), "{name}");
        }
    }
}
