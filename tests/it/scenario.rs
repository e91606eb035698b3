//! `chatkit scenario`, and `serve --scenario` from outside.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::dsl::chatkit;

const EXAMPLE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/command/scenario/example.yaml"
);

/// A server that ends with the test.
struct Server {
    child: Child,
    _stdout: BufReader<ChildStdout>,
    address: String,
}

impl Server {
    fn start(scenario: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_chatkit"))
            .args(["serve", "--mock", "--port", "0", "--json", "--pace", "0"])
            .args(["--seed", "7", "--scenario", scenario])
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        let url = line["url"].as_str().unwrap();
        Self {
            child,
            _stdout: stdout,
            address: url.trim_start_matches("http://").to_owned(),
        }
    }

    /// Everything that comes back for a message, to the byte, up to where the connection ends.
    fn say(&self, text: &str) -> Vec<u8> {
        let body = format!(
            r#"{{"type":"threads.create","params":{{"input":{{"content":[{{"type":"input_text","text":"{text}"}}],"attachments":[],"inference_options":{{}}}}}}}}"#
        );
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        write!(
            stream,
            "POST /chatkit HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        answer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn each_bad_scenario_is_refused_with_its_line_and_its_reason() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/bad");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "yaml") {
            continue;
        }
        count += 1;
        let name = path.to_str().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        // The first line says what is to be found: `# LINE: REASON`.
        let head = text.lines().next().unwrap().trim_start_matches("# ");
        let (line, reason) = head.split_once(": ").unwrap();
        let line: u64 = line.parse().unwrap();
        let run = chatkit(["scenario", "check", "--json", name]).code(3);
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        let is_it = |finding: &Value| {
            let help = finding["help"].as_str().unwrap_or_default();
            let said = format!("{} {help}", finding["message"].as_str().unwrap());
            finding["line"] == line && said.contains(reason)
        };
        let findings = report["findings"].as_array().unwrap();
        assert!(
            findings.iter().any(is_it),
            "{name}: expected {head}\n{findings:#?}"
        );
    }
    assert!(count >= 60, "{count}");
}

#[test]
fn the_schema_that_is_checked_in_is_up_to_date() {
    let written = chatkit(["scenario", "schema"]).code(0).stdout;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/scenario.schema.json");
    let checked_in = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == checked_in.replace("\r\n", "\n"),
        "stale; run: cargo run -- scenario schema > scenario.schema.json"
    );
}

#[test]
fn the_example_is_sound_and_is_not_written_over_a_file() {
    let home = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| chatkit(args.iter().copied()).in_home(home.path());
    run(&["scenario", "new"]).stdout("scenario.yaml\n").code(0);
    run(&["scenario", "check", "scenario.yaml"]).code(0);
    run(&["scenario", "new"])
        .error("scenario.yaml is there already")
        .code(2);
    run(&["scenario", "check", "nowhere.yaml"])
        .error("cannot read nowhere.yaml")
        .code(2);
}

#[test]
fn a_server_does_not_start_with_a_bad_scenario_and_shows_the_line() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("bad.yaml");
    std::fs::write(&file, "- when: a\n  then:\n  - txet: b\n").unwrap();
    chatkit(["serve", "--mock", "--port", "0", "--scenario", "bad.yaml"])
        .folder(home.path())
        .stderr_has("txet: b")
        .error("bad.yaml:3:5: unknown word `txet`")
        .code(2);
}

#[test]
fn two_runs_with_one_seed_are_the_same_to_the_byte() {
    let said = [
        "hello",
        "order #42",
        "card",
        "where am I",
        "pizza",
        "picture",
        "lock it",
        "fail",
        "busy",
        "drop",
        "nonsense",
        "show all",
    ];
    let run = || {
        let server = Server::start(EXAMPLE);
        said.map(|text| String::from_utf8(server.say(text)).unwrap())
    };
    let (first, second) = (run(), run());
    for (index, text) in said.iter().enumerate() {
        assert_eq!(first[index], second[index], "{text}");
    }
    assert!(first[0].contains("**there**"), "{}", first[0]);
    assert!(first[1].contains("Order 42"), "{}", first[1]);
    assert!(first[8].starts_with("HTTP/1.1 429"), "{}", first[8]);
    assert!(first[10].contains("data: {not json\n\n"), "{}", first[10]);
}

