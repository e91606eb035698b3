//! The report as `JUnit`'s XML: a suite for each group, a case for each rule.

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::{clean_line, headline, story};
use crate::check::evidence::Trouble;
use crate::check::judge::Report;
use crate::check::outcome::{Judged, Outcome};
use crate::check::rules::GROUPS;
use crate::error::{Error, Result};

pub(super) fn write(report: &Report) -> Result<String> {
    let mut document = quick_junit::Report::new("chatkit check");
    document.set_time(report.took);
    for (group, _) in GROUPS {
        let judged = report.judged.iter().filter(|it| it.rule.group() == *group);
        let mut suite = TestSuite::new(*group);
        suite.add_test_cases(judged.map(|judged| case(judged, report)));
        if suite.tests > 0 {
            document.add_test_suite(suite);
        }
    }
    let troubles = report.run_troubles();
    if !troubles.is_empty() {
        let mut suite = TestSuite::new("run");
        suite.add_test_cases(troubles.iter().map(trouble));
        document.add_test_suite(suite);
    }
    let failed = |error| Error::usage(format!("cannot write JUnit: {error}"));
    document
        .to_string()
        .map(|text| by_the_schema(&text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}"))
        .map_err(failed)
}

/// Jenkins' schema has no `skipped` on the element around all suites, where the library writes it.
fn by_the_schema(text: &str) -> String {
    let Some((head, rest)) = text.split_once(" skipped=\"") else {
        return text.to_owned();
    };
    match rest.split_once('"') {
        Some((_, rest)) if head.ends_with('"') && !head.contains("<testsuite ") => {
            format!("{head}{rest}")
        }
        _ => text.to_owned(),
    }
}

/// What fails the run without a rule is a case of its own, or nothing in the document would fail.
fn trouble(trouble: &Trouble) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(clean_line(&trouble.what));
    status.set_type("run");
    status.set_description(format!("fix: {}", clean_line(&trouble.fix)));
    let mut case = TestCase::new("run/whole", status);
    case.set_classname("chatkit.run");
    case
}

fn case(judged: &Judged, report: &Report) -> TestCase {
    let rule = judged.rule;
    let status = if judged.fails(report.fail_on) {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(headline(judged));
        status.set_type(rule.severity.word());
        status.set_description(story(judged));
        status
    } else if judged.outcome == Outcome::Passed {
        TestCaseStatus::success()
    } else {
        // What does not hold and does not fail the run has no better word in this format.
        let mut status = TestCaseStatus::skipped();
        status.set_message(match judged.outcome {
            Outcome::Skipped(_) => headline(judged),
            _ => format!("{}: {}", judged.outcome.word(), headline(judged)),
        });
        status
    };
    let mut case = TestCase::new(rule.id, status);
    case.set_classname(format!("chatkit.{}", rule.group()));
    case
}
