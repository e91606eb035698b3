//! The schema that editors read and the program agree on what a scenario is.

use serde_json::{Value, json};

use super::{Scenario, schema};

/// Whether the program takes a scenario, and whether its schema does.
fn verdicts(validator: &jsonschema::Validator, document: &Value) -> (bool, bool) {
    let read = Scenario::parse("test.json", &document.to_string());
    (read.is_ok(), validator.is_valid(document))
}

/// Documents that are sound, and those that are not, as rules of their conditions and their steps.
fn conditions(values: Vec<Value>) -> impl Iterator<Item = Value> {
    let rule = |when| json!([{"when": when, "then": "x"}]);
    values.into_iter().map(rule)
}

fn steps(values: Vec<Value>) -> impl Iterator<Item = Value> {
    values.into_iter().map(|step| json!([{"then": [step]}]))
}

fn faults(values: Vec<Value>) -> impl Iterator<Item = Value> {
    let rule = |fault| json!([{"then": "x", "fault": fault}]);
    values.into_iter().map(rule)
}

fn items(values: Vec<Value>) -> impl Iterator<Item = Value> {
    let thread = |item| json!({"threads": [{"items": [item]}], "rules": []});
    values.into_iter().map(thread)
}

fn sound() -> Vec<Value> {
    let conditions = conditions(vec![
        json!(5),
        json!(1.5),
        json!([1, "a", {"text": "b"}]),
        json!({"text": 5}),
        json!({"text": [true, 1]}),
        json!({"text": {"equals": ["a", "b"], "present": true}}),
        json!({"operation": ["threads.list", "threads.create"]}),
        json!({"turn": [1, {"from": 2}]}),
        json!({"turn": {"to": 3}}),
        json!({"locale": "de"}),
        json!({"state": {"a": null, "b": [1], "c": {"d": 1}}}),
        json!({"turn": {}}),
        json!({"payload": {}}),
        json!({"output": {}}),
        json!({"answers": {}}),
        json!({"header": {}}),
        json!({"state": {}}),
        json!({"not": {}}),
        json!({}),
        json!({"probability": 1}),
        json!({"not": {"text": "a"}}),
    ]);
    let steps = steps(vec![
        json!(5),
        json!("a"),
        json!(-1.5),
        json!({"text": 5}),
        json!({"text": {"value": 1.5, "split": "chars", "pace": 0}}),
        json!({"text": {"deltas": ["a", 1]}}),
        json!({"thoughts": ["a", 2, {"content": "b"}]}),
        json!({"thoughts": {"thoughts": 3, "seconds": 4}}),
        json!({"progress": 3}),
        json!({"notice": 4}),
        json!({"tool": {"name": "t", "arguments": {"a": 1}}}),
        json!({"workflow": {"tasks": [1, "b"], "summary": 3}}),
        json!({"image": "https://x"}),
        json!({"title": null}),
        json!({"title": 3}),
        json!({"status": {"locked": 3}}),
        json!({"status": {"closed": null}}),
        json!({"wait": 0}),
        json!({"wait": "1.5s"}),
        json!({"pace": null}),
        json!({"error": 404}),
        json!({"error": {"status": 503, "retry_after": 3}}),
        json!({"set": {"a": 1}}),
        json!({"text": {"deltas": []}}),
        json!({"thoughts": []}),
        json!({"thoughts": {"thoughts": []}}),
        json!({"workflow": {"tasks": []}}),
        json!({"error": {}}),
        json!({"set": {}}),
        json!({"show": "text 3"}),
        json!({"raw": null}),
        json!({"form": {"inputs": [{"id": "a", "question": 3, "options": ["x", 2], "multiple": true}]}}),
        json!({"widget": {"type": "Card", "children": []}}),
        json!({"widget": {"root": {"type": "Card", "children": []}, "copy_text": 3}}),
    ]);
    let faults = faults(vec![
        json!("stall=5s,times=1"),
        json!({"stall": "5s", "after": 3, "times": 2}),
        json!({"stall": null}),
        json!({"stall": true}),
        json!({"name": "status", "code": 503, "operation": "threads.create"}),
        json!({"status": 503, "header": ["a: b", "c: d"], "body": {"a": 1}}),
        json!({"status": 503, "header": {"a": "b"}, "skip": 1, "probability": 0.5}),
        json!({"twice": true, "event": "error", "each": true, "after": 0}),
        json!({"twice": null, "thread": "thr_1"}),
        json!(["crlf", {"bom": null}]),
    ]);
    let items = items(vec![
        json!({"user": "a", "id": "b"}),
        json!({"type": "assistant_message", "content": []}),
    ]);
    let files = vec![
        json!([]),
        json!({"rules": null, "threads": null}),
        json!({"version": 1, "rules": [{"then": "a", "name": "b"}]}),
        json!({"threads": [{"created_at": "2026-01-31T12:00:00Z"}]}),
        json!({"threads": [{"created_at": 1_770_000_000}]}),
        json!({"threads": [{"title": null, "status": "locked"}]}),
    ];
    conditions
        .chain(steps)
        .chain(faults)
        .chain(items)
        .chain(files)
        .collect()
}

