//! Who is let in, and what answers give away.

use super::EVERYTHING;
use super::trace::trace_in;
use crate::check::evidence::{Evidence, Exchange, Probe, Purpose};
use crate::check::rule::{Finding, Review, Rule, Severity, Verdict};
use crate::protocol::{Event, Operation};

const SERVER: &str =
    "the ChatKit guides: the endpoint is the app's own, and the app authenticates it";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "security/asks-for-credentials",
        severity: Severity::Must,
        says: "who shows no credentials is refused with 401 or 403",
        source: SERVER,
        fix: "check the session or the token before the request is read",
        needs: &[Probe::Strangers],
        judge: asks_for_credentials,
    },
    Rule {
        id: "security/other-users",
        severity: Severity::Must,
        says: "a thread of one user is not another's, neither to read nor to write",
        source: "openai-chatkit 1.6.5, store.py: each method is given the context, by which the app tells users apart",
        fix: "look threads up by the user of the context and the id, not by the id alone",
        needs: &[Probe::Strangers],
        judge: other_users,
    },
    Rule {
        id: "security/no-keys",
        severity: Severity::Must,
        says: "no answer holds an API key",
        source: "OpenAI, best practices for API key safety",
        fix: "revoke the key, then find out where it is printed: often an exception's text",
        needs: EVERYTHING,
        judge: no_keys,
    },
    Rule {
        id: "security/no-stack-traces",
        severity: Severity::Must,
        says: "errors hold no stack trace",
        source: "OWASP, improper error handling; frameworks print one when they run in debug mode",
        fix: "turn debug mode off, and answer errors with a message of your own",
        needs: EVERYTHING,
        judge: no_stack_traces,
    },
    Rule {
        id: "security/no-file-paths",
        severity: Severity::Should,
        says: "errors name no file of the server",
        source: "OWASP, improper error handling",
        fix: "answer errors with a message of your own, and log the exception",
        needs: EVERYTHING,
        judge: no_file_paths,
    },
];

fn asks_for_credentials(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.of(&Purpose::NoCredentials) {
        let status = exchange.status();
        review.check(
            (!matches!(status, 401 | 403))
                .then(|| Finding::of(exchange, exchange.status_words(), "401 or 403")),
        );
    }
    review.verdict(evidence.reason(
        Probe::Strangers,
        "pass --expect-auth to try without credentials",
    ))
}

fn other_users(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let own: Vec<String> = (evidence.uses())
        .filter(|it| it.operation() == Some(Operation::CreateThread))
        .filter_map(|it| Some(it.thread()?.to_string()))
        .collect();
    for exchange in evidence.of(&Purpose::Stranger) {
        let done = match exchange.operation() {
            // What only its owner can tell is looked at below.
            Some(Operation::UpdateThread | Operation::DeleteThread) => continue,
            Some(Operation::Feedback) => rates(evidence, exchange, &own),
            Some(operation) if operation.streams() => writes(exchange),
            _ => reads(exchange, &own),
        };
        review.check(
            done.map(|found| {
                Finding::about(exchange, found, "a refusal, or nothing of the thread")
            }),
        );
    }
    changed(evidence, &mut review);
    review.verdict(evidence.reason(
        Probe::Strangers,
        "pass --other-header to try as another user",
    ))
}

fn reads(exchange: &Exchange, own: &[String]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(&exchange.body);
    // A message may name the id that was asked for; the thread itself is what counts.
    let leaks = own.iter().any(|id| text.contains(id.as_str()));
    let listed = exchange.operation() == Some(Operation::ListItems) && text.contains("\"type\"");
    // An answer that says nothing does not tell whether anything was done.
    let acts = exchange.operation() == Some(Operation::SyncCustomAction)
        && (exchange.document()).is_some_and(|document| document["updated_item"].is_object());
    let read = (leaks || listed) && !is_error(exchange);
    let found = if acts {
        "another user can act in the thread"
    } else {
        "another user can read the thread"
    };
    (exchange.is_success() && (acts || read)).then_some(found)
}

