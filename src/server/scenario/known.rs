//! What is known of a request, before any rule is asked.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};

use super::conditions;
use super::director::{Asked, Chosen, Part};
use super::document::{Rule, Scenario};
use super::facts::{self, Facts, Misfit};
use super::memory::{ThreadMemory, Waiting};
use crate::protocol::{ThreadId, UserMessage};
use crate::server::app::Caller;
use crate::server::refusal::Refusal;
use crate::server::showcase::Prompt;

/// How like a text must be to another to be taken for a slip of the finger, from 0 to 1.
const NEARLY: f64 = 0.75;

/// What is known of a request, before any rule is asked.
pub(super) struct Known<'a> {
    pub asked: Asked<'a>,
    headers: &'a HeaderMap,
    thread: Option<&'a ThreadId>,
    turn: u64,
    state: Map<String, Value>,
    pub context: Value,
}

impl<'a> Known<'a> {
    pub fn of(
        caller: &'a Caller,
        asked: Asked<'a>,
        thread: Option<(&'a ThreadId, Value)>,
        turn: u64,
        state: Map<String, Value>,
    ) -> Self {
        let headers = caller.headers.as_deref().unwrap_or(no_headers());
        let mut context = json!({
            "operation": asked.operation.name(),
            "locale": conditions::locale_of(headers),
            "user": &*caller.user,
            "turn": turn,
            "state": state,
        });
        let (thread, shown) = thread.unzip();
        context["thread"] = shown.unwrap_or_default();
        match asked.prompt {
            Some(Prompt::Message(message)) => context["message"] = facts::shown_message(message),
            Some(Prompt::ToolOutput(call)) => {
                context["tool"] = json!({
                    "name": call.name, "arguments": call.arguments,
                    "output": call.output, "call_id": call.call_id,
                });
            }
            Some(Prompt::Answers(form)) => {
                context["answers"] = facts::shown_answers(form);
                context["form"] = json!({"id": asked.item, "status": form.status});
            }
            Some(Prompt::Action { action, .. }) => {
                context["action"] = json!({
                    "type": action.kind, "payload": action.payload, "item_id": asked.item,
                });
            }
            None => {}
        }
        Self {
            asked,
            headers,
            thread,
            turn,
            state,
            context,
        }
    }

    pub fn facts(&self) -> Facts<'_> {
        let mut facts = Facts {
            operation: self.asked.operation,
            message: None,
            action: None,
            call: None,
            form: None,
            headers: self.headers,
            thread: self.thread.map(ThreadId::as_str),
            turn: self.turn,
            state: &self.state,
            context: &self.context,
        };
        match self.asked.prompt {
            Some(Prompt::Message(message)) => facts.message = Some(message),
            Some(Prompt::ToolOutput(call)) => facts.call = Some(call),
            Some(Prompt::Answers(form)) => facts.form = Some(form),
            Some(Prompt::Action { action, .. }) => facts.action = Some(action),
            None => {}
        }
        facts
    }

    /// What waits for this request, and goes on waiting until its reply is taken.
    pub fn awaited(&self, memory: &ThreadMemory) -> Option<Waiting> {
        memory.waiting(self.asked.reply_to()?)
    }

    pub fn part(&self, chosen: Chosen, memory: Arc<ThreadMemory>) -> Part {
        let Chosen {
            rule,
            faults,
            captures,
        } = chosen;
        Part {
            rule,
            faults,
            first: 0,
            context: self.context.clone(),
            captures,
            memory,
        }
    }

    pub fn rest(&self, rest: Waiting, memory: Arc<ThreadMemory>) -> Part {
        let mut context = self.context.clone();
        context["message"] = rest.message;
        Part {
            rule: rest.rule,
            faults: rest.faults,
            first: rest.next,
            context,
            captures: rest.captures,
            memory,
        }
    }

    /// What is said where no rule matches.
    pub fn unmatched(&self, scenario: &Scenario, is_strict: bool) -> Result<(), Refusal> {
        if !is_strict {
            return Ok(());
        }
        let facts = self.facts();
        let said = facts.message.map(UserMessage::text).unwrap_or_default();
        let mut nearest: Option<(&Rule, Misfit, f64)> = None;
        for rule in &scenario.rules {
            let (mut misfit, likeness) = (rule.misfit(&facts), rule.likeness(&said));
            misfit.is_said |= likeness >= NEARLY;
            let is_nearer = nearest.as_ref().is_none_or(|(_, best, best_likeness)| {
                let (this, that) = (misfit.distance(), best.distance());
                this < that || (this == that && likeness > *best_likeness)
            });
            if is_nearer {
                nearest = Some((rule, misfit, likeness));
            }
        }
        let message = match nearest {
            None => "no rule matches: the scenario has none".to_owned(),
            Some((rule, misfit, _)) => {
                let name = rule
                    .name
                    .as_ref()
                    .map_or(String::new(), |name| format!("`{name}` "));
                format!(
                    "no rule matches; the nearest is {name}at {}: {}",
                    rule.place,
                    misfit.reasons.join("; ")
                )
            }
        };
        Err(Refusal::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "no_rule_matches",
            message,
        ))
    }
}

impl<'a> Asked<'a> {
    /// What the request replies to: a call's id, or a form's.
    pub(super) fn reply_to(&self) -> Option<&'a str> {
        match self.prompt {
            Some(Prompt::ToolOutput(call)) => Some(&call.call_id),
            Some(Prompt::Answers(_)) => Some(self.item?.as_str()),
            _ => None,
        }
    }
}

fn no_headers() -> &'static HeaderMap {
    static NONE: std::sync::LazyLock<HeaderMap> = std::sync::LazyLock::new(HeaderMap::new);
    &NONE
}
