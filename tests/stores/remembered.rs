//! What a scenario's rules remember of a thread, where its requests come to one server after
//! another.

use serde_json::{Value, json};

use crate::opening::Test;
use crate::place::{Kind, Place};
use crate::served::{Server, message};
use crate::shared::ask;

pub const TESTS: &[(Kind, &str, Test)] = &[
    (
        Kind::Postgres,
        "a_tool_s_output_is_answered_by_whoever_gets_it",
        tool,
    ),
    (
        Kind::Sqlite,
        "a_tool_s_output_is_answered_by_whoever_gets_it",
        tool,
    ),
    (
        Kind::Postgres,
        "a_form_is_answered_by_whoever_gets_it",
        form,
    ),
    (Kind::Postgres, "what_a_rule_sets_is_seen_by_all", state),
    (Kind::Sqlite, "what_a_rule_sets_is_seen_by_all", state),
    (
        Kind::Postgres,
        "what_several_set_at_once_is_all_there",
        at_once,
    ),
    (
        Kind::Postgres,
        "a_thread_that_is_deleted_is_remembered_by_nobody",
        deleted,
    ),
    (
        Kind::Postgres,
        "a_rest_that_is_no_longer_in_the_scenario_is_played_by_those_who_know_it",
        changed,
    ),
    (
        Kind::Sqlite,
        "what_is_remembered_outlives_its_server",
        again,
    ),
];

const SCENARIO: &str = r"
state: {count: 0, mood: fine}
rules:
- when: {text: {regex: 'order (?<id>\d+)'}}
  then:
  - tool: {name: find, arguments: {id: '{{ captures.id }}'}}
  - 'Order {{ captures.id }} is {{ tool.output.state }}, {{ message.text }}.'
  - item: {type: client_tool_call, status: pending, call_id: again, name: again, arguments: {}}
  - 'And {{ tool.output.state }}.'
- when: pizza
  then:
  - form: {inputs: [{id: size, question: Which?, options: [small, large]}]}
  - 'A {{ answers.size }} one.'
- when: more
  then:
  - set: {count: '{{ state.count + 1 }}', mood: null}
  - 'Now {{ state.count }}.'
- when: {text: {regex: '^keep (?<name>\w+)'}}
  then:
  - set: {kept: '{{ captures.name }}'}
  - Kept.
- when: {text: ready, state: {count: 2, mood: {present: false}}}
  then: Ready at two.
- when: ready
  then: 'Not ready: {{ state.count }} {{ state.mood }}'
";

