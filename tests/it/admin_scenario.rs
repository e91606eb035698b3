//! `/__mock/scenario` and the scenario of a mock in a Rust test.

use std::path::Path;
use std::time::Duration;

use chatkit::server::{Mock, Running};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::admin::{client, say};
use crate::faults::wire::Server;

/// Long enough for a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(30);

/// The status and the document of an answer of `/__mock`.
async fn steer(
    mock: &Running,
    method: Method,
    path: &str,
    body: impl Into<Vec<u8>>,
) -> (u16, Value) {
    let client: Client = client();
    let url = format!("{}/__mock/{path}", mock.url());
    let asked = client
        .request(method, url)
        .body(body.into())
        .timeout(PATIENCE);
    let answer = asked.send().await.unwrap();
    let status = answer.status().as_u16();
    (
        status,
        serde_json::from_str(&answer.text().await.unwrap()).unwrap(),
    )
}

async fn shown(mock: &Running) -> Value {
    let (status, shown) = steer(mock, Method::GET, "scenario", "").await;
    assert_eq!(status, 200);
    shown
}

#[tokio::test]
async fn a_scenario_that_is_put_answers_at_once_until_it_is_deleted() {
    let builder = Mock::builder().scenario("- when: hi\n  then: the given one\n");
    let mock = builder.start().await.unwrap();
    assert!(say(&mock, "hi").await.contains("the given one"));
    assert_eq!(shown(&mock).await["origin"], "given");

    let yaml = "threads: [{id: thr_put, title: Put}]\nrules:\n- when: hi\n  then: the put one\n";
    let (status, put) = steer(&mock, Method::PUT, "scenario", yaml).await;
    assert_eq!(
        (status, &put["origin"], &put["rules"]),
        (200, &json!("put"), &json!(1))
    );
    assert_eq!(put["texts"], json!([{"name": "scenario", "text": yaml}]));
    assert_eq!(put, shown(&mock).await);
    assert!(say(&mock, "hi").await.contains("the put one"));

    // The same as JSON, behind a byte order mark.
    let rules = "\u{feff}[{\"when\": \"hi\", \"then\": \"one of JSON\"}]";
    assert_eq!(steer(&mock, Method::PUT, "scenario", rules).await.0, 200);
    assert!(say(&mock, "hi").await.contains("one of JSON"));

    let (status, given) = steer(&mock, Method::DELETE, "scenario", "").await;
    assert_eq!((status, &given["origin"]), (200, &json!("given")));
    assert!(say(&mock, "hi").await.contains("the given one"));
}

#[tokio::test]
async fn a_bad_scenario_is_refused_with_its_places_and_the_last_good_one_stays() {
    let builder = Mock::builder().scenario("- when: hi\n  then: still here\n");
    let mock = builder.start().await.unwrap();
    let cases: [(&[u8], u64, u64, &str); 6] = [
        (b"- when: hi\n  then:\n  - txet: no\n", 3, 5, "unknown word"),
        (
            b"- when: {text: {regex: '('}}\n  then: no\n",
            1,
            24,
            "regex",
        ),
        (
            b"- then: no\n  fault: stal=1s\n",
            2,
            10,
            "did you mean 'stall'?",
        ),
        (b"", 1, 1, "empty"),
        (b"- then: [\n", 2, 1, ""),
        (b"- then: no\n\xff", 2, 1, "UTF-8"),
    ];
    for (text, line, column, reason) in cases {
        let (status, refused) = steer(&mock, Method::PUT, "scenario", text).await;
        let first = &refused["findings"][0];
        assert_eq!(
            (status, &first["line"], &first["column"]),
            (422, &json!(line), &json!(column)),
            "{refused}"
        );
        assert!(
            first["message"].as_str().unwrap().contains(reason),
            "{refused}"
        );
        assert_eq!(refused["error"]["code"], "invalid_scenario");
        assert!(say(&mock, "hi").await.contains("still here"));
    }
}

#[tokio::test]
async fn a_scenario_that_is_larger_than_32_mib_is_refused_unread() {
    let mock = Mock::builder().start().await.unwrap();
    let huge = vec![b'#'; 33 * 1024 * 1024];
    let (status, refused) = steer(&mock, Method::PUT, "scenario", huge).await;
    assert_eq!(
        (status, &refused["error"]["code"]),
        (413, &json!("request_too_large"))
    );
    let large = vec![b'#'; 9 * 1024 * 1024];
    let (status, refused) = steer(&mock, Method::PUT, "scenario", large).await;
    assert_eq!(status, 422);
    assert_eq!(
        refused["findings"][0]["message"],
        "the file is larger than 8 MiB"
    );
    assert_eq!(shown(&mock).await["origin"], "none");
}

