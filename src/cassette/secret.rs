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
    "token", "secret", "key", "sig", "auth", "jwt", "xtoken", "xauth",
];

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
