//! Writing a recording, so that it is never there by halves.

mod finish;
mod resume;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::Serialize;
use tempfile::NamedTempFile;

use super::split::{Delta, Group};
use super::{FORMAT, Header, Line, Outcome, Payload, Redactor, VERSION};
use crate::atomic_file;
use crate::error::{Error, Result};
use crate::secret;

pub use finish::Kept;
pub use resume::Whole;

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
    /// When what is written next happened, if not now.
    moment: Option<Instant>,
    /// What a recording that is gone on with has behind it, in milliseconds.
    before: f64,
    exchanges: u64,
    open: Vec<u64>,
    /// Whether anything came back.
    is_answered: bool,
    /// Deltas that may have a part of a secret, by their exchange.
    held: BTreeMap<u64, Group>,
}

/// One request and what came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange(u64);

impl Recorder {
    /// Begins a recording that is going to be at `path`, in the place of what may be there.
    ///
    /// # Errors
    /// When it is a folder, or nothing can be written beside it.
    pub fn create(path: &Path, redactor: Redactor) -> Result<Self> {
        no_folder(path)?;
        let file = atomic_file::begin(path).map_err(|error| refused(path, error))?;
        Self::begin(path, file, redactor)
    }

    /// As [`Recorder::create`], but the lines stand in a file of a name that is known, so that a
    /// process that is killed leaves them to be read: see [`partial`].
    ///
    /// # Errors
    /// When it is a folder, nothing can be written beside it, or such a file is left from before.
    pub fn create_beside(path: &Path, redactor: Redactor) -> Result<Self> {
        let file = beside(path)?;
        Self::begin(path, file, redactor)
    }

    fn begin(path: &Path, file: NamedTempFile, redactor: Redactor) -> Result<Self> {
        let mut recorder = Self::of(path, file, redactor);
        recorder.write(&Header {
            format: FORMAT.into(),
            version: VERSION,
            started_at: format!("{:.3}", jiff::Timestamp::now()),
            written_by: concat!("chatkit ", env!("CARGO_PKG_VERSION")).into(),
        })?;
        Ok(recorder)
    }

    /// Goes on with the recording at `path`, which is replaced once the new one is whole; until then
    /// the new one stands beside it as that of [`Recorder::create_beside`] does.
    ///
    /// # Errors
    /// When there is none that can be read, nothing can be written beside it, or such a file is left
    /// from before.
    pub fn extend(path: &Path, redactor: Redactor) -> Result<Self> {
        let mut reader = super::open(path)?;
        let mut recorder = Self::of(path, beside(path)?, redactor);
        recorder.write(reader.header())?;
        for line in &mut reader {
            let line = line?;
            recorder.exchanges = recorder.exchanges.max(line.exchange());
            recorder.before = recorder.before.max(line.at());
            recorder.write(&line)?;
        }
        // Only now has it all that it replaces.
        recorder.is_answered = true;
        Ok(recorder)
    }

    fn of(path: &Path, file: NamedTempFile, redactor: Redactor) -> Self {
        Self {
            path: path.to_owned(),
            file: Some(BufWriter::new(file)),
            redactor,
            start: Instant::now(),
            moment: None,
            before: 0.0,
            exchanges: 0,
            open: Vec::new(),
            is_answered: false,
            held: BTreeMap::new(),
        }
    }

    /// What is taken out of what is written.
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// What is written from now on happened at this moment.
    pub fn happened(&mut self, at: Instant) {
        self.moment = Some(at);
    }

