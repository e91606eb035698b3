//! Whether a page of another origin may ask: what a browser looks at, said before it does.

use super::page::Origin;
use super::{Code, Finding, Step};
use crate::client::Url;
use crate::client::probe::Reply;
use crate::error::Error;

/// The headers that the browser client adds and that no page may send without leave
/// (`@openai/chatkit`; `accept` and `accept-language` need none).
pub const HEADERS: &[&str] = &[
    "content-type",
    "chatkit-frame-instance-id",
    "chatkit-device-id",
];

/// What a browser would make of the preflight, of the answer itself, and of a refusal.
///
/// `wanted` are the names of the headers that were asked for.
pub fn cors(
    origin: &Origin,
    target: &Url,
    wanted: &[String],
    preflight: &Result<Reply, Error>,
    answer: &Reply,
    refusal: Option<&Reply>,
) -> Finding {
    let (own, page) = (origin.text(), origin.page());
    if let Origin::Named(origin) = origin {
        if origin.origin() == target.origin() {
            return Step::Cors.ok(format!("{page} is of the same origin and needs no leave"));
        }
        let is_local = super::page::is_localhost(target.host_str().unwrap_or_default())
            || crate::client::probe::is_loopback(target);
        if origin.scheme() == "https" && target.scheme() == "http" && !is_local {
            return failed(
                format!("{page} came by https and may not call http://"),
                "serve the backend by https://",
            );
        }
    }
    let preflight = match preflight {
        Ok(preflight) => preflight,
        Err(error) => {
            return failed(
                format!("the preflight gets no answer: {error}"),
                "answer OPTIONS",
            );
        }
    };
    let faults = faults(&own, wanted, preflight, answer, refusal);
    if faults.is_empty() {
        return Step::Cors.ok(format!("{page} may ask"));
    }
    let remedy = format!(
        "allow it in the backend, in front of everything that may fail: the origin {own}, \
                 the method POST, the headers {} (FastAPI: CORSMiddleware with allow_origins, \
                 allow_methods=[\"*\"], allow_headers=[\"*\"])",
        wanted.join(", ")
    );
    failed(faults.join("; "), &remedy)
}

fn failed(reason: String, remedy: &str) -> Finding {
    Step::Cors.failed(Code::Check, reason, remedy)
}

fn faults(
    own: &str,
    wanted: &[String],
    preflight: &Reply,
    answer: &Reply,
    refusal: Option<&Reply>,
) -> Vec<String> {
    let mut faults = Vec::new();
    if !preflight.head.is_success() {
        faults.push(format!(
            "the preflight (OPTIONS) is answered by {}",
            preflight.head.status
        ));
    }
    if let Some(fault) = origin_fault(own, preflight) {
        faults.push(format!("in the preflight {fault}"));
    } else {
        let missing = missing_headers(wanted, preflight);
        if !missing.is_empty() {
            faults.push(format!(
                "access-control-allow-headers lacks {}",
                missing.join(", ")
            ));
        }
    }
    if let Some(fault) = origin_fault(own, answer) {
        faults.push(format!("in the answer itself {fault}"));
    } else if let Some(refusal) = refusal
        && let Some(fault) = origin_fault(own, refusal)
    {
        let status = refusal.head.status;
        faults.push(format!(
            "in the answer to {{}}, a {status}, {fault}, so that no page learns what went wrong"
        ));
    }
    faults
}

fn origin_fault(own: &str, reply: &Reply) -> Option<String> {
    let allowed: Vec<_> = reply.head.values("access-control-allow-origin").collect();
    match allowed[..] {
        [] => Some("there is no access-control-allow-origin".to_owned()),
        [allowed] if allowed == "*" || allowed == own => None,
        [allowed] => Some(format!(
            "access-control-allow-origin is {allowed}, not {own}"
        )),
        // A browser takes them together for one, which is none.
        _ => {
            let (count, all) = (allowed.len(), allowed.join(" and "));
            Some(format!(
                "access-control-allow-origin is given {count} times: {all}"
            ))
        }
    }
}

