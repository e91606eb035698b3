//! The fold against what the reference server does (`openai-chatkit` 1.6.5, `server.py`).
#![allow(
    clippy::needless_pass_by_value,
    reason = "events are written where they are used"
)]

use serde_json::{Value, json};

use super::*;

fn event(json: Value) -> Event {
    crate::protocol::from_value(json).unwrap()
}

fn item(id: &str, body: Value) -> Value {
    let mut item = json!({"id": id, "thread_id": "t", "created_at": "2026-11-20T10:00:00"});
    item.as_object_mut()
        .unwrap()
        .extend(body.as_object().unwrap().clone());
    item
}

fn message(id: &str, texts: &[&str]) -> Value {
    let content: Vec<Value> = texts
        .iter()
        .map(|text| json!({"type": "output_text", "text": text}))
        .collect();
    item(id, json!({"type": "assistant_message", "content": content}))
}

fn added(item: Value) -> Value {
    json!({"type": "thread.item.added", "item": item})
}

fn done(item: Value) -> Value {
    json!({"type": "thread.item.done", "item": item})
}

fn update(id: &str, update: Value) -> Value {
    json!({"type": "thread.item.updated", "item_id": id, "update": update})
}

fn delta(id: &str, index: usize, text: &str) -> Value {
    update(
        id,
        json!({"type": "assistant_message.content_part.text_delta", "content_index": index, "delta": text}),
    )
}

fn part(id: &str, how: &str, index: usize, text: &str) -> Value {
    update(
        id,
        json!({"type": format!("assistant_message.content_part.{how}"), "content_index": index,
               "content": {"type": "output_text", "text": text}}),
    )
}

/// Folds events and returns the transcript with the words of every violation.
fn fold(events: Vec<Value>) -> (Transcript, Vec<String>) {
    let mut transcript = Transcript::new();
    let mut words = Vec::new();
    for json in events {
        let event = event(json);
        words.extend(
            transcript
                .apply(&event)
                .violations
                .iter()
                .map(ToString::to_string),
        );
    }
    words.extend(transcript.finish().iter().map(ToString::to_string));
    (transcript, words)
}

fn only_item(transcript: &Transcript) -> Value {
    let items: Vec<_> = transcript.items().collect();
    assert_eq!(items.len(), 1);
    serde_json::to_value(items[0]).unwrap()
}

#[test]
fn deltas_add_up_to_the_message_that_is_done() {
    let (transcript, violations) = fold(vec![
        added(message("m", &[])),
        part("m", "added", 0, ""),
        delta("m", 0, "Hel"),
        delta("m", 0, "lo"),
        part("m", "done", 0, "Hello"),
        done(message("m", &["Hello"])),
    ]);
    assert_eq!(violations, Vec::<String>::new());
    assert_eq!(only_item(&transcript)["content"][0]["text"], "Hello");
}

#[test]
fn half_of_a_character_at_the_end_of_a_text_is_no_difference() {
    let (transcript, violations) = fold(vec![
        added(message("m", &[])),
        part("m", "added", 0, ""),
        delta("m", 0, "Hi "),
        part("m", "done", 0, "Hi \u{fffd}"),
        done(message("m", &["Hi \u{fffd}"])),
    ]);
    assert_eq!(violations, Vec::<String>::new());
    assert_eq!(only_item(&transcript)["content"][0]["text"], "Hi \u{fffd}");
}

#[test]
fn deltas_that_do_not_add_up_are_reported_at_the_part_and_at_the_item() {
    let (_, violations) = fold(vec![
        added(message("m", &[])),
        part("m", "added", 0, ""),
        delta("m", 0, "Hel"),
        part("m", "done", 0, "Hello"),
        done(message("m", &["Hallo"])),
    ]);
    assert_eq!(
        violations,
        [
            "part 0 of m was streamed as 3 bytes, but its done text has 5 and differs",
            "part 0 of m was streamed as 5 bytes, but its done text has 5 and differs"
        ]
    );
}

