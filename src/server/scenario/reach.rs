//! Which rules no request gets to, because those before them take all that they ask for.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::conditions::is_of;
use super::document::Rule;
use super::finding::Severity;
use super::matching::Match;
use super::reader::Reader;
use super::when::{Condition, Turn};
use super::yaml::Node;

/// With how many rules, the first of a scenario, each other one is compared: a file of many more was
/// made by a program, and is not to take minutes.
const MOST_COMPARED: usize = 1000;

/// Notes a rule that no request gets to, because the ones before it take them all.
pub(super) fn reachable(rule: &Rule, node: &Node, before: &[Arc<Rule>], reader: &mut Reader) {
    let everything = [Condition::default()];
    let conditions = if rule.when.0.is_empty() {
        &everything[..]
    } else {
        &rule.when.0
    };
    let before = &before[..before.len().min(MOST_COMPARED)];
    let taken_by = |condition: &Condition| before.iter().find(|other| takes(other, condition));
    let alternatives: Vec<_> = conditions.iter().flat_map(Condition::apart).collect();
    let mut takers = alternatives.iter().map(taken_by);
    let Some(Some(first)) = takers.next() else {
        return;
    };
    if takers.any(|taker| taker.is_none()) {
        return;
    }
    let why = if first.when.is_catch_all() {
        "takes everything"
    } else if first.when == rule.when {
        "has the same conditions"
    } else {
        "takes all that this one asks for"
    };
    let message = format!(
        "this rule is never reached: the one at {} {why}",
        first.place
    );
    let help = "move it up, or make the conditions of the other narrower".to_owned();
    let span = node
        .entry("when")
        .map_or(node.head(), |entry| entry.key_span.clone());
    reader.note(
        span,
        Severity::Warning,
        "unreachable_rule",
        message,
        Some(help),
    );
}

/// Whether a rule takes every request for which a condition holds.
fn takes(rule: &Rule, condition: &Condition) -> bool {
    let everything = [Condition::default()];
    let conditions = match &rule.when.0[..] {
        [] => &everything[..],
        conditions => conditions,
    };
    conditions.iter().any(|other| other.takes(condition))
}

impl Condition {
    /// Whether it holds wherever another one does, as far as that can be told by reading both.
    fn takes(&self, other: &Self) -> bool {
        self.probability.is_none_or(|chance| chance.0 >= 1.0)
            && self.takes_operations(other)
            && self.takes_texts(other)
            && self.takes_parts(other)
            && self.takes_turns(other)
            && is_less(
                self.locale.as_ref(),
                other.locale.as_ref(),
                |wide, narrow| {
                    let within = |locale: &String| wide.0.iter().any(|it| is_of(locale, it));
                    narrow.0.iter().all(within)
                },
            )
            && is_less(
                self.expression.as_ref(),
                other.expression.as_ref(),
                PartialEq::eq,
            )
            && is_less(self.not.as_ref(), other.not.as_ref(), PartialEq::eq)
    }

    /// The same, once for each of the texts of which it wants one: others may take one each.
    fn apart(&self) -> Vec<Self> {
        let texts = self.text.as_ref().and_then(Match::apart);
        let of = |text| Self {
            text: Some(text),
            ..self.clone()
        };
        texts.map_or_else(
            || vec![self.clone()],
            |texts| texts.into_iter().map(of).collect(),
        )
    }

    fn takes_turns(&self, other: &Self) -> bool {
        let mut turns = self.turn.iter().flat_map(|turns| &turns.0);
        let takes_all = turns.any(|turn| turn.from <= 1 && turn.to == u64::MAX);
        // Before the first message of a thread there is no turn: an action may come there.
        let is_message = || is_less(Some(&Match::any()), other.text.as_ref(), Match::takes);
        (takes_all && is_message())
            || is_less(self.turn.as_ref(), other.turn.as_ref(), |wide, narrow| {
                let within = |turn: &Turn| {
                    let holds = |all: &Turn| all.from <= turn.from && turn.to <= all.to;
                    wide.0.iter().any(holds)
                };
                narrow.0.iter().all(within)
            })
    }

    /// One that names no operation is left out where a document answers.
    fn takes_operations(&self, other: &Self) -> bool {
        match (&self.operation, &other.operation) {
            (None, None) => self.action.is_none() || other.action.is_some(),
            (None, Some(named)) => named.0.iter().all(|operation| operation.0.streams()),
            (Some(wide), Some(narrow)) => narrow.0.iter().all(|it| wide.0.contains(it)),
            (Some(_), None) => false,
        }
    }

