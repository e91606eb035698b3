//! Templates of `.widget` files: what comes of each filter, test, method and statement of jinja2,
//! here and at the SDK. `templates.json` has those of which the same comes, and those known to differ.

use std::time::Duration;

use chatkit::template::expand_widget;
use minijinja::value::Serde;
use serde_json::{Value, json};

use crate::bench::{Bench, Case, Peer};
use crate::install::source;
use crate::process::{Running, command};

const LIMIT: Duration = Duration::from_secs(60);

pub fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "templates: the same comes of them as at the sdk",
            Peer::Python,
            |bench| {
                let differing = told(bench, "same", false);
                assert!(differing.is_empty(), "{}", differing.join("\n"));
            },
        ),
        Case::new(
            "templates: what is known to differ still does",
            Peer::Python,
            |bench| {
                let mended = told(bench, "different", true);
                assert!(mended.is_empty(), "no longer: {}", mended.join("\n"));
            },
        ),
    ]
}

/// The templates of a list of which the same comes, or of which it does not.
fn told(bench: &Bench, list: &str, are_same: bool) -> Vec<String> {
    let all: Value = serde_json::from_str(include_str!("templates.json")).expect("JSON");
    let templates: Vec<&str> = all[list]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let mut python = command(bench.python());
    python.arg(source("python/templates.py"));
    let asked = json!({"data": all["data"], "templates": templates}).to_string();
    let finished = Running::start(python).feed(asked.as_bytes()).finish(LIMIT);
    let theirs: Vec<Value> = serde_json::from_slice(&finished.stdout).expect("an answer for each");
    assert_eq!(theirs.len(), templates.len());
    let data = minijinja::Value::from(Serde(&all["data"]));
    let told = templates
        .iter()
        .zip(theirs)
        .filter_map(|(template, theirs)| {
            let ours = expand_widget(template, data.clone(), 1 << 20);
            let is_same = match (theirs["made"].as_str(), &ours) {
                (Some(theirs), Ok(ours)) => alike(theirs, ours),
                (theirs, ours) => theirs.is_none() && ours.is_err(),
            };
            (is_same == are_same).then(|| format!("{template}\n  sdk  {theirs}\n  ours {ours:?}"))
        });
    told.collect()
}

/// Whether two texts are the same, or the same JSON: a widget is read as that.
fn alike(one: &str, other: &str) -> bool {
    let read = |text: &str| serde_json::from_str::<Value>(text).ok();
    one == other || read(one).is_some_and(|one| Some(one) == read(other))
}
