//! What was seen of a backend: requests, and every byte of their answers with its time.
//!
//! Rules judge this value and nothing else, so that a recording is judged by the same rules.

mod asker;
mod exchange;
mod fold;
mod frame;
mod purpose;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

pub use asker::Asker;
pub use exchange::{End, Exchange, Head, quote};
pub use fold::{Fold, text_of};
pub use frame::{Frame, Oddity};
pub use purpose::{Mistake, Moment, Purpose, STRANGERS_TITLE, Way};

use crate::protocol::{Item, Operation, ThreadId};

/// All that is known about a backend.
#[derive(Debug, Default)]
pub struct Evidence {
    /// What was looked at, for people.
    pub subject: String,
    /// Whether it is a recording, which lacks the bytes between events.
    pub is_recording: bool,
    /// What the backend is allowed to take.
    pub budget: Budget,
    /// The origin that a browser was pretended to be on; empty where none was.
    pub origin: String,
    /// The requests in the order in which they were sent.
    pub exchanges: Vec<Exchange>,
    /// Why something was not tried, by what it was.
    pub untried: BTreeMap<Probe, String>,
    /// Why nothing could be looked at, if nothing could be.
    pub barred: Option<Barred>,
    /// Why the first turn is none, without which nothing that holds means anything.
    pub dead: Option<String>,
    /// What keeps the evidence from being whole.
    pub gaps: Vec<Trouble>,
}

/// What fails a run whatever its rules say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub fix: Cow<'static, str>,
}

/// Why no rule can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Barred {
    /// There was no answer to the first request.
    Unreached(Trouble),
    /// The first request was refused for want of credentials.
    Refused(Trouble),
}

/// What a backend is allowed to take.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Until the first event of a turn.
    pub first_event: Duration,
    /// Until the first text of an answer.
    pub first_text: Duration,
    /// For a whole turn.
    pub turn: Duration,
    /// Between two events of a turn.
    pub gap: Duration,
}

/// Something that is tried with a backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Probe {
    /// A conversation from its beginning to its deletion.
    Talk,
    /// Requests that must be refused.
    Refusals,
    /// What a browser on another origin sends.
    Browser,
    /// Leaving in the middle of an answer.
    Cancel,
    /// A client tool.
    Tool,
    /// A form.
    Form,
    /// A widget and its actions.
    Widget,
    /// Attachments.
    Upload,
    /// Speech.
    Transcribe,
    /// Whether the context is kept.
    Remember,
    /// No credentials, and somebody else's.
    Strangers,
    /// The sessions of the hosted service.
    Session,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            first_event: Duration::from_secs(2),
            first_text: Duration::from_secs(5),
            turn: Duration::from_secs(30),
            gap: Duration::from_secs(10),
        }
    }
}

impl Evidence {
    /// The requests that were sent for the sake of what they do.
    pub fn uses(&self) -> impl Iterator<Item = &Exchange> {
        self.exchanges.iter().filter(|exchange| exchange.is_use())
    }

    /// The answers that were streamed, with events in them; but not to requests that had to be
    /// refused, of which nothing more is to be expected.
    pub fn turns(&self) -> impl Iterator<Item = &Exchange> {
        let streamed =
            |exchange: &&Exchange| !exchange.frames.is_empty() && !exchange.is_to_be_refused();
        self.exchanges.iter().filter(streamed)
    }

    /// The documents that were answered to `operation` with a success.
    pub fn documents(&self, operation: Operation) -> impl Iterator<Item = &Exchange> {
        self.exchanges
            .iter()
            .filter(move |exchange| exchange.operation() == Some(operation))
            .filter(|exchange| exchange.is_success() && exchange.is_use())
    }

    /// The requests of this purpose.
    pub fn of<'e>(&'e self, purpose: &'e Purpose) -> impl Iterator<Item = &'e Exchange> {
        self.exchanges
            .iter()
            .filter(move |exchange| exchange.purpose == *purpose)
    }

    /// What fails the run whatever the rules say.
    pub fn troubles(&self) -> Vec<Trouble> {
        let dead = self.dead.iter().map(|what| Trouble {
            what: what.clone(),
            fix: "see what the backend answered: chatkit send hello -v".into(),
        });
        let barred = self.barred.iter().map(Barred::trouble);
        barred
            .chain(dead)
            .chain(self.gaps.iter().cloned())
            .collect()
    }

    /// The threads to which a turn gave two names, so that nobody knows which one to ask for.
    pub fn threads_in_doubt(&self) -> BTreeSet<&str> {
        let named = self.turns().filter_map(|exchange| {
            let created = exchange.fold.created()?;
            let differs = |item: &Item| item.thread_id != *created;
            exchange.fold.items().any(differs).then_some(created)
        });
        named.map(ThreadId::as_str).collect()
    }

    /// Why `probe` was not made, or what is to be said when nobody knows.
    pub fn reason(&self, probe: Probe, otherwise: &str) -> String {
        let known = self.untried.get(&probe);
        known.map_or_else(|| otherwise.to_owned(), Clone::clone)
    }
}

impl Barred {
    /// The reason in few words, for each of the rules that were not asked.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Unreached(_) => "the backend was not reached",
            Self::Refused(_) => "the backend did not let us in",
        }
    }

    /// What is wrong and what to do, which is said once.
    pub fn trouble(&self) -> Trouble {
        let (Self::Unreached(trouble) | Self::Refused(trouble)) = self;
        trouble.clone()
    }
}
