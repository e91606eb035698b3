//! Threads out of a recording, part by part, each with the line that it stands in.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::asked::{Asked, Kind, asked};
use super::excerpt::{shown, shown_item};
use crate::cassette::{self, Line, Outcome, Reader};
use crate::error::{Error, Result};
use crate::plural::plural;
use crate::protocol::{
    Attachment, AttachmentKind, DecodeError, Item, ItemKind, Object, Thread, ThreadId, from_slice,
    without_halves,
};
use crate::ui::{Style, Ui};

/// The longest id, in bytes; what is longer is no id but an attempt.
const MAX_ID: usize = 1024;

/// What to do about a thread that is not whole.
const AGAIN: &str = "an export that was interrupted goes on when its command is run again";

/// A part of a thread; the parts of one stand behind each other.
pub enum Part {
    /// The thread itself.
    Thread(Box<Carried>),
    /// An item of it.
    Item(Box<CarriedItem>),
    /// All of it was there.
    End,
}

/// A thread of the file.
pub struct Carried {
    /// What it says.
    pub thread: Thread,
    /// The same, word for word but for its items.
    pub json: String,
    /// Whose it was, where the file says so.
    pub user: Option<String>,
}

/// An item of the file.
pub struct CarriedItem {
    /// What it says.
    pub item: Item,
    /// The same, word for word.
    pub json: String,
}

/// The parts of the threads of a file, in its order.
pub struct Parts {
    name: String,
    reader: Reader,
    /// What was asked and is not answered yet.
    asked: BTreeMap<u64, Asked>,
    /// The thread that is being read.
    open: Option<Open>,
    ready: std::collections::VecDeque<Part>,
    /// The turns that are under way.
    turns: BTreeSet<u64>,
    /// How many streams were passed over: they are turns, not threads.
    pub streams: usize,
    /// The threads that were asked for and did not come, and why.
    lost: BTreeMap<ThreadId, String>,
}

struct Open {
    id: ThreadId,
    line: usize,
    /// The item that the next page begins after.
    after: Option<String>,
    has_page: bool,
}

#[derive(Deserialize)]
struct Page {
    data: Vec<Box<RawValue>>,
    #[serde(default)]
    has_more: bool,
    after: Option<String>,
}

impl Parts {
    /// The threads of the recording at this path.
    ///
    /// # Errors
    /// It cannot be read, is no recording, or a newer one than this program knows.
    pub fn open(path: &Path) -> Result<Self> {
        Ok(Self {
            name: path.display().to_string(),
            reader: cassette::open(path)?,
            asked: BTreeMap::new(),
            open: None,
            ready: std::collections::VecDeque::new(),
            turns: BTreeSet::new(),
            streams: 0,
            lost: BTreeMap::new(),
        })
    }

    /// The next part; `None` at the end of the file.
    ///
    /// # Errors
    /// Wrong usage, with the line: what stands there is no part of a thread, or one is missing.
    pub fn next(&mut self) -> Result<Option<Part>> {
        loop {
            if let Some(part) = self.ready.pop_front() {
                return Ok(Some(part));
            }
            match self.reader.next() {
                Some(line) => self.take(line?)?,
                None => return self.end().map(|()| None),
            }
        }
    }

    /// The end of the file is the end of no thread.
    fn end(&mut self) -> Result<()> {
        if let Some(open) = &self.open {
            return Err(self.cut(open));
        }
        for (_, asked) in std::mem::take(&mut self.asked) {
            self.lose(&asked, "the file ends before its answer does");
        }
        Ok(())
    }

    /// Notes a thread of which the file has nothing but the question.
    fn lose(&mut self, asked: &Asked, why: &str) {
        if asked.kind == Kind::Thread {
            let place = format!("{}:{}: ", self.name, asked.line);
            let told = format!("{place}thread {}: {why}", shown(&asked.thread));
            self.lost.insert(asked.thread.clone(), told);
        }
    }

    /// What is to be told at the end: the threads that did not come, and what else was passed over.
    ///
    /// # Errors
    /// Wrong usage: some thread did not come.
    pub fn verdict(&self, ui: &mut Ui) -> Result<()> {
        if self.streams > 0 {
            let turns = plural(self.streams, "recorded turn");
            let note = format!("{turns} passed over: what is imported are exported threads");
            ui.note(Style::Plain, &note);
        }
        for told in self.lost.values() {
            ui.warn(told);
        }
        match self.lost.len() {
            0 => Ok(()),
            lost => Err(Error::usage_hint(
                format!(
                    "{} not whole in {}, and left out",
                    plural(lost, "thread"),
                    self.name
                ),
                AGAIN,
            )),
        }
    }

