//! Uploads: two-phase, direct, or to the hosted service.

use reqwest::Method;
use reqwest::header::{self, ACCEPT, CONTENT_LENGTH, HeaderName, HeaderValue};
use url::Url;

use super::backend::{Backend, Inner, JSON, Target, document};
use super::file::{Piece, Shape, Upload};
use super::outgoing::{Outgoing, Payload};
use super::transport::Watcher;
use super::words::address;
use crate::cancel::Cancel;
use crate::error::{Breach, Error, Result};
use crate::protocol::{
    Attachment, CreateAttachment, DecodeError, Extra, Request, UploadDescriptor, UploadMethod,
};

impl Backend {
    /// Uploads a file and returns the attachment that stands for it.
    ///
    /// `progress` is told, now and then and at the end, how many bytes have been handed over.
    ///
    /// # Errors
    /// The file cannot be read, the backend was not reached, or it refuses.
    pub async fn upload(
        &self,
        upload: &Upload,
        mut progress: impl FnMut(u64) + Send,
        cancel: &Cancel,
    ) -> Result<Attachment> {
        match &self.inner.target {
            Target::SelfHosted {
                upload_url: None, ..
            } => self.two_phase(upload, &mut progress, cancel).await,
            Target::SelfHosted {
                upload_url: Some(url),
                ..
            } => {
                let uploaded = self.inner.form(url, upload, &mut progress, cancel).await;
                uploaded.map_err(|error| remedied(error, upload, url, &DIRECT))
            }
            Target::Hosted {
                files, sessions, ..
            } => {
                sessions.allow_uploads();
                let uploaded = self.inner.form(files, upload, &mut progress, cancel).await;
                uploaded.map_err(explained)
            }
        }
    }

    async fn two_phase(
        &self,
        upload: &Upload,
        progress: &mut (dyn FnMut(u64) + Send),
        cancel: &Cancel,
    ) -> Result<Attachment> {
        let request = Request::CreateAttachment(CreateAttachment {
            name: upload.name.clone(),
            size: upload.size,
            mime_type: upload.mime_type.clone(),
            extra: Extra::default(),
        });
        let own = self.inner.url();
        let announced = |error| remedied(error, upload, own, &ANNOUNCED);
        let created = self.call(&request, cancel).await;
        let created = created.map_err(|error| announced(of_upload(error, upload, own)));
        let attachment = named_by_id(created?.value)?;
        let (descriptor, shape) = second_phase(&attachment).map_err(announced)?;
        let (payload, watcher) = watched(upload, shape, progress);
        let outgoing = self.inner.second_phase(&descriptor, payload);
        let outgoing = outgoing.map_err(announced)?;
        let url = outgoing.url.clone();
        let sent = self
            .inner
            .transport
            .succeed(outgoing, Some(watcher), cancel);
        sent.await.map_err(|error| {
            let error = of_upload(error, upload, &url);
            remedied(error, upload, &url, &CARRIED)
        })?;
        Ok(attachment)
    }
}

/// How the bytes of an upload went, for whoever writes it down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carriage {
    /// Whether `attachments.create` came before it, which the attachment answered.
    pub is_announced: bool,
    /// Whether the bytes are the field `file` of a form.
    pub is_form: bool,
    /// The method.
    pub method: UploadMethod,
    /// The address.
    pub url: String,
}

impl Backend {
    /// How the bytes went of an upload that this attachment came of.
    pub fn carriage(&self, attachment: &Attachment) -> Carriage {
        let direct = match &self.inner.target {
            Target::SelfHosted { upload_url, .. } => upload_url.as_ref(),
            Target::Hosted { files, .. } => Some(files),
        };
        let announced = second_phase(attachment).ok().filter(|_| direct.is_none());
        let Some((descriptor, shape)) = announced else {
            return Carriage {
                is_announced: false,
                is_form: true,
                method: UploadMethod::Post,
                url: direct.map_or_else(|| self.describe(), Url::to_string),
            };
        };
        let url = self.inner.url().join(&descriptor.url);
        Carriage {
            is_announced: true,
            is_form: matches!(shape, Shape::Form),
            method: descriptor.method,
            url: url.map_or(descriptor.url, String::from),
        }
    }
}

