//! The binary under test: how it is run, and what is asked of its result.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::process::{Finished, Running, command, shorten};

const BINARY: &str = env!("CARGO_BIN_EXE_chatkit");
const LIMIT: Duration = Duration::from_secs(60);

/// The binary with the settings of nobody: no configuration, no key, no address.
pub fn binary(home: &Path) -> std::process::Command {
    let mut chatkit = command(BINARY);
    let ours = |name: &str| {
        ["CHATKIT_", "OPENAI_", "XDG_"]
            .iter()
            .any(|own| name.starts_with(own))
    };
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(ours) {
            chatkit.env_remove(name);
        }
    }
    chatkit.env("HOME", home).current_dir(home);
    chatkit
}

/// One user's place in front of a backend: a home of their own, and the backend's address.
pub struct Desk {
    home: TempDir,
    base: String,
    log: Option<PathBuf>,
}

impl Desk {
    pub fn new(base: &str, log: Option<PathBuf>) -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        Self {
            home,
            base: base.to_owned(),
            log,
        }
    }

    /// The address of a route of the backend.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Writes a file into the home and gives its path.
    pub fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.home.path().join(name);
        std::fs::write(&path, content).expect("the home can be written");
        path
    }

    /// The command with these arguments and no address.
    pub fn command<S: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = S>,
    ) -> std::process::Command {
        let mut chatkit = binary(self.home.path());
        chatkit.args(args);
        chatkit
    }

    /// Starts `chatkit ARGS --url …/chatkit`.
    pub fn start<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Running {
        let mut chatkit = self.command(args);
        chatkit.args(["--url", &self.at("/chatkit")]);
        Running::start(chatkit)
    }

    /// Runs `chatkit ARGS --url …/chatkit` to its end.
    #[must_use = "a run says nothing until its code or its output is looked at"]
    pub fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Outcome {
        Outcome(self.start(args).feed(b"").finish(LIMIT))
    }

    /// The same with something on standard input.
    #[must_use = "a run says nothing until its code or its output is looked at"]
    pub fn run_with<S: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = S>,
        input: &[u8],
    ) -> Outcome {
        Outcome(self.start(args).feed(input).finish(LIMIT))
    }

    /// Runs `chatkit ARGS` against another route than `/chatkit`.
    #[must_use = "a run says nothing until its code or its output is looked at"]
    pub fn run_at<S: AsRef<OsStr>>(
        &self,
        path: &str,
        args: impl IntoIterator<Item = S>,
    ) -> Outcome {
        let mut chatkit = self.command(args);
        chatkit.args(["--url", &self.at(path)]);
        Outcome(Running::start(chatkit).feed(b"").finish(LIMIT))
    }

    /// Runs `chatkit ARGS` with no address but what is among ARGS.
    #[must_use = "a run says nothing until its code or its output is looked at"]
    pub fn run_bare<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Outcome {
        Outcome(Running::start(self.command(args)).feed(b"").finish(LIMIT))
    }

    /// One message in a new thread: the thread's id, and the events.
    pub fn say(&self, text: &str) -> (String, Vec<Value>) {
        let events = self.run(["send", "--json", text]).code(0).lines();
        let id = events
            .iter()
            .find_map(|event| event["thread"]["id"].as_str());
        (id.expect("an event names the thread").to_owned(), events)
    }

    /// What the backend logged of the requests that `mark` occurs in.
    pub fn logged(&self, mark: &str) -> Vec<Value> {
        let log = self.log.as_ref().expect("this backend keeps a log");
        let text = std::fs::read_to_string(log).expect("the log can be read");
        let lines = text.lines().filter(|line| line.contains(mark));
        lines
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }

    /// The one request of this operation that `mark` occurs in.
    pub fn request(&self, operation: &str, mark: &str) -> Value {
        let found: Vec<_> = self
            .logged(mark)
            .into_iter()
            .filter(|entry| entry["request"]["type"] == operation)
            .collect();
        assert_eq!(
            found.len(),
            1,
            "requests of {operation} with {mark}: {found:#?}"
        );
        found.into_iter().next().expect("there is one")
    }
}

/// What a run of the binary left behind.
pub struct Outcome(pub Finished);

impl Outcome {
    /// The run has to end with this exit code.
    pub fn code(self, wanted: i32) -> Self {
        assert_eq!(self.0.code, Some(wanted), "exit code; {}", self.story());
        self
    }

    fn story(&self) -> String {
        let (out, err) = (shorten(&self.0.stdout), shorten(&self.0.stderr));
        format!("stdout: {out}\nstderr: {err}")
    }

    pub fn stdout(&self) -> &str {
        std::str::from_utf8(&self.0.stdout).expect("standard output is UTF-8")
    }

    pub fn stderr(&self) -> &str {
        std::str::from_utf8(&self.0.stderr).expect("standard error is UTF-8")
    }

    /// Standard output has to be this text, give or take the end of its last line.
    pub fn says(self, wanted: &str) -> Self {
        let said = self.stdout();
        let is_said = said == wanted || said.strip_suffix('\n') == Some(wanted);
        assert!(is_said, "expected {wanted:?}; {}", self.story());
        self
    }

    /// Standard output has to hold each of these.
    pub fn shows(self, wanted: &[&str]) -> Self {
        for part in wanted {
            assert!(
                self.stdout().contains(part),
                "no {part:?} on stdout; {}",
                self.story()
            );
        }
        self
    }

    /// Standard error has to hold each of these.
    pub fn notes(self, wanted: &[&str]) -> Self {
        for part in wanted {
            assert!(
                self.stderr().contains(part),
                "no {part:?} on stderr; {}",
                self.story()
            );
        }
        self
    }

    /// Neither output may hold this.
    /// Nothing that was streamed broke the protocol.
    pub fn warns_of_nothing(self) -> Self {
        assert!(!self.stderr().contains("warning"), "{}", self.stderr());
        self
    }

    pub fn hides(self, secret: &str) -> Self {
        let is_told = self.stdout().contains(secret) || self.stderr().contains(secret);
        assert!(!is_told, "{secret:?} is shown; {}", self.story());
        self
    }

    /// Standard output as one JSON document.
    pub fn json(&self) -> Value {
        serde_json::from_str(self.stdout())
            .unwrap_or_else(|cause| panic!("stdout is no JSON ({cause}); {}", self.story()))
    }

    /// Standard output as JSON lines.
    pub fn lines(&self) -> Vec<Value> {
        let parse = |line: &str| {
            serde_json::from_str(line)
                .unwrap_or_else(|cause| panic!("no JSON line ({cause}): {line}"))
        };
        self.stdout().lines().map(parse).collect()
    }
}

/// The ids of the items of this type that were done, in the order in which they were.
pub fn done(events: &[Value], kind: &str) -> Vec<String> {
    let is_done = |event: &&Value| event["type"] == "thread.item.done";
    let items = events.iter().filter(is_done).map(|event| &event["item"]);
    items
        .filter(|item| item["type"] == kind)
        .filter_map(|item| item["id"].as_str().map(str::to_owned))
        .collect()
}

/// The text of all assistant messages that were done.
pub fn answer(events: &[Value]) -> String {
    let is_done = |event: &&Value| event["type"] == "thread.item.done";
    let items = events.iter().filter(is_done).map(|event| &event["item"]);
    let messages = items.filter(|item| item["type"] == "assistant_message");
    let parts = messages
        .filter_map(|item| item["content"].as_array())
        .flatten();
    parts.filter_map(|part| part["text"].as_str()).collect()
}
