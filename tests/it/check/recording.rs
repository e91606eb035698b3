//! `chatkit check --recording`: one file, and nothing beside it.

use crate::dsl::{chatkit, file};

/// A recording of a turn of the mock.
fn recorded() -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("talk.jsonl");
    chatkit([
        "send",
        "--mock",
        "show text 5",
        "--record",
        path.to_str().unwrap(),
    ])
    .code(0);
    std::fs::read_to_string(&path).unwrap()
}

#[test]
fn a_backend_beside_a_recording_is_refused() {
    let (_folder, path) = file("talk.jsonl", &recorded());
    let check = ["check", "--recording", path.to_str().unwrap()];
    let url = "http://127.0.0.1:1/chatkit";
    for (args, flags) in [
        (&["--url", url][..], "--url"),
        (&["--mock", "--user", "ann"], "--mock and --user"),
        (&["--header", "X-App: a"], "--header"),
    ] {
        chatkit(check.into_iter().chain(args.iter().copied()))
            .error(&format!(
                "{flags} would do nothing: --recording judges what was recorded"
            ))
            .hint("leave it out, or leave --recording out to check the backend")
            .code(2);
    }
    chatkit(["--url", url].into_iter().chain(check))
        .error("--url would do nothing")
        .code(2);
    // Nobody means it who has a backend in the environment.
    chatkit(check).env("CHATKIT_URL", url).code(0);
}

#[test]
fn what_is_said_to_a_backend_is_refused_beside_a_recording_and_what_a_smoke_check_leaves_out_too() {
    let recording = "--recording <FILE>";
    for (sole, args) in [
        (recording, &["--smoke"][..]),
        (recording, &["--message", "x"]),
        (recording, &["--tool-message", "x"]),
        (recording, &["--remember"]),
        (recording, &["--expect-auth"]),
        (recording, &["--other-header", "A: b"]),
        (recording, &["--origin", "http://localhost"]),
        (recording, &["--jobs", "2"]),
        (recording, &["--keep"]),
        ("--smoke", &["--expect-auth"]),
        ("--smoke", &["--other-header", "A: b"]),
        ("--smoke", &["--max-gap", "1s"]),
        ("--smoke", &["--jobs", "2"]),
    ] {
        let first: &[&str] = match sole {
            "--smoke" => &["check", "--mock", "--smoke"],
            _ => &["check", "--recording", "talk.jsonl"],
        };
        chatkit(first.iter().chain(args).copied())
            .stderr_has("cannot be used with")
            .stderr_has(sole)
            .stderr_has(args[0])
            .code(2);
    }
}

#[test]
fn a_thread_without_an_id_is_one_finding_and_what_follows_from_it_is_skipped() {
    let text = recorded();
    let lines = text.lines().map(|line| {
        let is_created = line.contains("thread.created");
        let id = is_created.then(|| line.split("\"thr_").nth(1)).flatten();
        let id = id.and_then(|rest| rest.split('"').next()).unwrap_or(" ");
        line.replace(&format!("\"thr_{id}\""), "\"\"") + "\n"
    });
    let broken: String = lines.collect();
    assert_ne!(broken, text);
    let (_folder, path) = file("talk.jsonl", &broken);
    let report = chatkit(["check", "--recording", path.to_str().unwrap(), "--json"]);
    let report = report.code(3).json();
    assert_eq!(report["summary"]["failed"], 1);
    let rules = report["rules"].as_array().unwrap();
    let of = |id: &str| rules.iter().find(|rule| rule["id"] == id).unwrap();
    assert_eq!(of("stream/thread-ids")["outcome"], "failed");
    let own = of("stream/own-thread").to_string();
    assert!(own.contains("threads cannot be told apart: the id of the thread is empty"));
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_file() {
    let marked = format!("\u{feff}{}", recorded());
    let (_folder, path) = file("talk.jsonl", &marked);
    let path = path.to_str().unwrap();
    chatkit(["check", "--recording", path]).code(0);
    chatkit(["replay", path, "--instant"])
        .stdout_has("the mock streams")
        .code(0);
    let (folder, _) = file(
        "chatkit.toml",
        "\u{feff}[profile.a]\nurl = 'http://127.0.0.1:1/x'\n",
    );
    chatkit(["doctor", "--profile", "a", "--timeout", "1s"])
        .folder(folder.path())
        .stdout_has("http://127.0.0.1:1/x")
        .code(5);
    let widget = "\u{feff}{\"type\":\"Card\",\"children\":[{\"type\":\"Text\",\"value\":\"hi\"}]}";
    chatkit(["widget", "show", "-"])
        .stdin(widget)
        .stdout_has("hi")
        .code(0);
    let (_folder, path) = file("a.widget", widget);
    chatkit(["widget", "show", path.to_str().unwrap()])
        .stdout_has("hi")
        .code(0);
    let steps = "- then:\n    - widget: a.widget\n";
    std::fs::write(path.with_file_name("s.yaml"), format!("\u{feff}{steps}")).unwrap();
    let scenario = path.with_file_name("s.yaml");
    chatkit(["scenario", "check", scenario.to_str().unwrap()]).code(0);
}
