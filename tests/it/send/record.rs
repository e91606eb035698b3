//! What `--record` keeps.

use serde_json::json;

use crate::backend::{Backend, Reply, streamed, turn};
use crate::dsl::chatkit;

#[test]
fn an_answer_that_is_no_stream_is_recorded_as_it_came_and_plays_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("talk.jsonl");
    let record = path.to_str().unwrap();
    let gone = json!({"error": {"message": "no such thread", "code": "not_found"}});
    let page = "<p>Not here</p>".to_owned();
    let backend = Backend::new([
        Reply::Json(404, gone.clone()),
        Reply::Raw(200, "content-type: text/html\r\n", page),
    ]);
    let lines = || -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(&path).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    };
    let send = || chatkit(["send", "hi", "--url", &backend.url(), "--record", record]);
    send().code(1);
    let recorded = lines();
    assert_eq!(recorded[2]["response"]["status"], 404);
    assert_eq!(recorded[3]["document"]["body"]["json"], gone);
    assert_eq!(recorded[4]["end"]["outcome"], "complete");
    send().code(6);
    assert_eq!(
        lines()[2]["response"]["headers"]["content-type"],
        "text/html"
    );
    assert_eq!(lines()[3]["document"]["body"]["text"], "<p>Not here</p>");
}

#[test]
fn a_recording_stays_where_the_next_one_has_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("talk.jsonl");
    let record = path.to_str().unwrap();
    let backend = Backend::new([turn(streamed("m", &["hi"]))]);
    chatkit(["send", "hi", "--url", &backend.url(), "--record", record]).code(0);
    let good = std::fs::read_to_string(&path).unwrap();
    chatkit([
        "send",
        "hi",
        "--url",
        "http://127.0.0.1:9/",
        "--record",
        record,
    ])
    .stderr_has("nothing was answered, so that ")
    .code(5);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), good);
}
