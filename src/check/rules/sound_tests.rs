//! What sound backends do, each seen with a server on `openai-chatkit` 1.6.5, and no rule may name.

use std::time::Duration;

use serde_json::{Value, json};

use super::mistake_tests::{
    TIME, added, asked, document, done, item, later, message, turn, verdict,
};
use crate::check::evidence::{End, Evidence, Exchange, Head, Purpose};
use crate::check::rule::Verdict;

/// The verdict on requests, the first of which has the number 1.
fn judged(rule: &str, exchanges: Vec<Exchange>) -> Verdict {
    let exchanges = exchanges.into_iter().zip(1..);
    let exchanges = exchanges.map(|(exchange, number)| Exchange { number, ..exchange });
    verdict(rule, exchanges.collect())
}

fn both(first: Vec<Exchange>, then: Vec<Exchange>) -> Vec<Exchange> {
    first.into_iter().chain(then).collect()
}

fn failed(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Failed(_))
}

fn said(id: &str, text: &str) -> Value {
    let part = json!({"type": "output_text", "text": text, "annotations": []});
    item(id, "assistant_message", json!({"content": [part]}))
}

fn of_time(item: &Value, second: u8) -> Value {
    let mut item = item.clone();
    item["created_at"] = json!(format!("2026-01-01T00:00:{second:02}Z"));
    item
}

fn call(id: &str, fields: Value) -> Value {
    let mut call = item(id, "client_tool_call", fields);
    call["call_id"] = json!(id);
    call["name"] = json!("n");
    call["arguments"] = json!({});
    call
}

fn thread(rows: &[Value]) -> Exchange {
    let stored = json!({"id": "t", "items": {"data": rows, "has_more": false}});
    document("threads.get_by_id", json!({}), &stored)
}

fn list(params: Value, rows: &[Value], has_more: bool) -> Exchange {
    let after = rows.last().map(|row| row["id"].clone());
    let page = json!({"data": rows, "has_more": has_more, "after": after});
    document("items.list", params, &page)
}

#[test]
fn a_workflow_that_was_left_open_is_done_by_the_turn_behind_the_tool() {
    let workflow = |tasks: Value| {
        let workflow = json!({"type": "reasoning", "tasks": tasks});
        item("w", "workflow", json!({"workflow": workflow}))
    };
    let pending = call("c", json!({"status": "pending"}));
    let end = || vec![done(&workflow(json!([])))];
    let output = |events: &[Value]| later("threads.add_client_tool_output", json!({}), events);
    let open = turn(&[added(&workflow(json!([]))), done(&pending)]);
    assert_eq!(
        judged("stream/own-ids", vec![open, output(&end())]),
        Verdict::Passed
    );
    // One that was done is not done again.
    let closed = turn(
        &[
            vec![added(&workflow(json!([])))],
            end(),
            vec![done(&pending)],
        ]
        .concat(),
    );
    assert!(failed(&judged(
        "stream/own-ids",
        vec![closed, output(&end())]
    )));
}

#[test]
fn a_workflow_that_a_tool_has_ended_is_done_a_second_time_as_it_was() {
    let of = |title: &str, expanded: bool| {
        let tasks = json!([{"type": "custom", "title": title}]);
        let workflow = json!({"type": "custom", "tasks": tasks, "expanded": expanded});
        item("w", "workflow", json!({"workflow": workflow}))
    };
    let twice = |again: &Value| {
        let first = of("a", true);
        judged(
            "stream/done-once",
            vec![turn(&[added(&first), done(&first), done(again)])],
        )
    };
    assert_eq!(twice(&of("a", true)), Verdict::Passed);
    // The loop closes it.
    assert_eq!(twice(&of("a", false)), Verdict::Passed);
    assert!(failed(&twice(&of("b", true))));
    let message = turn(&[added(&message()), done(&message()), done(&message())]);
    assert!(failed(&judged("stream/done-once", vec![message])));
}

#[test]
fn a_guardrail_removes_calls_that_were_never_streamed() {
    let removed = |id: &str| json!({"type": "thread.item.removed", "item_id": id});
    let tripped = [
        done(&said("m", "no")),
        removed("m"),
        removed("fc_1"),
        done(&said("n", "else")),
    ];
    assert_eq!(
        judged("stream/known-items", vec![turn(&tripped)]),
        Verdict::Passed
    );
    let error = json!({"type": "error", "code": "stream.error", "allow_retry": true});
    let raised = [removed("fc_1"), error];
    assert_eq!(
        judged("stream/known-items", vec![turn(&raised)]),
        Verdict::Passed
    );
    let alone = [done(&said("m", "no")), removed("fc_1")];
    assert!(failed(&judged("stream/known-items", vec![turn(&alone)])));
}

