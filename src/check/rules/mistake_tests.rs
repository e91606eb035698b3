//! Rules that find more than one mistake: each of the mistakes by itself, over a recorded turn.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::check::evidence::{
    End, Evidence, Exchange, Fold, Frame, Head, Mistake, Moment, Oddity, Purpose, Way,
};
use crate::check::rule::Verdict;
use crate::protocol::EventReader;

pub(super) const TIME: &str = "2026-01-01T00:00:00Z";

/// A request to the thread `t`, answered with this status and these headers.
pub(super) fn asked(purpose: Purpose, kind: &str, params: Value, status: u16) -> Exchange {
    let mut params = params;
    if kind != "threads.create" && params["thread_id"].is_null() {
        params["thread_id"] = json!("t");
    }
    let request = json!({"type": kind, "params": params}).to_string();
    Exchange {
        number: 1,
        purpose,
        head: Some(Head {
            status,
            headers: Vec::new(),
            at: Duration::ZERO,
        }),
        ..Exchange::asked(Bytes::from(request))
    }
}

pub(super) fn document(kind: &str, params: Value, body: &Value) -> Exchange {
    Exchange {
        body: Bytes::from(body.to_string()),
        ..asked(Purpose::Use, kind, params, 200)
    }
}

/// An upload, which is no operation.
fn upload(way: Way, status: u16, body: &str) -> Exchange {
    Exchange {
        kind: String::new(),
        body: Bytes::copy_from_slice(body.as_bytes()),
        ..asked(Purpose::Upload(way), "", json!({}), status)
    }
}

fn with_header(exchange: Exchange, name: &str, value: &str) -> Exchange {
    let mut exchange = exchange;
    let head = exchange.head.as_mut().unwrap();
    head.headers.push((name.to_owned(), value.to_owned()));
    exchange
}

/// A turn with this data in its frames, whatever it is.
fn raw(kind: &str, params: Value, frames: &[String]) -> Exchange {
    let mut reader = EventReader::default();
    let frames = (1..).zip(frames).map(|(number, data)| {
        let data = Bytes::copy_from_slice(data.as_bytes());
        Frame::new(number, Duration::ZERO, data, &mut reader)
    });
    let frames: Vec<_> = frames.collect();
    Exchange {
        fold: Fold::of(&frames),
        frames,
        ..asked(Purpose::Use, kind, params, 200)
    }
}

pub(super) fn turn(events: &[Value]) -> Exchange {
    let created = json!({"id": "t", "created_at": TIME, "status": {"type": "active"}});
    let created = json!({"type": "thread.created", "thread": created});
    let events = [created].into_iter().chain(events.iter().cloned());
    let events: Vec<_> = events.map(|event| event.to_string()).collect();
    raw("threads.create", json!({}), &events)
}

pub(super) fn later(kind: &str, params: Value, events: &[Value]) -> Exchange {
    let events: Vec<_> = events.iter().map(ToString::to_string).collect();
    raw(kind, params, &events)
}

pub(super) fn item(id: &str, kind: &str, fields: Value) -> Value {
    let mut item = fields;
    item["id"] = json!(id);
    item["type"] = json!(kind);
    item["thread_id"] = json!("t");
    item["created_at"] = json!(TIME);
    item
}

pub(super) fn message() -> Value {
    item("m", "assistant_message", json!({"content": []}))
}

pub(super) fn added(item: &Value) -> Value {
    json!({"type": "thread.item.added", "item": item})
}

pub(super) fn done(item: &Value) -> Value {
    json!({"type": "thread.item.done", "item": item})
}

fn update(kind: &str, fields: Value) -> Value {
    let mut update = fields;
    update["type"] = json!(kind);
    json!({"type": "thread.item.updated", "item_id": "m", "update": update})
}

fn card(children: &Value) -> Value {
    item(
        "m",
        "widget",
        json!({"widget": {"type": "Card", "children": children}}),
    )
}

fn button(action: &Value) -> Exchange {
    let button = json!({"type": "Button", "label": "go", "onClickAction": action});
    turn(&[done(&card(&json!([button])))])
}

