//! The scripts that hold the mock against its judges, and their cases as tests.
//!
//! A case stands in a script as `case("…")` or `test("…")`, and its name is read from there, so
//! that the tests can be listed without running anything.

use std::collections::BTreeMap;
use std::time::Duration;

use libtest_mimic::Failed;
use serde_json::Value;

use crate::bench::{Bench, Case, Peer};
use crate::cli::binary;
use crate::install::source;
use crate::process::{Finished, Running, Server, command, shorten};

const LIMIT: Duration = Duration::from_secs(300);

/// A script that runs against `chatkit serve --mock`.
#[derive(Clone, Copy)]
pub enum Script {
    /// The types and the behaviour of `openai-chatkit`.
    Judge,
    /// The SDK `openai` of Python.
    PythonSdk,
    /// The SDK `openai` of Node.
    NodeSdk,
}

const JUDGE: [&str; 4] = [
    include_str!("python/judge_operations.py"),
    include_str!("python/judge_pages.py"),
    include_str!("python/judge_refusals.py"),
    include_str!("python/judge_showcase.py"),
];
const PYTHON_SDK: [&str; 2] = [
    include_str!("python/hosted_sessions.py"),
    include_str!("python/hosted_threads.py"),
];
const NODE_SDK: [&str; 1] = [include_str!("node/hosted.mjs")];

impl Script {
    pub const ALL: [Self; 3] = [Self::Judge, Self::PythonSdk, Self::NodeSdk];

    fn prefix(self) -> &'static str {
        match self {
            Self::Judge => "mock",
            Self::PythonSdk => "python sdk",
            Self::NodeSdk => "node sdk",
        }
    }

    fn needs(self) -> Peer {
        match self {
            Self::Judge | Self::PythonSdk => Peer::Python,
            Self::NodeSdk => Peer::Node,
        }
    }

    fn sources(self) -> &'static [&'static str] {
        match self {
            Self::Judge => &JUDGE,
            Self::PythonSdk => &PYTHON_SDK,
            Self::NodeSdk => &NODE_SDK,
        }
    }

    /// The names of its cases, in the order in which they stand.
    fn names(self) -> impl Iterator<Item = &'static str> {
        self.sources()
            .iter()
            .flat_map(|text| text.lines())
            .filter_map(|line| {
                let call = line
                    .strip_prefix("@case(\"")
                    .or_else(|| line.strip_prefix("test(\""))?;
                call.split_once('"').map(|(name, _)| name)
            })
    }

    fn title(self, name: &str) -> String {
        format!("{}: {name}", self.prefix())
    }

    fn command(self, bench: &Bench) -> std::process::Command {
        let (program, script) = match self {
            Self::Judge => (bench.python().to_owned(), source("python/judge.py")),
            Self::PythonSdk => (bench.python().to_owned(), source("python/hosted.py")),
            Self::NodeSdk => ("node".into(), bench.node().join("hosted.mjs")),
        };
        let mut command = command(program);
        command.arg(script);
        command
    }

    /// Runs those of its cases that are among `wanted` against a mock of their own.
    pub fn run(self, bench: &Bench, wanted: &[String]) -> Report {
        let home = tempfile::tempdir().expect("a temporary folder");
        let mut mock = binary(home.path());
        mock.args(["serve", "--mock", "--port", "0", "--pace", "0", "--json"]);
        let mock = Server::start(mock);
        let mut command = self.command(bench);
        command.arg(mock.url()).arg("--only");
        command.args(
            self.names()
                .filter(|name| wanted.contains(&self.title(name))),
        );
        Report::read(&Running::start(command).feed(b"").finish(LIMIT))
    }
}

/// What a script said of each of its cases.
pub struct Report {
    cases: BTreeMap<String, Result<(), String>>,
    stderr: String,
}

impl Report {
    fn read(finished: &Finished) -> Self {
        let stdout = String::from_utf8_lossy(&finished.stdout).into_owned();
        let cases = stdout.lines().filter_map(|line| {
            let said: Value = serde_json::from_str(line).ok()?;
            let why = said["why"].as_str().map(str::to_owned);
            Some((said["case"].as_str()?.to_owned(), why.map_or(Ok(()), Err)))
        });
        Self {
            cases: cases.collect(),
            stderr: shorten(&finished.stderr),
        }
    }

    fn of(&self, name: &str) -> Result<(), Failed> {
        match self.cases.get(name) {
            Some(Ok(())) => Ok(()),
            Some(Err(why)) => Err(why.into()),
            None => Err(format!("the script did not get to it; stderr: {}", self.stderr).into()),
        }
    }
}

pub fn cases() -> Vec<Case> {
    let scripts = Script::ALL.into_iter().flat_map(|script| {
        script.names().map(move |name| Case {
            name: script.title(name),
            needs: script.needs(),
            run: Box::new(move |bench: &Bench| bench.report(script).of(name)),
        })
    });
    let own = Case::new(
        "judge: finds no fault in the reference server",
        Peer::Python,
        calibrate,
    );
    scripts.chain([own]).collect()
}

/// A judge that finds fault with the reference server would ask the mock for something else.
fn calibrate(bench: &Bench) {
    let reference = bench.start_reference();
    let mut judge = Script::Judge.command(bench);
    judge.args([reference.url(), "--reference"]);
    let report = Report::read(&Running::start(judge).feed(b"").finish(LIMIT));
    let faults: Vec<_> = report
        .cases
        .iter()
        .filter(|(_, result)| result.is_err())
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(
        report.cases.len() > 50,
        "only {} cases ran; {}",
        report.cases.len(),
        report.stderr
    );
}
