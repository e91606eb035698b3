use std::time::Instant;

use super::*;
use crate::client::probe::Reply;
use crate::client::{Head, HeaderMap, HeaderName, HeaderValue};
use crate::doctor::Verdict;

pub(in crate::doctor) fn reply(status: u16, headers: &[(&'static str, &str)], body: &str) -> Reply {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(
            HeaderName::from_static(name),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    let now = Instant::now();
    Reply {
        head: Head {
            status,
            headers: map,
            sent: now,
            answered: now,
        },
        body: body.to_owned().into(),
    }
}

const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");
const PAGE: &str = r#"{"data":[],"has_more":false}"#;
const REFUSAL: &str = r#"{"error":{"message":"no type","type":"t","param":null,"code":null}}"#;

fn seen(reply: Reply) -> Finding {
    http(&Ok(reply), false, Timestamp::now())
}

#[test]
fn every_status_has_a_reason_and_a_remedy_of_its_own() {
    for (status, body, verdict, reason, remedy) in [
        (
            404,
            "Not Found",
            Verdict::Failed(Code::Refused),
            "nothing takes a POST",
            "/chatkit",
        ),
        (
            405,
            "",
            Verdict::Failed(Code::Refused),
            "nothing takes a POST",
            "/chatkit",
        ),
        (
            502,
            "",
            Verdict::Failed(Code::Refused),
            "a gateway answers",
            "start the backend",
        ),
        (
            500,
            "",
            Verdict::Failed(Code::Refused),
            "only lists threads",
            "log",
        ),
        (
            407,
            "",
            Verdict::Failed(Code::Refused),
            "proxy",
            "user:password@",
        ),
        (429, "", Verdict::Warning, "too often", "wait"),
        (404, REFUSAL, Verdict::Warning, "no type", "check"),
    ] {
        let finding = seen(reply(status, &[JSON], body));
        assert_eq!(finding.verdict, verdict, "{status}");
        assert!(finding.reason.contains(reason), "{finding:?}");
        assert!(finding.remedy.unwrap().contains(remedy), "{status}");
    }
    assert_eq!(seen(reply(401, &[], "")).verdict, Verdict::Ok);
    assert_eq!(seen(reply(200, &[JSON], PAGE)).verdict, Verdict::Ok);
}

#[test]
fn a_redirect_is_named_without_its_query() {
    let finding = seen(reply(
        307,
        &[("location", "https://h/chatkit/?token=hush")],
        "",
    ));
    assert!(
        finding
            .reason
            .contains("redirects to https://h/chatkit/, where"),
        "{finding:?}"
    );
}

#[test]
fn no_answer_tells_a_hanging_backend_from_another_protocol() {
    let timeout = Error::TimedOut {
        url: "http://h/".into(),
        seconds: 3.0,
    };
    let finding = http(&Err(timeout), false, Timestamp::now());
    assert_eq!(finding.verdict, Verdict::Failed(Code::Unreached));
    assert!(finding.remedy.unwrap().contains("--timeout"));
    let garbage = Error::Unreachable {
        url: "http://h/".into(),
        reason: "what it says is not HTTP".into(),
    };
    let finding = http(&Err(garbage), false, Timestamp::now());
    assert!(finding.remedy.unwrap().contains("https://"));
}

#[test]
fn a_web_page_is_no_list_of_threads() {
    let page = content_type(&reply(
        200,
        &[("content-type", "text/html")],
        "<!doctype html>",
    ));
    assert_eq!(page.verdict, Verdict::Failed(Code::Protocol));
    assert!(page.reason.contains("web page"));
    assert_eq!(
        content_type(&reply(200, &[JSON], "{}")).verdict,
        Verdict::Failed(Code::Protocol)
    );
    assert_eq!(
        content_type(&reply(200, &[JSON], "nope")).verdict,
        Verdict::Failed(Code::Protocol)
    );
    assert_eq!(
        content_type(&reply(200, &[JSON], PAGE)).verdict,
        Verdict::Ok
    );
    let plain = content_type(&reply(200, &[("content-type", "text/plain")], PAGE));
    assert_eq!(plain.verdict, Verdict::Warning);
    assert_eq!(content_type(&reply(401, &[], "")).verdict, Verdict::Skipped);
}

#[test]
fn whom_a_backend_lets_in_is_told_apart() {
    let (good, bad) = (reply(200, &[JSON], PAGE), reply(401, &[JSON], REFUSAL));
    let verdict = |finding: Finding| finding.verdict;
    let refused = Verdict::Failed(Code::Unauthorised);
    assert_eq!(verdict(auth(&bad, Shown::Nothing, None, false)), refused);
    assert_eq!(verdict(auth(&bad, Shown::Headers, None, false)), refused);
    assert_eq!(
        verdict(auth(&good, Shown::Headers, Some(&bad), false)),
        Verdict::Ok
    );
    assert_eq!(
        verdict(auth(&good, Shown::Headers, Some(&good), false)),
        Verdict::Warning
    );
    assert_eq!(
        verdict(auth(&good, Shown::Nothing, None, false)),
        Verdict::Warning
    );
    assert_eq!(
        verdict(auth(&good, Shown::Nothing, None, true)),
        Verdict::Ok
    );
    let remedy = auth(&bad, Shown::Nothing, None, false).remedy.unwrap();
    assert!(remedy.contains("--header 'Authorization"));
}

#[test]
fn an_empty_request_should_be_refused_with_an_error_object() {
    let verdict = |status, body: &str| empty_request(&Ok(reply(status, &[JSON], body))).verdict;
    assert_eq!(verdict(400, REFUSAL), Verdict::Ok);
    assert_eq!(verdict(422, r#"{"detail":[]}"#), Verdict::Warning);
    assert_eq!(verdict(500, "Internal Server Error"), Verdict::Warning);
    assert_eq!(verdict(200, PAGE), Verdict::Warning);
    let leaky = empty_request(&Ok(reply(
        500,
        &[],
        "Traceback (most recent call last):\n File",
    )));
    assert!(leaky.reason.contains("stack trace"), "{leaky:?}");
}

#[test]
fn what_hides_a_document_is_named_and_not_what_its_bytes_fail_at() {
    let packed = &[JSON, ("content-encoding", "gzip")];
    let marked = |document: &str| format!("\u{feff}{document}");
    for (page, refusal, said) in [
        (
            reply(200, packed, "\u{1f}"),
            reply(400, packed, "\u{1f}"),
            "is compressed (gzip), though nothing asked",
        ),
        (
            reply(200, &[JSON], &marked(PAGE)),
            reply(400, &[JSON], &marked(REFUSAL)),
            "begins with a byte order mark",
        ),
    ] {
        let finding = content_type(&page);
        assert_eq!(finding.verdict, Verdict::Failed(Code::Protocol));
        assert!(finding.reason.contains(said), "{finding:?}");
        let finding = empty_request(&Ok(refusal));
        assert!(finding.reason.contains(said), "{finding:?}");
        assert!(!finding.reason.contains("error object"), "{finding:?}");
    }
    let empty = content_type(&reply(204, &[], ""));
    assert!(
        empty.reason.contains("a 204 (no content type), is empty"),
        "{empty:?}"
    );
}