    /// Makes what is written so far survive the end of this process.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn flush(&mut self) -> Result<()> {
        let flushed = self.file.as_mut().map_or(Ok(()), Write::flush);
        flushed
            .map_err(|error| Error::io(format!("cannot record to {}", self.path.display()), error))
    }

    /// A request is sent.
    pub fn request<'a>(
        &mut self,
        url: &str,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
        body: &[u8],
    ) -> Result<Exchange> {
        self.ask("POST", url, headers, |redactor| redactor.sent(body))
    }

    /// A request of any method is sent, with a body that is cleaned here.
    ///
    /// What it authorises itself with, in a header or in the query of its address, is not recorded
    /// from here on, wherever it stands; see [`Redactor::sent`] for its body.
    pub fn ask<'a>(
        &mut self,
        method: &str,
        url: &str,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
        body: impl FnOnce(&Redactor) -> Payload,
    ) -> Result<Exchange> {
        let headers: Vec<_> = headers.into_iter().collect();
        for (name, value) in &headers {
            secret::learn(name, value);
        }
        secret::learn_query(url);
        let body = body(&self.redactor);
        self.exchanges += 1;
        let exchange = self.exchanges;
        self.open.push(exchange);
        let line = Line::Request {
            exchange,
            at: self.now(),
            method: method.to_owned(),
            url: self.redactor.url(url),
            headers: self.redactor.headers(headers),
            body,
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
        self.is_answered = true;
        self.release(exchange)?;
        self.write(&Line::Response {
            exchange: exchange.0,
            at: self.now(),
            status,
            headers,
        })
    }

    /// An event of the stream is there.
    ///
    /// A delta that may have a part of a secret is not written before it shows whether it does.
    pub fn event(&mut self, exchange: Exchange, data: &[u8]) -> Result<()> {
        let (at, delta) = (self.now(), Delta::read(data));
        if let (Some(group), Some(delta)) = (self.held.get_mut(&exchange.0), &delta)
            && group.take(at, data, delta)
        {
            let may_go_on = group.may_go_on();
            return if may_go_on {
                Ok(())
            } else {
                self.release(exchange)
            };
        }
        self.release(exchange)?;
        match delta.filter(Delta::may_go_on) {
            Some(delta) => {
                let group = Group::new(at, data, &delta);
                self.held.insert(exchange.0, group);
                Ok(())
            }
            None => self.write_event(exchange, at, data),
        }
    }

    fn write_event(&mut self, exchange: Exchange, at: f64, data: &[u8]) -> Result<()> {
        let data = self.redactor.bytes(data);
        self.write(&Line::Event {
            exchange: exchange.0,
            at,
            data,
        })
    }

    /// Writes what is held of an exchange.
    fn release(&mut self, exchange: Exchange) -> Result<()> {
        let Some(group) = self.held.remove(&exchange.0) else {
            return Ok(());
        };
        for event in group.clean(&self.redactor) {
            self.write_event(exchange, event.at, &event.data)?;
        }
        Ok(())
    }

    /// The document is there.
    pub fn document(&mut self, exchange: Exchange, body: &[u8]) -> Result<()> {
        let body = self.redactor.bytes(body);
        self.answer(exchange, body)
    }

    /// The document is there, and clean already.
    pub fn answer(&mut self, exchange: Exchange, body: Payload) -> Result<()> {
        self.release(exchange)?;
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
        self.release(exchange)?;
        self.open.retain(|open| *open != exchange.0);
        let reason = reason.map(|reason| self.redactor.hide(&reason).into_owned());
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
        let mut copy = atomic_file::begin(path).map_err(failed)?;
        std::io::copy(&mut read, &mut copy).map_err(failed)?;
        atomic_file::finish(copy, path).map_err(failed)?;
        Ok(())
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
        let now = self.moment.unwrap_or_else(Instant::now);
        let passed = now.saturating_duration_since(self.start).as_secs_f64();
        (passed * 1_000_000.0).round() / 1000.0 + self.before
    }
}

/// A file of a known name beside the one that is going to be at `path`.
fn beside(path: &Path) -> Result<NamedTempFile> {
    no_folder(path)?;
    let beside = partial(path);
    let name = beside.file_name().unwrap_or_default();
    let file = tempfile::Builder::new()
        .prefix(name)
        .rand_bytes(0)
        .disable_cleanup(true)
        .tempfile_in(atomic_file::folder(path));
    file.map_err(|error| {
        if error.kind() != std::io::ErrorKind::AlreadyExists {
            return refused(path, error);
        }
        let beside = beside.display();
        Error::usage_hint(
            format!("{beside} is left from a recording that was killed, or is being written"),
            "rename it to keep it (it can be read as it is), or delete it",
        )
    })
}

/// Where the lines of a recording stand until it is whole, when they are to survive a kill.
pub fn partial(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".partial");
    name.into()
}

/// Refuses a folder, whose name the recording could not take once it is whole.
fn no_folder(path: &Path) -> Result<()> {
    if path.is_dir() {
        return Err(refused(path, std::io::ErrorKind::IsADirectory.into()));
    }
    Ok(())
}

