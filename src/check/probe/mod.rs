//! What is tried with a backend, and in which order; what comes of it is only written down.

mod cancel;
mod elicit;
mod refusals;
mod session;
mod strangers;
mod talk;
mod upload;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use serde_json::{Value, json};

use super::barred::barred;
use super::evidence::{Budget, Evidence, Probe, Purpose};
use super::reply::Reply;
use super::wire::{Ask, Wire};
use super::{cookie, limited};
use crate::cancel::Cancel;
use crate::client::{Backend, HeaderName, HeaderValue, Patience, RawRequest, Rest};
use crate::error::{Error, Result};

/// How long the removal of what was left behind may take, and how many threads go at once.
const CLEAN_UP: Duration = Duration::from_secs(15);
/// The same, of a backend that never brought an answer to its end: a person waits.
const HASTY_CLEAN_UP: Duration = Duration::from_secs(2);
const AT_ONCE: usize = 8;

/// Why hosted `ChatKit` is asked for little.
const FEW: &str = "not tried with hosted ChatKit, whose sessions allow few requests a minute";

/// An id that no backend has.
const NOBODY: &str = "chatkit_check_no_such_thing";

/// What the mock answers any text with, and nobody else.
const MOCK: &str = "This is the **ChatKit mock**.";

/// What is said to a backend, and how.
#[derive(Debug)]
pub struct Plan {
    /// What is tried.
    pub probes: BTreeSet<Probe>,
    /// What is said.
    pub messages: Messages,
    /// The origin that a page is pretended to have.
    pub origin: String,
    /// The header of another user, if one was given.
    pub other: Option<(HeaderName, HeaderValue)>,
    /// Whether the backend is to refuse those who show no credentials.
    pub expects_auth: bool,
    /// Whether a word is to be remembered over two turns.
    pub remembers: bool,
    /// What the backend is allowed to take.
    pub budget: Budget,
    /// How many conversations go on at once.
    pub jobs: usize,
    /// Whether threads are left where they are.
    pub keeps: bool,
    /// The hosted API and the workflow and user that sessions are made for.
    pub sessions: Option<Sessions>,
}

/// What hosted sessions are made with.
#[derive(Debug)]
pub struct Sessions {
    /// The API.
    pub rest: Rest,
    /// The workflow.
    pub workflow: String,
    /// The user.
    pub user: String,
}

/// What is said to a backend.
#[derive(Clone, Debug, Default)]
pub struct Messages {
    /// What any answer will do for.
    pub any: String,
    /// The same, where the answer had better be short.
    pub short: String,
    /// What is answered by a client tool call.
    pub tool: Option<String>,
    /// What is answered by a form.
    pub form: Option<String>,
    /// What is answered by a widget.
    pub widget: Option<String>,
    /// What is answered long enough to be left in the middle.
    pub long: Option<String>,
    /// What asks for the word that the message before told.
    pub recall: Option<String>,
}

/// What one probe has to go on.
struct Stage<'a> {
    wire: &'a Wire<'a>,
    plan: &'a Plan,
    messages: Messages,
    /// Whether it is the mock, which takes files where the guides have them.
    is_mock: bool,
}

/// What was seen, and the error that kept the backend from being seen at all.
#[derive(Debug)]
pub struct Seen {
    /// What was seen.
    pub evidence: Evidence,
    /// Why nothing was.
    pub error: Option<Error>,
    /// The threads that could not be removed.
    pub left: Vec<String>,
    /// How long was waited because the backend asked for it.
    pub patience: Patience,
}

/// Tries everything of the plan, and removes what it left behind.
///
/// # Errors
/// [`Error::Interrupted`], after the removal.
pub async fn run(backend: &Backend, plan: &Plan, cancel: &Cancel) -> Result<Seen> {
    let wire = Wire::new(backend, plan.budget, cancel);
    let tried = try_all(&wire, plan).await;
    seen(wire, plan, tried).await
}

/// Tries one turn, reads it back, and removes it.
///
/// # Errors
/// [`Error::Interrupted`], after the removal.
pub async fn smoke(backend: &Backend, plan: &Plan, cancel: &Cancel) -> Result<Seen> {
    let wire = Wire::new(backend, plan.budget, cancel).in_haste();
    let turn = talk::smoke(&wire, &plan.messages.short, plan.keeps).await;
    let tried = turn.map(|turn| {
        let dead = dead(&turn);
        (BTreeMap::new(), turn.error, dead)
    });
    seen(wire, plan, tried).await
}

