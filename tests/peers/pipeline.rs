//! The action and the README's workflow, on GitHub's own parser and evaluator of expressions.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use crate::bench::{Bench, Case, Peer};
use crate::process::{Running, command};

const README: &str = include_str!("../../README.md");

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |name: &str, run: fn(&Bench)| cases.push(Case::new(name, Peer::Node, run));
    case(
        "action: GitHub's parser takes it and the README's workflow, which runs as it is written",
        recipe,
    );
    case(
        "action: a check that fails fails the job, and its reports are uploaded still",
        failing,
    );
    case(
        "action: a smoke check is annotated, and has no reports to upload",
        smoke,
    );
    cases
}

/// A runner's machine, whose cargo installs what is built already.
struct Machine {
    folder: tempfile::TempDir,
    port: u16,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let socket = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = socket.local_addr().expect("an address").port();
        let machine = Self { folder, port };
        let chatkit = env!("CARGO_BIN_EXE_chatkit");
        // The last argument is the folder to install to.
        let install = "bin=\"${@: -1}/bin\"; mkdir -p \"$bin\"; ln -s";
        machine.program(
            "bin/cargo",
            &format!("{install} '{chatkit}' \"$bin/chatkit\""),
        );
        let serve = format!("exec '{chatkit}' serve --mock --pace 0 --port {port}");
        machine.program(
            "project/start-backend.sh",
            &format!("echo $$ > pid\n{serve}"),
        );
        // A frontend's tests: they need the backend that they were promised.
        let asks = format!(
            "curl -sSf -d '{{\\\"type\\\":\\\"threads.list\\\",\\\"params\\\":{{}}}}' http://localhost:{port}/chatkit"
        );
        let package = format!("{{\"scripts\":{{\"test\":\"{asks}\"}}}}");
        machine.write("project/package.json", &package);
        machine
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    }

    fn program(&self, name: &str, script: &str) {
        self.write(name, &format!("#!/bin/bash\n{script}\n"));
        let rights = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(self.path(name), rights).expect("a program");
    }

    /// Runs a workflow.
    fn run(&self, bench: &Bench, workflow: &str) -> Value {
        self.write("check.yml", workflow);
        let mut node = command("node");
        node.arg(bench.node().join("action.mjs"))
            .arg(self.path("check.yml"))
            .arg(env!("CARGO_MANIFEST_DIR"))
            .arg(self.path("project"))
            .arg(self.path("home"))
            .arg(self.port.to_string());
        let path = std::env::var("PATH").expect("a path");
        node.env("PATH", format!("{}:{path}", self.path("bin").display()));
        let done = Running::start(node)
            .feed(b"")
            .finish(Duration::from_secs(120));
        let errors = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.code, Some(0), "{errors}");
        let report: Value = serde_json::from_slice(&done.stdout).expect("one document");
        assert_eq!(report["action"], Value::Array(Vec::new()));
        assert_eq!(report["workflow"], Value::Array(Vec::new()));
        report["jobs"].clone()
    }

    /// Ends what a step left running, as the end of a machine does.
    fn end(&self) {
        let mut stop = command(env!("CARGO_BIN_EXE_chatkit"));
        stop.args(["serve", "--stop", "--port", &self.port.to_string()]);
        stop.env("HOME", self.path("home"));
        stop.env_remove("XDG_STATE_HOME");
        Running::start(stop)
            .feed(b"")
            .finish(Duration::from_secs(30));
        if let Ok(pid) = std::fs::read_to_string(self.path("project/pid")) {
            let mut kill = command("kill");
            kill.arg(pid.trim());
            Running::start(kill)
                .feed(b"")
                .finish(Duration::from_secs(30));
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.end();
    }
}

/// The README's workflow.
fn workflow() -> String {
    let section = README
        .split("\n## In a pipeline\n")
        .nth(1)
        .expect("a section");
    let block = section.split("```yaml\n").nth(1).expect("a block");
    let workflow = block.split("```").next().expect("an end");
    workflow.to_owned()
}

