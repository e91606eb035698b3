//! How answers travel: content types, frames, buffering, CORS, compression.

use super::EVERYTHING;
use serde_json::Value;

use super::buffering::not_buffered;
use crate::check::evidence::{End, Evidence, Exchange, Probe, Purpose};
use crate::check::rule::{Finding, Review, Rule, Severity, Verdict};
use crate::protocol::Operation;

const SERVER: &str = "openai-chatkit 1.6.5, server.py, StreamingResult: frames are written as `data: {json}` and an empty line";
const BROWSER: &str = "@openai/chatkit: every request has a JSON content type and headers of its own, so that a browser on another origin asks first";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "transport/stream-content-type",
        severity: Severity::Must,
        says: "a streaming operation is answered as text/event-stream",
        source: "openai-chatkit 1.6.5, the guides' app: StreamingResponse(result, media_type=\"text/event-stream\"); browsers retry anything else and give up",
        fix: "set the content type of the streamed answer to text/event-stream",
        needs: EVERYTHING,
        judge: stream_content_type,
    },
    Rule {
        id: "transport/document-content-type",
        severity: Severity::Should,
        says: "an operation that does not stream is answered as application/json",
        source: "openai-chatkit 1.6.5, the guides' app: Response(content=result.json, media_type=\"application/json\")",
        fix: "set the content type of documents to application/json",
        needs: EVERYTHING,
        judge: document_content_type,
    },
    Rule {
        id: "transport/json-frames",
        severity: Severity::Must,
        says: "the data of each frame is one JSON object with a type",
        source: SERVER,
        fix: "write each event as one line of JSON behind `data: `, and nothing like [DONE]",
        needs: EVERYTHING,
        judge: json_frames,
    },
    Rule {
        id: "transport/data-only",
        severity: Severity::May,
        says: "a stream has no lines but data lines",
        source: SERVER,
        fix: "leave out event, id and comment lines, unless a proxy needs a sign of life",
        needs: EVERYTHING,
        judge: data_only,
    },
    Rule {
        id: "transport/whole-answers",
        severity: Severity::Must,
        says: "an answer comes to its end in order",
        source: "RFC 9112, section 8: a chunked body that lacks its last chunk is incomplete",
        fix: "end each frame by an empty line; read the backend's log for an exception after the last event, and the limits of the proxies in front of it",
        needs: EVERYTHING,
        judge: whole_answers,
    },
    Rule {
        id: "transport/not-buffered",
        severity: Severity::Should,
        says: "events arrive while the answer is being made, not all at once at its end",
        source: "openai-chatkit 1.6.5, server.py, _process_streaming: each event is yielded as soon as it is there",
        fix: "flush after each event; turn off buffering in proxies (nginx: proxy_buffering off, or answer with X-Accel-Buffering: no)",
        needs: EVERYTHING,
        judge: not_buffered,
    },
    Rule {
        id: "transport/no-cache",
        severity: Severity::May,
        says: "a stream asks proxies not to keep or gather it",
        source: "HTML standard, server-sent events: authors are advised to send Cache-Control: no-store; nginx heeds X-Accel-Buffering",
        fix: "answer streams with Cache-Control: no-cache and X-Accel-Buffering: no",
        needs: EVERYTHING,
        judge: no_cache,
    },
    Rule {
        id: "transport/not-compressed",
        severity: Severity::Should,
        says: "a stream is not compressed",
        source: "the guides' app sends streams as they are; a compressor holds events back until it has enough of them",
        fix: "exempt text/event-stream from compression",
        needs: &[Probe::Browser],
        judge: not_compressed,
    },
    Rule {
        id: "transport/cors-preflight",
        severity: Severity::Should,
        says: "a browser on another origin is let in when it asks before it posts",
        source: BROWSER,
        fix: "answer OPTIONS with Access-Control-Allow-Origin, -Methods and the headers that Access-Control-Request-Headers names",
        needs: &[Probe::Browser],
        judge: cors_preflight,
    },
    Rule {
        id: "transport/cors-answer",
        severity: Severity::Should,
        says: "an answer to a page on another origin, be it a refusal, names that origin",
        source: "Fetch standard, CORS check: Access-Control-Allow-Origin is the origin or *",
        fix: "add Access-Control-Allow-Origin once, to streamed answers and to errors too: outside of whatever may fail, and either in the app or in the proxy in front of it",
        needs: &[Probe::Browser],
        judge: cors_answer,
    },
];

fn stream_content_type(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.uses() {
        let streams = exchange.operation().is_some_and(Operation::streams);
        if !streams || !exchange.is_success() || has_no_headers(evidence, exchange) {
            continue;
        }
        let found = exchange.media_type();
        let wrong = (found.as_deref() != Some("text/event-stream")).then(|| {
            let found = found.unwrap_or_else(|| "no content type".into());
            Finding::of(
                exchange,
                format!("the content type is {found}"),
                "text/event-stream",
            )
        });
        review.check(wrong);
    }
    review.verdict("no turn was answered")
}

fn document_content_type(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.uses() {
        let streams = exchange.operation().is_none_or(Operation::streams);
        // That nothing was answered is another rule's.
        if streams
            || exchange.body.is_empty()
            || !exchange.is_success()
            || has_no_headers(evidence, exchange)
        {
            continue;
        }
        let found = exchange.media_type();
        let wrong = (found.as_deref() != Some("application/json")).then(|| {
            let found = found.unwrap_or_else(|| "no content type".into());
            Finding::about(
                exchange,
                format!("the content type is {found}"),
                "application/json",
            )
        });
        review.check(wrong);
    }
    review.verdict("no document was answered")
}

