//! The script: each request of a recording in its order, with the answer that it had.

use std::path::Path;

use serde_json::Value;

use super::items;
use crate::cassette::{self, Outcome, Played};
use crate::error::{Error, Result};
use crate::protocol::{Event, Item, ItemKind, Operation, Thread, UserContent, UserMessageInput};

/// The largest file that is replayed, in bytes: all of it is held.
const MAX_FILE: u64 = 512 * 1024 * 1024;

/// How much of a message a step is named by, in characters.
const EXCERPT: usize = 40;

/// What a script was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Exchanges as they happened, with their times.
    Recording,
    /// The items of a thread, from which the requests follow.
    Items,
}

/// A conversation that can be played again.
#[derive(Debug)]
pub struct Script {
    /// What it was made of.
    pub source: Source,
    /// What was asked, in that order.
    pub steps: Vec<Step>,
}

/// One request, and what came back.
#[derive(Clone, Debug)]
pub struct Step {
    /// What was asked for; `None` for an upload, and for anything that is no operation.
    pub operation: Option<Operation>,
    /// The request's document; null where it has none.
    pub request: Value,
    /// The exchange as it was written down.
    pub played: Played,
}

impl Script {
    /// Reads a recording or an export.
    ///
    /// # Errors
    /// The file cannot be read, is no recording (with the line), or there is nothing in it.
    pub fn open(path: &Path) -> Result<Self> {
        let name = path.display();
        let reader = cassette::open(path)?;
        let size = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        if size > MAX_FILE {
            let limit = MAX_FILE / (1024 * 1024);
            return Err(Error::usage(format!(
                "{name} is larger than {limit} MiB, which is the most that is replayed"
            )));
        }
        let mut plays = cassette::exchanges(reader).collect::<Result<Vec<_>>>()?;
        // They were given in the order of their ends.
        plays.sort_by_key(|played| played.number);
        let steps: Vec<_> = plays.into_iter().map(Step::new).collect();
        if steps.is_empty() {
            return Err(Error::usage(format!("{name} holds no exchange")));
        }
        if steps.iter().any(Step::is_turn) {
            return Ok(Self {
                source: Source::Recording,
                steps,
            });
        }
        let threads = items::threads(&steps);
        if threads.is_empty() {
            return Ok(Self {
                source: Source::Recording,
                steps,
            });
        }
        Ok(Self::of_threads(&threads))
    }

    /// The script of threads whose items are known.
    pub fn of_threads(threads: &[Thread]) -> Self {
        let plays = items::plays(threads);
        Self {
            source: Source::Items,
            steps: plays.into_iter().map(Step::new).collect(),
        }
    }
}

impl Step {
    fn new(played: Played) -> Self {
        let request: Value = serde_json::from_str(played.body.as_str()).unwrap_or_default();
        let name = request.get("type").and_then(Value::as_str);
        let operation = name.and_then(Operation::from_name);
        Self {
            operation: operation.filter(|_| played.method == "POST"),
            request,
            played,
        }
    }

    /// Whether a turn was asked for.
    pub fn is_turn(&self) -> bool {
        self.operation.is_some_and(Operation::streams)
    }

    /// A parameter of the request.
    pub fn param(&self, name: &str) -> Option<&Value> {
        self.request.get("params")?.get(name)
    }

    /// A parameter of the request that is a text.
    pub fn word(&self, name: &str) -> Option<&str> {
        self.param(name)?.as_str()
    }

    /// The status of the answer; `None` where there was none.
    pub fn status(&self) -> Option<u16> {
        self.played.response.as_ref().map(|head| head.status)
    }

    /// What a user said in this step, as the answer repeats it, or else as the request has it.
    pub fn said(&self) -> Option<Item> {
        let events = self.played.events.iter();
        let repeated = events
            .filter_map(|(_, data)| Event::decode(data.as_str().as_bytes()).ok())
            .find_map(|event| match event {
                Event::ItemDone(body) if matches!(body.item.kind, ItemKind::UserMessage(_)) => {
                    Some(body.item)
                }
                _ => None,
            });
        repeated
            .filter(|_| self.operation != Some(Operation::RetryAfterItem))
            .or_else(|| self.message().as_ref().map(items::unsaid))
    }

    /// The message of the request.
    pub fn message(&self) -> Option<UserMessageInput> {
        let is_message = matches!(
            self.operation,
            Some(Operation::CreateThread | Operation::AddUserMessage)
        );
        let input = self.param("input").filter(|_| is_message)?;
        serde_json::from_value(input.clone()).ok()
    }

    /// The step in a few words: its operation, and the beginning of what was said.
    pub fn title(&self) -> String {
        let Some(operation) = self.operation else {
            return format!("{} {}", self.played.method, self.played.url);
        };
        let name = operation.name();
        match self.text().or_else(|| self.action().map(str::to_owned)) {
            Some(text) if text.chars().count() > EXCERPT => {
                let begin: String = text.chars().take(EXCERPT).collect();
                format!("{name} '{begin}…'")
            }
            Some(text) => format!("{name} '{text}'"),
            None => name.to_owned(),
        }
    }

    /// The words of the user, whole, if there are any.
    pub fn text(&self) -> Option<String> {
        let input = self.message()?;
        let text: String = input.content.iter().map(UserContent::shown).collect();
        Some(text).filter(|text| !text.is_empty())
    }

    /// The type of the action that was run.
    pub fn action(&self) -> Option<&str> {
        self.param("action")?.get("type")?.as_str()
    }

    /// Whether somebody left in the middle of the turn's answer, or the recording ends there.
    pub fn is_left(&self) -> bool {
        self.is_turn() && self.played.outcome == Outcome::Cancelled
    }

    /// Why the answer must not be taken for whole; `None` where it was.
    pub fn broke(&self) -> Option<&str> {
        let reason = self.played.reason.as_deref();
        match self.played.outcome {
            Outcome::Complete => None,
            Outcome::Cancelled => Some(reason.unwrap_or("the client left")),
            Outcome::Broken => Some(reason.unwrap_or("it broke off")),
        }
    }
}
