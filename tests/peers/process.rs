//! Child processes: every one is killed when its owner is dropped, and every wait has a bound.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long a server may take until it prints its address. A cold interpreter takes seconds.
const START: Duration = Duration::from_secs(60);
const TICK: Duration = Duration::from_millis(5);

/// A command that sees no proxy, because everything here is on this machine.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONUTF8", "1");
    command
}

/// One output of a child, read by a thread so that the child never waits for its reader.
#[derive(Default)]
struct Pipe {
    state: Mutex<PipeState>,
    changed: Condvar,
}

#[derive(Default)]
struct PipeState {
    bytes: Vec<u8>,
    closed: bool,
}

impl Pipe {
    fn drain(mut from: impl Read + Send + 'static) -> Arc<Self> {
        let pipe = Arc::new(Self::default());
        let writer = Arc::clone(&pipe);
        thread::spawn(move || {
            let mut buffer = vec![0; 64 * 1024];
            while let Ok(count @ 1..) = from.read(&mut buffer) {
                writer.change(|state| state.bytes.extend_from_slice(&buffer[..count]));
            }
            writer.change(|state| state.closed = true);
        });
        pipe
    }

    fn change(&self, change: impl FnOnce(&mut PipeState)) {
        change(&mut self.state.lock().expect("no reader panics"));
        self.changed.notify_all();
    }

    /// Waits until `enough` holds, the pipe is closed, or the time is up; then what has come.
    fn wait(&self, limit: Duration, enough: impl Fn(&[u8]) -> bool) -> Vec<u8> {
        let state = self.state.lock().expect("no reader panics");
        let waits = |state: &mut PipeState| !state.closed && !enough(&state.bytes);
        let (state, _) = self
            .changed
            .wait_timeout_while(state, limit, waits)
            .expect("no reader panics");
        state.bytes.clone()
    }
}

/// What a command left behind.
pub struct Finished {
    pub code: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

/// A child that runs.
pub struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Arc<Pipe>,
    stderr: Arc<Pipe>,
}

impl Running {
    /// Starts the command with all three streams piped.
    pub fn start(mut command: Command) -> Self {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .unwrap_or_else(|cause| panic!("cannot start {command:?}: {cause}"));
        let stdin = child.stdin.take();
        let stdout = Pipe::drain(child.stdout.take().expect("stdout is piped"));
        let stderr = Pipe::drain(child.stderr.take().expect("stderr is piped"));
        Self {
            child,
            stdin,
            stdout,
            stderr,
        }
    }

    /// Writes all of the child's standard input, then ends it.
    #[must_use]
    pub fn feed(mut self, input: &[u8]) -> Self {
        if let Some(mut stdin) = self.stdin.take() {
            let input = input.to_vec();
            // A child may leave without reading, which is its business and no failure here.
            thread::spawn(move || stdin.write_all(&input).ok());
        }
        self
    }

    /// Waits until standard output holds `needle`; panics when it does not get to it.
    pub fn wait_for(&self, needle: &str, limit: Duration) {
        let seen = self
            .stdout
            .wait(limit, |bytes| contains(bytes, needle.as_bytes()));
        assert!(
            contains(&seen, needle.as_bytes()),
            "no {needle:?} in time: {}",
            self.story(&seen)
        );
    }

    /// The first line of standard output.
    fn first_line(&self, limit: Duration) -> String {
        let seen = self.stdout.wait(limit, |bytes| bytes.contains(&b'\n'));
        let line = String::from_utf8_lossy(&seen)
            .lines()
            .next()
            .map(str::to_owned);
        line.unwrap_or_else(|| panic!("no first line: {}", self.story(&seen)))
    }

    fn story(&self, stdout: &[u8]) -> String {
        let stderr = self.stderr.wait(Duration::ZERO, |_| true);
        format!("stdout: {}\nstderr: {}", shorten(stdout), shorten(&stderr))
    }

    /// Sends the child what Ctrl-C sends.
    pub fn interrupt(&self) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status();
        assert!(
            sent.is_ok_and(|status| status.success()),
            "cannot interrupt {id}"
        );
    }

    fn exit(&mut self, limit: Duration) -> Option<ExitStatus> {
        let end = Instant::now() + limit;
        loop {
            let status = self.child.try_wait().expect("the child can be waited for");
            if status.is_some() || Instant::now() >= end {
                return status;
            }
            thread::sleep(TICK);
        }
    }

    /// Waits for the end of the child; kills it and panics when it takes longer than `limit`.
    pub fn finish(mut self, limit: Duration) -> Finished {
        let status = self.exit(limit);
        let rest = Duration::from_secs(5);
        let stdout = self
            .stdout
            .wait(if status.is_some() { rest } else { TICK }, |_| false);
        let Some(status) = status else {
            panic!("still running after {limit:?}: {}", self.story(&stdout));
        };
        let stderr = self.stderr.wait(rest, |_| false);
        Finished {
            code: status.code(),
            stdout,
            stderr,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A server that printed its address, running until it is dropped.
pub struct Server {
    url: String,
    _running: Running,
}

impl Server {
    /// Starts the command and reads the address from the JSON of its first line.
    pub fn start(command: Command) -> Self {
        let running = Running::start(command);
        let line = running.first_line(START);
        let said: Value = serde_json::from_str(&line)
            .unwrap_or_else(|cause| panic!("the first line is no JSON ({cause}): {line}"));
        let url = said["listening"].as_str().or(said["url"].as_str());
        let url = url.unwrap_or_else(|| panic!("no address in the first line: {line}"));
        Self {
            url: url.trim_end_matches('/').to_owned(),
            _running: running,
        }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// The end of an output, because the cause stands there.
pub fn shorten(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let start = text.char_indices().rev().nth(2000).map_or(0, |(at, _)| at);
    text[start..].to_owned()
}
