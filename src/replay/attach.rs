//! The files of a recording, which are uploaded again.

use std::collections::HashMap;
use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use tempfile::NamedTempFile;

use super::send::Line;
use super::{Step, form};
use crate::cassette::{Payload, Played, url_path};
use crate::client::Upload;
use crate::error::{Error, Result};
use crate::plural::plural;
use crate::protocol::{Attachment, Event, ItemKind, Operation};

/// The smallest image that there is: one transparent pixel, as a PNG.
const PIXEL: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=";

/// A file as far as the recording knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// What it is called.
    pub name: String,
    /// Its MIME type.
    pub mime_type: String,
    /// What was in it, if the recording has it.
    pub bytes: Option<Vec<u8>>,
}

/// The files of a recording, by their recorded ids.
#[derive(Debug, Default)]
pub struct Files(HashMap<String, Recorded>);

impl Files {
    /// What the steps tell of files: where they were announced, uploaded and repeated.
    pub fn of(steps: &[Step]) -> Self {
        let mut files = Self::default();
        let mut places = HashMap::new();
        for step in steps {
            files.announced(step, &mut places);
            files.repeated(step);
        }
        files
    }

    /// What is known of a file.
    pub fn get(&self, id: &str) -> Option<&Recorded> {
        self.0.get(id)
    }

    /// An attachment that a document brought, and the bytes that were put where it said, or that
    /// were posted with the form that it answers.
    fn announced(&mut self, step: &Step, places: &mut HashMap<String, String>) {
        let is_upload = step.operation.is_none()
            && matches!(step.played.method.as_str(), "POST" | "PUT")
            && matches!(step.status(), Some(200..300));
        if is_upload && let Some(id) = places.get(url_path(&step.played.url)) {
            self.fill(id, bytes(&step.played));
        }
        if !is_upload && step.operation != Some(Operation::CreateAttachment) {
            return;
        }
        let Some((_, body)) = &step.played.document else {
            return;
        };
        let Ok(attachment) = serde_json::from_str::<Attachment>(body.as_str()) else {
            return;
        };
        self.add(&attachment);
        if is_upload {
            self.fill(attachment.id.as_str(), form_file(&step.played));
            return;
        }
        let descriptor = attachment.upload_descriptor.map(|it| it.url);
        if let Some(url) = descriptor.or(attachment.upload_url) {
            let place = url_path(&url).to_owned();
            places.insert(place, attachment.id.to_string());
        }
    }

    fn fill(&mut self, id: &str, bytes: Option<Vec<u8>>) {
        if let (Some(file), Some(bytes)) = (self.0.get_mut(id), bytes) {
            file.bytes = Some(bytes);
        }
    }

    /// The attachments of a message that the backend repeated.
    fn repeated(&mut self, step: &Step) {
        for (_, data) in &step.played.events {
            // Only a message of the user's has any, and most events are of something else.
            if !data.as_str().contains("\"user_message\"") {
                continue;
            }
            if let Ok(Event::ItemDone(body)) = Event::decode(data.as_str().as_bytes())
                && let ItemKind::UserMessage(message) = &body.item.kind
            {
                message
                    .attachments
                    .iter()
                    .for_each(|attachment| self.add(attachment));
            }
        }
    }

    fn add(&mut self, attachment: &Attachment) {
        let id = attachment.id.to_string();
        self.0.entry(id).or_insert_with(|| Recorded {
            name: attachment.name.clone(),
            mime_type: attachment.mime_type.clone(),
            bytes: None,
        });
    }
}

/// The file that an upload carried, in a form or as it is, if the recording has it.
fn bytes(upload: &Played) -> Option<Vec<u8>> {
    match &upload.body {
        Payload::Omitted(_) => None,
        body => form_file(upload).or_else(|| Some(body.to_bytes())),
    }
}

fn form_file(upload: &Played) -> Option<Vec<u8>> {
    let content_type = upload.headers.get("content-type")?;
    form::file(content_type, &upload.body.to_bytes())
}

impl Recorded {
    /// What nothing is known of.
    pub fn unknown() -> Self {
        Self {
            name: "file.txt".to_owned(),
            mime_type: "text/plain".to_owned(),
            bytes: None,
        }
    }

    /// What is sent for it: what was in it, or else as little of its kind as can be.
    fn content(&self) -> Vec<u8> {
        if let Some(bytes) = &self.bytes {
            return bytes.clone();
        }
        if self.mime_type.starts_with("image/") {
            return BASE64.decode(PIXEL).unwrap_or_default();
        }
        format!("This stands in for {}.\n", self.name).into_bytes()
    }

    /// Uploads it again; gives its new id, and what has to be said about it.
    ///
    /// # Errors
    /// It cannot be written for the upload, or the backend does not take it.
    pub async fn upload(&self, line: &mut Line<'_>) -> Result<(String, Option<String>)> {
        let content = self.content();
        let failed = |error| Error::io("cannot write a file for its upload", error);
        let mut file = NamedTempFile::new().map_err(failed)?;
        file.write_all(&content).map_err(failed)?;
        let upload = Upload {
            path: file.path().to_owned(),
            name: self.name.clone(),
            mime_type: self.mime_type.clone(),
            size: content.len() as u64,
        };
        let attachment = line.backend.upload(&upload, |_| {}, line.cancel).await?;
        // What stands in for a file is none that a recording should have.
        if self.bytes.is_some() {
            line.uploaded(&attachment, &upload, &content)?;
        }
        let note = self.bytes.is_none().then(|| {
            format!(
                "the recording does not have the bytes of {}: {} of our own stand in",
                self.name,
                plural(content.len(), "byte")
            )
        });
        Ok((attachment.id.to_string(), note))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_for_an_image_is_one() {
        let image = Recorded {
            mime_type: "image/png".to_owned(),
            ..Recorded::unknown()
        };
        assert!(image.content().starts_with(b"\x89PNG\r\n\x1a\n"));
    }
}