#[test]
fn a_scenario_is_read_again_when_it_is_saved_and_a_bad_one_is_not_taken() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("s.yaml");
    std::fs::write(&file, "- then: first answer\n").unwrap();
    let server = Server::start(file.to_str().unwrap());
    let says = |wanted: &str| {
        let answer = String::from_utf8(server.say("x")).unwrap();
        answer.contains(wanted)
    };
    let becomes = |wanted: &str| {
        let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
        while !says(wanted) {
            assert!(std::time::Instant::now() < end, "never {wanted}");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    };
    assert!(says("\"first answer\""));
    // An editor writes beside the file and renames.
    let beside = home.path().join("s.yaml.tmp");
    std::fs::write(&beside, "- then: second answer\n").unwrap();
    std::fs::rename(&beside, &file).unwrap();
    becomes("\"second answer\"");
    std::fs::write(&file, "- then: [\n").unwrap();
    std::fs::write(home.path().join("other"), "").unwrap();
    assert!(says("\"second answer\""));
    std::fs::write(&file, "- then: third answer\n").unwrap();
    becomes("\"third answer\"");
}

#[cfg(unix)]
#[test]
fn a_check_ends_at_once_when_it_is_told_to() {
    for (signal, command) in [
        ("-INT", &["scenario", "check"][..]),
        ("-TERM", &["serve", "--mock", "--port", "0", "--scenario"]),
    ] {
        let home = tempfile::tempdir().unwrap();
        let pipe = crate::scenario_reload::pipe(home.path());
        let mut child = Command::new(env!("CARGO_BIN_EXE_chatkit"))
            .args(command)
            .arg(&pipe)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // That it can be opened for writing says that somebody reads; there is no end to it.
        let _endless = std::fs::OpenOptions::new().write(true).open(&pipe).unwrap();
        let id = child.id().to_string();
        let told = Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(told.success());
        assert_eq!(child.wait().unwrap().code(), Some(130), "{command:?}");
    }
}

#[test]
fn a_subfolder_with_scenarios_is_told_unless_it_is_named_itself() {
    let home = tempfile::tempdir().unwrap();
    let (shop, parts) = (home.path().join("shop"), home.path().join("parts"));
    for folder in [&shop, &parts, &home.path().join(".git")] {
        std::fs::create_dir(folder).unwrap();
    }
    std::fs::write(home.path().join("a.yaml"), "- when: a\n  then: b\n").unwrap();
    std::fs::write(shop.join("b.yml"), "- when: b\n  then: c\n").unwrap();
    std::fs::write(parts.join("card.json"), "{}").unwrap();
    std::fs::write(home.path().join(".git/c.yaml"), "").unwrap();
    let (home, shop) = (home.path().to_str().unwrap(), shop.to_str().unwrap());
    chatkit(["scenario", "check", home])
        .stderr_has("a folder is read without its subfolders, and this one has scenarios")
        .stderr_has(shop)
        .stderr_has_not("card.json")
        .code(3);
    chatkit(["scenario", "check", home, shop])
        .stderr_has("ok: 2 rules")
        .code(0);
}

#[test]
fn a_file_that_is_handed_round_steers_no_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("red\u{1b}[31m.yaml");
    let text = "version: 1\nrules:\n  - then:\n      - \"\\e[31mbad\\u202e\": 1\n";
    std::fs::write(&file, text).unwrap();
    let file = file.to_string_lossy();
    let check: &[&str] = &["scenario", "check", &file];
    let serve: &[&str] = &["serve", "--mock", "--port", "0", "--scenario", &file];
    for (args, code) in [(check, 3), (serve, 2)] {
        let told = chatkit(args.iter().copied()).code(code).stderr;
        assert!(told.contains("␛[31mbad"), "{told}");
        assert!(!told.contains(['\u{1b}', '\u{202e}']), "{told:?}");
    }
}

#[test]
fn a_scenario_that_is_refused_is_refused_for_its_error_and_not_for_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.yaml");
    let text = "- when: a\n  then: [{error: x}, never]\n- when: b\n  then: '{{ nothing.at }}'\n";
    std::fs::write(&path, text).unwrap();
    let path = path.display().to_string();
    chatkit(["serve", "--mock", "--port", "0", "--scenario", &path])
        .error(&format!("{path}:4:9: invalid template"))
        .code(2);
}
