//! The report as one page that needs nothing else: no script, no font, no picture from elsewhere.

use minijinja::Environment;
use minijinja::value::Serde;
use serde_json::Value;

use super::json;
use crate::check::judge::Report;
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
        "groups": groups,
        "summary": super::summary(report),
        "speed": report.speed.as_ref().map(Speed::line),
    });
    template.render(Serde(page)).map_err(failed)
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