/// A turn was made if an item came; a stream may also say no more than that it was refused.
fn writes(exchange: &Exchange) -> Option<&'static str> {
    let item = |event: &Event| {
        matches!(
            event,
            Event::ItemAdded(_) | Event::ItemDone(_) | Event::ItemReplaced(_)
        )
    };
    let acts = exchange.is_success() && exchange.events().any(|(_, event)| item(event));
    acts.then_some("another user can write into the thread")
}

/// Feedback shows nothing but its status, which says something if other threads are refused.
fn rates(evidence: &Evidence, exchange: &Exchange, own: &[String]) -> Option<&'static str> {
    let is_own = |it: &Exchange| own.iter().any(|id| it.param("thread_id") == Some(id));
    let is_taken = |it: &Exchange| it.is_success() && !is_error(it);
    let strangers = evidence.of(&Purpose::Stranger);
    let mut of_nobody = strangers.filter(|it| it.operation() == exchange.operation());
    let looks = of_nobody.any(|it| !is_own(it) && !is_taken(it));
    (is_own(exchange) && is_taken(exchange) && looks)
        .then_some("another user can give feedback on the thread")
}

fn is_error(exchange: &Exchange) -> bool {
    exchange
        .document()
        .is_some_and(|document| !document["error"].is_null())
}

/// What the owner finds after another user has renamed and deleted the thread.
fn changed(evidence: &Evidence, review: &mut Review) {
    let deleted = |before: &Exchange| {
        let of_thread = evidence.of(&Purpose::Stranger).filter(|it| {
            it.operation() == Some(Operation::DeleteThread) && it.number < before.number
        });
        of_thread
            .last()
            .filter(|it| it.param("thread_id") == before.param("thread_id"))
    };
    for exchange in evidence.of(&Purpose::AfterStranger) {
        let title = &exchange.document().unwrap_or_default()["title"];
        let renamed = *title == crate::check::evidence::STRANGERS_TITLE;
        review.check(renamed.then(|| {
            let found = "another user can rename the thread";
            Finding::about(exchange, found, "the title that it had")
        }));
        let gone = deleted(exchange).filter(|_| matches!(exchange.status(), 404 | 410));
        review.check(gone.map(|deletion| {
            let found = "another user can delete the thread";
            Finding::about(
                deletion,
                found,
                "a refusal, and a thread that is still there",
            )
        }));
    }
}

/// Everything that an answer consists of, whatever it was asked for.
fn each_answer(
    evidence: &Evidence,
    find: impl Fn(&str) -> Option<String>,
    expected: &str,
) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.exchanges.iter().filter(|it| it.head.is_some()) {
        review.look();
        let headers = exchange.head.iter().flat_map(|head| &head.headers);
        let in_header = headers.filter_map(|(name, value)| {
            let found = find(value)?;
            Some(format!("the header {name} holds {found}"))
        });
        let in_body = find(&String::from_utf8_lossy(&exchange.body));
        for found in in_header.chain(in_body) {
            review.find(Finding::about(exchange, found, expected));
        }
        for frame in &exchange.frames {
            if let Some(found) = find(&frame.text()) {
                let finding = Finding::about(exchange, found, expected);
                let frame = Some(frame.number);
                review.find(Finding { frame, ..finding });
            }
        }
    }
    review.verdict("nothing was answered")
}

fn no_keys(evidence: &Evidence) -> Verdict {
    each_answer(
        evidence,
        |text| key_in(text).map(|shown| format!("a key that begins with {shown}…")),
        "no key",
    )
}

