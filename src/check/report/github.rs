//! The report as workflow commands, which GitHub shows as annotations.

use std::fmt::Write as _;

use super::{clean, story, summary};
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
                data(&story(judged))
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
