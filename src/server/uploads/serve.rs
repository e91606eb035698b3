//! The address of one file: the second phase of its upload, and its bytes for whoever has the id.

use std::sync::Arc;

use axum::RequestExt;
use axum::body::Body;
use axum::extract::{Multipart, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::TryStreamExt;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::fs::File;
use tokio_util::io::ReaderStream;

use super::super::app::App;
use super::super::extract::Id;
use super::super::hosted::document;
use super::super::refusal::Refusal;
use super::disk::Broken;
use super::entry::{Entry, Held, Received};
use super::{TOKEN_HEADER, essence, form, no_file};
use crate::protocol::Attachment;

/// How much of a file is read at once, in bytes.
const CHUNK: usize = 64 * 1024;

/// What RFC 5987 wants encoded in a name; encoding more does no harm.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_');

/// `PUT` and `POST /files/{id}`: the bytes that were announced.
pub(super) async fn upload(
    State(app): State<Arc<App>>,
    Id(id): Id,
    request: Request,
) -> Result<Response, Refusal> {
    let entry = app.upload_entry(&id).await?;
    let entry = entry.ok_or_else(|| no_file(&id))?;
    check_token(&entry, &request)?;
    let faults = app.uploads.faults(&id);
    if let Some(refusal) = faults.and_then(|faults| faults.refuse_upload()) {
        return Ok(refusal);
    }
    let received = receive(&app, &entry, request).await?;
    app.fill_entry(&id, received).await?;
    Ok(document(&app.whole(&id, &entry).await?))
}

/// `GET /files/{id}`.
pub(super) async fn download(State(app): State<Arc<App>>, Id(id): Id) -> Result<Response, Refusal> {
    let entry = app.upload_entry(&id).await?;
    let entry = entry.ok_or_else(|| no_file(&id))?;
    let attachment = app.attachment(&id, &entry).await?;
    let held = entry.bytes.ok_or_else(|| {
        let message = format!("attachment {id} was announced, and its bytes have not come");
        Refusal::not_found("file_not_uploaded", "id", message)
    })?;
    let (body, size) = match held {
        Held::File(stored) => {
            // Deleted between the look-up and here, it is gone as one that never was.
            let file = File::open(stored.path()).await.map_err(|_| no_file(&id))?;
            let bytes = ReaderStream::with_capacity(file, CHUNK);
            (Body::from_stream(bytes), stored.size)
        }
        Held::Noted(noted) => {
            let size = noted.size;
            (Body::from_stream(app.noted_bytes(noted)), size)
        }
    };
    Ok(file_response(body, size, &attachment))
}

impl App {
    async fn attachment(&self, id: &str, entry: &Entry) -> Result<Attachment, Refusal> {
        let found = self.store.attachment(&entry.user, &id.into()).await?;
        found.ok_or_else(|| no_file(id))
    }

    /// Makes an announced attachment a whole one, whose bytes have come.
    async fn whole(&self, id: &str, entry: &Entry) -> Result<Attachment, Refusal> {
        // A message may claim it while the bytes come.
        let whole = |attachment: &mut Attachment| attachment.upload_descriptor = None;
        let changed = self
            .change_attachment(&entry.user, &id.into(), whole)
            .await?;
        changed.ok_or_else(|| no_file(id))
    }
}

fn check_token(entry: &Entry, request: &Request) -> Result<(), Refusal> {
    // The address of an older server's `upload_url` comes without headers, and carries the token.
    let query = request.uri().query();
    let query = query.and_then(|query| query.strip_prefix("token="));
    let header = request.headers().get(TOKEN_HEADER);
    let given = header.map(HeaderValue::as_bytes);
    let given = given.or(query.map(str::as_bytes));
    let wanted = entry.token.as_deref().map(str::as_bytes);
    let message = match (given, wanted) {
        (Some(given), Some(wanted)) if given == wanted => return Ok(()),
        (_, None) => "this file was uploaded at once; it takes no more bytes".to_owned(),
        (None, _) => {
            format!("send the headers of the upload_descriptor, {TOKEN_HEADER} among them")
        }
        (Some(_), _) => format!("{TOKEN_HEADER} is not the one of this upload's descriptor"),
    };
    Err(Refusal::new(
        StatusCode::FORBIDDEN,
        "invalid_upload_token",
        message,
    ))
}

/// The bytes of the body; of its field `file`, where the app sends a form here too.
async fn receive<'a>(
    app: &'a App,
    entry: &Entry,
    request: Request,
) -> Result<Received<'a>, Refusal> {
    let size = entry.size;
    size.check_announced(request.headers())?;
    if is_form(request.headers()) {
        let form = request.extract::<Multipart, _>().await;
        let mut form = form.map_err(|_| Broken::CutShort.refusal(size))?;
        let file = form::receive_file(app, &mut form, size).await?;
        return Ok(file.received);
    }
    let chunks = request.into_body().into_data_stream();
    let chunks = chunks.map_err(|error| Broken::of(&error));
    app.receive(chunks, size).await
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| essence(kind) == "multipart/form-data")
}

/// The bytes, in a way that lets no upload act as a page of this server: only pictures open in the
/// browser, and of those not SVG, which can carry scripts.
fn file_response(body: Body, size: u64, attachment: &Attachment) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    let octets = HeaderValue::from_static("application/octet-stream");
    let kind = HeaderValue::from_str(&attachment.mime_type).unwrap_or(octets);
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CONTENT_LENGTH, size.into());
    let nosniff = HeaderValue::from_static("nosniff");
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
    // A frontend that isolates itself could not show a preview from another port without this.
    let anyone = HeaderValue::from_static("cross-origin");
    headers.insert("cross-origin-resource-policy", anyone);
    let essence = essence(&attachment.mime_type);
    if !essence.starts_with("image/") || essence.starts_with("image/svg") {
        let name = utf8_percent_encode(&attachment.name, ENCODED);
        let disposition = HeaderValue::try_from(format!("attachment; filename*=UTF-8''{name}"));
        let disposition = disposition.expect("a percent-encoded name is printable ASCII");
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}
