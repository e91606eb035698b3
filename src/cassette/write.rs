//! Writing a recording, so that it is never there by halves.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::Serialize;
use tempfile::NamedTempFile;

use super::{FORMAT, Header, Line, Outcome, Redactor, VERSION};
use crate::error::{Error, Result};

/// Writes what happens to a file that takes its name only once it is whole.
///
/// Until then the lines stand in a file beside it. A recorder that is dropped keeps what it has,
/// with the exchanges that were under way marked as cancelled.
#[derive(Debug)]
pub struct Recorder {
    path: PathBuf,
    /// Taken when the recording is finished.
    file: Option<BufWriter<NamedTempFile>>,
    redactor: Redactor,
    start: Instant,
    exchanges: u64,
    open: Vec<u64>,
}

/// One request and what came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange(u64);

impl Recorder {
    /// Begins a recording that is going to be at `path`, in the place of what may be there.
    ///
    /// # Errors
    /// When nothing can be written beside it.
    pub fn create(path: &Path, redactor: Redactor) -> Result<Self> {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))
            .map_err(|error| Error::io(format!("cannot record to {}", path.display()), error))?;
        let mut recorder = Self {
            path: path.to_owned(),
            file: Some(BufWriter::new(file)),
            redactor,
            start: Instant::now(),
            exchanges: 0,
            open: Vec::new(),
        };
        recorder.write(&Header {
            format: FORMAT.into(),
            version: VERSION,
            started_at: format!("{:.3}", jiff::Timestamp::now()),
            written_by: concat!("chatkit ", env!("CARGO_PKG_VERSION")).into(),
        })?;
        Ok(recorder)
    }

    /// A request is sent.
    pub fn request<'a>(
        &mut self,
        url: &str,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
        body: &[u8],
    ) -> Result<Exchange> {
        self.exchanges += 1;
        let exchange = self.exchanges;
        self.open.push(exchange);
        let line = Line::Request {
            exchange,
            at: self.now(),
            method: "POST".into(),
            url: url.to_owned(),
            headers: self.redactor.headers(headers),
            body: self.redactor.payload(&String::from_utf8_lossy(body)),
        };
        self.write(&line)?;
        Ok(Exchange(exchange))
    }

    /// The head of the response is there.
    pub fn response<'a>(
        &mut self,
        exchange: Exchange,
        status: u16,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<()> {
        let headers = self.redactor.headers(headers);
        self.write(&Line::Response {
            exchange: exchange.0,
            at: self.now(),
            status,
            headers,
        })
    }

    /// An event of the stream is there.
    pub fn event(&mut self, exchange: Exchange, data: &[u8]) -> Result<()> {
        let data = self.redactor.payload(&String::from_utf8_lossy(data));
        self.write(&Line::Event {
            exchange: exchange.0,
            at: self.now(),
            data,
        })
    }

    /// The document is there.
    pub fn document(&mut self, exchange: Exchange, body: &[u8]) -> Result<()> {
        let body = self.redactor.payload(&String::from_utf8_lossy(body));
        self.write(&Line::Document {
            exchange: exchange.0,
            at: self.now(),
            body,
        })
    }

    /// The exchange is over.
    pub fn end(
        &mut self,
        exchange: Exchange,
        outcome: Outcome,
        reason: Option<String>,
    ) -> Result<()> {
        self.open.retain(|open| *open != exchange.0);
        self.write(&Line::End {
            exchange: exchange.0,
            at: self.now(),
            outcome,
            reason,
        })
    }

    /// Writes what is recorded so far to another file, which takes its name once it is whole.
    /// The recording goes on; the copy is cut where it stands, between two lines.
    ///
    /// # Errors
    /// When the disk is full, or the name cannot be taken.
    pub fn copy(&mut self, path: &Path) -> Result<()> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        let failed = |error| Error::io(format!("cannot write {}", path.display()), error);
        file.flush().map_err(failed)?;
        let mut read = File::open(file.get_ref().path()).map_err(failed)?;
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let mut copy = NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(failed)?;
        std::io::copy(&mut read, &mut copy).map_err(failed)?;
        copy.persist(path).map_err(|error| failed(error.error))?;
        Ok(())
    }

    /// Gives the recording its name.
    ///
    /// # Errors
    /// When the disk is full, or the name cannot be taken.
    pub fn finish(mut self) -> Result<()> {
        self.close()
    }

    fn close(&mut self) -> Result<()> {
        for exchange in std::mem::take(&mut self.open) {
            self.end(Exchange(exchange), Outcome::Cancelled, None)?;
        }
        let Some(file) = self.file.take() else {
            return Ok(());
        };
        let failed = |error| Error::io(format!("cannot write {}", self.path.display()), error);
        let file = file
            .into_inner()
            .map_err(|error| failed(error.into_error()))?;
        let kept: File = file
            .persist(&self.path)
            .map_err(|error| failed(error.error))?;
        kept.sync_all().map_err(failed)
    }

    fn write<T: Serialize>(&mut self, line: &T) -> Result<()> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        let mut json = serde_json::to_vec(line).expect("a line with string keys serialises");
        json.push(b'\n');
        let written = file.write_all(&json);
        written.map_err(|error| Error::io(format!("cannot write {}", self.path.display()), error))
    }

    /// Milliseconds since the start, to the microsecond.
    fn now(&self) -> f64 {
        (self.start.elapsed().as_secs_f64() * 1_000_000.0).round() / 1000.0
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // Whoever cares for the outcome has called `finish`; here is nobody left to tell.
        let _ = self.close();
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Payload, read};
    use super::*;

    fn recorder(folder: &tempfile::TempDir) -> (Recorder, PathBuf) {
        let path = folder.path().join("talk.jsonl");
        (Recorder::create(&path, Redactor::default()).unwrap(), path)
    }

    #[test]
    fn a_recording_is_read_back_word_for_word() {
        let folder = tempfile::tempdir().unwrap();
        let (mut recorder, path) = recorder(&folder);
        let body = br#"{"type":"threads.create","params":{ }}"#;
        let exchange = recorder
            .request("http://h/chatkit", [("authorization", "Bearer x")], body)
            .unwrap();
        recorder
            .response(exchange, 200, [("content-type", "text/event-stream")])
            .unwrap();
        recorder
            .event(exchange, br#"{ "type":"unheard.of", "n":1.0 }"#)
            .unwrap();
        recorder.event(exchange, b"not json").unwrap();
        recorder
            .end(exchange, Outcome::Broken, Some("cut".into()))
            .unwrap();
        assert!(!path.exists(), "a recording has no name before it is whole");
        recorder.finish().unwrap();

        let recording = read(&path).unwrap();
        assert_eq!(recording.header.version, 1);
        let events: Vec<_> = recording
            .lines
            .iter()
            .filter_map(|line| match line {
                Line::Event { data, .. } => Some(data.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(events, [r#"{ "type":"unheard.of", "n":1.0 }"#, "not json"]);
        let Line::Request {
            headers,
            body: Payload::Json(kept),
            ..
        } = &recording.lines[0]
        else {
            panic!("the first line is no request")
        };
        assert_eq!(headers["authorization"], "[redacted]");
        assert_eq!(kept.get().as_bytes(), body);
    }

    #[test]
    fn a_copy_is_whole_while_the_recording_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let (mut recorder, path) = recorder(&folder);
        let exchange = recorder.request("http://h/", [], b"{}").unwrap();
        recorder.end(exchange, Outcome::Complete, None).unwrap();
        let copy = folder.path().join("copy.jsonl");
        recorder.copy(&copy).unwrap();
        assert_eq!(read(&copy).unwrap().lines.len(), 2);
        recorder.request("http://h/", [], b"{}").unwrap();
        recorder.finish().unwrap();
        assert_eq!(read(&path).unwrap().lines.len(), 4);
        assert_eq!(read(&copy).unwrap().lines.len(), 2);
    }

    #[test]
    fn a_recorder_that_is_dropped_keeps_what_it_has_and_marks_it() {
        let folder = tempfile::tempdir().unwrap();
        let (mut recorder, path) = recorder(&folder);
        let exchange = recorder.request("http://h/", [], b"{}").unwrap();
        recorder.event(exchange, b"{}").unwrap();
        drop(recorder);
        let lines = read(&path).unwrap().lines;
        assert!(matches!(
            lines.last(),
            Some(Line::End {
                outcome: Outcome::Cancelled,
                ..
            })
        ));
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 1, "nothing is left beside the recording");
    }
}
