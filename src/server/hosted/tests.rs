//! The hosted API through its addresses.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::server::Config;
use crate::server::mint::{Api, IdKind};
use crate::server::testing::{Site, message};

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// The ids of a page's rows.
fn ids(page: &Value) -> Vec<&str> {
    let rows = page["data"].as_array().unwrap();
    rows.iter().map(|row| text(&row["id"])).collect()
}

/// Makes a thread and returns its id.
async fn thread(site: &Site, session: &Value, said: &str) -> String {
    let answer = site.talk(session, "threads.create", message(said)).await;
    text(&answer.events()[0]["thread"]["id"]).to_owned()
}

#[tokio::test]
async fn a_session_is_answered_with_every_default() {
    let site = Site::new();
    let before = jiff::Timestamp::now().as_second();
    let mut session = site.session(json!({})).await;
    let fields = session.as_object_mut().unwrap();
    let id = fields.remove("id").unwrap();
    assert!(text(&id).starts_with("cksess_") && text(&id).len() == 7 + 48);
    let secret = fields.remove("client_secret").unwrap();
    assert!(text(&secret).starts_with("ek_"));
    let left = fields.remove("expires_at").unwrap().as_i64().unwrap() - before;
    assert!((600..=605).contains(&left));
    assert_eq!(
        session,
        json!({
            "object": "chatkit.session",
            "status": "active",
            "user": "u",
            "workflow": {"id": "wf_1", "version": null, "state_variables": null,
                "tracing": {"enabled": true}},
            "rate_limits": {"max_requests_per_1_minute": 10},
            "max_requests_per_1_minute": 10,
            "chatkit_configuration": {
                "automatic_thread_titling": {"enabled": true},
                "file_upload": {"enabled": false, "max_file_size": 512, "max_files": 10},
                "history": {"enabled": true, "recent_threads": null},
            },
        })
    );
}

