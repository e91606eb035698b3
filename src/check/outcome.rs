//! What came of one rule.

use super::rule::{Findings, Rule, Severity};

/// What came of one rule.
#[derive(Debug)]
pub struct Judged {
    /// The rule.
    pub rule: &'static Rule,
    /// What came of it.
    pub outcome: Outcome,
    /// Whether a failure of it fails the run, whatever its severity.
    pub is_insisted: bool,
}

/// What came of a rule, with what was known before taken into account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It does not hold.
    Failed(Findings),
    /// It does not hold, and the baseline knows.
    Known(Findings),
    /// It holds, though the baseline says that it does not.
    Stale,
    /// There was nothing to look at; the reason.
    Skipped(String),
    /// There was nothing to look at, though there had to be; the reason.
    Missing(String),
}

impl Judged {
    /// Whether it fails the run.
    pub fn fails(&self, fail_on: Severity) -> bool {
        match &self.outcome {
            Outcome::Failed(_) => self.is_insisted || self.rule.severity >= fail_on,
            Outcome::Stale | Outcome::Missing(_) => true,
            Outcome::Passed | Outcome::Known(_) | Outcome::Skipped(_) => false,
        }
    }

    /// What was found, if it does not hold.
    pub fn findings(&self) -> Option<&Findings> {
        match &self.outcome {
            Outcome::Failed(findings) | Outcome::Known(findings) => Some(findings),
            _ => None,
        }
    }
}

impl Outcome {
    /// The word for machines.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "failed",
            Self::Known(_) => "known",
            Self::Stale => "stale",
            Self::Skipped(_) => "skipped",
            Self::Missing(_) => "missing",
        }
    }

    /// Why, where there are no findings that say it.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Skipped(reason) | Self::Missing(reason) => Some(reason),
            Self::Stale => Some("the baseline says that it fails; take it out"),
            _ => None,
        }
    }
}
