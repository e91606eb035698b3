//! Whether a proxy stands between this machine and a backend, by the HTTP library's own rules.

use hyper_util::client::proxy::matcher::Matcher;
use url::{Host, Url};

/// The proxy that requests to an address go through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// Its address, without user and password.
    pub address: String,
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
}

/// The proxy that these variables put in front of an address.
///
/// The client never uses one for this very machine, because none could reach it.
pub fn proxy_for(url: &Url, variable: impl Fn(&str) -> Option<String>) -> Option<Proxy> {
    if is_loopback(url) {
        return None;
    }
    let either = |name: &str| {
        variable(name)
            .or_else(|| variable(&name.to_ascii_lowercase()))
            .unwrap_or_default()
    };
    let matcher = Matcher::builder()
        .all(either("ALL_PROXY"))
        .http(either("HTTP_PROXY"))
        .https(either("HTTPS_PROXY"))
        .no(either("NO_PROXY"))
        .build();
    through(&matcher, url)
}

/// The proxy that the environment of this process puts in front of an address.
pub(super) fn proxy_of_environment(url: &Url) -> Option<Proxy> {
    if is_loopback(url) {
        return None;
    }
    through(&Matcher::from_env(), url)
}

fn through(matcher: &Matcher, url: &Url) -> Option<Proxy> {
    let found = matcher.intercept(&url.as_str().parse().ok()?)?;
    let uri = found.uri();
    let host = uri.host()?.to_owned();
    let scheme = uri.scheme_str().unwrap_or("http");
    let port = uri.port_u16().unwrap_or(match scheme {
        "https" => 443,
        "socks4" | "socks4a" | "socks5" | "socks5h" => 1080,
        _ => 80,
    });
    Some(Proxy {
        address: format!("{scheme}://{host}:{port}"),
        host,
        port,
    })
}

/// Whether an address is of this very machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(url: &str, variables: &[(&str, &str)]) -> Option<String> {
        let variable = |name: &str| {
            let found = variables.iter().find(|(key, _)| *key == name)?;
            Some(found.1.to_owned())
        };
        Some(proxy_for(&url.parse().unwrap(), variable)?.address)
    }

    #[test]
    fn a_proxy_is_for_its_scheme_and_never_for_this_machine() {
        let both = [
            ("HTTP_PROXY", "http://me:hunter2@p:3128"),
            ("https_proxy", "http://q"),
        ];
        assert_eq!(found("http://h/", &both).as_deref(), Some("http://p:3128"));
        assert_eq!(found("https://h/", &both).as_deref(), Some("http://q:80"));
        assert_eq!(found("http://localhost:8000/", &both), None);
        assert_eq!(found("http://h/", &[]), None);
    }

    #[test]
    fn what_no_proxy_names_is_reached_directly() {
        let variables = [
            ("ALL_PROXY", "socks5://p"),
            ("NO_PROXY", ".internal,10.0.0.0/8"),
        ];
        assert_eq!(found("https://a.internal/", &variables), None);
        assert_eq!(found("https://10.1.2.3/", &variables), None);
        assert_eq!(
            found("https://h/", &variables).as_deref(),
            Some("socks5://p:1080")
        );
    }
}
