//! What a page needs besides a backend: the script, and leave to stand where it stands.

use super::{Code, Finding, Step};
use crate::client::Url;
use crate::client::probe::Reply;
use crate::error::Error;

/// Where the browser client comes from (openai.github.io/chatkit-js, "Quickstart").
pub const SCRIPT: &str = "https://cdn.platform.openai.com/deployments/chatkit/chatkit.js";

/// Where domains are allowed (chatkit-js #62, openai-chatkit-starter-app #38).
const ALLOWLIST: &str =
    "https://platform.openai.com/settings/organization/security/domain-allowlist";

/// Whether the script can be had. A browser has to get it and not this machine, so that it is
/// never more than a warning.
pub fn script(url: &Url, reply: &Result<Reply, Error>) -> Finding {
    let host = url.host_str().unwrap_or_default();
    let remedy = format!(
        "let browsers reach {host} through your firewall, and allow it in the page's \
         Content-Security-Policy (script-src and frame-src)"
    );
    let reply = match reply {
        Ok(reply) => reply,
        Err(error) => {
            let why = match error {
                Error::Unreachable { reason, .. } => reason.clone(),
                other => other.to_string(),
            };
            return Step::Cdn.warning(format!("{url} is not reached from here: {why}"), remedy);
        }
    };
    if !reply.head.is_success() {
        let reason = format!("{url} answers {}", reply.head.status);
        return Step::Cdn.warning(reason, remedy);
    }
    match reply.head.media_type() {
        Some(kind) if kind.ends_with("javascript") => Step::Cdn.ok(format!("{url} is there")),
        kind => Step::Cdn.warning(
            format!(
                "{url} answers with {}, which is no script",
                kind.as_deref().unwrap_or("no content type")
            ),
            "look for a proxy that answers with a page of its own",
        ),
    }
}

/// Where a page came from, as the browser tells a backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// By http or https from this host and port.
    Named(Url),
    /// From nowhere that has a name, which is `null` on the wire (HTML standard, "opaque origin").
    Opaque,
}

impl Origin {
    /// As a browser writes it into the `Origin` header.
    pub fn text(&self) -> String {
        match self {
            Self::Named(url) => url.origin().ascii_serialization(),
            Self::Opaque => "null".to_owned(),
        }
    }

    /// The page, for people.
    pub fn page(&self) -> String {
        match self {
            Self::Named(_) => format!("a page of {}", self.text()),
            Self::Opaque => {
                "a page of the origin null (a file, or a frame sandboxed without allow-same-origin)"
                    .to_owned()
            }
        }
    }
}

/// Reads an origin: a scheme, a host, perhaps a port, and nothing else; or `null`.
///
/// # Errors
/// It is something else; the message says what an origin is.
pub fn origin(text: &str) -> Result<Origin, String> {
    if text == "null" {
        return Ok(Origin::Opaque);
    }
    let example = "for example https://app.example.com";
    let url = Url::parse(text).map_err(|error| format!("{error}; {example}"))?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(format!(
            "expected the http or https origin of a page, {example}"
        ));
    }
    if !is_bare || !url.username().is_empty() || url.password().is_some() {
        return Err(format!("an origin ends with its host or port, {example}"));
    }
    Ok(Origin::Named(url))
}

/// Whether a page at this origin needs to be allowed, and under which name.
pub fn domain_key(origin: Option<&Origin>, is_hosted: bool) -> Finding {
    let url = match origin {
        Some(Origin::Named(url)) => url,
        Some(opaque) => {
            return Step::DomainKey.warning(
                format!("{} has no host that an allowlist could name", opaque.page()),
                "serve the page from http://localhost, or allow-same-origin in the frame's sandbox",
            );
        }
        None => {
            return Step::DomainKey
                .skipped("it depends on where the page is: pass --origin https://your.page");
        }
    };
    let host = url.host_str().unwrap_or_default();
    let api = if is_hosted {
        "the hosted API takes no key in the page"
    } else {
        "the page passes its key as api.domainKey, which is required with api.url"
    };
    if is_localhost(host) {
        return Step::DomainKey.ok(format!("{host} is exempt from the allowlist; {api}"));
    }
    if host == "127.0.0.1" || host == "[::1]" {
        return Step::DomainKey.warning(
            format!("{host} is this machine, but only the name localhost is exempt for certain"),
            format!(
                "open the page at {}",
                url.as_str()
                    .trim_end_matches('/')
                    .replacen(host, "localhost", 1)
            ),
        );
    }
    if url.scheme() == "http" {
        return Step::DomainKey.failed(
            Code::Check,
            format!("{host} is no localhost, and a page that came by http:// is no secure context"),
            "serve the page by https://",
        );
    }
    Step::DomainKey.warning(
        format!("the allowlist must name {host}: exactly this host, without scheme, port or path; subdomains count separately and there are no wildcards; {api}"),
        format!("look for {host} at {ALLOWLIST}; a widget that stays blank or vanishes after a second is the sign that it is missing"),
    )
}

/// `localhost` and what lies below it, which browsers resolve to the machine itself.
pub fn is_localhost(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    fn key(text: &str) -> Finding {
        domain_key(Some(&origin(text).unwrap()), false)
    }

    #[test]
    fn localhost_is_exempt_whatever_its_port() {
        assert_eq!(key("http://localhost:3000").verdict, Verdict::Ok);
        assert_eq!(key("http://app.localhost").verdict, Verdict::Ok);
        let numeric = key("http://127.0.0.1:3000");
        assert_eq!(numeric.verdict, Verdict::Warning);
        assert_eq!(
            numeric.remedy.unwrap(),
            "open the page at http://localhost:3000"
        );
    }

    #[test]
    fn the_allowlist_names_the_host_and_nothing_else() {
        let finding = key("https://app.example.com:8443");
        assert_eq!(finding.verdict, Verdict::Warning);
        assert!(
            finding
                .reason
                .starts_with("the allowlist must name app.example.com: ")
        );
        assert!(!finding.reason.contains("8443"));
        assert_eq!(
            key("http://app.example.com").verdict,
            Verdict::Failed(Code::Check)
        );
        assert_eq!(domain_key(None, false).verdict, Verdict::Skipped);
    }

    #[test]
    fn a_page_from_nowhere_has_the_origin_null_and_no_host_to_allow() {
        let null = origin("null").unwrap();
        assert_eq!(null.text(), "null");
        let finding = domain_key(Some(&null), false);
        assert_eq!(finding.verdict, Verdict::Warning);
        assert!(finding.reason.contains("has no host"), "{finding:?}");
        assert!(finding.remedy.unwrap().contains("http://localhost"));
    }

    #[test]
    fn an_origin_has_no_path() {
        assert!(origin("https://h:1").is_ok() && origin("https://h/").is_ok());
        for bad in [
            "h",
            "https://h/app",
            "https://h?x",
            "file:///x",
            "https://me@h",
            "NULL",
        ] {
            assert!(origin(bad).is_err(), "{bad}");
        }
    }
}
