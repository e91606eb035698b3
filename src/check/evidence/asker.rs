//! Who asked, as far as the headers of a request tell: the threads of one user are not another's.

use std::collections::BTreeMap;

use crate::cassette::REDACTED;

/// Who sent a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asker {
    /// The check itself.
    #[default]
    Ourselves,
    /// Whoever has these headers.
    Headers(Vec<(String, String)>),
    /// Somebody whose credentials were taken out of the recording.
    Hidden,
}

/// The beginnings of headers that say nothing of who asks, and may differ from request to request.
const OF_THE_REQUEST: &[&str] = &[
    "accept",
    "cache-control",
    "chatkit-",
    "connection",
    "content-",
    "date",
    "dnt",
    "host",
    "idempotency-key",
    "keep-alive",
    "origin",
    "pragma",
    "priority",
    "referer",
    "sec-",
    "te",
    "traceparent",
    "tracestate",
    "transfer-encoding",
    "user-agent",
    "x-request-id",
];

impl Asker {
    /// Who a recorded request came from.
    pub fn of(headers: &BTreeMap<String, String>) -> Self {
        if headers.values().any(|value| value.contains(REDACTED)) {
            return Self::Hidden;
        }
        let names = headers.iter().map(|(name, value)| {
            let name = name.to_ascii_lowercase();
            (name, value.clone())
        });
        let tells = |name: &str| !OF_THE_REQUEST.iter().any(|known| name.starts_with(known));
        Self::Headers(names.filter(|(name, _)| tells(name)).collect())
    }

    /// Whether two requests are known to have come from one user.
    pub fn is_surely(&self, other: &Self) -> bool {
        self == other && *self != Self::Hidden
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asker(headers: &[(&str, &str)]) -> Asker {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Asker::of(&headers.iter().map(owned).collect())
    }

    #[test]
    fn users_are_told_apart_by_whatever_header_their_app_knows_them_by() {
        let ann = asker(&[("x-user", "ann"), ("content-length", "49")]);
        assert!(ann.is_surely(&asker(&[("X-User", "ann"), ("Content-Length", "7")])));
        assert!(!ann.is_surely(&asker(&[("x-user", "ben"), ("content-length", "49")])));
        assert!(!ann.is_surely(&asker(&[("content-length", "49")])));
        assert!(asker(&[]).is_surely(&asker(&[("accept", "*/*")])));
    }

    #[test]
    fn of_two_whose_credentials_were_taken_out_nobody_knows_whether_they_are_one() {
        let hidden = asker(&[("authorization", REDACTED)]);
        assert!(!hidden.is_surely(&hidden));
    }
}
