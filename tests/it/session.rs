//! `chatkit session`.

use serde_json::{Value, json};

use crate::backend::{Backend, Reply};
use crate::dsl::chatkit;

const SECRET: &str =
    "ek_0123456789abcdef0123456789abcdef0123456789abcdef_00eyJleHBpcmVzX2F0IjogMTc5NTIxOTAwNX0=";

fn session(status: &str) -> Value {
    json!({
        "id": "cksess_1", "object": "chatkit.session", "client_secret": SECRET,
        "expires_at": 1_795_219_005, "status": status, "user": "u", "workflow": {"id": "wf_1"},
        "rate_limits": {"max_requests_per_1_minute": 10}, "max_requests_per_1_minute": 10,
        "chatkit_configuration": {}, "new_field": [1.50],
    })
}

#[test]
fn create_prints_the_secret_and_nothing_else() {
    let backend = Backend::new([Reply::Json(200, session("active"))]);
    let args = [
        "session",
        "create",
        "--workflow",
        "wf_1",
        "--user",
        "u",
        "--expires-after",
        "60",
        "--rate-limit",
        "5",
        "--state-variable",
        "plan=pro",
        "--state-variable",
        "n=5",
        "--file-upload",
        "--max-files",
        "2",
        "--no-history",
        "--no-titling",
        "--api-base",
        &backend.origin,
    ];
    chatkit(args)
        .env("OPENAI_API_KEY", "sk-1")
        .stdout(format!("{SECRET}\n"))
        .stderr_has("session: cksess_1")
        .stderr_has("expires: 2026-11-20T23:56:45Z")
        .code(0);
    let asked = &backend.asked()[0];
    assert_eq!(asked.header("openai-beta"), Some("chatkit_beta=v1"));
    assert_eq!(
        asked.json(),
        json!({
            "workflow": {"id": "wf_1", "state_variables": {"plan": "pro", "n": 5}}, "user": "u",
            "expires_after": {"anchor": "created_at", "seconds": 60},
            "rate_limits": {"max_requests_per_1_minute": 5},
            "chatkit_configuration": {
                "automatic_thread_titling": {"enabled": false},
                "file_upload": {"enabled": true, "max_files": 2},
                "history": {"enabled": false},
            },
        })
    );
}

#[test]
fn a_session_that_was_made_is_not_lost_for_want_of_its_settings() {
    let mut bare = session("active");
    for settings in [
        "rate_limits",
        "max_requests_per_1_minute",
        "chatkit_configuration",
    ] {
        bare.as_object_mut().unwrap().remove(settings);
    }
    let backend = Backend::new([Reply::Json(200, bare)]);
    let made = [
        "session",
        "create",
        "--workflow",
        "wf_1",
        "--user",
        "u",
        "--api-base",
    ];
    chatkit(made.into_iter().chain([backend.origin.as_str()]))
        .env("OPENAI_API_KEY", "sk-1")
        .stdout(format!("{SECRET}\n"))
        .code(0);
}

#[test]
fn create_with_json_prints_the_session_as_it_was_received() {
    let backend = Backend::new([Reply::Json(200, session("active"))]);
    let outcome = chatkit([
        "session",
        "create",
        "--json",
        "--workflow",
        "w",
        "--user",
        "u",
    ])
    .env("CHATKIT_API_BASE", &backend.origin)
    .env("OPENAI_API_KEY", "sk-1")
    .code(0);
    assert_eq!(outcome.json(), session("active"));
}

#[test]
fn create_says_what_is_missing() {
    chatkit(["session", "create", "--workflow", "w", "--user", "u"])
        .error("no API key")
        .hint("set OPENAI_API_KEY")
        .code(2);
    chatkit(["session", "create"])
        .env("OPENAI_API_KEY", "sk-1")
        .hint("pass --workflow")
        .code(2);
    chatkit(["session", "create", "--url", "http://x/"])
        .error("a self-hosted backend has no sessions")
        .code(2);
    chatkit(["session", "create", "--expires-after", "601"]).code(2);
}

#[test]
fn the_mock_needs_neither_key_nor_workflow() {
    let outcome = chatkit(["session", "create", "--mock"]).code(0);
    chatkit(["session", "inspect", outcome.stdout.trim()])
        .stdout_has("left")
        .code(0);
}

#[test]
fn cancel_keeps_the_secret_to_itself() {
    let backend = Backend::new([
        Reply::Json(200, session("cancelled")),
        Reply::Json(200, session("cancelled")),
    ]);
    chatkit(["session", "cancel", "cksess_1"])
        .env("CHATKIT_API_BASE", &backend.origin)
        .env("OPENAI_API_KEY", "sk-1")
        .stdout("")
        .stderr_has("cksess_1 is cancelled")
        .code(0);
    let outcome = chatkit(["session", "cancel", "cksess_1", "--json", "-vv"])
        .env("CHATKIT_API_BASE", &backend.origin)
        .env("OPENAI_API_KEY", "sk-1")
        .stderr_has_not(SECRET)
        .stderr_has_not("sk-1")
        .code(0);
    assert_eq!(outcome.json()["client_secret"], "ek_0123…");
    assert!(
        backend.asked()[0]
            .line
            .starts_with("POST /v1/chatkit/sessions/cksess_1/cancel ")
    );
}

#[test]
fn inspect_reads_the_expiry_offline_and_masks_the_secret() {
    chatkit(["session", "inspect", SECRET])
        .stdout_has("expires: 2026-11-20T23:56:45Z")
        .stderr_has_not(SECRET)
        .code(0);
    let outcome = chatkit(["session", "inspect", "-", "--json"])
        .stdin(&format!("{SECRET}\n"))
        .code(0);
    assert_eq!(outcome.json()["expires_at"], 1_795_219_005);
    assert!(!outcome.stdout.contains(SECRET));
    chatkit(["session", "inspect", "sk-hush"])
        .stderr_has_not("hush")
        .code(2);
}

#[test]
fn a_secret_in_the_place_of_an_id_is_in_no_error_and_in_no_log() {
    let refusal = json!({"error": {"message": format!("no session {SECRET}, Bearer sk-proj-0123456789ab"), "code": "x"}});
    let backend = Backend::new([Reply::Json(404, refusal)]);
    let outcome = chatkit(["session", "cancel", SECRET, "-vv"])
        .env("CHATKIT_API_BASE", &backend.origin)
        .env("OPENAI_API_KEY", "sk-proj-0123456789ab")
        .stderr_has("404 Not Found: no session [redacted], Bearer [redacted] (code: x")
        .stderr_has("/sessions/[redacted]")
        .code(1);
    assert!(
        !outcome.stderr.contains(&SECRET[..24]),
        "{}",
        outcome.stderr
    );
}
