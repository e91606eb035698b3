//! The report for a person: what failed comes first, each with its frame and what was expected.

use std::fmt::Write as _;

use super::{clean_line, lines};
use crate::check::judge::{Judged, Outcome, Report};

/// How many findings of a rule a person is shown.
const SHOWN: usize = 3;

/// How the report may look.
#[derive(Clone, Copy, Debug)]
struct Paint {
    is_colored: bool,
}

/// The report for a terminal or a build log; `verbose` also lists what passed.
pub fn terminal(report: &Report, is_colored: bool, verbose: bool) -> String {
    let paint = Paint { is_colored };
    let mut text = String::new();
    for judged in in_order(report) {
        match &judged.outcome {
            Outcome::Failed(_) | Outcome::Stale | Outcome::Missing(_) | Outcome::Known(_) => {
                failure(&mut text, judged, report, paint);
            }
            _ => {}
        }
    }
    for trouble in &report.troubles {
        let mark = paint.as_bad("FAIL");
        let _ = writeln!(text, "{mark} {}", clean_line(&trouble.what));
        let _ = writeln!(text, "  fix: {}\n", trouble.fix);
    }
    skipped(&mut text, report, paint);
    if verbose {
        for judged in &report.judged {
            if judged.outcome == Outcome::Passed {
                let mark = paint.as_good("ok");
                let _ = writeln!(text, "{mark} {} {}", judged.rule.id, judged.rule.says);
            }
        }
    }
    if let Some(speed) = &report.speed {
        let _ = writeln!(text, "{}", paint.dim(&speed.line()));
    }
    let summary = summary(report);
    let painted = match report.failure() {
        Some(_) => paint.as_bad(&summary),
        None => paint.as_good(&summary),
    };
    text.push_str(&painted);
    text.push('\n');
    text
}

/// One line: how many rules came out how.
pub fn summary(report: &Report) -> String {
    let of = |word: &str| report.count(|judged| judged.outcome.word() == word);
    let fails = report.count(|judged| judged.fails(report.fail_on));
    let lesser = report.count(|judged| {
        matches!(judged.outcome, Outcome::Failed(_)) && !judged.fails(report.fail_on)
    });
    let mut parts = vec![
        format!("{} passed", of("passed")),
        format!("{fails} failed"),
    ];
    for (count, word) in [
        (lesser, "to look at"),
        (of("known"), "known to fail"),
        (of("skipped"), "skipped"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    format!(
        "{}: {} ({} requests, {:.1} s)",
        clean_line(&report.subject),
        parts.join(", "),
        report.requests,
        report.took.as_secs_f64()
    )
}

/// What fails the run first, then by severity.
fn in_order(report: &Report) -> Vec<&Judged> {
    let mut judged: Vec<_> = report.judged.iter().collect();
    judged.sort_by_key(|judged| {
        let fails = judged.fails(report.fail_on);
        (
            std::cmp::Reverse(fails),
            std::cmp::Reverse(judged.rule.severity),
        )
    });
    judged
}

fn failure(text: &mut String, judged: &Judged, report: &Report, paint: Paint) {
    let rule = judged.rule;
    let word = match &judged.outcome {
        Outcome::Known(_) => "known",
        Outcome::Stale => "stale",
        Outcome::Missing(_) => "missing",
        _ => rule.severity.word(),
    };
    let mark = if judged.fails(report.fail_on) {
        paint.as_bad("FAIL")
    } else {
        paint.as_odd("note")
    };
    let _ = writeln!(
        text,
        "{mark} {} ({word}): {}",
        paint.strong(rule.id),
        rule.says
    );
    if let Some(findings) = judged.findings() {
        for finding in findings.first.iter().take(SHOWN) {
            for line in lines(finding) {
                let _ = writeln!(text, "  {line}");
            }
        }
        if findings.count > SHOWN {
            let _ = writeln!(text, "  and {} more", findings.count - SHOWN);
        }
    }
    if let Some(reason) = judged.outcome.reason() {
        let _ = writeln!(text, "  {}", clean_line(reason));
    }
    let _ = writeln!(text, "  {}", paint.dim(&format!("source: {}", rule.source)));
    let _ = writeln!(text, "  fix: {}\n", rule.fix);
}

/// Rules that were skipped for one reason share a line.
fn skipped(text: &mut String, report: &Report, paint: Paint) {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for judged in &report.judged {
        if let Outcome::Skipped(reason) = &judged.outcome {
            match reasons.iter_mut().find(|(known, _)| known == reason) {
                Some((_, ids)) => ids.push(judged.rule.id),
                None => reasons.push((reason, vec![judged.rule.id])),
            }
        }
    }
    for (reason, ids) in &reasons {
        let line = format!("skip {}: {}", ids.join(", "), clean_line(reason));
        let _ = writeln!(text, "{}", paint.dim(&line));
    }
    if !reasons.is_empty() {
        text.push('\n');
    }
}

impl Paint {
    fn with(self, code: &str, text: &str) -> String {
        if self.is_colored {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    fn as_bad(self, text: &str) -> String {
        self.with("31", text)
    }

    fn as_odd(self, text: &str) -> String {
        self.with("33", text)
    }

    fn as_good(self, text: &str) -> String {
        self.with("32", text)
    }

    fn strong(self, text: &str) -> String {
        self.with("1", text)
    }

    fn dim(self, text: &str) -> String {
        self.with("2", text)
    }
}
