use super::*;
use crate::client::hosted::BETA;
use crate::client::loopback::{Loopback, answer, json, options};

const THREAD: &str = r#"{"id":"cthr_1","object":"chatkit.thread","created_at":1,"title":null,"status":{"type":"active"},"user":"ada"}"#;

fn rest(server: &Loopback) -> Rest {
    Rest::new(server.at("/"), &"sk-hunter2".into(), options()).unwrap()
}

#[tokio::test]
async fn a_page_of_threads_is_asked_for_with_key_and_beta_header() {
    let body = format!(
        r#"{{"object":"list","data":[{THREAD}],"first_id":"cthr_1","last_id":"cthr_1","has_more":false}}"#
    );
    let server = Loopback::start(move |_, _| json(&body)).await;
    let query = ThreadQuery {
        limit: Some(5),
        order: Some(Order::Asc),
        after: Some("a&b".into()),
        before: None,
        user: Some("ada l".into()),
    };
    let page = rest(&server)
        .list_threads(&query, &Cancel::new())
        .await
        .unwrap();
    assert_eq!(page.value.data[0].user, "ada");
    let seen = &server.seen()[0];
    assert_eq!(
        seen.line,
        "GET /v1/chatkit/threads?limit=5&order=asc&after=a%26b&user=ada+l"
    );
    assert_eq!(seen.header("authorization"), Some("Bearer sk-hunter2"));
    assert_eq!(seen.header(BETA.0.as_str()), Some("chatkit_beta=v1"));
}

#[tokio::test]
async fn every_other_call_goes_where_the_api_has_it() {
    let server = Loopback::start(|_, seen| match seen.line.as_str() {
        "GET /v1/chatkit/threads/cthr_1" => json(THREAD),
        "DELETE /v1/chatkit/threads/cthr_1" => {
            json(r#"{"id":"cthr_1","object":"chatkit.thread.deleted","deleted":true}"#)
        }
        "GET /v1/chatkit/threads/cthr_1/items" => {
            json(r#"{"object":"list","data":[],"first_id":null,"last_id":null,"has_more":false}"#)
        }
        other => answer("404 Not Found", "", other),
    })
    .await;
    let (rest, cancel, id) = (rest(&server), Cancel::new(), ThreadId::from("cthr_1"));
    assert_eq!(
        rest.get_thread(&id, &cancel).await.unwrap().value.user,
        "ada"
    );
    assert!(
        rest.delete_thread(&id, &cancel)
            .await
            .unwrap()
            .value
            .deleted
    );
    let items = rest
        .list_items(&id, &ItemQuery::default(), &cancel)
        .await
        .unwrap();
    assert!(items.value.data.is_empty());
    let error = rest.cancel_session("a/b", &cancel).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("POST /v1/chatkit/sessions/a%2Fb/cancel"),
        "{error}"
    );
}

#[tokio::test]
async fn an_id_that_names_another_place_is_refused_before_anything_is_sent() {
    let server = Loopback::start(|_, _| json("{}")).await;
    for id in ["", ".", ".."] {
        let (id, cancel) = (ThreadId::from(id), Cancel::new());
        let error = rest(&server).delete_thread(&id, &cancel).await.unwrap_err();
        assert_eq!(error.code(), 2);
        assert_eq!(error.to_string(), format!("'{id}' is no id"));
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_get_follows_redirects_without_its_key_to_another_origin() {
    let other = Loopback::start(|_, _| json(THREAD)).await;
    let to = format!("location: {}\r\n", other.url);
    let server = Loopback::start(move |_, _| answer("302 Found", &to, "")).await;
    rest(&server)
        .get_thread(&"cthr_1".into(), &Cancel::new())
        .await
        .unwrap();
    assert_eq!(other.seen()[0].header("authorization"), None);
}

#[test]
fn debug_output_holds_no_key() {
    let rest = Rest::new(
        "https://h".parse().unwrap(),
        &"sk-hunter2".into(),
        options(),
    )
    .unwrap();
    assert_eq!(format!("{rest:?}"), r#"Rest("https://h/v1")"#);
}