/// `*` stands for every header but `Authorization` (Fetch standard, 4.9).
fn missing_headers(wanted: &[String], preflight: &Reply) -> Vec<String> {
    let allowed = preflight
        .head
        .header("access-control-allow-headers")
        .unwrap_or_default();
    let allowed: Vec<_> = allowed
        .split(',')
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    let has = |name: &str| allowed.iter().any(|allowed| allowed == name);
    let is_missing = |name: &&String| !has(name) && (*name == "authorization" || !has("*"));
    wanted.iter().filter(is_missing).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;
    use crate::doctor::http::tests::reply;
    use crate::doctor::page::origin;

    const ORIGIN: &str = "https://app.test";
    const ALLOW: &str = "access-control-allow-origin";
    const ALLOW_HEADERS: &str = "access-control-allow-headers";

    fn judged(preflight: Reply, answer: &Reply) -> Finding {
        judged_with(preflight, answer, answer)
    }

    fn judged_with(preflight: Reply, answer: &Reply, refusal: &Reply) -> Finding {
        let wanted: Vec<_> = HEADERS.iter().map(|name| (*name).to_owned()).collect();
        cors(
            &origin(ORIGIN).unwrap(),
            &Url::parse("https://api.test/chatkit").unwrap(),
            &wanted,
            &Ok(preflight),
            answer,
            Some(refusal),
        )
    }

    fn open() -> Reply {
        reply(200, &[(ALLOW, ORIGIN), (ALLOW_HEADERS, "*")], "")
    }

    #[test]
    fn a_backend_that_allows_what_is_asked_for_is_fine() {
        assert_eq!(judged(open(), &open()).verdict, Verdict::Ok);
        let star = reply(
            204,
            &[
                (ALLOW, "*"),
                (
                    ALLOW_HEADERS,
                    "Content-Type, ChatKit-Frame-Instance-Id,chatkit-device-id",
                ),
            ],
            "",
        );
        assert_eq!(judged(star.clone(), &star).verdict, Verdict::Ok);
    }

    #[test]
    fn each_fault_is_named_where_it_is() {
        for (preflight, answer, words) in [
            (
                reply(405, &[], ""),
                open(),
                "the preflight (OPTIONS) is answered by 405",
            ),
            (
                reply(200, &[], ""),
                open(),
                "in the preflight there is no access-control-allow-origin",
            ),
            (
                reply(200, &[(ALLOW, "https://other.test")], ""),
                open(),
                "is https://other.test, not https://app.test",
            ),
            (
                reply(200, &[(ALLOW, "*"), (ALLOW_HEADERS, "content-type")], ""),
                open(),
                "lacks chatkit-frame-instance-id, chatkit-device-id",
            ),
            (
                open(),
                reply(200, &[], ""),
                "in the answer itself there is no",
            ),
        ] {
            let finding = judged(preflight, &answer);
            assert_eq!(finding.verdict, Verdict::Failed(Code::Check));
            assert!(finding.reason.contains(words), "{finding:?}");
            assert!(finding.remedy.unwrap().contains(ORIGIN));
        }
    }

    #[test]
    fn an_origin_that_is_named_twice_is_named_not_at_all() {
        let twice = reply(
            200,
            &[(ALLOW, "*"), (ALLOW, ORIGIN), (ALLOW_HEADERS, "*")],
            "",
        );
        let finding = judged(open(), &twice);
        assert_eq!(finding.verdict, Verdict::Failed(Code::Check));
        let said = "is given 2 times: * and https://app.test";
        assert!(finding.reason.contains(said), "{finding:?}");
    }

    #[test]
    fn a_refusal_that_no_page_may_read_is_a_fault() {
        let finding = judged_with(open(), &open(), &reply(500, &[], ""));
        assert_eq!(finding.verdict, Verdict::Failed(Code::Check));
        assert!(
            finding.reason.contains("the answer to {}, a 500,"),
            "{finding:?}"
        );
    }

    #[test]
    fn a_star_does_not_stand_for_authorization() {
        let wanted = ["authorization".to_owned(), "content-type".to_owned()];
        assert_eq!(missing_headers(&wanted, &open()), ["authorization"]);
    }

    #[test]
    fn the_same_origin_needs_no_leave_and_https_may_not_call_http() {
        let closed = || reply(405, &[], "");
        let judge = |page: &str, target: &str| {
            cors(
                &origin(page).unwrap(),
                &Url::parse(target).unwrap(),
                &[],
                &Ok(closed()),
                &closed(),
                None,
            )
        };
        assert_eq!(
            judge("http://localhost:3000", "http://localhost:3000/chatkit").verdict,
            Verdict::Ok
        );
        let mixed = judge("https://app.test", "http://api.test/chatkit");
        assert!(mixed.reason.contains("came by https"), "{mixed:?}");
    }

    #[test]
    fn a_page_of_the_origin_null_is_allowed_by_name_or_with_all() {
        let judge = |allowed: &str| {
            let reply = || reply(200, &[(ALLOW, allowed), (ALLOW_HEADERS, "*")], "");
            let target = Url::parse("http://api.test/chatkit").unwrap();
            let null = origin("null").unwrap();
            cors(&null, &target, &[], &Ok(reply()), &reply(), None)
        };
        for allowed in ["null", "*"] {
            let finding = judge(allowed);
            assert_eq!(finding.verdict, Verdict::Ok, "{finding:?}");
            assert!(finding.reason.contains("a file, or a frame sandboxed"));
        }
        let finding = judge("https://app.test");
        assert_eq!(finding.verdict, Verdict::Failed(Code::Check));
        assert!(finding.reason.contains("is https://app.test, not null"));
    }
}