impl Inner {
    /// Posts a file as the field `file` of a form, which the attachment answers.
    async fn form(
        &self,
        url: &Url,
        upload: &Upload,
        progress: &mut (dyn FnMut(u64) + Send),
        cancel: &Cancel,
    ) -> Result<Attachment> {
        let (payload, watcher) = watched(upload, Shape::Form, progress);
        let mut outgoing = Outgoing::new(Method::POST, url.clone(), "upload")
            .plain(ACCEPT, HeaderValue::from_static(JSON));
        outgoing.payload = payload;
        let sent = self.send(outgoing, Some(watcher), cancel).await;
        let answered = sent.map_err(|error| of_upload(error, upload, url))?;
        named_by_id(document(answered, "the upload", cancel).await?.value)
    }

    /// The request that carries the bytes.
    ///
    /// To the backend's own origin the user's headers go with it; to any other nothing goes but
    /// what the descriptor says.
    fn second_phase(&self, descriptor: &UploadDescriptor, payload: Payload) -> Result<Outgoing> {
        let url = self.url().join(&descriptor.url).ok();
        let url = url
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .ok_or_else(|| malformed("upload_descriptor.url", "expected an HTTP address"))?;
        let method = match descriptor.method {
            UploadMethod::Post => Method::POST,
            UploadMethod::Put => Method::PUT,
            // Another method would let the backend do with our headers what no upload does.
            UploadMethod::Other(_) => {
                return Err(malformed(
                    "upload_descriptor.method",
                    "expected POST or PUT",
                ));
            }
        };
        let is_own = url.origin() == self.url().origin();
        let mut outgoing = Outgoing::new(method, url, "upload");
        outgoing.payload = payload;
        if is_own {
            outgoing = outgoing.with(&self.transport.options);
        }
        for (name, value) in &descriptor.headers {
            let header = HeaderName::try_from(name)
                .ok()
                .zip(HeaderValue::try_from(value).ok());
            let (name, value) = header
                .ok_or_else(|| malformed("upload_descriptor.headers", "expected HTTP headers"))?;
            outgoing = outgoing.bound(name, value);
        }
        for name in OURS {
            outgoing.bound.remove(name);
        }
        Ok(outgoing)
    }
}

/// What a descriptor may name as a part of its signature, and no more: the file's own length is what
/// is sent, to the host that the address names, over a connection of ours.
const OURS: [HeaderName; 6] = [
    CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::HOST,
    header::CONNECTION,
    header::UPGRADE,
    header::EXPECT,
];

/// An attachment that a message can name.
fn named_by_id(attachment: Attachment) -> Result<Attachment> {
    if attachment.id.as_str().is_empty() {
        return Err(malformed(
            "id",
            "missing, so that no message can name the file",
        ));
    }
    Ok(attachment)
}

/// Where the bytes go, and how.
///
/// A descriptor says all of it, and its method takes the bytes as they are. The `upload_url` of
/// older servers came from apps that read a form (`file: UploadFile`).
fn second_phase(attachment: &Attachment) -> Result<(UploadDescriptor, Shape)> {
    if let Some(descriptor) = &attachment.upload_descriptor {
        return Ok((descriptor.clone(), Shape::Bare));
    }
    let Some(url) = &attachment.upload_url else {
        return Err(malformed(
            "upload_descriptor",
            "missing, so that there is nowhere to send the bytes",
        ));
    };
    let descriptor = UploadDescriptor {
        url: url.clone(),
        method: UploadMethod::Post,
        headers: std::collections::BTreeMap::new(),
        extra: Extra::default(),
    };
    Ok((descriptor, Shape::Form))
}

