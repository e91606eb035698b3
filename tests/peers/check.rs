//! `chatkit check` against servers that others wrote: it must be right about both.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::bench::{Bench, Case, Peer};
use crate::cli::binary;
use crate::install::source;
use crate::process::{Running, Server, command};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |name: &str, needs, run: fn(&Bench)| cases.push(Case::new(name, needs, run));
    case(
        "check: openai-chatkit behind an app that refuses properly passes every must",
        Peer::Python,
        proper,
    );
    case(
        "check: openai-chatkit keeps what a client saw that left",
        Peer::Python,
        left,
    );
    case(
        "check: the guides' own app refuses nothing, and is told so",
        Peer::Python,
        guides,
    );
    case(
        "check: the report on chatkit-node-backend-sdk is right about what it lacks",
        Peer::Node,
        node,
    );
    case(
        "check: the JUnit report is one that Jenkins reads",
        Peer::Python,
        junit,
    );
    case(
        "mock: the description of /__mock is OpenAPI",
        Peer::Python,
        openapi,
    );
    cases
}

/// The description of the steering endpoints, as whoever makes a client of it reads it.
fn openapi(bench: &Bench) {
    let home = tempfile::tempdir().expect("a temporary folder");
    let mut mock = binary(home.path());
    mock.args(["serve", "--mock", "--port", "0", "--json"]);
    let mock = Server::start(mock);
    let mut python = command(bench.python());
    python.arg(source("python/openapi.py"));
    python.arg(format!("{}/__mock/openapi.json", mock.url()));
    let finished = Running::start(python).finish(Duration::from_secs(60));
    let errors = String::from_utf8_lossy(&finished.stderr);
    assert_eq!(finished.code, Some(0), "{errors}");
}

/// A report with failures and one without, as Jenkins' `xUnit` plugin reads them.
fn junit(bench: &Bench) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (good, bad) = (path("good.xml"), path("bad.xml"));
    let wanted = [format!("junit={good}"), format!("junit={bad}")];
    let desk = bench.desk();
    let args = [
        "check",
        "--mock",
        "--max-ttfb",
        "60s",
        "--report",
        &wanted[0],
    ];
    assert_eq!(desk.run_bare(args).0.code, Some(0));
    let args = [
        "check",
        "--mock",
        "--max-ttfb",
        "0.000001",
        "--report",
        &wanted[1],
    ];
    assert_eq!(desk.run_bare(args).0.code, Some(3));
    let mut python = command(bench.python());
    python.arg(source("python/junit.py"));
    python.args([&good, &bad]);
    let finished = Running::start(python).finish(Duration::from_secs(60));
    let errors = String::from_utf8_lossy(&finished.stderr);
    assert_eq!(finished.code, Some(0), "{errors}");
}

/// The outcome of each rule of a JSON report, by its id.
fn outcomes(report: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let rules = report["rules"].as_array().expect("rules");
    let rules = rules.iter();
    rules
        .map(|rule| (text(&rule["id"]), text(&rule["outcome"])))
        .collect()
}

/// The rules that came out like this, by severity.
fn of(report: &Value, outcome: &str, severity: &str) -> Vec<String> {
    let rules = report["rules"].as_array().expect("rules").iter();
    rules
        .filter(|rule| rule["outcome"] == outcome && rule["severity"] == severity)
        .map(|rule| rule["id"].as_str().expect("an id").to_owned())
        .collect()
}

/// What its scenes understand.
const SCENES: &[&str] = &[
    "--message",
    "text hello there",
    "--tool-message",
    "tool get_weather",
    "--form-message",
    "form",
    "--widget-message",
    "widget card",
];

/// A busy machine stalls now and then, which no test may take for the server's own doing.
const UNTIMED: &[&str] = &["--max-ttfb", "30s", "--skip", "transport/not-buffered"];

/// What only a flag, or another kind of backend, could let a check look at.
const UNTRIED: &[&str] = &[
    "security/asks-for-credentials",
    "security/other-users",
    "session/cancelled",
    "session/created",
    "session/secret-refused",
    "session/secret-works",
    "turns/remembers",
];

fn proper(bench: &Bench) {
    let desk = bench.proper_desk();
    let files = desk.at("/files");
    let args = ["check", "--json", "--upload-url", &files];
    let args = args.iter().chain(UNTIMED);
    let report = desk.run(args.chain(SCENES)).code(0).json();
    assert_eq!(of(&report, "failed", "must"), Vec::<String>::new());
    assert_eq!(of(&report, "failed", "should"), Vec::<String>::new());
    // The reference server itself writes times without an offset.
    assert_eq!(of(&report, "failed", "may"), ["stream/times"]);
    let mut skipped = of(&report, "skipped", "must");
    skipped.sort();
    assert_eq!(skipped, UNTRIED);
}

fn left(bench: &Bench) {
    let rules = ["turns/cancel-keeps", "turns/cancel-goes-on"];
    let args = [
        "check",
        "--json",
        "--message",
        "text hello",
        "--long-message",
        "slow",
    ];
    let only = ["--only", rules[0], "--only", rules[1], "--max-turn", "5s"];
    let report = bench
        .proper_desk()
        .run(args.iter().chain(&only))
        .code(0)
        .json();
    let outcomes = outcomes(&report);
    for rule in rules {
        assert_eq!(outcomes[rule], "passed", "{rule}");
    }
}

fn guides(bench: &Bench) {
    let args = [
        "check",
        "--json",
        "--message",
        "text hello",
        "--only",
        "requests",
    ];
    let report = bench.desk().run(args).code(3).json();
    let failed = of(&report, "failed", "must");
    assert_eq!(
        failed,
        [
            "requests/unknown-type",
            "requests/empty-object",
            "requests/not-json",
            "requests/missing-field",
            "requests/wrong-type",
            "requests/unknown-thread",
            "requests/unknown-item",
        ]
    );
    assert_eq!(of(&report, "failed", "should"), ["requests/error-object"]);
}

fn node(bench: &Bench) {
    let args = [
        "check",
        "--json",
        "--message",
        "hello there you",
        "--tool-message",
        "tool",
    ];
    let args = args.iter().chain(UNTIMED);
    let report = bench.node_desk().run(args).code(3).json();
    assert_eq!(
        of(&report, "failed", "must"),
        [
            // Its `process` throws, and the usual app around it answers 500 or breaks the stream off.
            "requests/unknown-type",
            "requests/empty-object",
            "requests/not-json",
            "requests/missing-field",
            "requests/wrong-type",
            "requests/unknown-thread",
            "requests/unknown-item",
            // Its `threads.retry_after_item` answers anew and deletes nothing.
            "turns/retry",
        ]
    );
    assert_eq!(
        of(&report, "failed", "should"),
        // The app answers no OPTIONS, which is its own affair.
        [
            "transport/cors-preflight",
            "transport/cors-answer",
            // Its `threads.custom_action` takes an item that is no widget for no item at all.
            "requests/action-on-no-widget",
            "requests/error-object",
            // Its `items.list` takes asc where the reference server takes desc.
            "persistence/default-order",
        ]
    );
    assert_eq!(
        of(&report, "failed", "may"),
        ["transport/no-cache", "stream/stream-options"]
    );
    let outcomes = outcomes(&report);
    for rule in [
        "stream/deltas-add-up",
        "persistence/thread-items",
        "persistence/pages-complete",
        "turns/tool-output",
        "turns/cancel-goes-on",
    ] {
        assert_eq!(outcomes[rule], "passed", "{rule}");
    }
}
