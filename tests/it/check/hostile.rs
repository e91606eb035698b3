//! Backends that mean no good: each check of them ends soon, with the right words and exit code.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use crate::dsl::{Run, chatkit};

/// A listener that does the same with every connection, each in a thread of its own.
fn server(serve: fn(&mut TcpStream)) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/chatkit", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || {
                let mut stream = stream.unwrap();
                let _ = stream.read(&mut vec![0; 64 * 1024]);
                serve(&mut stream);
            });
        }
    });
    url
}

fn check(url: &str, args: &[&str]) -> Run {
    chatkit(["check", "--url", url].iter().chain(args).copied())
}

fn head(stream: &mut TcpStream, content_type: &str) {
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\nconnection: close\r\n\r\n");
    let _ = stream.write_all(head.as_bytes());
}

/// Writes for as long as somebody reads.
fn for_ever(stream: &mut TcpStream, bytes: &[u8]) {
    while stream.write_all(bytes).is_ok() {}
}

#[test]
fn a_server_that_never_answers_is_given_up() {
    let url = server(|stream| {
        let _ = stream.read(&mut [0]);
    });
    let begun = Instant::now();
    check(&url, &["--max-turn", "500ms"])
        .error("no answer from http://127.0.0.1:")
        .stderr_has("within 0.5 s")
        .code(5);
    check(&url, &["--max-turn", "500ms", "--smoke"])
        .stderr_has("within 0.5 s")
        .code(5);
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_stream_without_an_end_is_left() {
    let slow: fn(&mut TcpStream) = |stream| {
        head(stream, "text/event-stream");
        while stream
            .write_all(b"data: {\"type\":\"progress_update\",\"text\":\"still here\"}\n\n")
            .is_ok()
        {
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    let url = server(slow);
    check(&url, &["--max-turn", "500ms", "--only", "speed"])
        .stdout_has("FAIL speed/turn (must): a turn comes to its end within --max-turn")
        .stdout_has("expected: at most 500 ms")
        .code(3);
    check(&url, &["--max-turn", "500ms", "--smoke"])
        .error("speed/turn: ")
        .code(3);
}

#[test]
fn what_has_no_end_is_not_waited_for_to_remove_a_thread() {
    let url = server(|stream| {
        head(stream, "text/event-stream");
        let created = crate::backend::created();
        let _ = stream.write_all(format!("data: {created}\n\n").as_bytes());
        while stream.write_all(b": still here\n\n").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    let begun = Instant::now();
    check(&url, &["--max-turn", "500ms", "--smoke"])
        .stderr_has("the thread thr_1 could not be removed")
        .code(3);
    assert!(begun.elapsed() < Duration::from_secs(12));
}

#[test]
fn an_answer_of_ten_gigabytes_is_not_held() {
    let document = server(|stream| {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 10737418240\r\n\r\n";
        let _ = stream.write_all(head.as_bytes());
        for_ever(stream, &vec![b' '; 64 * 1024]);
    });
    let stream = server(|stream| {
        head(stream, "text/event-stream");
        let frame = format!(
            "data: {{\"type\":\"x\",\"y\":\"{}\"}}\n\n",
            "z".repeat(60 * 1024)
        );
        for_ever(stream, frame.as_bytes());
    });
    let line = server(|stream| {
        head(stream, "text/event-stream");
        let _ = stream.write_all(b"data: ");
        for_ever(stream, &vec![b'x'; 64 * 1024]);
    });
    for url in [document, stream, line] {
        check(&url, &["--only", "transport/whole-answers"])
            .stdout_has("the answer is larger than 32 MiB")
            .code(3);
    }
}

#[test]
fn garbage_is_named_as_what_it_is() {
    let page = server(|stream| {
        head(stream, "text/html");
        let _ = stream.write_all(b"<html>\x1b[2J\xff welcome to nginx</html>");
    });
    check(&page, &[])
        .stdout_has("FAIL requests/threads.create (must)")
        .stdout_has("the content type is text/html")
        .stdout_has("welcome to nginx")
        .code(3);
    let noise = server(|stream| {
        let _ = stream.write_all(b"\x00\xff\xfe SSH-2.0 \r\n\r\n");
    });
    check(&noise, &[])
        .error("cannot reach http://127.0.0.1:")
        .code(5);
    let frames = server(|stream| {
        head(stream, "text/event-stream");
        let _ = stream.write_all(b"data: \xff\xfe\n\ndata: [1\n\ndata: 7\n\n: \x1b]0;x\n\n");
    });
    check(&frames, &[])
        .stdout_has("FAIL transport/json-frames (must)")
        .stdout_has("frame 2")
        .code(3);
}

#[test]
fn redirects_in_a_circle_are_not_followed_for_ever() {
    let url = server(|stream| {
        let answer = "HTTP/1.1 307 Temporary Redirect\r\nlocation: /chatkit\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        let _ = stream.write_all(answer.as_bytes());
    });
    for args in [&["--smoke"][..], &[]] {
        check(&url, args)
            .stderr_has("it redirects more than 10 times")
            .code(5);
    }
}

#[test]
fn nobody_there_is_not_a_failed_check() {
    check("http://127.0.0.1:9/chatkit", &["--smoke"])
        .error("cannot reach http://127.0.0.1:9/chatkit: connection refused")
        .code(5);
}

#[test]
fn a_turn_whose_head_is_late_is_too_long() {
    let url = server(|stream| {
        std::thread::sleep(Duration::from_millis(300));
        head(stream, "text/event-stream");
    });
    check(&url, &["--max-turn", "1ms", "--only", "speed"])
        .stdout_has("FAIL speed/turn (must)")
        .code(3);
}

/// Hands on one request of each connection to the backend, and closes it behind the answer without
/// having said so.
fn closing(backend: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/chatkit", listener.local_addr().unwrap());
    let backend = backend.to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, backend) = (stream.unwrap(), backend.clone());
            std::thread::spawn(move || hand_on(stream, &backend));
        }
    });
    url
}

fn hand_on(mut client: TcpStream, backend: &str) {
    let mut behind = TcpStream::connect(backend).unwrap();
    let mut request = client.try_clone().unwrap();
    let mut to = behind.try_clone().unwrap();
    std::thread::spawn(move || std::io::copy(&mut request, &mut to));
    let mut answer = Vec::new();
    let mut piece = [0; 16 * 1024];
    // The head of an answer tells how long its body is; an event stream ends with its last chunk.
    while !is_whole(&answer) {
        match behind.read(&mut piece) {
            Ok(0) | Err(_) => break,
            Ok(size) => {
                answer.extend_from_slice(&piece[..size]);
                if client.write_all(&piece[..size]).is_err() {
                    break;
                }
            }
        }
    }
    let _ = behind.shutdown(std::net::Shutdown::Both);
    let _ = client.shutdown(std::net::Shutdown::Both);
}

fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.to_lowercase();
    let length = length.split("content-length: ").nth(1);
    let length = length.map(|rest| rest.split("\r\n").next().unwrap().parse::<usize>().unwrap());
    match length {
        Some(length) => answer.len() - head.len() - 4 >= length,
        None => body.ends_with("0\r\n\r\n") || head.contains(" 204 "),
    }
}

#[test]
fn a_connection_that_is_closed_behind_an_answer_is_no_fault() {
    let mock = crate::proxy::Server::start(&["--mock", "--pace", "0"]);
    let url = closing(mock.url.trim_start_matches("http://"));
    check(&url, &["--jobs", "8"])
        .stdout_has(" passed, 0 failed")
        .code(0);
    let talk = ["show all", "--tool", "get_current_page={}"];
    let (_folder, file) = crate::against::recorded(&mock, &talk);
    crate::against::against(&file, &url, &[]).code(0);
}