pub(super) fn verdict(rule: &str, exchanges: Vec<Exchange>) -> Verdict {
    let evidence = Evidence {
        exchanges,
        origin: "http://localhost:3000".into(),
        ..Evidence::default()
    };
    (super::find(rule).unwrap().judge)(&evidence)
}

/// What a rule finds in these exchanges.
#[track_caller]
fn found(rule: &str, exchanges: Vec<Exchange>) -> String {
    match verdict(rule, exchanges) {
        Verdict::Failed(findings) => findings.first[0].found.clone(),
        other => panic!("{rule}: {other:?}"),
    }
}

#[track_caller]
fn each<const N: usize>(rule: &str, cases: [(Exchange, &str); N]) {
    for (exchange, expected) in cases {
        let found = found(rule, vec![exchange]);
        assert!(
            found.contains(expected),
            "{rule}: {found} is not {expected}"
        );
    }
}

#[test]
fn a_frame_that_is_no_event_is_told_by_what_it_is() {
    let frame = |data: &str| raw("threads.create", json!({}), &[data.to_owned()]);
    each(
        "transport/json-frames",
        [
            (frame("[DONE]"), "the data is no JSON"),
            (frame("7"), "the data is no object"),
            (frame("{}"), "the object has no type"),
        ],
    );
    let call = json!({"status": "pending", "call_id": "c", "name": "n", "arguments": "{}"});
    let call = item("m", "client_tool_call", call);
    each(
        "stream/event-shape",
        [(turn(&[done(&call)]), "item.arguments: \"{}\"")],
    );
}

#[test]
fn an_answer_without_a_content_type_has_the_wrong_one() {
    let stream = turn(&[]);
    each(
        "transport/stream-content-type",
        [(stream, "no content type")],
    );
    let list = document("threads.list", json!({}), &json!({"data": []}));
    each(
        "transport/document-content-type",
        [(list, "no content type")],
    );
}

#[test]
fn an_answer_that_is_not_whole_is_told_by_how_it_ended() {
    let ended = |end| Exchange { end, ..turn(&[]) };
    let nothing = Exchange {
        end: End::Cut("gone".into()),
        ..asked(Purpose::Use, "threads.list", json!({}), 200)
    };
    each(
        "transport/whole-answers",
        [
            (ended(End::Cut("gone".into())), "cut short: gone"),
            (ended(End::Silent), "fell silent"),
            (ended(End::TooLarge(1024 * 1024)), "larger than 1 MiB"),
            (nothing, "cut short: gone"),
        ],
    );
    each("speed/turn", [(ended(End::TooLong), "it had not ended")]);
}

#[test]
fn a_page_is_let_in_by_status_origin_and_headers() {
    let asks = |status| asked(Purpose::Preflight, "", json!({}), status);
    let allows = |origin: &str, names: &str| {
        let origin = with_header(asks(204), "access-control-allow-origin", origin);
        with_header(origin, "access-control-allow-headers", names)
    };
    let page = "http://localhost:3000";
    each(
        "transport/cors-preflight",
        [
            (asks(405), "the status is 405"),
            (asks(204), "no Access-Control-Allow-Origin"),
            (
                allows("http://other", "*"),
                "Access-Control-Allow-Origin is",
            ),
            (allows(page, "x-other"), "does not name content-type"),
            (allows("*", "Content-Type"), "does not name chatkit-frame"),
            (
                allows("*", "Content-Type, ChatKit-Frame-Instance-Id"),
                "does not name chatkit-device-id",
            ),
        ],
    );
    let answer = || asked(Purpose::Browser, "threads.create", json!({}), 200);
    let other = with_header(answer(), "access-control-allow-origin", "http://other");
    each(
        "transport/cors-answer",
        [
            (answer(), "no Access-Control-Allow-Origin"),
            (other, "Access-Control-Allow-Origin is http://other"),
        ],
    );
}

