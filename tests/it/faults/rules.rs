//! Faults of a scenario's rules: each strikes at the answers of its own rule, and at no others.

use serde_json::{Value, json};
use tempfile::TempDir;

use super::wire::{Answer, End, Server, message};

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