fn unsound() -> Vec<Value> {
    let conditions = conditions(vec![
        json!(null),
        json!(true),
        json!([]),
        json!([[1]]),
        json!({"text": null}),
        json!({"text": []}),
        json!({"text": {}}),
        json!({"text": {"equals": []}}),
        json!({"text": {"equals": 5}}),
        json!({"text": {"contains": []}}),
        json!({"text": {"regex": []}}),
        json!({"operation": []}),
        json!({"operation": "threads.lst"}),
        json!({"turn": []}),
        json!({"turn": 0}),
        json!({"turn": 1.5}),
        json!({"locale": []}),
        json!({"probability": 2}),
    ]);
    let steps = steps(vec![
        json!(null),
        json!(true),
        json!({}),
        json!({"text": {}}),
        json!({"text": {"value": "a", "deltas": ["a"]}}),
        json!({"text": true}),
        json!({"error": {"status": 200}}),
        json!({"error": {"status": 600}}),
        json!({"error": {"status": "503"}}),
        json!({"error": {"retry_after": 3}}),
        json!({"status": "open"}),
        json!({"status": {"active": "x"}}),
        json!({"wait": 5}),
        json!({"wait": "5 weeks"}),
        json!({"wait": null}),
        json!({"drop": false}),
        json!({"set": ["a"]}),
        json!({"form": {"inputs": []}}),
        json!({"form": {"inputs": [{"id": "a", "question": "b", "options": []}]}}),
        json!({"form": {"inputs": [{"id": "a", "question": "b", "multiple": true}]}}),
        json!({"replace": {"text": "a", "widget": "b.widget"}}),
        json!({"replace": {"id": "a"}}),
        json!({"task": {"sources": [{"url": "a", "file": "b"}]}}),
        json!({"task": {"sources": [{"title": "a"}]}}),
        json!({"widget": {"root": {"type": "Card", "children": []}, "states": []}}),
        json!({"widget": {"copy_text": "a"}}),
        json!({"widget": {"states": []}}),
        json!({"widget": {"type": "Text", "value": "a"}}),
        json!({"item": {"type": "nothing"}}),
        json!({"bytes": 3}),
        json!({"answer": {"a": 1}, "text": "b"}),
    ]);
    let faults = faults(vec![
        json!("stal=5s"),
        json!({}),
        json!(true),
        json!({"stall": "5s", "tims": 2}),
        json!({"name": "stall", "tim": "5s"}),
        json!({"crlf": true, "cr": true}),
        json!({"crlf": 3}),
        json!({"stall": {"time": 3}}),
        json!({"stall": "5s", "times": -1}),
        json!({"stall": "5s", "probability": 2}),
        json!({"stall": "5s", "path": "/x"}),
        json!({"status": 200}),
        json!({"cut": "sometimes"}),
        json!({"open-to-strangers": true}),
    ]);
    let items = items(vec![
        json!({}),
        json!({"user": "a", "assistant": "b"}),
        json!({"user": 3}),
        json!({"type": "nothing"}),
        json!("a"),
    ]);
    let files = vec![
        json!(3),
        json!(null),
        json!({"rulez": []}),
        json!({"version": 2}),
        json!({"version": "1"}),
        json!({"rules": {}}),
        json!({"rules": [{"when": "a"}]}),
        json!({"rules": ["a"]}),
        json!({"threads": [{"id": ""}]}),
        json!({"threads": [{"created_at": true}]}),
        json!({"threads": [{"titel": "a"}]}),
    ];
    conditions
        .chain(steps)
        .chain(faults)
        .chain(items)
        .chain(files)
        .collect()
}

#[test]
fn the_schema_takes_what_the_program_takes_and_nothing_else() {
    let validator = jsonschema::draft202012::new(&schema()).unwrap();
    let expected = |document: Value, is_sound: bool| {
        let (program, schema) = verdicts(&validator, &document);
        let differs = (program, schema) != (is_sound, is_sound);
        differs.then(|| format!("program {program}, schema {schema}: {document}"))
    };
    let sound = sound().into_iter().map(|document| (document, true));
    let all = sound.chain(unsound().into_iter().map(|document| (document, false)));
    let wrong: Vec<String> = all
        .filter_map(|(document, is_sound)| expected(document, is_sound))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