pub fn scenario(place: &Place, text: &str) -> String {
    let path = place.folder().join("scenario.yaml");
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

pub fn start(place: &Place, scenario: &str) -> Server {
    Server::start(place, &["--pace", "0", "--scenario", scenario])
}

fn pair(place: &Place) -> (Server, Server) {
    let scenario = scenario(place, SCENARIO);
    (start(place, &scenario), start(place, &scenario))
}

/// What the assistant says in a turn.
pub fn said(events: &[Value]) -> String {
    let done = events
        .iter()
        .filter(|event| event["type"] == "thread.item.done");
    let texts = done.filter_map(|event| event["item"]["content"][0]["text"].as_str());
    let of_user = |event: &&Value| event["item"]["type"] == "user_message";
    let user = events.iter().filter(of_user).count();
    texts.skip(user).collect::<Vec<_>>().join(" ")
}

/// Begins a thread and returns its id with what is said.
pub fn begin(server: &Server, text: &str) -> (String, Vec<Value>) {
    let events = server.events("threads.create", &message(text));
    let id = events[0]["thread"]["id"].as_str().unwrap().to_owned();
    (id, events)
}

fn go_on(server: &Server, thread: &str, text: &str) -> String {
    let mut params = message(text);
    params["thread_id"] = thread.into();
    said(&server.events("threads.add_user_message", &params))
}

fn output(server: &Server, thread: &str, state: &str) -> String {
    let params = json!({"thread_id": thread, "result": {"state": state}});
    said(&server.events("threads.add_client_tool_output", &params))
}

fn tool(place: &Place) {
    let (one, two) = pair(place);
    let (thread, _) = begin(&one, "order 7");
    assert_eq!(output(&two, &thread, "sent"), "Order 7 is sent, order 7.");
    assert_eq!(output(&one, &thread, "paid"), "And paid.");
    let (thread, _) = begin(&two, "order 8");
    assert_eq!(output(&two, &thread, "lost"), "Order 8 is lost, order 8.");
    assert_eq!(output(&one, &thread, "found"), "And found.");
}

fn form(place: &Place) {
    let (one, two) = pair(place);
    let (thread, events) = begin(&one, "pizza");
    let form = &events.last().unwrap()["item"]["id"];
    let answers = json!({"size": {"values": ["large"]}});
    let params = json!({"thread_id": thread, "item_id": form,
        "input": {"status": "answered", "answers": answers}});
    let events = two.events("threads.add_structured_input", &params);
    assert_eq!(said(&events), "A large one.");
}

fn state(place: &Place) {
    let (one, two) = pair(place);
    let (thread, events) = begin(&one, "more");
    assert_eq!(said(&events), "Now 1.");
    assert_eq!(go_on(&two, &thread, "ready"), "Not ready: 1 ");
    assert_eq!(go_on(&two, &thread, "more"), "Now 2.");
    assert_eq!(go_on(&one, &thread, "ready"), "Ready at two.");
    assert_eq!(go_on(&two, &thread, "ready"), "Ready at two.");
    let (fresh, _) = begin(&two, "ready");
    assert_eq!(go_on(&one, &fresh, "ready"), "Not ready: 0 fine");
    let path = format!("/__mock/state/{thread}");
    let change = json!({"count": 40}).to_string();
    let put = ask(&one, &format!("PUT {path}"), &[], change.as_bytes()).ok();
    assert_eq!(put["state"], json!({"count": 40}));
    let shown = ask(&two, &format!("GET {path}"), &[], b"").ok();
    assert_eq!(shown["state"], json!({"count": 40}));
    assert_eq!(go_on(&two, &thread, "more"), "Now 41.");
}

fn at_once(place: &Place) {
    let names: Vec<String> = (0..12).map(|name| format!("n{name}")).collect();
    let rules = names
        .iter()
        .map(|name| format!("- when: {name}\n  then: [{{set: {{{name}: 1}}}}, ok]\n"));
    let rules: String = rules.collect();
    let scenario = scenario(place, &rules);
    let servers = [start(place, &scenario), start(place, &scenario)];
    let (thread, _) = begin(&servers[0], "n0");
    std::thread::scope(|scope| {
        for (place, name) in names.iter().enumerate() {
            let (server, thread) = (&servers[place % 2], &thread);
            scope.spawn(move || assert_eq!(go_on(server, thread, name), "ok"));
        }
    });
    for server in &servers {
        let line = format!("GET /__mock/state/{thread}");
        let shown = ask(server, &line, &[], b"").ok();
        let mut kept: Vec<_> = shown["state"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        kept.sort_by_key(|name| name[1..].parse::<u32>().unwrap());
        assert_eq!(kept, names);
    }
}

fn deleted(place: &Place) {
    let text = "threads:\n- id: thr_seed\n  state: {n: 5}\n  items: [{user: hi}]\n\
        rules:\n- when: more\n  then: [{set: {n: '{{ state.n + 1 }}'}}, 'Now {{ state.n }}.']\n";
    let scenario = scenario(place, text);
    let (one, two) = (start(place, &scenario), start(place, &scenario));
    assert_eq!(go_on(&one, "thr_seed", "more"), "Now 6.");
    // A server that begins later finds what is remembered, and does not begin anew.
    let three = start(place, &scenario);
    assert_eq!(go_on(&three, "thr_seed", "more"), "Now 7.");
    assert_eq!(go_on(&two, "thr_seed", "more"), "Now 8.");
    let reset = ask(&two, "POST /__mock/reset?store=true", &[], b"");
    assert_eq!(reset.status, "200");
    for (server, now) in [(&one, "Now 6."), (&three, "Now 7."), (&two, "Now 8.")] {
        assert_eq!(go_on(server, "thr_seed", "more"), now);
    }
}

fn changed(place: &Place) {
    let (one, two) = pair(place);
    let (thread, _) = begin(&one, "order 7");
    let (other, _) = begin(&one, "order 8");
    let put = json!({"rules": [{"when": "x", "then": "y"}]}).to_string();
    for server in [&one, &two] {
        assert_eq!(
            ask(server, "PUT /__mock/scenario", &[], put.as_bytes()).status,
            "200"
        );
    }
    // The server that played its beginning goes on with it, whatever is in force meanwhile.
    let plain = "- when: tool\n  then: [{tool: x}, y]\n";
    assert_eq!(
        ask(&one, "PUT /__mock/scenario", &[], plain.as_bytes()).status,
        "200"
    );
    assert_eq!(output(&one, &thread, "sent"), "Order 7 is sent, order 7.");
    // The other one never had the rule, and answers as if nobody had asked for the output.
    assert_eq!(
        ask(&two, "PUT /__mock/scenario", &[], plain.as_bytes()).status,
        "200"
    );
    assert!(!output(&two, &other, "sent").starts_with("Order 8"));
}

fn again(place: &Place) {
    let scenario = scenario(place, SCENARIO);
    let server = start(place, &scenario);
    let (asked, _) = begin(&server, "order 9");
    let (counted, _) = begin(&server, "more");
    server.kill();
    let server = start(place, &scenario);
    assert_eq!(output(&server, &asked, "sent"), "Order 9 is sent, order 9.");
    assert_eq!(go_on(&server, &counted, "more"), "Now 2.");
}