/// One job of the workflow, without the others.
fn job(workflow: &str, name: &str) -> String {
    let begin = format!("\n  {name}:\n");
    let (head, rest) = workflow.split_once("jobs:\n").expect("jobs");
    let rest = format!("\n{rest}");
    let own = rest.split_once(&begin).expect("the job").1;
    // The next job stands as far to the left as this one.
    let is_inside = |line: &&str| line.starts_with("   ") || line.trim().is_empty();
    let own: Vec<_> = own.lines().take_while(is_inside).collect();
    format!("{head}jobs:{begin}{}\n", own.join("\n"))
}

/// The steps of the action in a job.
fn steps(job: &Value) -> impl Fn(&str) -> Value {
    let steps = job["steps"].as_array().expect("steps").clone();
    let action = steps.iter().find(|step| step["steps"].is_array());
    let inner = action.expect("the action")["steps"].clone();
    move |name| {
        let mut inner = inner.as_array().expect("steps").iter();
        let step = inner.find(|step| step["name"] == name);
        step.unwrap_or_else(|| panic!("no step {name}")).clone()
    }
}

fn recipe(bench: &Bench) {
    // Each job has a machine of its own.
    let machine = Machine::new();
    let jobs = machine.run(bench, &job(&workflow(), "frontend"));
    let frontend = &jobs["frontend"];
    assert_eq!(frontend["status"], "success", "{frontend}");
    let step = steps(frontend);
    let url = format!("http://127.0.0.1:{}", machine.port);
    assert_eq!(step("Serve")["outputs"]["url"], url);
    assert_eq!(step("Check")["is_skipped"], true);
    assert_eq!(step("Upload the reports")["is_skipped"], true);
    let key = &step("Look for a build from before")["with"]["key"];
    let key = key.as_str().expect("a key");
    assert!(
        key.starts_with("chatkit-Linux-X64-") && key.len() > 20,
        "{key}"
    );
    drop(machine);

    let machine = Machine::new();
    let jobs = machine.run(bench, &job(&workflow(), "backend"));
    let backend = &jobs["backend"];
    assert_eq!(backend["status"], "success", "{backend}");
    let step = steps(backend);
    assert_eq!(step("Serve")["is_skipped"], true);
    assert_eq!(
        step("Upload the reports")["with"]["path"],
        "chatkit-reports"
    );
    let project = machine.path("project/chatkit-reports");
    for report in ["junit.xml", "check.json", "check.html"] {
        assert!(project.join(report).is_file(), "{report}");
    }
    let said = step("Check")["said"].to_string();
    assert!(said.contains("::notice title=chatkit check::"), "{said}");
}

/// A job with nothing but the action, given this.
fn only(with: &str) -> String {
    format!(
        "on: push\njobs:\n  backend:\n    runs-on: ubuntu-latest\n    steps:\n      \
         - uses: ./chatkit-cli\n        with:\n{with}"
    )
}

fn failing(bench: &Bench) {
    let machine = Machine::new();
    // A reports folder with a space in its name, and an option with one in its value.
    let with = "          url: http://127.0.0.1:8000/chatkit\n          reports: the reports\n          \
                args: |\n            --message=two words\n            --max-turn=2s\n";
    let jobs = machine.run(bench, &only(with));
    let backend = &jobs["backend"];
    assert_eq!(backend["status"], "failure", "{backend}");
    let step = steps(backend);
    assert_eq!(step("Check")["code"], 5, "nobody listens");
    assert_eq!(step("Upload the reports")["with"]["path"], "the reports");
    assert!(Path::new(&machine.path("project/the reports/junit.xml")).is_file());
    let said = step("Check")["said"].to_string();
    assert!(
        said.contains("::error title=chatkit check::cannot reach"),
        "{said}"
    );
}

fn smoke(bench: &Bench) {
    let machine = Machine::new();
    let with = "          url: http://127.0.0.1:8000/chatkit\n          smoke: true\n";
    let jobs = machine.run(bench, &only(with));
    let step = steps(&jobs["backend"]);
    assert_eq!(step("Check")["code"], 5, "nobody listens");
    assert_eq!(step("Upload the reports")["is_skipped"], true);
    let said = step("Check")["said"].to_string();
    assert!(said.contains("::error title=chatkit check::"), "{said}");
}
