//! A mock with faults, and what comes back from it through a bare socket, to the byte.

use std::cell::Cell;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::dsl::chatkit;

/// Long enough for a loaded machine, and short enough for a person.
const PATIENCE: Duration = Duration::from_secs(20);

/// The operations that are answered by a document.
const DOCUMENTS: &[&str] = &[
    "threads.get_by_id",
    "threads.list",
    "threads.update",
    "threads.delete",
    "items.list",
    "attachments.create",
];

thread_local! {
    /// Whether the mocks of this test get their faults by rules.
    static BY_RULE: Cell<bool> = const { Cell::new(false) };
}

/// A mock that ends with the test.
pub struct Server {
    _scenario: Option<TempDir>,
    child: Child,
    _stdout: BufReader<ChildStdout>,
    pub address: String,
}

/// How the connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The body came whole, by its length or its last chunk.
    Whole,
    /// The connection was closed before that.
    Cut,
    /// The connection was reset.
    Reset,
}

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Every byte, as it came.
    pub raw: Vec<u8>,
    pub head: String,
    /// The chunks of the body; a body with a length is one.
    pub chunks: Vec<Vec<u8>>,
    pub end: End,
}

impl Server {
    /// A mock that breaks these, the same in every run.
    pub fn new(faults: &[&str]) -> Self {
        Self::with(faults, &["--seed", "1", "--pace", "0"])
    }

    pub fn with(faults: &[&str], args: &[&str]) -> Self {
        Self::start(faults, args, Stdio::inherit())
    }

    /// A mock whose stderr goes into a file.
    pub fn telling(args: &[&str], log: std::fs::File) -> Self {
        Self::start(&[], args, log.into())
    }

    fn start(faults: &[&str], args: &[&str], stderr: Stdio) -> Self {
        let scenario = BY_RULE.get().then(|| scenario(faults));
        let path = scenario
            .iter()
            .map(|folder| folder.path().join("scenario.yaml"));
        let faults = if scenario.is_some() { &[] } else { faults };
        let mut child = Command::new(env!("CARGO_BIN_EXE_chatkit"))
            .args(["serve", "--mock", "--port", "0", "--json"])
            .args(args)
            .args(path.flat_map(|path| ["--scenario".into(), path]))
            .args(faults.iter().flat_map(|fault| ["--fault", fault]))
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        let address = line["url"].as_str().unwrap();
        Self {
            address: address.strip_prefix("http://").unwrap().to_owned(),
            child,
            _stdout: stdout,
            _scenario: scenario,
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}/chatkit", self.address)
    }

    /// Sends a request, and hands the connection over.
    pub fn open(&self, request: &str, headers: &str, body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(
            stream,
            "{request} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        stream
    }

    /// Sends a request, and returns all that comes back.
    pub fn ask(&self, request: &str, headers: &str, body: &str) -> Answer {
        let mut stream = self.open(request, headers, body);
        let (raw, is_reset) = read(&mut stream);
        Answer::of(raw, is_reset)
    }

    /// Sends an operation.
    pub fn post(&self, operation: &str, params: &Value) -> Answer {
        let body = json!({"type": operation, "params": params}).to_string();
        self.ask("POST /chatkit", "content-type: application/json\r\n", &body)
    }

    /// Says something that starts a thread.
    pub fn say(&self, text: &str) -> Answer {
        self.post("threads.create", &message(text))
    }

    /// Starts a thread, whose id it returns, whatever becomes of the answer.
    pub fn thread(&self) -> Value {
        self.say("show text 3").events()[0]["thread"]["id"].clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A panic in the mock would be a silent success of many a test.
        let ended = self.child.try_wait().unwrap();
        let _ = self.child.kill();
        let _ = self.child.wait();
        if !std::thread::panicking() {
            assert_eq!(ended, None, "the mock ended by itself");
        }
    }
}

/// Runs a test whose mocks get their faults by the rules of a scenario instead of by flags.
pub fn by_rule(case: fn()) {
    BY_RULE.set(true);
    case();
    BY_RULE.set(false);
}

/// A folder with a scenario that answers as the mock does by itself, broken by these faults.
fn scenario(faults: &[&str]) -> TempDir {
    let list = chatkit(["serve", "--list-faults", "--json"]).code(0).json();
    let strikes = |fault: &str, operation: &str| {
        let name = fault.split(['=', ',']).next().unwrap();
        let row = list.as_array().unwrap().iter();
        let at = &row.clone().find(|row| row["name"] == name).unwrap()["at"];
        at.as_array().unwrap().iter().any(|at| match at.as_str() {
            Some("operations" | "requests") => true,
            Some("streams") => !DOCUMENTS.contains(&operation),
            Some("upload") => operation == "attachments.create",
            at => at == Some(operation),
        })
    };
    let of = |operation: &str| -> Vec<&&str> {
        let struck = faults.iter().filter(|fault| strikes(fault, operation));
        struck.collect()
    };
    let documents = DOCUMENTS
        .iter()
        .map(|name| json!({"when": {"operation": name}, "then": [], "fault": of(name)}));
    let mut rules: Vec<Value> = documents.collect();
    rules.push(json!({
        "when": {"text": {"regex": "^show (?<what>.*)"}},
        "then": {"show": "{{ captures.what }}"},
        "fault": of("threads.create"),
    }));
    let folder = tempfile::tempdir().unwrap();
    let text = serde_json::to_vec(&rules).unwrap();
    std::fs::write(folder.path().join("scenario.yaml"), text).unwrap();
    folder
}

/// The parameters of a message that starts a thread.
pub fn message(text: &str) -> Value {
    json!({"input": {
        "content": [{"type": "input_text", "text": text}],
        "attachments": [], "inference_options": {},
    }})
}

/// Everything up to the end of the connection, and whether that was a reset.
fn read(stream: &mut TcpStream) -> (Vec<u8>, bool) {
    let mut raw = Vec::new();
    match stream.read_to_end(&mut raw) {
        Ok(_) => (raw, false),
        Err(error) if error.kind() == ErrorKind::ConnectionReset => (raw, true),
        Err(error) => panic!("{error} after {:?}", String::from_utf8_lossy(&raw)),
    }
}

/// Reads until this has come; returns all that came, and how long it took.
pub fn read_until(stream: &mut TcpStream, wanted: &str) -> (String, Duration) {
    let (begin, mut seen, mut block) = (Instant::now(), Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&seen).into_owned();
        if text.contains(wanted) {
            return (text, begin.elapsed());
        }
        let read = stream.read(&mut block).unwrap();
        assert!(read > 0, "no {wanted} in {text}");
        seen.extend_from_slice(&block[..read]);
    }
}

