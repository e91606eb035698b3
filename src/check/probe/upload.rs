//! Attachments, both ways, and speech.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Stage, input, thread_of};
use crate::check::evidence::{Purpose, Way};
use crate::check::reply::Reply;
use crate::check::wire::Ask;
use crate::client::{HeaderName, HeaderValue, RawMethod, RawRequest};
use crate::error::Result;

/// Why nothing is known of what the backend offers.
const LIMITED: &str = "the backend limits the rate";

const NAME: &str = "chatkit-check.txt";
const MIME_TYPE: &str = "text/plain";
const BYTES: &[u8] = b"sent by chatkit check\n";

/// Something that the parts of a form are told apart by, and that stands in no part.
const BOUNDARY: &str = "chatkit-check-0d9e2c";

pub(super) async fn run(stage: &Stage<'_>) -> Result<Option<String>> {
    direct(stage).await?;
    let params = json!({"name": NAME, "size": BYTES.len(), "mime_type": MIME_TYPE});
    let created = stage.offer("attachments.create", &params).await?;
    if created.is_limited {
        return Ok(Some(LIMITED.into()));
    }
    if !created.is_good {
        return Ok(Some(format!(
            "the backend offers no attachments: it answered attachments.create with {}",
            created.status
        )));
    }
    let sent = two_phase(stage, &created).await?;
    let id = created.document["id"].clone();
    if sent && id.is_string() {
        let params = json!({"input": with_attachment(stage, &id)});
        let turn = stage.wire.run("threads.create", &params).await?;
        if turn.is_good && turn.thread.is_some() {
            stage.read_twice(&thread_of(&turn)).await?;
        }
    }
    let params = json!({"attachment_id": id});
    let deleted = stage.offer("attachments.delete", &params).await?;
    if sent && deleted.is_good && id.is_string() {
        let params = json!({"input": with_attachment(stage, &id)});
        let ask = Ask::operation("threads.create", &params).with_purpose(Purpose::GoneAttachment);
        stage.wire.ask(ask).await?;
    }
    Ok(None)
}

/// A message that carries an attachment.
fn with_attachment(stage: &Stage<'_>, id: &Value) -> Value {
    let mut input = input(&stage.messages.any);
    input["attachments"] = json!([id]);
    input
}

/// Sends the bytes to where the attachment says.
async fn two_phase(stage: &Stage<'_>, created: &Reply) -> Result<bool> {
    let descriptor = &created.document["upload_descriptor"];
    let url = descriptor["url"].as_str();
    let Some(url) = url.and_then(|url| stage.wire.backend.resolve(url)) else {
        return Ok(false);
    };
    let mut request = RawRequest::json(BYTES);
    request.headers.clear();
    request.method = match descriptor["method"].as_str() {
        Some("PUT") => RawMethod::Put,
        _ => RawMethod::Post,
    };
    request.url = Some(url);
    request
        .headers
        .insert("content-type", HeaderValue::from_static(MIME_TYPE));
    let headers = descriptor["headers"].as_object();
    for (name, value) in headers.into_iter().flatten() {
        let value = HeaderValue::from_str(value.as_str().unwrap_or_default());
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.as_str()), value) {
            request.headers.insert(name, value);
        }
    }
    let reply = stage
        .wire
        .ask(Ask::raw(Purpose::Upload(Way::TwoPhase), request))
        .await?;
    Ok(reply.is_good)
}

/// Posts a form, if it is known where to.
async fn direct(stage: &Stage<'_>) -> Result<()> {
    let named = stage.wire.backend.upload_url().cloned();
    let own = || {
        stage
            .wire
            .backend
            .resolve("/files")
            .filter(|_| stage.is_mock)
    };
    let Some(url) = named.or_else(own) else {
        return Ok(());
    };
    let body = form();
    let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
    let mut request = RawRequest::json(body);
    request.url = Some(url);
    if let Ok(content_type) = HeaderValue::from_str(&content_type) {
        request.headers.insert("content-type", content_type);
    }
    let ask = Ask::raw(Purpose::Upload(Way::Direct), request);
    stage.wire.ask(ask).await?;
    Ok(())
}

fn form() -> Vec<u8> {
    let mut form = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{NAME}\"\r\n\
         Content-Type: {MIME_TYPE}\r\n\r\n"
    )
    .into_bytes();
    form.extend_from_slice(BYTES);
    form.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    form
}

pub(super) async fn transcribe(stage: &Stage<'_>) -> Result<Option<String>> {
    let audio = STANDARD.encode(silence());
    let params = json!({"audio_base64": audio, "mime_type": "audio/wav"});
    let reply = stage.offer("input.transcribe", &params).await?;
    if reply.is_limited {
        return Ok(Some(LIMITED.into()));
    }
    let refused = !reply.is_good;
    Ok(refused.then(|| {
        let status = reply.status;
        format!("the backend offers no transcription: it answered input.transcribe with {status}")
    }))
}

/// A tenth of a second of nothing: 8 kHz, one channel, 16 bits.
fn silence() -> Vec<u8> {
    const SAMPLES: u32 = 800;
    let size = SAMPLES * 2;
    let mut wav = Vec::with_capacity(44 + size as usize);
    wav.extend_from_slice(b"RIFF");
    wav.extend_from_slice(&(36 + size).to_le_bytes());
    wav.extend_from_slice(b"WAVEfmt ");
    for (value, width) in [
        (16_u32, 4),
        (1, 2),
        (1, 2),
        (8000, 4),
        (16_000, 4),
        (2, 2),
        (16, 2),
    ] {
        wav.extend_from_slice(&value.to_le_bytes()[..width]);
    }
    wav.extend_from_slice(b"data");
    wav.extend_from_slice(&size.to_le_bytes());
    wav.resize(44 + size as usize, 0);
    wav
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_a_wav_file_of_the_size_that_it_says() {
        let wav = silence();
        assert_eq!(wav.len(), 44 + 1600);
        assert_eq!(&wav[4..8], &(1636_u32).to_le_bytes());
    }
}
