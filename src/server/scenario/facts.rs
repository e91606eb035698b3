//! What is known of a request, and whether a rule's conditions hold for it.

use axum::http::HeaderMap;
use serde_json::{Map, Value, json};

use super::conditions::{TESTS, Verdict, tags};
use super::document::Rule;
use super::matching::{Captures, Match};
use super::when::{Condition, When};
use crate::protocol::{Action, ClientToolCall, InputKind, Operation, StructuredInput, UserMessage};

/// What is known of a request.
pub(super) struct Facts<'a> {
    pub operation: Operation,
    pub message: Option<&'a UserMessage>,
    pub action: Option<&'a Action>,
    pub call: Option<&'a ClientToolCall>,
    pub form: Option<&'a StructuredInput>,
    pub headers: &'a HeaderMap,
    pub thread: Option<&'a str>,
    /// Which turn of its thread it is, if a rule wants to know.
    pub turn: u64,
    pub state: &'a Map<String, Value>,
    /// What templates and expressions see.
    pub context: &'a Value,
}

/// How well a rule fits a request that it does not match.
#[derive(Debug, Default)]
pub(super) struct Misfit {
    pub reasons: Vec<String>,
    met: usize,
    /// Whether it asks for another kind of request than this one is.
    is_elsewhere: bool,
    /// Whether what the user says is what it asks for.
    pub is_said: bool,
}

impl Misfit {
    /// What orders misfits, the nearest first.
    pub fn distance(&self) -> impl Ord + use<> {
        let met = std::cmp::Reverse(self.met);
        (self.is_elsewhere, !self.is_said, self.reasons.len(), met)
    }
}

/// Draws from 0 to 1 by the seed.
pub(super) type Draw<'d> = &'d mut dyn FnMut() -> f64;

impl Rule {
    /// What the rule's expressions caught, if it matches.
    pub fn matches(&self, facts: &Facts<'_>, draw: Draw<'_>) -> Option<Captures> {
        matches(&self.when, facts, draw)
    }

    /// Why the rule does not match: of the alternative that comes nearest.
    pub fn misfit(&self, facts: &Facts<'_>) -> Misfit {
        let all = self.when.0.iter().map(|condition| condition.misfit(facts));
        all.min_by_key(Misfit::distance).unwrap_or_default()
    }

    /// How like a text is to one that the rule asks for, from 0 to 1.
    pub fn likeness(&self, text: &str) -> f64 {
        let text = text.trim().to_lowercase();
        let texts = self
            .when
            .0
            .iter()
            .filter_map(|condition| condition.text.as_ref());
        let likeness =
            |literal: &str| strsim::normalized_damerau_levenshtein(&text, &literal.to_lowercase());
        // What is long is no typing error of anything, and takes long to compare.
        let short = texts
            .flat_map(Match::literals)
            .filter(|literal| literal.len() < 256);
        if text.len() < 256 {
            short.map(likeness).fold(0.0, f64::max)
        } else {
            0.0
        }
    }
}

pub(super) fn matches(when: &When, facts: &Facts<'_>, draw: Draw<'_>) -> Option<Captures> {
    if when.0.is_empty() {
        return facts.operation.streams().then(Captures::new);
    }
    when.0
        .iter()
        .find_map(|condition| condition.matches(facts, draw))
}

impl Condition {
    fn matches(&self, facts: &Facts<'_>, draw: Draw<'_>) -> Option<Captures> {
        if !self.applies(facts) {
            return None;
        }
        let mut captures = Captures::new();
        for test in TESTS {
            match test(self, facts) {
                Verdict::Absent => {}
                Verdict::Met(caught) => captures.extend(caught),
                Verdict::Failed(_) => return None,
            }
        }
        // Drawn last, so that a request which fails anyway does not change what others draw.
        match self.probability {
            Some(chance) if draw() >= chance.0 => None,
            _ => Some(captures),
        }
    }

    /// Whether the rule may answer this operation at all: one that is answered by a document is
    /// left to the store where nobody names it, or a catch-all would take the history away.
    fn applies(&self, facts: &Facts<'_>) -> bool {
        let is_action = facts.operation == Operation::SyncCustomAction && self.action.is_some();
        facts.operation.streams() || self.operation.is_some() || is_action
    }

    /// Whether it is about another kind of request: no change of its other conditions would have it
    /// match.
    fn is_elsewhere(&self, facts: &Facts<'_>) -> bool {
        let operations = self.operation.iter().flat_map(|named| &named.0);
        let mut named = operations.map(|operation| operation.0).peekable();
        !self.applies(facts)
            || (named.peek().is_some() && named.all(|operation| operation != facts.operation))
            || (self.text.is_some() && facts.message.is_none())
            || ((self.action.is_some() || self.payload.is_some()) && facts.action.is_none())
            || ((self.tool.is_some() || self.output.is_some()) && facts.call.is_none())
            || (self.answers.is_some() && facts.form.is_none())
    }

    fn misfit(&self, facts: &Facts<'_>) -> Misfit {
        let mut misfit = Misfit {
            is_elsewhere: self.is_elsewhere(facts),
            ..Misfit::default()
        };
        if let (Some(text), Some(message)) = (&self.text, facts.message) {
            misfit.is_said = text.find(&[message.text().into()]).is_some();
        }
        if !self.applies(facts) {
            let name = facts.operation.name();
            misfit
                .reasons
                .push(format!("operation: {name} must be named"));
        }
        for test in TESTS {
            match test(self, facts) {
                Verdict::Absent => {}
                Verdict::Met(_) => misfit.met += 1,
                Verdict::Failed(reason) => misfit.reasons.push(reason),
            }
        }
        if let (Some(chance), true) = (self.probability, misfit.reasons.is_empty()) {
            misfit
                .reasons
                .push(format!("probability: the seed drew against {}", chance.0));
        }
        misfit
    }
}

/// What templates see of a message.
pub(super) fn shown_message(message: &UserMessage) -> Value {
    let tags: Vec<Value> = tags(message)
        .map(|tag| json!({"id": tag.id, "text": tag.text, "data": tag.data}))
        .collect();
    json!({
        "text": message.text(),
        "tags": tags,
        "attachments": message.attachments,
        "quoted_text": message.quoted_text,
        "model": message.inference_options.model,
        "tool_choice": message.inference_options.tool_choice.as_ref().map(|choice| &choice.id),
    })
}

/// What templates see of the answers of a form: a list where several may be chosen, and else one
/// value.
pub(super) fn shown_answers(form: &StructuredInput) -> Value {
    let answers = form.inputs.iter().map(|question| {
        let values = question
            .answer
            .as_ref()
            .map(|answer| answer.values.as_slice());
        let is_list =
            matches!(&question.kind, InputKind::MultipleChoice(choice) if choice.multiple);
        let value = match values.unwrap_or_default() {
            all if is_list => json!(all),
            [] => Value::Null,
            [one] => one.as_str().into(),
            several => json!(several),
        };
        (question.id.clone(), value)
    });
    Value::Object(answers.collect())
}
