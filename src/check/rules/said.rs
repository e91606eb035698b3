//! What a user said, as the backend repeats it.

use serde_json::{Value, json};

use super::content::without_nulls;
use crate::check::evidence::{Evidence, Exchange, Frame};
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
        let mut messages = exchange.events().filter(|(_, event)| match event {
            Event::ItemDone(body) => matches!(body.item.kind, ItemKind::UserMessage(_)),
            _ => false,
        });
        let read = |frame: &Frame| serde_json::from_slice::<Value>(&frame.data).unwrap_or_default();
        let Some((frame, _)) = messages.next() else {
            continue;
        };
        let event = read(frame);
        let said = words(&event["item"]);
        // The same item that is done twice is another rule's.
        let is_again = |item: &Value| item["id"] != event["item"]["id"] && words(item) == said;
        let again = messages.find(|(frame, _)| is_again(&read(frame)["item"]));
        review.check(again.map(|(frame, _)| {
            let (first, found) = (&event["item"]["id"], &read(frame)["item"]["id"]);
            let found = format!("the user's message {first} comes a second time, as {found}");
            Finding::at(exchange, frame, found, "the message once")
        }));
        let input = &exchange.params["input"];
        let (sent, came) = (words(input), words(&event["item"]));
        review.check((sent != came).then(|| {
            let found = format!("the user's message comes back as {came}");
            Finding::at(exchange, frame, found, sent.to_string())
        }));
        let (sent, came) = (options(input), options(&event["item"]));
        // What the user left open a backend may have chosen.
        let is_lost = |(name, value): (&String, &Value)| came[name] != *value;
        let lost = sent
            .as_object()
            .is_some_and(|sent| sent.iter().any(is_lost));
        review.check(lost.then(|| {
            let found = format!("the inference_options of the user's message come back as {came}");
            Finding::at(exchange, frame, found, sent.to_string())
        }));
    }
    review.verdict("no message was sent")
}

/// What a message says, which files it has, and by what it is to be answered.
pub(super) fn said(message: &Value) -> Value {
    let files = message["attachments"].as_array();
    let id = |file: &Value| match file {
        Value::String(id) => Some(id.clone()),
        file => file["id"].as_str().map(ToOwned::to_owned),
    };
    let files: Vec<_> = files.into_iter().flatten().filter_map(id).collect();
    let mut said = words(message);
    said["attachments"] = json!(files);
    said["inference_options"] = options(message);
    said
}

/// What is chosen of the model and the tool; nothing chosen is as good as nulls, or as no options.
fn options(message: &Value) -> Value {
    let options = without_nulls(&message["inference_options"]);
    if options.is_null() {
        json!({})
    } else {
        options
    }
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
