//! Sends the requests of a script to a live backend, as a client would that has its ids.

use std::collections::HashMap;

use serde_json::Value;

use super::attach::{Files, Recorded};
use super::ids::Ids;
use super::row::{End, Folded, Side, Take, is_comparable, pending_form};
use super::send::Line;
use super::{Script, Step};
use crate::error::{Error, HttpFailure, Result};
use crate::protocol::{ItemKind, Operation};
use crate::transcript::Transcript;

/// What the script itself tells: its answers, and what its tools gave.
#[derive(Debug)]
pub struct Reference {
    /// The answer to each step.
    pub answers: Vec<Folded>,
    /// The ids and addresses of the recording.
    pub side: Side,
    outputs: Vec<Output>,
    files: Files,
}

/// What a client tool gave.
#[derive(Clone, Debug)]
struct Output {
    name: String,
    result: Value,
}

/// What became of each step.
#[derive(Debug)]
pub struct Rerun {
    /// In the order of the script.
    pub steps: Vec<Again>,
    /// The ids and addresses of the backend.
    pub side: Side,
}

/// What became of a step.
#[derive(Debug)]
pub struct Again {
    /// What came of it.
    pub outcome: Outcome,
    /// What has to be said about it.
    pub notes: Vec<String>,
}

/// What came of a step.
#[derive(Debug)]
pub enum Outcome {
    /// It was left out, because it only reads, or is done again where it is needed.
    Skipped,
    /// It could not be sent, and why.
    NotSent(String),
    /// It was answered; the reason is why the answer is not whole.
    Answered(Folded, Option<String>),
}

/// A request that is ready to be sent.
struct Ready {
    operation: Operation,
    body: Value,
    /// The live thread that it is about.
    thread: Option<String>,
    notes: Vec<String>,
}

/// Why a step is not sent.
enum No {
    Skip,
    Because(String),
    Failed(Error),
}

impl Reference {
    /// Folds what was recorded.
    pub fn of(script: &Script) -> Self {
        let mut side = Side::default();
        let mut outputs = Vec::new();
        let mut answers = Vec::new();
        for step in &script.steps {
            side.known.address(&step.played.url);
            let thread = step.word("thread_id");
            outputs.extend(output(step, thread.and_then(|id| side.thread(id))));
            let mut folded = side.fold(step.operation, thread, &Take::recorded(step));
            folded.rows.retain(|row| is_comparable(script.source, row));
            answers.push(folded);
        }
        Self {
            answers,
            side,
            outputs,
            files: Files::of(&script.steps),
        }
    }
}

fn output(step: &Step, thread: Option<&Transcript>) -> Option<Output> {
    if step.operation != Some(Operation::AddClientToolOutput) {
        return None;
    }
    Some(Output {
        name: pending_tool(thread?)?.to_owned(),
        result: step.param("result").cloned().unwrap_or_default(),
    })
}

fn pending_tool(thread: &Transcript) -> Option<&str> {
    match &thread.pending_tool_call()?.kind {
        ItemKind::ClientToolCall(call) => Some(&call.name),
        _ => None,
    }
}

/// A run of a script against a backend.
pub struct Driver<'a> {
    script: &'a Script,
    reference: &'a Reference,
    line: Line<'a>,
    ids: Ids,
    side: Side,
    /// How many outputs of each tool have been handed in.
    used: HashMap<String, usize>,
    answered: bool,
    /// Why the backend is not asked any more.
    gone: Option<String>,
}

impl<'a> Driver<'a> {
    /// A run that has not begun.
    pub fn new(script: &'a Script, reference: &'a Reference, line: Line<'a>) -> Self {
        let mut side = Side::default();
        side.known.address(&line.backend.describe());
        Self {
            script,
            reference,
            line,
            ids: Ids::default(),
            side,
            used: HashMap::new(),
            answered: false,
            gone: None,
        }
    }

    /// Sends every step, one after another.
    ///
    /// # Errors
    /// The backend was never reached, lets nobody in, or Ctrl-C.
    pub async fn run(mut self) -> Result<Rerun> {
        let mut steps = Vec::new();
        for (index, step) in self.script.steps.iter().enumerate() {
            steps.push(self.step(index, step).await?);
        }
        Ok(Rerun {
            steps,
            side: self.side,
        })
    }

