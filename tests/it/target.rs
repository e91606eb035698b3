//! Which backend is talked to: flags, environment, profiles.

use std::path::Path;

use serde_json::json;

use crate::backend::{Backend, Reply, created, done, message, streamed, turn};
use crate::dsl::{Run, chatkit};

fn hello() -> Backend {
    Backend::new([turn(streamed("m", &["hello"]))])
}

#[test]
fn without_a_backend_the_hint_names_the_mock() {
    chatkit(["send", "hi"])
        .error("no backend to talk to")
        .hint("start a mock with 'chatkit serve --mock', or pass --url")
        .code(2);
}

#[test]
fn a_flag_wins_over_the_environment() {
    let backend = hello();
    chatkit(["send", "hi", "--url", &backend.url()])
        .env("CHATKIT_URL", "http://127.0.0.1:1/")
        .env("CHATKIT_CLIENT_SECRET", "ek_hush")
        .stdout("hello\n")
        .code(0);
    assert_eq!(backend.asked()[0].header("authorization"), None);
}

#[test]
fn a_profile_of_the_project_is_found_from_below() {
    let backend = hello();
    let home = tempfile::tempdir().unwrap();
    let deep = home.path().join("project/src");
    std::fs::create_dir_all(&deep).unwrap();
    let file = format!(
        "default_profile = 'dev'\n[profile.dev]\nurl = '{}'\nheaders = ['X-App: a']\nlocale = 'de'\n",
        backend.url()
    );
    std::fs::write(home.path().join("project/chatkit.toml"), file).unwrap();
    chatkit(["send", "hi"])
        .in_home(home.path())
        .folder(&deep)
        .stdout("hello\n")
        .code(0);
    let asked = &backend.asked()[0];
    assert_eq!(asked.header("x-app"), Some("a"));
    assert_eq!(asked.header("accept-language"), Some("de"));
}

#[test]
fn a_file_with_an_unknown_key_is_refused_with_its_line() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("chatkit.toml"), "[profile.a]\nurk = 'x'\n").unwrap();
    chatkit(["send", "hi"])
        .in_home(home.path())
        .stderr_has("chatkit.toml:2: unknown key 'urk'")
        .code(2);
}

#[test]
fn options_that_exclude_each_other_are_wrong_usage_wherever_they_stand() {
    chatkit(["send", "hi", "--url", "http://x/", "--mock"]).code(2);
    chatkit(["--url", "http://x/", "send", "hi", "--mock"]).code(2);
    chatkit([
        "--url",
        "http://x/",
        "--client-secret",
        "ek_1",
        "send",
        "hi",
    ])
    .code(2);
}

#[test]
fn wrong_usage_exits_2_and_does_not_repeat_a_header() {
    chatkit(["send", "--nope"]).code(2);
    chatkit(["send", "hi", "--url", "localhost:8000"]).code(2);
    chatkit(["send", "hi", "--timeout", "soon"]).code(2);
    chatkit([]).code(2);
    for (option, value) in [
        ("--header", "hush without a colon"),
        ("--header", "X-Key: hush\u{7}"),
        ("--url", "http://me:hush@localhost/"),
        ("--api-base", "ftp://hush@localhost/"),
        ("--url", "http://[x/chatkit?key=hush"),
        ("--upload-url", "localhost:1/?key=hush"),
    ] {
        chatkit(["send", "hi", option, value])
            .stderr_has(option)
            .stderr_has("***")
            .stderr_has_not("hush")
            .code(2);
    }
}

#[test]
fn an_argument_that_is_one_too_many_is_shown_without_its_secrets() {
    for stray in [
        "http://me:hush@h/x?key=hush",
        "ek_hush0123456789abcdef",
        "sk-hush-0123456789abcdef",
    ] {
        chatkit(["thread", "list", stray])
            .stderr_has("unexpected argument")
            .stderr_has_not("hush")
            .code(2);
    }
}

