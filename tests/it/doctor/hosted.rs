//! `chatkit doctor` on the hosted API, which the mock is.

use std::process::{Child, Command, Stdio};

use super::{Report, doctor, report};
use crate::dsl::Run;

/// A mock in a process of its own.
struct Mock {
    child: Child,
    url: String,
}

impl Mock {
    fn start(args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_chatkit"))
            .args(["serve", "--mock", "--port", "0", "--json", "--pace", "0"])
            .args(args)
            .env_clear()
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = std::io::BufReader::new(child.stdout.take().unwrap());
        std::io::BufRead::read_line(&mut stdout, &mut line).unwrap();
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        let url = line["url"].as_str().unwrap().to_owned();
        Self { child, url }
    }

    fn doctor(&self, args: &[&str]) -> Run {
        doctor(&[&["--api-base", &self.url], args].concat()).env("OPENAI_API_KEY", "sk-hunter2")
    }

    #[track_caller]
    fn examine(&self, args: &[&str], code: i32) -> Report {
        let report = report(self.doctor(args), code);
        assert!(!report.outcome.stdout.contains("hunter2"));
        report
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_session_is_made_used_and_cancelled() {
    let mock = Mock::start(&[]);
    let args = [
        "--workflow",
        "wf_1",
        "--user",
        "ada",
        "--state-variable",
        "plan=pro",
    ];
    let report = mock.examine(&args, 0);
    report.has(
        "config",
        "ok",
        "API key sk-***, by OPENAI_API_KEY; no client secret; workflow wf_1, by --workflow; user ada, \
         by --user",
    );
    report.has(
        "session",
        "ok",
        "wf_1, the deployed version, 1 state variable",
    );
    report.has("auth", "ok", "nobody without credentials");
    report.has("first-event", "ok", "its thread deleted");
    report.has("sunset", "warning", "30 November 2026");
    assert!(
        !report.outcome.stdout.contains("ek_0"),
        "the session's secret is not told"
    );
}

#[test]
fn a_session_that_cannot_be_made_says_what_it_lacks() {
    let mock = Mock::start(&[]);
    let report = mock.examine(&["--user", "ada"], 2);
    report.has("session", "failed", "no workflow is named");
    report.has("http", "skipped", "since session failed");
    let wrong = ["--workflow", "asst_1", "--user", "ada"];
    mock.examine(&wrong, 2)
        .has("session", "failed", "does not begin with wf_");
    mock.examine(&["--workflow", "wf_1"], 2)
        .has("session", "failed", "no user is named");
    let variables: Vec<String> = (0..65)
        .map(|n| format!("--state-variable=v{n}=1"))
        .collect();
    let variables: Vec<&str> = variables.iter().map(String::as_str).collect();
    let many = [&["--workflow", "wf_1", "--user", "ada"][..], &variables].concat();
    mock.examine(&many, 2)
        .has("session", "failed", "65 state variables");
}

#[test]
fn a_key_that_is_not_taken_is_not_authorised() {
    let mock = Mock::start(&["--api-key", "sk-other"]);
    let report = mock.examine(&["--workflow", "wf_1", "--user", "ada"], 4);
    report.has("session", "failed", "401");
    report.has("first-event", "skipped", "since session failed");
}

#[test]
fn a_client_secret_is_read_before_it_is_used() {
    let mock = Mock::start(&[]);
    // It holds `{"expires_at":1732147005}`.
    let expired = "ek_000_00eyJleHBpcmVzX2F0IjoxNzMyMTQ3MDA1fQ==";
    let report = mock.examine(&["--client-secret", expired], 4);
    report.has("session", "failed", "expired at 2024-11-20");
    let key = ["--client-secret", "sk-hunter2"];
    mock.examine(&key, 2)
        .has("session", "failed", "is an API key");
    let unknown = ["--client-secret", "ek_made_up"];
    mock.examine(&unknown, 4)
        .has("auth", "failed", "does not take the client secret");
}

#[test]
fn a_profile_that_a_variable_wins_over_is_told_first() {
    let mock = Mock::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let profile = "[profile.p]\nurl = 'http://profile.example/chatkit'\n";
    std::fs::write(folder.path().join("chatkit.toml"), profile).unwrap();
    let url = format!("{}/chatkit", mock.url);
    let run = doctor(&["--no-turn", "--profile", "p"]).folder(folder.path());
    let report = report(run.env("CHATKIT_URL", &url), 0);
    let told = "by CHATKIT_URL; CHATKIT_URL wins over the backend of the profile";
    report.has("config", "warning", told);
    assert_eq!(
        report.finding("config")["remedy"],
        "unset CHATKIT_URL to look at the backend of the profile"
    );
}
