//! `serve --fault`: every fault, as it is seen from the other side of a socket.
//!
//! A case is a function that has the fault's name, and says what of the answer differs from the
//! answer of a mock that breaks nothing. `every_fault_has_a_case` holds them against the list. Each
//! is looked at twice: with the fault by `--fault`, and by rules of a scenario that play the same.

mod connection;
mod documents;
mod events;
mod framing;
mod rules;
mod scopes;
mod sends;
mod together;
pub mod wire;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::dsl::chatkit;

/// Tests, each of the fault that it is named after, by flag and by rule.
macro_rules! cases {
    ($( fn $name:ident() $body:block )*) => {
        pub const CASES: &[&str] = &[$(stringify!($name)),*];
        $( #[test] fn $name() $body )*
        mod by_rule {
            $( #[test] fn $name() { $crate::faults::wire::by_rule(super::$name); } )*
        }
    };
}
use cases;

/// Tests of what faults do where no rule is asked, or in no answer of one.
macro_rules! cases_by_flag {
    ($( fn $name:ident() $body:block )*) => {
        pub const CASES_BY_FLAG: &[&str] = &[$(stringify!($name)),*];
        $( #[test] fn $name() $body )*
    };
}
use cases_by_flag;

/// The names of `--list-faults`.
fn listed() -> BTreeSet<String> {
    let list = chatkit(["serve", "--list-faults", "--json"]).code(0).json();
    let names = list.as_array().unwrap().iter().map(|fault| {
        for text in ["does", "client"] {
            assert!(fault[text].as_str().is_some_and(|text| text.len() > 10));
        }
        fault["name"].as_str().unwrap().to_owned()
    });
    names.collect()
}

#[test]
fn every_fault_has_a_case() {
    let cases = [
        connection::CASES,
        documents::CASES,
        documents::CASES_BY_FLAG,
        events::CASES,
        framing::CASES,
    ];
    let cases: BTreeSet<_> = cases
        .concat()
        .iter()
        .map(|name| name.replace('_', "-"))
        .collect();
    // The faults of the rules of `check` are seen through `check`, in its own tests.
    assert_eq!(cases, listed());
}

#[test]
fn the_list_says_what_each_does_and_what_a_good_client_does() {
    let list = chatkit(["serve", "--list-faults"])
        .stdout_has("stall=30s,after=5\n")
        .stdout_has("    a good client: ")
        .stderr_has("probability=P")
        .code(0);
    for name in listed() {
        let line = |line: &str| line == name || line.starts_with(&format!("{name}="));
        assert!(list.stdout.lines().any(line), "{name}");
    }
}

#[test]
fn a_fault_that_is_written_wrong_is_refused_with_what_was_meant() {
    for (fault, error) in [
        ("stal=3s", "unknown fault 'stal'; did you mean 'stall'?"),
        ("stall=soon", "expected a time"),
        ("stall,tims=3", "stall has no 'tims'; did you mean 'times'?"),
        ("status=200", "expected an HTTP status from 300 to 599"),
        ("twice,operation=threads.crate", "one of threads.create"),
    ] {
        chatkit(["serve", "--mock", "--port", "0", "--fault", fault])
            .stderr_has(error)
            .code(2);
    }
}

/// The text of the answer that a thread has in the store, and of none if it has none.
fn stored(server: &wire::Server, thread: &Value) -> Vec<String> {
    let params = serde_json::json!({"thread_id": thread});
    let thread = server.post("threads.get_by_id", &params).json();
    let items = thread["items"]["data"].as_array().unwrap();
    let answers = items
        .iter()
        .filter(|item| item["type"] == "assistant_message");
    let text = |item: &Value| item["content"][0]["text"].as_str().map(str::to_owned);
    answers.map(|item| text(item).unwrap_or_default()).collect()
}