#[test]
fn an_update_before_the_item_and_after_its_end_is_illegal() {
    let (_, violations) = fold(vec![
        delta("m", 0, "x"),
        done(message("m", &["x"])),
        delta("m", 0, "y"),
    ]);
    assert_eq!(
        violations,
        [
            "item m was updated but never added",
            "item m was updated after it was done"
        ]
    );
}

#[test]
fn an_item_added_or_done_twice_is_illegal() {
    let (_, violations) = fold(vec![
        added(message("m", &[])),
        added(message("m", &[])),
        done(message("m", &[])),
        done(message("m", &[])),
    ]);
    assert_eq!(
        violations,
        ["item m was added twice", "item m was done twice"]
    );
}

#[test]
fn an_item_left_open_is_illegal_unless_the_answer_failed() {
    let open = added(message("m", &[]));
    assert_eq!(
        fold(vec![open.clone()]).1,
        ["item m was added but never done"]
    );
    let error = json!({"type": "error", "code": "stream.error", "allow_retry": true});
    assert_eq!(fold(vec![open, error]).1, Vec::<String>::new());
}

#[test]
fn a_part_of_which_nothing_was_streamed_may_come_whole() {
    let events = vec![
        added(message("m", &[])),
        part("m", "added", 0, ""),
        done(message("m", &["I cannot do that."])),
    ];
    assert_eq!(fold(events).1, Vec::<String>::new());
}

#[test]
fn text_for_a_part_that_was_never_added_is_kept_and_reported() {
    let (transcript, violations) = fold(vec![
        added(message("m", &[])),
        delta("m", 1, "b"),
        done(message("m", &["", "b"])),
    ]);
    assert_eq!(violations, ["part 1 of m was never added"]);
    assert_eq!(only_item(&transcript)["content"][1]["text"], "b");
}

#[test]
fn a_huge_index_takes_no_memory() {
    let (transcript, violations) = fold(vec![
        added(message("m", &[])),
        delta("m", usize::MAX, "x"),
        part("m", "added", usize::MAX, "x"),
        part("m", "done", usize::MAX, "x"),
    ]);
    assert_eq!(violations.len(), 4);
    assert_eq!(only_item(&transcript)["content"], json!([]));
}

#[test]
fn an_annotation_is_inserted_at_its_index() {
    let annotation = |index: usize, title: &str| {
        update(
            "m",
            json!({"type": "assistant_message.content_part.annotation_added", "content_index": 0,
                   "annotation_index": index,
                   "annotation": {"type": "annotation", "source": {"type": "file", "title": title, "filename": "f"}}}),
        )
    };
    let (transcript, violations) = fold(vec![
        added(message("m", &["x"])),
        annotation(0, "b"),
        annotation(0, "a"),
        annotation(9, "c"),
        done(message("m", &["x"])),
    ]);
    assert_eq!(violations, ["annotation 9 of m was added when it had 2"]);
    assert_eq!(
        only_item(&transcript)["content"][0]["annotations"],
        json!([])
    );
}

