//! What a reverse proxy in front of the server says about the request that it passes on.

use std::borrow::Cow;
use std::net::SocketAddr;

use axum::http::{HeaderMap, HeaderValue, header};

use super::host::{is_loopback, name_of};
use super::listen::url_of;

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

/// Under which address a caller sees the server.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Seen {
    is_secure: bool,
    /// A name and a port, as in a `Host` header.
    host: Option<HeaderValue>,
}

impl Seen {
    /// How the caller sees a server that listens at `own`: by its `Host`, unless a proxy says
    /// otherwise by `Forwarded` (RFC 7239) or `X-Forwarded-Proto` and `X-Forwarded-Host`. What is
    /// wrong with one of these makes all of them count for nothing.
    pub fn of(headers: &HeaderMap, own: SocketAddr) -> Self {
        let host = headers.get(header::HOST);
        let said = Said::by(headers).unwrap_or_default();
        if said == Said::default() || host.is_some_and(|host| said.leaves(host, own)) {
            return Self {
                is_secure: false,
                host: host.cloned(),
            };
        }
        let name = said.host.and_then(|name| HeaderValue::from_str(&name).ok());
        Self {
            is_secure: said.is_secure,
            host: name.or_else(|| host.cloned()),
        }
    }

    /// The address, without a path and without a slash at its end.
    pub fn origin(&self, own: SocketAddr) -> String {
        let scheme = if self.is_secure { "https" } else { "http" };
        match self.host.as_ref().and_then(|host| host.to_str().ok()) {
            Some(host) => format!("{scheme}://{host}"),
            None => url_of(own),
        }
    }
}

/// The name under which a proxy was asked, as a `Host` header has it.
pub(super) fn host(headers: &HeaderMap) -> Option<Cow<'_, str>> {
    Said::by(headers)?.host
}

/// What a proxy says.
#[derive(Debug, Default, PartialEq)]
struct Said<'a> {
    is_secure: bool,
    host: Option<Cow<'a, str>>,
}

impl<'a> Said<'a> {
    /// What is said; nothing where a value is none that a proxy writes.
    fn by(headers: &'a HeaderMap) -> Option<Self> {
        let [mut scheme, mut host] = [None, None];
        // One proxy behind another appends to the list; the first is the one that was asked.
        if let Some(first) = headers.get("forwarded") {
            for (name, value) in pairs(first.to_str().ok()?)? {
                match name.to_ascii_lowercase().as_str() {
                    "proto" => scheme = Some(value),
                    "host" => host = Some(value),
                    _ => {}
                }
            }
        }
        if scheme.is_none() {
            scheme = first_of(headers, "x-forwarded-proto")?;
        }
        if host.is_none() {
            host = first_of(headers, "x-forwarded-host")?;
        }
        let is_secure = match scheme.map(|scheme| scheme.to_ascii_lowercase()).as_deref() {
            None | Some("http") => false,
            Some("https") => true,
            Some(_) => return None,
        };
        if let Some(host) = &host {
            name_of(host)?;
        }
        Some(Self { is_secure, host })
    }

    /// Whether it changes nothing: the proxy asks this machine's own address, and whoever asked the
    /// proxy is on this machine, too, or the proxy does not say where they are. That address is
    /// good for them, while proxies of development (Next.js, Vite) pass on `/chatkit` and no files.
    fn leaves(&self, host: &HeaderValue, own: SocketAddr) -> bool {
        let asked = host.to_str().unwrap_or_default();
        let is_own = asked.rsplit_once(':').map(|(_, port)| port) == Some(&own.port().to_string());
        let is_near = self.host.as_deref().is_none_or(is_loopback);
        is_own && is_loopback(asked) && is_near && self.host.as_deref() != Some(asked)
    }
}

/// The first of what a header lists; nothing where the header comes twice, which no proxy does.
#[allow(clippy::option_option, reason = "what is not said is not wrong")]
fn first_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<Option<Cow<'a, str>>> {
    let mut all = headers.get_all(name).iter();
    let Some(value) = all.next() else {
        return Some(None);
    };
    let first = value.to_str().ok()?.split(',').next().map(str::trim);
    all.next().is_none().then(|| first.map(Cow::Borrowed))
}

/// The pairs of the first element of a `Forwarded` header; nothing where it is malformed.
fn pairs(text: &str) -> Option<Vec<(&str, Cow<'_, str>)>> {
    let mut pairs = Vec::new();
    let mut rest = text.trim_start();
    loop {
        let (name, value) = rest.split_once('=')?;
        let (value, behind) = if let Some(quoted) = value.strip_prefix('"') {
            unquoted(quoted)?
        } else {
            let end = value.find([';', ',']).unwrap_or(value.len());
            (Cow::Borrowed(value[..end].trim()), &value[end..])
        };
        pairs.push((name.trim(), value));
        let behind = behind.trim_start();
        match behind.strip_prefix(';') {
            Some(more) => rest = more,
            None if behind.is_empty() || behind.starts_with(',') => return Some(pairs),
            None => return None,
        }
    }
}

