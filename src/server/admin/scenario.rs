//! The scenario: looked at, and replaced while the mock runs.

use std::path::PathBuf;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::super::app::App;
use super::super::journal::Happening;
use super::super::refusal::Refusal;
use super::super::scenario::{Finding, FindingRecord, Scenario, ScenarioErrors};
use super::{Call, document, ok};
use crate::store::StoreError;

/// What a scenario that came in a request is called, where one that came in a file has its path.
const NAME: &str = "scenario";

/// The scenario in force.
#[derive(Serialize)]
struct Shown<'a> {
    origin: Origin,
    strict: bool,
    rules: usize,
    threads: usize,
    files: &'a [PathBuf],
    texts: Vec<Text<'a>>,
    /// What is odd about it.
    findings: Vec<FindingRecord<'a>>,
    /// Why its files were not taken when they were saved last.
    refused: Vec<FindingRecord<'a>>,
}

/// Where the scenario in force comes from.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Origin {
    /// There is none: everything is the showcase's.
    None,
    /// The mock was set up with it.
    Given,
    /// It was put in the place of that one.
    Put,
}

#[derive(Serialize)]
struct Text<'a> {
    name: &'a str,
    text: &'a str,
}

/// Why a scenario is not taken.
#[derive(Serialize)]
struct Refused<'a> {
    error: Reason<'a>,
    findings: Vec<FindingRecord<'a>>,
}

#[derive(Serialize)]
struct Reason<'a> {
    message: String,
    #[serde(rename = "type")]
    kind: &'static str,
    param: Option<&'a str>,
    code: &'static str,
}

/// `GET /__mock/scenario`.
pub(super) fn show(app: &App) -> Response {
    let scenario = app.director.scenario();
    let refused = app.director.refused();
    let nothing = Scenario::default();
    let known = scenario.as_deref().unwrap_or(&nothing);
    let texts = known.texts().map(|(name, text)| Text { name, text });
    ok(&Shown {
        origin: match (&scenario, app.director.is_put()) {
            (None, _) => Origin::None,
            (Some(_), false) => Origin::Given,
            (Some(_), true) => Origin::Put,
        },
        strict: app.director.is_strict(),
        rules: known.rule_count(),
        threads: known.thread_count(),
        files: known.files(),
        texts: texts.collect(),
        findings: records(known.warnings()),
        refused: records(refused.as_deref().map_or(&[], ScenarioErrors::findings)),
    })
}

/// `PUT /__mock/scenario`: answers by the one in the body from now on.
pub(super) async fn put(app: Arc<App>, call: Call) -> Result<Response, Refusal> {
    // A long text takes its time, which no other request is to wait for.
    let read = tokio::task::spawn_blocking(move || Scenario::parse_bytes(NAME, &call.body));
    let read = read.await.map_err(|_| {
        let message = "the scenario could not be read";
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", message)
    })?;
    let scenario = match read {
        Ok(scenario) => scenario,
        Err(errors) => return Ok(refuse(&errors)),
    };
    app.put_scenario(Arc::new(scenario)).await?;
    app.journal.tell(|| Happening::Steered("scenario"));
    Ok(show(&app))
}

/// `DELETE /__mock/scenario`: answers by the one that the mock was set up with.
pub(super) async fn give_back(app: Arc<App>) -> Result<Response, Refusal> {
    app.restore_scenario().await?;
    app.journal.tell(|| Happening::Steered("scenario"));
    Ok(show(&app))
}

impl App {
    /// Answers by the scenario that the mock was set up with.
    pub(in crate::server) async fn restore_scenario(&self) -> Result<(), StoreError> {
        self.director.give_back();
        self.plant_scenario().await
    }
}

fn refuse(errors: &ScenarioErrors) -> Response {
    let refused = Refused {
        error: Reason {
            message: errors.to_string(),
            kind: "invalid_request_error",
            param: None,
            code: "invalid_scenario",
        },
        findings: records(errors.findings()),
    };
    document(StatusCode::UNPROCESSABLE_ENTITY, &refused)
}

fn records(findings: &[Finding]) -> Vec<FindingRecord<'_>> {
    findings.iter().map(Finding::record).collect()
}
