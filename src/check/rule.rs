//! What a rule is, and what it says about the evidence.

use serde::Serialize;
use serde_json::Value;

use super::evidence::{Evidence, Exchange, Frame, Probe, quote};
use crate::cassette::hide;

/// How many findings of one rule are kept; the rest is counted.
const MAX_FINDINGS: usize = 20;

/// How grave it is to break a rule, in the words of RFC 2119.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A choice that others may depend on.
    May,
    /// Clients work without it, and worse.
    Should,
    /// Clients break.
    Must,
}

/// A sentence of the protocol, and how it is judged.
#[derive(Debug)]
pub struct Rule {
    /// `group/name`, which stays.
    pub id: &'static str,
    /// How grave it is to break it.
    pub severity: Severity,
    /// What holds.
    pub says: &'static str,
    /// Where that stands.
    pub source: &'static str,
    /// What to do when it does not.
    pub fix: &'static str,
    /// What has to be tried to know.
    pub needs: &'static [Probe],
    /// Judges the evidence.
    pub judge: fn(&Evidence) -> Verdict,
}

/// What a rule says about the evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds wherever there was something to look at.
    Passed,
    /// It does not hold here.
    Failed(Findings),
    /// There was nothing to look at; the reason.
    Skipped(String),
}

/// Where a rule does not hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// The first of them.
    pub first: Vec<Finding>,
    /// How many there are.
    pub count: usize,
}

/// One place where a rule does not hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which request, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<usize>,
    /// What was asked for.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub operation: String,
    /// Which frame of the answer, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frame: Option<u64>,
    /// What is wrong.
    pub found: String,
    /// What was to be expected.
    pub expected: String,
    /// The frame or the document as it came, shortened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
}

/// Collects what a rule finds.
#[derive(Debug, Default)]
pub struct Review {
    seen: usize,
    findings: Findings,
}

impl Severity {
    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::May => "may",
            Self::Should => "should",
            Self::Must => "must",
        }
    }
}

impl Rule {
    /// What stands before the slash.
    pub fn group(&self) -> &'static str {
        self.id.split('/').next().unwrap_or(self.id)
    }

    /// Whether `name` is the rule or its group.
    pub fn is_named(&self, name: &str) -> bool {
        self.id == name || self.group() == name.trim_end_matches('/')
    }
}

impl Finding {
    /// Something about a whole exchange, with the beginning of its answer.
    pub fn of(exchange: &Exchange, found: impl Into<String>, expected: impl Into<String>) -> Self {
        let raw = (!exchange.body.is_empty()).then(|| quote(&exchange.body));
        Self {
            raw,
            ..Self::about(exchange, found, expected)
        }
    }

    /// Something about a whole exchange, without its answer.
    pub fn about(
        exchange: &Exchange,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self {
            request: Some(exchange.number),
            operation: exchange.label(),
            frame: None,
            found: found.into(),
            expected: expected.into(),
            raw: None,
        }
    }

    /// Something about one row of a document.
    pub fn in_row(
        exchange: &Exchange,
        row: &Value,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self {
            raw: Some(quote(row.to_string().as_bytes())),
            ..Self::about(exchange, found, expected)
        }
    }

    /// The same without keys and client secrets: a report is read by more people than a backend.
    fn without_secrets(self) -> Self {
        let hidden = |text: String| hide(&text).into_owned();
        Self {
            operation: hidden(self.operation),
            found: hidden(self.found),
            expected: hidden(self.expected),
            raw: self.raw.map(hidden),
            ..self
        }
    }

    /// Something about one frame.
    pub fn at(
        exchange: &Exchange,
        frame: &Frame,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self {
            frame: Some(frame.number),
            raw: Some(quote(&frame.data)),
            ..Self::about(exchange, found, expected)
        }
    }

    /// Something about the frame of this number.
    pub fn at_number(
        exchange: &Exchange,
        number: u64,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        let frame = exchange.frames.iter().find(|frame| frame.number == number);
        match frame {
            Some(frame) => Self::at(exchange, frame, found, expected),
            None => Self::about(exchange, found, expected),
        }
    }
}

impl Review {
    /// There is something to look at.
    pub fn look(&mut self) {
        self.seen += 1;
    }

    /// Something is wrong.
    pub fn find(&mut self, finding: Finding) {
        self.findings.count += 1;
        if self.findings.first.len() < MAX_FINDINGS {
            self.findings.first.push(finding.without_secrets());
        }
    }

    /// Looks at something, and finds it wrong if there is a finding.
    pub fn check(&mut self, finding: Option<Finding>) {
        self.look();
        if let Some(finding) = finding {
            self.find(finding);
        }
    }

    /// What comes of it; without anything to look at the rule is skipped.
    pub fn verdict(self, nothing: impl Into<String>) -> Verdict {
        if self.findings.count > 0 {
            Verdict::Failed(self.findings)
        } else if self.seen == 0 {
            Verdict::Skipped(nothing.into())
        } else {
            Verdict::Passed
        }
    }
}
