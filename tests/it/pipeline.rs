//! The action and the README's recipes for pipelines: well formed, and their shell run as it stands.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use saphyr::{LoadableYamlNode, Yaml};
use serde_json::{Map, Value};

const ACTION: &str = include_str!("../../action.yml");
const README: &str = include_str!("../../README.md");

fn yaml(text: &str) -> Value {
    let [document] = Yaml::load_from_str(text).unwrap().try_into().unwrap();
    json(&document)
}

fn json(node: &Yaml<'_>) -> Value {
    if let Some(mapping) = node.as_mapping() {
        let entries = mapping.iter();
        let entry =
            |(key, value): (&Yaml<'_>, &Yaml<'_>)| (key.as_str().unwrap().to_owned(), json(value));
        return Value::Object(entries.map(entry).collect::<Map<_, _>>());
    }
    if let Some(sequence) = node.as_sequence() {
        return sequence.iter().map(json).collect();
    }
    let text = node.as_str().map(Value::from);
    let number = || node.as_integer().map(Value::from);
    text.or_else(number)
        .or_else(|| node.as_bool().map(Value::from))
        .unwrap_or_default()
}

/// The blocks of a language in the README's section on pipelines.
fn blocks(language: &str) -> Vec<String> {
    let section = README.split("\n## In a pipeline\n").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let begin = format!("```{language}\n");
    let found = section.split(&begin).skip(1);
    found
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect()
}

/// A machine of a pipeline: a folder for the project, and the commands that recipes call.
struct Machine {
    folder: tempfile::TempDir,
    port: u16,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let machine = Self { folder, port };
        let binary = env!("CARGO_BIN_EXE_chatkit");
        machine.script("bin/chatkit", &format!("exec '{binary}' \"$@\""));
        machine.script("bin/cargo", "echo \"cargo $*\" >> installed");
        // A frontend's tests: they need the backend that they were promised.
        machine.script(
            "bin/npm",
            &format!("chatkit check --smoke --url \"${{CHATKIT_URL:-http://localhost:{port}/chatkit}}\" > tested"),
        );
        machine.script(
            "start-backend.sh",
            &format!("exec chatkit serve --mock --pace 0 --port {port} --pid-file backend.pid"),
        );
        machine
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    fn script(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, format!("#!/bin/bash\n{text}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Runs a step as a runner does; the guides' port is this machine's own.
    fn bash(&self, script: &str, variables: &BTreeMap<String, String>) -> Output {
        let script = script.replace("8000", &self.port.to_string());
        let path = std::env::var("PATH").unwrap();
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &script])
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .env("PATH", format!("{}:{path}", self.path("bin").display()))
            .env("GITHUB_OUTPUT", self.path("output"))
            .env("GITHUB_PATH", self.path("added-path"))
            .envs(variables)
            .stdin(Stdio::null());
        command.output().unwrap()
    }

    #[track_caller]
    fn passes(&self, script: &str, variables: &BTreeMap<String, String>) -> String {
        let output = self.bash(script, variables);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{script}\n{stdout}\n{stderr}");
        stdout
    }

    /// Plays the action with these inputs, but for the steps that are other people's actions.
    fn action(&self, with: &Map<String, Value>) -> Result<(), (i32, String)> {
        let action = yaml(ACTION);
        let inputs = inputs(&action, with);
        for step in action["runs"]["steps"].as_array().unwrap() {
            let Some(run) = step["run"].as_str() else {
                continue;
            };
            let wanted = step["if"].as_str().map(|condition| {
                let wanted = condition.strip_prefix("inputs.command == '").unwrap();
                wanted.strip_suffix('\'').unwrap().to_owned()
            });
            if wanted.is_some_and(|wanted| wanted != inputs["command"]) {
                continue;
            }
            let output = self.bash(run, &self.variables(step, &inputs));
            if !output.status.success() {
                let said = [output.stdout, output.stderr].concat();
                let said = String::from_utf8_lossy(&said).into_owned();
                return Err((output.status.code().unwrap(), said));
            }
        }
        Ok(())
    }

