//! What a user said, as the backend repeats it.

use serde_json::{Value, json};

use crate::check::evidence::{Evidence, Exchange};
use crate::check::rule::{Finding, Review, Verdict};
use crate::protocol::{Event, ItemKind, Operation};

/// Compares the user's message of each turn with what was sent.
pub(super) fn message_as_sent(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let says = |exchange: &&Exchange| {
        matches!(
            exchange.operation(),
            Some(Operation::CreateThread | Operation::AddUserMessage)
        )
    };
    for exchange in evidence.turns().filter(|it| it.is_use()).filter(says) {
        let message = exchange.events().find(|(_, event)| match event {
            Event::ItemDone(body) => matches!(body.item.kind, ItemKind::UserMessage(_)),
            _ => false,
        });
        let Some((frame, _)) = message else { continue };
        let event: Value = serde_json::from_slice(&frame.data).unwrap_or_default();
        let (sent, came) = (words(&exchange.params["input"]), words(&event["item"]));
        review.check((sent != came).then(|| {
            let found = format!("the user's message comes back as {came}");
            Finding::at(exchange, frame, found, sent.to_string())
        }));
    }
    review.verdict("no message was sent")
}

/// What a message says, and which files it has.
pub(super) fn said(message: &Value) -> Value {
    let files = message["attachments"].as_array();
    let id = |file: &Value| match file {
        Value::String(id) => Some(id.clone()),
        file => file["id"].as_str().map(ToOwned::to_owned),
    };
    let files: Vec<_> = files.into_iter().flatten().filter_map(id).collect();
    let mut said = words(message);
    said["attachments"] = json!(files);
    said
}

/// Its text, and what it quotes; its attachments are a rule's of their own.
fn words(message: &Value) -> Value {
    let parts = message["content"].as_array();
    let text: String = parts
        .into_iter()
        .flatten()
        .filter_map(|part| part["text"].as_str())
        .collect();
    let quote = message["quoted_text"].as_str().filter(|it| !it.is_empty());
    json!({"text": text, "quoted_text": quote})
}
