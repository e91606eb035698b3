//! Requests that must be refused, and in which words.

use serde_json::Value;

use super::requests::is_not_offered;
use crate::check::evidence::{Evidence, Exchange, Mistake, Probe, Purpose};
use crate::check::rule::{Finding, Review, Verdict};
use crate::protocol::{Event, Operation};

/// Whether a wrong request was refused because the backend does not offer the operation at all, so
/// that nothing in it was looked at.
fn follows_from_no_offer(evidence: &Evidence, refused: &Exchange) -> bool {
    let Some(operation) = refused.operation() else {
        return false;
    };
    // RFC 9110, 15.6.2: 501 is for what the server does not support.
    let mut uses = evidence.uses();
    let is_unsupported = refused.status() == 501
        && !is_needed(operation)
        && !uses.any(|it| it.operation() == Some(operation) && it.is_success());
    if is_unsupported {
        return true;
    }
    let need_not_be_offered = matches!(
        operation,
        Operation::CreateAttachment | Operation::DeleteAttachment | Operation::Transcribe
    );
    let mut offers = evidence.of(&Purpose::Offer);
    let is_same = |it: &Exchange| {
        it.operation() == Some(operation) && it.status() == refused.status() && is_not_offered(it)
    };
    need_not_be_offered && offers.any(is_same)
}

/// Whether there is no talking to a backend that does not offer this.
fn is_needed(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::CreateThread
            | Operation::AddUserMessage
            | Operation::GetThread
            | Operation::ListThreads
            | Operation::ListItems
    )
}

pub(super) fn refused(evidence: &Evidence, mistake: Mistake) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.of(&Purpose::Refuse(mistake)) {
        if follows_from_no_offer(evidence, exchange) {
            continue;
        }
        let expected = "a status of 400 to 499";
        let found = match exchange.status() {
            400..=499 => None,
            200..=299 if !exchange.frames.is_empty() => Some("it was answered by a stream".into()),
            _ => Some(exchange.status_words()),
        };
        review.check(found.map(|found| Finding {
            operation: String::from_utf8_lossy(&exchange.request).into_owned(),
            ..Finding::of(exchange, found, expected)
        }));
    }
    review.verdict(evidence.reason(Probe::Refusals, "no such request was sent"))
}

pub(super) fn action_on_no_widget(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.of(&Purpose::Refuse(Mistake::NoWidget)) {
        if follows_from_no_offer(evidence, exchange) {
            continue;
        }
        let mut events = exchange.events();
        let is_told = events.any(|(_, event)| matches!(event, Event::Error(_)));
        let is_refused = (400..=499).contains(&exchange.status());
        let found = if exchange.is_success() {
            "it was carried out".to_owned()
        } else {
            exchange.status_words()
        };
        let expected = "a status of 400 to 499, or an error event";
        review.check((!is_refused && !is_told).then(|| Finding {
            operation: String::from_utf8_lossy(&exchange.request).into_owned(),
            ..Finding::of(exchange, found, expected)
        }));
    }
    review.verdict(evidence.reason(Probe::Refusals, "no item was known that is no widget"))
}

fn refusals(evidence: &Evidence) -> impl Iterator<Item = &Exchange> {
    evidence
        .exchanges
        .iter()
        .filter(|it| matches!(it.purpose, Purpose::Refuse(_)) && it.status() >= 400)
        .filter(|it| it.encoding().is_none())
}

pub(super) fn error_fields(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in refusals(evidence) {
        let document = exchange.document().unwrap_or(Value::Null);
        // One without a message is no error object, which is another rule's.
        let Some(error) = document["error"]
            .as_object()
            .filter(|it| it.contains_key("message"))
        else {
            continue;
        };
        let fields = ["type", "param", "code"];
        let missing: Vec<_> = fields
            .into_iter()
            .filter(|it| !error.contains_key(*it))
            .collect();
        review.check((!missing.is_empty()).then(|| Finding {
            operation: String::from_utf8_lossy(&exchange.request).into_owned(),
            ..Finding::of(
                exchange,
                format!("the error object has no {}", missing.join(" and no ")),
                "{\"error\": {\"message\", \"type\", \"param\", \"code\"}}",
            )
        }));
    }
    review.verdict(evidence.reason(Probe::Refusals, "no refusal had an error object"))
}

pub(super) fn error_object(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in refusals(evidence) {
        let document = exchange.document().unwrap_or(Value::Null);
        let says = document["error"]["message"].as_str();
        let finding = says.is_none_or(str::is_empty).then(|| Finding {
            operation: String::from_utf8_lossy(&exchange.request).into_owned(),
            ..Finding::of(
                exchange,
                format!("a {} without an error object", exchange.status()),
                "{\"error\": {\"message\": …}}",
            )
        });
        review.check(finding);
    }
    review.verdict(evidence.reason(Probe::Refusals, "nothing was refused"))
}
