//! The sessions of hosted `ChatKit`: made, used, cancelled, refused.

use serde_json::Value;

use crate::check::evidence::{Evidence, Exchange, Moment, Probe, Purpose};
use crate::check::rule::{Finding, Review, Rule, Severity, Verdict};

const API: &str = "OpenAI API reference, chatkit sessions: POST /v1/chatkit/sessions, POST /v1/chatkit/sessions/{id}/cancel";
const SESSION: &[Probe] = &[Probe::Session];

macro_rules! rule {
    ($id:literal, $says:literal, $fix:literal, $moment:ident, $judge:expr) => {
        Rule {
            id: $id,
            severity: Severity::Must,
            says: $says,
            source: API,
            fix: $fix,
            needs: SESSION,
            judge: |evidence| moment(evidence, Moment::$moment, $judge),
        }
    };
}

pub(super) const RULES: &[Rule] = &[
    rule!(
        "session/created",
        "a session can be made for the workflow, and is active",
        "check the API key, and the id of the workflow (wf_…)",
        Created,
        |exchange| is_status(exchange, "active")
    ),
    rule!(
        "session/secret-works",
        "the client secret of a session lets its user in",
        "send Authorization: Bearer with the client secret, not with the API key",
        Used,
        |exchange| (!exchange.is_success()).then(|| format!("the status is {}", exchange.status()))
    ),
    rule!(
        "session/cancelled",
        "a session can be cancelled",
        "post to the cancel address of the session, with the API key",
        Cancelled,
        |exchange| is_status(exchange, "cancelled")
    ),
    rule!(
        "session/secret-refused",
        "the client secret of a cancelled session is refused",
        "look the session up at each request; a cancelled one is answered with 401",
        UsedAfter,
        |exchange| (!matches!(exchange.status(), 401 | 403))
            .then(|| format!("the status is {}", exchange.status()))
    ),
];

fn moment(evidence: &Evidence, moment: Moment, wrong: fn(&Exchange) -> Option<String>) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.of(&Purpose::Session(moment)) {
        let expected = match moment {
            Moment::Created => "a session whose status is active",
            Moment::Used => "an answer",
            Moment::Cancelled => "a session whose status is cancelled",
            Moment::UsedAfter => "401",
        };
        review.check(wrong(exchange).map(|found| Finding::of(exchange, found, expected)));
    }
    review.verdict(evidence.reason(Probe::Session, "no session came that far"))
}

fn is_status(exchange: &Exchange, wanted: &str) -> Option<String> {
    if !exchange.is_success() {
        return Some(match exchange.status() {
            0 => exchange.end_words(),
            status => format!("the status is {status}"),
        });
    }
    let found = &exchange.document().unwrap_or(Value::Null)["status"];
    (*found != wanted).then(|| format!("the session's status is {found}"))
}
