//! `/__mock` from outside: what its description says, the live feed, and the mock in a Rust test.
//! That the description is `OpenAPI` is a peer's to say (`tests/peers`).

use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};
use std::sync::Once;
use std::time::Duration;

use chatkit::server::journal::Outcome;
use chatkit::server::{Mock, NewThread, Pattern, Running, Times};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

/// Long enough for a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(30);

pub fn client() -> Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        rustls::crypto::ring::default_provider()
            .install_default()
            .expect("nobody else installs one in this test");
    });
    let client = Client::builder().no_proxy().timeout(PATIENCE);
    client.build().unwrap()
}

fn operation(kind: &str, params: &Value) -> Value {
    json!({"type": kind, "params": params})
}

fn create(text: &str) -> Value {
    let content = json!([{"type": "input_text", "text": text}]);
    let input = json!({"content": content, "attachments": [], "inference_options": {}});
    operation("threads.create", &json!({"input": input}))
}

async fn talk(mock: &Running, body: &Value) -> Response {
    let url = format!("{}/chatkit", mock.url());
    let sent = client().post(url).body(body.to_string()).send().await;
    sent.unwrap()
}

/// Sends a turn and reads all of its answer.
pub async fn say(mock: &Running, text: &str) -> String {
    talk(mock, &create(text)).await.text().await.unwrap()
}

/// The schema of a name in the description, with all that it refers to.
fn schema(document: &Value, schema: &Value) -> jsonschema::Validator {
    let text = json!({"components": document["components"], "allOf": [schema]});
    jsonschema::draft202012::new(&text).unwrap()
}

#[tokio::test]
async fn every_answer_is_as_the_description_says() {
    let mock = Mock::builder().seed(1).start().await.unwrap();
    let at = |path: &str| format!("{}{path}", mock.url());
    let document = client().get(at("/__mock/openapi.json")).send().await;
    let document: Value = serde_json::from_str(&document.unwrap().text().await.unwrap()).unwrap();
    let bodies: BTreeMap<&str, Vec<Value>> = BTreeMap::from([
        (
            "verify",
            vec![
                json!({"request": {"operation": "threads.create"}, "times": {"at_least": 1}}),
                json!({"in_order": [{}, {}]}),
                json!({"request": 7}),
            ],
        ),
        ("advanceClock", vec![json!({"advance": "1m"}), json!({})]),
        (
            "putFaults",
            vec![
                json!({"faults": ["status=503,times=1"]}),
                json!({"faults": ["x"]}),
            ],
        ),
        (
            "addFault",
            vec![json!({"name": "status", "value": 418}), json!("nonsense")],
        ),
        ("putState", vec![json!({"pace_ms": 0})]),
        ("putThreadState", vec![json!({"orders": 2}), json!([])]),
        (
            "seedThreads",
            vec![json!({"title": "x"}), json!({"threads": 1})],
        ),
        (
            "reset",
            vec![json!({"only": ["clock"]}), json!({"only": ["x"]})],
        ),
        (
            "putScenario",
            vec![json!([{"then": "hello"}]), json!([{"txet": "hello"}])],
        ),
    ]);
    let known = NewThread {
        id: Some("thr_known".into()),
        ..NewThread::default()
    };
    let mut walked = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, described) in operations.as_object().unwrap() {
            let name = described["operationId"].as_str().unwrap();
            if name == "listen" {
                continue;
            }
            mock.set_faults([]);
            // The walk forgets requests, too, and then there is to be one again.
            let turn = talk(&mock, &create("hello")).await;
            let id = turn.headers()["x-request-id"].to_str().unwrap().to_owned();
            turn.bytes().await.unwrap();
            let id = match path.split('/').nth(2) {
                Some("faults") => "status",
                Some("state") => "thr_known",
                _ => &id,
            };
            if path.contains("/state/") {
                mock.reset().await.unwrap();
                mock.seed_threads(vec![known.clone()]).await.unwrap();
            }
            if name == "removeFault" {
                mock.set_faults(["status=503".parse().unwrap()]);
            }
            let url = at(&path.replace("{id}", id));
            for body in bodies.get(name).unwrap_or(&vec![Value::Null]) {
                let method: Method = method.to_uppercase().parse().unwrap();
                let mut asked = client().request(method, &url);
                if !body.is_null() {
                    asked = asked.body(body.to_string());
                }
                let answer = asked.send().await.unwrap();
                let status = answer.status().as_u16();
                assert!(!matches!(status, 404 | 405), "{name}: {status}");
                let answers = &described["responses"];
                let said = answers.get(status.to_string());
                let said = said.unwrap_or(&answers["4XX"]);
                let shape = &said["content"]["application/json"]["schema"];
                let text = answer.text().await.unwrap();
                let value: Value = serde_json::from_str(&text).unwrap();
                let faults = schema(&document, shape);
                let faults: Vec<_> = faults.iter_errors(&value).map(|e| e.to_string()).collect();
                assert_eq!(faults, Vec::<String>::new(), "{name} {body}: {text}");
                walked += 1;
            }
        }
    }
    assert!(walked >= 22, "{walked} answers looked at");
}