    async fn step(&mut self, index: usize, step: &Step) -> Result<Again> {
        let told = |outcome| Again {
            outcome,
            notes: Vec::new(),
        };
        match self.prepare(step).await {
            Err(No::Skip) => Ok(told(Outcome::Skipped)),
            Err(No::Because(reason)) => Ok(told(Outcome::NotSent(reason))),
            Err(No::Failed(error)) => self
                .failed(error)
                .map(|reason| told(Outcome::NotSent(reason))),
            Ok(ready) => self.send(index, ready).await,
        }
    }

    async fn send(&mut self, index: usize, ready: Ready) -> Result<Again> {
        let body = ready.body.to_string();
        let sent = self.line.exchange(ready.operation, body.as_bytes()).await;
        let take = match sent {
            Ok(take) => take,
            Err(error) => Take {
                status: None,
                events: Vec::new(),
                document: None,
                end: End::Broken(self.failed(error)?),
            },
        };
        let reference = &self.reference.answers[index];
        if let Some(error) = shut_out(&take, &self.script.steps[index]) {
            return Err(error);
        }
        self.answered |= take.status.is_some();
        let mut live = self
            .side
            .fold(Some(ready.operation), ready.thread.as_deref(), &take);
        live.rows
            .retain(|row| is_comparable(self.script.source, row));
        self.ids.learn(reference, &live);
        let broken = match take.end {
            End::Broken(reason) => Some(reason),
            End::Complete | End::Left => None,
        };
        Ok(Again {
            outcome: Outcome::Answered(live, broken),
            notes: ready.notes,
        })
    }

    /// A backend that was never reached ends the run; one that is gone is asked nothing more.
    fn failed(&mut self, error: Error) -> Result<String> {
        match error {
            Error::Unreachable { .. } | Error::TimedOut { .. } if self.answered => {
                let reason = error.to_string();
                self.gone = Some(reason.clone());
                Ok(reason)
            }
            Error::Http(failure) if !matches!(failure.status, 401 | 403) => Ok(failure.to_string()),
            Error::Protocol(breach) => Ok(breach.to_string()),
            error => Err(error),
        }
    }

    async fn prepare(&mut self, step: &Step) -> Result<Ready, No> {
        let operation = step.operation.ok_or(No::Skip)?;
        if is_left_out(operation) {
            return Err(No::Skip);
        }
        if let Some(reason) = &self.gone {
            return Err(No::Because(reason.clone()));
        }
        let mut ready = Ready {
            operation,
            body: step.request.clone(),
            thread: None,
            notes: Vec::new(),
        };
        self.thread(step, &mut ready)?;
        match operation {
            Operation::CreateThread | Operation::AddUserMessage => {
                self.attachments(step, &mut ready).await?;
            }
            Operation::AddClientToolOutput => self.tool_output(&mut ready)?,
            Operation::AddStructuredInput => self.form(step, &ready)?,
            Operation::RetryAfterItem | Operation::CustomAction | Operation::SyncCustomAction => {
                self.item(step)?;
            }
            Operation::Feedback => self.items(step)?,
            Operation::DeleteAttachment => {
                // A file that no message needed was not uploaded again.
                let id = step.word("attachment_id").unwrap_or_default();
                self.ids.get(id).ok_or(No::Skip)?;
            }
            _ => {}
        }
        let Some(params) = ready.body.get_mut("params") else {
            return Err(No::Because("the recorded request has no params".into()));
        };
        if let (Some(form), Some(answers)) =
            (step.word("item_id"), params.pointer_mut("/input/answers"))
        {
            self.ids.map_answers(form, answers);
        }
        self.ids.map(params);
        Ok(ready)
    }