#[test]
fn an_operation_that_is_not_answered_as_it_should_says_how() {
    let thread = |id: &str| json!({"id": id, "created_at": TIME, "items": {"data": []}});
    let get = |body: &Value| document("threads.get_by_id", json!({}), body);
    let bare = asked(Purpose::Use, "threads.get_by_id", json!({}), 200);
    let unreached = Exchange {
        head: None,
        end: End::Unreached("nobody listens".into()),
        ..get(&Value::Null)
    };
    let no_items = json!({"id": "t", "created_at": TIME});
    each(
        "requests/threads.get_by_id",
        [
            (bare, "the body is empty"),
            (unreached, "nobody listens"),
            (get(&json!({"id": 7})), "id"),
            (get(&no_items), "items.data: expected an array"),
            (get(&thread("other")), "it is the thread other"),
        ],
    );
    let renamed = document("threads.update", json!({"title": "x"}), &thread("other"));
    each(
        "requests/threads.update",
        [(renamed, "it is the thread other")],
    );
    let empty = asked(Purpose::Use, "threads.create", json!({}), 200);
    each(
        "requests/threads.create",
        [(empty, "the stream has no events")],
    );
    let list = document("items.list", json!({}), &json!({"data": [{"id": "m"}]}));
    each("requests/items.list", [(list, "data[0]")]);
}

#[test]
fn what_is_not_refused_says_how_it_was_answered() {
    let refuse = || Purpose::Refuse(Mistake::UnknownThread);
    let of = |status| asked(refuse(), "threads.add_user_message", json!({}), status);
    let streamed = Exchange {
        purpose: refuse(),
        ..turn(&[])
    };
    each(
        "requests/unknown-thread",
        [
            (of(200), "the status is 200"),
            (of(500), "the status is 500"),
            (streamed, "it was answered by a stream"),
        ],
    );
    let text = Exchange {
        body: Bytes::from_static(b"{\"error\":{\"message\":\"\"}}"),
        ..of(400)
    };
    each(
        "requests/error-object",
        [
            (of(404), "a 404 without an error object"),
            (text, "a 400 without an error object"),
        ],
    );
}

#[test]
fn every_index_has_to_be_the_next() {
    let annotation =
        json!({"type": "annotation", "source": {"type": "url", "title": "T", "url": "u"}});
    let part = json!({"type": "output_text", "text": "", "annotations": []});
    let added_part = update(
        "assistant_message.content_part.added",
        json!({"content_index": 0, "content": part}),
    );
    let cited = |index: u64| {
        update(
            "assistant_message.content_part.annotation_added",
            json!({"content_index": 0, "annotation_index": index, "annotation": annotation}),
        )
    };
    let delta = update(
        "assistant_message.content_part.text_delta",
        json!({"content_index": 4, "delta": "x"}),
    );
    let workflow = json!({"workflow": {"type": "custom", "tasks": [], "expanded": false}});
    let workflow = item("m", "workflow", workflow);
    let task = |kind: &str, index: u64| {
        update(
            kind,
            json!({"task_index": index, "task": {"type": "custom"}}),
        )
    };
    let begun = |events: &[Value]| turn(&[&[added(&message())], events].concat());
    each(
        "stream/indexes",
        [
            (begun(&[delta]), "4"),
            (begun(&[added_part, cited(3)]), "3"),
            (
                turn(&[added(&workflow), task("workflow.task.added", 2)]),
                "2",
            ),
            (
                turn(&[added(&workflow), task("workflow.task.updated", 5)]),
                "5",
            ),
        ],
    );
}

#[test]
fn an_update_has_to_be_one_of_its_item() {
    let task = json!({"task_index": 0, "task": {"type": "custom"}});
    let other = item("m", "end_of_turn", json!({}));
    let begun = |event: Value| turn(&[added(&message()), event]);
    each(
        "stream/fitting-updates",
        [
            (begun(update("workflow.task.added", task)), "m"),
            (begun(update("assistant_message.sung", json!({}))), "sung"),
            (begun(done(&other)), "m"),
        ],
    );
}