/// What a backend that repeats everything is given, and must not bring to light.
const CREDENTIALS: [(&str, &str); 4] = [
    ("authorization", "opaque-one"),
    ("x-api-key", "hunter22secret"),
    ("cookie", "s3cr3t"),
    ("x-custom", "of-the-environment"),
];

/// All that lets us in, as a backend echoes it.
fn echoed() -> String {
    CREDENTIALS.map(|(_, value)| value).join(" and ") + " and of-the-query"
}

/// A run that is let in by headers, by a profile and by its address, in a folder to record to.
fn with_credentials(backend: &Backend, home: &Path, args: &[&str]) -> Run {
    let file = format!(
        "[profile.p]\nurl = '{}?token=of-the-query'\nheaders = {{ X-Custom = '${{MY_TOKEN}}' }}\n",
        backend.url()
    );
    std::fs::write(home.join("chatkit.toml"), file).unwrap();
    let headers = [
        "--header",
        "Authorization: Bearer opaque-one",
        "--header",
        "X-Api-Key: hunter22secret",
        "--header",
        "Cookie: theme=dark; sid=s3cr3t",
        "--profile",
        "p",
        "-vv",
    ];
    chatkit(args.iter().copied().chain(headers))
        .in_home(home)
        .env("MY_TOKEN", "of-the-environment")
}

#[test]
fn what_lets_us_in_is_not_repeated_however_a_backend_says_it() {
    let echo = echoed();
    let refusal = json!({"error": {"message": echo, "code": echo, "param": echo}});
    for (reply, code) in [
        (Reply::Json(500, refusal), 1),
        (
            Reply::Raw(418, "content-type: text/plain\r\n", echo.clone()),
            1,
        ),
        (
            Reply::Events(vec![
                json!({"type": "progress_update", "text": echo}).to_string(),
                json!({"type": "notice", "level": "info", "message": echo}).to_string(),
                json!({"type": echo, echo.clone(): 1}).to_string(),
                json!({"type": "error", "code": echo, "message": echo, "allow_retry": false})
                    .to_string(),
            ]),
            1,
        ),
        (
            Reply::Events(vec![
                json!({"type": "thread.item.done", "item": echo}).to_string(),
                echo.clone(),
            ]),
            6,
        ),
    ] {
        let home = tempfile::tempdir().unwrap();
        let backend = Backend::new([reply]);
        let args = ["send", &echo, "--record", "talk.jsonl"];
        let run = with_credentials(&backend, home.path(), &args);
        let outcome = run.code(code);
        assert_eq!(
            backend.asked()[0].header("x-custom"),
            Some("of-the-environment")
        );
        let recording = std::fs::read_to_string(home.path().join("talk.jsonl")).unwrap();
        for secret in echo.split(" and ") {
            assert!(!outcome.stderr.contains(secret), "{}", outcome.stderr);
            assert!(!recording.contains(secret), "{recording}");
        }
        assert!(outcome.stderr.contains("[redacted]"), "{}", outcome.stderr);
    }
}

#[test]
fn what_lets_us_in_at_a_proxy_is_not_repeated_either() {
    let refusal = json!({"error": {"message": "no dTpodW50ZXIyLXB3, which is hunter2-pw"}});
    let proxy = Backend::new([Reply::Json(407, refusal)]);
    let address = proxy.origin.replace("http://", "http://u:hunter2-pw@");
    chatkit(["send", "hi", "--url", "http://backend.invalid/chatkit"])
        .env("HTTP_PROXY", &address)
        .error("the backend answered 407 Proxy Authentication Required: no [redacted], which is [redacted]")
        .code(1);
    let sent = &proxy.asked()[0];
    assert_eq!(
        sent.header("proxy-authorization"),
        Some("Basic dTpodW50ZXIyLXB3")
    );
}

#[test]
fn the_answer_on_stdout_is_the_backends_own() {
    let home = tempfile::tempdir().unwrap();
    let backend = Backend::new([Reply::Events(vec![
        created(),
        done(&message("m", &echoed())),
    ])]);
    with_credentials(&backend, home.path(), &["send", "hi"])
        .stdout(echoed() + "\n")
        .code(0);
}