    fn take(&mut self, line: Line) -> Result<()> {
        let number = line.exchange();
        match line {
            Line::Request { body, .. } => {
                if let Some(asked) = asked(&body, self.reader.number()) {
                    self.asked.insert(number, asked);
                }
            }
            Line::Response { status, .. } => {
                if let Some(asked) = self.asked.get_mut(&number) {
                    asked.status = Some(status);
                }
            }
            Line::Document { body, .. } => {
                let at = self.reader.number();
                if let Some(asked) = self.asked.get_mut(&number) {
                    asked.answer = Some((at, body));
                }
            }
            Line::Event { .. } => {
                self.turns.insert(number);
            }
            Line::End { outcome, .. } => {
                if self.turns.remove(&number) {
                    self.streams += 1;
                } else if let Some(asked) = self.asked.remove(&number) {
                    self.answered(asked, outcome)?;
                }
            }
        }
        Ok(())
    }

    fn answered(&mut self, asked: Asked, outcome: Outcome) -> Result<()> {
        let Some((line, answer)) = asked.answer.clone().filter(|_| asked.is_good()) else {
            match asked.status {
                // It is not there any more.
                Some(404) => {}
                Some(status) if !asked.is_good() => {
                    self.lose(&asked, &format!("it was refused with {status}"));
                }
                _ => self.lose(&asked, "its answer did not come"),
            }
            return Ok(());
        };
        if outcome != Outcome::Complete {
            let id = shown(&asked.thread);
            return Err(self.refused(
                line,
                &format!("the answer about thread {id} was cut short, so that it is not whole"),
            ));
        }
        match asked.kind {
            Kind::Thread => self.thread(&asked.thread, asked.user, line, answer.as_str()),
            Kind::Items => {
                let after = asked.after.as_deref();
                self.page(&asked.thread, after, line, answer.as_str())
            }
        }
    }

    fn thread(
        &mut self,
        id: &ThreadId,
        user: Option<String>,
        line: usize,
        answer: &str,
    ) -> Result<()> {
        if let Some(open) = &self.open {
            return Err(self.cut(open));
        }
        let malformed = |error| self.malformed(line, &error);
        let answer = without_halves(answer);
        let mut fields: Object = from_slice(answer.as_bytes()).map_err(malformed)?;
        let thread: Thread = from_slice(answer.as_bytes()).map_err(malformed)?;
        if thread.id != *id {
            let message = format!(
                "thread {} answers for thread {}",
                shown(&thread.id),
                shown(id)
            );
            return Err(self.refused(line, &message));
        }
        self.check_id(line, "thread", id.as_str())?;
        let own: Option<Page> = fields
            .get("items")
            .and_then(|page| from_slice(page.to_string().as_bytes()).ok());
        fields.insert(
            "items".to_owned(),
            serde_json::json!({"data": [], "has_more": false}),
        );
        let json = serde_json::to_string(&fields)
            .map_err(|error| self.refused(line, &error.to_string()))?;
        self.lost.remove(id);
        self.open = Some(Open {
            id: id.clone(),
            line,
            after: None,
            has_page: false,
        });
        let carried = Carried { thread, json, user };
        self.ready.push_back(Part::Thread(Box::new(carried)));
        match own {
            // An export has the items on pages of their own; others may have them here.
            Some(page) if !page.data.is_empty() => self.rows(line, page),
            _ => Ok(()),
        }
    }

    fn page(
        &mut self,
        thread: &ThreadId,
        after: Option<&str>,
        line: usize,
        answer: &str,
    ) -> Result<()> {
        let Some(open) = self.open.as_ref().filter(|open| open.id == *thread) else {
            let message = format!(
                "items of thread {}, which does not stand before them",
                shown(thread)
            );
            return Err(self.refused(line, &message));
        };
        if open.after.as_deref() != after {
            let message = format!(
                "this page of thread {} does not follow the one before it",
                shown(thread)
            );
            return Err(self.refused(line, &message));
        }
        let page = from_slice(answer.as_bytes()).map_err(|error| self.malformed(line, &error))?;
        self.rows(line, page)
    }

    fn rows(&mut self, line: usize, page: Page) -> Result<()> {
        let Some(mut open) = self.open.take() else {
            return Ok(());
        };
        for (row, raw) in page.data.iter().enumerate() {
            let item = self.item(&open.id, line, row, raw)?;
            self.ready.push_back(Part::Item(Box::new(item)));
        }
        if !page.has_more {
            self.ready.push_back(Part::End);
            return Ok(());
        }
        if page.after.is_none() || page.after == open.after {
            return Err(self.refused(line, "there is more, and the page does not say after what"));
        }
        (open.after, open.has_page) = (page.after, true);
        self.open = Some(open);
        Ok(())
    }