/// The beginning of something that looks like an API key or a client secret, and no more of it.
fn key_in(text: &str) -> Option<String> {
    for (prefix, length) in [("sk-", 20), ("ek_", 40)] {
        for (at, _) in text.match_indices(prefix) {
            let before = text[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '-' || c == '_') {
                continue;
            }
            let rest = &text[at + prefix.len()..];
            let run = rest
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
            let run: String = run.collect();
            let has_digit = run.chars().any(|c| c.is_ascii_digit());
            if run.len() >= length && has_digit {
                let shown: String = run.chars().take(4).collect();
                return Some(format!("{prefix}{shown}"));
            }
        }
    }
    None
}

/// The errors of the backend: refusals, and the messages of error events.
fn each_error(
    evidence: &Evidence,
    find: impl Fn(&str) -> Option<String>,
    expected: &str,
) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.exchanges.iter().filter(|it| it.status() >= 400) {
        let found = find(&String::from_utf8_lossy(&exchange.body));
        review.check(found.map(|found| Finding::of(exchange, found, expected)));
    }
    for exchange in evidence.turns() {
        for (frame, message) in error_messages(exchange) {
            let found = find(message);
            review.check(found.map(|found| Finding::at(exchange, frame, found, expected)));
        }
    }
    review.verdict("nothing went wrong, so that there were no errors to look at")
}

fn error_messages(
    exchange: &Exchange,
) -> impl Iterator<Item = (&crate::check::evidence::Frame, &str)> {
    exchange.events().filter_map(|(frame, event)| match event {
        Event::Error(error) => Some((frame, error.message.as_deref()?)),
        _ => None,
    })
}

fn no_stack_traces(evidence: &Evidence) -> Verdict {
    each_error(evidence, trace_in, "a message without a trace")
}

/// Where servers keep their code.
const PATHS: &[&str] = &[
    "/home/",
    "/root/",
    "/usr/lib/",
    "/usr/local/",
    "/var/",
    "/opt/",
    "/app/",
    "/srv/",
    "/workspace/",
    "/mnt/",
    "/Users/",
    "site-packages/",
    "node_modules/",
];

fn no_file_paths(evidence: &Evidence) -> Verdict {
    let find = |text: &str| {
        let path = PATHS.iter().find(|path| begins_a_path(text, path));
        let below = path.map(|path| format!("a path below {path}"));
        below.or_else(|| source_file(text).map(|file| format!("the path {file}")))
    };
    each_error(evidence, find, "a message without the server's files")
}

/// The ends of names of the files that servers are made of.
const SOURCES: &[&str] = &[
    ".py", ".js", ".mjs", ".cjs", ".ts", ".rb", ".go", ".rs", ".php", ".java", ".kt", ".cs", ".exs",
];

/// A file of a program, named by its whole path, wherever the server keeps its code; on Windows any
/// path that begins with a drive.
fn source_file(text: &str) -> Option<&str> {
    let is_end = |c: char| c.is_whitespace() || "\"'`()[]<>,;=".contains(c);
    text.split(is_end).find(|word| {
        let mut letters = word.chars();
        let has_drive = letters.next().is_some_and(|it| it.is_ascii_alphabetic())
            && letters.as_str().starts_with(":\\");
        // A line and a column may follow.
        let file = word
            .rsplit('.')
            .next()
            .and_then(|end| end.split(':').next());
        let is_source = file.is_some_and(|end| SOURCES.iter().any(|it| it[1..] == *end));
        has_drive || word.starts_with('/') && word.matches('/').count() > 1 && is_source
    })
}