#[test]
fn a_later_turn_changes_only_what_the_thread_has() {
    let first = || turn(&[done(&message())]);
    let removed = json!({"type": "thread.item.removed", "item_id": "nobody"});
    let stranger = item("nobody", "end_of_turn", json!({}));
    let replaced = json!({"type": "thread.item.replaced", "item": stranger});
    for event in [removed, replaced] {
        let turn = later("threads.custom_action", json!({}), &[event]);
        let found = found("stream/known-items", vec![first(), turn]);
        assert_eq!(found, "the thread has no item nobody");
    }
    let event = json!({"type": "thread.item.replaced", "item": message()});
    let evidence = Evidence {
        exchanges: vec![first(), later("threads.custom_action", json!({}), &[event])],
        ..Evidence::default()
    };
    let judge = super::find("stream/known-items").unwrap().judge;
    assert_eq!(judge(&evidence), Verdict::Passed);
}

#[test]
fn rows_of_another_thread_and_hidden_ones_are_found_in_pages() {
    let mut foreign = message();
    foreign["thread_id"] = json!("other");
    let list = document("items.list", json!({}), &json!({"data": [foreign]}));
    each("stream/own-thread", [(list, "has the thread_id \"other\"")]);
    for kind in ["hidden_context_item", "sdk_hidden_context"] {
        let hidden = item("h", kind, json!({"content": "x"}));
        let thread = json!({"id": "t", "items": {"data": [hidden]}});
        let read = document("threads.get_by_id", json!({}), &thread);
        each("stream/hidden-items", [(read, "stands in a page")]);
    }
}

/// The reference server hides items behind a page's cursor, titles threads by itself, stores a box
/// as it was built and answers the output of one tool by the call of the next.
#[test]
fn what_the_reference_server_may_do_breaks_no_rule() {
    let call = |id: &str, fields: Value| {
        let mut call = item(id, "client_tool_call", fields);
        call["call_id"] = json!(id);
        call["name"] = json!("n");
        call["arguments"] = json!({});
        call
    };
    let (first, second) = (
        call("c1", json!({"status": "pending"})),
        call("c2", json!({"status": "pending"})),
    );
    let output = later(
        "threads.add_client_tool_output",
        json!({"result": 1}),
        &[done(&second)],
    );
    let answered = call("c1", json!({"status": "completed", "output": 1}));
    let page = json!({"data": [answered, second], "has_more": false});
    let chained = vec![
        turn(&[done(&first)]),
        output,
        document("items.list", json!({}), &page),
    ];

    let bare = item(
        "m",
        "widget",
        json!({"widget": {"type": "Card", "children": [{"type": "Box", "width": 4}]}}),
    );
    let stored = json!({"id": "t", "items": {"data": [bare], "has_more": false}});
    let built = vec![
        turn(&[done(&bare)]),
        document("threads.get_by_id", json!({}), &stored),
    ];

    let titled = |id: &str, title: &str| json!({"id": id, "title": title, "created_at": TIME, "status": {"type": "active"}});
    let created = |id: &str| {
        let created = json!({"type": "thread.created", "thread": titled(id, "")});
        let titled = json!({"type": "thread.updated", "thread": titled(id, "Greeting")});
        later("threads.create", json!({}), &[created, titled])
    };
    let again = json!({"thread_id": "t1"});
    let list = json!({"data": [titled("t1", "Greeting"), titled("t2", "Mine")], "has_more": false});
    let renamed = vec![
        created("t1"),
        created("t2"),
        created("t3"),
        later("threads.add_user_message", again, &[]),
        document(
            "threads.update",
            json!({"thread_id": "t2", "title": "Mine"}),
            &titled("t2", "Mine"),
        ),
        document("threads.list", json!({}), &list),
    ];

    for (rule, exchanges) in [
        ("turns/tool-output", chained),
        ("persistence/thread-items", built),
        ("persistence/rename", renamed),
    ] {
        assert_eq!(verdict(rule, exchanges), Verdict::Passed, "{rule}");
    }
}

