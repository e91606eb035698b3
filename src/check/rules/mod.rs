//! The rules: a table a group, each rule a pure function of the evidence.

mod agent_loop;
mod attachments;
mod buffering;
mod content;
mod encoding;
mod events;
mod figures;
mod ids;
mod kept;
mod known;
mod leave;
mod listed;
#[cfg(test)]
mod mistake_tests;
mod order;
mod pages;
mod persistence;
mod refused;
mod requests;
mod rows;
mod said;
mod security;
mod session;
#[cfg(test)]
mod sound_tests;
mod speed;
mod stored;
mod stream;
mod threads;
mod times;
mod tool;
mod trace;
mod transport;
mod turns;
mod widget_shape;
mod widgets;

pub use figures::Speed;
pub(super) use figures::first_text_of;
pub(super) use ids::Muddle;
pub use widgets::{wrong_actions_of, wrong_props_of};

use super::evidence::Probe;
use super::rule::Rule;

/// What the rules that look at every answer need: chosen by themselves they have to find what they
/// find among all of the others.
const EVERYTHING: &[Probe] = &[
    Probe::Talk,
    Probe::Refusals,
    Probe::Browser,
    Probe::Cancel,
    Probe::Tool,
    Probe::Form,
    Probe::Widget,
    Probe::Upload,
    Probe::Transcribe,
    Probe::Remember,
    Probe::Strangers,
];

/// The groups in the order in which they are shown, each with what it is about.
pub const GROUPS: &[(&str, &str)] = &[
    (
        "transport",
        "content types, frames, buffering, CORS, compression",
    ),
    (
        "requests",
        "the operations, and requests that must be refused",
    ),
    ("stream", "the order and the meaning of events"),
    ("persistence", "what was streamed is what is stored"),
    ("turns", "context, retry, tools, forms, actions, leaving"),
    ("widgets", "components, props and actions"),
    ("attachments", "uploads"),
    (
        "security",
        "credentials, other users, what errors give away",
    ),
    ("speed", "budgets"),
    ("session", "the sessions of hosted ChatKit"),
];

/// Every rule.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [
        transport::RULES,
        encoding::RULES,
        requests::RULES,
        stream::RULES,
        persistence::RULES,
        turns::RULES,
        widgets::RULES,
        attachments::RULES,
        security::RULES,
        speed::RULES,
        session::RULES,
    ]
    .into_iter()
    .flatten()
}

/// The rule of this id.
pub fn find(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::check::evidence::Evidence;
    use crate::check::rule::Verdict;

    #[test]
    fn every_id_is_a_group_and_a_name_and_stands_once() {
        let mut ids = BTreeSet::new();
        for rule in all() {
            assert!(ids.insert(rule.id), "{} stands twice", rule.id);
            let (group, name) = rule.id.split_once('/').unwrap();
            assert!(GROUPS.iter().any(|(known, _)| *known == group), "{group}");
            let legal = |c: char| c.is_ascii_lowercase() || "-._".contains(c);
            assert!(name.chars().all(legal), "{name}");
            assert!(
                !rule.needs.is_empty() || group == "speed" || group == "session",
                "{}",
                rule.id
            );
        }
    }

    #[test]
    fn without_evidence_every_rule_is_skipped_with_a_reason() {
        let nothing = Evidence::default();
        for rule in all() {
            let verdict = (rule.judge)(&nothing);
            assert!(
                matches!(&verdict, Verdict::Skipped(reason) if !reason.is_empty()),
                "{}: {verdict:?}",
                rule.id
            );
        }
    }

    #[test]
    fn every_rule_names_its_source_and_its_fix_as_sentences_without_an_end() {
        for rule in all() {
            for text in [rule.says, rule.source, rule.fix] {
                assert!(
                    !text.is_empty() && !text.ends_with('.'),
                    "{}: {text}",
                    rule.id
                );
            }
        }
    }
}
