//! What a check leaves behind: nothing, however it ends.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::dsl::chatkit;

/// A mock that ends with the test.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_chatkit"))
            .args(["serve", "--mock", "--port", "0", "--json", "--pace", "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        Self {
            url: format!("{}/chatkit", line["url"].as_str().unwrap()),
            child,
        }
    }

    fn threads(&self) -> usize {
        let args = ["thread", "list", "--all", "--json", "--url", &self.url];
        let page = chatkit(args).code(0).json();
        page["data"].as_array().unwrap().len()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_threads_of_a_check_are_removed_unless_they_are_to_be_kept() {
    let server = Server::start();
    chatkit(["check", "--url", &server.url]).code(0);
    assert_eq!(server.threads(), 0);
    chatkit(["check", "--url", &server.url, "--smoke"]).code(0);
    assert_eq!(server.threads(), 0);
    chatkit(["check", "--url", &server.url, "--smoke", "--keep"]).code(0);
    assert_eq!(server.threads(), 1);
}

#[test]
fn a_check_that_fails_cleans_up_too() {
    let server = Server::start();
    let args = [
        "check",
        "--url",
        &server.url,
        "--only",
        "speed",
        "--max-ttfb",
        "0.000001",
    ];
    chatkit(args).code(3);
    assert_eq!(server.threads(), 0);
}

#[cfg(unix)]
#[test]
fn ctrl_c_cleans_up_too() {
    let server = Server::start();
    let mut check = Command::new(env!("CARGO_BIN_EXE_chatkit"))
        // A turn of minutes, so that the check is still at it when it is interrupted.
        .args(["check", "--url", &server.url, "--message", "show slow 600"])
        .args(["--max-turn", "60s"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while server.threads() == 0 {
        assert!(begun.elapsed() < Duration::from_secs(30), "no thread came");
    }
    // The client learns of the thread by its first event, which was sent before it was listed.
    std::thread::sleep(Duration::from_millis(500));
    let id = check.id().to_string();
    Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert_eq!(check.wait().unwrap().code(), Some(130));
    assert_eq!(server.threads(), 0);
}

/// A thread that is being made when the check is interrupted: it is named only afterwards.
#[cfg(unix)]
#[test]
fn a_thread_that_is_named_after_ctrl_c_is_removed() {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::sync::mpsc;

    fn serve(stream: &mut TcpStream, interrupted: &mpsc::Receiver<()>) -> String {
        let mut request = vec![0; 64 * 1024];
        let mut asked = String::new();
        while !asked.contains("\"type\":\"threads.") {
            let count = stream.read(&mut request).unwrap();
            assert!(count > 0, "{asked}");
            asked.push_str(&String::from_utf8_lossy(&request[..count]));
        }
        if asked.contains("threads.create") {
            ASKED.store(true, Ordering::SeqCst);
            interrupted.recv().unwrap();
            let thread = crate::backend::created();
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
            write!(stream, "{head}data: {thread}\n\n").unwrap();
        } else {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json";
            write!(stream, "{head}\r\ncontent-length: 2\r\n\r\n{{}}").unwrap();
        }
        asked
    }
    use std::sync::atomic::{AtomicBool, Ordering};
    static ASKED: AtomicBool = AtomicBool::new(false);

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/chatkit", listener.local_addr().unwrap());
    let (interrupt, interrupted) = mpsc::channel();
    let server = std::thread::spawn(move || {
        // The first connection stays open, as a turn that goes on.
        let (mut turn, _) = listener.accept().unwrap();
        serve(&mut turn, &interrupted);
        let (mut deletion, _) = listener.accept().unwrap();
        serve(&mut deletion, &interrupted)
    });
    let mut check = Command::new(env!("CARGO_BIN_EXE_chatkit"))
        .args(["check", "--url", &url])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while !ASKED.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(10));
    }
    let id = check.id().to_string();
    Command::new("kill").args(["-INT", &id]).status().unwrap();
    interrupt.send(()).unwrap();
    assert_eq!(check.wait().unwrap().code(), Some(130));
    assert!(server.join().unwrap().contains("threads.delete"));
}