#[tokio::test]
async fn a_bad_request_for_a_session_is_refused_by_field() {
    let site = Site::new();
    let create = async |body: &str| {
        let asked = site.rest("POST", "/v1/chatkit/sessions");
        asked.body(body.to_owned()).send().await.refusal()
    };
    let missing = "missing_required_parameter".to_owned();
    assert_eq!(
        create(r#"{"user":"u"}"#).await,
        (400, missing, Some("workflow".into()))
    );
    let invalid = "invalid_value".to_owned();
    assert_eq!(
        create(r#"{"user":"","workflow":{"id":"wf_1"}}"#).await,
        (400, invalid, Some("user".into()))
    );
    assert_eq!(create("").await, (400, "invalid_json".into(), None));
}

#[tokio::test]
async fn without_a_good_key_nothing_is_answered() {
    let site = Site::with(Config {
        api_key: Some("sk-right-key-0123456789".into()),
        ..Config::default()
    });
    for (method, path) in [
        ("POST", "/v1/chatkit/sessions"),
        ("POST", "/chatkit/sessions/x/cancel"),
        ("GET", "/v1/chatkit/threads"),
        ("GET", "/v1/chatkit/threads/x"),
        ("DELETE", "/v1/chatkit/threads/x"),
        ("GET", "/v1/chatkit/threads/x/items"),
    ] {
        let wrong = "sk-wrong-key-0123456789";
        for asked in [site.ask(method, path), site.ask(method, path).bearer(wrong)] {
            let answer = asked.send().await;
            assert_eq!(
                answer.refusal(),
                (401, "invalid_api_key".into(), None),
                "{path}"
            );
            assert_eq!(
                answer.header("www-authenticate"),
                "Bearer realm=\"OpenAI API\""
            );
            assert!(!text(&answer.json()["error"]["message"]).contains(wrong));
        }
    }
    let asked = || {
        let asked = site.ask("GET", "/v1/chatkit/threads");
        asked.bearer("sk-right-key-0123456789")
    };
    let refused = asked().send().await;
    assert_eq!(refused.refusal(), (400, "invalid_beta".into(), None));
    let whole = asked().header("openai-beta", "chatkit_beta=v1");
    whole.send().await.ok();
}

#[tokio::test]
async fn the_beta_header_is_for_whoever_has_a_key_and_not_for_the_browser() {
    let site = Site::new();
    for (method, path) in [
        ("POST", "/v1/chatkit/sessions"),
        ("POST", "/chatkit/sessions/x/cancel"),
        ("GET", "/v1/chatkit/threads"),
        ("DELETE", "/v1/chatkit/threads/x"),
        ("GET", "/v1/chatkit/threads/x/items"),
    ] {
        let refused = site.ask(method, path).bearer("sk-x").send().await;
        assert_eq!(refused.refusal().1, "invalid_beta", "{path}");
    }
    let session = site.session(json!({})).await;
    site.talk(&session, "threads.list", json!({})).await.ok();
    for path in ["verify", "verify_hosted"] {
        let path = format!("/v1/chatkit/domain_keys/{path}");
        site.ask("POST", &path).send().await.ok();
    }
}

#[tokio::test]
async fn a_cancelled_session_stays_cancelled_and_its_secret_is_no_good() {
    let site = Site::new();
    let session = site.session(json!({})).await;
    site.talk(&session, "threads.list", json!({})).await.ok();
    let path = format!("/v1/chatkit/sessions/{}/cancel", text(&session["id"]));
    for _ in 0..2 {
        let mut cancelled = site.rest("POST", &path).send().await.ok();
        assert_eq!(cancelled["status"], "cancelled");
        cancelled["status"] = json!("active");
        assert_eq!(cancelled, session);
    }
    let answer = site.talk(&session, "threads.list", json!({})).await;
    assert_eq!(answer.refusal(), (401, "session_cancelled".into(), None));
    let unknown = site.rest("POST", "/v1/chatkit/sessions/cksess_0/cancel");
    let (status, code, _) = unknown.send().await.refusal();
    assert_eq!((status, code.as_str()), (404, "session_not_found"));
}

#[tokio::test]
async fn secrets_that_are_not_good_are_told_apart() {
    let site = Site::new();
    let soon = json!({"expires_after": {"anchor": "created_at", "seconds": 1}});
    let session = site.session(soon).await;
    site.talk(&session, "threads.list", json!({})).await.ok();
    tokio::time::sleep(Duration::from_millis(1050)).await;
    let answer = site.talk(&session, "threads.list", json!({})).await;
    assert_eq!(
        answer.refusal(),
        (401, "client_secret_expired".into(), None)
    );
    for (secret, code) in [
        ("ek_0", "invalid_client_secret"),
        ("sk-test", "invalid_client_secret"),
        ("", "missing_client_secret"),
    ] {
        let asked = site.ask("POST", "/chatkit/conversation").bearer(secret);
        assert_eq!(asked.send().await.refusal(), (401, code.into(), None));
    }
}

#[tokio::test]
async fn a_full_minute_is_refused_with_the_seconds_to_wait() {
    let site = Site::new();
    let session = site.session(json!({"rate_limits": {"max_requests_per_1_minute": 2}}));
    let session = session.await;
    for _ in 0..2 {
        site.talk(&session, "threads.list", json!({})).await.ok();
    }
    let answer = site.talk(&session, "threads.create", message("hi")).await;
    assert_eq!(answer.refusal(), (429, "rate_limit_exceeded".into(), None));
    assert_eq!(answer.json()["error"]["type"], "rate_limit_error");
    assert!((59..=60).contains(&answer.header("retry-after").parse().unwrap()));
    assert_eq!(
        site.rest("GET", "/v1/chatkit/threads").send().await.ok()["data"],
        json!([])
    );
}

#[tokio::test]
async fn users_see_their_own_threads_under_hosted_ids() {
    let site = Site::new();
    let (ann, bob) = (
        site.session(json!({"user": "ann"})),
        site.session(json!({"user": "bob"})),
    );
    let (ann, bob) = (ann.await, bob.await);
    let answer = site.talk(&ann, "threads.create", message("hi there")).await;
    let events = answer.events();
    let id = text(&events[0]["thread"]["id"]);
    assert!(id.starts_with("cthr_") && id.len() == 5 + 48);
    for event in &events {
        if let Some(id) = event["item"]["id"].as_str() {
            assert!(id.starts_with("cti_") && id.len() == 4 + 48);
        }
    }
    let list = async |session| {
        let page = site.talk(session, "threads.list", json!({})).await.ok();
        page["data"].as_array().unwrap().len()
    };
    assert_eq!((list(&ann).await, list(&bob).await), (1, 0));
    let again = site.session(json!({"user": "ann"})).await;
    assert_eq!(list(&again).await, 1);
    let params = json!({"thread_id": id});
    let answer = site.talk(&bob, "threads.get_by_id", params).await;
    assert_eq!(answer.refusal().0, 404);
    let own = site.ask("POST", "/chatkit");
    let own = own.json(&json!({"type": "threads.list", "params": {}}));
    assert_eq!(own.send().await.ok()["data"], json!([]));
}

#[tokio::test]
async fn a_new_thread_gets_a_title_where_the_session_wants_one() {
    let site = Site::new();
    let titled = site.session(json!({})).await;
    let events = site
        .talk(&titled, "threads.create", message("What is it?"))
        .await
        .events();
    let kinds: Vec<_> = events.iter().map(|event| text(&event["type"])).collect();
    assert_eq!(
        kinds[..4],
        [
            "thread.created",
            "thread.item.done",
            "stream_options",
            "thread.updated"
        ]
    );
    assert_eq!(events[3]["thread"]["title"], "What is it?");
    let path = format!("/v1/chatkit/threads/{}", text(&events[0]["thread"]["id"]));
    let stored = site.rest("GET", &path).send().await.ok();
    assert_eq!(stored["title"], "What is it?");

    let off = json!({"chatkit_configuration": {"automatic_thread_titling": {"enabled": false}}});
    let untitled = site.session(off).await;
    let id = thread(&site, &untitled, "What is it?").await;
    let stored = site
        .rest("GET", &format!("/v1/chatkit/threads/{id}"))
        .send()
        .await;
    assert_eq!(stored.ok()["title"], Value::Null);
}

#[tokio::test]
async fn a_session_offers_as_much_history_as_it_was_given() {
    let site = Site::new();
    let writer = site.session(json!({})).await;
    let mut made = Vec::new();
    for n in 0..4 {
        made.push(thread(&site, &writer, &n.to_string()).await);
    }
    let history = |history: Value| json!({"chatkit_configuration": {"history": history}});
    let off = site.session(history(json!({"enabled": false}))).await;
    let page = site
        .talk(&off, "threads.list", json!({"limit": 9}))
        .await
        .ok();
    assert_eq!(page, json!({"data": [], "has_more": false}));

    let capped = site.session(history(json!({"recent_threads": 3}))).await;
    let list = async |params: Value| site.talk(&capped, "threads.list", params).await;
    let all = list(json!({"limit": 9999})).await.ok();
    assert_eq!(ids(&all), [&made[3], &made[2], &made[1]]);
    let first = list(json!({"limit": 2})).await.ok();
    assert_eq!((ids(&first).len(), &first["has_more"]), (2, &json!(true)));
    let second = list(json!({"limit": 2, "after": first["after"]}))
        .await
        .ok();
    assert_eq!(
        (ids(&second), &second["has_more"]),
        (vec![made[1].as_str()], &json!(false))
    );
    let ascending = list(json!({"order": "asc"})).await.ok();
    assert_eq!(ids(&ascending), [&made[1], &made[2], &made[3]]);
    let pushed_out = list(json!({"after": made[0]})).await.ok();
    assert_eq!(ids(&pushed_out), [] as [&str; 0]);
    assert_eq!(
        list(json!({"after": "x"})).await.refusal().1,
        "invalid_cursor"
    );
}

#[tokio::test]
async fn threads_are_listed_by_page_and_by_user_and_deleted() {
    let site = Site::new();
    let mut made = Vec::new();
    for user in ["ann", "bob", "ann"] {
        let session = site.session(json!({"user": user})).await;
        made.push(thread(&site, &session, user).await);
    }
    let list = async |query: &str| {
        let path = format!("/v1/chatkit/threads?{query}");
        site.rest("GET", &path).send().await
    };
    let all = list("").await.ok();
    assert_eq!(ids(&all), [&made[2], &made[1], &made[0]]);
    assert_eq!(
        (&all["object"], &all["has_more"]),
        (&json!("list"), &json!(false))
    );
    assert_eq!(
        (&all["first_id"], &all["last_id"]),
        (&json!(made[2]), &json!(made[0]))
    );
    let row = &all["data"][1];
    assert_eq!(
        (&row["object"], &row["user"], &row["title"], &row["status"]),
        (
            &json!("chatkit.thread"),
            &json!("bob"),
            &json!("bob"),
            &json!({"type": "active"})
        )
    );
    assert!(row["created_at"].is_i64());
    assert_eq!(
        ids(&list("user=ann&order=asc").await.ok()),
        [&made[0], &made[2]]
    );
    let first = list("limit=1").await.ok();
    assert_eq!(
        (ids(&first), &first["has_more"]),
        (vec![made[2].as_str()], &json!(true))
    );
    let next = list(&format!("limit=1&after={}", made[2])).await.ok();
    assert_eq!(ids(&next), [&made[1]]);
    let back = list(&format!("limit=5&before={}", made[0])).await.ok();
    assert_eq!(ids(&back), [&made[2], &made[1]]);
    let none = list("user=eve").await.ok();
    assert_eq!(
        (&none["first_id"], &none["last_id"]),
        (&Value::Null, &Value::Null)
    );
    for (query, param) in [
        ("before=x", "before"),
        ("after=x", "after"),
        ("limit=0", "limit"),
    ] {
        let (status, _, named) = list(query).await.refusal();
        assert_eq!((status, named.as_deref()), (400, Some(param)));
    }

    let path = format!("/chatkit/threads/{}", made[1]);
    let deleted = site.rest("DELETE", &path).send().await.ok();
    assert_eq!(
        deleted,
        json!({"id": made[1], "object": "chatkit.thread.deleted", "deleted": true})
    );
    for method in ["DELETE", "GET"] {
        let (status, code, _) = site.rest(method, &path).send().await.refusal();
        assert_eq!((status, code.as_str()), (404, "thread_not_found"));
    }
    assert_eq!(ids(&list("").await.ok()), [&made[2], &made[0]]);
}

#[tokio::test]
async fn pages_of_items_read_past_what_the_rest_api_does_not_have() {
    let site = Site::new();
    let session = site.session(json!({})).await;
    let thread = thread(&site, &session, "hi").await;
    // Six rows for one that REST has, which would make for empty pages in between.
    for n in 0..12 {
        let kind = match n % 6 {
            0 => json!({"type": "task", "task": {"type": "custom", "title": n.to_string()}}),
            1 => json!({"type": "hidden_context_item", "content": "secret"}),
            _ => json!({"type": "end_of_turn"}),
        };
        let item = crate::protocol::Item::new(
            site.app.mint.item_id(Api::Hosted, IdKind::Message),
            thread.as_str().into(),
            site.app.mint.timestamp(),
            serde_json::from_value(kind).unwrap(),
        );
        let thread = thread.as_str().into();
        site.app.save_item(&thread, &item).await.unwrap();
    }
    let page = async |query: &str| {
        let path = format!("/v1/chatkit/threads/{thread}/items?{query}");
        let answer = site.rest("GET", &path).send().await;
        assert!(!String::from_utf8_lossy(&answer.body).contains("secret"));
        answer.ok()
    };
    let all = page("order=asc").await;
    let rows = all["data"].as_array().unwrap();
    let kinds: Vec<_> = rows.iter().map(|item| text(&item["type"])).collect();
    assert_eq!(
        kinds,
        [
            "chatkit.user_message",
            "chatkit.assistant_message",
            "chatkit.task",
            "chatkit.task"
        ]
    );
    let (all, mut walked, mut query) = (ids(&all), Vec::new(), "order=asc&limit=1".to_owned());
    loop {
        let page = page(&query).await;
        walked.extend(ids(&page).into_iter().map(str::to_owned));
        if page["has_more"] == false {
            break;
        }
        query = format!("order=asc&limit=1&after={}", text(&page["last_id"]));
    }
    assert_eq!(walked, all);
    let before = page(&format!("order=asc&limit=2&before={}", all[3])).await;
    assert_eq!(
        (ids(&before), &before["has_more"]),
        (all[1..3].to_vec(), &json!(true))
    );
    let unknown = site.rest("GET", "/v1/chatkit/threads/x/items").send().await;
    assert_eq!(unknown.refusal().0, 404);
}

#[tokio::test]
async fn uploads_are_off_unless_the_session_allows_them() {
    let site = Site::new();
    let upload = async |session: &Value, path: &str, bytes: &[u8]| {
        let asked = site
            .ask("POST", path)
            .bearer(text(&session["client_secret"]));
        asked.form("file", "a.png", "image/png", bytes).send().await
    };
    let off = site.session(json!({})).await;
    let answer = upload(&off, "/v1/chatkit/files", b"x").await;
    assert_eq!(answer.refusal().1, "chatkit.file_upload_disabled");
    assert_eq!(
        answer.json()["error"]["message"],
        "File uploads are disabled for this session."
    );
    let announced = json!({"name": "a", "size": 1, "mime_type": "text/plain"});
    let answer = site.talk(&off, "attachments.create", announced).await;
    assert_eq!(answer.refusal().1, "chatkit.file_upload_disabled");

    let allowed = json!({"enabled": true, "max_file_size": 1, "max_files": 2});
    let on = json!({"chatkit_configuration": {"file_upload": allowed}});
    let on = site.session(on).await;
    let large = vec![0; 1024 * 1024 + 1];
    assert_eq!(upload(&on, "/chatkit/files", &large).await.refusal().0, 413);
    let attachment = upload(&on, "/chatkit/files", &large[1..]).await.ok();
    let id = text(&attachment["id"]);
    assert!(id.starts_with("cfile_") && id.len() == 6 + 48);
    assert_eq!(
        (&attachment["type"], &attachment["name"]),
        (&json!("image"), &json!("a.png"))
    );
    let mut said = message("look");
    said["input"]["attachments"] = json!([id]);
    let events = site.talk(&on, "threads.create", said).await.events();
    assert_eq!(events[1]["item"]["attachments"][0]["id"], json!(id));
    upload(&on, "/v1/chatkit/files", b"x").await.ok();
    let answer = upload(&on, "/v1/chatkit/files", b"x").await;
    assert_eq!(answer.refusal().1, "chatkit.file_upload_limit_exceeded");
}

#[tokio::test]
async fn every_domain_is_verified() {
    let site = Site::new();
    for path in [
        "/v1/chatkit/domain_keys/verify",
        "/chatkit/domain_keys/verify_hosted",
    ] {
        for body in [
            "",
            "{}",
            r#"{"domain_key":"domain_pk_1","domain":"localhost"}"#,
        ] {
            let answer = site.ask("POST", path).body(body).send().await;
            assert_eq!(answer.ok(), json!({"verified": true}));
        }
        let answer = site.ask("POST", path).body("{").send().await;
        assert_eq!(answer.refusal().0, 400);
    }
}

#[tokio::test]
async fn whatever_is_asked_a_refusal_is_an_error_object() {
    let site = Site::new();
    for (method, path, status) in [
        ("GET", "/v1/chatkit/sessions", 405),
        ("GET", "/v1/chatkit/nothing", 404),
        ("GET", "/v1/chatkit/threads/%ff", 400),
        ("GET", "/v1/chatkit/threads/%00%20%22", 404),
        ("POST", "/v1/chatkit/sessions/a%2Fb/cancel", 404),
        ("POST", "/v1/chatkit/files", 401),
    ] {
        let answer = site.rest(method, path).send().await;
        assert_eq!(answer.refusal().0, status, "{path}");
    }
}

#[tokio::test]
async fn of_a_seeded_session_all_but_its_end_is_the_same_in_every_run() {
    let run = || async {
        let site = Site::with(Config {
            seed: Some(7),
            ..Config::default()
        });
        let mut session = site.session(json!({})).await;
        let thread = site.talk(&session, "threads.create", message("hi")).await;
        let ends = session["expires_at"].take().as_i64().unwrap();
        let secret = session["client_secret"].take();
        let (secret, end) = secret.as_str().unwrap().split_once("_00").unwrap();
        let told = format!("{session} {secret} {:?}", thread.events());
        (told, ends, end.to_owned())
    };
    let (first, ends, end) = run().await;
    assert_eq!(first, run().await.0);
    let now = jiff::Timestamp::now().as_second();
    assert!((now + 590..=now + 600).contains(&ends), "{ends} at {now}");
    let read = STANDARD.decode(end);
    let read = String::from_utf8(read.unwrap()).unwrap();
    assert_eq!(read, format!("{{\"expires_at\":{ends}}}"));
}
