//! Uploads: two-phase, direct, or to the hosted service; always streamed, never held whole.

use std::path::{Path, PathBuf};

use futures_util::StreamExt;
use reqwest::header::{self, ACCEPT, CONTENT_LENGTH, HeaderName, HeaderValue};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};
use tokio::fs::File;
use tokio::io::AsyncReadExt;
use tokio::sync::watch;
use tokio_util::io::ReaderStream;
use url::Url;

use super::backend::{Backend, Inner, JSON, Target, document};
use super::outgoing::{Outgoing, Payload};
use super::transport::Watcher;
use crate::cancel::Cancel;
use crate::error::{Breach, Error, Result};
use crate::protocol::{
    Attachment, CreateAttachment, DecodeError, Extra, Request, UploadDescriptor, UploadMethod,
};

/// How much of a file is read at once, in bytes.
const BLOCK: usize = 64 * 1024;

/// A file that is to be uploaded, and what the backend is told about it.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Where it is read from.
    pub path: PathBuf,
    /// What it is called, without folders.
    pub name: String,
    /// Its MIME type.
    pub mime_type: String,
    /// Its size in bytes.
    pub size: u64,
}

impl Upload {
    /// Looks at a file; its MIME type is what its extension says.
    ///
    /// # Errors
    /// There is no such file, or it is a folder.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let metadata = tokio::fs::metadata(path)
            .await
            .map_err(|error| cannot_read(path, error))?;
        let Some(name) = path.file_name().filter(|_| metadata.is_file()) else {
            return Err(Error::usage(format!("{} is no file", path.display())));
        };
        Ok(Self {
            path: path.to_owned(),
            name: name.to_string_lossy().into_owned(),
            mime_type: mime_guess::from_path(path)
                .first_or_octet_stream()
                .to_string(),
            size: metadata.len(),
        })
    }
}

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
            } => self.inner.form(url, upload, &mut progress, cancel).await,
            Target::Hosted { files, .. } => {
                self.inner.form(files, upload, &mut progress, cancel).await
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
        let attachment: Attachment = self.call(&request, cancel).await?.value;
        let (descriptor, shape) = second_phase(&attachment)?;
        let (payload, watcher) = watched(upload, shape, progress);
        let outgoing = self.inner.second_phase(&descriptor, payload)?;
        self.inner
            .transport
            .succeed(outgoing, Some(watcher), cancel)
            .await?;
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
        let answered = self.send(outgoing, Some(watcher), cancel).await?;
        Ok(document(answered, "the upload", cancel).await?.value)
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

/// How the bytes of a file are put into a request.
#[derive(Clone, Copy)]
enum Shape {
    /// As the field `file` of a form.
    Form,
    /// As they are.
    Bare,
}

/// A file as the body of a request, opened anew for every time that it is sent.
#[derive(Clone)]
pub(super) struct Piece {
    upload: Upload,
    shape: Shape,
    sent: watch::Sender<u64>,
}

impl Piece {
    /// What a bare file is labelled as, where nobody says otherwise; a form labels its part.
    pub(super) fn content_type(&self) -> Option<HeaderValue> {
        match self.shape {
            Shape::Form => None,
            Shape::Bare => HeaderValue::from_str(&self.upload.mime_type).ok(),
        }
    }

    pub(super) async fn fill(&self, request: RequestBuilder) -> Result<RequestBuilder> {
        let Upload {
            path,
            name,
            mime_type,
            size,
        } = &self.upload;
        let file = File::open(path)
            .await
            .map_err(|error| cannot_read(path, error))?;
        let body = self.body(file);
        Ok(match self.shape {
            Shape::Form => {
                let part = Part::stream_with_length(body, *size).file_name(name.clone());
                let part = part.mime_str(mime_type).map_err(|_| {
                    Error::usage(format!("'{}' is no MIME type", mime_type.escape_debug()))
                })?;
                request.multipart(Form::new().part("file", part))
            }
            // Object stores refuse a body whose length they are not told.
            Shape::Bare => request.header(CONTENT_LENGTH, *size).body(body),
        })
    }

    fn body(&self, file: File) -> reqwest::Body {
        self.sent.send_replace(0);
        let sent = self.sent.clone();
        // What was announced is what is sent, even if the file has grown since.
        let blocks = ReaderStream::with_capacity(file.take(self.upload.size), BLOCK);
        reqwest::Body::wrap_stream(blocks.inspect(move |block| {
            if let Ok(block) = block {
                sent.send_modify(|sent| *sent += block.len() as u64);
            }
        }))
    }
}

fn watched<'a>(
    upload: &Upload,
    shape: Shape,
    report: &'a mut (dyn FnMut(u64) + Send),
) -> (Payload, Watcher<'a>) {
    let (sender, sent) = watch::channel(0);
    let piece = Piece {
        upload: upload.clone(),
        shape,
        sent: sender,
    };
    (Payload::File(piece), Watcher { sent, report })
}

fn cannot_read(path: &Path, error: std::io::Error) -> Error {
    Error::io(format!("cannot read {}", path.display()), error)
}

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