/// What is asked of each of so many events may not walk through all of them.
#[test]
fn a_stream_of_very_many_events_is_judged_in_one_walk() {
    let many = 0..20_000;
    let removals = many
        .clone()
        .map(|number| json!({"type": "thread.item.removed", "item_id": format!("fc_{number}")}));
    let removed = turn(&removals.collect::<Vec<_>>());
    assert!(failed(&judged("stream/known-items", vec![removed])));
    let workflow = json!({"type": "custom", "tasks": []});
    let workflow = item("w", "workflow", json!({"workflow": workflow}));
    let again = || turn(&vec![done(&workflow); many.len()]);
    assert_eq!(judged("stream/done-once", vec![again()]), Verdict::Passed);
    assert_eq!(judged("stream/own-ids", vec![again()]), Verdict::Passed);
}

#[test]
fn items_that_stream_beside_each_other_are_stored_by_their_beginning_end_or_time() {
    let text = of_time(&said("m", "found"), 1);
    let widget = item(
        "w",
        "widget",
        json!({"widget": {"type": "Card", "children": []}}),
    );
    let widget = of_time(&widget, 2);
    let woven = || turn(&[added(&text), done(&widget), done(&text)]);
    for rows in [
        [text.clone(), widget.clone()],
        [widget.clone(), text.clone()],
    ] {
        let verdict = judged("persistence/order", vec![woven(), thread(&rows)]);
        assert_eq!(verdict, Verdict::Passed, "{rows:?}");
    }
    // Without such a reason there is one order only.
    let behind = turn(&[done(&text), done(&widget)]);
    assert!(failed(&judged(
        "persistence/order",
        vec![behind, thread(&[widget, text])]
    )));
}

#[test]
fn two_threads_may_have_items_of_one_id() {
    let read = |thread: &str, second: u8| {
        let mut row = of_time(&said("msg_1", "hi"), second);
        row["thread_id"] = json!(thread);
        let page = json!({"data": [row], "has_more": false});
        document("items.list", json!({"thread_id": thread}), &page)
    };
    let rule = "persistence/times-kept";
    assert_eq!(
        judged(rule, vec![read("t", 1), read("u", 2), read("t", 1)]),
        Verdict::Passed
    );
    assert!(failed(&judged(rule, vec![read("t", 1), read("t", 2)])));
}

#[test]
fn a_thread_that_was_closed_takes_no_messages() {
    let closed = json!({"id": "t", "created_at": TIME, "status": {"type": "closed"}});
    let closed = json!({"type": "thread.updated", "thread": closed});
    let refused = || asked(Purpose::Use, "threads.add_user_message", json!({}), 400);
    let rule = "requests/threads.add_user_message";
    let verdict = judged(rule, vec![turn(&[closed]), refused()]);
    assert!(matches!(&verdict, Verdict::Skipped(why) if why.contains("closes or locks")));
    assert!(failed(&judged(rule, vec![turn(&[]), refused()])));
}

#[test]
fn an_operation_that_is_not_supported_says_so_to_any_request() {
    let rule = "requests/unknown-item";
    let refused = |kind: &str| {
        let mistake = crate::check::evidence::Mistake::UnknownItem;
        asked(Purpose::Refuse(mistake), kind, json!({}), 501)
    };
    let feedback = |status| asked(Purpose::Use, "items.feedback", json!({}), status);
    let judge = |status| judged("requests/items.feedback", vec![feedback(status)]);
    assert!(matches!(judge(501), Verdict::Skipped(why) if why.contains("501")));
    assert!(failed(&judge(500)));
    let alone = judged(rule, vec![refused("threads.custom_action")]);
    assert!(matches!(alone, Verdict::Skipped(_)), "{alone:?}");
    let works = later("threads.custom_action", json!({}), &[done(&message())]);
    assert!(failed(&judged(
        rule,
        vec![works, refused("threads.custom_action")]
    )));
}

#[test]
fn a_call_that_was_answered_and_is_gone_need_not_be_stored() {
    let user = item(
        "u",
        "user_message",
        json!({"content": [], "attachments": []}),
    );
    let pending = call("c", json!({"status": "pending"}));
    let first = || turn(&[done(&user), done(&pending)]);
    let output = |events: &[Value]| {
        later(
            "threads.add_client_tool_output",
            json!({"result": 1}),
            events,
        )
    };
    let retry = later(
        "threads.retry_after_item",
        json!({"item_id": "u"}),
        &[done(&message())],
    );
    let rule = "turns/tool-output";
    let read = || thread(&[user.clone(), message()]);
    let retried = vec![first(), output(&[done(&said("a", "x"))]), retry, read()];
    assert!(!failed(&judged(rule, retried)));
    let removed = json!({"type": "thread.item.removed", "item_id": "c"});
    let swept = vec![first(), output(&[removed, done(&message())]), read()];
    assert!(!failed(&judged(rule, swept)));
    assert!(failed(&judged(
        rule,
        vec![first(), output(&[done(&message())]), read()]
    )));
}

