//! A file, and how its bytes are put into a request: streamed, never held whole.

use std::path::{Path, PathBuf};

use futures_util::StreamExt;
use reqwest::RequestBuilder;
use reqwest::header::{CONTENT_LENGTH, HeaderValue};
use reqwest::multipart::{Form, Part};
use tokio::fs::File;
use tokio::io::AsyncReadExt;
use tokio::sync::watch;
use tokio_util::io::ReaderStream;

use crate::error::{Error, Result};

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

/// How the bytes of a file are put into a request.
#[derive(Clone, Copy)]
pub(super) enum Shape {
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
    /// The file in this shape, and how many of its bytes have been handed over.
    pub(super) fn of(upload: &Upload, shape: Shape) -> (Self, watch::Receiver<u64>) {
        let (sender, sent) = watch::channel(0);
        let piece = Self {
            upload: upload.clone(),
            shape,
            sent: sender,
        };
        (piece, sent)
    }

    /// What a bare file is labelled as, where nobody says otherwise; a form labels its part.
    pub(super) fn content_type(&self) -> Option<HeaderValue> {
        match self.shape {
            Shape::Form => None,
            Shape::Bare => HeaderValue::from_str(&self.upload.mime_type).ok(),
        }
    }

    /// The request with the file as its body.
    ///
    /// # Errors
    /// The file cannot be read, or its type is none.
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

fn cannot_read(path: &Path, error: std::io::Error) -> Error {
    Error::io(format!("cannot read {}", path.display()), error)
}