    fn takes_texts(&self, other: &Self) -> bool {
        [
            (&self.text, &other.text),
            (&self.action, &other.action),
            (&self.tool, &other.tool),
            (&self.tool_choice, &other.tool_choice),
            (&self.model, &other.model),
            (&self.attachment, &other.attachment),
            (&self.tag, &other.tag),
            (&self.thread, &other.thread),
        ]
        .iter()
        .all(|(wide, narrow)| is_less(wide.as_ref(), narrow.as_ref(), Match::takes))
    }

    fn takes_parts(&self, other: &Self) -> bool {
        has_all(self.payload.as_ref(), other.payload.as_ref())
            && has_all(self.output.as_ref(), other.output.as_ref())
            && has_all(self.state.as_ref(), other.state.as_ref())
            && has_all(self.answers.as_ref(), other.answers.as_ref())
            && has_all(self.header.as_ref(), other.header.as_ref())
    }
}

/// Whether the one asks for nothing, or for nothing that the other does not ask for.
fn is_less<T>(wide: Option<&T>, narrow: Option<&T>, takes: impl Fn(&T, &T) -> bool) -> bool {
    match (wide, narrow) {
        (None, _) => true,
        (Some(wide), Some(narrow)) => takes(wide, narrow),
        (Some(_), None) => false,
    }
}

fn has_all<T: PartialEq>(
    wide: Option<&BTreeMap<String, T>>,
    narrow: Option<&BTreeMap<String, T>>,
) -> bool {
    is_less(wide, narrow, |wide, narrow| {
        wide.iter()
            .all(|(name, value)| narrow.get(name) == Some(value))
    })
}

#[cfg(test)]
mod tests {
    use crate::server::scenario::Scenario;

    fn warned(first: &str, second: &str) -> bool {
        let text = format!("- {{when: {first}, then: a}}\n- {{when: {second}, then: b}}\n");
        let scenario = Scenario::parse("s.yaml", &text).unwrap();
        let mut warnings = scenario.warnings().iter();
        warnings.any(|warning| warning.to_string().contains("never reached"))
    }

    #[test]
    fn a_rule_is_never_reached_behind_one_that_asks_for_less() {
        for (first, second) in [
            ("Hello", "hello"),
            ("{action: buy}", "{action: buy, turn: 2}"),
            ("{text: {contains: hell}}", "hello"),
            ("{text: {contains: hell}}", "{text: {contains: hello}}"),
            ("{text: {regex: '.*'}}", "hello"),
            ("{text: {regex: '(?i)ell'}}", "[hello, bell]"),
            ("{text: {present: true}}", "hello"),
            ("{turn: {from: 2}}", "{turn: [3, 5], text: a}"),
            ("{state: {a: 1}}", "{state: {a: 1, b: 2}}"),
            ("[a, b]", "{text: b, locale: de}"),
            ("[a, b]", "{text: [A, ' b ']}"),
            ("{turn: {from: 1}}", "hello"),
            ("{probability: 1}", "hello"),
            ("{locale: de}", "{locale: de-AT}"),
            ("{locale: [fr, DE]}", "{locale: [de-at, fr]}"),
        ] {
            assert!(warned(first, second), "{first} before {second}");
        }
    }

    #[test]
    fn a_rule_that_some_request_gets_to_is_not_warned_of() {
        for (first, second) in [
            ("hello", "{text: {contains: hello}}"),
            ("{text: {regex: hello}}", "hello"),
            ("{text: {regex: '^hello$'}}", "{text: {contains: hello}}"),
            ("{text: a, probability: 0.5}", "a"),
            ("{action: buy, turn: 2}", "{action: buy}"),
            ("{text: a, locale: de}", "{text: a, turn: 1}"),
            (
                "{turn: 1}",
                "{operation: [items.list, threads.create], turn: 1}",
            ),
            ("{text: a}", "{text: [a, b]}"),
            ("{header: {x: '1'}}", "{header: {x: '2'}}"),
            ("[a, b]", "{text: [a, c]}"),
            ("{turn: {from: 1}}", "{action: buy}"),
            ("{turn: {from: 2}}", "hello"),
            ("{locale: de-AT}", "{locale: de}"),
            ("{locale: de}", "{locale: den}"),
        ] {
            assert!(!warned(first, second), "{first} before {second}");
        }
    }
}