    /// A step's variables, with what the runner puts in the place of expressions.
    fn variables(
        &self,
        step: &Value,
        inputs: &BTreeMap<String, String>,
    ) -> BTreeMap<String, String> {
        let variables = step["env"].as_object().into_iter().flatten();
        let value = |(name, value): (&String, &Value)| {
            let value = value.as_str().unwrap();
            let expression = value
                .strip_prefix("${{ ")
                .and_then(|rest| rest.strip_suffix(" }}"));
            let value = match expression.unwrap() {
                "github.action_path" => env!("CARGO_MANIFEST_DIR").to_owned(),
                "steps.build.outputs.sum" => self.output("sum"),
                input => inputs[input.strip_prefix("inputs.").unwrap()].clone(),
            };
            (name.clone(), value.replace("8000", &self.port.to_string()))
        };
        variables.map(value).collect()
    }

    /// What a step has put out last under this name.
    fn output(&self, name: &str) -> String {
        let output = self.read("output");
        let mut lines = output.lines().rev();
        let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        value.unwrap().to_owned()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let nothing = BTreeMap::new();
        let stop = "for f in *.pid .local/state/chatkit/serve/*.pid; do chatkit serve --stop --pid-file $f || true; done";
        self.bash(stop, &nothing);
    }
}

fn inputs(action: &Value, with: &Map<String, Value>) -> BTreeMap<String, String> {
    let declared = action["inputs"].as_object().unwrap();
    for name in with.keys() {
        assert!(
            declared.contains_key(name),
            "the action has no input '{name}'"
        );
    }
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let value = |(name, input): (&String, &Value)| {
        (
            name.clone(),
            text(with.get(name).unwrap_or(&input["default"])),
        )
    };
    declared.iter().map(value).collect()
}

fn with(entries: &[(&str, &str)]) -> Map<String, Value> {
    let entries = entries.iter();
    entries
        .map(|(name, value)| ((*name).to_owned(), Value::from(*value)))
        .collect()
}

