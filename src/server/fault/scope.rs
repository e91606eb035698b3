//! Which requests a fault is for, and how often it strikes: the keys that all faults share.

use super::asked::{Asked, NAMES};
use super::row::Reach;
use crate::protocol::Operation;

/// Which requests, and how often.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Scope {
    /// An operation's name; a `*` at its end stands for the rest.
    pub operation: Option<String>,
    /// What the path begins with.
    pub path: Option<String>,
    pub thread: Option<String>,
    /// How often it strikes at most.
    pub times: Option<u64>,
    /// How many requests it lets pass first.
    pub skip: u64,
    /// From 0 to 1.
    pub probability: Option<f64>,
}

impl Scope {
    pub const KEYS: &'static [&'static str] = &[
        "operation",
        "path",
        "thread",
        "times",
        "skip",
        "probability",
    ];

    /// Sets one of the keys, or says what was expected.
    pub fn set(&mut self, key: &str, text: &str) -> Result<(), String> {
        let count = || text.parse().map_err(|_| "a whole number".to_owned());
        match key {
            "operation" => self.operation = Some(operation(text)?),
            "path" if text.starts_with('/') => self.path = Some(text.to_owned()),
            "path" => return Err("a path that begins with /".to_owned()),
            "thread" => self.thread = Some(text.to_owned()),
            "times" => self.times = Some(count()?),
            "skip" => self.skip = count()?,
            "probability" => self.probability = Some(probability(text)?),
            _ => unreachable!("{key} is none of Scope::KEYS"),
        }
        Ok(())
    }

    /// How many of the keys are set.
    pub fn given(&self) -> usize {
        [
            self.operation.is_some(),
            self.path.is_some(),
            self.thread.is_some(),
            self.times.is_some(),
            self.skip > 0,
            self.probability.is_some(),
        ]
        .into_iter()
        .filter(|is_given| *is_given)
        .count()
    }

    /// Whether the same requests are counted in the same way, wherever the faults' own reach ends.
    pub fn counts_like(&self, other: &Self) -> bool {
        let is_certain = |scope: &Self| scope.probability.is_none_or(|chance| chance >= 1.0);
        let counts = |scope: &Self| (scope.times, scope.skip);
        let places = |scope: &Self| (scope.path.clone(), scope.thread.clone());
        is_certain(self)
            && is_certain(other)
            && counts(self) == counts(other)
            && places(self) == places(other)
    }

    /// Whether it strikes each time, and wherever the other does among the same operations.
    pub fn is_as_wide_as(&self, other: &Self) -> bool {
        let is_free =
            |own: &Option<String>, others: &Option<String>| own.is_none() || own == others;
        self.times.is_none()
            && self.skip == 0
            && self.probability.is_none_or(|chance| chance >= 1.0)
            && is_free(&self.path, &other.path)
            && is_free(&self.thread, &other.thread)
    }

    /// Whether a request is one that the fault may strike at.
    pub fn includes(&self, asked: &Asked, reach: Reach) -> bool {
        let names = |pattern: &String| match pattern.strip_suffix('*') {
            Some(start) => asked.name().is_some_and(|name| name.starts_with(start)),
            None => asked.name() == Some(pattern),
        };
        let is_named = self.operation.as_ref().is_none_or(names)
            && self
                .path
                .as_ref()
                .is_none_or(|path| asked.path.starts_with(path))
            && self
                .thread
                .as_ref()
                .is_none_or(|thread| asked.thread.as_ref() == Some(thread));
        let is_wider = self.operation.is_some() || self.path.is_some();
        is_named
            && match reach {
                Reach::All => true,
                Reach::Operation => asked.is_of_the_protocol() || is_wider && !asked.is_preflight,
                Reach::Stream => asked.operation().is_some_and(Operation::streams),
                Reach::Only(names) => asked.name().is_some_and(|name| names.contains(&name)),
            }
    }
}

fn operation(text: &str) -> Result<String, String> {
    let operations = Operation::ALL.iter().map(|operation| operation.name());
    let known: Vec<_> = operations.chain(NAMES.iter().copied()).collect();
    let is_known = match text.strip_suffix('*') {
        Some(start) => known.iter().any(|name| name.starts_with(start)),
        None => known.contains(&text),
    };
    if is_known {
        return Ok(text.to_owned());
    }
    Err(format!("one of {}", known.join(", ")))
}

fn probability(text: &str) -> Result<f64, String> {
    let number = text
        .parse()
        .ok()
        .filter(|number| (0.0..=1.0).contains(number));
    number.ok_or_else(|| "a number from 0 to 1".to_owned())
}
