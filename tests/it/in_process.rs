//! A mock in a Rust test: all of what `/__mock` does, without a request.

use std::time::Duration;

use chatkit::server::journal::Outcome;
use chatkit::server::{Happened, Mock, NewThread, Pattern};
use serde_json::{Map, Value, json};

use crate::admin::{client, say};

fn state(value: Value) -> Map<String, Value> {
    serde_json::from_value(value).unwrap()
}

#[tokio::test]
async fn a_feed_tells_a_turn_from_its_request_to_its_end() {
    let mock = Mock::builder().start().await.unwrap();
    let mut feed = mock.listen();
    say(&mock, "show text 3").await;
    mock.forget_requests();
    let mut names = Vec::new();
    let id = loop {
        let happened = feed.next().await.unwrap();
        if names.last() != Some(&happened.name()) {
            names.push(happened.name());
        }
        if let Happened::End { id, outcome, .. } = happened {
            assert_eq!(outcome, Outcome::Complete);
            break id;
        }
    };
    assert_eq!(names, ["request", "response", "event", "end"]);
    assert!(id.starts_with("req_"), "{id}");
    assert!(mock.requests().is_empty());
    mock.stop().await;
    assert!(feed.next().await.is_none());
}

#[tokio::test]
async fn a_mock_that_was_stopped_has_given_its_address_and_its_store_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", folder.path().join("t.db").display());
    let start = async || {
        let builder = Mock::builder().store(store.parse().unwrap()).user("ada");
        builder.start().await.unwrap()
    };
    let mock = start().await;
    say(&mock, "show text 3").await;
    let refused = mock.reset().await.unwrap_err();
    assert!(refused.to_string().contains("t.db"), "{refused}");
    assert_eq!(
        refused.hint().as_deref(),
        Some("call reset_with_store() to delete them too")
    );
    let url = mock.url().to_owned();
    mock.stop().await;
    assert!(client().get(format!("{url}/healthz")).send().await.is_err());
    // What SQLite writes beside a file is gone when nobody has it open.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);

    let mock = start().await;
    let list = json!({"type": "threads.list", "params": {}}).to_string();
    let ask = async || {
        let request = client().post(format!("{}/chatkit", mock.url()));
        let answer = request.body(list.clone()).send().await.unwrap();
        let page: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        page["data"].as_array().unwrap().len()
    };
    assert_eq!(ask().await, 1);
    mock.reset_with_store().await.unwrap();
    assert_eq!(ask().await, 0);
}

#[tokio::test]
async fn what_rules_remember_and_the_scenario_itself_are_seen_and_changed() {
    let rules = "state: {orders: 1}\nrules:\n- then: 'You have {{ state.orders }}.'\n";
    let builder = Mock::builder().seed(1).scenario(rules);
    let mock = builder.start().await.unwrap();
    let seeded = mock.seed_threads(vec![NewThread::titled("Old")]).await;
    let thread = seeded.unwrap().remove(0).id;
    assert_eq!(
        mock.thread_state(&thread).await.unwrap(),
        state(json!({"orders": 1}))
    );
    let change = state(json!({"orders": 5, "vip": true}));
    let changed = mock.set_thread_state(&thread, change.clone()).await;
    assert_eq!(changed.unwrap(), change);
    let unknown = mock.thread_state(&"thr_none".into()).await.unwrap_err();
    assert!(unknown.to_string().contains("thr_none"), "{unknown}");

    let text = |mock: &chatkit::server::Running| {
        let scenario = mock.scenario().unwrap();
        scenario.texts().next().unwrap().1.to_owned()
    };
    assert_eq!(text(&mock), rules);
    mock.set_scenario("- then: Bye.").await.unwrap();
    assert_eq!(text(&mock), "- then: Bye.");
    mock.restore_scenario().await.unwrap();
    assert!(say(&mock, "hi").await.contains("You have 1."));

    let before = mock.now();
    mock.advance(Duration::from_secs(90)).unwrap();
    let ahead = mock.now().unix_seconds() - before.unix_seconds();
    assert_eq!(ahead, 90);
    mock.set_pace(Duration::from_millis(7));
    assert_eq!(mock.pace(), Duration::from_millis(7));
    let created = Pattern::default().method("post").path("/chatkit");
    mock.verify(&created, 1).unwrap();
}
