//! Redirects, followed by hand: the HTTP library drops `Authorization` at another origin, but not
//! the headers that a user authorises themselves with, and it turns a `POST` into a `GET` silently.

use reqwest::{Method, StatusCode};
use url::Url;

use super::body::Head;
use super::failure::with_message;
use super::outgoing::{Outgoing, drop_userinfo};
use super::words::address;
use crate::error::{Error, Result};

/// How many redirects are followed.
pub(super) const MAX_HOPS: usize = 10;

/// The request to send next, if the answer is a redirect.
///
/// # Errors
/// The redirect cannot be followed without changing what is asked for, or whom.
pub(super) fn next(outgoing: &Outgoing, head: &Head) -> Result<Option<Outgoing>> {
    if !matches!(head.status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = head.header("location") else {
        return Err(nowhere(head, &outgoing.url));
    };
    let Ok(mut url) = outgoing.url.join(location) else {
        return Err(with_message(
            head,
            "it redirects to what is no address".into(),
        ));
    };
    let refuse = |why: &str| with_message(head, format!("it redirects to {}{why}", address(&url)));
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refuse(", which is no HTTP address"));
    }
    if outgoing.url.scheme() == "https" && url.scheme() == "http" {
        return Err(refuse(", where anyone could listen"));
    }
    if outgoing.method != Method::GET && !keeps_method(head.status) {
        return Err(refuse(&format!(
            ", which would turn the {} into a GET",
            outgoing.method
        )));
    }
    drop_userinfo(&mut url);
    Ok(Some(at(outgoing, url)))
}

/// The error for a chain of redirects that does not end.
pub(super) fn too_many(head: &Head) -> Error {
    with_message(head, format!("it redirects more than {MAX_HOPS} times"))
}

fn at(outgoing: &Outgoing, url: Url) -> Outgoing {
    let mut next = outgoing.clone();
    // Once dropped they stay dropped, so that no detour over another origin brings them back.
    if url.origin() != outgoing.url.origin() {
        next.bound.clear();
    }
    next.url = url;
    next
}

/// The error for a redirect that names no address.
fn nowhere(head: &Head, url: &Url) -> Error {
    let message = format!("{} redirects without saying where to", address(url));
    match with_message(head, message) {
        Error::Http(mut failure) => {
            failure.redirects_nowhere = true;
            Error::Http(failure)
        }
        error => error,
    }
}

fn keeps_method(status: u16) -> bool {
    status == StatusCode::TEMPORARY_REDIRECT || status == StatusCode::PERMANENT_REDIRECT
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use reqwest::header::{HeaderMap, HeaderValue};

    use super::*;

    fn following(from: &str, to: &'static str) -> Result<Option<Outgoing>> {
        let mut headers = HeaderMap::new();
        headers.insert("location", HeaderValue::from_static(to));
        let head = Head {
            status: 307,
            headers,
            sent: Instant::now(),
            answered: Instant::now(),
        };
        let outgoing = Outgoing::new(Method::POST, from.parse().unwrap(), "test")
            .bound("x-api-key".parse().unwrap(), HeaderValue::from_static("k"));
        next(&outgoing, &head)
    }

    #[test]
    fn scheme_host_and_port_make_the_origin() {
        for (to, is_same) in [
            ("/b", true),
            ("https://h/b", true),
            ("https://h:443/b", true),
            ("https://h:444/b", false),
            ("https://h.evil/b", false),
            ("https://sub.h/b", false),
            ("//other/b", false),
            ("https://h@other/b", false),
        ] {
            let next = following("https://h/a", to).unwrap().unwrap();
            assert_eq!(!next.bound.is_empty(), is_same, "{to}");
        }
    }

    #[test]
    fn nobody_is_led_from_https_to_http() {
        let error = following("https://h/a", "http://h/a?k=hunter2")
            .err()
            .unwrap();
        assert_eq!(
            error.to_string(),
            "the backend answered 307 Temporary Redirect: \
             it redirects to http://h/a, where anyone could listen"
        );
    }
}