fn watched<'a>(
    upload: &Upload,
    shape: Shape,
    report: &'a mut (dyn FnMut(u64) + Send),
) -> (Payload, Watcher<'a>) {
    let (piece, sent) = Piece::of(upload, shape);
    (Payload::File(piece), Watcher { sent, report })
}

/// The failure of an upload, which names it.
fn of_upload(mut error: Error, upload: &Upload, url: &Url) -> Error {
    if let Error::Http(failure) = &mut error {
        failure.upload = Some(named(upload, url));
    }
    error
}

fn named(upload: &Upload, url: &Url) -> String {
    format!("{} to {}", upload.name, address(url))
}

/// What to do where a request of an upload fails.
struct Remedies {
    /// Whether the user's own credentials let in there, about which their statuses have hints.
    is_ours: bool,
    /// It was answered with a status that is no success, and says nothing of who may.
    refused: &'static str,
    /// It was not answered.
    unreached: &'static str,
    /// The answer is another one than the protocol has.
    foreign: &'static str,
}

const DIRECT: Remedies = Remedies {
    is_ours: true,
    refused: "check the address of --upload-url, which takes a POSTed form with the field 'file'; \
              leave it out where the backend answers attachments.create",
    unreached: "check the address of --upload-url, and that something listens there",
    foreign: "have the address of --upload-url answer with the attachment: id, type, name and \
              mime_type",
};

const ANNOUNCED: Remedies = Remedies {
    is_ours: true,
    refused: "see whether the backend takes files: in two phases it answers attachments.create; where \
              they are posted to an address of their own, pass it as --upload-url",
    unreached: "check the address, or start a mock with 'chatkit serve --mock'",
    foreign: "have attachments.create answer with the attachment and its upload_descriptor; where \
              files are posted to an address of their own, pass it as --upload-url",
};

/// The place is the backend's choice, and so is what lets the file in there.
const CARRIED: Remedies = Remedies {
    is_ours: false,
    refused: "see what the backend puts into the attachment's upload_descriptor",
    unreached: "see what address the backend puts into the attachment's upload_descriptor",
    foreign: "see what address the backend puts into the attachment's upload_descriptor",
};

/// The failure with what to do about it.
fn remedied(error: Error, upload: &Upload, url: &Url, remedies: &Remedies) -> Error {
    let hint = match &error {
        // Whoever is not let in, or too soon, has nothing to change about the upload.
        Error::Http(failure) if remedies.is_ours && matches!(failure.status, 401 | 403 | 429) => {
            return error;
        }
        Error::Http(_) => return hinted(error, remedies.refused),
        Error::Unreachable { .. } => remedies.unreached,
        Error::Protocol(_) => remedies.foreign,
        _ => return error,
    };
    // What was not reached names its address by itself.
    let upload = match &error {
        Error::Unreachable { .. } => upload.name.clone(),
        _ => named(upload, url),
    };
    Error::Upload {
        upload,
        source: Box::new(error),
        hint,
    }
}

fn hinted(mut error: Error, hint: &str) -> Error {
    if let Error::Http(failure) = &mut error {
        failure.hint = Some(hint.to_owned());
    }
    error
}

/// A session takes no files unless it was made so, which a client secret does not show.
fn explained(error: Error) -> Error {
    let hint = "make the session with 'chatkit session create --file-upload', or pass --workflow \
                and --user for one that is made on the way";
    match error {
        Error::Http(failure) if failure.code.as_deref() == Some(UPLOADS_OFF) => {
            hinted(Error::Http(failure), hint)
        }
        error => error,
    }
}

/// What the hosted service calls a session that takes no files.
const UPLOADS_OFF: &str = "chatkit.file_upload_disabled";

fn malformed(path: &str, message: &str) -> Error {
    Breach::Document {
        operation: "attachments.create".into(),
        error: DecodeError {
            path: path.into(),
            message: message.into(),
        },
    }
    .into()
}

#[cfg(test)]
mod tests;