/// What stands before a closing quotation mark, and what follows it (RFC 9110, 5.6.4).
fn unquoted(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return Some((Cow::Owned(value), &text[at + 1..])),
            '\\' => value.push(chars.next()?.1),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The address under which a caller with these headers sees a mock at port 8000.
    fn seen(headers: &[(&'static str, &str)]) -> String {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let own = SocketAddr::from(([127, 0, 0, 1], 8000));
        Seen::of(&map, own).origin(own)
    }

    const KEPT: (&str, &str) = ("host", "chat.example");
    const CHANGED: (&str, &str) = ("host", "127.0.0.1:8000");

    #[test]
    fn without_a_proxy_the_host_is_the_address() {
        assert_eq!(seen(&[KEPT]), "http://chat.example");
        assert_eq!(seen(&[]), "http://127.0.0.1:8000");
        assert_eq!(
            seen(&[("x-forwarded-for", "192.0.2.1"), KEPT]),
            "http://chat.example"
        );
    }

    #[test]
    fn a_proxy_that_ends_tls_says_so() {
        let https = ("x-forwarded-proto", "https");
        let host = ("x-forwarded-host", "chat.example");
        assert_eq!(seen(&[KEPT, https]), "https://chat.example");
        assert_eq!(seen(&[CHANGED, https, host]), "https://chat.example");
        assert_eq!(seen(&[CHANGED, host]), "http://chat.example");
        assert_eq!(
            seen(&[("x-forwarded-proto", "HTTPS"), KEPT]),
            "https://chat.example"
        );
        let chained = [
            ("x-forwarded-proto", "https, http"),
            ("x-forwarded-host", "chat.example:8443, inner.example"),
        ];
        assert_eq!(
            seen(&[CHANGED, chained[0], chained[1]]),
            "https://chat.example:8443"
        );
        let local = ("host", "localhost:8443");
        assert_eq!(seen(&[local, https]), "https://localhost:8443");
    }

    #[test]
    fn the_standard_header_says_it_in_its_own_words() {
        for value in [
            "proto=https;host=chat.example",
            "for=192.0.2.43;Proto=HTTPS;Host=\"chat.example\", for=10.0.0.1;proto=http;host=inner",
            "for=\"[2001:db8::1]:4711\" ; host = chat.example ; proto = https",
            "host=\"chat.ex\\ample\";proto=https",
        ] {
            assert_eq!(
                seen(&[CHANGED, ("forwarded", value)]),
                "https://chat.example",
                "{value}"
            );
        }
        let both = [
            ("forwarded", "for=192.0.2.43"),
            ("x-forwarded-proto", "https"),
            KEPT,
        ];
        assert_eq!(seen(&both), "https://chat.example");
        let lines = [
            ("forwarded", "proto=https;host=chat.example"),
            ("forwarded", "proto=http;host=inner"),
        ];
        assert_eq!(seen(&[CHANGED, lines[0], lines[1]]), "https://chat.example");
    }

    #[test]
    fn what_no_proxy_writes_counts_for_nothing() {
        let https = ("x-forwarded-proto", "https");
        for (name, value) in [
            ("x-forwarded-proto", "javascript"),
            ("x-forwarded-proto", ""),
            ("x-forwarded-proto", "https://evil.example/?"),
            ("x-forwarded-host", "evil.example/path"),
            ("x-forwarded-host", "a b"),
            ("x-forwarded-host", "user@evil.example"),
            ("x-forwarded-host", "evil.example\thttp"),
            ("x-forwarded-host", "évil.example"),
            ("x-forwarded-host", "\"chat.example\""),
            ("x-forwarded-host", ""),
            ("x-forwarded-host", ",chat.example"),
            ("forwarded", "proto"),
            ("forwarded", "proto=https;host=\"chat.example"),
            ("forwarded", "proto=https;host=\"a\"b"),
            ("forwarded", "proto=https;host=\"a/b\""),
            ("forwarded", "proto=data;host=chat.example"),
            ("forwarded", ""),
        ] {
            let found = seen(&[KEPT, (name, value)]);
            assert_eq!(found, "http://chat.example", "{name}: {value}");
        }
        let twice = ("x-forwarded-host", "evil.example");
        assert_eq!(seen(&[KEPT, https, twice, twice]), "http://chat.example");
        assert_eq!(seen(&[KEPT, https, https]), "http://chat.example");
    }

    #[test]
    fn whoever_is_on_this_machine_gets_the_address_that_has_the_files() {
        let page = ("x-forwarded-host", "localhost:3000");
        let https = ("x-forwarded-proto", "https");
        assert_eq!(
            seen(&[("host", "localhost:8000"), page]),
            "http://localhost:8000"
        );
        assert_eq!(seen(&[CHANGED, page, https]), "http://127.0.0.1:8000");
        assert_eq!(seen(&[CHANGED, https]), "http://127.0.0.1:8000");
    }
}
