//! Faults of a scenario's rules: each strikes at the answers of its own rule, and at no others.

use serde_json::{Value, json};
use tempfile::TempDir;

use super::wire::{Answer, End, Server, message};
use crate::dsl::chatkit;

/// A mock with a scenario, and the folder that it stands in.
fn serve(scenario: &str) -> (Server, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scenario.yaml");
    std::fs::write(&file, scenario).unwrap();
    let path = file.to_str().unwrap();
    let args = ["--seed", "1", "--pace", "0", "--scenario", path];
    (Server::with(&[], &args), folder)
}

fn statuses(server: &Server, texts: &[&str]) -> Vec<u16> {
    let answers = texts.iter().map(|text| server.say(text));
    answers.map(|answer| answer.status()).collect()
}

const RULES: &str = "
- when: refused
  then: no
  fault: status=503,times=2,skip=1
- when: reset
  then: {text: {deltas: [one, two, three]}}
  fault: {reset: during, after: 5}
- when: broken
  then: both
  fault: [crlf, {name: content-type, value: text/plain}]
- when: sound
  then: all is well
";

#[test]
fn a_rules_fault_breaks_its_answers_and_those_of_no_other_rule() {
    let (server, _folder) = serve(RULES);
    assert_eq!(
        statuses(
            &server,
            &[
                "refused", "sound", "refused", "showcase", "refused", "refused"
            ]
        ),
        [200, 200, 503, 200, 503, 200]
    );
    let reset = server.say("reset");
    assert_eq!(reset.end, End::Reset);
    let broken = server.say("broken");
    assert_eq!(broken.header("content-type"), Some("text/plain"));
    assert!(broken.text().contains("\r\n\r\n"), "{}", broken.text());
    let sound = server.say("sound");
    assert_eq!(sound.header("content-type"), Some("text/event-stream"));
    assert_eq!(sound.end, End::Whole);
    assert!(sound.events().len() > 3);
}

#[test]
fn what_follows_a_client_tool_is_an_answer_of_the_same_rule() {
    let (server, _folder) = serve(
        "- when: go\n  then: [{tool: look}, and this is what comes after it]\n  fault: error-event=later,skip=1\n",
    );
    let first = server.say("go").events();
    let is_error = |event: &Value| event["type"] == "error";
    assert!(!first.iter().any(is_error));
    let thread = &first[0]["thread"]["id"];
    let output = json!({"thread_id": thread, "result": 1});
    let second = server.post("threads.add_client_tool_output", &output);
    assert!(second.events().iter().any(is_error), "{}", second.text());
}

#[test]
fn documents_and_refusals_of_a_rule_are_broken_too() {
    let (server, _folder) = serve(
        "
- when: {operation: input.transcribe}
  then: [{answer: {text: heard}}]
  fault: malformed-document,times=1
- when: busy
  then: [{error: {status: 429}}]
  fault: cut=before,times=1
",
    );
    let transcribe = || {
        let params = json!({"audio_base64": "AAAA", "mime_type": "audio/mp4"});
        server.post("input.transcribe", &params)
    };
    let text = transcribe().text();
    assert!(serde_json::from_str::<Value>(&text).is_err(), "{text}");
    assert_eq!(transcribe().json(), json!({"text": "heard"}));
    let cut = server.say("busy");
    assert!(cut.raw.is_empty(), "{:?}", cut.head);
    assert_eq!(server.say("busy").status(), 429);
}

#[test]
fn the_seed_repeats_which_answers_of_a_rule_are_struck() {
    let scenario = "
- {when: a, then: answer, fault: 'status=503,probability=0.5'}
- {when: b, then: answer, fault: 'status=503,probability=0.5'}
";
    let run = || {
        let (server, _folder) = serve(scenario);
        let asked = ["a", "b"].repeat(16);
        let answers: Vec<Answer> = asked.iter().map(|text| server.say(text)).collect();
        answers
    };
    let (one, other) = (run(), run());
    assert_eq!(one, other);
    let of = |place: usize| -> Vec<u16> {
        one.iter()
            .skip(place)
            .step_by(2)
            .map(Answer::status)
            .collect()
    };
    for struck in [of(0), of(1)] {
        assert!(struck.contains(&200) && struck.contains(&503), "{struck:?}");
    }
    assert_ne!(of(0), of(1), "each rule has a chance of its own");
}