#[test]
fn a_retry_of_what_is_older_than_the_recording_may_take_the_call_away() {
    let output = || {
        let answer = [done(&message())];
        later(
            "threads.add_client_tool_output",
            json!({"result": 1}),
            &answer,
        )
    };
    let retry =
        |events: &[Value]| later("threads.retry_after_item", json!({"item_id": "u"}), events);
    let pending = || call("c2", json!({"status": "pending"}));
    let rule = "turns/tool-output";
    let read = || thread(&[pending()]);
    let anew = || retry(&[done(&pending())]);
    assert!(!failed(&judged(rule, vec![output(), anew(), read()])));
    let streamed = || {
        later(
            "threads.add_user_message",
            json!({}),
            &[done(&call("c1", json!({"status": "pending"})))],
        )
    };
    assert!(!failed(&judged(
        rule,
        vec![streamed(), output(), anew(), read()]
    )));
    assert!(failed(&judged(rule, vec![streamed(), output(), read()])));
    // A later message may be answered by a call, too.
    let older = call("c0", json!({"status": "completed", "output": 1}));
    let both = thread(&[older, call("c1", json!({"status": "pending"}))]);
    assert_eq!(
        judged(rule, vec![output(), streamed(), both]),
        Verdict::Passed
    );
}

#[test]
fn a_form_need_not_stand_on_every_page() {
    let question = json!({"type": "single_select", "id": "q", "question": "?", "options": []});
    let form = item(
        "f",
        "structured_input",
        json!({"status": "pending", "inputs": [question]}),
    );
    let input = json!({"status": "answered", "answers": {}});
    let params = json!({"item_id": "f", "input": input});
    let answered = || {
        vec![
            turn(&[done(&form)]),
            later(
                "threads.add_structured_input",
                params.clone(),
                &[done(&message())],
            ),
        ]
    };
    let rule = "turns/form-answers";
    let with = |read: Exchange| judged(rule, both(answered(), vec![read]));
    assert!(!failed(&with(list(
        json!({"limit": 1}),
        &[message()],
        true
    ))));
    assert!(failed(&with(thread(&[message()]))));
}

#[test]
fn what_comes_between_two_pages_need_not_stand_on_them() {
    let all = || turn(&[done(&said("a", "1")), done(&said("b", "2"))]);
    let message = || {
        later(
            "threads.add_user_message",
            json!({}),
            &[done(&said("c", "3"))],
        )
    };
    let page = |rows: &[Value], after: Option<&str>, more: bool| {
        let params = json!({"order": "desc", "limit": 1, "after": after});
        list(params, rows, more)
    };
    let (first, second) = (said("b", "2"), said("a", "1"));
    let rule = "persistence/pages-complete";
    let between = vec![
        all(),
        page(std::slice::from_ref(&first), None, true),
        message(),
        page(&[second], Some("b"), false),
    ];
    assert_eq!(judged(rule, between), Verdict::Passed);
    let short = vec![
        all(),
        page(&[first], None, true),
        page(&[], Some("b"), false),
    ];
    assert!(failed(&judged(rule, short)));
}

#[test]
fn calls_that_still_wait_are_given_up_when_the_last_one_is_answered() {
    let pending = |id: &str| call(id, json!({"status": "pending"}));
    let output = later(
        "threads.add_client_tool_output",
        json!({"result": 1}),
        &[done(&message())],
    );
    let answered = call("c2", json!({"status": "completed", "output": 1}));
    let rows = [answered, message()];
    let turns = || {
        vec![
            turn(&[done(&pending("c1"))]),
            later(
                "threads.add_user_message",
                json!({}),
                &[done(&pending("c2"))],
            ),
        ]
    };
    let given_up = both(turns(), vec![output, thread(&rows)]);
    assert_eq!(
        judged("persistence/thread-items", given_up),
        Verdict::Passed
    );
    let lost = both(turns(), vec![thread(&[pending("c2")])]);
    assert!(failed(&judged("persistence/thread-items", lost)));
}

#[test]
fn a_first_turn_may_be_answered_by_a_question() {
    let pending = call("c", json!({"status": "pending"}));
    assert_eq!(
        judged("turns/answers", vec![turn(&[done(&pending)])]),
        Verdict::Passed
    );
    assert!(failed(&judged(
        "turns/answers",
        vec![turn(&[done(&message())])]
    )));
}

