use axum::body::to_bytes;
use axum::http::{HeaderValue, Uri};
use axum::response::Response;
use serde_json::json;

use super::{Asked, Faults, Link, Plan};
use crate::protocol::Operation;
use crate::server::config::Config;
use crate::server::testing::{Site, message};

fn faults(texts: &[&str]) -> Faults {
    Faults::new(Some(1), texts.iter().map(|text| text.parse().unwrap()))
}

fn create() -> Asked {
    Asked::of(Operation::CreateThread, None)
}

/// How many faults strike at each of so many requests.
fn strikes(faults: &Faults, count: usize) -> Vec<bool> {
    let struck = |response: &mut Response| Plan::take(response).is_some();
    (0..count)
        .map(|_| {
            let mut response = Response::default();
            faults.plan(&create()).attach(&mut response);
            struck(&mut response)
        })
        .collect()
}

async fn body_of(response: Response) -> String {
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(bytes.into()).unwrap()
}

#[test]
fn faults_are_put_added_removed_and_counted() {
    let faults = faults(&["twice,times=1"]);
    assert!(!faults.is_idle());
    assert_eq!(strikes(&faults, 2), [true, false]);
    let id = faults.add("bom".parse().unwrap());
    let shown = faults.get();
    assert_eq!(shown[1].id, id);
    assert_eq!((shown[0].seen, shown[0].struck), (2, 1));
    let json = serde_json::to_value(&shown[0]).unwrap();
    assert_eq!(
        json,
        json!({"id": 1, "name": "twice", "times": 1, "seen": 2, "struck": 1})
    );
    assert_eq!(
        (faults.remove(&id.to_string()), faults.remove("bom")),
        (1, 0)
    );
    // The same faults begin anew.
    faults.put(["twice,times=1".parse().unwrap()]);
    assert_eq!(strikes(&faults, 2), [true, false]);
    faults.clear();
    assert!(faults.is_idle());
}

#[test]
fn chance_comes_again_with_its_seed_and_with_the_same_faults() {
    let chance = "bom,probability=0.5";
    let luck = strikes(&faults(&[chance]), 64);
    assert_eq!(strikes(&faults(&[chance]), 64), luck);
    assert!(luck.contains(&true) && luck.contains(&false));
    let again = faults(&[chance]);
    strikes(&again, 9);
    again.put([chance.parse().unwrap()]);
    assert_eq!(strikes(&again, 64), luck);
    assert_eq!(strikes(&faults(&["bom,probability=0"]), 9), [false; 9]);
    assert_eq!(strikes(&faults(&["bom,probability=1"]), 9), [true; 9]);
}

#[tokio::test]
async fn the_faults_of_a_rule_strike_at_the_answer_that_it_made() {
    let rule = faults(&[
        "content-type=text/html,times=1",
        "page-order,operation=threads.list",
    ]);
    let answer = || {
        let mut response = Response::new(r#"{"data":[1,2],"has_more":false}"#.into());
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert("content-type", json);
        rule.plan(&Asked::of(Operation::ListThreads, None))
            .attach(&mut response);
        response
    };
    for kind in ["text/html", "application/json"] {
        let mut response = answer();
        let plan = Plan::take(&mut response).unwrap();
        let response = plan
            .apply(response, &Uri::default(), &Link::default())
            .await;
        assert_eq!(response.headers()["content-type"], kind);
        assert_eq!(
            body_of(response).await,
            r#"{"data":[2,1],"has_more":false}"#
        );
    }
}

#[tokio::test]
async fn a_refusal_of_a_rule_takes_the_answers_place_and_keeps_who_may_read_it() {
    let rule = faults(&["status=503,body=closed"]);
    let mut response = Response::new("whatever".into());
    let origin = HeaderValue::from_static("http://app.example");
    let headers = response.headers_mut();
    headers.insert("access-control-allow-origin", origin.clone());
    headers.insert("x-other", origin);
    let plan = rule.plan(&Asked::of(Operation::CreateThread, None));
    assert!(plan.refuses());
    plan.attach(&mut response);
    let plan = Plan::take(&mut response).unwrap();
    let response = plan
        .apply(response, &Uri::default(), &Link::default())
        .await;
    assert_eq!(response.status(), 503);
    assert!(
        response
            .headers()
            .contains_key("access-control-allow-origin")
    );
    assert!(!response.headers().contains_key("x-other"));
    assert_eq!(body_of(response).await, "closed");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_while_faults_are_on_too() {
    let site = Site::with(Config {
        faults: vec!["ttfb=0".parse().unwrap()],
        ..Config::default()
    });
    let huge = " ".repeat(33 * 1024 * 1024);
    let answer = site.ask("POST", "/chatkit").body(huge).send().await;
    assert_eq!(answer.refusal().0, 413);
    let said = json!({"type": "threads.create", "params": message("hi")});
    let answer = site.ask("POST", "/chatkit").json(&said).send().await;
    assert_eq!(answer.events()[0]["type"], "thread.created");
}
