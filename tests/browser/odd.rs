//! The page before what no backend should send: it shows what it can, and says what it cannot.

use chatkit::server::Mock;
use serde_json::{Value, json};

use crate::driver::{Browser, Case};

pub fn cases() -> Vec<Case> {
    vec![
        Case::new("page_goes_on_after_odd_events", |b| Box::pin(events(b))),
        Case::new("page_opens_threads_with_odd_widgets", |b| {
            Box::pin(stored(b))
        }),
        Case::new("page_says_that_an_answer_broke_off", |b| {
            Box::pin(broken(b))
        }),
        Case::new("page_says_that_an_empty_stream_is_no_answer", |b| {
            Box::pin(empty(b))
        }),
    ]
}

/// Items that have an id and are otherwise not as their type has it, or of a type that every object
/// has a property of.
fn odd_items() -> Vec<Value> {
    let item = |kind: &str, more: Value| {
        let mut item = json!({"id": format!("odd_{kind}"), "thread_id": "t",
            "created_at": "2026-01-01T00:00:00Z", "type": kind});
        let more = more.as_object().unwrap().clone();
        item.as_object_mut().unwrap().extend(more);
        item
    };
    vec![
        item("assistant_message", json!({"content": "a string"})),
        item("workflow", json!({})),
        item("structured_input", json!({"status": "pending"})),
        item("widget", json!({})),
        item("hasOwnProperty", json!({})),
        item("constructor", json!({})),
        item("__proto__", json!({})),
    ]
}

async fn events(b: &Browser) {
    let items = odd_items();
    let done = |item: &Value| json!({"raw": {"type": "thread.item.done", "item": item}});
    let mut steps = vec![json!("before")];
    steps.extend(items.iter().map(done));
    let unfoldable = [
        json!({"type": "thread.item.added", "item": null}),
        json!({"type": "thread.updated"}),
        json!({"type": "thread.item.updated", "item_id": "odd_workflow",
            "update": {"type": "workflow.task.added", "task_index": 0, "task": {}}}),
        json!({"type": 5}),
    ];
    steps.extend(unfoldable.iter().map(|event| json!({"raw": event})));
    steps.push(json!("after"));
    let scenario = json!([{"when": "odd", "then": steps}]).to_string();
    let mock = Mock::builder().scenario(scenario).start().await.unwrap();
    b.go(mock.url()).await;
    b.say("odd").await;
    b.sees(".assistant_message", "after").await;
    for item in &items {
        let kind = item["type"].as_str().unwrap();
        b.sees("#items summary", &format!("an item of type {kind}"))
            .await;
    }
    b.sees("#items summary", "cannot be drawn").await;
    // The first three of what cannot be folded; the fourth means nothing, and is on the wire.
    b.until("document.querySelectorAll('#signals .danger').length === 3")
        .await;
    b.say("hello").await;
    b.sees(".assistant_message", "hello").await;
}

async fn stored(b: &Browser) {
    let odd = [
        json!({"type": "hasOwnProperty"}),
        json!({"type": "constructor"}),
        json!({"type": "Chart", "data": {"a": 1}, "series": []}),
        json!({"type": "Select", "name": "x", "options": "zz"}),
        json!({"type": "DatePicker", "name": "x", "defaultValue": 5}),
        json!({"type": "RadioGroup", "name": "x", "options": [null]}),
    ];
    let mock = Mock::builder().start().await.unwrap();
    b.go(mock.url()).await;
    let mut inner = odd.to_vec();
    inner.push(json!({"type": "Text", "value": "beside it"}));
    let widget = json!({"type": "Card", "children": inner});
    let thread = json!({"title": "ODD", "items": [{"user": "hello"},
        {"type": "widget", "widget": widget}, {"assistant": "after it"}]});
    b.js(&format!(
        "return fetch('/__mock/threads', {{method: 'POST', body: JSON.stringify({thread})}}).then((answer) => answer.status)"
    ))
    .await;
    b.sees("#thread-list", "ODD").await;
    b.click("#thread-list button").await;
    b.sees(".assistant_message", "after it").await;
    b.sees(".widget .w-text", "beside it").await;
    for component in &odd {
        let kind = component["type"].as_str().unwrap();
        b.sees(".widget .w-unknown", kind).await;
    }
}

async fn broken(b: &Browser) {
    for fault in ["truncated", "end-early", "no-item-done"] {
        let mock = Mock::builder().fault(fault).start().await.unwrap();
        b.go(mock.url()).await;
        b.say("show text 9").await;
        b.sees("#signals .danger", "The answer broke off: the stream ended")
            .await;
        b.until(
            "document.querySelector('#announcer').textContent.startsWith('The answer broke off')",
        )
        .await;
        b.sees(".user_message", "show text 9").await;
        b.js("return fetch('/__mock/faults', {method: 'DELETE'}).then((answer) => answer.status)")
            .await;
        b.click("#signals button").await;
        b.until(
            "document.querySelector('#stop').hidden && !document.querySelector('#signals .danger')",
        )
        .await;
        b.until("document.querySelector('#announcer').textContent.startsWith('Assistant: ')")
            .await;
    }
}

async fn empty(b: &Browser) {
    let mock = Mock::builder().fault("empty-stream").start().await.unwrap();
    b.go(mock.url()).await;
    b.keys("#composer-text", "are you there?\u{e007}").await;
    b.sees("#signals .danger", "There is no answer").await;
    b.until("document.querySelector('#announcer').textContent.startsWith('There is no answer')")
        .await;
    b.until("document.querySelector('#composer-text').value === 'are you there?'")
        .await;
}