/// An export carries no heads.
fn has_no_headers(evidence: &Evidence, exchange: &Exchange) -> bool {
    let head = exchange.head.as_ref();
    evidence.is_recording && head.is_none_or(|head| head.headers.is_empty())
}

fn json_frames(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.turns() {
        for frame in &exchange.frames {
            review.look();
            if frame.event.is_ok() {
                continue;
            }
            // What is an object with a type is an event, though perhaps a malformed one.
            let found = match serde_json::from_slice::<Value>(&frame.data) {
                Ok(value) if value["type"].is_string() => continue,
                Ok(Value::Object(_)) => "the object has no type".to_owned(),
                Ok(_) => "the data is no object".to_owned(),
                Err(error) => format!("the data is no JSON: {error}"),
            };
            let expected = "one JSON object with a type";
            review.find(Finding::at(exchange, frame, found, expected));
        }
    }
    review.verdict("no stream came")
}

fn data_only(evidence: &Evidence) -> Verdict {
    if evidence.is_recording {
        return Verdict::Skipped("a recording holds the events, not the lines between them".into());
    }
    let mut review = Review::default();
    for exchange in evidence.turns() {
        review.look();
        for odd in &exchange.oddities {
            review.find(Finding {
                frame: Some(odd.frame),
                raw: Some(odd.line.clone()),
                ..Finding::about(
                    exchange,
                    "a line is no data line",
                    "data lines and empty lines",
                )
            });
        }
    }
    review.verdict("no stream came")
}

fn whole_answers(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    // Of what had to be refused it is enough to say that it was not.
    let counts = |it: &&Exchange| it.head.is_some() && !it.is_to_be_refused();
    for exchange in evidence.exchanges.iter().filter(counts) {
        let broken = matches!(exchange.end, End::Cut(_) | End::TooLarge(_) | End::Silent);
        let expected = "a body that ends in order, of a size that a client can hold";
        let finding = broken.then(|| match exchange.frames.last() {
            Some(last) => Finding::at(exchange, last, exchange.end_words(), expected),
            None => Finding::of(exchange, exchange.end_words(), expected),
        });
        review.check(finding);
    }
    review.verdict("nothing was answered")
}

fn no_cache(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.turns().filter(|it| it.is_use()) {
        if has_no_headers(evidence, exchange) {
            continue;
        }
        let cache = exchange.header("cache-control").unwrap_or_default();
        let asks = cache.contains("no-cache") || cache.contains("no-store");
        let expected = "Cache-Control: no-cache, and X-Accel-Buffering: no for nginx";
        let finding = (!asks)
            .then(|| Finding::about(exchange, "the stream may be kept and gathered", expected));
        review.check(finding);
    }
    review.verdict("no stream came")
}

fn not_compressed(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.of(&Purpose::Browser).filter(|it| it.is_success()) {
        let finding = exchange.encoding().map(|encoding| {
            let found = format!("the stream is compressed ({encoding})");
            Finding::about(exchange, found, "no Content-Encoding")
        });
        review.check(finding);
    }
    review.verdict(evidence.reason(Probe::Browser, "no turn was asked for as a browser does"))
}

fn cors_preflight(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence
        .of(&Purpose::Preflight)
        .filter(|it| it.head.is_some())
    {
        review.look();
        if let Some(found) = preflight_refused(exchange, &evidence.origin) {
            let origin = &evidence.origin;
            let expected = format!("an answer that allows the POST of a page on {origin}");
            review.find(Finding::about(exchange, found, expected));
        }
    }
    review.verdict(evidence.reason(Probe::Browser, "nothing was asked as a browser does"))
}

/// Why the page may not read the answer, by the CORS check of the Fetch standard.
fn wrong_origin(exchange: &Exchange, origin: &str) -> Option<String> {
    let allowed: Vec<_> = exchange
        .header_values("access-control-allow-origin")
        .collect();
    match allowed[..] {
        [] => Some("no Access-Control-Allow-Origin".into()),
        [allowed] if allowed == "*" || allowed == origin => None,
        [allowed] => Some(format!("Access-Control-Allow-Origin is {allowed}")),
        // A browser takes them together for one, which is none.
        _ => {
            let (count, all) = (allowed.len(), allowed.join(" and "));
            Some(format!(
                "Access-Control-Allow-Origin is given {count} times: {all}"
            ))
        }
    }
}

fn preflight_refused(exchange: &Exchange, origin: &str) -> Option<String> {
    if !exchange.is_success() {
        return Some(format!("the status is {}", exchange.status()));
    }
    if let Some(found) = wrong_origin(exchange, origin) {
        return Some(found);
    }
    let allowed = exchange.header("access-control-allow-headers");
    let allowed = allowed.unwrap_or_default().to_ascii_lowercase();
    let names: Vec<_> = allowed.split(',').map(str::trim).collect();
    let missing = [
        "content-type",
        "chatkit-frame-instance-id",
        "chatkit-device-id",
    ];
    let missing = missing
        .iter()
        .find(|name| !names.contains(name) && !names.contains(&"*"));
    missing.map(|name| format!("Access-Control-Allow-Headers does not name {name}"))
}

fn cors_answer(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let answers = evidence.of(&Purpose::Browser);
    let refusals = evidence.of(&Purpose::BrowserRefused);
    for exchange in answers.chain(refusals).filter(|it| it.head.is_some()) {
        let found = wrong_origin(exchange, &evidence.origin);
        review.check(found.map(|found| {
            let origin = &evidence.origin;
            let found = format!("{}, {found}", exchange.status_words());
            let expected = format!("{origin}, or *; --origin names another page");
            Finding::about(exchange, found, expected)
        }));
    }
    review.verdict(evidence.reason(Probe::Browser, "nothing was asked as a browser does"))
}
