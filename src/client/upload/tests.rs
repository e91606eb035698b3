use std::io::Write;

use tempfile::TempDir;

use super::*;
use crate::client::loopback::{Loopback, Seen, answer, json, options};
use crate::client::{Credentials, Endpoint, Options};

const DONE: &str = r#"{"id":"att_1","type":"file","name":"a.txt","mime_type":"text/plain"}"#;

async fn file(name: &str, bytes: &[u8]) -> (TempDir, Upload) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    std::fs::File::create(&path)
        .unwrap()
        .write_all(bytes)
        .unwrap();
    let upload = Upload::open(&path).await.unwrap();
    (folder, upload)
}

/// Uploads a file and returns what progress was told.
async fn send(backend: &Backend, upload: &Upload) -> (Result<Attachment>, Vec<u64>) {
    let mut told = Vec::new();
    let cancel = Cancel::new();
    let result = backend
        .upload(upload, |sent| told.push(sent), &cancel)
        .await;
    (result, told)
}

fn with_key() -> Options {
    let header = |name, value| {
        (
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )
    };
    Options {
        headers: vec![
            header("x-api-key", "hunter2"),
            // Meant for the operations; no upload is what it says.
            header("content-type", "application/json; charset=utf-8"),
        ],
        ..options()
    }
}

