//! Which rules are asked, and what their verdicts amount to.

use std::collections::BTreeSet;
use std::time::Duration;

use super::baseline::Baseline;
use super::evidence::{Evidence, Probe, Trouble};
use super::rule::{Findings, Rule, Severity, Verdict};
use super::rules::{self, Speed};
use crate::error::{Error, Result};
use crate::plural::plural;

/// Which rules are asked, by their ids or groups.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only these, unless there are none.
    pub only: Vec<String>,
    /// None of these.
    pub skip: Vec<String>,
    /// Of these none may be skipped for want of something to look at.
    pub require: Vec<String>,
    /// These fail the run, whatever their severity.
    pub insist: Vec<&'static str>,
}

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

/// What came of all the rules that were asked.
#[derive(Debug)]
pub struct Report {
    /// What was looked at.
    pub subject: String,
    /// How many requests were looked at.
    pub requests: usize,
    /// How long it took.
    pub took: Duration,
    /// Rules that fail below this severity do not fail the run.
    pub fail_on: Severity,
    /// Each rule, in the order of the groups.
    pub judged: Vec<Judged>,
    /// What fails the run, whatever the rules say.
    pub troubles: Vec<Trouble>,
    /// Why no rule was asked, if none was.
    pub barred: Option<&'static str>,
    /// How quick the turns were, if there were any.
    pub speed: Option<Speed>,
}

impl Selection {
    /// The rules that are asked.
    ///
    /// # Errors
    /// Wrong usage: a name is neither a rule nor a group, or no rule is left.
    pub fn rules(&self) -> Result<Vec<&'static Rule>> {
        let names = self.only.iter().chain(&self.skip).chain(&self.require);
        for name in names {
            if !rules::all().any(|rule| rule.is_named(name)) {
                return Err(unknown(name));
            }
        }
        let is_in = |list: &[String], rule: &Rule| list.iter().any(|name| rule.is_named(name));
        let chosen: Vec<_> = rules::all()
            .filter(|rule| self.only.is_empty() || is_in(&self.only, rule))
            .filter(|rule| !is_in(&self.skip, rule))
            .collect();
        if chosen.is_empty() {
            return Err(Error::usage_hint(
                "no rule is left to check",
                "drop some of --only and --skip",
            ));
        }
        let is_left_out = |name: &&String| !chosen.iter().any(|rule| rule.is_named(name));
        if let Some(name) = self.require.iter().find(is_left_out) {
            return Err(Error::usage_hint(
                format!("'{name}' is required, and left out by --only or --skip"),
                "ask it, too, or drop it from --require",
            ));
        }
        Ok(chosen)
    }

    fn requires(&self, rule: &Rule) -> bool {
        self.require.iter().any(|name| rule.is_named(name))
    }
}

fn unknown(name: &str) -> Error {
    Error::usage_hint(
        format!("'{name}' is neither a rule nor a group"),
        "see them all with 'chatkit check --list'",
    )
}

/// What has to be tried for these rules.
pub fn probes(rules: &[&Rule]) -> BTreeSet<Probe> {
    rules.iter().flat_map(|rule| rule.needs).copied().collect()
}

