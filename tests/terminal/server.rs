//! Against a server of its own: what one run leaves, the next one finds.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::terminal::{CTRL_C, CTRL_D, chat};

/// `chatkit serve --mock`; dropping it ends it.
pub struct Server {
    child: Child,
    pub url: String,
}

impl Server {
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// With more arguments than a server needs.
    pub fn with(args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_chatkit"))
            .args(["serve", "--mock", "--port", "0", "--json"])
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let told: serde_json::Value = serde_json::from_str(&line).unwrap();
        let url = format!("{}/chatkit", told["url"].as_str().unwrap());
        Self { child, url }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_server_keeps_what_came_before_ctrl_c_and_the_next_run_goes_on_with_it() {
    let server = Server::start();
    let home = tempfile::tempdir().unwrap();
    let place = server
        .url
        .trim_start_matches("http://")
        .trim_end_matches("/chatkit");
    let mut first = chat(["--url", &server.url]).home(home.path()).start();
    first.sees(&format!("{place} >"));
    first.says("show slow").sees("one word after another");
    first.types(CTRL_C).sees("cancelled").sees_prompt();
    first.says("/rename Half of it").sees("· Half of it >");
    first.types(CTRL_D).ends_with(0);

    let mut second = chat(["--url", &server.url, "-c"]).home(home.path()).start();
    second.sees("one word after another").sees("· Half of it >");
    second.says("hello").sees("You said:").sees_prompt();
    second.says("/retry").sees("You said:").sees_prompt();
    second.says("/items").sees("assistant").sees_prompt();
    second.types("/open \t").sees("/open thr_").types(CTRL_C);
    second.types(CTRL_D).ends_with(0);
}

#[test]
fn a_server_that_ends_while_it_answers_is_told_and_outlived() {
    let server = Server::start();
    let mut terminal = chat(["--url", &server.url]).start();
    terminal.says("show slow").sees("one word after another");
    drop(server);
    terminal
        .sees("error: ")
        .sees("received before that:")
        .sees_prompt();
    terminal.says("hello").sees("cannot reach").sees_prompt();
}
