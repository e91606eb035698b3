//! Under which names a server lets itself be asked.

use std::net::IpAddr;

use axum::http::{Request, StatusCode, Version, header};

use super::refusal::Refusal;

/// A server's own names.
#[derive(Debug)]
pub(super) struct Hosts {
    /// Where it listens.
    bound: IpAddr,
    /// The names that were allowed besides its addresses.
    allowed: Vec<String>,
}

impl Hosts {
    /// The names of a server that listens there.
    pub fn new(bound: IpAddr, allowed: Vec<String>) -> Self {
        Self { bound, allowed }
    }

    /// Refuses to be asked under a name that is not its own: a page anywhere on the web could
    /// otherwise let its own name point here and read what is answered (DNS rebinding). The name is
    /// the one in the address, where a client sends that whole, as a proxy's does; and else the
    /// `Host` header's, which only HTTP/1.0 may leave out (RFC 9112, 3.2).
    pub fn check<B>(&self, request: &Request<B>) -> Result<(), Refusal> {
        let mut hosts = request.headers().get_all(header::HOST).iter();
        let host = match (request.uri().authority(), hosts.next()) {
            (Some(whole), _) => Some(whole.as_str()),
            (None, Some(host)) => host.to_str().ok(),
            (None, None) if request.version() < Version::HTTP_11 => return Ok(()),
            (None, None) => None,
        };
        let name = host.and_then(name_of).filter(|_| hosts.next().is_none());
        let Some(name) = name else {
            let message = "the request must have one Host header, of a name and a port";
            return Err(Refusal::new(
                StatusCode::BAD_REQUEST,
                "invalid_host",
                message,
            ));
        };
        if self.is_own(name) {
            return Ok(());
        }
        let message = format!("this server is not {name}; allow the name with --allow-host {name}");
        Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "host_not_allowed",
            message,
        ))
    }

    fn is_own(&self, name: &str) -> bool {
        if let Ok(ip) = name.parse::<IpAddr>() {
            return ip.is_loopback() || ip == self.bound || self.bound.is_unspecified();
        }
        is_localhost(name) || (self.allowed.iter()).any(|host| host.eq_ignore_ascii_case(name))
    }
}

/// Whether a `Host` header has a name of the machine that asks.
pub(super) fn is_loopback(host: &str) -> bool {
    name_of(host).is_some_and(|name| match name.parse::<IpAddr>() {
        Ok(ip) => ip.is_loopback(),
        Err(_) => is_localhost(name),
    })
}

fn is_localhost(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// The name in a `Host` header, without its port; nothing where it is no name (RFC 9110, 7.2).
pub(super) fn name_of(host: &str) -> Option<&str> {
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let digits = port.strip_prefix(':').unwrap_or_default();
    let is_port = port.is_empty() || port.starts_with(':');
    let is_port = is_port && digits.bytes().all(|byte| byte.is_ascii_digit());
    // Of what a name may be made of (RFC 3986, 3.2.2), `%` and the sub-delimiters are in no
    // address that a browser shows; an IPv6 address has colons.
    let may_stand = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte);
    (is_port && !name.is_empty() && name.bytes().all(may_stand)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The code that a request is refused with, if it is.
    fn refused(version: Version, uri: &str, hosts: &[&str]) -> Option<&'static str> {
        let own = Hosts::new(IpAddr::from([127, 0, 0, 1]), vec!["dev.example".to_owned()]);
        let request = Request::post(uri).version(version);
        let request = (hosts.iter()).fold(request, |request, host| request.header("host", *host));
        let refusal = own.check(&request.body(()).unwrap()).err();
        refusal.map(|refusal| refusal.code)
    }

    #[test]
    fn only_an_old_client_may_leave_the_host_out() {
        assert_eq!(refused(Version::HTTP_10, "/chatkit", &[]), None);
        let code = refused(Version::HTTP_11, "/chatkit", &[]);
        assert_eq!(code, Some("invalid_host"));
        let code = refused(Version::HTTP_11, "/chatkit", &["localhost", "localhost"]);
        assert_eq!(code, Some("invalid_host"));
    }

    #[test]
    fn a_whole_address_says_more_than_the_header() {
        let foreign = "http://evil.example/chatkit";
        let code = refused(Version::HTTP_11, foreign, &["localhost"]);
        assert_eq!(code, Some("host_not_allowed"));
        let own = "http://dev.example/chatkit";
        assert_eq!(refused(Version::HTTP_11, own, &["evil.example"]), None);
    }

    #[test]
    fn a_host_is_its_name_without_the_port() {
        assert_eq!(name_of("localhost:8000"), Some("localhost"));
        assert_eq!(name_of("localhost"), Some("localhost"));
        assert_eq!(name_of("localhost:"), Some("localhost"));
        assert_eq!(name_of("my_host-1.example"), Some("my_host-1.example"));
        assert_eq!(name_of("[::1]:8000"), Some("::1"));
        assert_eq!(name_of("[::1]"), Some("::1"));
        assert_eq!(name_of("evil.example:80"), Some("evil.example"));
        for host in [
            "",
            ":80",
            "[]:80",
            "[::1",
            "[::1]x",
            "[::1]x:80",
            "127.0.0.1:9711@evil.example",
            "127.0.0.1:9711,evil.example",
            "127.0.0.1:80:80",
            "127.0.0.1:+80",
            "localhost evil.example",
            "user@localhost",
            "localhost/x",
            "::1",
        ] {
            assert_eq!(name_of(host), None, "{host}");
        }
    }
}
