//! What an HTTP status that is no success says, and what to do about it.

/// A status that is no success, with what maintainers ask for first.
#[derive(Debug, Default)]
pub struct HttpFailure {
    /// The HTTP status.
    pub status: u16,
    /// The status's words, for example `Not Found`.
    pub reason: &'static str,
    /// The backend's own message.
    pub message: Option<String>,
    /// The error object's `code`.
    pub code: Option<String>,
    /// The error object's `param`.
    pub param: Option<String>,
    /// The `x-request-id` header.
    pub request_id: Option<String>,
    /// The `retry-after` header.
    pub retry_after: Option<String>,
    /// Whether it is a redirect that names no address.
    pub redirects_nowhere: bool,
    /// The file and the address that it was uploaded to, where that is what was answered.
    pub upload: Option<String>,
    /// What to do, where more is known of it than the status says.
    pub hint: Option<String>,
}

impl std::error::Error for HttpFailure {}

impl std::fmt::Display for HttpFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.upload {
            Some(upload) => write!(f, "the upload of {upload} was answered {}", self.status)?,
            None => write!(f, "the backend answered {}", self.status)?,
        }
        // A status that nobody has registered has no words.
        if !self.reason.is_empty() {
            write!(f, " {}", self.reason)?;
        }
        if let Some(message) = &self.message {
            write!(f, ": {message}")?;
        }
        let details = [
            ("code", &self.code),
            ("param", &self.param),
            ("x-request-id", &self.request_id),
            ("retry-after", &self.retry_after),
        ];
        let mut separator = " (";
        for (name, value) in details {
            if let Some(value) = value {
                write!(f, "{separator}{name}: {value}")?;
                separator = ", ";
            }
        }
        if separator == ", " {
            f.write_str(")")
        } else {
            Ok(())
        }
    }
}

impl HttpFailure {
    pub(super) fn hint(&self) -> Option<String> {
        if self.hint.is_some() {
            return self.hint.clone();
        }
        let hint = match self.status {
            301 | 302 | 303 | 307 | 308 if self.redirects_nowhere => {
                "pass the address that is meant; the backend has to name it in a location header"
            }
            301 | 302 | 303 | 307 | 308 => "pass the address that it redirects to, if you trust it",
            401 => "check the API key, the client secret or the --header that authorises you",
            403 => {
                "pass what authorises you, or ask whoever runs the backend what these credentials may do"
            }
            // A code says that something else than the path was not found.
            404 | 405 if self.code.is_none() => {
                "check the path of --url; the guides' apps answer at /chatkit"
            }
            429 => "wait before you try again",
            500.. if self.message.is_none() => {
                "read the backend's own log; the reference server answers 500 to any request that it cannot read"
            }
            _ => return None,
        };
        Some(hint.into())
    }
}
