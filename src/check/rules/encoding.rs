//! What an answer wears on its way: encodings, byte order marks, and what it depends on.

use crate::check::evidence::{Evidence, Exchange, Probe, Purpose};
use crate::check::rule::{Finding, Review, Rule, Severity, Verdict};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "transport/unasked-encoding",
        severity: Severity::Must,
        says: "an answer is encoded only as its request allows",
        source: "RFC 9110, section 12.5.3: Accept-Encoding: identity allows no encoding",
        fix: "compress an answer only for a request whose Accept-Encoding names the encoding",
        needs: &[Probe::Talk],
        judge: unasked_encoding,
    },
    Rule {
        id: "transport/byte-order-mark",
        severity: Severity::Should,
        says: "a document begins without a byte order mark",
        source: "RFC 8259, section 8.1: a JSON text on a network has none, and parsers may fail over it",
        fix: "write documents as UTF-8 without a byte order mark (in .NET: new UTF8Encoding(false))",
        needs: &[Probe::Talk],
        judge: byte_order_mark,
    },
    Rule {
        id: "transport/vary-origin",
        severity: Severity::May,
        says: "an answer that names the origin of whoever asks tells caches so",
        source: "Fetch standard, CORS protocol and HTTP caches: Vary: Origin",
        fix: "add Vary: Origin where Access-Control-Allow-Origin repeats the Origin of the request",
        needs: &[Probe::Browser],
        judge: vary_origin,
    },
];

fn unasked_encoding(evidence: &Evidence) -> Verdict {
    if evidence.is_recording {
        return Verdict::Skipped("a recording does not hold what its requests accepted".into());
    }
    let mut review = Review::default();
    // A browser asks for encodings, and whoever stores files may keep them encoded.
    let asked = |it: &&Exchange| {
        !matches!(it.purpose, Purpose::Browser | Purpose::Upload(_)) && it.head.is_some()
    };
    for exchange in evidence.exchanges.iter().filter(asked) {
        review.check(exchange.encoding().map(|encoding| {
            let found = format!("the answer is encoded as {encoding}");
            let expected = "no Content-Encoding, since the request accepts identity only";
            Finding::about(exchange, found, expected)
        }));
    }
    review.verdict("nothing was answered")
}

fn byte_order_mark(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.uses() {
        if exchange.body.is_empty() || !exchange.is_success() {
            continue;
        }
        review.check(exchange.has_mark().then(|| {
            let found = "the document begins with a byte order mark (EF BB BF)";
            Finding::of(exchange, found, "the first character of the JSON")
        }));
    }
    review.verdict("no document was answered")
}

fn vary_origin(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let allowed = |exchange: &Exchange| {
        let value = exchange.header("access-control-allow-origin");
        value.map(ToOwned::to_owned)
    };
    let other = evidence.of(&Purpose::OtherOrigin).find_map(allowed);
    for exchange in evidence.of(&Purpose::Browser) {
        let Some(own) = allowed(exchange) else {
            continue;
        };
        // Whoever is told another name depends on the origin; a fixed one is told to everybody.
        let depends = other.as_ref().is_some_and(|other| *other != own);
        let varies = exchange.header_values("vary").any(|value| {
            let mut names = value.split(',').map(str::trim);
            names.any(|name| name == "*" || name.eq_ignore_ascii_case("origin"))
        });
        review.check((depends && !varies).then(|| {
            let found = format!(
                "Access-Control-Allow-Origin is {own} here and {} for another page, and Vary does \
                 not name Origin",
                other.as_deref().unwrap_or_default()
            );
            Finding::about(exchange, found, "Vary: Origin")
        }));
    }
    review.verdict(evidence.reason(Probe::Browser, "no page on another origin was let in"))
}
