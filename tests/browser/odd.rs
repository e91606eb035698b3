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
        Case::new("page_keeps_what_it_has_where_a_retry_is_refused", |b| {
            Box::pin(refused(b))
        }),
        Case::new("page_shows_items_and_lists_as_they_are", |b| {
            Box::pin(looks(b))
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
        // What has no word is no good answer and no bad one.
        let words = "!document.querySelector('.assistant_message .prose')?.innerText.trim()";
        b.until(format!(
            "Boolean({words}) === !document.querySelector('.assistant_message .actions')"
        ))
        .await;
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
    // The mock has what was said, which is shown and need not be said again.
    b.sees(".user_message", "are you there?").await;
    b.until("document.querySelector('#composer-text').value === ''")
        .await;
}

async fn refused(b: &Browser) {
    let mock = Mock::builder().start().await.unwrap();
    b.go(mock.url()).await;
    b.say("hello").await;
    b.say("show tool").await;
    b.js("return fetch('/__mock/faults', {method: 'PUT', body: '{\"faults\": [\"status=503\"]}'}).then((answer) => answer.status)")
        .await;
    b.click(".client_tool_call button").await;
    b.sees("#signals .danger", "There is no answer").await;
    // The tool's output was not taken, so it can be sent again.
    b.sees(".client_tool_call", "waits for the page").await;
    b.js("document.querySelector('#signals').replaceChildren()")
        .await;
    b.click(".user_message .actions button").await;
    b.sees("#signals .danger", "There is no answer").await;
    b.sees(".assistant_message", "hello").await;
    b.sees(".client_tool_call", "waits for the page").await;
}

async fn looks(b: &Browser) {
    let item = |kind: &str| {
        json!({"raw": {"type": "thread.item.done", "item": {"id": kind, "thread_id": "t",
            "created_at": "2026-01-01T00:00:00Z", "type": kind}}})
    };
    let scenario = json!([{"when": "odd", "then": [item("hidden"), "- [x] done\n- [ ] open"]}]);
    let mock = Mock::builder()
        .scenario(scenario.to_string())
        .start()
        .await
        .unwrap();
    b.go(mock.url()).await;
    b.say("odd").await;
    // The page has a class of this name, for what only screen readers are told.
    b.until("document.querySelector('[data-item=hidden]').offsetWidth > 100")
        .await;
    // A box is the mark of its entry, and needs no other.
    b.until("[...document.querySelectorAll('.prose li')].every(e => getComputedStyle(e).listStyleType === 'none')")
        .await;
    b.say("show task").await;
    // The line at the left is the task's, not the whole item's.
    b.until("getComputedStyle(document.querySelector('.item.task')).borderLeftWidth === '0px' && getComputedStyle(document.querySelector('.panel .task')).borderLeftWidth === '2px'")
        .await;
}
