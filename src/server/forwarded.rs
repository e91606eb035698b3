//! What a reverse proxy in front of the server says about the request that it passes on.

use axum::http::HeaderMap;

/// The headers that reverse proxies and tunnels add, and no browser or program of this machine that
/// asks the server itself.
const SIGNS: &[&str] = &[
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    "via",
    "cf-connecting-ip",
    "true-client-ip",
];

/// The header by which a request shows that something else passed it on, if one does. Whoever made
/// it may be anywhere: what such a header says of them is theirs to write.
pub(super) fn sign(headers: &HeaderMap) -> Option<&'static str> {
    SIGNS
        .iter()
        .copied()
        .find(|name| headers.contains_key(*name))
}
