//! Threads that a scenario brings along, in a store that stays and has several servers.

use serde_json::{Value, json};

use crate::opening::Test;
use crate::place::{Kind, Place};
use crate::served::Server;

pub const TESTS: &[(Kind, &str, Test)] = &[
    (
        Kind::Sqlite,
        "threads_of_a_scenario_are_planted_once_by_several_at_once",
        at_once,
    ),
    (
        Kind::Postgres,
        "threads_of_a_scenario_are_planted_once_by_several_at_once",
        at_once,
    ),
    (
        Kind::Sqlite,
        "threads_of_a_scenario_are_there_once_after_another_start",
        again,
    ),
    (
        Kind::Postgres,
        "threads_of_a_scenario_are_there_once_after_another_start",
        again,
    ),
];

const SCENARIO: &str = "\
threads:
- id: thr_seed
  state: {vip: true}
  items: [{user: hi}, {assistant: hello}, {user: more}]
- title: Yesterday
  items: [{user: hi}, {assistant: hello}]
- title: Yesterday
  items: [{user: hi}, {assistant: hello}]
rules:
- when: {state: {vip: true}}
  then: Welcome back
";

fn scenario(place: &Place) -> String {
    let path = place.folder().join("scenario.yaml");
    std::fs::write(&path, SCENARIO).unwrap();
    path.display().to_string()
}

/// How many items each of the threads has, those with the fewest first.
fn counts(server: &Server) -> Vec<usize> {
    let list = server.document("threads.list", &json!({"limit": 50}));
    let threads = list["data"].as_array().unwrap().iter();
    let items = |thread: &Value| {
        let params = json!({"thread_id": thread["id"], "limit": 50});
        let page = server.document("items.list", &params);
        page["data"].as_array().unwrap().len()
    };
    let mut counts: Vec<usize> = threads.map(items).collect();
    counts.sort_unstable();
    counts
}

fn at_once(place: &Place) {
    let scenario = scenario(place);
    let start = || Server::start(place, &["--pace", "0", "--scenario", &scenario]);
    let servers: Vec<Server> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..4).map(|_| scope.spawn(start)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    for server in &servers {
        assert_eq!(counts(server), [2, 2, 3]);
    }
}

fn again(place: &Place) {
    let scenario = scenario(place);
    let start = || Server::start(place, &["--pace", "0", "--scenario", &scenario]);
    for _ in 0..3 {
        let server = start();
        assert_eq!(counts(&server), [2, 2, 3]);
        server.kill();
    }
    // What the rules find in the thread's state is there again, too.
    let server = start();
    let items = json!({"thread_id": "thr_seed", "limit": 1, "order": "asc"});
    let first = server.document("items.list", &items)["data"][0]["id"].clone();
    let retried = json!({"thread_id": "thr_seed", "item_id": first});
    let (status, body) = server.ask("threads.retry_after_item", &retried);
    assert_eq!(status, "200", "{body}");
    assert!(body.contains("Welcome back"), "{body}");
}
