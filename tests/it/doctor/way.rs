//! The way to the backend: names, connections, certificates, proxies.

use std::io::Read;
use std::net::TcpListener;

use super::server::{Server, say, well};
use super::tls::{Authority, Certificate};
use super::{doctor, report};
use crate::dsl::chatkit;

#[test]
fn a_name_that_nobody_knows() {
    let report = report(doctor(&["--url", "http://no-such-host.invalid/chatkit"]), 5);
    report.has("dns", "failed", "no-such-host.invalid cannot be resolved");
    report.has("tcp", "skipped", "since dns failed");
}

#[test]
fn a_port_that_nobody_listens_on() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/chatkit", listener.local_addr().unwrap());
    drop(listener);
    let report = report(doctor(&["--url", &url]), 5);
    report.has("tcp", "failed", "connection refused");
    for step in [
        "http",
        "cors",
        "content-type",
        "auth",
        "empty-request",
        "first-event",
    ] {
        report.has(step, "skipped", "since tcp failed");
    }
}

#[test]
fn each_certificate_that_is_not_good_is_told_apart() {
    let authority = Authority::new();
    let trusted = authority.file.to_str().unwrap();
    let examined = |server: &Server, code| {
        let url = format!("https://localhost:{}/chatkit", server.port);
        report(
            doctor(&["--url", &url, "--no-turn"]).env("SSL_CERT_FILE", trusted),
            code,
        )
    };
    let good = || Certificate::named("localhost").between(2020, 2090);
    let report = examined(&authority.serve(&good()), 0);
    report.has(
        "tls",
        "ok",
        "TLS 1.3, 2 certificates, trusted here, good until 1 January 2090",
    );
    report.has("http", "ok", "200");
    for (server, words) in [
        (good().serve(), "signed by itself"),
        (
            authority.serve(&good().between(2019, 2020)),
            "expired on 1 January 2020",
        ),
        (
            authority.serve(&good().between(2090, 2099)),
            "not valid before 1 January 2090, and this machine's clock",
        ),
        (
            authority.serve(&Certificate::named("other.test")),
            "is for other.test, not for localhost",
        ),
        (
            Authority::new().serve(&good()),
            "signed by nobody who is known here",
        ),
        (
            Authority::new().serve(&good().alone()),
            "its own certificate only",
        ),
        (
            authority.serve(&good().authority()),
            "one that signs others (CA:TRUE), which may not stand for a server",
        ),
        (
            good().authority().serve(),
            "one that signs others (CA:TRUE), which may not stand for a server; the certificate is \
             signed by itself",
        ),
    ] {
        let report = examined(&server, 5);
        report.has("tls", "failed", words);
        report.has("http", "skipped", "since tls failed");
    }
}

#[test]
fn a_check_says_of_a_certificate_what_is_wrong_and_names_the_doctor() {
    let authority = Authority::new();
    let trusted = authority.file.to_str().unwrap();
    let good = || Certificate::named("localhost").between(2020, 2090);
    for (server, words) in [
        (
            authority.serve(&good().between(2019, 2020)),
            "its TLS certificate has expired",
        ),
        (
            authority.serve(&good().between(2090, 2099)),
            "its TLS certificate is not valid yet; is the clock right?",
        ),
        (
            authority.serve(&Certificate::named("other.test")),
            "its TLS certificate is for another name",
        ),
        (
            Authority::new().serve(&good()),
            "nobody known here has signed its TLS certificate",
        ),
        (
            authority.serve(&good().authority()),
            "its TLS certificate is one that signs others (CA:TRUE), not a server's",
        ),
    ] {
        let url = format!("https://localhost:{}/chatkit", server.port);
        chatkit(["check", "--url", &url])
            .env("SSL_CERT_FILE", trusted)
            .error(&format!("cannot reach {url}: {words}"))
            .hint(&format!(
                "see which step of the way fails: chatkit doctor --url {url}"
            ))
            .code(5);
    }
}

#[test]
fn several_faults_of_one_certificate_are_all_named() {
    let server = Certificate::named("other.test").between(2019, 2020).serve();
    let authority = Authority::new();
    let url = format!("https://localhost:{}/chatkit", server.port);
    let run = doctor(&["--url", &url]).env("SSL_CERT_FILE", authority.file.to_str().unwrap());
    let report = report(run, 5);
    report.has("tls", "failed", "expired on 1 January 2020");
    report.has("tls", "failed", "signed by itself");
    report.has("tls", "failed", "is for other.test");
}

#[test]
fn http_and_https_that_were_mixed_up() {
    let plain = Server::wrapped(well, |mut stream| {
        // Whatever comes is no request, which servers say before they close.
        let _ = stream.read(&mut [0; 1024]);
        say(&mut stream, 400, "", "");
        None
    });
    let url = format!("https://127.0.0.1:{}/chatkit", plain.port);
    report(doctor(&["--url", &url]), 5).has("tls", "failed", "does not speak TLS");
    let tls = Certificate::named("localhost").serve();
    report(doctor(&["--url", &tls.url()]), 5).has("http", "failed", "");
}

#[test]
fn a_dead_proxy_is_not_taken_for_the_backend() {
    let url = ["--url", "http://backend.example.com/chatkit"];
    let report = report(doctor(&url).env("HTTP_PROXY", "http://127.0.0.1:1"), 5);
    report.has("dns", "ok", "the proxy http://127.0.0.1:1: ");
    report.has(
        "tcp",
        "failed",
        "the proxy http://127.0.0.1:1: nothing listens",
    );
    let dead = "requests to backend.example.com go through http://127.0.0.1:1";
    report.has("proxy", "failed", dead);
    assert!(
        report
            .outcome
            .stdout
            .contains("correct or unset HTTP_PROXY")
    );
    assert!(!report.outcome.stdout.contains("start the backend"));
}

#[test]
fn a_proxy_is_gone_through_where_it_applies() {
    let proxy = Server::start(well);
    let address = format!("http://me:hunter2@127.0.0.1:{}", proxy.port);
    let url = ["--url", "http://backend.example.com/chatkit"];
    let report = report(doctor(&url).env("HTTP_PROXY", &address), 0);
    report.has("proxy", "ok", "HTTP_PROXY=http://***@127.0.0.1:");
    report.has(
        "proxy",
        "ok",
        "backend.example.com is asked for through http://127.0.0.1:",
    );
    report.has("tls", "warning", "readable by anyone");
    assert!(!report.outcome.stdout.contains("hunter2"));
    assert!(
        proxy.asked()[0]
            .head
            .starts_with("POST http://backend.example.com/chatkit ")
    );
    let local = Server::start(well);
    let run = doctor(&["--url", &local.url()]).env("HTTP_PROXY", &address);
    super::report(run, 0).has("proxy", "ok", "none applies to 127.0.0.1");
}
