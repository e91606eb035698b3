//! A server for one test, which says exactly the bytes that it is told to say.
//!
//! A real HTTP server would not let a test cut a chunked body or never answer.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::{Backend, Endpoint, Options, Url};

/// What the server does with a request, in order; after it the next request is read.
pub(super) enum Step {
    Say(Vec<u8>),
    Wait(Duration),
    /// The same again and again, until the client has gone.
    Forever(Vec<u8>),
    /// Says nothing more, and notes when the client has gone.
    UntilGone,
    Close,
}

/// A request as it came in.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// `POST /chatkit`.
    pub line: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

pub(super) struct Loopback {
    pub url: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
    gone: Arc<Notify>,
    /// Dropping it stops the server.
    _tasks: JoinSet<()>,
}

type Script = dyn Fn(usize, &Seen) -> Vec<Step> + Send + Sync;

impl Loopback {
    /// Starts a server; the script is told which request it is, from 0, and what it says.
    pub(super) async fn start(
        script: impl Fn(usize, &Seen) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").await.unwrap(), script)
    }

    pub(super) fn on(
        listener: TcpListener,
        script: impl Fn(usize, &Seen) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        let address = listener.local_addr().unwrap();
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let gone = Arc::<Notify>::default();
        let mut tasks = JoinSet::new();
        let (all, left) = (seen.clone(), gone.clone());
        let script: Arc<Script> = Arc::new(script);
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                connections.spawn(serve(socket, script.clone(), all.clone(), left.clone()));
            }
        });
        Self {
            url: format!("http://{address}/chatkit").parse().unwrap(),
            seen,
            gone,
            _tasks: tasks,
        }
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Waits until a client has gone while the server was in `Forever` or `UntilGone`.
    pub(super) async fn left_alone(&self) {
        tokio::time::timeout(Duration::from_secs(5), self.gone.notified())
            .await
            .expect("the client keeps its connection");
    }

    /// A client of this server, with a time limit that no passing test reaches.
    pub(super) fn backend(&self) -> Backend {
        self.backend_with(options())
    }

    pub(super) fn backend_with(&self, options: Options) -> Backend {
        let endpoint = Endpoint::SelfHosted {
            url: self.url.clone(),
            upload_url: None,
        };
        Backend::new(endpoint, options).unwrap()
    }

    /// The address of another path of this server.
    pub(super) fn at(&self, path: &str) -> Url {
        self.url.join(path).unwrap()
    }
}

impl Seen {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(other, _)| other == name);
        values.next().map(|(_, value)| value.as_str())
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

pub(super) fn options() -> Options {
    Options {
        timeout: Duration::from_secs(20),
        ..Options::default()
    }
}

/// Options with a time limit that a test means to reach.
pub(super) fn impatient() -> Options {
    Options {
        timeout: Duration::from_millis(500),
        ..Options::default()
    }
}

pub(super) fn say(text: impl AsRef<[u8]>) -> Step {
    Step::Say(text.as_ref().to_vec())
}

/// A whole answer.
pub(super) fn answer(status: &str, headers: &str, body: &str) -> Vec<Step> {
    vec![say(format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n{body}",
        body.len()
    ))]
}

pub(super) fn json(body: &str) -> Vec<Step> {
    answer("200 OK", "content-type: application/json\r\n", body)
}

/// The head of a chunked event stream.
pub(super) fn stream_head() -> Step {
    say(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n\
         x-request-id: req_1\r\ntransfer-encoding: chunked\r\n\r\n",
    )
}

pub(super) fn chunk(bytes: impl AsRef<[u8]>) -> Step {
    let bytes = bytes.as_ref();
    let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
    chunk.extend_from_slice(bytes);
    chunk.extend_from_slice(b"\r\n");
    Step::Say(chunk)
}

/// A whole event stream.
pub(super) fn events(body: &str) -> Vec<Step> {
    vec![stream_head(), chunk(body), say("0\r\n\r\n")]
}

pub(super) fn frame(json: &str) -> String {
    format!("data: {json}\n\n")
}

async fn serve(
    mut socket: TcpStream,
    script: Arc<Script>,
    all: Arc<Mutex<Vec<Seen>>>,
    gone: Arc<Notify>,
) {
    while let Some(seen) = read_request(&mut socket).await {
        let index = {
            let mut all = all.lock().unwrap();
            all.push(seen.clone());
            all.len() - 1
        };
        for step in script(index, &seen) {
            if !perform(&mut socket, step, &gone).await {
                return;
            }
        }
    }
}

/// Returns whether the connection is still of use.
async fn perform(socket: &mut TcpStream, step: Step, gone: &Notify) -> bool {
    match step {
        Step::Say(bytes) => socket.write_all(&bytes).await.is_ok(),
        Step::Wait(time) => {
            tokio::time::sleep(time).await;
            true
        }
        Step::Forever(bytes) => {
            while socket.write_all(&bytes).await.is_ok() {}
            gone.notify_one();
            false
        }
        Step::UntilGone => {
            let mut rest = [0; 1024];
            while matches!(socket.read(&mut rest).await, Ok(1..)) {}
            gone.notify_one();
            false
        }
        Step::Close => false,
    }
}

async fn read_request(socket: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = memchr::memmem::find(&bytes, b"\r\n\r\n") {
            break end;
        }
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let line = lines.next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    let mut seen = Seen {
        line,
        headers: headers.collect(),
        body: bytes.split_off(end + 4),
    };
    let length = seen
        .header("content-length")
        .map_or(0, |text| text.parse().unwrap());
    while seen.body.len() < length {
        if socket.read_buf(&mut seen.body).await.ok()? == 0 {
            return None;
        }
    }
    Some(seen)
}