#[test]
fn a_widget_streams_replaces_a_component_and_replaces_itself() {
    let widget = |text: &str| {
        json!({"type": "Card", "children": [
            {"type": "Text", "id": "t", "value": text, "streaming": true},
            {"type": "Badge", "id": "b", "label": "old"},
        ]})
    };
    let mut transcript = Transcript::new();
    let mut apply = |json: Value| {
        let event = event(json);
        transcript.apply(&event).violations
    };
    assert_eq!(
        apply(added(item(
            "w",
            json!({"type": "widget", "widget": widget("a")})
        ))),
        []
    );
    let value = |id: &str, text: &str, done: bool| {
        update(
            "w",
            json!({"type": "widget.streaming_text.value_delta", "component_id": id, "delta": text, "done": done}),
        )
    };
    assert_eq!(apply(value("t", "b", false)), []);
    assert_eq!(apply(value("t", "c", true)), []);
    assert_eq!(apply(value("b", "x", true)).len(), 1);
    assert_eq!(apply(value("none", "x", true)).len(), 1);
    let badge = json!({"type": "Badge", "id": "b", "label": "new"});
    assert_eq!(
        apply(update(
            "w",
            json!({"type": "widget.component.updated", "component_id": "b", "component": badge})
        )),
        []
    );
    let folded = only_item(&transcript);
    assert_eq!(
        folded["widget"]["children"][0],
        json!({"type": "Text", "id": "t", "value": "abc", "streaming": false})
    );
    assert_eq!(folded["widget"]["children"][1]["label"], "new");

    let mut apply = |json: Value| {
        let event = event(json);
        transcript
            .apply(&event)
            .violations
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    let differs = apply(done(item(
        "w",
        json!({"type": "widget", "widget": widget("abd")}),
    )));
    assert_eq!(
        differs,
        ["component t of w was streamed as 3 bytes, but its done text has 3 and differs"]
    );
    let root = json!({"type": "Basic", "children": []});
    assert_eq!(
        apply(update(
            "w",
            json!({"type": "widget.root.updated", "widget": root})
        )),
        ["item w was updated after it was done"]
    );
    assert_eq!(only_item(&transcript)["widget"], root);
}

#[test]
fn a_workflow_gains_and_changes_tasks_and_an_image_its_versions() {
    let task = |how: &str, index: usize, content: &str| {
        update(
            "w",
            json!({"type": format!("workflow.task.{how}"), "task_index": index,
                   "task": {"type": "thought", "content": content}}),
        )
    };
    let (transcript, violations) = fold(vec![
        added(item(
            "w",
            json!({"type": "workflow", "workflow": {"type": "reasoning", "tasks": []}}),
        )),
        task("added", 0, "a"),
        task("updated", 0, "b"),
        task("updated", 4, "c"),
        task("added", 7, "d"),
    ]);
    assert_eq!(
        violations,
        [
            "task 4 of w was updated but never added",
            "task 7 of w was added when it had 1 tasks"
        ]
    );
    assert_eq!(
        only_item(&transcript)["workflow"]["tasks"][0]["content"],
        "b"
    );

    let image = json!({"id": "i1", "url": "https://example.com/1.png"});
    let (transcript, violations) = fold(vec![
        added(item("g", json!({"type": "generated_image"}))),
        update(
            "g",
            json!({"type": "generated_image.updated", "image": image, "progress": 0.5}),
        ),
        update(
            "g",
            json!({"type": "workflow.task.added", "task_index": 0, "task": {"type": "image"}}),
        ),
        done(item(
            "g",
            json!({"type": "generated_image", "image": image}),
        )),
    ]);
    assert_eq!(
        violations,
        ["update workflow.task.added does not fit item g of type generated_image"]
    );
    assert_eq!(only_item(&transcript)["image"], image);
}

#[test]
fn removal_and_replacement_are_illegal_only_where_the_whole_thread_is_known() {
    let removed = json!({"type": "thread.item.removed", "item_id": "x"});
    let replaced = json!({"type": "thread.item.replaced", "item": message("y", &["new"])});
    assert_eq!(
        fold(vec![removed.clone(), replaced.clone()]).1,
        Vec::<String>::new()
    );
    let created = json!({"type": "thread.created",
        "thread": {"id": "t", "created_at": "2026-11-20T10:00:00", "status": {"type": "active"}, "items": {"data": []}}});
    let (transcript, violations) = fold(vec![created, removed, replaced]);
    assert_eq!(
        violations,
        [
            "item x was removed, but the thread has no such item",
            "item y was replaced, but the thread has no such item"
        ]
    );
    assert_eq!(transcript.to_thread().unwrap().items.data.len(), 1);
}

#[test]
fn a_thread_event_tells_what_is_different() {
    let thread = |title: Option<&str>, status: Value| {
        json!({"type": "thread.updated",
               "thread": {"id": "t", "title": title, "created_at": 1, "status": status}})
    };
    let mut transcript = Transcript::new();
    let steps = [
        (thread(None, json!({"type": "active"})), (false, false)),
        (thread(Some("A"), json!({"type": "active"})), (true, false)),
        (
            thread(Some("A"), json!({"type": "locked", "reason": "r"})),
            (false, true),
        ),
    ];
    for (json, (title, status)) in steps {
        let event = event(json);
        assert_eq!(
            transcript.apply(&event).change,
            Change::Thread {
                created: false,
                title,
                status
            }
        );
    }
    assert_eq!(transcript.thread().unwrap().status.reason(), Some("r"));
}

#[test]
fn the_pending_call_is_the_last_item_only() {
    let call = |status: &str| {
        done(item(
            "c",
            json!({"type": "client_tool_call", "status": status, "call_id": "1", "name": "n", "arguments": {}}),
        ))
    };
    assert!(fold(vec![call("pending")]).0.pending_tool_call().is_some());
    assert!(
        fold(vec![call("completed")])
            .0
            .pending_tool_call()
            .is_none()
    );
    assert!(
        fold(vec![call("pending"), done(message("m", &["x"]))])
            .0
            .pending_tool_call()
            .is_none()
    );
}

#[test]
fn forms_are_answered_in_their_order_and_new_ones_before_old() {
    let form = |id: &str, status: &str| {
        done(item(
            id,
            json!({"type": "structured_input", "status": status, "inputs": []}),
        ))
    };
    let said = done(item(
        "u",
        json!({"type": "user_message", "content": [], "attachments": [], "inference_options": {}}),
    ));
    let pending = |events: Vec<Value>| {
        let (transcript, _) = fold(events);
        transcript.pending_form().map(|item| item.id.to_string())
    };
    let two = || vec![form("a", "pending"), form("b", "pending")];
    assert_eq!(pending(two()).as_deref(), Some("a"));
    let answered = vec![form("a", "answered"), form("b", "pending")];
    assert_eq!(pending(answered).as_deref(), Some("b"));
    let mut later = two();
    later.push(said);
    assert_eq!(pending(later.clone()).as_deref(), Some("a"));
    later.push(form("c", "pending"));
    assert_eq!(pending(later).as_deref(), Some("c"));
}

fn workflow(id: &str, tasks: Value) -> Value {
    let workflow = json!({"type": "reasoning", "tasks": tasks});
    item(id, json!({"type": "workflow", "workflow": workflow}))
}

fn thought(text: &str) -> Value {
    json!({"type": "thought", "content": text})
}

fn task_added(id: &str, index: usize, text: &str) -> Value {
    let update_of =
        json!({"type": "workflow.task.added", "task_index": index, "task": thought(text)});
    update(id, update_of)
}

fn call(status: &str) -> Value {
    let call = json!({"type": "client_tool_call", "status": status, "call_id": "1", "name": "n",
                      "arguments": {}});
    done(item("c", call))
}

#[test]
fn a_workflow_may_stay_open_and_go_on_in_the_next_turn() {
    let mut events = vec![
        json!({"type": "thread.created", "thread": {"id": "t", "created_at": "2026-11-20T10:00:00"}}),
        added(workflow("w", json!([]))),
        task_added("w", 0, "a"),
        call("pending"),
    ];
    assert_eq!(fold(events.clone()).1, Vec::<String>::new());
    events.push(task_added("w", 1, "b"));
    assert_eq!(fold(events.clone()).1, Vec::<String>::new());
    events.push(done(workflow("w", json!([thought("a"), thought("b")]))));
    assert_eq!(fold(events).1, Vec::<String>::new());
}

#[test]
fn what_was_answered_is_not_waited_for() {
    let form = json!({"type": "structured_input", "status": "pending", "inputs": []});
    let (mut transcript, _) = fold(vec![done(item("f", form)), call("pending")]);
    let output = json!({"thread_id": "t", "result": {"n": 1}});
    let output = crate::protocol::from_value(output).unwrap();
    transcript.accepted(&Request::AddClientToolOutput(output));
    assert!(transcript.pending_tool_call().is_none());
    let input = json!({"thread_id": "t", "item_id": "f", "input": {"status": "skipped"}});
    let input = crate::protocol::from_value(input).unwrap();
    transcript.accepted(&Request::AddStructuredInput(input));
    assert!(transcript.pending_form().is_none());
}

#[test]
fn a_task_that_came_with_its_workflow_is_there_once() {
    let events = vec![
        added(workflow("w", json!([thought("a"), thought("b")]))),
        task_added("w", 1, "b"),
        // As it is by now, though it was made before.
        task_added("w", 0, "a, and more"),
    ];
    let (transcript, violations) = fold(events);
    assert_eq!(violations, Vec::<String>::new());
    let Some(ItemKind::Workflow(body)) = transcript.items().next().map(|item| &item.kind) else {
        panic!("the item is a workflow");
    };
    assert_eq!(body.workflow.tasks.len(), 2);
}

#[test]
fn a_workflow_that_was_loaded_may_go_on_once() {
    let mut thread: Thread =
        crate::protocol::from_value(json!({"id": "t", "created_at": "2026-11-20T10:00:00"}))
            .unwrap();
    let known = workflow("w", json!([thought("a")]));
    thread.items.data = vec![crate::protocol::from_value(known).unwrap()];
    let mut transcript = Transcript::of(thread);
    assert_eq!(transcript.finish(), vec![]);
    let mut apply = |json| transcript.apply(&event(json)).violations.len();
    assert_eq!(apply(task_added("w", 1, "b")), 0);
    assert_eq!(
        apply(done(workflow("w", json!([thought("a"), thought("b")])))),
        0
    );
    assert_eq!(apply(task_added("w", 2, "c")), 1);
}

#[test]
fn of_a_thread_that_is_not_known_a_workflow_may_go_on() {
    let (_, violations) = fold(vec![task_added("w", 1, "b")]);
    assert_eq!(violations, Vec::<String>::new());
    let (_, violations) = fold(vec![delta("m", 0, "b")]);
    assert_eq!(violations, ["item m was updated but never added"]);
}

mod anything {
    use proptest::prelude::*;

    use super::*;

    /// Events of few ids and wild indexes, in whatever order.
    fn any_event() -> impl Strategy<Value = Value> {
        let id = prop_oneof![Just("a"), Just("b"), Just("w"), Just("f")];
        let index = prop_oneof![0_usize..4, Just(usize::MAX), Just(4000_usize)];
        (0_u8..14, id, index, "[a-c]{0,3}").prop_map(|(kind, id, index, text)| match kind {
            0 => added(message(id, &[&text])),
            1 => done(message(id, &[&text])),
            2 => delta(id, index, &text),
            3 => part(id, "added", index, &text),
            4 => part(id, "done", index, &text),
            5 => json!({"type": "thread.item.removed", "item_id": id}),
            6 => json!({"type": "thread.item.replaced", "item": message(id, &[&text])}),
            7 => added(item(
                id,
                json!({"type": "widget", "widget": {"type": "Card", "children": [
                {"type": "Text", "id": "t", "value": text}]}}),
            )),
            8 => update(
                id,
                json!({"type": "widget.streaming_text.value_delta", "component_id": text,
                "delta": text, "done": true}),
            ),
            9 => update(
                id,
                json!({"type": "workflow.task.added", "task_index": index,
                "task": {"type": "image"}}),
            ),
            10 => added(item(
                id,
                json!({"type": "workflow", "workflow": {"type": "custom"}}),
            )),
            11 => update(
                id,
                json!({"type": "workflow.task.updated", "task_index": index,
                "task": {"type": "image"}}),
            ),
            12 => update(
                id,
                json!({"type": "assistant_message.content_part.annotation_added",
                "content_index": index, "annotation_index": index,
                "annotation": {"source": {"type": "file", "title": "t", "filename": "f"}}}),
            ),
            _ => json!({"type": "error", "allow_retry": false}),
        })
    }

    proptest! {
        #[test]
        fn no_order_of_events_makes_the_fold_panic_or_lose_count(
            events in prop::collection::vec(any_event(), 0..60)
        ) {
            let (transcript, _) = fold(events);
            let ids: Vec<_> = transcript.items().map(|item| item.id.clone()).collect();
            let distinct: std::collections::HashSet<_> = ids.iter().collect();
            prop_assert_eq!(distinct.len(), ids.len());
            for id in &ids {
                prop_assert_eq!(&transcript.item(id).unwrap().id, id);
            }
            prop_assert!(transcript.open_items().count() <= ids.len());
        }
    }
}
