//! Evidence that is not whole, and budgets: recordings that were cut, backends that limit the rate.

use serde_json::{Value, json};

use super::smoke::turn_and_thread;
use super::{check, outcomes};
use crate::backend::{Backend, Reply, created, done, item, streamed};
use crate::dsl::{Run, chatkit, file};
use crate::proxy::{Server, of_kind};

/// A recording of two turns, as lines.
fn recorded() -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("talk.jsonl");
    let path = path.to_str().unwrap();
    chatkit(["send", "--mock", "show text 5", "--record", path]).code(0);
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| format!("{line}\n")).collect()
}

fn check_recording(text: &str, args: &[&str]) -> crate::dsl::Outcome {
    let (_folder, path) = file("cut.jsonl", text);
    let args = ["check", "--recording", path.to_str().unwrap()]
        .into_iter()
        .chain(args.iter().copied());
    chatkit(args).code(3)
}

#[test]
fn a_recording_that_was_cut_in_a_line_fails_and_names_it() {
    let lines = recorded();
    let all = lines.concat();
    let half = &all[..all.len() / 2];
    let line = half.lines().count();
    let run = check_recording(half, &[]);
    let words = format!(
        "FAIL the recording was cut: its last line, {line}, is not whole, and request 1 \
         (threads.create) has no end"
    );
    assert!(run.stdout.contains(&words), "{}", run.stdout);
    assert!(run.stdout.contains("FAIL transport/whole-answers (must)"));
    assert!(
        run.stderr
            .contains("error: 1 check failed; the recording was cut")
    );
}

#[test]
fn a_recording_without_its_last_line_fails_whatever_is_asked() {
    let lines = recorded();
    let open = lines[..lines.len() - 1].concat();
    let run = check_recording(&open, &["--only", "stream", "--json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["summary"]["failed"], 0);
    assert_eq!(
        report["troubles"][0]["what"],
        "the recording was cut: request 1 (threads.create) has no end"
    );
    let junit = check_recording(&open, &["--only", "stream", "--report", "junit=-"]);
    assert!(
        junit.stdout.contains("<testsuite name=\"run\""),
        "{}",
        junit.stdout
    );
    // What follows the last exchange is cut in its first line: the exchanges are whole.
    let more = format!("{}{{\"request\":{{\"exch", lines.concat());
    let run = check_recording(&more, &[]);
    assert!(run.stderr.contains("is not whole\n"), "{}", run.stderr);
    assert!(!run.stdout.contains("has no end"), "{}", run.stdout);
}

/// What a proxy writes down while `send` attaches a file, and everything else that went through it.
fn proxied(args: &[&str]) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("talk.jsonl");
    let upload = folder.path().join("a.png");
    std::fs::write(&upload, [0x89, b'P', b'N', b'G', 0xff, 0]).unwrap();
    let mock = Server::start(&["--mock", "--pace", "0"]);
    let proxy = Server::proxy(&mock.url, &path);
    let (endpoint, files) = (proxy.endpoint(), format!("{}/files", proxy.url));
    let send = [
        "send",
        "--url",
        &endpoint,
        "--attach",
        upload.to_str().unwrap(),
        "hi",
    ];
    let args = args
        .iter()
        .map(|arg| if *arg == "FILES" { &files } else { *arg });
    chatkit(send.into_iter().chain(args)).code(0);
    proxy.ask("GET /elsewhere", &[], b"");
    proxy.ask("GET /healthz", &[], b"");
    proxy.stop();
    (folder, path)
}

#[test]
fn files_and_whatever_else_went_through_a_proxy_are_no_requests_for_chatkit() {
    for (args, rule) in [
        (&[][..], "attachments/upload"),
        (&["--upload-url", "FILES"], "attachments/direct-upload"),
    ] {
        let (_folder, path) = proxied(args);
        let path = path.to_str().unwrap();
        let report = chatkit(["check", "--recording", path, "--json"]);
        let report = report.code(0).json();
        let outcomes = outcomes(&report);
        let of = |id: &str| &outcomes.iter().find(|(known, _)| known == id).unwrap().1;
        assert_eq!(of("requests/not-json"), "skipped");
        assert_eq!(of(rule), "passed", "{args:?}");
    }
}

#[test]
fn whether_a_proxy_is_there_is_no_part_of_the_conversation() {
    let (_folder, path) = proxied(&[]);
    let requests = of_kind(&path, "request");
    let urls = requests
        .iter()
        .map(|request| request["url"].as_str().unwrap());
    let urls: Vec<_> = urls.collect();
    assert!(
        urls.iter().any(|url| url.ends_with("/elsewhere")),
        "{urls:?}"
    );
    assert!(
        !urls.iter().any(|url| url.ends_with("/healthz")),
        "{urls:?}"
    );
}

#[test]
fn what_hosted_chatkit_is_not_asked_has_its_own_reason() {
    let server = Server::start(&["--mock", "--pace", "0"]);
    let hosted = |args: &[&str]| {
        chatkit(args.iter().copied())
            .env("CHATKIT_API_BASE", &server.url)
            .env("CHATKIT_WORKFLOW_ID", "wf_1")
            .env("CHATKIT_USER", "u")
            .env("OPENAI_API_KEY", "sk-1")
    };
    let made = hosted(&["session", "create"]).code(0);
    let secret = made.stdout.trim();
    let only = ["--only", "security", "--only", "session"];
    let check = ["check", "--expect-auth", "--client-secret", secret];
    let run = hosted(&[&check[..], &only].concat()).code(0);
    let few = "security/asks-for-credentials, security/other-users: not tried with hosted ChatKit";
    assert!(run.stdout.contains(few), "{}", run.stdout);
    let key = "session/secret-refused: no session is made beside --client-secret";
    assert!(run.stdout.contains(key), "{}", run.stdout);
}

#[test]
fn a_recorded_refusal_to_connect_is_named_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("refused.jsonl");
    let path = path.to_str().unwrap();
    let url = "http://127.0.0.1:1/chatkit";
    chatkit(["send", "hi", "--url", url, "--record", path]).code(5);
    chatkit(["check", "--recording", path])
        .stdout_has("request 1, threads.create: cannot reach http://127.0.0.1:1/chatkit: ")
        .code(3);
}

