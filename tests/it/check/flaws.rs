//! The checker is itself checked: for every rule the mock has a flaw that breaks exactly that rule.

use std::collections::BTreeSet;
use std::time::Duration;

use chatkit::cancel::Cancel;
use chatkit::check::{self, Baseline, Budget, Messages, Outcome, Plan, Selection, Sessions};
use chatkit::client::{
    Backend, Credentials, Endpoint, HeaderName, HeaderValue, Options, Rest, SecretString,
};
use chatkit::server::{Config, Flaw, Mock, Running};
use futures_util::stream::{self, StreamExt};

/// Budgets that are kept even on a busy machine, except for the one that a flaw exceeds: of that
/// one it does no harm if the machine exceeds it too.
fn budget(flaw: Option<Flaw>) -> Budget {
    let ample = Budget {
        first_event: Duration::from_secs(60),
        first_text: Duration::from_secs(60),
        turn: Duration::from_secs(60),
        gap: Duration::from_secs(60),
    };
    match flaw.map(|flaw| flaw.rule()) {
        Some("speed/first-event") => Budget {
            first_event: Duration::from_millis(500),
            ..ample
        },
        Some("speed/first-text") => Budget {
            first_text: Duration::from_secs(2),
            ..ample
        },
        Some("speed/turn") => Budget {
            turn: Duration::from_secs(5),
            ..ample
        },
        Some("speed/longest-gap") => Budget {
            gap: Duration::from_millis(500),
            ..ample
        },
        _ => ample,
    }
}

/// How many mocks are checked at once.
const AT_ONCE: usize = 6;

/// The rule whose mistake a busy machine makes as well.
const HELD_BACK: &str = "transport/not-buffered";

/// A mock that asks for a token, with this flaw.
async fn mock(flaw: Option<Flaw>) -> Running {
    let mut config = Config {
        pace: Duration::ZERO,
        token: Some(SecretString::from("own")),
        flaw,
        ..Config::default()
    };
    config.address.set_port(0);
    Mock::bind(config).await.unwrap().start()
}

fn header(value: &'static str) -> (HeaderName, HeaderValue) {
    let value = HeaderValue::from_static(value);
    (HeaderName::from_static("authorization"), value)
}

/// The backend that a check talks to: the endpoint, or hosted ChatKit for the rules of sessions.
fn backend(mock: &Running, is_hosted: bool) -> (Backend, Option<Sessions>) {
    let url = |path: &str| format!("{}{path}", mock.url()).parse().unwrap();
    if is_hosted {
        let key = SecretString::from("sk-any");
        let credentials = Credentials::Session {
            api_key: key.clone(),
            workflow: "wf_1".into(),
            user: "ada".into(),
        };
        let api_base: chatkit::client::Url = url("/v1");
        let endpoint = Endpoint::Hosted {
            api_base: api_base.clone(),
            credentials,
        };
        let sessions = Sessions {
            rest: Rest::new(api_base, &key, Options::default()).unwrap(),
            workflow: "wf_1".into(),
            user: "ada".into(),
        };
        let backend = Backend::new(endpoint, Options::default()).unwrap();
        return (backend, Some(sessions));
    }
    let endpoint = Endpoint::SelfHosted {
        url: url("/chatkit"),
        upload_url: None,
    };
    let options = Options {
        headers: vec![header("Bearer own")],
        ..Options::default()
    };
    (Backend::new(endpoint, options).unwrap(), None)
}