#[test]
fn what_was_handed_in_is_read_back() {
    let output = || later("threads.add_client_tool_output", json!({"result": 1}), &[]);
    let list = |item: &Value| document("items.list", json!({}), &json!({"data": [item]}));
    let call = |status: &str, output: Value| {
        let call = json!({"status": status, "output": output, "call_id": "c", "name": "n"});
        item("m", "client_tool_call", call)
    };
    for row in [
        call("pending", json!(1)),
        call("completed", json!("1")),
        message(),
    ] {
        let found = found("turns/tool-output", vec![output(), list(&row)]);
        assert_eq!(found, "the call is not completed by its output");
    }
    let given = json!({"status": "answered", "answers": {"q": {"values": ["a"]}}});
    let params = json!({"item_id": "m", "input": given});
    let submit = || later("threads.add_structured_input", params.clone(), &[]);
    let form = |status: &str, value: &str| {
        let question = json!({"id": "q", "answer": {"values": [value]}});
        item(
            "m",
            "structured_input",
            json!({"status": status, "inputs": [question]}),
        )
    };
    for (form, expected) in [
        (form("pending", "a"), "the status is \"pending\""),
        (form("answered", "b"), "the answer to \"q\" is"),
        (message(), "the status is null"),
    ] {
        let found = found("turns/form-answers", vec![submit(), list(&form)]);
        assert!(found.contains(expected), "{found}");
    }
}

#[test]
fn a_thread_that_was_deleted_answers_no_message() {
    let judged = |events: &[Value]| {
        let params = json!({"thread_id": "gone"});
        let delete = document("threads.delete", params.clone(), &json!({}));
        let message = later("threads.add_user_message", params, events);
        let message = Exchange {
            purpose: Purpose::Gone,
            ..message
        };
        verdict("persistence/delete", vec![delete, message])
    };
    let user = item(
        "u",
        "user_message",
        json!({"content": [], "attachments": []}),
    );
    let user = json!({"type": "thread.item.done", "item": user});
    assert!(matches!(
        judged(&[user.clone(), done(&message())]),
        Verdict::Failed(_)
    ));
    // The reference server loads the thread first, and then tells of the error in the stream.
    let error = json!({"type": "error", "code": "custom", "message": "gone", "allow_retry": false});
    assert_eq!(judged(&[user, error]), Verdict::Passed);
}

#[test]
fn what_a_deletion_that_was_sent_twice_does_not_find_was_deleted_by_the_first() {
    let refused = |is_resent: bool| {
        let params = json!({"thread_id": "t"});
        let refused = Exchange {
            is_resent,
            ..asked(Purpose::Use, "threads.delete", params, 404)
        };
        verdict("requests/threads.delete", vec![refused])
    };
    assert!(matches!(refused(false), Verdict::Failed(_)));
    assert!(matches!(refused(true), Verdict::Skipped(_)));
}

#[test]
fn a_widget_by_itself_is_no_answer_to_a_synchronous_action() {
    let answer = |answer: Value| {
        let params = json!({"item_id": "w", "action": {"type": "x"}});
        document("threads.sync_custom_action", params, &answer)
    };
    let rule = "requests/threads.sync_custom_action";
    let bare = json!({"id": "w", "type": "widget", "widget": {"type": "Card"}});
    each(rule, [(answer(bare), "below updated_item")]);
    assert_eq!(verdict(rule, vec![answer(json!({}))]), Verdict::Passed);
}

#[test]
fn a_synchronous_action_answers_with_its_own_widget() {
    let answer = |item: Value| {
        let params = json!({"item_id": "w", "action": {"type": "x"}});
        let answer = json!({"updated_item": item});
        document("threads.sync_custom_action", params, &answer)
    };
    each(
        "turns/sync-action-item",
        [
            (answer(json!({"id": "v", "type": "widget"})), "of id \"v\""),
            (answer(json!({"id": "w", "type": "task"})), "a \"task\""),
        ],
    );
}

#[test]
fn a_thread_that_was_left_has_to_go_on() {
    let next = |status| {
        let kind = "threads.add_user_message";
        asked(Purpose::AfterCancel, kind, json!({}), status)
    };
    each(
        "turns/cancel-goes-on",
        [
            (next(409), "the status is 409"),
            (next(200), "the answer ended in order"),
        ],
    );
}