/// A turn that was sent and began at these milliseconds.
fn timed(number: usize, sent: u64, began: u64) -> Exchange {
    let at = Duration::from_millis(began);
    let mut turn = turn(&[done(&message())]);
    for frame in &mut turn.frames {
        frame.at = at;
    }
    let head = Head {
        status: 200,
        headers: Vec::new(),
        at,
    };
    let sent = Duration::from_millis(sent);
    Exchange {
        number,
        sent,
        head: Some(head),
        ended: at,
        ..turn
    }
}

#[test]
fn a_backend_that_answers_one_after_the_other_is_not_slow_for_it() {
    let judge = |exchanges: Vec<Exchange>| {
        let rule = super::all()
            .find(|rule| rule.id == "speed/first-event")
            .expect("a rule");
        (rule.judge)(&Evidence {
            exchanges,
            ..Evidence::default()
        })
    };
    // Each waits for those that were sent before it.
    let queued = vec![
        timed(1, 0, 1000),
        timed(2, 0, 2000),
        timed(3, 1, 3000),
        timed(4, 1, 4000),
    ];
    assert_eq!(judge(queued), Verdict::Passed);
    // The second is overtaken by one that was sent later, and the first is alone.
    assert!(failed(&judge(vec![timed(1, 0, 3000), timed(2, 500, 600)])));
    assert!(failed(&judge(vec![timed(1, 0, 3000)])));
}

#[test]
fn an_item_that_is_removed_and_begun_again_is_there() {
    let removed = json!({"type": "thread.item.removed", "item_id": "m"});
    let (first, second) = (said("m", "no"), said("m", "yes"));
    let again = || turn(&[done(&first), removed.clone(), added(&second), done(&second)]);
    let rule = "persistence/thread-items";
    let stored = judged(rule, vec![again(), thread(std::slice::from_ref(&second))]);
    assert_eq!(stored, Verdict::Passed);
    assert!(failed(&judged(rule, vec![again(), thread(&[])])));
}

#[test]
fn metadata_may_change_by_itself_and_is_not_lost() {
    let read = |metadata: Value| {
        let thread =
            json!({"id": "t", "title": "New", "metadata": metadata, "items": {"data": []}});
        document("threads.get_by_id", json!({}), &thread)
    };
    let renamed = || {
        let thread = json!({"id": "t", "title": "New"});
        document("threads.update", json!({"title": "New"}), &thread)
    };
    let judged = |after: Value| {
        judged(
            "persistence/rename",
            vec![read(json!({"reads": 1})), renamed(), read(after)],
        )
    };
    assert!(!failed(&judged(json!({"reads": 2, "more": true}))));
    assert!(failed(&judged(json!({}))));
}

#[test]
fn a_greeting_before_the_answer_is_no_part_of_what_is_kept() {
    let delta = json!({"type": "thread.item.updated", "item_id": "m", "update":
        {"type": "assistant_message.content_part.text_delta", "content_index": 0, "delta": "The"}});
    let left = || {
        let events = [done(&said("g", "Hello.")), added(&message()), delta.clone()];
        Exchange {
            purpose: Purpose::Cancel,
            end: End::Left,
            ..turn(&events)
        }
    };
    let user = item(
        "u",
        "user_message",
        json!({"content": [], "attachments": []}),
    );
    let read = |rows: &[Value]| Exchange {
        purpose: Purpose::AfterCancel,
        ..thread(rows)
    };
    let rule = "turns/cancel-keeps";
    let kept = read(&[user.clone(), said("g", "Hello."), said("m", "The")]);
    assert_eq!(judged(rule, vec![left(), kept]), Verdict::Passed);
    let lost = read(&[user, said("g", "Hello.")]);
    assert!(failed(&judged(rule, vec![left(), lost])));
}

#[test]
fn a_synchronous_action_may_name_the_thread_anew() {
    let read = |title: &str| {
        let thread = json!({"id": "t", "title": title, "items": {"data": []}});
        document("threads.get_by_id", json!({}), &thread)
    };
    let params = json!({"item_id": "w", "action": {"type": "x"}});
    let action = document("threads.sync_custom_action", params, &json!({}));
    let rule = "stream/thread-updated";
    let told = vec![turn(&[]), action, read("Named")];
    assert!(!failed(&judged(rule, told)));
    assert!(failed(&judged(rule, vec![turn(&[]), read("Named")])));
}

#[test]
fn the_ids_of_what_a_retry_has_deleted_are_given_again() {
    let user = item(
        "1",
        "user_message",
        json!({"content": [], "attachments": []}),
    );
    let answer = || done(&said("2", "hi"));
    let again = |kind: &str| later(kind, json!({"item_id": "1"}), &[answer()]);
    let rule = "stream/own-ids";
    let first = || turn(&[done(&user), answer()]);
    assert_eq!(
        judged(rule, vec![first(), again("threads.retry_after_item")]),
        Verdict::Passed
    );
    assert!(failed(&judged(
        rule,
        vec![first(), again("threads.custom_action")]
    )));
}
