//! Reports: for a person, and for machines that read one of five formats.
//!
//! Whatever came from a backend is cleaned before it is written anywhere, because a report is read
//! in terminals, browsers and build logs.

mod github;
mod html;
mod json;
mod junit;
mod listing;
mod tap;
mod text;

use super::judge::Report;
use super::outcome::Judged;
use super::rule::Finding;
use crate::error::Result;
use crate::render::clean::{clean, clean_line};

pub use listing::{explain, list};
pub use text::{Sheet, summary, terminal};

/// A format for machines or colleagues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `JUnit`'s XML.
    Junit,
    /// The Test Anything Protocol, version 14.
    Tap,
    /// One JSON document.
    Json,
    /// Annotations of a GitHub workflow.
    Github,
    /// One page that needs nothing else.
    Html,
}

/// The report in a format, whole.
///
/// # Errors
/// The format cannot hold it.
pub fn write(report: &Report, format: Format) -> Result<String> {
    Ok(match format {
        Format::Junit => junit::write(report)?,
        Format::Tap => tap::write(report),
        Format::Json => json::write(report),
        Format::Github => github::write(report),
        Format::Html => html::write(report)?,
    })
}

/// What stands before a frame or a document as it came.
const RECEIVED: &str = "received: ";

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

/// Where something was found: `request 3, threads.create, frame 5`.
fn place(finding: &Finding) -> String {
    let mut parts = Vec::new();
    parts.extend(finding.request.map(|request| format!("request {request}")));
    if !finding.operation.is_empty() {
        parts.push(clean_line(&finding.operation));
    }
    parts.extend(finding.frame.map(|frame| format!("frame {frame}")));
    parts.join(", ")
}

/// A finding in a few lines: where, what, what was expected, and what came.
fn lines(finding: &Finding) -> Vec<String> {
    let mut lines = vec![format!(
        "{}: {}",
        place(finding),
        clean_line(&finding.found)
    )];
    lines.push(format!("expected: {}", clean_line(&finding.expected)));
    if let Some(raw) = &finding.raw {
        lines.push(format!("{RECEIVED}{}", clean_line(raw)));
    }
    lines
}

/// All that is to be said about a rule that does not hold.
fn story(judged: &Judged) -> String {
    format!("{}\n{}", findings(judged), remedy(judged))
}

/// What was found of a rule that does not hold.
fn findings(judged: &Judged) -> String {
    let mut story = Vec::new();
    if let Some(findings) = judged.findings() {
        for finding in &findings.first {
            story.extend(lines(finding));
        }
        if findings.count > findings.first.len() {
            let more = findings.count - findings.first.len();
            story.push(format!("and {more} more"));
        }
    }
    story.extend(judged.outcome.reason().map(clean_line));
    clean(&story.join("\n")).into_owned()
}

/// What it rests on, and what to do.
fn remedy(judged: &Judged) -> String {
    format!("source: {}\nfix: {}", judged.rule.source, judged.rule.fix)
}

/// The first finding in one line, or the reason.
fn headline(judged: &Judged) -> String {
    let first = judged
        .findings()
        .and_then(|findings| findings.first.first());
    match first {
        Some(finding) => format!("{}: {}", place(finding), clean_line(&finding.found)),
        None => judged.outcome.reason().map(clean_line).unwrap_or_default(),
    }
}
