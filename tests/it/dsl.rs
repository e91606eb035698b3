//! `chatkit(["send", "hi"]).hint("…").code(2)`: a run of the binary, and what is expected of it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

/// How long a run may take before the test fails.
const LIMIT: Duration = Duration::from_secs(30);

/// A run that is being set up; nothing happens before [`Run::code`].
#[must_use = "a run does not start before `code` says how it is expected to end"]
pub struct Run {
    command: assert_cmd::Command,
    home: Home,
    checks: Vec<Check>,
}

enum Check {
    Stdout(String),
    StdoutHas(String),
    StderrHas(String),
    StderrHasNot(String),
}

enum Home {
    Own(tempfile::TempDir),
    Given,
}

/// A run that ended as expected, to be looked at more closely.
pub struct Outcome {
    pub stdout: String,
    pub stderr: String,
}

/// A run with a scrubbed environment, in a home folder of its own.
pub fn chatkit<'a>(args: impl IntoIterator<Item = &'a str>) -> Run {
    let home = tempfile::tempdir().unwrap();
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_chatkit"));
    command.args(args).timeout(LIMIT).env_clear();
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    let run = Run {
        command,
        home: Home::Own(home),
        checks: Vec::new(),
    };
    match &run.home {
        Home::Own(folder) => {
            let folder = folder.path().to_owned();
            run.home(&folder)
        }
        Home::Given => run,
    }
}

impl Run {
    /// Runs in this home folder, which outlives the run.
    pub fn in_home(self, home: &Path) -> Self {
        let mut run = self.home(home);
        run.home = Home::Given;
        run
    }

    fn home(mut self, home: &Path) -> Self {
        self.command.env("HOME", home).current_dir(home);
        self
    }

    pub fn folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn stdin(mut self, text: &str) -> Self {
        self.command.write_stdin(text);
        self
    }

    pub fn stdout(mut self, text: impl Into<String>) -> Self {
        self.checks.push(Check::Stdout(text.into()));
        self
    }

    pub fn stdout_has(mut self, text: &str) -> Self {
        self.checks.push(Check::StdoutHas(text.into()));
        self
    }

    pub fn stderr_has(mut self, text: &str) -> Self {
        self.checks.push(Check::StderrHas(text.into()));
        self
    }

    pub fn stderr_has_not(mut self, text: &str) -> Self {
        self.checks.push(Check::StderrHasNot(text.into()));
        self
    }

    pub fn error(self, text: &str) -> Self {
        self.stderr_has(&format!("error: {text}"))
    }

    pub fn hint(self, text: &str) -> Self {
        self.stderr_has(&format!("hint: {text}"))
    }

    /// Runs, and checks the exit code and everything that was expected before.
    #[track_caller]
    pub fn code(mut self, code: i32) -> Outcome {
        let output = self.command.output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        let shown = format!("--- stdout\n{stdout}\n--- stderr\n{stderr}\n---");
        assert_eq!(output.status.code(), Some(code), "{shown}");
        for check in self.checks {
            match check {
                Check::Stdout(text) => assert_eq!(stdout, text, "{shown}"),
                Check::StdoutHas(text) => {
                    assert!(stdout.contains(&text), "no {text:?} in stdout\n{shown}");
                }
                Check::StderrHas(text) => {
                    assert!(stderr.contains(&text), "no {text:?} in stderr\n{shown}");
                }
                Check::StderrHasNot(text) => {
                    assert!(!stderr.contains(&text), "{text:?} in stderr\n{shown}");
                }
            }
        }
        Outcome { stdout, stderr }
    }
}

impl Outcome {
    /// stdout as one JSON document.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap()
    }

    /// stdout as JSON lines.
    #[track_caller]
    pub fn lines(&self) -> Vec<Value> {
        let lines = self.stdout.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// A file in a folder of its own.
pub fn file(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    (folder, path)
}
