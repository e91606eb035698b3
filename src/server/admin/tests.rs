use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;
use crate::server::config::{Config, Steering};
use crate::server::testing::{Answer, Site, message};

async fn say(site: &Site, text: &str) -> Answer {
    let body = json!({"type": "threads.create", "params": message(text)});
    let asked = site.ask("POST", "/chatkit").json(&body);
    asked.send().await
}

async fn list_threads(site: &Site) -> Value {
    let body = json!({"type": "threads.list", "params": {}});
    site.ask("POST", "/chatkit").json(&body).send().await.ok()
}

async fn post(site: &Site, path: &str, body: Value) -> Answer {
    site.ask("POST", path).json(&body).send().await
}

async fn get(site: &Site, path: &str) -> Value {
    site.ask("GET", path).send().await.ok()
}

fn count(list: &Value) -> usize {
    list["requests"].as_array().unwrap().len()
}

#[tokio::test]
async fn another_machine_may_steer_only_where_that_was_said() {
    let site = Site::new();
    for stranger in ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1"] {
        let answer = site.ask("GET", "/__mock/state").from(stranger).send().await;
        assert_eq!(
            (answer.status.as_u16(), answer.refusal().1),
            (403, "not_loopback".into())
        );
        let endpoint = site
            .ask("POST", "/chatkit")
            .from(stranger)
            .body("{}")
            .send()
            .await;
        assert_eq!(endpoint.status, 400, "the endpoint itself is for everyone");
    }
    for own in ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"] {
        assert_eq!(
            site.ask("GET", "/__mock/state")
                .from(own)
                .send()
                .await
                .status,
            200
        );
    }
    let open = Site::with(Config {
        steering: Steering::Open,
        ..Config::default()
    });
    let answer = open
        .ask("GET", "/__mock/state")
        .from("192.0.2.1")
        .send()
        .await;
    assert_eq!(answer.status, 200);
    let foreign = open.ask("GET", "/__mock/state").from("192.0.2.1");
    let foreign = foreign.header("origin", "http://evil.example").send().await;
    assert_eq!(
        foreign.status, 403,
        "a page of another origin may not, even then"
    );
}

