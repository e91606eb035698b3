//! Upload addresses on the backend, which become addresses on the proxy.

use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use bytes::Bytes;
use futures_util::stream;
use http_body_util::BodyExt;
use hyper::body::Body as HttpBody;

/// The largest answer that is looked into, in bytes: an attachment is much smaller.
const MAX_ANSWER: u64 = 64 * 1024;

/// Whether the answer is a document that may name an upload address.
pub(super) fn may_name_one<B: HttpBody>(response: &Response<B>) -> bool {
    let media_type = response.headers().get(header::CONTENT_TYPE);
    let is_json =
        media_type.is_some_and(|media_type| media_type.as_bytes().starts_with(b"application/json"));
    let size = response.body().size_hint().exact();
    is_json && response.status().is_success() && size.is_some_and(|size| size <= MAX_ANSWER)
}

/// The answer, in which an upload address on `theirs` is one on `ours`.
pub(super) async fn redirect<B>(response: Response<B>, theirs: &str, ours: &str) -> Response<Body>
where
    B: HttpBody<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>> + Send + 'static,
{
    let (mut head, mut body) = response.into_parts();
    let mut whole = Vec::new();
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => whole.extend_from_slice(frame.data_ref().map_or(&[], |bytes| bytes)),
            Err(error) => {
                // What came goes on, and breaks where it broke.
                let pieces = [Ok(Bytes::from(whole)), Err(error.into())];
                return Response::from_parts(head, Body::from_stream(stream::iter(pieces)));
            }
        }
    }
    if let Some(changed) = redirected(&whole, theirs, ours) {
        head.headers
            .insert(header::CONTENT_LENGTH, HeaderValue::from(changed.len()));
        whole = changed.into_bytes();
    }
    Response::from_parts(head, Body::from(whole))
}

/// A document in which an upload address on `theirs` is one on `ours`; `None` if it has none.
pub(in crate::server) fn redirected(document: &[u8], theirs: &str, ours: &str) -> Option<String> {
    let text = std::str::from_utf8(document).ok()?;
    if !text.contains("\"upload_descriptor\"") && !text.contains("\"upload_url\"") {
        return None;
    }
    let theirs = format!("\"{theirs}/");
    text.contains(&theirs)
        .then(|| text.replace(&theirs, &format!("\"{ours}/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_upload_address_on_the_backend_changes() {
        let (theirs, ours) = ("http://b:1", "http://p:2");
        let here = r#"{"upload_descriptor":{"url":"http://b:1/files/1","method":"PUT"}}"#;
        assert_eq!(
            redirected(here.as_bytes(), theirs, ours).unwrap(),
            r#"{"upload_descriptor":{"url":"http://p:2/files/1","method":"PUT"}}"#
        );
        for other in [
            r#"{"upload_url":"http://b:10/files/1"}"#,
            r#"{"text":"http://b:1/files"}"#,
            r#"{"upload_url":"https://bucket/x"}"#,
        ] {
            assert_eq!(redirected(other.as_bytes(), theirs, ours), None);
        }
    }
}
