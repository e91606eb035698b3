//! The report as one JSON document.

use serde_json::{Value, json};

use super::clean;
use crate::check::judge::Report;
use crate::check::outcome::Judged;
use crate::check::rule::Finding;
use crate::check::rules::Speed;

/// The version of the document's shape.
const VERSION: u32 = 1;

pub(super) fn write(report: &Report) -> String {
    let document = value(report);
    let mut text = serde_json::to_string_pretty(&document).expect("a value with string keys");
    text.push('\n');
    text
}

/// The document.
pub(super) fn value(report: &Report) -> Value {
    let of = |word: &str| report.count(|judged| judged.outcome.word() == word);
    json!({
        "version": VERSION,
        "backend": report.subject,
        "ok": report.failure().is_none(),
        "failure": report.failure(),
        "troubles": report.troubles.iter()
            .map(|trouble| json!({"what": clean(&trouble.what), "fix": trouble.fix}))
            .collect::<Vec<_>>(),
        "fail_on": report.fail_on,
        "requests": report.requests,
        "seconds": (report.took.as_secs_f64() * 1000.0).round() / 1000.0,
        "speed": report.speed.as_ref().map(Speed::to_json),
        "summary": {
            "passed": of("passed"),
            "failed": of("failed"),
            "known": of("known"),
            "stale": of("stale"),
            "missing": of("missing"),
            "skipped": of("skipped"),
        },
        "rules": report.judged.iter().map(|judged| row(judged, report)).collect::<Vec<_>>(),
    })
}

/// What the document says of one rule.
pub(super) fn row(judged: &Judged, report: &Report) -> Value {
    let rule = judged.rule;
    let findings = judged.findings();
    json!({
        "id": rule.id,
        "group": rule.group(),
        "severity": rule.severity,
        "says": rule.says,
        "source": rule.source,
        "fix": rule.fix,
        "outcome": judged.outcome.word(),
        "fails_the_run": judged.fails(report.fail_on),
        "reason": judged.outcome.reason(),
        "count": findings.map_or(0, |findings| findings.count),
        "findings": findings.map_or(&[][..], |findings| &findings.first)
            .iter().map(cleaned).collect::<Vec<_>>(),
    })
}

/// Control characters would be escaped by JSON, but not the overrides that change what is read.
fn cleaned(finding: &Finding) -> Finding {
    Finding {
        operation: clean(&finding.operation).into_owned(),
        found: clean(&finding.found).into_owned(),
        expected: clean(&finding.expected).into_owned(),
        raw: finding.raw.as_deref().map(|raw| clean(raw).into_owned()),
        ..finding.clone()
    }
}