#[tokio::test]
async fn what_a_proxy_passes_on_does_not_come_from_this_machine() {
    let signs = [
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-for", "127.0.0.1"),
        ("forwarded", "for=192.0.2.1"),
        ("x-real-ip", "192.0.2.1"),
        ("via", "1.1 caddy"),
        ("x-forwarded-host", "dev.example"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-for", ""),
    ];
    let (site, open) = (
        Site::new(),
        Site::with(Config {
            steering: Steering::Open,
            ..Config::default()
        }),
    );
    for (name, value) in signs {
        for (method, path) in [("GET", "/__mock/requests"), ("POST", "/__mock/reset")] {
            let passed = site.ask(method, path).header(name, value).send().await;
            let refusal = passed.refusal();
            assert_eq!(
                (refusal.0, refusal.1.as_str()),
                (403, "not_loopback"),
                "{name}"
            );
            let message = passed.json()["error"]["message"].to_string();
            assert!(
                message.contains(name) && message.contains("--admin-open"),
                "{message}"
            );
            let told = open.ask(method, path).header(name, value).send().await;
            assert_eq!(told.status, 200, "{name}");
        }
        let endpoint = site.ask("POST", "/chatkit").header(name, value).body("{}");
        assert_eq!(
            endpoint.send().await.status,
            400,
            "the endpoint itself is for everyone"
        );
    }
}

#[tokio::test]
async fn a_page_of_another_origin_cannot_steer_nor_read() {
    let site = Site::new();
    let ask = |method: &'static str| site.ask(method, "/__mock/reset");
    for origin in [
        "http://evil.example",
        "null",
        "http://127.0.0.1:9",
        "http://127.0.0.1:8000.evil",
    ] {
        for method in ["POST", "OPTIONS", "GET"] {
            let answer = ask(method).header("origin", origin).send().await;
            assert_eq!(
                answer.refusal().1,
                "foreign_origin",
                "{method} from {origin}"
            );
            let cors = |name: &axum::http::HeaderName| name.as_str().starts_with("access-control");
            assert!(!answer.headers.keys().any(cors));
        }
    }
    let image = site
        .ask("GET", "/__mock/requests")
        .header("sec-fetch-site", "cross-site");
    assert_eq!(image.send().await.refusal().1, "foreign_origin");
    let rebound = ask("POST")
        .header("host", "evil.example")
        .header("origin", "http://evil.example");
    assert_eq!(rebound.send().await.refusal().1, "host_not_allowed");
    let own = ask("POST")
        .header("origin", "http://127.0.0.1:8000")
        .send()
        .await;
    assert_eq!(own.status, 200);
}

#[tokio::test]
async fn requests_are_listed_filtered_looked_at_and_forgotten() {
    let site = Site::new();
    let turn = say(&site, "show text 3").await;
    list_threads(&site).await;
    site.ask("POST", "/chatkit").body("{}").send().await;
    let thread = turn.events()[0]["thread"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for (query, found) in [
        ("", 3),
        ("operation=threads.create", 1),
        ("operation=threads.list&status=200", 1),
        ("status=400", 1),
        (&format!("thread={thread}"), 1),
        ("path=/chat*", 3),
        ("path=/chat", 0),
        ("text=show text", 1),
        ("matches=^show%20\\w%2B%203$", 1),
        ("method=get", 0),
        ("outcome=complete", 3),
        ("outcome=cancelled", 0),
        ("limit=2", 2),
    ] {
        let path = format!("/__mock/requests?{}", query.replace(' ', "%20"));
        assert_eq!(count(&get(&site, &path).await), found, "{query}");
    }
    let id = turn.header("x-request-id");
    let one = get(&site, &format!("/__mock/requests/{id}")).await;
    let events = one["response"]["events"].as_array().unwrap();
    assert_eq!(events.len(), turn.events().len());
    let forgotten = site.ask("DELETE", "/__mock/requests").send().await.ok();
    assert_eq!(forgotten, json!({"forgotten": 3}));
    let gone = site
        .ask("GET", &format!("/__mock/requests/{id}"))
        .send()
        .await;
    assert_eq!(gone.refusal().1, "request_not_found");
}

#[tokio::test]
async fn a_filter_that_says_nothing_known_is_refused() {
    let site = Site::new();
    for (query, param) in [
        ("operaton=x", "operaton"),
        ("status=many", "status"),
        ("outcome=fine", "outcome"),
        ("limit=-1", "limit"),
        ("matches=(", "matches"),
        ("body=%7B%7D", "body"),
    ] {
        let answer = site
            .ask("GET", &format!("/__mock/requests?{query}"))
            .send()
            .await;
        let refusal = answer.refusal();
        assert_eq!(refusal.0, 400, "{query}");
        let message = answer.json()["error"]["message"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(
            refusal.2.as_deref() == Some(param) || message.contains(param),
            "{query}: {message}"
        );
    }
}

#[tokio::test]
async fn a_wait_ends_with_the_request_and_a_late_one_is_none() {
    let site = Site::new();
    say(&site, "before").await;
    let path = "/__mock/requests/wait?operation=threads.create&count=2";
    let (waited, _) = tokio::join!(get(&site, path), async {
        tokio::task::yield_now().await;
        say(&site, "after").await
    });
    assert_eq!(count(&waited), 2);
    assert!(waited["requests"][1]["response"]["events"].is_array());
    let path = "/__mock/requests/wait?operation=threads.list&timeout=1ms";
    let answer = site.ask("GET", path).send().await;
    assert_eq!(answer.refusal().1, "wait_timed_out");
    let message = answer.json()["error"]["message"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        message.contains("operation is threads.create, not threads.list"),
        "{message}"
    );
}

#[tokio::test]
async fn verifying_says_what_came_nearest_and_why_it_was_not_meant() {
    let site = Site::new();
    say(&site, "hello").await;
    list_threads(&site).await;
    let create = json!({"operation": "threads.create"});
    let said = |text: &str| {
        json!({"operation": "threads.create",
               "body": {"params": {"input": {"content": [{"text": text}]}}}})
    };
    for (wanted, passed) in [
        (json!({"request": create}), true),
        (json!({"request": create, "times": 1}), true),
        (json!({"request": create, "times": 2}), false),
        (json!({"request": create, "times": {"at_most": 0}}), false),
        (
            json!({"request": {}, "times": {"at_least": 2, "at_most": 2}}),
            true,
        ),
        (
            json!({"request": {"operation": "threads.delete"}, "times": {"exactly": 0}}),
            true,
        ),
        (json!({"request": said("hello")}), true),
        (json!({"request": said("bye")}), false),
        (json!({"request": {"matches": "^h.llo$"}}), true),
        (
            json!({"request": {"headers": {"Host": "127.0.0.1:8000"}}, "times": 2}),
            true,
        ),
        (json!({"request": {"headers": {"x-none": "1"}}}), false),
        (
            json!({"in_order": [create, {"operation": "threads.list"}]}),
            true,
        ),
        (
            json!({"in_order": [{"operation": "threads.list"}, create]}),
            false,
        ),
        (json!({"in_order": [create, create]}), false),
    ] {
        let answer = post(&site, "/__mock/verify", wanted.clone()).await;
        assert_eq!(
            answer.json()["passed"],
            passed,
            "{wanted}: {:?}",
            answer.body
        );
        assert_eq!(answer.status.as_u16(), if passed { 200 } else { 417 });
    }
    let verdict = post(&site, "/__mock/verify", json!({"request": said("bye")}))
        .await
        .json();
    assert_eq!(verdict["nearest"]["request"]["operation"], "threads.create");
    assert_eq!(
        verdict["nearest"]["mismatches"],
        json!([r#"body.params.input.content[0].text is "hello", not "bye""#])
    );
    for wrong in [
        json!({}),
        json!({"request": {}, "in_order": []}),
        json!({"request": {"verb": 1}}),
        json!({"request": {"status": 99}}),
        json!({"in_order": [{"status": 600}]}),
    ] {
        assert_eq!(post(&site, "/__mock/verify", wrong).await.status, 400);
    }
}

#[tokio::test]
async fn a_secret_header_can_be_checked_and_is_not_told() {
    let site = Site::new();
    let asked = site.ask("POST", "/chatkit").bearer("tops3cret-token");
    asked.body("{}").send().await;
    let verify = async |token: &str| {
        let header = json!({"authorization": format!("Bearer {token}")});
        post(
            &site,
            "/__mock/verify",
            json!({"request": {"headers": header}}),
        )
        .await
    };
    assert_eq!(verify("tops3cret-token").await.status, 200);
    let failed = verify("other").await;
    assert_eq!(failed.status, 417);
    assert!(!String::from_utf8_lossy(&failed.body).contains("tops3cret"));
}

#[tokio::test]
async fn a_reset_repeats_a_seeded_run_byte_by_byte() {
    let site = Site::with(Config {
        seed: Some(7),
        ..Config::default()
    });
    let first = say(&site, "show text 3").await.body;
    // Looking on in between changes nothing.
    get(&site, "/__mock/state").await;
    get(&site, "/__mock/clock").await;
    post(&site, "/__mock/clock", json!({"advance": "10m"}))
        .await
        .ok();
    post(&site, "/__mock/reset", json!({})).await.ok();
    assert_eq!(count(&get(&site, "/__mock/requests").await), 0);
    assert_eq!(list_threads(&site).await["data"], json!([]));
    site.ask("POST", "/__mock/reset").send().await.ok();
    assert_eq!(say(&site, "show text 3").await.body, first);
}

#[tokio::test]
async fn a_reset_of_one_part_leaves_the_others() {
    let site = Site::new();
    say(&site, "hi").await;
    let answer = post(&site, "/__mock/reset", json!({"only": ["requests"]})).await;
    assert_eq!(answer.ok(), json!({"reset": ["requests"]}));
    assert_eq!(
        list_threads(&site).await["data"].as_array().unwrap().len(),
        1
    );
    let wrong = post(&site, "/__mock/reset", json!({"only": ["everything"]})).await;
    assert_eq!(wrong.status, 400);
}

#[tokio::test]
async fn sessions_expire_when_the_clock_is_set_forward() {
    let site = Site::new();
    let session = site.session(json!({})).await;
    let list = async || site.talk(&session, "threads.list", json!({})).await;
    assert_eq!(list().await.status, 200);
    let clock = post(&site, "/__mock/clock", json!({"advance": "9m"}))
        .await
        .ok();
    assert_eq!(clock["advanced_ms"], 540_000);
    assert_eq!(list().await.status, 200);
    post(&site, "/__mock/clock", json!({"advance": 60}))
        .await
        .ok();
    assert_eq!(list().await.refusal().1, "client_secret_expired");
    let later = site.session(json!({})).await;
    assert_eq!(
        site.talk(&later, "threads.list", json!({})).await.status,
        200
    );
    let (before, after) = (&session["expires_at"], &later["expires_at"]);
    assert!(after.as_i64().unwrap() >= before.as_i64().unwrap() + 600);
    for wrong in [json!("soon"), json!("-5m"), json!("9999999h"), json!(null)] {
        let answer = post(&site, "/__mock/clock", json!({"advance": wrong})).await;
        assert_eq!(answer.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn a_rate_limit_begins_anew_when_the_clock_is_set_forward() {
    let site = Site::new();
    let limits = json!({"rate_limits": {"max_requests_per_1_minute": 1}});
    let session = site.session(limits).await;
    let list = async || {
        site.talk(&session, "threads.list", json!({}))
            .await
            .status
            .as_u16()
    };
    assert_eq!((list().await, list().await), (200, 429));
    post(&site, "/__mock/clock", json!({"advance": "1m"}))
        .await
        .ok();
    assert_eq!(list().await, 200);
}

#[tokio::test]
async fn threads_are_there_from_the_beginning_all_or_none() {
    let site = Site::new();
    let threads = json!({"threads": [
        {"id": "thr_old", "title": "Old", "created_at": "2026-01-02T03:04:05Z", "items": [
            {"user": "hi"}, {"assistant": "hello"},
            {"type": "widget", "widget": {"type": "Card", "children": []}, "id": "w_1"},
        ]},
        {"title": "New"},
    ]});
    let seeded = post(&site, "/__mock/threads", threads.clone()).await;
    assert_eq!(seeded.status, 201, "{:?}", seeded.body);
    let list = list_threads(&site).await;
    assert_eq!(list["data"][1]["title"], "Old");
    let items = json!({"type": "items.list", "params": {"thread_id": "thr_old", "order": "asc"}});
    let items = post(&site, "/chatkit", items).await.ok();
    let shown = json!([
        items["data"][0]["type"],
        items["data"][1]["content"][0]["text"],
        items["data"][2]["id"]
    ]);
    assert_eq!(shown, json!(["user_message", "hello", "w_1"]));
    let again = post(&site, "/__mock/threads", threads).await;
    assert_eq!(
        (again.status.as_u16(), again.refusal().1),
        (409, "thread_exists".into())
    );
    for (item, param) in [
        (json!(7), "threads[1].items[0]"),
        (json!({"type": "nonsense"}), "threads[1].items[0].type"),
        (
            json!({"type": "assistant_message", "content": 7}),
            "threads[1].items[0].content",
        ),
    ] {
        let bad = json!({"threads": [{"title": "fine"}, {"items": [item]}]});
        let refused = post(&site, "/__mock/threads", bad).await;
        assert_eq!(refused.refusal().2.as_deref(), Some(param));
    }
    assert_eq!(
        list_threads(&site).await["data"].as_array().unwrap().len(),
        2
    );
    let theirs = json!({"user": "ada", "title": "Hosted"});
    let theirs = post(&site, "/__mock/threads", theirs).await.json();
    let id = theirs["threads"][0]["id"].as_str().unwrap();
    assert!(id.starts_with("cthr_"));
}

#[tokio::test]
async fn the_pace_changes_while_the_mock_runs_and_a_reset_brings_it_back() {
    let site = Site::new();
    let put = async |pace: Value| {
        let asked = site
            .ask("PUT", "/__mock/state")
            .json(&json!({"pace_ms": pace}));
        asked.send().await
    };
    assert_eq!(put(json!(2.5)).await.ok()["pace_ms"], 2.5);
    assert_eq!(site.app.pace().as_micros(), 2500);
    for wrong in [json!(-1), json!(1e9), json!("fast")] {
        assert_eq!(put(wrong).await.status, 400);
    }
    site.ask("POST", "/__mock/reset").send().await.ok();
    assert!(site.app.pace().is_zero());
}

#[tokio::test]
async fn a_slow_listener_is_told_what_it_lost_and_holds_nobody_up() {
    use http_body_util::BodyExt;
    let site = Site::new();
    let mut feed = live::feed(&site.app);
    for number in 0..700 {
        say(&site, &format!("number {number}")).await;
    }
    site.app
        .journal
        .tell(|| super::super::journal::Happening::Closing);
    let mut text = String::new();
    while let Some(frame) = feed.body_mut().frame().await {
        text.push_str(std::str::from_utf8(frame.unwrap().data_ref().unwrap()).unwrap());
    }
    let frames: Vec<_> = text.split("\n\n").collect();
    assert_eq!(frames[0], ": listening");
    assert!(
        frames[1].starts_with("event: lagged\ndata: {\"missed\":"),
        "{}",
        frames[1]
    );
    assert!(text.contains("number 699") && !text.contains("number 1\""));
}

#[test]
fn every_endpoint_is_described_and_every_description_has_its_endpoint() {
    let document: Value = serde_json::from_str(OPENAPI).unwrap();
    let described: BTreeSet<_> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().keys();
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    let built = ENDPOINTS.iter();
    let built = built.map(|one| format!("{} {PREFIX}{}", one.method, one.path));
    assert_eq!(described, built.collect());
}

#[tokio::test]
async fn a_name_that_stands_twice_in_a_query_is_refused() {
    let site = Site::new();
    for query in [
        "operation=threads.list&operation=threads.create",
        "limit=1&limit=2",
        "text=a&text=a",
    ] {
        let path = format!("/__mock/requests?{query}");
        let answer = site.ask("GET", &path).send().await;
        assert_eq!(answer.status, 400, "{query}");
        let message = answer.json()["error"]["message"].to_string();
        assert!(message.contains("stands twice in the query"), "{message}");
    }
    let reset = site.ask("POST", "/__mock/reset?store=true&store=false");
    assert_eq!(reset.body("{}").send().await.status, 400);
}

#[tokio::test]
async fn every_key_of_a_known_fault_is_described() {
    let site = Site::new();
    let shown = site.ask("GET", "/__mock/faults").send().await.json();
    let document: Value = serde_json::from_str(OPENAPI).unwrap();
    let known = &document["components"]["schemas"]["Faults"]["properties"]["known"]["items"];
    let parameter = &known["properties"]["parameters"]["items"]["properties"];
    for fault in shown["known"].as_array().unwrap() {
        for key in fault.as_object().unwrap().keys() {
            assert!(known["properties"][key].is_object(), "{key}");
        }
        for one in fault["parameters"].as_array().unwrap() {
            for key in one.as_object().unwrap().keys() {
                assert!(parameter[key].is_object(), "{key}");
            }
        }
    }
}

#[tokio::test]
async fn an_address_that_is_none_names_the_description() {
    let site = Site::new();
    for (method, path, status) in [
        ("GET", "/__mock/nothing", 404),
        ("GET", "/__mock/requests/a/b", 404),
        ("PATCH", "/__mock/state", 405),
        ("GET", "/__mock/verify", 405),
    ] {
        let answer = site.ask(method, path).send().await;
        assert_eq!(answer.status, status);
        assert!(String::from_utf8_lossy(&answer.body).contains("openapi.json"));
    }
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused_with_its_place_and_changes_nothing() {
    let site = Site::new();
    say(&site, "show text 3").await;
    for (call, body, param, says) in WRONG {
        let (method, path) = call.split_once(' ').unwrap();
        let path = format!("/__mock{path}");
        let answer = site.ask(method, &path).body(*body).send().await;
        let error = &answer.json()["error"];
        assert_eq!(
            (answer.status.as_u16(), &error["param"]),
            (400, &json!(param)),
            "{call} {body}"
        );
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(says), "{call} {body}: {message}");
    }
    for (body, says) in [
        ("", "the body is empty"),
        ("status=503", "the body is no JSON"),
    ] {
        let answer = site.ask("POST", "/__mock/faults").body(body).send().await;
        let message = answer.json()["error"]["message"].to_string();
        assert!(
            message.contains(says) && message.contains("openapi.json"),
            "{message}"
        );
    }
    assert_eq!(count(&get(&site, "/__mock/requests?method=post").await), 1);
    let threads = list_threads(&site).await;
    assert_eq!(threads["data"].as_array().unwrap().len(), 1);
    assert_eq!(get(&site, "/__mock/faults").await["faults"], json!([]));
}

/// Calls that are none: what is sent, the place that is named, and what the message says.
const WRONG: &[(&str, &str, &str, &str)] = &[
    (
        "POST /threads",
        r#"[{"title": "x"}]"#,
        "threads",
        r#"{"threads": […]}"#,
    ),
    (
        "POST /threads",
        r#"{"threads": [{"id": "a"}, {"id": "a"}]}"#,
        "threads[1].id",
        "two",
    ),
    (
        "POST /threads",
        r#"{"items": [{"id": "m", "user": "a"}, {"id": "m", "user": "b"}]}"#,
        "threads[0].items[1].id",
        "two",
    ),
    (
        "POST /threads",
        r#"{"items": [{"user": "a", "assistant": "b"}]}"#,
        "threads[0].items[0]",
        "both",
    ),
    (
        "POST /threads",
        r#"{"id": ""}"#,
        "threads[0].id",
        "leave it out",
    ),
    (
        "POST /threads",
        r#"{"user": ""}"#,
        "threads[0].user",
        "leave it out",
    ),
    (
        "POST /threads",
        r#"{"status": {"type": "shut"}}"#,
        "threads[0].status.type",
        "closed",
    ),
    ("POST /faults", r#"{"faults": []}"#, "faults", "PUT"),
    ("POST /faults", r#""stal""#, "fault", "stall"),
    (
        "POST /verify",
        r#"{"request": {"operation": "threads.creat"}}"#,
        "request.operation",
        "threads.create",
    ),
    (
        "POST /verify",
        r#"{"request": {}, "times": {}}"#,
        "times",
        "at_least",
    ),
    (
        "POST /verify",
        r#"{"request": {}, "times": {"exactly": 1, "at_most": 2}}"#,
        "times",
        "alone",
    ),
    (
        "POST /verify",
        r#"{"request": {}, "times": {"at_least": 2, "at_most": 1}}"#,
        "times",
        "more than",
    ),
    ("POST /reset?only=threads", "", "only", "openapi.json"),
    ("POST /reset?store=yes", "", "store", "true or false"),
    ("DELETE /requests?status=400", "", "status", "openapi.json"),
    ("GET /clock?advance=5s", "", "advance", "openapi.json"),
];

#[tokio::test]
async fn the_state_that_rules_see_is_shown_and_changed() {
    let site = Site::new();
    let scenario = "state: {orders: 2}\nrules:\n\
        - {when: {state: {vip: true}}, then: 'Welcome back, {{ state.orders }}.'}\n\
        - {then: [{set: {seen: yes}}, Hello.]}";
    site.ask("PUT", "/__mock/scenario")
        .body(scenario)
        .send()
        .await
        .ok();
    let thread = json!({"id": "a b/c"});
    post(&site, "/__mock/threads", thread).await;
    let path = "/__mock/state/a%20b%2Fc";
    let known = json!({"thread_id": "a b/c", "state": {"orders": 2}});
    assert_eq!(get(&site, path).await, known);
    let change = site
        .ask("PUT", path)
        .json(&json!({"vip": true, "orders": 7}))
        .send()
        .await;
    assert_eq!(change.ok()["state"], json!({"orders": 7, "vip": true}));
    let mut again = message("hi");
    again["thread_id"] = json!("a b/c");
    let body = json!({"type": "threads.add_user_message", "params": again});
    let turn = site.ask("POST", "/chatkit").json(&body).send().await;
    assert!(String::from_utf8_lossy(&turn.body).contains("Welcome back, 7."));
    let change = site
        .ask("PUT", path)
        .json(&json!({"vip": null}))
        .send()
        .await;
    assert_eq!(change.ok()["state"], json!({"orders": 7}));
    let body = json!({"type": "threads.add_user_message", "params": again});
    site.ask("POST", "/chatkit").json(&body).send().await;
    assert_eq!(
        get(&site, path).await["state"],
        json!({"orders": 7, "seen": "yes"})
    );
    let nobody = site.ask("GET", "/__mock/state/nobody").send().await;
    assert_eq!(
        (nobody.status.as_u16(), nobody.refusal().1),
        (404, "thread_not_found".into())
    );
}

#[tokio::test]
async fn steering_uses_up_no_id_and_is_in_no_journal() {
    let site = Site::new();
    get(&site, "/__mock/state").await;
    assert_eq!(count(&get(&site, "/__mock/requests").await), 0);
    assert_eq!(site.app.journal.seen(), 0);
}

#[tokio::test]
async fn faults_are_switched_on_and_off_while_the_mock_runs() {
    let site = Site::new();
    let put = site.ask("PUT", "/__mock/faults");
    let put = put
        .json(&json!({"faults": ["status=503,times=1"]}))
        .send()
        .await
        .ok();
    assert_eq!(put["faults"][0]["name"], "status");
    assert!(put["known"].as_array().unwrap().len() > 10);
    let statuses = [say(&site, "hi").await.status, say(&site, "hi").await.status];
    assert_eq!(statuses.map(|status| status.as_u16()), [503, 200]);
    assert_eq!(get(&site, "/__mock/faults").await["faults"][0]["struck"], 1);
    let added = post(&site, "/__mock/faults", json!("status=418")).await;
    let id = added.json()["id"].to_string();
    assert_eq!(
        (
            added.status.as_u16(),
            say(&site, "hi").await.status.as_u16()
        ),
        (201, 418)
    );
    let path = format!("/__mock/faults/{id}");
    let left = site.ask("DELETE", &path).send().await.ok();
    assert_eq!(left["faults"].as_array().unwrap().len(), 1);
    assert_eq!(
        site.ask("DELETE", &path).send().await.refusal().1,
        "fault_not_found"
    );
    post(&site, "/__mock/reset", json!({})).await.ok();
    assert_eq!(get(&site, "/__mock/faults").await["faults"], json!([]));
    let wrong = post(&site, "/__mock/faults", json!("nonsense=1")).await;
    let message = wrong.json()["error"]["message"].to_string();
    assert!(
        wrong.status == 400 && message.contains("nonsense"),
        "{message}"
    );
}

#[tokio::test]
async fn a_text_is_what_was_said_and_no_word_of_the_wire() {
    let site = Site::new();
    say(&site, "show tool").await;
    let threads = list_threads(&site).await;
    let thread = threads["data"][0]["id"].as_str().unwrap().to_owned();
    let output = json!({"type": "threads.add_client_tool_output",
        "params": {"thread_id": thread, "result": {"type": "sunny", "id": "berlin"}}});
    post(&site, "/chatkit", output).await;
    let action = json!({"type": "threads.custom_action", "params": {"thread_id": thread,
        "action": {"type": "order.cancel", "payload": {"id": "o7"}}}});
    post(&site, "/chatkit", action).await;
    let seen = async |text: &str| {
        let path = format!("/__mock/requests?text={text}");
        count(&get(&site, &path).await)
    };
    for wire in [
        "delta",
        "assistant_message",
        "chatkit",
        "created_at",
        "threads.",
        &thread,
    ] {
        assert_eq!(seen(wire).await, 0, "{wire}");
    }
    for said in ["sunny", "berlin", "order.cancel", "o7"] {
        assert_eq!(seen(said).await, 1, "{said}");
    }
}
