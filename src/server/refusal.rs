//! What the mock answers where the reference server answers 500 or a dead stream: a 4xx that says
//! what is wrong, in `OpenAI`'s error object.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::protocol::DecodeError;
use crate::store::StoreError;

/// A request that is not carried out, and that has changed nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: StatusCode,
    /// The class of the error.
    pub kind: &'static str,
    /// A stable word for the cause.
    pub code: &'static str,
    /// The field that is at fault, as a path.
    pub param: Option<String>,
    /// What is wrong, for a person.
    pub message: String,
    /// Seconds after which the request may succeed.
    pub retry_after: Option<u64>,
}

/// The error object as the hosted API writes it, where absent fields are `null`.
#[derive(Serialize)]
struct Body<'a> {
    error: Object<'a>,
}

#[derive(Serialize)]
struct Object<'a> {
    message: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    param: Option<&'a str>,
    code: &'a str,
}

/// The stable word of a refusal, beside the response that it became.
#[derive(Clone, Copy, Debug)]
pub(super) struct Code(pub &'static str);

impl Refusal {
    /// A refusal of this status, without a field at fault.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        let kind = match status {
            StatusCode::TOO_MANY_REQUESTS => "rate_limit_error",
            status if status.is_server_error() => "server_error",
            _ => "invalid_request_error",
        };
        Self {
            status,
            kind,
            code,
            param: None,
            message: message.into(),
            retry_after: None,
        }
    }

    /// 408 for a body of which no more came.
    pub fn stalled(message: impl Into<String>) -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "request_timeout", message)
    }

    /// 400 for a field that is not as it must be.
    pub fn invalid(param: impl Into<String>, message: impl Into<String>) -> Self {
        let refusal = Self::new(StatusCode::BAD_REQUEST, "invalid_value", message);
        Self {
            param: Some(param.into()),
            ..refusal
        }
    }

    /// 404 for something that this user does not have.
    pub fn not_found(
        code: &'static str,
        param: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        let refusal = Self::new(StatusCode::NOT_FOUND, code, message);
        Self {
            param: Some(param.into()),
            ..refusal
        }
    }

    /// 404 for an item that the thread does not have.
    pub fn no_item(param: &str, id: &str) -> Self {
        Self::not_found(
            "item_not_found",
            param,
            format!("the thread has no item {id}"),
        )
    }
}

impl From<DecodeError> for Refusal {
    fn from(error: DecodeError) -> Self {
        let missing = error
            .message
            .strip_prefix("missing field `")
            .and_then(|rest| rest.strip_suffix('`'));
        let (code, param) = match missing {
            Some(field) if error.path.is_empty() => {
                ("missing_required_parameter", field.to_owned())
            }
            Some(field) => (
                "missing_required_parameter",
                format!("{}.{field}", error.path),
            ),
            // What was found was read: it is JSON, and something else than was expected.
            None if error.path.is_empty() && error.message.contains(", found ") => {
                ("invalid_type", String::new())
            }
            None if error.path.is_empty() => ("invalid_json", String::new()),
            None => ("invalid_type", error.path.clone()),
        };
        let refusal = Self::new(StatusCode::BAD_REQUEST, code, error.to_string());
        Self {
            param: Some(param).filter(|param| !param.is_empty()),
            ..refusal
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let message = error.to_string();
        match error {
            StoreError::NoThread(_) => Self::not_found("thread_not_found", "thread_id", message),
            StoreError::NoCursor(_) => Self {
                code: "invalid_cursor",
                ..Self::invalid("after", message)
            },
            StoreError::Unavailable(_) => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "store_unavailable",
                message,
            ),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = Body {
            error: Object {
                message: &self.message,
                kind: self.kind,
                param: self.param.as_deref(),
                code: self.code,
            },
        };
        let mut response = (self.status, axum::Json(body)).into_response();
        response.extensions_mut().insert(Code(self.code));
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            // The hosted API's own words, seen in captures.
            let challenge = HeaderValue::from_static("Bearer realm=\"OpenAI API\"");
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if self.status == StatusCode::PAYLOAD_TOO_LARGE {
            // Nobody reads the rest of what is too large, so that no other request can follow it.
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(path: &str, message: &str) -> (String, Option<String>) {
        let error = DecodeError {
            path: path.into(),
            message: message.into(),
        };
        let refusal = Refusal::from(error);
        (refusal.code.to_owned(), refusal.param)
    }

    #[test]
    fn a_decoding_error_names_the_field_that_is_at_fault() {
        let missing = "missing_required_parameter".to_owned();
        assert_eq!(
            refusal("", "missing field `type`"),
            (missing.clone(), Some("type".into()))
        );
        assert_eq!(
            refusal("params.input", "missing field `content`"),
            (missing, Some("params.input.content".into()))
        );
        assert_eq!(
            refusal("params.limit", "expected u64, found string"),
            ("invalid_type".into(), Some("params.limit".into()))
        );
        assert_eq!(
            refusal("", "expected an object, found an array"),
            ("invalid_type".into(), None)
        );
        assert_eq!(
            refusal("", "EOF while parsing"),
            ("invalid_json".into(), None)
        );
    }
}