#[tokio::test]
async fn a_reset_brings_the_first_scenario_and_its_threads_back() {
    let scenario = "threads: [{id: thr_first, title: First}]\nrules: [{when: hi, then: first}]\n";
    let mock = Mock::builder().scenario(scenario).start().await.unwrap();
    steer(&mock, Method::PUT, "scenario", "- {when: hi, then: second}").await;
    let gone = json!({"type": "threads.delete", "params": {"thread_id": "thr_first"}});
    let url = format!("{}/chatkit", mock.url());
    client()
        .post(url)
        .body(gone.to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(steer(&mock, Method::POST, "reset", "").await.0, 200);
    assert!(say(&mock, "hi").await.contains("\"first\""));
    let get = json!({"type": "threads.get_by_id", "params": {"thread_id": "thr_first"}});
    let url = format!("{}/chatkit", mock.url());
    let thread = client()
        .post(url)
        .body(get.to_string())
        .send()
        .await
        .unwrap();
    let thread: Value = serde_json::from_str(&thread.text().await.unwrap()).unwrap();
    assert_eq!(thread["title"], "First");
}

#[tokio::test]
async fn a_mock_in_a_test_reads_texts_and_files_and_says_what_is_wrong_with_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("more.yaml");
    std::fs::write(&file, "- when: file\n  then: out of a file\n").unwrap();
    let mock = Mock::builder()
        .scenario("- when: text\n  then: out of a text\n")
        .scenario(file.as_path())
        .strict(true)
        .fault("status=418,times=1,body=teapot")
        .start()
        .await
        .unwrap();
    assert_eq!(say(&mock, "text").await, "teapot");
    assert!(say(&mock, "text").await.contains("out of a text"));
    assert!(say(&mock, "file").await.contains("out of a file"));
    let refused = say(&mock, "else").await;
    assert!(refused.contains("no_rule_matches"), "{refused}");
    assert_eq!(mock.faults()[0].struck, 1);
    mock.set_scenario("- then: anything").await.unwrap();
    assert!(say(&mock, "else").await.contains("anything"));

    let error = |builder: chatkit::server::Builder| async {
        builder.start().await.unwrap_err().to_string()
    };
    let wrong = error(Mock::builder().scenario("- txet: a\n")).await;
    assert!(
        wrong.contains("scenario:1:3: unknown key `txet`"),
        "{wrong}"
    );
    let missing = error(Mock::builder().scenario(Path::new("nowhere.yaml"))).await;
    assert!(missing.contains("cannot read nowhere.yaml"), "{missing}");
    let unknown = error(Mock::builder().fault("stal=1s")).await;
    assert!(unknown.contains("did you mean 'stall'?"), "{unknown}");
}

#[test]
fn a_reset_deletes_the_threads_of_a_database_only_when_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", folder.path().join("t.db").display());
    let server = Server::with(&[], &["--pace", "0", "--store", &store]);
    assert_eq!(server.say("show text 1").status(), 200);
    let count = || {
        let list = server.post("threads.list", &json!({})).json();
        list["data"].as_array().unwrap().len()
    };
    let reset = |path: &str, body: &str| server.ask(path, "", body);
    for body in [
        "",
        "{}",
        r#"{"only": ["clock", "threads"]}"#,
        r#"{"store": false}"#,
    ] {
        let refused = reset("POST /__mock/reset", body);
        assert_eq!(refused.status(), 409, "{body}");
        let error = refused.json()["error"].clone();
        assert_eq!(error["code"], "store_is_kept");
        assert!(
            error["message"].as_str().unwrap().contains("?store=true"),
            "{error}"
        );
        assert_eq!(count(), 1);
    }
    assert_eq!(
        reset("POST /__mock/reset", r#"{"only": ["requests"]}"#).status(),
        200
    );
    assert_eq!(count(), 1);
    assert_eq!(reset("POST /__mock/reset?store=true", "").status(), 200);
    assert_eq!(count(), 0);
}

#[tokio::test]
async fn a_rule_sees_what_is_announced_and_lets_an_upload_fail() {
    let scenario = "
- when: {operation: attachments.create, attachment: image/gif}
  then: [{error: {status: 415, message: No gifs}}]
- when: {operation: attachments.create, attachment: image/*}
  then: []
  fault: [upload-fails=507, 'upload-url,skip=1']
- {when: {attachment: '*/*'}, then: A file.}
- {when: {operation: threads.list}, then: [], fault: 'status=503,times=1'}
";
    let mock = Mock::builder().scenario(scenario).start().await.unwrap();
    let url = format!("{}/chatkit", mock.url());
    let ask = async |kind: &str, params: Value| {
        let body = json!({"type": kind, "params": params}).to_string();
        let answer = client().post(&url).body(body).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let announce = async |name: &str, mime_type: &str| {
        let params = json!({"name": name, "mime_type": mime_type, "size": 1});
        let (status, body) = ask("attachments.create", params).await;
        (status, serde_json::from_str::<Value>(&body).unwrap())
    };
    let upload = async |attachment: &Value| {
        let descriptor = &attachment["upload_descriptor"];
        let token = descriptor["headers"]["x-upload-token"].as_str().unwrap();
        let sent = client()
            .put(descriptor["url"].as_str().unwrap())
            .header("x-upload-token", token)
            .body("x");
        sent.send().await.unwrap().status().as_u16()
    };
    let (status, gif) = announce("a.gif", "image/gif").await;
    assert_eq!((status, &gif["error"]["message"]), (415, &json!("No gifs")));
    let (status, png) = announce("a.png", "image/png; q=1").await;
    assert_eq!((status, upload(&png).await), (200, 507));
    let (_, older) = announce("b.png", "image/png").await;
    assert!(older["upload_url"].is_string(), "{older}");
    let (_, text) = announce("a.txt", "text/plain").await;
    assert_eq!(upload(&text).await, 200);
    let content = json!([{"type": "input_text", "text": "hi"}]);
    let input = json!({"content": content, "attachments": [text["id"]], "inference_options": {}});
    let (_, turn) = ask("threads.create", json!({"input": input})).await;
    assert!(turn.contains("A file."), "{turn}");
    let lists = [
        ask("threads.list", json!({})).await.0,
        ask("threads.list", json!({})).await.0,
    ];
    assert_eq!(lists, [503, 200]);

    let misplaced = "- {when: hi, then: x, fault: upload-fails}";
    let refused = mock.set_scenario(misplaced).await.unwrap_err().to_string();
    assert!(
        refused.contains("1:") && refused.contains("attachments.create"),
        "{refused}"
    );
}