/// The ids of the rules that fail, with their severities, and of those that were asked and passed.
async fn check_of(
    flaw: Option<Flaw>,
    is_hosted: bool,
) -> (Vec<(String, &'static str)>, Vec<String>) {
    let mock = mock(flaw).await;
    let (backend, sessions) = backend(&mock, is_hosted);
    let selection = Selection::default();
    let rules = selection.rules().unwrap();
    let plan = Plan {
        probes: check::probes(&rules),
        messages: Messages {
            any: "hello".into(),
            ..Messages::default()
        },
        origin: "http://localhost:3000".into(),
        other: Some(header("Bearer another")),
        expects_auth: true,
        remembers: true,
        budget: budget(flaw),
        jobs: 4,
        keeps: false,
        sessions,
    };
    let seen = check::run(&backend, &plan, &Cancel::new()).await.unwrap();
    let judged = check::judge(&rules, &selection, &Baseline::default(), &seen.evidence);
    let failed = judged
        .iter()
        .filter(|it| matches!(it.outcome, Outcome::Failed(_)));
    let failed = failed.map(|it| (it.rule.id.to_owned(), it.rule.severity.word()));
    let passed = judged.iter().filter(|it| it.outcome == Outcome::Passed);
    (
        failed.collect(),
        passed.map(|it| it.rule.id.to_owned()).collect(),
    )
}

/// The same, looked at again where the machine was so busy that it held events back as a proxy does.
async fn check_at_ease(
    flaw: Option<Flaw>,
    is_hosted: bool,
) -> (Vec<(String, &'static str)>, Vec<String>) {
    let is_meant = flaw.is_some_and(|flaw| flaw.rule() == HELD_BACK);
    let mut tries = 0..3;
    loop {
        let found = check_of(flaw, is_hosted).await;
        let is_held = found.0.iter().any(|(id, _)| id == HELD_BACK);
        if is_meant || !is_held || tries.next().is_none() {
            return found;
        }
    }
}

#[test]
fn every_rule_has_a_flaw_of_its_own() {
    let rules: BTreeSet<_> = check::all().map(|rule| rule.id).collect();
    let names: BTreeSet<_> = Flaw::all().map(|flaw| flaw.name()).collect();
    assert_eq!(Flaw::all().count(), names.len(), "a flaw stands twice");
    // The first of them bears the name of the rule itself.
    let known: BTreeSet<_> = names.into_iter().filter(|it| !it.contains(':')).collect();
    assert!(Flaw::all().all(|flaw| known.contains(flaw.rule())));
    let without: Vec<_> = rules.difference(&known).collect();
    assert!(without.is_empty(), "rules without a flaw: {without:?}");
    let strange: Vec<_> = known.difference(&rules).collect();
    assert!(strange.is_empty(), "flaws without a rule: {strange:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flaw_breaks_its_rule_and_no_other_of_its_severity() {
    // What takes long begins first, so that nothing has to wait for it at the end.
    let (slow, quick): (Vec<_>, Vec<_>) =
        Flaw::all().partition(|flaw| flaw.rule().starts_with("speed/"));
    let checks = slow.into_iter().chain(quick).map(|flaw| async move {
        let is_hosted = flaw.rule().starts_with("session/");
        // Each is a task of its own, so that every core has something to do.
        let checked = tokio::spawn(check_at_ease(Some(flaw), is_hosted)).await;
        (flaw, checked.unwrap().0)
    });
    let found: Vec<_> = stream::iter(checks)
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let mut wrong = Vec::new();
    for (flaw, failed) in found {
        let (rule, name) = (flaw.rule(), flaw.name());
        let severity = check::find(rule).unwrap().severity.word();
        let same: Vec<_> = failed.iter().filter(|(_, it)| *it == severity).collect();
        if same.len() != 1 || same[0].0 != rule {
            wrong.push(format!("{name} ({severity}): {failed:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn without_a_flaw_every_rule_is_asked_and_passes() {
    let (failed, mut passed) = check_at_ease(None, false).await;
    assert_eq!(failed, []);
    let (failed, hosted) = check_at_ease(None, true).await;
    assert_eq!(failed, []);
    passed.extend(hosted);
    let passed: BTreeSet<_> = passed.iter().map(String::as_str).collect();
    let never: Vec<_> = check::all()
        .map(|rule| rule.id)
        .filter(|id| !passed.contains(id))
        .collect();
    assert!(never.is_empty(), "never asked: {never:?}");
}

#[test]
fn a_flaw_is_switched_on_by_its_rule() {
    let mut server = std::process::Command::new(env!("CARGO_BIN_EXE_chatkit"))
        .args([
            "serve",
            "--mock",
            "--port",
            "0",
            "--json",
            "--break",
            "stream/left-open",
        ])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stdout = std::io::BufReader::new(server.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut stdout, &mut line).unwrap();
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    let url = format!("{}/chatkit", line["url"].as_str().unwrap());
    crate::dsl::chatkit(["check", "--url", &url, "--only", "stream"])
        .stdout_has("FAIL stream/left-open (must)")
        .error("1 check failed")
        .code(3);
    server.kill().unwrap();
    server.wait().unwrap();
    crate::dsl::chatkit(["serve", "--mock", "--break", "stream/x"])
        .stderr_has("expected a rule")
        .code(2);
}
