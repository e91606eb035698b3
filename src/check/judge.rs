//! Asks the rules, and says what their verdicts amount to.

use std::time::Duration;

use super::baseline::Baseline;
use super::evidence::{Evidence, Trouble};
use super::outcome::{Judged, Outcome};
use super::rule::{Rule, Severity, Verdict};
use super::rules::{Muddle, Speed};
use super::selection::Selection;
use crate::plural::plural;

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

/// Asks the rules.
pub fn judge(
    rules: &[&'static Rule],
    selection: &Selection,
    baseline: &Baseline,
    evidence: &Evidence,
) -> Vec<Judged> {
    let muddles = Muddle::all(evidence);
    let outcome = |rule: &Rule| match verdict(rule, evidence, &muddles) {
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
fn verdict(rule: &Rule, evidence: &Evidence, muddles: &[Muddle]) -> Verdict {
    if let Some(barred) = &evidence.barred {
        return Verdict::Skipped(barred.words().into());
    }
    if let Some(why) = muddles.iter().find_map(|muddle| muddle.of(rule)) {
        return Verdict::Skipped(why);
    }
    match ((rule.judge)(evidence), &evidence.dead) {
        (Verdict::Passed | Verdict::Skipped(_), Some(reason)) => Verdict::Skipped(reason.clone()),
        (verdict, _) => verdict,
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
