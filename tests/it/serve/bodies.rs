//! How large a request may be, and who is told so before it is sent.

use std::io::{Read, Write};

use serde_json::Value;

use super::{Server, error, status};

#[test]
fn a_body_over_32_mib_is_refused() {
    let server = Server::start(&[]);
    let answer = server.post(&[], &" ".repeat(33 * 1024 * 1024));
    assert_eq!(status(&answer), "413");
    assert_eq!(error(&answer)["code"], "request_too_large");
}

#[test]
fn a_body_that_says_that_it_is_too_large_is_refused_before_it_is_sent() {
    let server = Server::start(&[]);
    let (body, upload) = (33 * 1024 * 1024, 513 * 1024 * 1024);
    let origin = "origin: http://localhost:3000";
    let form = "content-type: multipart/form-data; boundary=x";
    let announced = server.post(
        &[],
        r#"{"type":"attachments.create","params":{"name":"a","size":5,"mime_type":"text/plain"}}"#,
    );
    let announced: Value =
        serde_json::from_str(announced.split_once("\r\n\r\n").unwrap().1).unwrap();
    let second_phase = format!("PUT /files/{}", announced["id"].as_str().unwrap());
    let token = &announced["upload_descriptor"]["headers"]["x-upload-token"];
    let token = format!("x-upload-token: {}", token.as_str().unwrap());
    for (request, header, length, refused) in [
        ("POST /chatkit", "x-a: b", body, "413"),
        ("POST /chatkit", origin, body, "413"),
        ("POST /api/chat", "x-a: b", body, "413"),
        ("POST /files", form, upload, "413"),
        // It is another size than the one that was announced, whatever it is.
        (&second_phase, &token, upload, "400"),
    ] {
        for expect in ["x-b: c", "expect: 100-continue"] {
            let mut stream = server.connect();
            write!(
                stream,
                "{request} HTTP/1.1\r\nhost: localhost\r\n{header}\r\n{expect}\r\n\
                 content-length: {length}\r\n\r\n"
            )
            .unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            assert_eq!(status(&answer), refused, "{request}: {answer}");
            assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
            assert_eq!(error(&answer)["type"], "invalid_request_error");
        }
    }
}

#[test]
fn who_asks_for_leave_to_send_gets_none_for_what_is_refused() {
    let server = Server::start(&["--token", "t0ken"]);
    for path in ["/chatkit", "/files", "/nowhere"] {
        let mut stream = server.connect();
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\n\
             content-length: 2\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let refused = if path == "/nowhere" { "404" } else { "401" };
        assert_eq!(status(&answer), refused, "{path}");
    }
}

#[test]
fn a_body_that_does_not_say_how_large_it_is_is_counted() {
    let server = Server::start(&[]);
    for header in ["x-a: b", "origin: http://localhost:3000"] {
        let mut stream = server.connect();
        write!(
            stream,
            "POST /chatkit HTTP/1.1\r\nhost: localhost\r\n{header}\r\n\
             transfer-encoding: chunked\r\n\r\n"
        )
        .unwrap();
        let chunk = format!("100000\r\n{}\r\n", " ".repeat(1 << 20));
        // More than is read comes all the same, and the answer arrives nevertheless.
        for _ in 0..48 {
            stream.write_all(chunk.as_bytes()).unwrap();
        }
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert_eq!(status(&answer), "413");
        assert_eq!(error(&answer)["code"], "request_too_large");
    }
}
