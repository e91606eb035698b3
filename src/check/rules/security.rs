//! Who is let in, and what answers give away.

use crate::check::evidence::{Evidence, Exchange, Probe, Purpose};
use crate::check::rule::{Finding, Review, Rule, Severity, Verdict};
use crate::protocol::{Event, Operation};

const SERVER: &str =
    "the ChatKit guides: the endpoint is the app's own, and the app authenticates it";

/// Every answer is looked at, but one turn and the refusals are enough to have some.
const ANSWERS: &[Probe] = &[Probe::Talk, Probe::Refusals];

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
        says: "a thread of one user is not another's to read",
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
        needs: ANSWERS,
        judge: no_keys,
    },
    Rule {
        id: "security/no-stack-traces",
        severity: Severity::Must,
        says: "errors hold no stack trace",
        source: "OWASP, improper error handling; frameworks print one when they run in debug mode",
        fix: "turn debug mode off, and answer errors with a message of your own",
        needs: ANSWERS,
        judge: no_stack_traces,
    },
    Rule {
        id: "security/no-file-paths",
        severity: Severity::Should,
        says: "errors name no file of the server",
        source: "OWASP, improper error handling",
        fix: "answer errors with a message of your own, and log the exception",
        needs: ANSWERS,
        judge: no_file_paths,
    },
];

fn asks_for_credentials(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.of(&Purpose::NoCredentials) {
        let status = exchange.status();
        review.check((!matches!(status, 401 | 403)).then(|| {
            let found = format!("the status is {status}");
            Finding::of(exchange, found, "401 or 403")
        }));
    }
    review.verdict("pass --expect-auth to try without credentials")
}

fn other_users(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let own: Vec<String> = (evidence.uses())
        .filter(|it| it.operation() == Some(Operation::CreateThread))
        .filter_map(|it| Some(it.thread()?.to_string()))
        .collect();
    for exchange in evidence.of(&Purpose::Stranger) {
        let text = String::from_utf8_lossy(&exchange.body);
        // A message may name the id that was asked for; the thread itself is what counts.
        let leaks = exchange.is_success() && own.iter().any(|id| text.contains(id.as_str()));
        let listed = exchange.operation() == Some(Operation::ListItems)
            && exchange.is_success()
            && text.contains("\"type\"");
        review.check((leaks || listed).then(|| {
            let found = "another user can read the thread";
            Finding::about(exchange, found, "a refusal, or nothing of the thread")
        }));
    }
    review.verdict("pass --other-header to try as another user")
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
        if let Some(found) = find(&String::from_utf8_lossy(&exchange.body)) {
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

/// What traces look like: Python, Node.js, Go, Rust, the JVM.
const TRACES: &[&str] = &[
    "Traceback (most recent call last)",
    "node:internal/",
    "goroutine ",
    "panicked at ",
    "stack backtrace:",
    "Caused by: ",
];

fn no_stack_traces(evidence: &Evidence) -> Verdict {
    let find = |text: &str| {
        let trace = TRACES.iter().find(|trace| text.contains(**trace));
        let frames = text.matches("    at ").count() > 1 && text.contains(':');
        trace
            .map(|trace| format!("\"{}\"", trace.trim()))
            .or_else(|| frames.then(|| "lines that begin with \"at\"".to_owned()))
    };
    each_error(evidence, find, "a message without a trace")
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
    "/Users/",
    "C:\\",
    "site-packages/",
    "node_modules/",
];

fn no_file_paths(evidence: &Evidence) -> Verdict {
    let find = |text: &str| {
        let path = PATHS.iter().find(|path| begins_a_path(text, path));
        path.map(|path| format!("a path below {path}"))
    };
    each_error(evidence, find, "a message without the server's files")
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
    fn a_path_is_none_inside_an_address() {
        assert!(begins_a_path("cannot open /home/ada/app.py", "/home/"));
        assert!(begins_a_path("File \"/app/main.py\", line 3", "/app/"));
        assert!(!begins_a_path("see https://example.com/home/ada", "/home/"));
    }
}