/// A path that cannot be written to is the caller's mistake; a disk that fails is not.
fn refused(path: &Path, error: std::io::Error) -> Error {
    use std::io::ErrorKind::{IsADirectory, NotADirectory, NotFound, PermissionDenied};
    let what = format!("cannot record to {}", path.display());
    match error.kind() {
        NotFound | PermissionDenied | NotADirectory | IsADirectory => {
            Error::usage(format!("{what}: {error}"))
        }
        _ => Error::io(what, error),
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
    use super::super::read;
    use super::*;

    fn recorder(folder: &tempfile::TempDir) -> (Recorder, PathBuf) {
        let path = folder.path().join("talk.jsonl");
        (Recorder::create(&path, Redactor::default()).unwrap(), path)
    }

    #[test]
    fn a_recording_without_an_answer_takes_no_other_ones_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("talk.jsonl");
        let try_it = |beside: bool, status: Option<u16>| {
            let create = [Recorder::create, Recorder::create_beside][usize::from(beside)];
            let mut recorder = create(&path, Redactor::default()).unwrap();
            let exchange = recorder.request("http://h/", [], b"{}").unwrap();
            if let Some(status) = status {
                recorder.response(exchange, status, []).unwrap();
            }
            recorder.finish().unwrap()
        };
        // Where nothing is, what was asked is better than nothing.
        assert_eq!(try_it(false, None), Kept::New);
        assert_eq!(try_it(false, Some(500)), Kept::New);
        let good = std::fs::read(&path).unwrap();
        for beside in [false, true] {
            assert_eq!(try_it(beside, None), Kept::Earlier);
            assert_eq!(std::fs::read(&path).unwrap(), good);
        }
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
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
    fn what_a_request_lets_itself_in_with_is_in_no_line() {
        let folder = tempfile::tempdir().unwrap();
        let (mut recorder, path) = recorder(&folder);
        let url = "http://h/chatkit?api_key=opaque-of-query&limit=2";
        let headers = [("x-api-key", "opaque-of-header")];
        let said = br#"{"say":"opaque-of-query opaque-of-header"}"#;
        let exchange = recorder.request(url, headers, said).unwrap();
        recorder.event(exchange, said).unwrap();
        recorder.finish().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("opaque-of"), "{text}");
        assert!(text.contains("?api_key=[redacted]&limit=2"), "{text}");
    }

    #[test]
    fn a_secret_in_two_deltas_is_in_no_line() {
        let folder = tempfile::tempdir().unwrap();
        let (mut recorder, path) = recorder(&folder);
        let exchange = recorder.request("http://h/", [], b"{}").unwrap();
        let delta = |text: &str| {
            format!(
                r#"{{"type":"thread.item.updated","item_id":"m","update":{{"type":"assistant_message.content_part.text_delta","content_index":0,"delta":"{text}"}}}}"#
            )
        };
        for text in ["your key: sk-pr", "oj-0123456789", "abcdef, s", "o keep it"] {
            recorder.event(exchange, delta(text).as_bytes()).unwrap();
        }
        recorder.end(exchange, Outcome::Complete, None).unwrap();
        recorder.finish().unwrap();
        let lines = read(&path).unwrap().lines;
        let said: String = lines
            .iter()
            .filter_map(|line| match line {
                Line::Event { data, .. } => serde_json::from_str(data.as_str()).ok(),
                _ => None,
            })
            .map(|event: serde_json::Value| event["update"]["delta"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(said, "your key: [redacted], so keep it");
        assert_eq!(lines.len(), 6, "no event is lost");
        let ordered = lines.windows(2).all(|two| two[0].at() <= two[1].at());
        assert!(ordered, "each event keeps its time");
    }

    #[test]
    fn a_folder_is_refused_before_anything_is_recorded() {
        let folder = tempfile::tempdir().unwrap();
        for begin in [Recorder::create, Recorder::create_beside] {
            let error = begin(folder.path(), Redactor::default()).unwrap_err();
            assert_eq!(error.code(), 2);
            let expected = format!(
                "cannot record to {}: is a directory",
                folder.path().display()
            );
            assert_eq!(error.to_string(), expected);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
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