async fn seen(wire: Wire<'_>, plan: &Plan, tried: Result<Tried>) -> Result<Seen> {
    let left = if plan.keeps {
        Vec::new()
    } else {
        clean_up(&wire).await
    };
    let (untried, error, dead) = tried?;
    let backend = wire.backend;
    let log = wire.into_log();
    let limited = limited::trouble(&log.patience, &log.limited);
    // A first turn that was refused for this reason needs no second word.
    let dead = dead.filter(|_| limited.is_none() || !log.exchanges.is_empty());
    let mut evidence = Evidence {
        subject: backend.describe(),
        is_recording: false,
        barred: None,
        budget: plan.budget,
        origin: plan.origin.clone(),
        gaps: limited
            .into_iter()
            .chain(cookie::trouble(&log.exchanges))
            .collect(),
        exchanges: log.exchanges,
        untried,
        dead,
    };
    let barred = barred(error, &evidence, backend);
    let (barred, error) = barred.unzip();
    if barred.is_some() {
        evidence.dead = None;
        evidence.barred = barred;
    }
    Ok(Seen {
        evidence,
        error,
        left,
        patience: log.patience,
    })
}

/// Why something was not tried, why nothing was reached, and why the first turn is none.
type Tried = (BTreeMap<Probe, String>, Option<Error>, Option<String>);

async fn try_all(wire: &Wire<'_>, plan: &Plan) -> Result<Tried> {
    let mut first = talk::first(wire, &plan.messages.any).await?;
    let dead = dead(&first);
    if !first.is_good {
        let reason = format!("the first turn failed (request {})", first.number);
        let untried = plan.probes.iter().map(|probe| (*probe, reason.clone()));
        return Ok((untried.collect(), first.error.take(), dead));
    }
    let stage = Stage {
        wire,
        plan,
        messages: plan.messages.clone().for_backend(&first.text),
        is_mock: first.text.contains(MOCK),
    };
    let mut untried = BTreeMap::new();
    let mut probes = plan.probes.clone();
    if wire.backend.is_hosted() {
        for probe in &plan.probes {
            if !matches!(probe, Probe::Talk | Probe::Session) {
                probes.remove(probe);
                untried.insert(*probe, FEW.to_owned());
            }
        }
    }
    let mut waiting = probes.into_iter();
    let mut running = FuturesUnordered::new();
    let mut stopped = None;
    loop {
        while stopped.is_none() && running.len() < plan.jobs.max(1) {
            let Some(probe) = waiting.next() else { break };
            running.push(one(&stage, probe, &first));
        }
        let Some((probe, outcome)) = running.next().await else {
            break;
        };
        match outcome {
            Ok(Some(reason)) => drop(untried.insert(probe, reason)),
            Ok(None) => {}
            // The others end by themselves: a thread that one of them is making gets its name.
            Err(error) => stopped = Some(error),
        }
    }
    if let Some(error) = stopped {
        return Err(error);
    }
    if plan.probes.contains(&Probe::Talk) {
        talk::end(&stage, &first).await?;
    }
    Ok((untried, None, dead))
}

/// Why the first turn is none, if it is none.
fn dead(first: &Reply) -> Option<String> {
    first.is_turnless().then(|| {
        let (number, status) = (first.number, first.status);
        let what = match (status, &first.encoding) {
            (0, _) => "no answer".to_owned(),
            (200..=299, Some(encoding)) => format!("it is encoded as {encoding}"),
            (200..=299, None) if first.is_good => "it has no event".to_owned(),
            (200..=299, None) => "it did not come to its end".to_owned(),
            (status, _) => format!("status {status}"),
        };
        format!("the first turn failed (request {number}, {what})")
    })
}

