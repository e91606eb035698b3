//! The report as TAP, version 14, with a YAML block for what does not hold.

use std::fmt::Write as _;

use super::{clean_line, headline, story};
use crate::check::judge::{Judged, Outcome, Report};

pub(super) fn write(report: &Report) -> String {
    let count = report.judged.len() + report.troubles.len();
    let mut text = format!("TAP version 14\n1..{count}\n");
    for (index, judged) in report.judged.iter().enumerate() {
        line(&mut text, index + 1, judged, report);
    }
    for (index, trouble) in report.troubles.iter().enumerate() {
        let number = report.judged.len() + index + 1;
        let what = escaped(&clean_line(&trouble.what));
        let _ = writeln!(text, "not ok {number} - {what}");
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
    let _ = writeln!(text, "  ---");
    let _ = writeln!(text, "  severity: {}", rule.severity.word());
    let _ = writeln!(text, "  message: |");
    for line in story(judged).lines() {
        let _ = writeln!(text, "    {line}");
    }
    let _ = writeln!(text, "  ...");
}

/// A `#` would begin a directive.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#")
}
