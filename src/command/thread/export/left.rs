//! What an export that was interrupted has left: which threads are whole in it.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;
use std::ops::RangeInclusive;
use std::path::Path;

use serde::Deserialize;

use crate::cassette::{self, Exchanges, Outcome, Played, Recorder, Redactor, Whole, partial};
use crate::error::{Error, Result};
use crate::protocol::{RawEnvelope, from_slice};

/// A thread that is whole in the file.
#[derive(Debug)]
pub struct Kept {
    /// What the thread said of itself.
    pub thread: u64,
    /// The item that its last page begins after.
    pub after: Option<String>,
    /// What its last page said.
    pub page: u64,
    /// How many items it has.
    pub items: usize,
    /// Its exchanges.
    pub exchanges: RangeInclusive<u64>,
}

/// What is left of an export.
#[derive(Debug, Default)]
pub struct Left {
    /// The threads that are whole.
    pub threads: HashMap<String, Kept>,
    /// The exchanges that something newer stands in the place of.
    pub dropped: BTreeSet<u64>,
    whole: Whole,
}

#[derive(Deserialize)]
struct Asked {
    thread_id: String,
    after: Option<String>,
}

#[derive(Deserialize)]
struct Page {
    data: Vec<serde::de::IgnoredAny>,
    #[serde(default)]
    has_more: bool,
}

/// Begins an export, or goes on with the one that was interrupted.
///
/// # Errors
/// What is left is no export from this address, or cannot be read or written.
pub fn begin(path: &Path, url: &str) -> Result<(Recorder, Left)> {
    guard(path)?;
    let beside = partial(path);
    if !beside.exists() {
        let recorder = Recorder::create_beside(path, Redactor::default())?;
        recorder.claim()?;
        return Ok((recorder, Left::default()));
    }
    if is_blank(&beside)? {
        std::fs::remove_file(&beside)
            .map_err(|error| Error::io(format!("cannot remove {}", beside.display()), error))?;
        return begin(path, url);
    }
    let left = read(&beside, url)?;
    Ok((
        Recorder::resume(path, Redactor::default(), left.whole)?,
        left,
    ))
}

/// What is no recording is not written over.
fn guard(path: &Path) -> Result<()> {
    let is_taken = std::fs::metadata(path).is_ok_and(|found| !found.is_file() || found.len() > 0);
    if !is_taken || cassette::open(path).is_ok() {
        return Ok(());
    }
    Err(Error::usage_hint(
        format!(
            "{} is there, and is no recording of chatkit",
            path.display()
        ),
        "name another file",
    ))
}

/// Whether an export was killed before its first line was whole.
fn is_blank(path: &Path) -> Result<bool> {
    let failed = |error| Error::io(format!("cannot read {}", path.display()), error);
    let mut start = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(4096).read_to_end(&mut start).map_err(failed)?;
    let begun = br#"{"format":"chatkit-recording""#;
    let length = start.len().min(begun.len());
    Ok(!start.contains(&b'\n') && start[..length] == begun[..length])
}

fn read(path: &Path, url: &str) -> Result<Left> {
    let reader = cassette::open(path)?;
    let mut left = Left {
        whole: Whole {
            offset: reader.offset(),
            ..Whole::default()
        },
        ..Left::default()
    };
    let mut exchanges = cassette::exchanges(reader);
    let mut open: Option<(String, Kept)> = None;
    while let Some(played) = exchanges.next() {
        let played = played?;
        if !left.take(&played, url, &mut open, &exchanges) {
            return Err(Error::usage_hint(
                format!("{} is no export from {url}", path.display()),
                "rename or delete it, or export to another file",
            ));
        }
    }
    Ok(left)
}

