//! What a turn brought, in rows that can be compared: its items as they ended up, and its signals.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use super::known::Known;
use super::{Source, Step};
use crate::cassette::Outcome;
use crate::protocol::{
    Event, EventReader, Item, ItemId, ItemKind, Operation, SyncActionAnswer, Thread,
};
use crate::transcript::{Change, Transcript, Violation};

/// What came back for one request.
#[derive(Clone, Debug)]
pub struct Take {
    /// The status; `None` where no answer came.
    pub status: Option<u16>,
    /// The data of each event.
    pub events: Vec<Bytes>,
    /// The document, where it was no stream.
    pub document: Option<Bytes>,
    /// How it ended.
    pub end: End,
}

/// How an answer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// In order.
    Complete,
    /// The client left, so that nobody knows what would have come.
    Left,
    /// It broke, and how.
    Broken(String),
}

/// One thing that a turn brought.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The type of the item, or what kind of signal it is.
    pub kind: String,
    /// The item's id.
    pub id: Option<ItemId>,
    /// What it says.
    pub value: Value,
}

/// The rows of a turn.
#[derive(Clone, Debug, Default)]
pub struct Folded {
    /// In the order in which they were first heard of.
    pub rows: Vec<Row>,
    /// The thread that it was about.
    pub thread: Option<String>,
    /// Whether more would have come, had the client not left.
    pub is_partial: bool,
}

/// The threads of one side, recorded or live, as far as its turns tell them.
#[derive(Debug, Default)]
pub struct Side {
    threads: HashMap<String, Transcript>,
    /// The ids and addresses of this side.
    pub known: Known,
}

enum Touched {
    Item(ItemId),
    Row(Row),
}

impl Take {
    /// The answer as it was written down.
    pub fn recorded(step: &Step) -> Self {
        let played = &step.played;
        let reason = || {
            played
                .reason
                .clone()
                .unwrap_or_else(|| "it broke off".into())
        };
        Self {
            status: step.status(),
            events: (played.events.iter())
                .map(|(_, data)| Bytes::from(data.to_bytes()))
                .collect(),
            document: (played.document.as_ref()).map(|(_, body)| Bytes::from(body.to_bytes())),
            end: match played.outcome {
                Outcome::Complete => End::Complete,
                Outcome::Cancelled => End::Left,
                Outcome::Broken => End::Broken(reason()),
            },
        }
    }

    /// Whether the backend refused.
    pub fn refusal(&self) -> Option<u16> {
        self.status.filter(|status| *status >= 400)
    }
}

impl Side {
    /// What is known of a thread.
    pub fn thread(&self, id: &str) -> Option<&Transcript> {
        self.threads.get(id)
    }

    /// Folds an answer; `thread` is the one that the request named.
    pub fn fold(
        &mut self,
        operation: Option<Operation>,
        thread: Option<&str>,
        take: &Take,
    ) -> Folded {
        let mut transcript = thread
            .and_then(|id| self.threads.remove(id))
            .unwrap_or_default();
        let mut fold = Fold {
            touched: Vec::new(),
            seen: HashSet::new(),
            known: &mut self.known,
        };
        let mut reader = EventReader::default();
        for data in &take.events {
            match reader.decode(data) {
                Ok(event) => fold.apply(&event, &mut transcript),
                Err(_) => fold.row("malformed event", String::from_utf8_lossy(data).into()),
            }
        }
        fold.document(operation, take, &mut transcript);
        fold.end(take, &transcript);
        let rows = fold.rows(&transcript, take.end == End::Left);
        let id = named(&transcript, &rows).or_else(|| thread.map(str::to_owned));
        if let Some(id) = &id {
            self.known.id(id);
            self.threads.insert(id.clone(), transcript);
        }
        Folded {
            rows,
            thread: id,
            is_partial: take.end == End::Left,
        }
    }
}

/// The thread that a turn was about, by its own word.
fn named(transcript: &Transcript, rows: &[Row]) -> Option<String> {
    let told = transcript.thread().map(|thread| thread.id.to_string());
    told.or_else(|| {
        let mut ids = rows
            .iter()
            .filter_map(|row| row.value.get("thread_id")?.as_str());
        ids.next().map(str::to_owned)
    })
}

struct Fold<'a> {
    touched: Vec<Touched>,
    seen: HashSet<ItemId>,
    known: &'a mut Known,
}