#[test]
fn headers_and_locale_go_with_every_request() {
    let backend = hello();
    let url = backend.url();
    chatkit([
        "--header",
        "Authorization: Bearer hush",
        "send",
        "hi",
        "--url",
        &url,
        "-vv",
        "--locale",
        "de-DE",
    ])
    .stderr_has_not("hush")
    .code(0);
    let asked = &backend.asked()[0];
    assert_eq!(asked.header("authorization"), Some("Bearer hush"));
    assert_eq!(asked.header("accept-language"), Some("de-DE"));
}

#[test]
fn a_backend_that_is_not_there_exits_5() {
    chatkit(["send", "hi", "--url", "http://127.0.0.1:1/chatkit"])
        .error("cannot reach http://127.0.0.1:1/chatkit")
        .code(5);
    let backend = Backend::new([Reply::Hang(vec![])]);
    chatkit(["send", "hi", "--timeout", "200ms", "--url", &backend.url()])
        .stderr_has("--timeout")
        .code(5);
}

#[test]
fn an_http_error_prints_status_code_message_and_request_id() {
    let error = json!({"error": {"message": "no such \u{1b}[31mthread", "code": "nope"}});
    let backend = Backend::new([Reply::Json(404, error)]);
    chatkit(["thread", "show", "x", "--url", &backend.url()])
        .stderr_has("404")
        .stderr_has("no such ␛[31mthread (code: nope, x-request-id: req_7)")
        .code(1);
    let backend = Backend::new([Reply::Json(401, json!({"error": {"message": "no"}}))]);
    chatkit(["thread", "list", "--url", &backend.url()]).code(4);
}

#[test]
fn a_hosted_session_is_made_on_the_way() {
    let session = json!({
        "id": "cksess_1", "object": "chatkit.session", "client_secret": "ek_made", "expires_at": 4_000_000_000_i64,
        "status": "active", "user": "u", "workflow": {"id": "wf_1"}, "rate_limits": {},
        "max_requests_per_1_minute": 10, "chatkit_configuration": {},
    });
    let backend = Backend::new([Reply::Json(200, session), turn(streamed("m", &["hi"]))]);
    chatkit(["send", "hi"])
        .env("CHATKIT_API_BASE", &backend.origin)
        .env("CHATKIT_WORKFLOW_ID", "wf_1")
        .env("CHATKIT_USER", "u")
        .env("OPENAI_API_KEY", "sk-1")
        .stdout("hi\n")
        .code(0);
    let asked = backend.asked();
    assert!(asked[0].line.starts_with("POST /v1/chatkit/sessions "));
    assert_eq!(asked[0].header("authorization"), Some("Bearer sk-1"));
    assert!(asked[1].line.starts_with("POST /v1/chatkit/conversation "));
    assert_eq!(asked[1].header("authorization"), Some("Bearer ek_made"));
}

#[test]
fn a_hosted_session_without_a_user_says_what_is_missing() {
    chatkit(["send", "hi", "--workflow", "wf_1"])
        .env("OPENAI_API_KEY", "sk-1")
        .hint("pass --user or set CHATKIT_USER")
        .code(2);
}

#[cfg(target_os = "linux")]
#[test]
fn help_onto_a_full_disk_is_not_called_well() {
    for args in [&["--help"][..], &["--version"], &["help", "send"]] {
        let full = std::fs::File::options().write(true).open("/dev/full");
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_chatkit"))
            .args(args)
            .stdout(full.unwrap())
            .output()
            .unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.starts_with("error: cannot write to stdout"), "{told}");
        assert_eq!(output.status.code(), Some(1), "{args:?}");
    }
}

#[test]
fn a_token_that_nobody_could_send_is_refused() {
    for flag in ["--token", "--api-key"] {
        chatkit(["serve", "--mock", "--port", "0", flag, ""])
            .stderr_has("would let nobody in")
            .code(2);
    }
}