    /// The live thread; a message to one that is older than the recording begins a new one.
    fn thread(&self, step: &Step, ready: &mut Ready) -> Result<(), No> {
        let Some(recorded) = step.word("thread_id") else {
            return Ok(());
        };
        if let Some(live) = self.ids.get(recorded) {
            ready.thread = Some(live.to_owned());
            return Ok(());
        }
        if ready.operation != Operation::AddUserMessage {
            // What is not ours is never touched: a deletion least of all.
            return Err(No::Because(format!(
                "the thread {recorded} was not begun in this run"
            )));
        }
        ready.operation = Operation::CreateThread;
        ready.body["type"] = Operation::CreateThread.name().into();
        if let Some(params) = ready.body["params"].as_object_mut() {
            params.shift_remove("thread_id");
        }
        ready.notes.push(format!(
            "the thread {recorded} is older than the recording: a new one stands in"
        ));
        Ok(())
    }

    async fn attachments(&mut self, step: &Step, ready: &mut Ready) -> Result<(), No> {
        let ids = step
            .param("input")
            .and_then(|input| input.get("attachments"));
        let ids = ids.and_then(Value::as_array).into_iter().flatten();
        for id in ids.filter_map(Value::as_str) {
            if self.ids.get(id).is_some() {
                continue;
            }
            let file = self.reference.files.get(id);
            let file = file.cloned().unwrap_or_else(Recorded::unknown);
            let uploaded = file.upload(&mut self.line).await;
            let (live, note) = uploaded.map_err(No::Failed)?;
            self.side.known.id(&live);
            self.ids.set(id, &live);
            ready.notes.extend(note);
        }
        Ok(())
    }

    /// Hands in what the tool gave that the backend asks for, and not what another one gave.
    fn tool_output(&mut self, ready: &mut Ready) -> Result<(), No> {
        let thread = ready.thread.as_deref().and_then(|id| self.side.thread(id));
        let Some(name) = thread.and_then(pending_tool) else {
            return Err(No::Because("the backend waits for no client tool".into()));
        };
        let given = self.used.entry(name.to_owned()).or_default();
        let outputs = self.reference.outputs.iter();
        let mut of_tool = outputs.filter(|output| output.name == name);
        let Some(output) = of_tool.nth(*given) else {
            return Err(No::Because(format!(
                "the backend waits for the client tool '{name}', for which the recording has no output"
            )));
        };
        *given += 1;
        ready.body["params"]["result"] = output.result.clone();
        Ok(())
    }

    fn form(&self, step: &Step, ready: &Ready) -> Result<(), No> {
        let live = step.word("item_id").and_then(|id| self.ids.get(id));
        let thread = ready.thread.as_deref().and_then(|id| self.side.thread(id));
        let is_pending = live
            .zip(thread)
            .is_some_and(|(id, thread)| pending_form(thread, id).is_some());
        if is_pending {
            return Ok(());
        }
        Err(No::Because("the backend waits for no form".to_owned()))
    }

    fn item(&self, step: &Step) -> Result<(), No> {
        match step.word("item_id") {
            Some(id) if self.ids.get(id).is_none() => Err(no_counterpart(id)),
            _ => Ok(()),
        }
    }

    fn items(&self, step: &Step) -> Result<(), No> {
        let ids = step.param("item_ids").and_then(Value::as_array);
        let mut ids = ids.into_iter().flatten().filter_map(Value::as_str);
        match ids.find(|id| self.ids.get(id).is_none()) {
            Some(id) => Err(no_counterpart(id)),
            None => Ok(()),
        }
    }
}

fn no_counterpart(id: &str) -> No {
    No::Because(format!("the backend sent no item in the place of {id}"))
}

/// What only reads, and what is done again where it is needed.
fn is_left_out(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::GetThread
            | Operation::ListThreads
            | Operation::ListItems
            | Operation::CreateAttachment
    )
}

/// Whoever is not let in learns nothing from a comparison.
fn shut_out(take: &Take, step: &Step) -> Option<Error> {
    let status = take
        .refusal()
        .filter(|status| matches!(status, 401 | 403))?;
    if step.status() == Some(status) {
        return None;
    }
    let reason = ["Forbidden", "Unauthorized"][usize::from(status == 401)];
    let body: Value = serde_json::from_slice(take.document.as_deref()?).unwrap_or_default();
    let message = body.pointer("/error/message").and_then(Value::as_str);
    Some(Error::Http(Box::new(HttpFailure {
        status,
        reason,
        message: message.map(str::to_owned),
        ..HttpFailure::default()
    })))
}