impl Left {
    /// Takes an exchange; says whether it is one of an export from there.
    fn take(
        &mut self,
        played: &Played,
        url: &str,
        open: &mut Option<(String, Kept)>,
        exchanges: &Exchanges,
    ) -> bool {
        let asked = played.body.to_bytes();
        let Ok(envelope) = from_slice::<RawEnvelope>(&asked) else {
            return false;
        };
        let params = envelope.params.map(|params| params.get().as_bytes());
        let Some(about) = params.and_then(|params| from_slice::<Asked>(params).ok()) else {
            return false;
        };
        let document = played.document.as_ref();
        let document = document.filter(|_| played.outcome == Outcome::Complete);
        let text = document.map_or("", |(_, document)| document.as_str());
        let number = played.number;
        match envelope.kind.as_str() {
            _ if played.url != url => return false,
            "threads.get_by_id" => {
                let kept = Kept {
                    thread: mark(text),
                    after: None,
                    page: 0,
                    items: 0,
                    exchanges: number..=number,
                };
                let unfinished = open.replace((about.thread_id, kept));
                self.drop_unfinished(unfinished);
            }
            "items.list" => {
                let page = from_slice::<Page>(text.as_bytes());
                let (Ok(page), Some((id, mut kept))) = (page, open.take()) else {
                    self.dropped.insert(number);
                    return true;
                };
                if id != about.thread_id {
                    self.dropped.insert(number);
                    self.drop_unfinished(Some((id, kept)));
                    return true;
                }
                kept.items += page.data.len();
                (kept.after, kept.page) = (about.after, mark(text));
                kept.exchanges = *kept.exchanges.start()..=number;
                if page.has_more {
                    *open = Some((id, kept));
                    return true;
                }
                self.whole = Whole {
                    offset: exchanges.offset(),
                    exchanges: number,
                    at: played.ended,
                };
                if let Some(earlier) = self.threads.insert(id, kept) {
                    self.dropped.extend(earlier.exchanges);
                }
            }
            _ => return false,
        }
        true
    }
}

impl Left {
    /// A thread whose last page never came, because it was deleted meanwhile, is none.
    fn drop_unfinished(&mut self, unfinished: Option<(String, Kept)>) {
        let exchanges = unfinished.map(|(_, kept)| kept.exchanges);
        self.dropped.extend(exchanges.into_iter().flatten());
    }
}

/// What tells a document from another one, within one run of this program.
pub fn mark(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "http://h/chatkit";

    fn exchange(recorder: &mut Recorder, kind: &str, params: &str, document: &str) {
        let body = format!(r#"{{"type":"{kind}","params":{params}}}"#);
        let exchange = recorder.request(URL, [], body.as_bytes()).unwrap();
        recorder.response(exchange, 200, []).unwrap();
        recorder.document(exchange, document.as_bytes()).unwrap();
        recorder.end(exchange, Outcome::Complete, None).unwrap();
    }

    fn thread(recorder: &mut Recorder, id: &str, has_more: bool) {
        let params = format!(r#"{{"thread_id":"{id}"}}"#);
        exchange(recorder, "threads.get_by_id", &params, "{}");
        let page = format!(r#"{{"data":[1,2],"has_more":{has_more},"after":"2"}}"#);
        exchange(recorder, "items.list", &params, &page);
    }

    #[test]
    fn a_thread_counts_when_its_last_page_is_there_however_the_file_was_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("e.jsonl");
        let (mut recorder, left) = begin(&path, URL).unwrap();
        assert!(left.threads.is_empty());
        thread(&mut recorder, "a", false);
        recorder.flush().unwrap();
        let whole = std::fs::metadata(partial(&path)).unwrap().len();
        thread(&mut recorder, "b", true);
        recorder.leave().unwrap();
        let bytes = std::fs::read(partial(&path)).unwrap();
        for length in 0..=bytes.len() {
            std::fs::write(partial(&path), &bytes[..length]).unwrap();
            let (recorder, left) = begin(&path, URL).unwrap();
            recorder.leave().unwrap();
            let is_there = length as u64 >= whole - 1;
            assert_eq!(left.threads.contains_key("a"), is_there, "{length} bytes");
            assert_eq!(left.threads.len(), usize::from(is_there));
            // Whatever was behind it is gone, so that what is written next is a line.
            assert!(std::fs::metadata(partial(&path)).unwrap().len() <= whole);
        }
    }

    #[test]
    fn what_is_another_file_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("e.jsonl");
        std::fs::write(&path, "my notes").unwrap();
        assert_eq!(begin(&path, URL).unwrap_err().code(), 2);
        assert_eq!(std::fs::read(&path).unwrap(), b"my notes");
        std::fs::remove_file(&path).unwrap();
        std::fs::write(partial(&path), "my notes").unwrap();
        assert_eq!(begin(&path, URL).unwrap_err().code(), 2);
        std::fs::remove_file(partial(&path)).unwrap();
        let (mut recorder, _) = begin(&path, URL).unwrap();
        thread(&mut recorder, "a", false);
        recorder.leave().unwrap();
        let other = begin(&path, "http://other/chatkit").unwrap_err();
        assert!(other.to_string().contains("no export from http://other"));
    }
}
