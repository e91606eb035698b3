use std::sync::Arc;

use serde_json::{Value, json};

use super::{Scenario, Severity};
use crate::server::config::Config;
use crate::server::testing::{Answer, Site, message};

fn scenario(text: &str) -> Scenario {
    Scenario::parse("test.yaml", text).unwrap_or_else(|errors| panic!("{errors}"))
}

fn site(text: &str) -> Site {
    site_with(text, false)
}

fn site_with(text: &str, strict: bool) -> Site {
    Site::with(Config {
        seed: Some(7),
        scenario: Some(Arc::new(scenario(text))),
        strict,
        ..Config::default()
    })
}

async fn ask(site: &Site, kind: &str, params: Value) -> Answer {
    let request = site.ask("POST", "/chatkit");
    request
        .json(&json!({"type": kind, "params": params}))
        .send()
        .await
}

async fn say(site: &Site, text: &str) -> Answer {
    ask(site, "threads.create", message(text)).await
}

/// Says something in a thread that is there.
async fn go_on(site: &Site, thread: &str, text: &str) -> Answer {
    let mut params = message(text);
    params["thread_id"] = thread.into();
    ask(site, "threads.add_user_message", params).await
}

fn thread_of(events: &[Value]) -> String {
    let created = events
        .iter()
        .find(|event| event["type"] == "thread.created");
    created.unwrap()["thread"]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// The texts of the assistant's messages that are done.
fn texts(events: &[Value]) -> Vec<String> {
    let done = events
        .iter()
        .filter(|event| event["type"] == "thread.item.done");
    done.filter(|event| event["item"]["type"] == "assistant_message")
        .map(|event| {
            event["item"]["content"][0]["text"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

async fn texts_of(site: &Site, text: &str) -> Vec<String> {
    texts(&say(site, text).await.events())
}

/// The lines and the messages of what is wrong.
fn wrong(text: &str) -> Vec<(usize, String)> {
    let errors = Scenario::parse("test.yaml", text).expect_err(text);
    let findings = errors.findings().iter();
    findings
        .map(|finding| {
            let help = finding.help.as_deref().unwrap_or_default();
            (
                finding.place().0,
                format!("{finding} {help}").trim().to_owned(),
            )
        })
        .collect()
}

#[tokio::test]
async fn the_first_rule_that_matches_answers_and_no_rule_is_the_showcase() {
    let site =
        site("- when: hello\n  then: 'Hi **there**'\n- when: [hello, bye]\n  then: [One, Two]\n");
    assert_eq!(texts_of(&site, " HELLO ").await, ["Hi **there**"]);
    assert_eq!(texts_of(&site, "bye").await, ["One", "Two"]);
    assert!(texts_of(&site, "else").await[0].contains("else"));
}

#[tokio::test]
async fn a_text_comes_in_words_or_as_it_is_given() {
    let site = site(
        "- when: words\n  then: one two three\n\
         - when: given\n  then: [{text: {deltas: [on, e t, wo]}}]\n\
         - when: chars\n  then: [{text: {value: ab, split: chars}}]\n",
    );
    for (text, deltas) in [
        ("words", vec!["one ", "two ", "three"]),
        ("given", vec!["on", "e t", "wo"]),
        ("chars", vec!["a", "b"]),
    ] {
        let events = say(&site, text).await.events();
        let found: Vec<&str> = events
            .iter()
            .filter_map(|event| event["update"]["delta"].as_str())
            .collect();
        assert_eq!(found, deltas);
    }
}

#[tokio::test]
async fn templates_see_the_message_the_captures_and_the_thread() {
    let site = site(
        "- when: {text: {regex: 'order #(?<id>[0-9]+)'}}\n  then: '{{ captures.id }} of {{ thread.id }}: {{ message.text }} ({{ turn }})'\n",
    );
    let events = say(&site, "my order #42, please").await.events();
    let thread = thread_of(&events);
    assert_eq!(
        texts(&events),
        [format!("42 of {thread}: my order #42, please (1)")]
    );
}

#[tokio::test]
async fn a_rule_sets_a_state_that_a_later_one_asks_for_in_the_same_thread_only() {
    let site = site(
        "state: {count: 1}\nrules:\n\
         - when: {text: pay, state: {paid: true}}\n  then: 'Paid already, {{ state.count }}.'\n\
         - when: pay\n  then: [{set: {paid: true, count: '{{ state.count + 1 }}'}}, 'Paid {{ state.count }}.']\n",
    );
    let events = say(&site, "pay").await.events();
    assert_eq!(texts(&events), ["Paid 2."]);
    let thread = thread_of(&events);
    assert_eq!(
        texts(&go_on(&site, &thread, "pay").await.events()),
        ["Paid already, 2."]
    );
    assert_eq!(texts_of(&site, "pay").await, ["Paid 2."]);
}

#[tokio::test]
async fn the_nth_turn_of_a_thread_is_counted_also_when_it_is_tried_again() {
    let site = site(
        "- when: {turn: 1}\n  then: first\n- when: {turn: {from: 2, to: 3}}\n  then: later\n- when: {turn: {from: 4}}\n  then: last\n",
    );
    let events = say(&site, "a").await.events();
    let thread = thread_of(&events);
    assert_eq!(texts(&events), ["first"]);
    let second = go_on(&site, &thread, "b").await.events();
    assert_eq!(texts(&second), ["later"]);
    assert_eq!(texts(&go_on(&site, &thread, "c").await.events()), ["later"]);
    assert_eq!(texts(&go_on(&site, &thread, "d").await.events()), ["last"]);
    let item = second[0]["item"]["id"].as_str().unwrap();
    let again = json!({"thread_id": thread, "item_id": item});
    assert_eq!(
        texts(&ask(&site, "threads.retry_after_item", again).await.events()),
        ["later"]
    );
    // What came after the second message is gone: this is the third again.
    assert_eq!(texts(&go_on(&site, &thread, "c").await.events()), ["later"]);
    assert_eq!(texts(&go_on(&site, &thread, "d").await.events()), ["last"]);
}

#[tokio::test]
async fn a_thread_that_is_made_again_with_its_ids_begins_anew() {
    let site = site(
        "- when: {state: {known: true}}\n  then: 'known, {{ turn }}'\n- then: [{set: {known: true}}, 'turn {{ turn }}']\n",
    );
    let seed = async |created_at: &str, said: u64| {
        let items: Vec<Value> = (0..=said)
            .map(|n| match said - n {
                0 => json!({"assistant": "there", "id": "msg_last"}),
                _ => json!({"user": "hi", "id": format!("msg_{n}")}),
            })
            .collect();
        let thread = json!({"id": "thr_x", "created_at": created_at, "items": items});
        let request = site.ask("POST", "/__mock/threads");
        assert_eq!(request.json(&thread).send().await.status, 201);
    };
    let first = "2026-01-02T03:04:05Z";
    seed(first, 3).await;
    let go_on = async || texts(&go_on(&site, "thr_x", "hi").await.events());
    assert_eq!(go_on().await, ["turn 4"]);
    assert_eq!(go_on().await, ["known, 5"]);
    ask(&site, "threads.delete", json!({"thread_id": "thr_x"}))
        .await
        .ok();
    seed(first, 1).await;
    assert_eq!(go_on().await, ["turn 2"]);
    // Deleted by somebody else who writes to the same store, of which the mock hears nothing.
    let id = "thr_x".into();
    site.app.store.delete_thread(&id).await.unwrap();
    seed("2026-01-03T00:00:00Z", 0).await;
    assert_eq!(go_on().await, ["turn 1"]);
}

#[tokio::test]
async fn the_turns_of_a_long_thread_are_all_counted() {
    let said = "  - user: Hi\n  - assistant: Hello\n".repeat(450);
    let site = site(&format!(
        "threads:\n- id: thr_long\n  items:\n{said}rules:\n- when: {{turn: 451}}\n  then: here\n- when: {{turn: 452}}\n  then: there\n"
    ));
    site.app.plant_scenario().await.unwrap();
    let thread = "thr_long";
    assert_eq!(texts(&go_on(&site, thread, "a").await.events()), ["here"]);
    assert_eq!(texts(&go_on(&site, thread, "b").await.events()), ["there"]);
}

#[tokio::test]
async fn what_follows_a_client_tool_waits_for_its_output() {
    let site = site(
        "- when: where\n  then:\n  - tool: {name: locate, arguments: {precision: '{{ 1 + 1 }}'}}\n  - 'You are in {{ tool.output.city }}, you said {{ message.text }}.'\n\
         - when: {tool: other, output: {city: Bonn}}\n  then: by a rule\n\
         - when: other\n  then: [{tool: other}]\n",
    );
    let events = say(&site, "where").await.events();
    let call = &events.last().unwrap()["item"];
    assert_eq!(
        (&call["name"], &call["arguments"]),
        (&json!("locate"), &json!({"precision": 2}))
    );
    assert_eq!(call["status"], "pending");
    let output = json!({"thread_id": thread_of(&events), "result": {"city": "Ulm"}});
    let events = ask(&site, "threads.add_client_tool_output", output)
        .await
        .events();
    assert_eq!(texts(&events), ["You are in Ulm, you said where."]);
    let events = say(&site, "other").await.events();
    let output = json!({"thread_id": thread_of(&events), "result": {"city": "Bonn"}});
    let events = ask(&site, "threads.add_client_tool_output", output)
        .await
        .events();
    assert_eq!(texts(&events), ["by a rule"]);
}

#[tokio::test]
async fn what_follows_a_call_or_a_form_waits_whoever_makes_it() {
    let item =
        "item: {type: client_tool_call, status: pending, call_id: c, name: t, arguments: {}}";
    for step in ["show: tool t", item] {
        let rule = format!("- then: [{{{step}}}, 'It is {{{{ tool.output }}}}.']\n");
        let site = site(&rule);
        let events = say(&site, "a").await.events();
        assert_eq!(
            events.last().unwrap()["item"]["status"],
            "pending",
            "{step}"
        );
        let output = json!({"thread_id": thread_of(&events), "result": "blue"});
        let answer = ask(&site, "threads.add_client_tool_output", output).await;
        assert_eq!(texts(&answer.events()), ["It is blue."], "{step}");
    }
    let site = site("- then: [{show: form}, 'You chose {{ answers.size }}.']\n");
    let events = say(&site, "a").await.events();
    let form = &events.last().unwrap()["item"];
    let question = form["inputs"][0]["id"].as_str().unwrap();
    let mut answers = json!({});
    answers[question] = json!({"values": ["small"], "skipped": false});
    let input = json!({"status": "answered", "answers": answers});
    let params = json!({"thread_id": thread_of(&events), "item_id": form["id"], "input": input});
    let answer = ask(&site, "threads.add_structured_input", params).await;
    assert_eq!(texts(&answer.events()), ["You chose small."], "{form}");
}

#[tokio::test]
async fn what_is_set_together_is_set_in_the_order_of_writing() {
    let site = site(
        "- then:\n  - set:\n      total: '{{ (state.cart or []) | length + 1 }}'\n      cart: '{{ (state.cart or []) + [state.total] }}'\n      all: '{{ state.cart | length }} of {{ state.total }}'\n  - '{{ state.all }}: {{ state.cart }}'\n",
    );
    let events = say(&site, "a").await.events();
    assert_eq!(texts(&events), ["1 of 1: [1]"]);
    let again = go_on(&site, &thread_of(&events), "a").await.events();
    assert_eq!(texts(&again), ["2 of 2: [1,2]"]);
}

#[tokio::test]
async fn a_question_with_several_answers_has_a_list_of_them_also_where_it_is_one() {
    let site = site(
        "- then:\n  - form:\n      inputs:\n      - {id: on, question: What?, options: [cheese, olives], multiple: true}\n  - \"With {{ answers.on | join(' and ') }}.\"\n",
    );
    for (values, text) in [
        (json!(["cheese", "olives"]), "With cheese and olives."),
        (json!(["olives"]), "With olives."),
        (json!([]), "With ."),
    ] {
        let events = say(&site, "pizza").await.events();
        let form = &events.last().unwrap()["item"]["id"];
        let params = json!({"thread_id": thread_of(&events), "item_id": form,
            "input": {"status": "answered", "answers": {"on": {"values": values}}}});
        let answer = ask(&site, "threads.add_structured_input", params).await;
        assert_eq!(texts(&answer.events()), [text]);
    }
}

#[tokio::test]
async fn what_follows_a_form_waits_for_its_answers() {
    let site = site(
        "- when: pizza\n  then:\n  - form:\n      inputs:\n      - {id: size, question: Which?, options: [small, large]}\n      - {id: note, question: Else?}\n  - 'A {{ answers.size }} one{% if answers.note %}: {{ answers.note }}{% endif %}.'\n",
    );
    let events = say(&site, "pizza").await.events();
    let form = &events.last().unwrap()["item"];
    assert_eq!(form["inputs"][0]["options"][1]["value"], "large");
    let answer = json!({"thread_id": thread_of(&events), "item_id": form["id"],
        "input": {"status": "answered", "answers": {"size": {"values": ["large"]}}}});
    let events = ask(&site, "threads.add_structured_input", answer)
        .await
        .events();
    assert_eq!(events[1]["type"], "thread.item.replaced");
    assert_eq!(texts(&events), ["A large one."]);
}

#[tokio::test]
async fn the_states_of_a_widget_are_diffed_as_the_reference_server_does() {
    let card = |value: &str, streaming: bool| {
        format!(
            "{{type: Card, children: [{{type: Text, id: t, value: {value:?}, streaming: {streaming}}}]}}"
        )
    };
    let site = site(&format!(
        "- when: card\n  then:\n  - widget:\n      copy_text: all\n      states: [{}, {}, {}]\n",
        card("", true),
        card("one two", true),
        card("one two", false),
    ));
    let events = say(&site, "card").await.events();
    let kinds: Vec<_> = events[3..]
        .iter()
        .map(|event| {
            (
                event["type"].as_str().unwrap(),
                event["update"]["type"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        kinds,
        [
            ("thread.item.added", None),
            (
                "thread.item.updated",
                Some("widget.streaming_text.value_delta")
            ),
            ("thread.item.updated", Some("widget.root.updated")),
            ("thread.item.done", None),
        ]
    );
    assert_eq!(events[4]["update"]["delta"], "one two");
    assert_eq!(events[4]["update"]["done"], false);
    assert_eq!(events[6]["item"]["copy_text"], "all");
}

#[tokio::test]
async fn an_action_is_answered_with_its_payload_streaming_or_not() {
    let site = site(
        "- when: {action: buy, payload: {item.id: 7}, operation: threads.sync_custom_action}\n  then: [{widget: {type: Basic, children: [{type: Text, value: 'Bought {{ action.payload.item.id }}'}]}}]\n\
         - when: {action: buy}\n  then: [{replace: {text: 'Bought {{ action.payload.item.id }}'}}]\n\
         - when: card\n  then: [{widget: {type: Card, children: []}}]\n",
    );
    let events = say(&site, "card").await.events();
    let (thread, item) = (
        thread_of(&events),
        events.last().unwrap()["item"]["id"].clone(),
    );
    let action = json!({"thread_id": thread, "item_id": item, "action": {"type": "buy", "payload": {"item": {"id": 7}}}});
    let answer = ask(&site, "threads.sync_custom_action", action.clone())
        .await
        .ok();
    assert_eq!(answer["updated_item"]["id"], item);
    assert_eq!(
        answer["updated_item"]["widget"]["children"][0]["value"],
        "Bought 7"
    );
    let events = ask(&site, "threads.custom_action", action).await.events();
    assert_eq!(events[1]["type"], "thread.item.replaced");
    assert_eq!(events[1]["item"]["id"], item);
}

#[tokio::test]
async fn one_rule_replaces_the_widget_of_a_button_that_streams_and_of_one_that_does_not() {
    let site = site(
        "- when: {action: buy}\n  then: [{replace: {widget: {type: Basic, children: [{type: Text, value: Bought}]}}}]\n\
         - when: card\n  then: [{widget: {type: Card, children: []}}]\n",
    );
    let events = say(&site, "card").await.events();
    let (thread, item) = (
        thread_of(&events),
        events.last().unwrap()["item"]["id"].clone(),
    );
    let action =
        json!({"thread_id": thread, "item_id": item, "action": {"type": "buy", "payload": {}}});
    let document = ask(&site, "threads.sync_custom_action", action.clone()).await;
    let events = ask(&site, "threads.custom_action", action).await.events();
    for updated in [&document.ok()["updated_item"], &events[1]["item"]] {
        assert_eq!(updated["id"], item);
        assert_eq!(updated["widget"]["children"][0]["value"], "Bought");
    }
}

#[tokio::test]
async fn an_operation_that_is_answered_by_a_document_is_matched_where_it_is_named() {
    let site = site(
        "- when: {operation: input.transcribe}\n  then: [{answer: {text: 'Said in {{ params.mime_type }}'}}]\n\
         - when: {operation: threads.list}\n  then: [{error: {status: 503, message: later, code: busy, retry_after: 3}}]\n\
         - then: everything else\n",
    );
    let speech = json!({"audio_base64": "AAAA", "mime_type": "audio/mp4"});
    assert_eq!(
        ask(&site, "input.transcribe", speech).await.ok(),
        json!({"text": "Said in audio/mp4"})
    );
    let refused = ask(&site, "threads.list", json!({})).await;
    assert_eq!(refused.refusal(), (503, "busy".into(), None));
    assert_eq!(refused.header("retry-after"), "3");
    let events = say(&site, "x").await.events();
    let thread = json!({"thread_id": thread_of(&events)});
    assert_eq!(
        ask(&site, "items.list", thread).await.ok()["data"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn a_rule_refuses_a_message_with_a_status_and_nothing_is_stored() {
    let site =
        site("- when: no\n  then: [{error: {status: 429, message: 'Not {{ message.text }}'}}]\n");
    let refused = say(&site, "no").await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.json()["error"]["message"], "Not no");
    assert_eq!(
        ask(&site, "threads.list", json!({})).await.ok()["data"],
        json!([])
    );
}

#[tokio::test]
async fn what_was_caught_is_told_by_number_too() {
    let site = site(
        "- when: {text: {regex: 'order #(\\d+)(?<kind>x)?'}}\n  \
         then: '{{ captures[1] }} {{ captures[\"1\"] }} <{{ captures.kind }}> {{ captures|length }}'\n",
    );
    let turn = say(&site, "order #12").await;
    assert_eq!(texts(&turn.events()), ["12 12 <> 4"]);
}

#[tokio::test]
async fn strict_takes_a_slip_of_the_finger_for_what_was_meant() {
    let site = site_with(
        "- when: {state: {step: 3}, not: {text: end}}\n  then: x\n- when: yes please\n  then: y\n",
        true,
    );
    let message = say(&site, "yess please").await.json()["error"]["message"].to_string();
    assert!(message.contains("test.yaml:3: text"), "{message}");
}

#[tokio::test]
async fn a_reason_tells_a_number_from_its_text_and_a_truth_as_it_is_written() {
    let refused = |rule: &str| {
        let scenario =
            format!("state: {{n: 2, t: '2'}}\nrules:\n- {{when: {{text: hi, {rule}}}, then: x}}\n");
        async move {
            let refused = say(&site_with(&scenario, true), "hi").await;
            refused.json()["error"]["message"]
                .as_str()
                .unwrap()
                .to_owned()
        }
    };
    for (rule, said) in [
        ("state: {n: '2'}", "state.n: wanted \"2\", found 2"),
        ("state: {t: 2}", "state.t: wanted 2, found \"2\""),
        ("if: turn > 1", "if: `turn > 1` is false"),
    ] {
        let told = refused(rule).await;
        assert!(told.ends_with(said), "{told}");
    }
}

#[tokio::test]
async fn strict_names_the_nearest_rule_and_why_it_does_not_match() {
    let site = site_with(
        "- when: goodbye\n  then: x\n- name: greeting\n  when: {text: hello, header: {x-tenant: acme}, locale: de}\n  then: x\n- when: {action: hello}\n  then: x\n",
        true,
    );
    let refused = say(&site, "goodbey").await;
    assert_eq!(refused.refusal().0, 422);
    assert_eq!(refused.refusal().1, "no_rule_matches");
    let message = refused.json()["error"]["message"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        message.contains("test.yaml:1: text: wanted \"goodbye\", found \"goodbey\""),
        "{message}"
    );
    assert_eq!(
        ask(&site, "threads.list", json!({})).await.ok()["data"],
        json!([])
    );
    let strict = site_with(
        "- name: greeting\n  when: {text: hello, header: {x-tenant: acme}, locale: de}\n  then: x\n",
        true,
    );
    let message = say(&strict, "hello").await.json()["error"]["message"]
        .as_str()
        .unwrap()
        .to_owned();
    for reason in [
        "`greeting`",
        "header.x-tenant: wanted \"acme\", found none",
        "locale: wanted de, found none",
    ] {
        assert!(message.contains(reason), "{message}");
    }
    let request = strict
        .ask("POST", "/chatkit")
        .header("x-tenant", "ACME")
        .header("accept-language", "de-AT,en");
    let body = json!({"type": "threads.create", "params": self::message("hello")});
    assert_eq!(texts(&request.json(&body).send().await.events()), ["x"]);
}

#[tokio::test]
async fn a_rule_asks_for_what_the_composer_adds() {
    let site = site(
        "- when: {model: gpt-5}\n  then: model\n- when: {tool_choice: search}\n  then: tool\n- when: {tag: {present: true}}\n  then: 'tag {{ message.tags[0].id }}'\n- when: {attachment: image/*}\n  then: image\n- when: {not: {text: {contains: please}}}\n  then: impolite\n- when: {if: message.text | length > 20}\n  then: long\n",
    );
    let with = async |options: Value, content: Value| {
        let input = json!({"content": content, "attachments": [], "inference_options": options});
        texts(
            &ask(&site, "threads.create", json!({"input": input}))
                .await
                .events(),
        )
    };
    let text = json!([{"type": "input_text", "text": "x"}]);
    assert_eq!(
        with(json!({"model": "gpt-5"}), text.clone()).await,
        ["model"]
    );
    assert_eq!(
        with(json!({"tool_choice": {"id": "search"}}), text).await,
        ["tool"]
    );
    let tag = json!([{"type": "input_tag", "id": "u1", "text": "Ada", "data": {}}]);
    assert_eq!(with(json!({}), tag).await, ["tag u1"]);
    let file = json!({"name": "a.png", "size": 3, "mime_type": "image/png"});
    let attachment = ask(&site, "attachments.create", file).await.ok()["id"].clone();
    let mut params = message("look");
    params["input"]["attachments"] = json!([attachment]);
    assert_eq!(
        texts(&ask(&site, "threads.create", params).await.events()),
        ["image"]
    );
    assert_eq!(texts_of(&site, "give").await, ["impolite"]);
    assert_eq!(
        texts_of(&site, "please give me more of this").await,
        ["long"]
    );
}

#[tokio::test]
async fn chance_is_drawn_by_the_seed() {
    let text = "- when: {probability: 0.5}\n  then: heads\n- then: tails\n";
    let mut runs = Vec::new();
    for _ in 0..2 {
        let site = site(text);
        let mut run = String::new();
        for _ in 0..40 {
            run.push_str(&texts_of(&site, "x").await[0][..1]);
        }
        runs.push(run);
    }
    assert_eq!(runs[0], runs[1]);
    let heads = runs[0].matches('h').count();
    assert!((8..=32).contains(&heads), "{}", runs[0]);
}

#[tokio::test]
async fn raw_events_are_sent_word_for_word_and_change_nothing() {
    let site = site(
        "- when: raw\n  then:\n  - raw: '{broken'\n  - raw: {type: thread.item.done, item: {id: 5}}\n  - bytes: \": ping\\n\\nevent: x\\r\\n\"\n  - end\n",
    );
    let answer = say(&site, "raw").await;
    let body = String::from_utf8(answer.body.to_vec()).unwrap();
    assert!(body.contains("data: {broken\n\ndata: {\"type\":\"thread.item.done\",\"item\":{\"id\":5}}\n\n: ping\n\nevent: x\r\ndata: "), "{body}");
}

#[tokio::test]
async fn a_condition_about_a_form_an_action_or_an_output_is_about_nothing_else() {
    let site = site(
        "- {when: {answers: {size: {present: false}}}, then: SKIPPED}\n- {when: {payload: {sku: null}}, then: NO SKU}\n- {when: {output: {ok: null}}, then: NOT OK}\n- {when: {action: {present: false}, text: plain}, then: plain it is}\n- {when: ask, then: [{form: {inputs: [{id: size, question: Which?}]}}]}\n",
    );
    assert_eq!(texts(&say(&site, "plain").await.events()), ["plain it is"]);
    let asked = say(&site, "ask").await.events();
    let form = asked
        .iter()
        .find_map(|event| {
            event["item"]["inputs"]
                .is_array()
                .then(|| event["item"].clone())
        })
        .unwrap();
    let params = json!({"thread_id": form["thread_id"], "item_id": form["id"],
        "input": {"status": "skipped", "answers": {}}});
    let skipped = ask(&site, "threads.add_structured_input", params).await;
    assert_eq!(texts(&skipped.events()), ["SKIPPED"]);
}

#[tokio::test]
async fn threads_are_there_from_the_beginning_with_their_ids_and_their_state() {
    let site = site(
        "threads:\n- id: thr_one\n  title: First\n  created_at: 2026-01-02T03:04:05Z\n  status: {locked: later}\n  state: {vip: true}\n  items:\n  - user: Hi\n  - {assistant: Hello, id: msg_1}\n  - {type: end_of_turn}\n- title: Second\nrules:\n- when: {state: {vip: true}, thread: thr_one}\n  then: Welcome back\n",
    );
    site.app.plant_scenario().await.unwrap();
    site.app.plant_scenario().await.unwrap();
    let list = ask(&site, "threads.list", json!({})).await.ok();
    let titles: Vec<&str> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|thread| thread["title"].as_str().unwrap())
        .collect();
    assert_eq!(titles, ["First", "Second"]);
    let thread = ask(&site, "threads.get_by_id", json!({"thread_id": "thr_one"}))
        .await
        .ok();
    assert_eq!(
        thread["status"],
        json!({"type": "locked", "reason": "later"})
    );
    assert_eq!(thread["created_at"], "2026-01-02T03:04:05Z");
    assert_eq!(thread["items"]["data"][1]["id"], "msg_1");
    assert_eq!(thread["items"]["data"].as_array().unwrap().len(), 3);
    assert_eq!(
        texts(&go_on(&site, "thr_one", "x").await.events()),
        ["Welcome back"]
    );
}

#[tokio::test]
async fn a_rule_that_cannot_be_carried_out_says_where_it_stands() {
    let site = site("- when: x\n  then:\n  - ok\n  - '{{ 1 / 0 }}'\n  - never\n");
    let events = say(&site, "x").await.events();
    let error = events.last().unwrap();
    assert_eq!(texts(&events), ["ok"]);
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .starts_with("the rule at test.yaml:1 fails"),
        "{error}"
    );
}

#[test]
fn everything_that_is_wrong_is_found_with_its_line() {
    let found = wrong(
        "rulez: []\nrules:\n- wehn: hi\n  then: x\n- when: {txt: a, modle: b}\n  then:\n  - txet: x\n  - notice: {mesage: x}\n- when: {text: {regex: '('}}\n  then: '{{ mesage.text }}'\n",
    );
    let lines: Vec<usize> = found.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [1, 3, 5, 5, 7, 8, 8, 9, 10], "{found:#?}");
    assert!(found[0].1.contains("did you mean `rules`"));
    assert!(found[1].1.contains("did you mean `when`"));
    assert!(found[7].1.contains("invalid regex"));
    assert!(found[8].1.contains("did you mean `message`"));
}

#[test]
fn rules_that_are_never_reached_are_warned_about() {
    let scenario = scenario(
        "- when: a\n  then: 1\n- when: [a]\n  then: 2\n- when: {probability: 0.1}\n  then: p\n- then: 3\n- when: b\n  then: 4\n- when: {operation: threads.list}\n  then: [{answer: {}}]\n",
    );
    let lines: Vec<usize> = scenario
        .warnings()
        .iter()
        .map(|finding| finding.place().0)
        .collect();
    assert_eq!(lines, [3, 8]);
    assert!(
        scenario
            .warnings()
            .iter()
            .all(|finding| finding.severity == Severity::Warning)
    );
}

#[test]
fn a_file_may_be_json() {
    let text = r#"{"$schema": "x", "version": 1, "rules": [{"when": "a", "then": "b"}]}"#;
    assert_eq!(scenario(text).rule_count(), 1);
}
