//! The end of `chatkit serve`, as it is asked for by signals.

use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal as heard};

use super::*;

/// Lets children hear a hangup. They would go on ignoring it where the test itself was started by
/// `nohup`; what a process has a handler for is its default again in those that it starts
/// (execve(2)).
fn hangups_reach_children() {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.unwrap();
    let _inside = runtime.enter();
    // The handler stays when what listens to it is dropped.
    drop(heard(SignalKind::hangup()).unwrap());
}

fn signal(server: &Server, name: &str) {
    let pid = server.child.id().to_string();
    assert!(
        Command::new("kill")
            .args([name, &pid])
            .status()
            .unwrap()
            .success()
    );
}

/// Opens a stream of a word every 100 ms and reads its beginning.
fn slow(server: &Server, words: usize) -> BufReader<TcpStream> {
    let mut stream = server.connect();
    write(
        &mut stream,
        "POST /chatkit",
        &[],
        &say(&format!("show slow {words}")),
    );
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    while !line.contains("text_delta") {
        line.clear();
        assert_ne!(
            stream.read_line(&mut line).unwrap(),
            0,
            "the stream ended early"
        );
    }
    stream
}

#[test]
fn a_stream_that_is_open_ends_in_order_after_sigterm() {
    let mut server = Server::start(&[]);
    let mut stream = slow(&server, 15);
    signal(&server, "-TERM");
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("thread.item.done"), "{rest}");
    assert!(rest.ends_with("0\r\n\r\n"), "the body was cut");
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_terminal_that_is_closed_ends_it_in_order_and_leaves_no_folder() {
    let folder = tempfile::tempdir().unwrap();
    let left = || std::fs::read_dir(folder.path()).unwrap().count();
    hangups_reach_children();
    let mut server = Server::start_in(&[], folder.path());
    let form = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nhi\r\n--x--\r\n";
    let kind = "content-type: multipart/form-data; boundary=x";
    assert_eq!(status(&server.ask("POST /files", &[kind], form)), "200");
    assert_eq!(left(), 1);
    signal(&server, "-HUP");
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    assert_eq!(left(), 0);
}

#[test]
#[cfg(target_os = "linux")]
fn a_server_that_was_started_by_nohup_outlives_its_terminal() {
    let mut nohup = Command::new("nohup");
    nohup.arg(env!("CARGO_BIN_EXE_chatkit"));
    let server = Server::run(nohup, &[]);
    signal(&server, "-HUP");
    for _ in 0..3 {
        assert_eq!(status(&server.ask("GET /healthz", &[], "")), "200");
    }
}

#[test]
fn a_stream_that_never_ends_is_cut_five_seconds_after_ctrl_c() {
    let mut server = Server::start(&[]);
    let mut stream = slow(&server, 5000);
    let asked = Instant::now();
    signal(&server, "-INT");
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    assert!(!rest.ends_with(b"0\r\n\r\n"), "the stream ended in order");
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    let waited = asked.elapsed();
    assert!(
        waited > Duration::from_secs(4) && waited < Duration::from_secs(15),
        "{waited:?}"
    );
}