/// Whether a path begins with these folders, and is no part of an address.
fn begins_a_path(text: &str, folder: &str) -> bool {
    text.match_indices(folder).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let is_absolute = folder.starts_with('/') || folder.contains('\\');
        !is_absolute || before.is_none_or(|c| " \"'`(=[\n\t".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_recognised_and_not_repeated() {
        let key = format!("bad key sk-proj-{}", "a1b2c3d4e5f6g7h8i9j0");
        assert_eq!(key_in(&key).as_deref(), Some("sk-proj"));
        let secret = format!("\"ek_{}\"", "0123456789abcdef".repeat(3));
        assert_eq!(key_in(&secret).as_deref(), Some("ek_0123"));
        for harmless in [
            "task-list-of-many-things-1",
            "sk-learn",
            "desk-1234567890123456789012",
            "ek_short1",
        ] {
            assert_eq!(key_in(harmless), None, "{harmless}");
        }
    }

    #[test]
    fn a_key_in_a_header_is_found() {
        let mut answered = exchange(1, Purpose::Use, "threads.list", 200, "{}");
        let key = (
            "x-debug".to_owned(),
            format!("sk-proj-{}", "a1b2c3d4e5f6g7h8i9j0"),
        );
        answered.head.as_mut().unwrap().headers.push(key);
        let Verdict::Failed(findings) = no_keys(&Evidence {
            exchanges: vec![answered],
            ..Evidence::default()
        }) else {
            panic!("the key was not found")
        };
        let found = "the header x-debug holds a key that begins with sk-proj…";
        assert_eq!(findings.first[0].found, found);
    }

    #[test]
    fn a_path_is_none_inside_an_address() {
        assert!(begins_a_path("cannot open /home/ada/app.py", "/home/"));
        assert!(begins_a_path("File \"/app/main.py\", line 3", "/app/"));
        assert!(!begins_a_path("see https://example.com/home/ada", "/home/"));
    }

    fn exchange(number: usize, purpose: Purpose, kind: &str, status: u16, body: &str) -> Exchange {
        let request = format!("{{\"type\":\"{kind}\",\"params\":{{\"thread_id\":\"thr_1\"}}}}");
        Exchange {
            number,
            purpose,
            head: Some(crate::check::evidence::Head {
                status,
                headers: Vec::new(),
                at: std::time::Duration::ZERO,
            }),
            body: bytes::Bytes::copy_from_slice(body.as_bytes()),
            ..Exchange::asked(request.into())
        }
    }

    fn verdict(exchanges: Vec<Exchange>) -> Verdict {
        other_users(&Evidence {
            exchanges,
            ..Evidence::default()
        })
    }

    #[test]
    fn a_deletion_by_a_stranger_counts_when_the_thread_is_gone() {
        let after = |status| {
            vec![
                exchange(1, Purpose::Stranger, "threads.delete", 200, "{}"),
                exchange(2, Purpose::AfterStranger, "threads.get_by_id", status, "{}"),
            ]
        };
        assert!(matches!(verdict(after(404)), Verdict::Failed(_)));
        assert_eq!(verdict(after(200)), Verdict::Passed);
    }

    #[test]
    fn a_title_by_a_stranger_counts_when_the_owner_sees_it() {
        let after = |title: &str| {
            let body = serde_json::json!({"id": "thr_1", "title": title}).to_string();
            let kind = "threads.get_by_id";
            verdict(vec![exchange(2, Purpose::AfterStranger, kind, 200, &body)])
        };
        let given = crate::check::evidence::STRANGERS_TITLE;
        assert!(matches!(after(given), Verdict::Failed(_)));
        assert_eq!(after("its own"), Verdict::Passed);
    }

    #[test]
    fn a_turn_of_a_stranger_counts_when_items_come() {
        let turn = |data: &'static str| {
            let mut turn = exchange(1, Purpose::Stranger, "threads.add_user_message", 200, "");
            let data = bytes::Bytes::from_static(data.as_bytes());
            let frame = crate::check::evidence::Frame::new(
                1,
                std::time::Duration::ZERO,
                data,
                &mut crate::protocol::EventReader::default(),
            );
            turn.frames.push(frame);
            verdict(vec![turn])
        };
        let item = r#"{"type":"thread.item.done","item":{"id":"m1","type":"end_of_turn","thread_id":"thr_1","created_at":"2026-01-01T00:00:00Z"}}"#;
        assert!(matches!(turn(item), Verdict::Failed(_)));
        let refusal = r#"{"type":"error","code":"custom","message":"no","allow_retry":false}"#;
        assert_eq!(turn(refusal), Verdict::Passed);
    }
}