impl Fold<'_> {
    fn row(&mut self, kind: &str, value: Value) {
        self.touched.push(Touched::Row(Row {
            kind: kind.to_owned(),
            id: None,
            value,
        }));
    }

    fn apply(&mut self, event: &Event, transcript: &mut Transcript) {
        let removed = match event {
            Event::ItemRemoved(body) => transcript.item(&body.item_id).map(kind_of),
            _ => None,
        };
        let applied = transcript.apply(event);
        match applied.change {
            Change::Added(id)
            | Change::Updated(id)
            | Change::Done(id)
            | Change::Replaced(id)
            | Change::Text { item_id: id, .. } => self.touch(id),
            Change::Removed(id) => {
                self.touched
                    .retain(|touched| !matches!(touched, Touched::Item(item) if item == id));
                self.seen.remove(id);
                let kind = removed.unwrap_or_else(|| "unknown".to_owned());
                self.row("removed", json!({"type": kind}));
            }
            Change::Thread { title, status, .. } => {
                if let Some(thread) = transcript.thread().filter(|_| title || status) {
                    self.row("thread", about(thread));
                }
            }
            Change::Signal => self.signal(event),
            Change::Nothing => {}
        }
        for violation in &applied.violations {
            self.row("breach", violation.kind().into());
        }
    }

    fn touch(&mut self, id: &ItemId) {
        if self.seen.insert(id.clone()) {
            self.touched.push(Touched::Item(id.clone()));
        }
    }

    fn signal(&mut self, event: &Event) {
        let kind = match event {
            // What a client may do while it waits is no part of what came.
            Event::StreamOptions(_) => return,
            Event::Unknown(unknown) => unknown.kind.clone(),
            other => other.type_name().to_owned(),
        };
        self.row(&kind, value(event));
    }

    /// What a document brought, of the operations that are answered by one.
    fn document(&mut self, operation: Option<Operation>, take: &Take, transcript: &mut Transcript) {
        let Some(bytes) = take.document.as_ref().filter(|_| take.refusal().is_none()) else {
            return;
        };
        let json: Option<Value> = serde_json::from_slice(bytes).ok();
        match operation {
            Some(Operation::SyncCustomAction) => {
                let answer = serde_json::from_slice::<SyncActionAnswer>(bytes);
                if let Some(item) = answer.ok().and_then(|answer| answer.updated_item) {
                    let event = Event::ItemReplaced(crate::protocol::WithItem {
                        item,
                        extra: crate::protocol::Extra::default(),
                    });
                    self.apply(&event, transcript);
                }
            }
            Some(Operation::UpdateThread) => {
                if let Ok(thread) = serde_json::from_slice::<Thread>(bytes) {
                    self.row("thread", about(&thread));
                }
            }
            Some(Operation::Transcribe) => self.row("transcription", json.unwrap_or_default()),
            _ => {}
        }
    }

    /// How it ended, where that was not in order.
    fn end(&mut self, take: &Take, transcript: &Transcript) {
        if let Some(status) = take.refusal() {
            self.row("refused", json!({"status": status}));
            return;
        }
        match &take.end {
            End::Broken(_) => self.row("broken off", Value::Null),
            End::Complete => {
                for violation in transcript.finish() {
                    let is_ours = matches!(&violation, Violation::LeftOpen { item_id } if self.seen.contains(item_id));
                    if is_ours {
                        self.row("breach", violation.kind().into());
                    }
                }
            }
            End::Left => {}
        }
    }

    fn rows(self, transcript: &Transcript, is_partial: bool) -> Vec<Row> {
        let open: HashSet<&ItemId> = transcript.open_items().map(|item| &item.id).collect();
        let known = self.known;
        let rows = self
            .touched
            .into_iter()
            .filter_map(|touched| match touched {
                Touched::Row(row) => Some(row),
                Touched::Item(id) if is_partial && open.contains(&id) => None,
                Touched::Item(id) => {
                    let item = transcript.item(&id)?;
                    known.item(item);
                    Some(Row {
                        kind: kind_of(item),
                        id: Some(id),
                        value: value(item),
                    })
                }
            });
        rows.collect()
    }
}

fn kind_of(item: &Item) -> String {
    item.kind.type_name().to_owned()
}

fn about(thread: &Thread) -> Value {
    json!({"title": thread.title, "status": thread.status})
}

fn value<T: Serialize>(shape: &T) -> Value {
    serde_json::to_value(shape).unwrap_or_default()
}

/// Whether an item of a script that has items only could have been compared at all.
pub fn is_comparable(source: Source, row: &Row) -> bool {
    source == Source::Recording
        || row.id.is_some()
        || row.kind == "refused"
        || row.kind == "broken off"
}

/// The item of this id that still waits for an answer.
pub fn pending_form<'a>(transcript: &'a Transcript, id: &str) -> Option<&'a Item> {
    let item = transcript.item(&ItemId::from(id))?;
    matches!(&item.kind, ItemKind::StructuredInput(form) if form.status == crate::protocol::AnswerStatus::Pending)
        .then_some(item)
}
