//! `chatkit action` and `chatkit feedback` against the reference server.

use serde_json::{Value, json};

use crate::bench::{Bench, Case, Peer};
use crate::client_operations::{first, widget};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |name: &str, run: fn(&Bench)| cases.push(Case::new(name, Peer::Python, run));
    case(
        "client: action sends a widget's action and prints the answer",
        action,
    );
    case("client: action without a payload sends none", action_bare);
    case(
        "client: action --sync prints the item that changed",
        action_sync,
    );
    case(
        "client: action --sync of an action that changes nothing ends well",
        action_sync_nothing,
    );
    case(
        "client: action on an item that is no widget exits 1",
        action_of_text,
    );
    case(
        "client: feedback sends both kinds, for several items",
        feedback,
    );
    case(
        "client: feedback without a kind is wrong usage",
        feedback_kind,
    );
    cases
}

fn action(bench: &Bench) {
    let desk = bench.desk();
    let (thread, item) = widget(&desk);
    let payload = r#"{"port": "Brest"}"#;
    let outcome = desk
        .run([
            "action",
            &thread,
            &item,
            "tides.refresh",
            "--payload",
            payload,
        ])
        .code(0);
    let said: Value = serde_json::from_str(outcome.stdout().trim_end()).expect("the echo is JSON");
    let wanted = json!({"type": "tides.refresh", "payload": {"port": "Brest"}, "sender": item});
    assert_eq!(said, wanted);
}

fn action_bare(bench: &Bench) {
    let desk = bench.desk();
    let (thread, item) = widget(&desk);
    let outcome = desk
        .run(["action", &thread, &item, "tides.refresh"])
        .code(0);
    let said: Value = serde_json::from_str(outcome.stdout().trim_end()).expect("the echo is JSON");
    assert_eq!(said["payload"], Value::Null);
}

fn action_sync(bench: &Bench) {
    let desk = bench.desk();
    let (thread, item) = widget(&desk);
    let said = desk
        .run(["action", &thread, &item, "tides.pin", "--sync", "--json"])
        .code(0)
        .json();
    assert_eq!(said["updated_item"]["id"], Value::from(item));
    assert_eq!(said["updated_item"]["copy_text"], "pinned by tides.pin");
}

fn action_sync_nothing(bench: &Bench) {
    let desk = bench.desk();
    let (thread, item) = widget(&desk);
    let said = desk
        .run(["action", &thread, &item, "nothing", "--sync", "--json"])
        .code(0)
        .json();
    assert_eq!(
        said.get("updated_item").cloned().unwrap_or_default(),
        Value::Null
    );
}

fn action_of_text(bench: &Bench) {
    let desk = bench.desk();
    let (thread, events) = desk.say("text x");
    let item = first(&events, "assistant_message");
    desk.run(["action", &thread, &item, "tides.refresh"])
        .code(1)
        .notes(&["stream.error"]);
}

fn feedback(bench: &Bench) {
    let desk = bench.desk();
    let (thread, events) = desk.say("text x");
    let items = [
        first(&events, "user_message"),
        first(&events, "assistant_message"),
    ];
    desk.run(["feedback", &thread, &items[0], &items[1], "--positive"])
        .code(0);
    desk.run(["feedback", &thread, &items[1], "--negative"])
        .code(0);
    let sent = desk
        .logged(&thread)
        .into_iter()
        .map(|entry| entry["request"].clone());
    let sent: Vec<_> = sent
        .filter(|request| request["type"] == "items.feedback")
        .collect();
    let kinds: Vec<_> = sent
        .iter()
        .map(|request| &request["params"]["kind"])
        .collect();
    assert_eq!(kinds, ["positive", "negative"]);
    assert_eq!(sent[0]["params"]["item_ids"], json!(items));
}

fn feedback_kind(bench: &Bench) {
    let desk = bench.desk();
    desk.run(["feedback", "thr_x", "msg_x"]).code(2);
    desk.run(["feedback", "thr_x", "msg_x", "--positive", "--negative"])
        .code(2);
}
