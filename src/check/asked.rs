//! What the requests of a recording were: a proxy writes down everything that an app asks for.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::{Exchange, Way};
use crate::cassette::url_path;
use crate::protocol::{Attachment, Operation, from_slice};

/// Where a request went, and in which form.
#[derive(Clone, Debug, Default)]
pub(super) struct Address {
    /// The path of its address.
    path: String,
    /// Its content type without parameters, in lower case; empty where it had none.
    media_type: String,
}

/// What a request was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// One for the `ChatKit` endpoint.
    ChatKit,
    /// The bytes of a file, which the backend took.
    Upload(Way),
    /// Anything else that went the same way, of which the protocol says nothing.
    Other,
}

/// What a recording tells of its addresses.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// The paths at which operations were asked for.
    endpoints: BTreeSet<String>,
    /// The paths to which the answers to `attachments.create` send the bytes.
    uploads: BTreeSet<String>,
}

impl Address {
    pub fn of(url: &str, headers: &BTreeMap<String, String>) -> Self {
        let mut headers = headers.iter();
        let content_type = headers.find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let media_type = content_type.and_then(|(_, value)| value.split(';').next());
        Self {
            path: url_path(url).to_owned(),
            media_type: media_type.unwrap_or_default().trim().to_ascii_lowercase(),
        }
    }

    fn is_form(&self) -> bool {
        self.media_type == "multipart/form-data"
    }

    /// Whether its body may be one that a `ChatKit` client sends, however broken it is.
    fn may_be_chatkit(&self) -> bool {
        let media_type = self.media_type.as_str();
        matches!(media_type, "" | "application/json" | "text/plain")
            || media_type.ends_with("+json")
    }
}

impl Places {
    pub fn of<'a>(asked: impl Iterator<Item = (&'a Exchange, &'a Address)>) -> Self {
        let mut places = Self::default();
        for (exchange, address) in asked.filter(|(exchange, _)| exchange.method == "POST") {
            let Some(operation) = exchange.operation() else {
                continue;
            };
            places.endpoints.insert(address.path.clone());
            if operation == Operation::CreateAttachment
                && let Ok(attachment) = from_slice::<Attachment>(&exchange.body)
                && let Some(descriptor) = attachment.upload_descriptor
            {
                let path = url_path(&descriptor.url).to_owned();
                places.uploads.insert(path);
            }
        }
        places
    }

    /// What a request was.
    pub fn sort(&self, exchange: &Exchange, address: &Address) -> Sort {
        let is_post = exchange.method == "POST";
        let is_operation = exchange.operation().is_some();
        if is_post && (is_operation || self.is_endpoint(address) && address.may_be_chatkit()) {
            return Sort::ChatKit;
        }
        let is_announced = self.uploads.contains(&address.path);
        match exchange.method.as_str() {
            // Whether a file that was refused had to be taken nobody can tell any more.
            _ if exchange.status() >= 400 => Sort::Other,
            "POST" | "PUT" if is_announced => Sort::Upload(Way::TwoPhase),
            "POST" if address.is_form() && holds_file(&exchange.request) => {
                Sort::Upload(Way::Direct)
            }
            _ => Sort::Other,
        }
    }

    /// Where no operation was asked for at all, any address may be the endpoint.
    fn is_endpoint(&self, address: &Address) -> bool {
        self.endpoints.is_empty() || self.endpoints.contains(&address.path)
    }
}

/// Whether a form has the field in which the guides have the file.
fn holds_file(form: &[u8]) -> bool {
    let field = b"name=\"file\"";
    form.windows(field.len()).any(|bytes| bytes == field)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::check::evidence::Head;

    fn asked(method: &str, url: &str, media_type: &str, body: &'static str) -> (Exchange, Address) {
        let mut exchange = Exchange::asked(Bytes::from_static(body.as_bytes()));
        exchange.method = method.into();
        exchange.head = Some(Head {
            status: 200,
            headers: Vec::new(),
            at: std::time::Duration::ZERO,
        });
        let headers = BTreeMap::from([("content-type".to_owned(), media_type.to_owned())]);
        (exchange, Address::of(url, &headers))
    }

    fn sorts(all: &[(Exchange, Address)]) -> Vec<Sort> {
        let places = Places::of(all.iter().map(|(exchange, address)| (exchange, address)));
        let sort = |(exchange, address): &(Exchange, Address)| places.sort(exchange, address);
        all.iter().map(sort).collect()
    }

    const LIST: &str = r#"{"type":"threads.list","params":{}}"#;
    const FORM: &str = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nabc\r\n--x--\r\n";

    #[test]
    fn only_posts_to_the_endpoint_are_requests_for_chatkit() {
        let mut announced = asked(
            "POST",
            "http://a/chatkit",
            "application/json",
            r#"{"type":"attachments.create","params":{}}"#,
        );
        announced.0.body = Bytes::from_static(
            br#"{"type":"file","id":"f","name":"a","mime_type":"text/plain","upload_descriptor":{"url":"http://b/up/f?sig=1","method":"PUT","headers":{}}}"#,
        );
        let all = [
            announced,
            asked("POST", "http://a/chatkit", "application/json", LIST),
            asked("POST", "http://a/chatkit", "application/json", "{\"type\""),
            asked("PUT", "http://b/up/f?sig=2", "text/plain", "the bytes"),
            asked(
                "POST",
                "http://a/files",
                "multipart/form-data; boundary=x",
                FORM,
            ),
            asked("GET", "http://a/healthz", "", ""),
            asked("POST", "http://a/login", "application/json", "{}"),
        ];
        let expected = [
            Sort::ChatKit,
            Sort::ChatKit,
            Sort::ChatKit,
            Sort::Upload(Way::TwoPhase),
            Sort::Upload(Way::Direct),
            Sort::Other,
            Sort::Other,
        ];
        assert_eq!(sorts(&all), expected);
    }

    #[test]
    fn a_recording_of_nothing_but_broken_requests_is_judged_still() {
        let all = [asked("POST", "http://a/x", "application/json", "no JSON")];
        assert_eq!(sorts(&all), [Sort::ChatKit]);
    }

    #[test]
    fn a_file_that_was_refused_is_nobodys_fault() {
        let mut upload = asked("POST", "http://a/files", "multipart/form-data", FORM);
        upload.0.head.as_mut().unwrap().status = 413;
        assert_eq!(sorts(&[upload]), [Sort::Other]);
    }
}
