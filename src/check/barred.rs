//! A backend of which nothing can be said: it was not reached, or it lets nobody in.

use super::evidence::{Barred, Evidence, Trouble};
use crate::cassette::hide;
use crate::client::{Backend, HeaderName, HeaderValue, failure_of};
use crate::error::Error;

/// What keeps a backend from being looked at, and the error that says it.
pub fn barred(
    unanswered: Option<Error>,
    evidence: &Evidence,
    backend: &Backend,
) -> Option<(Barred, Error)> {
    if let Some(error) = unanswered {
        let error = unreached(error, backend);
        let trouble = trouble(&error);
        return Some((Barred::Unreached(trouble), error));
    }
    let error = refused(evidence)?;
    Some((Barred::Refused(trouble(&error)), error))
}

fn trouble(error: &Error) -> Trouble {
    Trouble {
        // A backend may repeat what it was sent, and reports are read by more people than it.
        what: hide(&error.to_string()).into_owned(),
        fix: error.hint().unwrap_or_default().into(),
    }
}

/// Why there was no answer, with the command that looks at every step of the way.
pub fn unreached(error: Error, backend: &Backend) -> Error {
    let address = backend.describe();
    let error = match error {
        // A chain of redirects that leads nowhere is no backend's answer.
        Error::Http(failure) if (300..400).contains(&failure.status) => Error::Unreachable {
            url: address.clone(),
            reason: failure.message.unwrap_or_else(|| failure.reason.to_owned()),
        },
        error => error,
    };
    if error.code() != UNREACHED {
        return error;
    }
    let place = if backend.is_hosted() {
        ", with the same options".to_owned()
    } else {
        format!(" --url {address}")
    };
    Error::Diagnosed {
        message: error.to_string(),
        code: UNREACHED,
        hint: Some(format!(
            "see which step of the way fails: chatkit doctor{place}"
        )),
    }
}

/// The exit code of a backend that is not reached, or does not answer in time.
const UNREACHED: u8 = 5;

/// The first turn was refused for want of credentials, so that nothing else was tried.
pub fn refused(evidence: &Evidence) -> Option<Error> {
    let [first] = &evidence.exchanges[..] else {
        return None;
    };
    let head = first.head.as_ref();
    let head = head.filter(|head| matches!(head.status, 401 | 403))?;
    let headers = head.headers.iter().filter_map(|(name, value)| {
        let name = HeaderName::try_from(name).ok()?;
        Some((name, HeaderValue::try_from(value).ok()?))
    });
    let failure = failure_of(head.status, headers.collect(), &first.body);
    Some(Error::Http(Box::new(failure)))
}