#[test]
fn a_reset_has_the_faults_of_rules_count_anew() {
    let (server, _folder) = serve("- {then: answer, fault: 'status=503,times=1'}");
    assert_eq!(statuses(&server, &["x", "x"]), [503, 200]);
    let reset = |body: &str| server.ask("POST /__mock/reset", "", body).status();
    assert_eq!(reset(r#"{"only": ["threads"]}"#), 200);
    assert_eq!(statuses(&server, &["x"]), [200]);
    assert_eq!(reset(r#"{"only": ["faults"]}"#), 200);
    assert_eq!(statuses(&server, &["x", "x"]), [503, 200]);
    assert_eq!(reset(""), 200);
    assert_eq!(statuses(&server, &["x", "x"]), [503, 200]);
}

#[test]
fn the_thread_keeps_the_answer_that_a_fault_broke_on_its_way() {
    let (server, _folder) = serve("- {then: it is all there, fault: twice}");
    let answer = server.post("threads.create", &message("hi"));
    let thread = answer.events()[0]["thread"]["id"].clone();
    assert_eq!(super::stored(&server, &thread), ["it is all there"]);
}

#[test]
fn what_a_rules_fault_refuses_is_not_carried_out() {
    let (server, _folder) = serve(
        "
- {when: again, then: answer, fault: 'status=503,times=1'}
- {when: gone, then: answer, fault: 'reset=before,times=1'}
- {when: go, then: [{tool: look}, and what comes after it]}
- when: {operation: threads.delete}
  then: []
  fault: rate-limit,times=1
",
    );
    let rows = |operation: &str, params: &Value| {
        let page = server.post(operation, params).json();
        page["data"].as_array().unwrap().len()
    };
    assert_eq!(statuses(&server, &["again"]), [503]);
    assert_eq!(server.say("gone").end, End::Reset);
    assert_eq!(rows("threads.list", &json!({})), 0);
    assert_eq!(statuses(&server, &["again"]), [200]);
    let thread = server.post("threads.list", &json!({})).json()["data"][0]["id"].clone();
    let delete = || server.post("threads.delete", &json!({"thread_id": thread}));
    assert_eq!(delete().status(), 429);
    assert_eq!(rows("items.list", &json!({"thread_id": thread})), 2);
    assert_eq!(delete().status(), 200);
    assert_eq!(rows("threads.list", &json!({})), 0);
}

#[test]
fn what_waits_for_a_tool_goes_on_waiting_where_its_output_is_refused() {
    let (server, _folder) = serve(
        "- {when: go, then: [{tool: look}, {text: it has come}], fault: 'status=502,skip=1,times=1'}",
    );
    let thread = server.say("go").events()[0]["thread"]["id"].clone();
    let output = || {
        let params = json!({"thread_id": thread, "result": 1});
        server.post("threads.add_client_tool_output", &params)
    };
    assert_eq!(output().status(), 502);
    assert_eq!(output().status(), 200);
    assert_eq!(super::stored(&server, &thread), ["it has come"]);
}

#[test]
fn a_redirect_of_a_rule_names_the_address_that_was_asked() {
    let (server, _folder) = serve("- {then: answer, fault: redirect-loop}");
    let answer = server.say("hi");
    assert_eq!(answer.header("location"), Some("/chatkit"));
}

#[test]
fn faults_of_refusals_strike_at_those_of_rules() {
    let (server, _folder) = serve(
        "
- {when: gone, then: {error: {status: 404}}, fault: not-found-dead-stream}
- {when: refused, then: {error: {status: 403}}, fault: stack-trace}
- {when: hi, then: hello, fault: no-cors}
",
    );
    let gone = server.say("gone");
    assert_eq!((gone.status(), gone.body()), (200, Vec::new()));
    assert!(server.say("refused").text().starts_with("Traceback"));
    let from_a_page = |text: &str| {
        let body = json!({"type": "threads.create", "params": message(text)}).to_string();
        server.ask("POST /chatkit", "origin: http://app.example\r\n", &body)
    };
    let allowed = "access-control-allow-origin";
    assert_eq!(from_a_page("hi").header(allowed), None);
    let other = from_a_page("something else");
    assert_eq!(other.header(allowed), Some("http://app.example"));
}

#[test]
fn a_fault_that_no_answer_of_its_rule_meets_says_what_to_use_instead() {
    for (rule, said) in [
        (
            "{then: hi, fault: open-to-strangers}",
            "use --fault, or POST it to",
        ),
        (
            "{then: hi, fault: 'status=500,operation=download'}",
            "use --fault, or POST it to",
        ),
        (
            "{then: hi, fault: rename-not-kept}",
            "`when` must name the operation threads.update",
        ),
        (
            "{when: {operation: threads.list}, then: [], fault: hidden-listed}",
            "`when` must name the operation items.list",
        ),
        (
            "{when: {operation: items.list}, then: [], fault: crlf}",
            "`when` must name the operation threads.create or ",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("scenario.yaml");
        std::fs::write(&file, format!("- {rule}\n")).unwrap();
        chatkit(["scenario", "check", "--json", file.to_str().unwrap()])
            .stdout_has(said)
            .code(3);
    }
}

#[test]
fn the_list_says_what_a_rule_can_have() {
    let list = chatkit(["serve", "--list-faults", "--json"]).code(0).json();
    let rows = list.as_array().unwrap();
    let barred = rows
        .iter()
        .filter(|row| !row["by"].as_array().unwrap().contains(&json!("rule")));
    let barred: Vec<_> = barred.map(|row| row["name"].clone()).collect();
    assert_eq!(barred, ["open-to-strangers"]);
    chatkit(["serve", "--list-faults"])
        .stdout_has("    strikes at: threads.update\n")
        .stdout_has("; not by a rule, which is asked too late for it\n")
        .code(0);
}
