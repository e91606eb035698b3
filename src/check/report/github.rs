//! The report as workflow commands, which GitHub shows as annotations.

use std::fmt::Write as _;

use super::{clean, findings, remedy, summary};
use crate::check::judge::Report;
use crate::check::outcome::{Judged, Outcome};

pub(super) fn write(report: &Report) -> String {
    let mut text = String::new();
    for judged in &report.judged {
        if let Some(level) = level(judged, report) {
            let title = format!("{} ({})", judged.rule.id, judged.rule.severity.word());
            let _ = writeln!(
                text,
                "::{level} title={}::{}",
                property(&title),
                data(&annotation(&findings(judged), &remedy(judged)))
            );
        }
    }
    for trouble in report.run_troubles() {
        let words = format!("{}\nfix: {}", clean(&trouble.what), clean(&trouble.fix));
        let _ = writeln!(text, "::error title=chatkit check::{}", data(&words));
    }
    let _ = writeln!(
        text,
        "::notice title=chatkit check::{}",
        data(&summary(report))
    );
    text
}

/// The longest message that a runner shows, in UTF-16 code units; it cuts off what is behind
/// (actions/runner, `ExecutionContext`, `_maxIssueMessageLength`).
const LONGEST: usize = 4096;

/// The findings as far as there is room for them, and what to do in any case.
fn annotation(findings: &str, remedy: &str) -> String {
    let width = |text: &str| text.encode_utf16().count();
    let whole = format!("{findings}\n{remedy}");
    if width(&whole) <= LONGEST {
        return whole;
    }
    let mut room = LONGEST.saturating_sub(width(remedy) + width("…\n"));
    let fits = |c: &char| {
        let left = room.checked_sub(c.len_utf16());
        room = left.unwrap_or_default();
        left.is_some()
    };
    let shown: String = findings.chars().take_while(fits).collect();
    format!("{shown}…\n{remedy}")
}

fn level(judged: &Judged, report: &Report) -> Option<&'static str> {
    match judged.outcome {
        _ if judged.fails(report.fail_on) => Some("error"),
        Outcome::Failed(_) => Some("warning"),
        Outcome::Known(_) => Some("notice"),
        _ => None,
    }
}

/// What stands behind `::`; anything that could end the command is escaped.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A property's value, which ends at a comma or a colon.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_do_is_said_however_much_was_found() {
        assert_eq!(annotation("a", "fix: b"), "a\nfix: b");
        for text in ["x".repeat(5000), "🎈".repeat(5000)] {
            let shown = annotation(&text, "fix: b");
            assert!(shown.ends_with("…\nfix: b"), "{shown}");
            let width = shown.encode_utf16().count();
            assert!((LONGEST - 1..=LONGEST).contains(&width), "{width}");
        }
    }
}