#[test]
fn an_upload_is_told_by_where_it_fails() {
    let announced = |descriptor: Value| {
        let file = json!({"id": "f", "type": "file", "upload_descriptor": descriptor});
        document("attachments.create", json!({}), &file)
    };
    each(
        "attachments/descriptor",
        [
            (announced(Value::Null), "no upload_descriptor"),
            (announced(json!({"method": "PUT"})), "url is null"),
            (
                announced(json!({"url": "u", "method": "PATCH"})),
                "method is \"PATCH\"",
            ),
        ],
    );
    let unreached = Exchange {
        head: None,
        end: End::Unreached("nobody listens".into()),
        ..upload(Way::TwoPhase, 200, "")
    };
    each(
        "attachments/upload",
        [
            (upload(Way::TwoPhase, 403, ""), "the status is 403"),
            (unreached, "nobody listens"),
        ],
    );
    each(
        "attachments/direct-upload",
        [
            (upload(Way::Direct, 413, ""), "the status is 413"),
            (upload(Way::Direct, 200, "{\"ok\":true}"), "id"),
        ],
    );
    let with = |id: &str| {
        let file = json!({"id": id, "type": "file", "name": "a", "mime_type": "text/plain"});
        let message = json!({"content": [], "attachments": [file], "inference_options": {}});
        item("m", "user_message", message)
    };
    let message = |purpose, item: &Value| Exchange {
        purpose,
        ..later(
            "threads.add_user_message",
            json!({"input": {"attachments": ["f"]}}),
            &[done(item)],
        )
    };
    each(
        "attachments/in-message",
        [(message(Purpose::Use, &with("g")), "lacks an attachment")],
    );
    each(
        "attachments/delete",
        [(message(Purpose::GoneAttachment, &with("f")), "was deleted")],
    );
}

#[test]
fn each_field_of_an_action_is_looked_at() {
    each(
        "widgets/actions",
        [
            (button(&json!({"payload": {}})), "it has no type"),
            (button(&json!({"type": ""})), "it has no type"),
            (
                button(&json!({"type": "x", "handler": "page"})),
                "handler is \"page\"",
            ),
            (
                button(&json!({"type": "x", "loadingBehavior": "slow"})),
                "loadingBehavior is \"slow\"",
            ),
            (
                button(&json!({"type": "x", "streaming": "no"})),
                "streaming is \"no\"",
            ),
        ],
    );
}

#[test]
fn a_component_keeps_its_id_and_its_words() {
    let text = |id: &str| json!({"type": "Text", "id": id, "value": "x"});
    let widget = card(&json!([text("a")]));
    let changed = |to: Value| {
        let component = json!({"component_id": "a", "component": to});
        let update = update("widget.component.updated", component);
        turn(&[added(&widget), update])
    };
    each(
        "widgets/ids-kept",
        [
            (changed(text("b")), "by one whose id is \"b\""),
            (
                changed(json!({"type": "Text", "value": "x"})),
                "by one whose id is none",
            ),
        ],
    );
    let badge = json!({"type": "Badge", "label": "x", "color": "mauve"});
    let inner = json!({"type": "Row", "children": [{"type": "Text"}]});
    let of = |child: Value| turn(&[done(&card(&json!([child])))]);
    each(
        "widgets/props",
        [
            (of(badge), "\"mauve\" is none of"),
            (
                of(inner),
                "children[0].children[0], a Text: missing field `value`",
            ),
        ],
    );
    let root = json!({"widget": {"type": "Basic", "children": [text("a"), text("a")]}});
    let update = update("widget.root.updated", root);
    each(
        "widgets/unique-ids",
        [(turn(&[added(&widget), update]), "has the id \"a\"")],
    );
}