#[test]
fn halves_of_a_character_in_two_frames_are_one() {
    let delta = |text: &str| {
        let update = format!(
            r#"{{"type":"assistant_message.content_part.text_delta","content_index":0,"delta":"{text}"}}"#
        );
        format!(r#"{{"type":"thread.item.updated","item_id":"a1","update":{update}}}"#)
    };
    let message = item("m1", "user_message", &json!({"content": []}));
    let mut frames = vec![created(), done(&message)];
    let mut answer = streamed("a1", &["Hi 🎉!"]);
    let at = answer
        .iter()
        .position(|frame| frame.contains("text_delta"))
        .unwrap();
    answer.splice(at..=at, [delta("Hi \\ud83c"), delta("\\udf89!")]);
    frames.extend(answer);
    let backend = Backend::new([Reply::Events(frames)]);
    let url = backend.url();
    let rules = [
        "transport/json-frames",
        "stream/deltas-add-up",
        "stream/event-shape",
    ];
    let only = rules.iter().flat_map(|rule| ["--only", rule]);
    let run = chatkit(["check", "--url", &url].into_iter().chain(only));
    run.stdout_has("3 passed, 0 failed").code(0);
}

fn turn() -> Reply {
    turn_and_thread().0
}

fn limited(retry_after: &'static str) -> Reply {
    let body = json!({"error": {"message": "slow down", "code": "rate_limit"}}).to_string();
    Reply::Raw(429, retry_after, body)
}

fn check_of(replies: impl IntoIterator<Item = Reply>) -> (Backend, Run) {
    let backend = Backend::new(replies);
    let url = backend.url();
    let run = chatkit(["check", "--url", &url, "--only", "stream/left-open"]);
    (backend, run)
}

#[test]
fn a_backend_that_asks_to_wait_is_waited_for() {
    let json = "content-type: application/json\r\n";
    let again = "content-type: application/json\r\nretry-after: 0\r\n";
    let mut replies = vec![limited(again), limited(json), turn()];
    replies.extend((0..60).map(|_| Reply::Json(200, json!({}))));
    let (backend, run) = check_of(replies);
    let run = run.stdout_has("1 passed, 0 failed").code(0);
    assert!(
        run.stderr
            .contains("the backend limits the rate: waited 2 times"),
        "{}",
        run.stderr
    );
    assert_eq!(&kinds(&backend)[..3], ["threads.create"; 3]);
}

#[test]
fn a_smoke_check_waits_to_remove_what_it_made() {
    let (_, thread) = turn_and_thread();
    let again = "content-type: application/json\r\nretry-after: 0\r\n";
    let backend = Backend::new([
        turn(),
        Reply::Json(200, thread),
        limited(again),
        Reply::Json(200, json!({})),
        Reply::Json(404, json!({"error": {"message": "no such thread"}})),
    ]);
    chatkit(["check", "--smoke", "--url", &backend.url()])
        .stderr_has_not("could not be removed")
        .code(0);
    let removal = ["threads.delete", "threads.delete", "threads.get_by_id"];
    assert_eq!(&kinds(&backend)[2..], removal);
}

fn kinds(backend: &Backend) -> Vec<Value> {
    // What a browser asks before it sends anything has no body.
    let json = |body: &str| serde_json::from_str::<Value>(body).unwrap_or_default();
    let asked = backend.asked();
    asked
        .iter()
        .map(|it| json(&it.body)["type"].clone())
        .collect()
}

#[test]
fn a_backend_that_limits_the_rate_is_blamed_for_that_alone() {
    let late = "content-type: application/json\r\nretry-after: 3600\r\n";
    let backend = Backend::new(std::iter::once(turn()).chain((0..200).map(|_| limited(late))));
    let url = backend.url();
    let args = ["check", "--url", &url, "--json", "--expect-auth"];
    let run = chatkit(args.into_iter().chain(["--message", "hi"])).code(3);
    let report = run.json();
    let failed: Vec<_> = report["rules"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|rule| rule["outcome"] == "failed" && rule["severity"] != "may")
        .map(|rule| rule["id"].clone())
        .collect();
    assert_eq!(failed, Vec::<Value>::new());
    let what = report["troubles"][0]["what"].as_str().unwrap();
    assert!(what.starts_with("the backend limits the rate: "), "{what}");
    assert!(what.contains("status 429, retry-after: 3600"), "{what}");
    let (_backend, run) = check_of([limited(late)]);
    run.error("nothing was checked; the backend limits the rate: 1 request was refused")
        .code(3);
}

#[test]
fn a_budget_that_was_given_fails_the_run_and_a_usual_one_advises() {
    for (flag, rule) in [
        ("--max-first-text", "speed/first-text"),
        ("--max-gap", "speed/longest-gap"),
    ] {
        let slow = ["--only", rule, "--message", "show slow 3"];
        check(&[&slow[..], &[flag, "0.000001"]].concat())
            .stdout_has(&format!("FAIL {rule} (should)"))
            .error("1 check failed")
            .code(3);
        check(&slow).stdout_has("1 passed").code(0);
    }
}

#[test]
fn how_quick_the_turns_were_is_told_always() {
    check(&["--only", "stream"])
        .stdout_has("speed, median (slowest) of ")
        .code(0);
    let report = check(&["--only", "stream", "--json"]).code(0).json();
    let speed = &report["speed"];
    assert!(speed["turns"].as_u64().unwrap() > 1);
    for name in [
        "first_event_ms",
        "first_text_ms",
        "turn_ms",
        "longest_gap_ms",
    ] {
        let (median, slowest) = (&speed[name]["median"], &speed[name]["slowest"]);
        assert!(
            median.as_f64().unwrap() <= slowest.as_f64().unwrap(),
            "{name}"
        );
    }
    let smoke = check(&["--smoke", "--json"]).code(0).json();
    assert!(smoke["first_text_ms"].is_u64(), "{smoke}");
}

#[test]
fn a_report_repeats_no_key_that_the_backend_gave_away() {
    let key = format!("sk-{}", "proj-1a2b3c4d5e6f7g8h9i0j1k2l");
    let error = json!({
        "type": "error", "code": "custom", "allow_retry": false,
        "message": format!("Incorrect API key provided: {key}"),
    });
    let frames = vec![created(), error.to_string()];
    let backend = Backend::new([Reply::Events(frames)]);
    let url = backend.url();
    let run = chatkit(["check", "--url", &url, "--report", "tap=-"])
        .stdout_has("FAIL security/no-keys (must)")
        .stdout_has("Incorrect API key provided: [redacted]")
        .code(3);
    assert!(!run.stdout.contains(&key), "{}", run.stdout);
}
