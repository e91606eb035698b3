//! Upload addresses on the backend, which become addresses on the proxy.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, Response, header};
use bytes::Bytes;
use futures_util::stream;
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use super::breaking::Breaking;

/// The largest answer that is looked into, in bytes: an attachment is much smaller.
const MAX_ANSWER: u64 = 64 * 1024;

/// The operation whose answer names an upload address.
const OPERATION: &[u8] = b"\"attachments.create\"";

/// Whether a request asks for an upload, as far as it has passed.
///
/// An answer in which an address is to change is held back until it is whole, and no other one is.
#[derive(Clone, Default)]
pub(super) struct Asked(Arc<AtomicBool>);

/// A request's body, which is looked through as it passes.
struct Watched {
    body: Body,
    /// The end of what has passed, in which the operation's name may have begun.
    tail: Vec<u8>,
    asked: Asked,
}

/// The request, whose body tells as it passes whether it asks for an upload.
pub(super) fn watched(request: Request<Body>) -> (Request<Body>, Asked) {
    let asked = Asked::default();
    if request.method() != Method::POST {
        return (request, asked);
    }
    let watched = |body| Watched {
        body,
        tail: Vec::new(),
        asked: asked.clone(),
    };
    (request.map(|body| Body::new(watched(body))), asked)
}

impl Watched {
    fn look(&mut self, bytes: &[u8]) {
        if self.asked.0.load(Ordering::Relaxed) {
            return;
        }
        let kept = self.tail.len();
        self.tail.extend(&bytes[..bytes.len().min(OPERATION.len())]);
        let has = |bytes: &[u8]| memchr::memmem::find(bytes, OPERATION).is_some();
        if has(&self.tail) || has(bytes) {
            self.asked.0.store(true, Ordering::Relaxed);
        }
        self.tail.truncate(kept);
        self.tail
            .extend(&bytes[bytes.len().saturating_sub(OPERATION.len())..]);
        let spare = self.tail.len().saturating_sub(OPERATION.len());
        self.tail.drain(..spare);
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if let Some(Ok(frame)) = &frame
            && let Some(bytes) = frame.data_ref()
        {
            self.look(bytes);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Asked {
    /// Whether the answer is a document that may name an upload address.
    pub fn may_be_named_in<B: HttpBody>(&self, response: &Response<B>) -> bool {
        self.0.load(Ordering::Relaxed) && may_name_one(response)
    }
}

fn may_name_one<B: HttpBody>(response: &Response<B>) -> bool {
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
                let body = Breaking::new(Body::from_stream(stream::iter(pieces)));
                return Response::from_parts(head, Body::new(body));
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

    #[tokio::test]
    async fn what_asks_for_an_upload_is_seen_wherever_its_pieces_end() {
        let text = br#"{"params":{},"type":"attachments.create"}"#;
        for size in [1, 7, 30, 100] {
            let pieces: Vec<_> = text
                .chunks(size)
                .map(|piece| Ok::<_, axum::Error>(Bytes::copy_from_slice(piece)))
                .collect();
            let body = Body::from_stream(stream::iter(pieces));
            let request = Request::post("/chatkit").body(body).unwrap();
            let (request, asked) = watched(request);
            let passed = request.into_body().collect().await.unwrap().to_bytes();
            assert_eq!(&*passed, text);
            assert!(asked.0.load(Ordering::Relaxed), "in pieces of {size}");
        }
        let other = Request::post("/chatkit").body(Body::from(r#"{"type":"threads.list"}"#));
        let (request, asked) = watched(other.unwrap());
        request.into_body().collect().await.unwrap();
        assert!(!asked.0.load(Ordering::Relaxed));
    }

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
