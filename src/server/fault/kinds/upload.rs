//! Faults of uploads.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde_json::Value;

use super::super::super::refusal::Refusal;
use super::super::apply::{Strike, Verdict};
use super::super::asked::Asked;
use super::super::row::{Act, Reach, Row};
use super::super::value::Kind;
use super::param;

pub(in super::super) const ROWS: &[Row] = &[
    Row {
        name: "upload-url",
        params: &[],
        reach: Reach::Only(&["attachments.create"]),
        does: "answers with the upload_url of older servers, and no upload_descriptor",
        client: "posts the file there as a form",
        act: Act::Document(upload_url),
    },
    Row {
        name: "no-upload-address",
        params: &[],
        reach: Reach::Only(&["attachments.create"]),
        does: "answers with an attachment that does not say where its bytes go",
        client: "says that the server offers no way to upload, and does not send the message without it",
        act: Act::Document(no_address),
    },
    Row {
        name: "upload-fails",
        params: &[param("code", Kind::Status, "500", "the HTTP status")],
        reach: Reach::Only(&["upload"]),
        does: "refuses the bytes of an upload",
        client: "marks the file as failed, offers to try again, and keeps the draft",
        act: Act::Before(fails),
    },
];

fn upload_url(_: &Strike, _: &Asked, attachment: &mut Value) {
    let Some(attachment) = attachment.as_object_mut() else {
        return;
    };
    let Some(descriptor) = attachment.shift_remove("upload_descriptor") else {
        return;
    };
    // An address without headers must show by itself that it was given to the right one.
    let headers = descriptor["headers"].as_object();
    let token = headers.and_then(|headers| headers.values().next());
    let token = token.and_then(Value::as_str).unwrap_or_default();
    let url = descriptor["url"].as_str().unwrap_or_default();
    attachment.insert(
        "upload_url".to_owned(),
        format!("{url}?token={token}").into(),
    );
}

fn no_address(_: &Strike, _: &Asked, attachment: &mut Value) {
    if let Some(attachment) = attachment.as_object_mut() {
        attachment.shift_remove("upload_descriptor");
    }
}

fn fails(strike: &mut Strike, _: &Asked) -> Verdict {
    let status: StatusCode = strike.fault.status("code");
    let message = "the mock refuses the upload, as it was asked to";
    Verdict::Answer(Refusal::new(status, "upload_failed", message).into_response())
}
