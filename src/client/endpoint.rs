//! Where requests go and what authorises them, as values; nothing is sent from here.

use std::fmt;
use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue};
use secrecy::SecretString;
use url::Url;

use super::words::address;

/// A `ChatKit` backend and how to get in.
#[derive(Clone)]
pub enum Endpoint {
    /// A server of one's own: one address for every operation.
    SelfHosted {
        /// The address that operations are posted to.
        url: Url,
        /// Where files go directly; without it uploads are two-phase.
        ///
        /// The user's headers are sent there too, whatever its origin, because the user named it.
        upload_url: Option<Url>,
    },
    /// The hosted service, or whatever speaks like it.
    Hosted {
        /// The base address, with or without `/v1`.
        api_base: Url,
        /// The session, or what one is made of.
        credentials: Credentials,
    },
}

/// What authorises a client of the hosted service.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// A session that somebody else made; it cannot be renewed here.
    ClientSecret(SecretString),
    /// What a session is made of, on the way and again when it has expired.
    Session {
        /// The key that may create sessions.
        api_key: SecretString,
        /// The workflow's id (`wf_…`).
        workflow: String,
        /// Whose threads are seen.
        user: String,
    },
}

/// What is the same for every request.
#[derive(Clone)]
pub struct Options {
    /// More headers; they replace the client's own of the same name, and may repeat.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// How long the backend may be silent: until the answer begins, and between two chunks of it.
    pub timeout: Duration,
    /// Sent as `Accept-Language`.
    pub locale: Option<String>,
}

impl Default for Options {
    /// No headers, no locale, and the two minutes that a reasoning model may well be silent for.
    fn default() -> Self {
        Self {
            headers: Vec::new(),
            timeout: Duration::from_secs(120),
            locale: None,
        }
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SelfHosted { url, upload_url } => f
                .debug_struct("SelfHosted")
                .field("url", &address(url))
                .field("upload_url", &upload_url.as_ref().map(address))
                .finish(),
            Self::Hosted {
                api_base,
                credentials,
            } => f
                .debug_struct("Hosted")
                .field("api_base", &address(api_base))
                .field("credentials", credentials)
                .finish(),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Options")
            .field("headers", &names)
            .field("timeout", &self.timeout)
            .field("locale", &self.locale)
            .finish()
    }
}

/// The base address with `/v1` at its end; the official starter app's is without.
pub(super) fn with_version(mut base: Url) -> Url {
    let path = base.path().trim_end_matches('/').to_owned();
    if path.ends_with("/v1") {
        base.set_path(&path);
    } else {
        base.set_path(&format!("{path}/v1"));
    }
    base.set_query(None);
    base.set_fragment(None);
    base
}

/// The address of something below `base`, each segment escaped.
pub(super) fn below(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_address_may_stand_with_or_without_its_version() {
        for (given, conversation) in [
            (
                "https://api.openai.com",
                "https://api.openai.com/v1/chatkit/conversation",
            ),
            (
                "https://api.openai.com/v1",
                "https://api.openai.com/v1/chatkit/conversation",
            ),
            (
                "https://api.openai.com/v1/",
                "https://api.openai.com/v1/chatkit/conversation",
            ),
            (
                "http://h:1/proxy/?k=v#f",
                "http://h:1/proxy/v1/chatkit/conversation",
            ),
        ] {
            let base = with_version(given.parse().unwrap());
            assert_eq!(
                below(&base, &["chatkit", "conversation"]).as_str(),
                conversation
            );
        }
    }

    #[test]
    fn an_id_cannot_leave_its_segment() {
        let base = with_version("https://h".parse().unwrap());
        assert_eq!(
            below(&base, &["chatkit", "threads", "../x?y#z"]).as_str(),
            "https://h/v1/chatkit/threads/..%2Fx%3Fy%23z"
        );
    }

    #[test]
    fn debug_output_holds_no_secret() {
        let endpoint = Endpoint::Hosted {
            api_base: "https://me:hunter2@h/?key=hunter2".parse().unwrap(),
            credentials: Credentials::Session {
                api_key: SecretString::from("hunter2"),
                workflow: "wf".into(),
                user: "u".into(),
            },
        };
        let options = Options {
            headers: vec![(
                HeaderName::from_static("x-api-key"),
                HeaderValue::from_static("hunter2"),
            )],
            ..Options::default()
        };
        let printed = format!("{endpoint:?} {options:?}");
        assert!(!printed.contains("hunter2"), "{printed}");
        assert!(printed.contains("x-api-key"), "{printed}");
    }
}
