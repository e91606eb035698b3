//! A backend that cannot be looked at is named once, with the remedy, in every kind of report.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};

use serde_json::{Value, json};

use crate::backend::{Backend, Reply};
use crate::dsl::{chatkit, file};

/// An address at which nothing listens.
fn nobody() -> String {
    // A port that was free a moment ago may be another test's by now; this one nothing takes.
    "http://127.0.0.1:9/chatkit".to_owned()
}

/// What is said of a backend that is not reached: a line of result, the reason, the remedy.
fn is_said_once(url: &str, reason: &str) {
    let run = chatkit(["check", "--url", url])
        .error(&format!("cannot reach {url}: {reason}"))
        .hint(&format!(
            "see which step of the way fails: chatkit doctor --url {url}"
        ))
        .code(5);
    let result = format!("{url}: the backend was not reached, so that none of ");
    assert!(run.stdout.starts_with(&result), "{}", run.stdout);
    assert_eq!(run.stdout.lines().count(), 1, "{}", run.stdout);
    assert_eq!(run.stderr.lines().count(), 2, "{}", run.stderr);
    let smoke = chatkit(["check", "--smoke", "--url", url])
        .error(&format!("cannot reach {url}: "))
        .hint("see which step of the way fails: chatkit doctor --url ")
        .code(5);
    assert_eq!(smoke.stdout, "");
    assert_eq!(smoke.stderr.lines().count(), 2, "{}", smoke.stderr);
}

#[test]
fn a_backend_that_is_not_there_is_said_once() {
    is_said_once(&nobody(), "connection refused");
    is_said_once(
        "http://chatkit.invalid/chatkit",
        "the host's name cannot be resolved",
    );
}

/// A server of one answer, whatever it is sent; its thread ends with the test's process.
fn answering(answer: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let Ok(mut connection) = connection else {
                continue;
            };
            // What is not read would reset the connection before the answer arrives.
            let mut begun = [0; 4096];
            let _ = connection.read(&mut begun);
            let _ = connection.write_all(answer.as_bytes());
        }
    });
    address
}

#[test]
fn a_backend_that_speaks_no_tls_or_says_nothing_is_said_once() {
    let silent = answering("");
    is_said_once(&format!("http://{silent}/chatkit"), "the connection was");
    let plain = answering("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    is_said_once(
        &format!("https://{plain}/chatkit"),
        "it does not speak TLS here; try http://",
    );
}

#[test]
fn what_a_refusal_repeats_of_a_header_stands_in_no_report() {
    let token = "opaque-a1b2c3d4e5f6";
    let address = answering(
        "HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: 64\r\n\r\n\
         {\"error\":{\"message\":\"no good: Bearer opaque-a1b2c3d4e5f6 here\"}}",
    );
    let folder = tempfile::tempdir().unwrap();
    let report = |name: &str| folder.path().join(name).display().to_string();
    let (html, junit) = (report("html"), report("junit"));
    let run = chatkit([
        "check",
        "--url",
        &format!("http://{address}/chatkit"),
        "--header",
        &format!("Authorization: Bearer {token}"),
        "--report",
        &format!("html={html}"),
        "--report",
        &format!("junit={junit}"),
        "--report",
        "github",
    ])
    .code(4);
    let files = [html, junit].map(|path| std::fs::read_to_string(path).unwrap());
    for text in [&run.stdout, &run.stderr, &files[0], &files[1]] {
        assert!(text.contains("no good: "), "{text}");
        assert!(!text.contains(token), "{text}");
    }
}

#[test]
fn every_report_names_it_once_and_lists_all_the_rules() {
    let url = nobody();
    let reason = format!("cannot reach {url}: connection refused");
    let listed = chatkit(["check", "--list", "--json"]).code(0).json();
    let rules = listed.as_array().unwrap().len();
    let report = |format: &str| {
        let wanted = format!("{format}=-");
        let args = ["check", "--url", &url, "--require", "attachments"];
        chatkit(args.into_iter().chain(["--report", wanted.as_str()]))
            .code(5)
            .stdout
    };
    for format in ["junit", "tap", "html", "github"] {
        let text = report(format);
        let text = text.replace("&#x2f;", "/");
        assert_eq!(text.matches(&reason).count(), 1, "{format}: {text}");
        assert_eq!(
            text.matches("chatkit doctor --url").count(),
            1,
            "{format}: {text}"
        );
    }
    let junit = report("junit");
    assert_eq!(junit.matches("<skipped message=").count(), rules);
    assert_eq!(junit.matches("<failure ").count(), 1);
    let tap = report("tap");
    assert!(tap.contains(&format!("\n1..{}\n", rules + 1)), "{tap}");
    assert_eq!(tap.matches("\nnot ok ").count(), 1);

    let document = chatkit(["check", "--url", &url, "--json"]).code(5).json();
    assert_eq!(document["failure"], reason);
    assert_eq!(document["troubles"].as_array().unwrap().len(), 1);
    assert_eq!(document["summary"]["skipped"], rules);
    assert_eq!(document["rules"].as_array().unwrap().len(), rules);
}

#[test]
fn a_backend_that_lets_nobody_in_is_said_once() {
    let refusal = json!({"error": {"message": "who are you?"}});
    let backend = Backend::new([Reply::Json(401, refusal)]);
    let url = backend.url();
    let run = chatkit(["check", "--url", &url])
        .error("the backend answered 401 Unauthorized: who are you?")
        .code(4);
    let result = format!("{url}: the backend did not let us in, so that none of ");
    assert!(run.stdout.starts_with(&result), "{}", run.stdout);
    assert_eq!(run.stdout.lines().count(), 1, "{}", run.stdout);
}

#[test]
fn of_a_first_turn_that_failed_one_line_tells_what_was_not_asked() {
    let backend = Backend::new([Reply::Json(500, Value::Null)]);
    let run = chatkit(["check", "--url", &backend.url()]).code(3);
    let skips = run.stdout.lines().filter(|line| line.starts_with("skip "));
    let skips: Vec<_> = skips.collect();
    assert_eq!(skips.len(), 1, "{}", run.stdout);
    assert!(
        skips[0].ends_with(" rules: the first turn failed (request 1, status 500)"),
        "{}",
        skips[0]
    );
}

#[test]
fn what_was_known_is_not_forgotten_by_a_run_that_saw_nothing() {
    let (_folder, path) = file("known.txt", "speed/first-event\n");
    let known = path.to_str().unwrap();
    chatkit(["check", "--url", &nobody(), "--write-baseline", known]).code(5);
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text, "speed/first-event\n");
}