/// Reads a feed until a frame of this kind.
async fn until(feed: &mut Response, text: &mut String, kind: &str) {
    let wanted = format!("event: {kind}\n");
    while !text.contains(&wanted) {
        let piece = feed.chunk().await.unwrap().expect("the feed goes on");
        text.push_str(std::str::from_utf8(&piece).unwrap());
    }
}

#[tokio::test]
async fn the_live_feed_tells_what_happens_while_it_happens() {
    let mock = Mock::builder()
        .pace(Duration::from_secs(600))
        .start()
        .await
        .unwrap();
    let feed = client().get(format!("{}/__mock/events", mock.url()));
    let mut feed = feed.send().await.unwrap();
    assert_eq!(feed.headers()["content-type"], "text/event-stream");
    let mut text = String::new();
    let mut turn = talk(&mock, &create("show text 3")).await;
    turn.chunk().await.unwrap();
    // The answer stands still before its second word, and its first events are here already.
    until(&mut feed, &mut text, "event").await;
    assert!(text.contains("thread.created") && !text.contains("event: end"));
    drop(turn);
    until(&mut feed, &mut text, "end").await;
    let order: Vec<_> = [
        "event: request",
        "event: response",
        "event: event",
        "event: end",
    ]
    .map(|kind| text.find(kind).unwrap())
    .into();
    assert!(order.is_sorted(), "{text}");
    assert!(text.contains(r#""outcome":"cancelled""#), "{text}");
}

#[tokio::test]
async fn a_rust_test_does_all_of_it_in_process() {
    let yesterday = NewThread::titled("Yesterday")
        .item(json!({"user": "hi"}))
        .item(json!({"assistant": "hello"}));
    let mock = Mock::builder()
        .seed(3)
        .thread(yesterday)
        .start()
        .await
        .unwrap();
    let list = operation("threads.list", &json!({}));
    let threads = talk(&mock, &list).await.text().await.unwrap();
    assert!(threads.contains("Yesterday"));
    say(&mock, "show text 3").await;

    let created = Pattern::operation("threads.create");
    mock.verify(&created.clone().text("show text 3"), 1)
        .unwrap();
    mock.verify(
        &created.clone().outcome(Outcome::Complete),
        Times::at_least(1),
    )
    .unwrap();
    mock.verify_order(&[Pattern::operation("threads.list"), created.clone()])
        .unwrap();
    let failed = mock.verify(&created.clone().text("bye"), 1).unwrap_err();
    assert!(
        failed
            .to_string()
            .contains(r#"nowhere stands the text "bye""#),
        "{failed}"
    );
    assert_eq!(mock.requests_like(&created).len(), 1);

    mock.advance(Duration::from_secs(60)).unwrap();
    mock.set_pace(Duration::from_secs(600));
    let turn = talk(&mock, &create("show text 3")).await;
    mock.wait_for(&created.clone().outcome(Outcome::Open), 1, PATIENCE)
        .await
        .unwrap();
    drop(turn);
    let cancelled = created.clone().outcome(Outcome::Cancelled);
    mock.wait_for(&cancelled, 1, PATIENCE).await.unwrap();

    mock.reset().await.unwrap();
    assert!(mock.requests().is_empty());
    let threads = talk(&mock, &list).await.text().await.unwrap();
    assert!(!threads.contains("Yesterday"));
    let url = mock.url().to_owned();
    drop(mock);
    // The listener is closed by a task of its own, some moments later.
    while client().get(format!("{url}/healthz")).send().await.is_ok() {
        tokio::task::yield_now().await;
    }
}

/// A real process, killed at the end of the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn a_listener_does_not_hold_up_the_end_of_the_process() {
    use std::io::BufRead;
    let mut child = Command::new(env!("CARGO_BIN_EXE_chatkit"))
        .args(["serve", "--mock", "--port", "0", "--json"])
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdout = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut process = Process(child);
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    let line: Value = serde_json::from_str(&line).unwrap();
    let feed = format!("{}/__mock/events", line["url"].as_str().unwrap());
    let feed = client().get(feed).send().await.unwrap();
    let id = process.0.id().to_string();
    Command::new("kill").args(["-INT", &id]).status().unwrap();
    // The feed ends in order, not by the cut that follows when the grace is over.
    let rest = feed.text().await.unwrap();
    assert!(rest.starts_with(": listening"), "{rest}");
    tokio::task::spawn_blocking(move || process.0.wait().unwrap())
        .await
        .unwrap();
}