    fn item(
        &self,
        thread: &ThreadId,
        line: usize,
        row: usize,
        raw: &RawValue,
    ) -> Result<CarriedItem> {
        // What is stored is read again, and by others.
        let json = without_halves(raw.get());
        let item: Item = from_slice(json.as_bytes()).map_err(|error| {
            let path = format!("data[{row}].{}", error.path);
            let path = path.trim_end_matches('.').to_owned();
            self.malformed(line, &DecodeError { path, ..error })
        })?;
        if item.thread_id != *thread {
            let (id, other) = (shown_item(&item.id), shown(&item.thread_id));
            let message = format!("item {id} is of thread {other}, not of {}", shown(thread));
            return Err(self.refused(line, &message));
        }
        self.check_id(line, "item", item.id.as_str())?;
        if let ItemKind::UserMessage(message) = &item.kind {
            // What is of an unknown type need not have an id.
            let needs_none = |it: &Attachment| {
                it.id.as_str().is_empty() && matches!(it.kind, AttachmentKind::Unknown(_))
            };
            let attachments = message.attachments.iter();
            for attachment in attachments.filter(|it| !needs_none(it)) {
                self.check_id(line, "attachment", attachment.id.as_str())?;
            }
        }
        let json = json.into_owned();
        Ok(CarriedItem { item, json })
    }

    fn check_id(&self, line: usize, what: &str, id: &str) -> Result<()> {
        let why = if id.is_empty() {
            "is empty"
        } else if id.len() > MAX_ID {
            "is longer than 1 KiB"
        } else if id.chars().any(char::is_control) {
            "has control characters"
        } else {
            return Ok(());
        };
        Err(self.refused(line, &format!("the id of the {what} {why}")))
    }

    fn cut(&self, open: &Open) -> Error {
        let id = shown(&open.id);
        let missing = if open.has_page {
            "its last items"
        } else {
            "its items"
        };
        Error::usage_hint(
            format!(
                "{}:{}: thread {id} is not whole: {missing} are missing",
                self.name, open.line
            ),
            AGAIN,
        )
    }

    fn malformed(&self, line: usize, error: &DecodeError) -> Error {
        self.refused(line, &error.to_string())
    }

    fn refused(&self, line: usize, why: &str) -> Error {
        Error::usage(format!("{}:{line}: {why}", self.name))
    }
}

#[cfg(test)]
mod tests {

    use super::*;

    const HEADER: &str =
        r#"{"format":"chatkit-recording","version":1,"started_at":"","written_by":""}"#;

    /// An exchange of four lines.
    fn exchange(number: u64, kind: &str, params: &str, document: &str) -> String {
        format!(
            r#"{{"request":{{"exchange":{number},"at":0.0,"method":"POST","url":"u","body":{{"json":{{"type":"{kind}","params":{params}}}}}}}}}
{{"response":{{"exchange":{number},"at":0.0,"status":200}}}}
{{"document":{{"exchange":{number},"at":0.0,"body":{{"json":{document}}}}}}}
{{"end":{{"exchange":{number},"at":0.0,"outcome":"complete"}}}}
"#
        )
    }

    const THREAD: &str = r#"{"id":"t","created_at":"2026-11-20T10:00:00"}"#;

    fn item(id: &str, thread: &str) -> String {
        format!(
            r#"{{"id":"{id}","thread_id":"{thread}","created_at":"2026-11-20T10:00:00","type":"new_kind","n":1.50}}"#
        )
    }

