//! Direct uploads: a form with a field `file`, answered by the attachment.

use std::sync::Arc;

use axum::extract::multipart::{MultipartError, MultipartRejection};
use axum::extract::{Multipart, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use futures_util::TryStreamExt;

use super::super::app::{App, Caller};
use super::super::hosted::document;
use super::super::refusal::Refusal;
use super::super::routes::local_caller;
use super::disk::Broken;
use super::entry::{Entry, Received};
use super::{MAX_UPLOAD, Size};
use crate::protocol::Attachment;

/// What a part is where it does not say.
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// `POST /files`.
pub(super) async fn upload(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Result<Multipart, MultipartRejection>,
) -> Result<Response, Refusal> {
    let caller = local_caller(&app, &headers)?;
    let size = Size::UpTo(MAX_UPLOAD);
    size.check_announced(&headers)?;
    let attachment = receive(&app, &caller, size, body).await?;
    Ok(document(&attachment))
}

/// Keeps the file of a form as an attachment of the caller's.
pub(in crate::server) async fn receive(
    app: &App,
    caller: &Caller,
    size: Size,
    body: Result<Multipart, MultipartRejection>,
) -> Result<Attachment, Refusal> {
    let mut form = body.map_err(|_| no_form())?;
    let file = receive_file(app, &mut form, size).await?;
    let attachment = app.new_attachment(caller, file.name, file.mime_type);
    let entry = Entry {
        user: Arc::clone(&caller.user),
        token: None,
        size,
        bytes: None,
    };
    app.keep_attachment(entry, &attachment, Some(file.received))
        .await?;
    Ok(attachment)
}

/// The file that a form carries.
pub(super) struct FormFile<'a> {
    name: String,
    mime_type: String,
    pub received: Received<'a>,
}

/// Keeps the field `file` of a form, whatever stands before it.
pub(super) async fn receive_file<'a>(
    app: &'a App,
    form: &mut Multipart,
    size: Size,
) -> Result<FormFile<'a>, Refusal> {
    let refuse = |error: &MultipartError| broken(error).refusal(size);
    while let Some(field) = form.next_field().await.map_err(|error| refuse(&error))? {
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().filter(|name| !name.is_empty());
        return Ok(FormFile {
            name: name.unwrap_or("file").to_owned(),
            mime_type: field.content_type().unwrap_or(UNKNOWN_TYPE).to_owned(),
            received: app
                .receive(field.map_err(|error| broken(&error)), size)
                .await?,
        });
    }
    let refusal = Refusal::invalid("file", "the form has no field 'file'");
    Err(Refusal {
        code: "missing_required_parameter",
        ..refusal
    })
}

fn broken(error: &MultipartError) -> Broken {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Broken::TooLarge,
        _ => Broken::of(error),
    }
}

fn no_form() -> Refusal {
    Refusal::new(
        StatusCode::BAD_REQUEST,
        "invalid_form",
        "an upload is multipart/form-data with a field 'file'",
    )
}