#[test]
fn a_session_is_told_by_where_it_fails() {
    let of = |moment, status, body: Value| Exchange {
        body: Bytes::from(body.to_string()),
        ..asked(Purpose::Session(moment), "", json!({}), status)
    };
    let unreached = Exchange {
        head: None,
        end: End::Unreached("nobody listens".into()),
        ..of(Moment::Created, 200, json!({}))
    };
    each(
        "session/created",
        [
            (of(Moment::Created, 401, json!({})), "the status is 401"),
            (of(Moment::Created, 200, json!({})), "status is null"),
            (unreached, "nobody listens"),
        ],
    );
    each(
        "session/secret-refused",
        [(of(Moment::UsedAfter, 200, json!({})), "the status is 200")],
    );
}

#[test]
fn what_a_stranger_gets_is_told_by_what_it_is() {
    let own = || turn(&[]);
    let as_stranger = |kind: &str, body: Value| Exchange {
        body: Bytes::from(body.to_string()),
        ..asked(Purpose::Stranger, kind, json!({}), 200)
    };
    let nobodys = || Exchange {
        params: json!({"thread_id": "nobodys"}),
        ..asked(Purpose::Stranger, "items.feedback", json!({}), 404)
    };
    let acted = json!({"updated_item": {"id": "w"}});
    for (exchanges, expected) in [
        (
            vec![as_stranger("threads.get_by_id", json!({"id": "t"}))],
            "can read the thread",
        ),
        (
            vec![as_stranger(
                "items.list",
                json!({"data": [{"type": "task"}]}),
            )],
            "can read the thread",
        ),
        (
            vec![as_stranger("threads.sync_custom_action", acted)],
            "can act in the thread",
        ),
        (
            vec![nobodys(), as_stranger("items.feedback", json!({}))],
            "can give feedback on the thread",
        ),
    ] {
        let all = [own()].into_iter().chain(exchanges).collect();
        let found = found("security/other-users", all);
        assert!(found.ends_with(expected), "{found} is not {expected}");
    }
}

#[test]
fn what_an_error_event_gives_away_counts_like_a_refusal() {
    let failed = |message: &str| {
        let code = "stream.error";
        turn(&[json!({"type": "error", "code": code, "message": message, "allow_retry": true})])
    };
    let trace = "TypeError: x\n    at a (app.js:1:2)\n    at b (app.js:3:4)";
    each(
        "security/no-stack-traces",
        [
            (failed("panicked at src/main.rs:1"), "\"panicked at\""),
            (failed(trace), "lines that begin with \"at\""),
        ],
    );
    each(
        "security/no-file-paths",
        [(failed("no such file: /srv/app/x"), "a path below /srv/")],
    );
    let key = format!("the key sk-proj-{}", "a1b2c3d4e5f6g7h8i9j0");
    each(
        "security/no-keys",
        [(failed(&key), "a key that begins with sk-proj")],
    );
}

#[test]
fn a_page_reads_no_answer_whose_origin_is_named_twice_or_not_at_all() {
    const ALLOW: &str = "access-control-allow-origin";
    let answer = |purpose| asked(purpose, "threads.get_by_id", json!({}), 404);
    let star = with_header(answer(Purpose::Browser), ALLOW, "*");
    let twice = with_header(star, ALLOW, "http://localhost:3000");
    each(
        "transport/cors-answer",
        [
            (twice, "is given 2 times: * and http://localhost:3000"),
            (
                answer(Purpose::BrowserRefused),
                "the status is 404, no Access-Control-Allow-Origin",
            ),
        ],
    );
}

#[test]
fn what_is_not_offered_need_not_be_refused_well() {
    let refused = |kind: &str, status| {
        asked(
            Purpose::Refuse(Mistake::MissingField),
            kind,
            json!({}),
            status,
        )
    };
    let judged = |exchanges| {
        let evidence = Evidence {
            exchanges,
            ..Evidence::default()
        };
        (super::find("requests/missing-field").unwrap().judge)(&evidence)
    };
    let is_failed = |verdict| matches!(verdict, Verdict::Failed(_));
    let offer = || asked(Purpose::Offer, "attachments.create", json!({}), 500);
    assert!(!is_failed(judged(vec![refused("attachments.create", 501)])));
    assert!(!is_failed(judged(vec![
        offer(),
        refused("attachments.create", 500)
    ])));
    assert!(is_failed(judged(vec![refused("attachments.create", 500)])));
    assert!(is_failed(judged(vec![refused("threads.create", 501)])));
}