    fn parts(lines: &[String]) -> Result<Vec<Part>> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), format!("{HEADER}\n{}", lines.concat())).unwrap();
        let mut parts = Parts::open(file.path()).unwrap();
        let mut all = Vec::new();
        while let Some(part) = parts.next().map_err(|error| {
            let message = error.to_string();
            Error::usage(message.replace(&file.path().display().to_string(), "FILE"))
        })? {
            all.push(part);
        }
        Ok(all)
    }

    fn refusal(lines: &[String]) -> String {
        match parts(lines) {
            Ok(_) => panic!("it was taken"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_thread_is_read_page_by_page_and_word_for_word() {
        let pages = [
            exchange(1, "threads.get_by_id", r#"{"thread_id":"t"}"#, THREAD),
            exchange(
                2,
                "items.list",
                r#"{"thread_id":"t"}"#,
                &format!(
                    r#"{{"data":[{}],"has_more":true,"after":"a"}}"#,
                    item("a", "t")
                ),
            ),
            exchange(
                3,
                "items.list",
                r#"{"thread_id":"t","after":"a"}"#,
                &format!(r#"{{"data":[{}],"has_more":false}}"#, item("b", "t")),
            ),
        ];
        let read = parts(&pages).unwrap();
        assert!(matches!(&read[0], Part::Thread(carried) if carried.thread.id.as_str() == "t"));
        assert!(matches!(&read[1], Part::Item(carried) if carried.json == item("a", "t")));
        assert!(matches!(&read[2], Part::Item(carried) if carried.item.id.as_str() == "b"));
        assert!(matches!(&read[3], Part::End));
        assert_eq!(read.len(), 4);
        assert_eq!(
            refusal(&pages[..2]),
            "FILE:4: thread t is not whole: its last items are missing"
        );
        assert_eq!(
            refusal(&pages[..1]),
            "FILE:4: thread t is not whole: its items are missing"
        );
    }

    #[test]
    fn a_thread_that_was_asked_for_and_did_not_come_is_told_unless_it_comes_later() {
        let lost = |lines: &[String]| {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), format!("{HEADER}\n{}", lines.concat())).unwrap();
            let mut parts = Parts::open(file.path()).unwrap();
            while parts.next().unwrap().is_some() {}
            let name = file.path().display().to_string();
            let told = parts.lost.into_values();
            told.map(|told| told.replace(&name, "FILE"))
                .collect::<Vec<_>>()
        };
        let whole = exchange(1, "threads.get_by_id", r#"{"thread_id":"t"}"#, THREAD);
        let lines: Vec<&str> = whole.lines().collect();
        let first = |count: usize| lines[..count].join("\n") + "\n";
        let end = lines[3].to_owned() + "\n";
        assert_eq!(
            lost(&[first(1)]),
            ["FILE:2: thread t: the file ends before its answer does"]
        );
        assert_eq!(
            lost(&[first(3)]),
            ["FILE:2: thread t: the file ends before its answer does"]
        );
        assert_eq!(
            lost(&[first(1), end.clone()]),
            ["FILE:2: thread t: its answer did not come"]
        );
        assert_eq!(
            lost(&[first(2), end]),
            ["FILE:2: thread t: its answer did not come"]
        );
        let refused = whole.replace("200", "503");
        assert_eq!(
            lost(std::slice::from_ref(&refused)),
            ["FILE:2: thread t: it was refused with 503"]
        );
        assert_eq!(lost(&[whole.replace("200", "404")]), [""; 0]);
        let later = whole.replace(r#""exchange":1"#, r#""exchange":2"#);
        let page = r#"{"data":[],"has_more":false}"#;
        let page = exchange(3, "items.list", r#"{"thread_id":"t"}"#, page);
        assert_eq!(lost(&[refused, later, page]), [""; 0]);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let thread = exchange(1, "threads.get_by_id", r#"{"thread_id":"t"}"#, THREAD);
        let page = |document: &str| {
            let page = exchange(2, "items.list", r#"{"thread_id":"t"}"#, document);
            refusal(&[thread.clone(), page])
        };
        let rows = |rows: &str| page(&format!(r#"{{"data":[{rows}],"has_more":false}}"#));
        assert_eq!(
            rows(&item("a", "u")),
            "FILE:8: item a is of thread u, not of t"
        );
        assert_eq!(rows(&item("", "t")), "FILE:8: the id of the item is empty");
        assert!(rows("7").starts_with("FILE:8: data[0]: "), "{}", rows("7"));
        assert!(page("[]").starts_with("FILE:8: "));
        assert_eq!(
            page(r#"{"data":[],"has_more":true}"#),
            "FILE:8: there is more, and the page does not say after what"
        );
        let alone = exchange(1, "items.list", r#"{"thread_id":"t"}"#, r#"{"data":[]}"#);
        assert_eq!(
            refusal(&[alone]),
            "FILE:4: items of thread t, which does not stand before them"
        );
        let other = exchange(1, "threads.get_by_id", r#"{"thread_id":"x"}"#, THREAD);
        assert_eq!(refusal(&[other]), "FILE:4: thread t answers for thread x");
        let cut = thread.replace("complete", "broken");
        assert!(refusal(&[cut]).starts_with("FILE:4: the answer about thread t was cut short"));
        assert!(refusal(&["{\"garbage\n".to_owned()]).starts_with("FILE:2: "));
    }
}
