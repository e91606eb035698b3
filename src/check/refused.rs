//! A backend that lets nobody in is told apart from one that fails.

use super::evidence::Evidence;
use crate::error::{Error, HttpFailure};

/// The first turn was refused for want of credentials, so that nothing else was tried.
pub fn refused(evidence: &Evidence) -> Option<Error> {
    let [first] = &evidence.exchanges[..] else {
        return None;
    };
    let status = Some(first.status()).filter(|status| matches!(status, 401 | 403))?;
    let document = first.document().unwrap_or_default();
    Some(Error::Http(Box::new(HttpFailure {
        status,
        reason: if status == 401 {
            "Unauthorized"
        } else {
            "Forbidden"
        },
        message: document["error"]["message"].as_str().map(ToOwned::to_owned),
        code: None,
        param: None,
        request_id: first.header("x-request-id").map(ToOwned::to_owned),
        retry_after: None,
    })))
}