#[test]
fn lines_without_data_are_no_events_and_are_quoted() {
    let mut lines = raw("threads.create", json!({}), &[]);
    lines.oddities.push(Oddity {
        frame: 1,
        line: "{\"type\":\"thread.created\"}".into(),
    });
    each(
        "requests/threads.create",
        [(lines, "none of them begins with `data:`")],
    );
}

#[test]
fn the_model_and_the_tool_that_a_user_chose_come_back_with_the_message() {
    let turn = |sent: Value, came: Value| {
        let content = json!([{"type": "input_text", "text": "hi"}]);
        let input = json!({"content": content, "attachments": [], "inference_options": sent});
        let message = json!({"content": content, "inference_options": came});
        let message = done(&item("u", "user_message", message));
        raw(
            "threads.create",
            json!({"input": input}),
            &[message.to_string()],
        )
    };
    let chosen = || json!({"model": "m", "tool_choice": {"id": "t"}});
    let judged = |turn| {
        let evidence = Evidence {
            exchanges: vec![turn],
            ..Evidence::default()
        };
        (super::find("stream/message-as-sent").unwrap().judge)(&evidence)
    };
    for came in [
        chosen(),
        json!({"model": "m", "tool_choice": {"id": "t", "x": null}}),
    ] {
        assert_eq!(judged(turn(chosen(), came)), Verdict::Passed);
    }
    // What was not chosen may be null, or be chosen by the backend.
    for came in [json!({}), json!({"model": null}), json!({"model": "m"})] {
        assert_eq!(judged(turn(json!({}), came)), Verdict::Passed);
    }
    let lost = [json!({}), json!({"model": "m"}), json!({"model": "n"})];
    let lost = lost.map(|came| (turn(chosen(), came), "inference_options"));
    each("stream/message-as-sent", lost);
}

#[test]
fn what_cannot_be_read_is_told_once() {
    let failed = |frames: &[&str]| {
        let frames: Vec<_> = frames.iter().map(ToString::to_string).collect();
        let evidence = Evidence {
            exchanges: vec![raw("threads.create", json!({}), &frames)],
            ..Evidence::default()
        };
        let failed = super::all().filter(|it| matches!((it.judge)(&evidence), Verdict::Failed(_)));
        let failed = failed.filter(|it| matches!(it.group(), "stream" | "turns"));
        failed.map(|it| it.id).collect::<Vec<_>>()
    };
    let created = r#"{"type":"thread.created","thread":{"id":null}}"#;
    let item = r#"{"type":"thread.item.done","item":{"id":null,"type":"assistant_message"}}"#;
    assert_eq!(failed(&[created, item]), ["stream/event-shape"]);
    assert_eq!(
        failed(&[item, created]),
        ["stream/event-shape", "stream/thread-created-first"]
    );
}

#[test]
fn a_message_that_comes_twice_is_told() {
    let message = |id: &str, text: &str| {
        json!({"type": "thread.item.done", "item": {"id": id, "thread_id": "t", "created_at": TIME,
            "type": "user_message", "content": [{"type": "input_text", "text": text}],
            "attachments": [], "inference_options": {}}})
    };
    let said = |second: Value| {
        let input = json!({"content": [{"type": "input_text", "text": "hi"}], "attachments": [],
            "inference_options": {}});
        let events = [message("m1", "hi"), second].map(|event| event.to_string());
        raw("threads.create", json!({"input": input}), &events)
    };
    each(
        "stream/message-as-sent",
        [(said(message("m2", "hi")), "comes a second time, as \"m2\"")],
    );
    for fine in [message("m1", "hi"), message("m2", "what the app adds")] {
        let evidence = Evidence {
            exchanges: vec![said(fine)],
            ..Evidence::default()
        };
        let verdict = (super::find("stream/message-as-sent").unwrap().judge)(&evidence);
        assert_eq!(verdict, Verdict::Passed);
    }
}
