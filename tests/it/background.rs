//! `chatkit serve --background` and `--stop`: a server that a pipeline starts and ends.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};

use crate::dsl::{Outcome, Run, chatkit};

/// A home folder whose servers end with the test.
struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// `chatkit serve` with these arguments.
    fn serve(&self, args: &[&str]) -> Run {
        let args = ["serve"].iter().chain(args).copied();
        chatkit(args).in_home(self.folder.path())
    }

    /// Starts a server on a free port.
    ///
    /// The run collects stdout to its end, so that a server that held on to it would never return.
    fn start(&self, args: &[&str]) -> Outcome {
        let free = ["--mock", "--background", "--wait", "--port", "0"];
        self.serve(&[&free, args].concat()).code(0)
    }

    fn pid_files(&self) -> Vec<PathBuf> {
        let folder = self.folder.path().join(".local/state/chatkit/serve");
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        let paths = entries.map(|entry| entry.unwrap().path());
        let is_pid = |path: &PathBuf| path.extension().is_some_and(|end| end == "pid");
        paths.filter(is_pid).collect()
    }

    fn stop(&self, file: &Path) {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_chatkit"));
        command.args(["serve", "--stop", "--pid-file"]).arg(file);
        let _ = command.env("HOME", self.folder.path()).output();
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        for file in self.pid_files() {
            self.stop(&file);
        }
    }
}

fn port(url: &str) -> &str {
    url.trim_end().rsplit_once(':').unwrap().1
}

fn is_open(url: &str) -> bool {
    TcpStream::connect(format!("127.0.0.1:{}", port(url))).is_ok()
}

#[test]
fn it_prints_its_address_when_it_answers_and_stops_when_it_is_told_to() {
    let home = Home::new();
    let started = home.start(&[]);
    let url = started.stdout.trim_end();
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    let endpoint = format!("{url}/chatkit");
    chatkit(["send", "--url", &endpoint, "show text 2"])
        .stdout_has("the mock")
        .code(0);
    let [file] = home.pid_files().try_into().unwrap();
    let pid = std::fs::read_to_string(&file).unwrap();
    assert_eq!(file.file_stem().unwrap(), port(url));
    home.serve(&["--stop", "--port", port(url)])
        .stdout("")
        .stderr_has(&format!("stopped the server (pid {})", pid.trim_end()))
        .code(0);
    assert!(!is_open(url));
    assert!(home.pid_files().is_empty());
}

#[test]
fn json_says_where_everything_is() {
    let home = Home::new();
    let file = home.folder.path().join("mock.pid");
    let started = home.start(&["--json", "--pid-file", "mock.pid"]).json();
    assert_eq!(started["event"], "listening");
    assert!(is_open(started["url"].as_str().unwrap()));
    let real = std::fs::canonicalize(&file).unwrap();
    let said = std::fs::canonicalize(started["pid_file"].as_str().unwrap()).unwrap();
    assert_eq!(said, real);
    let pid = std::fs::read_to_string(&file).unwrap();
    assert_eq!(pid, format!("{}\n", started["pid"]));
    let log = std::fs::read_to_string(started["log"].as_str().unwrap()).unwrap();
    assert!(log.contains(r#""event":"listening""#), "{log}");
    let stopped = home
        .serve(&["--stop", "--pid-file", "mock.pid", "--json"])
        .code(0);
    assert_eq!(stopped.json()["pid"], started["pid"]);
    assert!(!file.exists());
}

#[test]
fn a_file_that_is_no_servers_is_neither_removed_nor_written() {
    let home = Home::new();
    for (name, text) in [("notes.txt", "buy milk\n"), ("nginx.pid", "17\n")] {
        let file = home.folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        for args in [
            &["--stop", "--pid-file", name][..],
            &["--mock", "--background", "--port", "0", "--pid-file", name],
        ] {
            home.serve(args)
                .stderr_has(&format!("{name} is not the pid file of a server"))
                .code(2);
            assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
        }
    }
}

#[test]
fn a_second_one_on_the_same_port_is_told_who_runs() {
    let home = Home::new();
    let url = home.start(&[]).stdout;
    let [file] = home.pid_files().try_into().unwrap();
    let pid = std::fs::read_to_string(&file).unwrap();
    home.serve(&["--mock", "--background", "--port", port(&url)])
        .error(&format!("a server runs already (pid {})", pid.trim_end()))
        .hint("stop it with 'chatkit serve --stop")
        .code(2);
    assert!(is_open(&url), "the first one runs on");
}

#[test]
fn one_that_does_not_start_says_why() {
    let home = Home::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    home.serve(&["--mock", "--background", "--wait", "--port", port(&taken)])
        .stdout("")
        .error(&format!("{taken} is taken by another program"))
        .hint("pass another --port")
        .code(2);
    assert!(home.pid_files().is_empty());
}

#[test]
fn the_only_one_that_runs_need_not_be_named_and_of_several_one_has_to_be() {
    let home = Home::new();
    home.serve(&["--stop"]).error("no server to stop").code(2);
    let (first, second) = (home.start(&[]).stdout, home.start(&[]).stdout);
    home.serve(&["--stop"])
        .error("several servers run, on the ports ")
        .code(2);
    home.serve(&["--stop", "--port", port(&first)]).code(0);
    home.serve(&["--stop"]).code(0);
    assert!(!is_open(&first) && !is_open(&second));
}

#[test]
fn a_process_that_has_got_the_number_of_a_dead_server_is_left_alone() {
    let home = Home::new();
    let file = home.folder.path().join("old.pid");
    // Were it believed, this very test would be ended.
    std::fs::write(&file, std::process::id().to_string()).unwrap();
    std::fs::write(file.with_extension("lock"), "").unwrap();
    home.serve(&["--stop", "--pid-file", "old.pid"])
        .error("no server to stop: it has ended by itself")
        .code(2);
    assert!(!file.exists());
}

#[test]
fn waiting_is_for_one_in_the_background() {
    chatkit(["serve", "--mock", "--wait"])
        .stderr_has("--background")
        .code(2);
    chatkit(["serve", "--mock", "--background", "--wait=soon"])
        .stderr_has("--wait")
        .code(2);
    chatkit(["serve", "--background"])
        .hint("start a mock with 'chatkit serve --mock'")
        .code(2);
}
