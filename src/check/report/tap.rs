//! The report as TAP, version 14, with a YAML block for what does not hold.

use std::fmt::Write as _;

use super::{clean, clean_line, headline, story};
use crate::check::judge::Report;
use crate::check::outcome::{Judged, Outcome};
use crate::check::rule::Severity;

pub(super) fn write(report: &Report) -> String {
    let troubles = report.run_troubles();
    let count = report.judged.len() + troubles.len();
    let mut text = format!("TAP version 14\n1..{count}\n");
    for (index, judged) in report.judged.iter().enumerate() {
        line(&mut text, index + 1, judged, report);
    }
    for (index, trouble) in troubles.iter().enumerate() {
        let number = report.judged.len() + index + 1;
        let what = escaped(&clean_line(&trouble.what));
        let _ = writeln!(text, "not ok {number} - {what}");
        let fix = format!("fix: {}", clean(&trouble.fix));
        block(&mut text, None, &fix);
    }
    text
}

fn line(text: &mut String, number: usize, judged: &Judged, report: &Report) {
    let rule = judged.rule;
    let holds = judged.findings().is_none() && !judged.fails(report.fail_on);
    let ok = if holds { "ok" } else { "not ok" };
    let directive = match &judged.outcome {
        Outcome::Skipped(_) => format!(" # SKIP {}", escaped(&headline(judged))),
        // A todo is a test that fails and does not fail the run.
        Outcome::Failed(_) | Outcome::Known(_) if !judged.fails(report.fail_on) => {
            format!(" # TODO {}", judged.outcome.word())
        }
        _ => String::new(),
    };
    let _ = writeln!(text, "{ok} {number} - {}{directive}", rule.id);
    if holds {
        return;
    }
    block(text, Some(rule.severity), &story(judged));
}

/// The YAML below a line that does not hold.
fn block(text: &mut String, severity: Option<Severity>, story: &str) {
    let _ = writeln!(text, "  ---");
    if let Some(severity) = severity {
        let _ = writeln!(text, "  severity: {}", severity.word());
    }
    let _ = writeln!(text, "  message: |");
    for line in story.lines() {
        let _ = writeln!(text, "    {line}");
    }
    let _ = writeln!(text, "  ...");
}

/// A `#` would begin a directive.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#")
}