/// Makes one probe; returns why it was not made, if it was not.
async fn one(stage: &Stage<'_>, probe: Probe, first: &Reply) -> (Probe, Result<Option<String>>) {
    let outcome = match probe {
        Probe::Talk => talk::go_on(stage, first).await,
        Probe::Refusals => refusals::run(stage).await,
        Probe::Browser => talk::browser(stage).await,
        Probe::Cancel => cancel::run(stage).await,
        Probe::Tool => elicit::tool(stage).await,
        Probe::Form => elicit::form(stage).await,
        Probe::Widget => elicit::widget(stage).await,
        Probe::Upload => upload::run(stage).await,
        Probe::Transcribe => upload::transcribe(stage).await,
        Probe::Remember => talk::remember(stage).await,
        Probe::Strangers => strangers::run(stage, first).await,
        Probe::Session => session::run(stage).await,
    };
    (probe, outcome)
}

/// Removes the threads that are left, even when we were told to stop: they are somebody's data.
/// Returns those that are left then.
async fn clean_up(wire: &Wire<'_>) -> Vec<String> {
    let cancel = Cancel::new();
    let own = &Wire::new(wire.backend, wire.budget, &cancel);
    let removals = futures_util::stream::iter(wire.leftovers()).map(|thread| async move {
        let params = json!({"thread_id": thread});
        let ask = Ask::operation("threads.delete", &params).with_purpose(Purpose::CleanUp);
        // A connection that the backend closed in this moment says nothing, so it is asked twice.
        for _ in 0..2 {
            let reply = own.ask(ask.clone()).await;
            // What somebody else has deleted in the meantime is gone, too.
            if reply.is_ok_and(|reply| reply.is_good || matches!(reply.status, 404 | 410)) {
                wire.forget(thread.as_str());
                break;
            }
        }
    });
    let all = removals.buffer_unordered(AT_ONCE).collect::<()>();
    let limit = if wire.is_answered() {
        CLEAN_UP
    } else {
        HASTY_CLEAN_UP
    };
    // What took too long is among the leftovers still.
    let _ = tokio::time::timeout(limit, all).await;
    let left = wire.leftovers();
    left.iter().map(ToString::to_string).collect()
}

impl Stage<'_> {
    /// Starts a thread with a message.
    async fn start(&self, text: &str) -> Result<Reply> {
        self.wire.run("threads.create", &first_params(text)).await
    }

    /// Reads a thread.
    async fn read(&self, thread: &Value) -> Result<Reply> {
        let params = json!({"thread_id": thread});
        self.wire.run("threads.get_by_id", &params).await
    }

    /// Reads a thread, and its items by themselves.
    async fn read_twice(&self, thread: &Value) -> Result<()> {
        self.read(thread).await?;
        let params = json!({"thread_id": thread, "order": "asc", "limit": 100});
        self.wire.run("items.list", &params).await?;
        Ok(())
    }

    /// Asks for something that a backend need not offer.
    async fn offer(&self, kind: &str, params: &Value) -> Result<Reply> {
        let ask = Ask::operation(kind, params).with_purpose(Purpose::Offer);
        self.wire.ask(ask).await
    }
}

impl Messages {
    /// What the mock understands is said to the mock, where nothing else was asked for.
    fn for_backend(mut self, answer: &str) -> Self {
        if answer.contains(MOCK) {
            let words = [
                (&mut self.tool, "show tool"),
                (&mut self.form, "show form"),
                (&mut self.widget, "show widget"),
                (&mut self.long, "show slow 6"),
                (&mut self.recall, "show recall"),
            ];
            for (message, word) in words {
                message.get_or_insert_with(|| word.to_owned());
            }
        }
        self
    }
}

/// The parameters of `threads.create`.
fn first_params(text: &str) -> Value {
    json!({"input": input(text)})
}

/// A message with everything that the reference server requires.
fn input(text: &str) -> Value {
    json!({
        "content": [{"type": "input_text", "text": text}],
        "attachments": [],
        "inference_options": {},
    })
}

/// The thread of a reply, as JSON.
fn thread_of(reply: &Reply) -> Value {
    json!(reply.thread)
}

/// The first item of this type.
fn item<'r>(reply: &'r Reply, kind: &str) -> Option<&'r Value> {
    reply.items.iter().find(|item| item["type"] == kind)
}

/// A request for an operation, still without a purpose.
fn body(kind: &str, params: &Value) -> RawRequest {
    RawRequest::json(json!({"type": kind, "params": params}).to_string())
}