impl Answer {
    fn of(raw: Vec<u8>, is_reset: bool) -> Self {
        let gap = raw.windows(4).position(|bytes| bytes == b"\r\n\r\n");
        let (head, body) = match gap {
            Some(gap) => (&raw[..gap], &raw[gap + 4..]),
            None => (&raw[..], &b""[..]),
        };
        let head = String::from_utf8(head.to_vec()).unwrap();
        let is_chunked = head.contains("transfer-encoding: chunked");
        let (chunks, is_whole) = if is_chunked {
            chunks(body)
        } else {
            let length = head.split("content-length: ").nth(1);
            let length = length.map(|rest| rest.lines().next().unwrap().parse().unwrap());
            let is_whole = length.is_some_and(|length: usize| length == body.len());
            (vec![body.to_vec()], is_whole)
        };
        let end = match (is_reset, is_whole) {
            (true, _) => End::Reset,
            (false, true) => End::Whole,
            (false, false) => End::Cut,
        };
        Self {
            raw,
            head,
            chunks,
            end,
        }
    }

    pub fn status(&self) -> u16 {
        self.head.split(' ').nth(1).unwrap().parse().unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub fn body(&self) -> Vec<u8> {
        self.chunks.concat()
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body()).unwrap()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text()).unwrap_or_else(|_| panic!("{}", self.text()))
    }

    /// The events of a stream that is spelled as the reference server spells it.
    #[track_caller]
    pub fn events(&self) -> Vec<Value> {
        let text = self.text();
        let frames = text.split("\n\n").filter(|frame| !frame.is_empty());
        let read = |frame: &str| {
            let json = frame.strip_prefix("data: ");
            json.and_then(|json| serde_json::from_str(json).ok())
        };
        frames
            .map(|frame| read(frame).unwrap_or_else(|| panic!("no event: {frame:?}")))
            .collect()
    }
}

/// The chunks of a chunked body, the last perhaps in part, and whether their end came.
fn chunks(mut body: &[u8]) -> (Vec<Vec<u8>>, bool) {
    let mut chunks = Vec::new();
    while let Some(line) = body.windows(2).position(|bytes| bytes == b"\r\n") {
        let size = std::str::from_utf8(&body[..line]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        body = &body[line + 2..];
        if size == 0 {
            return (chunks, true);
        }
        let have = size.min(body.len());
        chunks.push(body[..have].to_vec());
        body = body.get(size + 2..).unwrap_or_default();
    }
    (chunks, false)
}

/// The answer to `show text 3` of a mock that breaks nothing:
/// 0 `thread.created`, 1 the user's message, 2 `stream_options`, 3 the answer is added, 4 its part,
/// 5 to 7 three deltas, 8 the part is done, 9 the answer is done.
pub fn whole() -> Answer {
    static WHOLE: OnceLock<Answer> = OnceLock::new();
    let answer = WHOLE.get_or_init(|| Server::new(&[]).say("show text 3"));
    assert_eq!(answer.events().len(), 10);
    answer.clone()
}

/// The same of a mock with one fault.
pub fn broken(fault: &str) -> Answer {
    Server::new(&[fault]).say("show text 3")
}