/// Asks the rules.
pub fn judge(
    rules: &[&'static Rule],
    selection: &Selection,
    baseline: &Baseline,
    evidence: &Evidence,
) -> Vec<Judged> {
    let outcome = |rule: &Rule| match verdict(rule, evidence) {
        Verdict::Failed(findings) if baseline.knows(rule.id) => Outcome::Known(findings),
        Verdict::Failed(findings) => Outcome::Failed(findings),
        Verdict::Passed if baseline.knows(rule.id) => Outcome::Stale,
        Verdict::Passed => Outcome::Passed,
        // What is wrong then is said once.
        Verdict::Skipped(reason) if selection.requires(rule) && evidence.barred.is_none() => {
            Outcome::Missing(reason)
        }
        Verdict::Skipped(reason) => Outcome::Skipped(reason),
    };
    let rules = rules.iter();
    rules
        .map(|&rule| Judged {
            outcome: outcome(rule),
            is_insisted: selection.insist.contains(&rule.id),
            rule,
        })
        .collect()
}

/// What a rule says; of a backend that does not answer, only what does not hold means anything.
fn verdict(rule: &Rule, evidence: &Evidence) -> Verdict {
    if let Some(barred) = &evidence.barred {
        return Verdict::Skipped(barred.words().into());
    }
    match ((rule.judge)(evidence), &evidence.dead) {
        (Verdict::Passed | Verdict::Skipped(_), Some(reason)) => Verdict::Skipped(reason.clone()),
        (verdict, _) => verdict,
    }
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

impl Report {
    /// How many rules came out like this.
    pub fn count(&self, is_meant: impl Fn(&Judged) -> bool) -> usize {
        self.judged.iter().filter(|judged| is_meant(judged)).count()
    }

    /// What fails the run without a rule that does; a format in which nothing else says that the
    /// run failed has a row for each.
    pub fn run_troubles(&self) -> Vec<Trouble> {
        self.nothing()
            .into_iter()
            .chain(self.troubles.iter().cloned())
            .collect()
    }

    fn failed(&self) -> usize {
        self.count(|judged| judged.fails(self.fail_on))
    }

    /// That no rule had anything to look at; what barred them all is said by itself.
    fn nothing(&self) -> Option<Trouble> {
        let is_unasked =
            |it: &Judged| matches!(it.outcome, Outcome::Skipped(_) | Outcome::Missing(_));
        let is_nothing = self.failed() == 0 && self.judged.iter().all(is_unasked);
        (is_nothing && self.barred.is_none()).then(|| Trouble {
            what: "nothing was checked".to_owned(),
            fix: "give what the skipped rules ask for, or check others with --only".into(),
        })
    }

    /// Why the run failed, if it did.
    pub fn failure(&self) -> Option<String> {
        let failed = match self.failed() {
            0 => self.nothing().map(|nothing| nothing.what),
            failed => Some(format!("{} failed", plural(failed, "check"))),
        };
        let troubles = self.troubles.iter().map(|trouble| trouble.what.clone());
        let all: Vec<_> = failed.into_iter().chain(troubles).collect();
        (!all.is_empty()).then(|| all.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(only: &[&str], skip: &[&str]) -> Selection {
        let own = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        Selection {
            only: own(only),
            skip: own(skip),
            ..Selection::default()
        }
    }

    #[test]
    fn rules_are_chosen_by_their_ids_and_groups() {
        let all = Selection::default().rules().unwrap().len();
        assert_eq!(all, rules::all().count());
        let stream = selection(&["stream"], &["stream/times"]).rules().unwrap();
        assert!(
            stream
                .iter()
                .all(|rule| rule.group() == "stream" && rule.id != "stream/times")
        );
        let one = selection(&["stream/times"], &[]).rules().unwrap();
        assert_eq!(one.len(), 1);
    }

    #[test]
    fn a_name_that_nobody_knows_is_wrong_usage() {
        assert_eq!(selection(&["straem"], &[]).rules().unwrap_err().code(), 2);
        let none = selection(&["speed"], &["speed"]).rules().unwrap_err();
        assert_eq!(none.to_string(), "no rule is left to check");
    }

    #[test]
    fn nothing_checked_is_a_failure() {
        let rules = Selection::default().rules().unwrap();
        let evidence = Evidence::default();
        let judged = judge(
            &rules,
            &Selection::default(),
            &Baseline::default(),
            &evidence,
        );
        let report = Report {
            subject: String::new(),
            requests: 0,
            took: Duration::ZERO,
            fail_on: Severity::Must,
            judged,
            troubles: Vec::new(),
            barred: None,
            speed: None,
        };
        assert_eq!(report.failure().as_deref(), Some("nothing was checked"));
    }

    #[test]
    fn what_is_required_may_not_be_skipped() {
        let selection = Selection {
            only: vec!["attachments".into()],
            require: vec!["attachments/upload".into()],
            ..Selection::default()
        };
        let rules = selection.rules().unwrap();
        let judged = judge(
            &rules,
            &selection,
            &Baseline::default(),
            &Evidence::default(),
        );
        let missing: Vec<_> = judged
            .iter()
            .filter(|it| it.fails(Severity::Must))
            .collect();
        assert_eq!(missing.len(), 1);
        assert_eq!(missing[0].rule.id, "attachments/upload");
    }

    #[test]
    fn what_is_required_may_not_be_left_out() {
        for (only, skip, require) in [
            (&["attachments"][..], &[][..], "session"),
            (&[], &["session"], "session"),
            (&["stream/left-open"], &[], "session/created"),
        ] {
            let mut selection = selection(only, skip);
            selection.require.push(require.into());
            let error = selection.rules().unwrap_err();
            assert_eq!(error.code(), 2);
            let said = format!("'{require}' is required, and left out by --only or --skip");
            assert_eq!(error.to_string(), said);
        }
    }

    #[test]
    fn of_a_dead_backend_nothing_passes_not_even_with_a_baseline() {
        let evidence = Evidence {
            dead: Some("the first turn failed".into()),
            exchanges: vec![crate::check::evidence::Exchange {
                head: Some(crate::check::evidence::Head {
                    status: 500,
                    headers: Vec::new(),
                    at: Duration::ZERO,
                }),
                ..crate::check::evidence::Exchange::asked(bytes::Bytes::from_static(
                    br#"{"type":"threads.create","params":{}}"#,
                ))
            }],
            ..Evidence::default()
        };
        let report = |selection: &Selection, baseline: &Baseline| {
            let rules = selection.rules().unwrap();
            Report {
                subject: String::new(),
                requests: 1,
                took: Duration::ZERO,
                fail_on: Severity::Must,
                judged: judge(&rules, selection, baseline, &evidence),
                troubles: evidence.troubles(),
                barred: None,
                speed: None,
            }
        };
        let speed = report(&selection(&["speed"], &[]), &Baseline::default());
        assert_eq!(
            speed.failure().as_deref(),
            Some("nothing was checked; the first turn failed")
        );
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("known.txt");
        std::fs::write(&path, "requests/threads.create\n").unwrap();
        let known = report(&Selection::default(), &Baseline::read(&path).unwrap());
        assert_eq!(known.failure().as_deref(), Some("the first turn failed"));
    }
}