#[test]
fn the_action_is_a_composite_one_of_documented_inputs() {
    let action = yaml(ACTION);
    assert_eq!(action["runs"]["using"], "composite");
    for key in ["name", "description"] {
        assert!(
            action[key].as_str().is_some_and(|text| !text.is_empty()),
            "{key}"
        );
    }
    for (name, input) in action["inputs"].as_object().unwrap() {
        assert!(
            input["description"].is_string() && input["default"].is_string(),
            "{name}"
        );
        assert!(
            ACTION.contains(&format!("inputs.{name}")),
            "{name} is used nowhere"
        );
    }
    for step in action["runs"]["steps"].as_array().unwrap() {
        match (&step["run"], &step["uses"]) {
            (Value::String(run), Value::Null) => {
                assert_eq!(step["shell"], "bash", "{step}");
                // An expression in a script is code for whoever sets its value.
                assert!(!run.contains("${{"), "{run}");
            }
            (Value::Null, Value::String(uses)) => assert!(uses.contains('@'), "{uses}"),
            _ => panic!("a step either runs or uses something: {step}"),
        }
    }
    let ids: Vec<_> = action["runs"]["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| &step["id"])
        .collect();
    for (name, output) in action["outputs"].as_object().unwrap() {
        let step = output["value"].as_str().unwrap().split('.').nth(1).unwrap();
        assert!(
            ids.iter().any(|id| *id == step),
            "{name} comes from no step"
        );
    }
}

#[test]
fn the_action_serves_a_mock_and_checks_it() {
    let machine = Machine::new();
    machine
        .action(&with(&[
            ("command", "serve"),
            ("args", "--pace=0\n--seed=1\n"),
        ]))
        .unwrap();
    let url = format!("http://127.0.0.1:{}", machine.port);
    assert!(machine.read("output").contains(&format!("url={url}\n")));
    let endpoint = format!("{url}/chatkit");
    let known = with(&[
        ("url", &endpoint),
        ("headers", "X-One: 1\nX-Two: 2\n"),
        ("reports", "out"),
    ]);
    machine.action(&known).unwrap();
    assert!(machine.read("output").contains("reports=out\n"));
    assert!(machine.read("out/junit.xml").contains("<testsuite"));
    assert!(machine.read("out/check.html").contains("<html"));
    assert!(serde_json::from_str::<Value>(&machine.read("out/check.json")).is_ok());
    let smoke = with(&[("url", &endpoint), ("smoke", "true"), ("reports", "none")]);
    machine.action(&smoke).unwrap();
    assert!(!machine.path("none").exists());
    // Lines that a Windows editor ended, and a baseline, which a smoke check has no use for.
    let windows = with(&[
        ("url", &endpoint),
        ("headers", "X-One: 1\r\nX-Two: 2\r\n"),
        ("args", "--max-ttfb=20s\r\n--only=stream\r\n"),
        ("reports", "windows"),
    ]);
    machine.action(&windows).unwrap();
    assert!(machine.read("windows/junit.xml").contains("\"stream\""));
    let smoke = with(&[
        ("url", &endpoint),
        ("smoke", "true"),
        ("baseline", "known.txt"),
    ]);
    machine.action(&smoke).unwrap();
}

#[test]
fn the_action_runs_its_own_build_and_makes_it_once() {
    let machine = Machine::new();
    let binary = env!("CARGO_BIN_EXE_chatkit");
    // Somebody else's, of long ago, on a runner that is not thrown away.
    machine.script("bin/chatkit", "echo chatkit 0.0.1");
    let install = format!(
        "echo \"cargo $*\" >> installed\nmkdir -p \"${{@: -1}}/bin\"\nln -s '{binary}' \"${{@: -1}}/bin/chatkit\""
    );
    machine.script("bin/cargo", &install);
    let only = with(&[("command", "install")]);
    for _ in 0..2 {
        machine.action(&only).unwrap();
    }
    let installed = machine.read("installed");
    assert_eq!(installed.lines().count(), 1, "{installed}");
    let added = machine.read("added-path");
    let added = Path::new(added.lines().next().unwrap()).join("chatkit");
    assert_eq!(std::fs::read_link(added).unwrap(), Path::new(binary));
}

#[test]
fn the_action_fails_with_the_exit_code_of_the_check() {
    let machine = Machine::new();
    let closed = format!("http://127.0.0.1:{}/chatkit", machine.port);
    let failed = machine.action(&with(&[("url", &closed), ("smoke", "true")]));
    let (code, said) = failed.unwrap_err();
    assert_eq!(code, 5, "{said}");
    assert!(said.contains("cannot reach"), "{said}");
    let annotation = "::error title=chatkit check::cannot reach";
    assert!(said.contains(annotation), "{said}");
}

#[test]
fn a_command_that_the_action_does_not_have_fails() {
    let machine = Machine::new();
    for typo in ["chek", "", "check --smoke"] {
        let (code, said) = machine.action(&with(&[("command", typo)])).unwrap_err();
        assert_eq!(code, 2, "{said}");
        assert!(said.contains("check, serve and install"), "{said}");
    }
}

#[test]
fn the_recipe_for_github_does_what_it_says() {
    let [github, _] = blocks("yaml").try_into().unwrap();
    let workflow = yaml(&github);
    assert_eq!(workflow["on"], "push");
    for job in ["frontend", "backend"] {
        let machine = Machine::new();
        for step in workflow["jobs"][job]["steps"].as_array().unwrap() {
            if let Some(run) = step["run"].as_str() {
                // What a step leaves running holds its output open here, as it does not there.
                let run = run.replace(".sh &", ".sh > backend.log 2>&1 &");
                machine.passes(&run, &BTreeMap::new());
            } else if step["uses"].as_str().unwrap().contains("chatkit-cli@") {
                machine.action(step["with"].as_object().unwrap()).unwrap();
            }
        }
        let is_tested = machine.path("tested").exists();
        let has_reports = machine.path("chatkit-reports/junit.xml").exists();
        assert_eq!(
            (is_tested, has_reports),
            (job == "frontend", job == "backend")
        );
    }
}

#[test]
fn the_recipe_for_gitlab_does_what_it_says() {
    let [_, gitlab] = blocks("yaml").try_into().unwrap();
    let job = yaml(&gitlab)["chatkit"].clone();
    let machine = Machine::new();
    let lines = ["before_script", "script"]
        .iter()
        .flat_map(|part| job[*part].as_array().unwrap());
    let script: Vec<_> = lines.map(|line| line.as_str().unwrap()).collect();
    let script = script
        .join("\n")
        .replace(".sh &", ".sh > backend.log 2>&1 &");
    machine.passes(&script, &BTreeMap::new());
    for artifact in ["chatkit.html", "chatkit.xml"] {
        assert!(
            gitlab.matches(artifact).count() >= 2,
            "{artifact} is written and kept"
        );
        assert!(!machine.read(artifact).is_empty(), "{artifact}");
    }
}

#[test]
fn the_recipe_for_a_shell_leaves_nothing_behind() {
    let [script] = blocks("bash").try_into().unwrap();
    let machine = Machine::new();
    machine.passes(&script, &BTreeMap::new());
    assert!(!machine.read("tested").is_empty());
    assert!(!machine.path("mock.pid").exists(), "the mock still runs");
    assert!(Path::new(&machine.path("mock.log")).exists());
}
