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
use super::disk::{Broken, Stored};
use super::{Entry, TOKEN_HEADER, essence, form};
use crate::protocol::{Attachment, AttachmentId};

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
    let entry = app.uploads.entry(&id).ok_or_else(|| no_file(&id))?;
    check_token(&entry, &request)?;
    if let Some(refusal) = entry
        .faults
        .as_ref()
        .and_then(|faults| faults.refuse_upload())
    {
        return Ok(refusal);
    }
    let bytes = receive(&app, &entry, request).await?;
    Ok(document(&app.keep_bytes(&id, &entry, bytes).await?))
}

/// `GET /files/{id}`.
pub(super) async fn download(State(app): State<Arc<App>>, Id(id): Id) -> Result<Response, Refusal> {
    let entry = app.uploads.entry(&id).ok_or_else(|| no_file(&id))?;
    let attachment = app.attachment(&id, &entry).await?;
    let bytes = entry.bytes.ok_or_else(|| {
        let message = format!("attachment {id} was announced, and its bytes have not come");
        Refusal::not_found("file_not_uploaded", "id", message)
    })?;
    // Deleted between the look-up and here, it is gone as one that never was.
    let file = File::open(bytes.path()).await.map_err(|_| no_file(&id))?;
    Ok(file_response(file, bytes.size, &attachment))
}

impl App {
    async fn attachment(&self, id: &str, entry: &Entry) -> Result<Attachment, Refusal> {
        let found = self.store.attachment(&entry.user, &id.into()).await?;
        found.ok_or_else(|| no_file(id))
    }

    /// Makes an announced attachment a whole one.
    async fn keep_bytes(
        &self,
        id: &str,
        entry: &Entry,
        bytes: Stored,
    ) -> Result<Attachment, Refusal> {
        // What an earlier upload left is deleted with this, once the lock is open again.
        let _earlier = match self.uploads.lock().get_mut(id) {
            Some(entry) => entry.bytes.replace(Arc::new(bytes)),
            None => return Err(no_file(id)),
        };
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
async fn receive(app: &App, entry: &Entry, request: Request) -> Result<Stored, Refusal> {
    let size = entry.size;
    size.check_announced(request.headers())?;
    if is_form(request.headers()) {
        let form = request.extract::<Multipart, _>().await;
        let mut form = form.map_err(|_| Broken::CutShort.refusal(size))?;
        let file = form::receive_file(&app.uploads.disk, &mut form, size).await?;
        return Ok(file.bytes);
    }
    let chunks = request.into_body().into_data_stream();
    let chunks = chunks.map_err(|_| Broken::CutShort);
    app.uploads.disk.receive(chunks, size).await
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| essence(kind) == "multipart/form-data")
}

/// The bytes, in a way that lets no upload act as a page of this server: only pictures open in the
/// browser, and of those not SVG, which can carry scripts.
fn file_response(file: File, size: u64, attachment: &Attachment) -> Response {
    let bytes = ReaderStream::with_capacity(file, CHUNK);
    let mut response = Response::new(Body::from_stream(bytes));
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

fn no_file(id: &str) -> Refusal {
    let id = AttachmentId::from(id);
    let message = format!("there is no attachment {id}");
    Refusal::not_found("attachment_not_found", "id", message)
}