fn attachment(more: &str) -> String {
    format!(r#"{{"id":"att_1","type":"file","name":"a.txt","mime_type":"text/plain",{more}}}"#)
}

fn descriptor(url: &str, method: &str, headers: &str) -> String {
    attachment(&format!(
        r#""upload_descriptor":{{"url":"{url}","method":"{method}","headers":{headers}}}"#
    ))
}

fn assert_form(seen: &Seen, name: &str, mime_type: &str, content: &str) {
    assert!(
        seen.header("content-type")
            .unwrap()
            .starts_with("multipart/form-data; boundary=")
    );
    let body = seen.text();
    let head = format!(
        "Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: {mime_type}\r\n\r\n{content}\r\n"
    );
    assert!(body.contains(&head), "{body}");
}

#[tokio::test]
async fn a_file_is_described_by_its_name_size_and_extension() {
    let (_folder, upload) = file("Bild é.PNG", b"12345").await;
    assert_eq!(upload.name, "Bild é.PNG");
    assert_eq!(upload.mime_type, "image/png");
    assert_eq!(upload.size, 5);
    let (_folder, upload) = file("x", b"").await;
    assert_eq!(upload.mime_type, "application/octet-stream");
}

#[tokio::test]
async fn what_is_no_file_is_refused_before_anything_is_sent() {
    let folder = TempDir::new().unwrap();
    assert_eq!(Upload::open(folder.path()).await.unwrap_err().code(), 2);
    let error = Upload::open(folder.path().join("none")).await.unwrap_err();
    assert!(error.to_string().starts_with("cannot read "), "{error}");
}

#[tokio::test]
async fn the_second_phase_puts_bare_bytes_with_the_descriptors_headers() {
    let store = Loopback::start(|_, _| answer("200 OK", "", "")).await;
    let created = descriptor(
        store.at("/bucket?sig=1").as_str(),
        "PUT",
        r#"{"x-amz-acl":"private","content-length":"7","Transfer-Encoding":"chunked","host":"evil"}"#,
    );
    let server = Loopback::start(move |_, _| json(&created)).await;
    let (_folder, upload) = file("a.txt", b"hello").await;
    let (result, told) = send(&server.backend_with(with_key()), &upload).await;
    assert_eq!(result.unwrap().id.as_str(), "att_1");
    assert_eq!(told.last(), Some(&5));
    let created = &server.seen()[0];
    assert_eq!(
        created.text(),
        r#"{"type":"attachments.create","params":{"name":"a.txt","size":5,"mime_type":"text/plain"}}"#
    );
    assert_eq!(created.header("x-api-key"), Some("hunter2"));
    let seen = &store.seen()[0];
    assert_eq!(seen.line, "PUT /bucket?sig=1");
    assert_eq!(seen.header("content-length"), Some("5"));
    assert_eq!(seen.header("transfer-encoding"), None);
    assert_ne!(seen.header("host"), Some("evil"));
    assert_eq!(seen.header("x-amz-acl"), Some("private"));
    assert_eq!(seen.header("content-type"), Some("text/plain"));
    assert_eq!(
        seen.header("x-api-key"),
        None,
        "it is for the backend's origin only"
    );
    assert_eq!(seen.text(), "hello");
}

#[tokio::test]
async fn the_second_phase_carries_bare_bytes_by_post_too() {
    let created = descriptor("/files/att_1", "POST", "{}");
    let server = Loopback::start(move |_, _| json(&created)).await;
    let (_folder, upload) = file("a.txt", b"hello").await;
    send(&server.backend_with(with_key()), &upload)
        .await
        .0
        .unwrap();
    let seen = &server.seen()[1];
    assert_eq!(seen.line, "POST /files/att_1");
    assert_eq!(
        seen.header("x-api-key"),
        Some("hunter2"),
        "it is the backend's own origin"
    );
    assert_eq!(seen.header("content-type"), Some("text/plain"));
    assert_eq!(seen.text(), "hello");
}

#[tokio::test]
async fn the_content_type_of_a_descriptor_wins_over_the_files_own() {
    let created = descriptor("/raw", "POST", r#"{"Content-Type":"text/x-note"}"#);
    let server = Loopback::start(move |_, _| json(&created)).await;
    let (_folder, upload) = file("a.txt", b"hello").await;
    send(&server.backend(), &upload).await.0.unwrap();
    assert_eq!(server.seen()[1].text(), "hello");
    assert_eq!(server.seen()[1].header("content-type"), Some("text/x-note"));
}

#[tokio::test]
async fn an_older_server_names_an_address_only() {
    let created = attachment(r#""upload_url":"/upload/att_1""#);
    let server = Loopback::start(move |_, _| json(&created)).await;
    let (_folder, upload) = file("a.txt", b"hello").await;
    send(&server.backend(), &upload).await.0.unwrap();
    assert_eq!(server.seen()[1].line, "POST /upload/att_1");
    assert_form(&server.seen()[1], "a.txt", "text/plain", "hello");
}

#[tokio::test]
async fn a_descriptor_that_cannot_be_followed_is_named() {
    for (more, expected) in [
        (attachment(r#""x":1"#), "upload_descriptor: missing"),
        (
            descriptor("file:///etc", "PUT", "{}"),
            "upload_descriptor.url: expected an HTTP address",
        ),
        (
            descriptor("/x", "P T", "{}"),
            "upload_descriptor.method: expected POST or PUT",
        ),
        (
            descriptor("/x", "DELETE", "{}"),
            "upload_descriptor.method: expected POST or PUT",
        ),
        (
            descriptor("/x", "PUT", r#"{"a b":"c"}"#),
            "upload_descriptor.headers: expected HTTP headers",
        ),
    ] {
        let server = Loopback::start(move |_, _| json(&more)).await;
        let (_folder, upload) = file("a.txt", b"hello").await;
        let error = send(&server.backend(), &upload).await.0.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_direct_upload_is_a_form_with_the_users_headers() {
    let server = Loopback::start(|_, _| json(DONE)).await;
    let endpoint = Endpoint::SelfHosted {
        url: "http://127.0.0.1:1/chatkit".parse().unwrap(),
        upload_url: Some(server.at("/files")),
    };
    let backend = Backend::new(endpoint, with_key()).unwrap();
    let (_folder, upload) = file("a.txt", b"hello").await;
    let (result, _) = send(&backend, &upload).await;
    assert_eq!(result.unwrap().id.as_str(), "att_1");
    let seen = &server.seen()[0];
    assert_eq!(seen.line, "POST /files");
    assert_eq!(seen.header("x-api-key"), Some("hunter2"));
    assert_form(seen, "a.txt", "text/plain", "hello");
}

#[tokio::test]
async fn a_hosted_upload_carries_the_client_secret_and_its_refusal_is_told() {
    let server = Loopback::start(|index, _| match index {
        0 => json(DONE),
        _ => answer(
            "403 Forbidden",
            "",
            r#"{"error":{"message":"File uploads are disabled for this session.","code":"chatkit.file_upload_disabled"}}"#,
        ),
    })
    .await;
    let endpoint = Endpoint::Hosted {
        api_base: server.at("/v1"),
        credentials: Credentials::ClientSecret("ek_1".into()),
    };
    let backend = Backend::new(endpoint, options()).unwrap();
    let (_folder, upload) = file("a.txt", b"hello").await;
    send(&backend, &upload).await.0.unwrap();
    let seen = &server.seen()[0];
    assert_eq!(seen.line, "POST /v1/chatkit/files");
    assert_eq!(seen.header("authorization"), Some("Bearer ek_1"));
    assert_form(seen, "a.txt", "text/plain", "hello");
    let error = send(&backend, &upload).await.0.unwrap_err();
    assert!(
        error.to_string().contains("chatkit.file_upload_disabled"),
        "{error}"
    );
}

#[tokio::test]
async fn a_large_file_is_sent_in_blocks_and_again_after_a_redirect() {
    let content = "0123456789abcdef".repeat(512 * 1024);
    let server = Loopback::start(|index, _| match index {
        0 => answer("307 Temporary Redirect", "location: /elsewhere\r\n", ""),
        _ => json(DONE),
    })
    .await;
    let endpoint = Endpoint::SelfHosted {
        url: server.url.clone(),
        upload_url: Some(server.at("/files")),
    };
    let backend = Backend::new(endpoint, options()).unwrap();
    let (_folder, upload) = file("a.bin", content.as_bytes()).await;
    let (result, told) = send(&backend, &upload).await;
    result.unwrap();
    assert_eq!(told.last(), Some(&(content.len() as u64)));
    assert!(told.len() > 2, "progress was told {} times", told.len());
    let seen = server.seen();
    assert_eq!(seen[1].line, "POST /elsewhere");
    assert!(seen[1].text().contains(&content));
}

#[tokio::test]
async fn an_upload_takes_as_long_as_it_moves() {
    // Reads so slowly that the whole takes longer than the limit for silence.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = format!("http://{}/files", listener.local_addr().unwrap())
        .parse()
        .unwrap();
    let reading = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut block = vec![0; 1024 * 1024];
        let mut total = 0;
        while total < 24 * 1024 * 1024 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            total += tokio::io::AsyncReadExt::read(&mut socket, &mut block)
                .await
                .unwrap();
        }
        let done = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{DONE}",
            DONE.len()
        );
        tokio::io::AsyncWriteExt::write_all(&mut socket, done.as_bytes())
            .await
            .unwrap();
        socket
    });
    let endpoint = Endpoint::SelfHosted {
        url: url.clone(),
        upload_url: Some(url),
    };
    let options = Options {
        timeout: std::time::Duration::from_millis(400),
        ..options()
    };
    let backend = Backend::new(endpoint, options).unwrap();
    let (_folder, upload) = file("a.bin", &vec![b'x'; 24 * 1024 * 1024]).await;
    send(&backend, &upload).await.0.unwrap();
    reading.await.unwrap();
}

#[tokio::test]
async fn an_upload_that_the_store_refuses_names_the_file_the_address_and_the_stores_words() {
    let xml = "<?xml version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code>\
               <Message>It does not match</Message></Error>";
    let store = Loopback::start(move |_, _| answer("403 Forbidden", "", xml)).await;
    let place = store.at("/bucket?sig=hunter2");
    let created = descriptor(place.as_str(), "PUT", "{}");
    let server = Loopback::start(move |_, _| json(&created)).await;
    let (_folder, upload) = file("a.txt", b"hello").await;
    let (result, _) = send(&server.backend_with(options()), &upload).await;
    let error = result.unwrap_err();
    assert_eq!(error.code(), 4);
    assert_eq!(
        error.to_string(),
        format!(
            "the upload of a.txt to {} was answered 403 Forbidden: It does not match \
             (code: SignatureDoesNotMatch)",
            store.at("/bucket")
        )
    );
    assert!(error.hint().unwrap().contains("upload_descriptor"));
}

/// What the failure of a direct upload says, and what it says to do.
async fn direct(url: url::Url) -> (String, String, u8) {
    let endpoint = Endpoint::SelfHosted {
        url: "http://127.0.0.1:1/chatkit".parse().unwrap(),
        upload_url: Some(url),
    };
    let backend = Backend::new(endpoint, options()).unwrap();
    let (_folder, upload) = file("a.txt", b"hello").await;
    let error = send(&backend, &upload).await.0.unwrap_err();
    (error.to_string(), error.hint().unwrap(), error.code())
}

#[tokio::test]
async fn a_direct_upload_that_fails_names_the_address_and_what_to_do() {
    for status in ["404 Not Found", "405 Method Not Allowed"] {
        let server = Loopback::start(move |_, _| answer(status, "", "")).await;
        let (said, hint, code) = direct(server.at("/nowhere")).await;
        let place = server.at("/nowhere");
        assert_eq!(
            said,
            format!("the upload of a.txt to {place} was answered {status}")
        );
        assert!(
            hint.contains("--upload-url") && hint.contains("'file'"),
            "{hint}"
        );
        assert_eq!(code, 1);
    }
    let server = Loopback::start(|_, _| answer("401 Unauthorized", "", "")).await;
    let (_, hint, code) = direct(server.at("/files")).await;
    assert!(hint.contains("--header") && code == 4, "{hint}");
    for body in ["{\"ok\": true}", "stored"] {
        let server = Loopback::start(move |_, _| json(body)).await;
        let (said, hint, code) = direct(server.at("/files")).await;
        let place = server.at("/files");
        assert!(
            said.starts_with(&format!("the upload of a.txt to {place}: ")),
            "{said}"
        );
        assert!(hint.contains("answer with the attachment"), "{hint}");
        assert_eq!(code, 6);
    }
    let (said, hint, code) = direct("http://127.0.0.1:1/files".parse().unwrap()).await;
    assert!(
        said.contains("http://127.0.0.1:1/files") && said.contains("refused"),
        "{said}"
    );
    assert!(hint.contains("--upload-url") && code == 5, "{hint}");
}

#[tokio::test]
async fn a_backend_that_takes_no_files_in_two_phases_is_told_how_else() {
    let (_folder, upload) = file("a.txt", b"hello").await;
    for (status, body) in [
        ("500 Internal Server Error", "Internal Server Error"),
        ("404 Not Found", ""),
        ("200 OK", "{\"id\": \"att_1\"}"),
    ] {
        let server =
            Loopback::start(move |_, _| answer(status, "content-type: application/json\r\n", body))
                .await;
        let (result, _) = send(&server.backend_with(options()), &upload).await;
        let error = result.unwrap_err();
        assert!(
            error.to_string().contains("the upload of a.txt to "),
            "{error}"
        );
        let hint = error.hint().unwrap();
        assert!(
            hint.contains("attachments.create") && hint.contains("--upload-url"),
            "{hint}"
        );
    }
}
