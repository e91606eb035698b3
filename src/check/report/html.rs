//! The report as one page that needs nothing else: no script, no font, no picture from elsewhere.

use minijinja::Environment;
use minijinja::value::Serde;
use serde_json::Value;

use super::json;
use crate::check::judge::Report;
use crate::check::outcome::Outcome;
use crate::check::rules::{GROUPS, Speed};
use crate::error::{Error, Result};

/// The name ends in `.html`, by which the template engine knows to escape what it is given.
const NAME: &str = "report.html";

pub(super) fn write(report: &Report) -> Result<String> {
    let failed = |error: minijinja::Error| Error::usage(format!("cannot write HTML: {error}"));
    let mut templates = Environment::new();
    templates
        .add_template(NAME, include_str!("page.html"))
        .map_err(failed)?;
    let template = templates.get_template(NAME).map_err(failed)?;
    let document = json::value(report);
    let groups = groups(&document);
    let page = serde_json::json!({
        "report": document,
        "overview": overview(report),
        "groups": groups,
        "summary": super::summary(report),
        "speed": report.speed.as_ref().map(Speed::line),
    });
    template.render(Serde(page)).map_err(failed)
}

/// The rules that do not hold, in the order in which a person looks at them.
fn overview(report: &Report) -> Vec<Value> {
    let rules = super::in_order(report).into_iter();
    let rules =
        rules.filter(|judged| !matches!(judged.outcome, Outcome::Passed | Outcome::Skipped(_)));
    rules.map(|judged| json::row(judged, report)).collect()
}

/// The rules of each group that was asked, with what the group is about.
fn groups(document: &Value) -> Vec<Value> {
    let rules = document["rules"].as_array().map_or(&[][..], Vec::as_slice);
    let of = |group: &str| -> Vec<Value> {
        let rules = rules.iter().filter(|rule| rule["group"] == group);
        rules.cloned().collect()
    };
    GROUPS
        .iter()
        .map(|(name, about)| serde_json::json!({"name": name, "about": about, "rules": of(name)}))
        .filter(|group| {
            group["rules"]
                .as_array()
                .is_some_and(|rules| !rules.is_empty())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::check::outcome::Judged;
    use crate::check::rule::{Findings, Severity};
    use crate::check::rules;

    #[test]
    fn what_fails_the_run_is_named_before_what_does_not() {
        let judged = |id| Judged {
            rule: rules::find(id).unwrap(),
            outcome: Outcome::Failed(Findings::default()),
            is_insisted: false,
        };
        let report = Report {
            subject: "a backend".into(),
            requests: 1,
            took: Duration::ZERO,
            fail_on: Severity::Must,
            judged: vec![
                judged("transport/no-cache"),
                judged("transport/not-buffered"),
                judged("widgets/root"),
            ],
            troubles: Vec::new(),
            barred: None,
            speed: None,
        };
        let page = write(&report).unwrap();
        let place = |rule: &str| page.find(&format!("<a href=\"#{rule}\">")).unwrap();
        let order = [
            place("widgets&#x2f;root"),
            place("transport&#x2f;not-buffered"),
            place("transport&#x2f;no-cache"),
        ];
        assert!(order.is_sorted(), "{order:?}");
    }
}
