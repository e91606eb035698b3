//! Uploads: announced first, or posted directly.

use serde_json::Value;

use crate::check::evidence::{Evidence, Exchange, Frame, Probe, Purpose, Way};
use crate::check::rule::{Finding, Review, Rule, Severity, Verdict};
use crate::protocol::{Attachment, Event, ItemKind, Operation, UserMessage, from_slice};

const STORE: &str = "openai-chatkit 1.6.5, store.py, AttachmentStore; types.py, AttachmentUploadDescriptor {url, method, headers}";
const UPLOAD: &[Probe] = &[Probe::Upload];

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "attachments/descriptor",
        severity: Severity::Must,
        says: "an attachment that is announced says where its bytes go",
        source: STORE,
        fix: "answer attachments.create with upload_descriptor {url, method: POST or PUT, headers}",
        needs: UPLOAD,
        judge: descriptor,
    },
    Rule {
        id: "attachments/upload",
        severity: Severity::Must,
        says: "the bytes are taken at the address that the descriptor names",
        source: STORE,
        fix: "take the bytes by the method and with the headers that the descriptor says",
        needs: UPLOAD,
        judge: |evidence| uploaded(evidence, Way::TwoPhase),
    },
    Rule {
        id: "attachments/direct-upload",
        severity: Severity::Must,
        says: "a form with a file is answered by an attachment",
        source: "the ChatKit guides, uploadStrategy direct: multipart/form-data with the field file, answered by the attachment",
        fix: "answer the upload with the attachment as JSON",
        needs: UPLOAD,
        judge: |evidence| uploaded(evidence, Way::Direct),
    },
    Rule {
        id: "attachments/in-message",
        severity: Severity::Must,
        says: "a message carries the attachments that it was sent with",
        source: "openai-chatkit 1.6.5, server.py, _build_user_message_item: attachments are loaded by their ids",
        fix: "load the attachments of input.attachments and put them into the user's message",
        needs: UPLOAD,
        judge: in_message,
    },
    Rule {
        id: "attachments/delete",
        severity: Severity::Must,
        says: "an attachment that was deleted is gone: no message carries it any more",
        source: "openai-chatkit 1.6.5, server.py, AttachmentsDeleteReq: the attachment is deleted from the attachment store and from the store, which then does not load it for a message",
        fix: "delete the bytes and the row of the attachment, and refuse its id from then on",
        needs: UPLOAD,
        judge: deleted,
    },
];

fn nothing(evidence: &Evidence) -> String {
    evidence.reason(Probe::Upload, "nothing was uploaded")
}

fn descriptor(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.documents(Operation::CreateAttachment) {
        let document = exchange.document().unwrap_or(Value::Null);
        if !document.is_object() {
            continue;
        }
        let descriptor = &document["upload_descriptor"];
        let method = descriptor["method"].as_str();
        let found = if descriptor.is_null() {
            Some("no upload_descriptor".to_owned())
        } else if !descriptor["url"].is_string() {
            Some(format!("url is {}", descriptor["url"]))
        } else if !matches!(method, Some("POST" | "PUT")) {
            Some(format!("method is {}", descriptor["method"]))
        } else {
            None
        };
        let expected = "upload_descriptor {url, method: POST or PUT, headers}";
        review.check(found.map(|found| Finding::of(exchange, found, expected)));
    }
    review.verdict(nothing(evidence))
}

fn uploaded(evidence: &Evidence, way: Way) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.of(&Purpose::Upload(way)) {
        let found = if exchange.head.is_none() {
            Some(exchange.end_words())
        } else if !exchange.is_success() {
            Some(format!("the status is {}", exchange.status()))
        } else if way == Way::Direct {
            let shape = from_slice::<Attachment>(&exchange.body).err();
            shape.map(|error| error.to_string())
        } else {
            None
        };
        let expected = match way {
            Way::TwoPhase => "a success",
            Way::Direct => "an attachment",
        };
        review.check(found.map(|found| Finding::of(exchange, found, expected)));
    }
    let known = match way {
        Way::TwoPhase => nothing(evidence),
        Way::Direct => "no address for direct uploads is known; name it with --upload-url".into(),
    };
    review.verdict(known)
}

fn in_message(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.turns().filter(|it| it.is_use()) {
        let sent = exchange.params["input"]["attachments"].as_array();
        let Some(sent) = sent.filter(|sent| !sent.is_empty()) else {
            continue;
        };
        let Some((frame, message)) = message_of(exchange) else {
            continue;
        };
        review.check((!sent.iter().all(|id| carries(message, id))).then(|| {
            let found = "the message lacks an attachment";
            Finding::at(
                exchange,
                frame,
                found,
                Value::Array(sent.clone()).to_string(),
            )
        }));
    }
    review.verdict(nothing(evidence))
}

/// The user's message of a turn.
fn message_of(exchange: &Exchange) -> Option<(&Frame, &UserMessage)> {
    exchange.events().find_map(|(frame, event)| match event {
        Event::ItemDone(body) => match &body.item.kind {
            ItemKind::UserMessage(message) => Some((frame, message)),
            _ => None,
        },
        _ => None,
    })
}

fn carries(message: &UserMessage, id: &Value) -> bool {
    let mut attachments = message.attachments.iter();
    attachments.any(|attachment| *id == attachment.id.as_str())
}

/// How the message is refused, if it is, other rules ask of other requests.
fn deleted(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.of(&Purpose::GoneAttachment) {
        let id = &exchange.params["input"]["attachments"][0];
        let carried = message_of(exchange).filter(|(_, message)| carries(message, id));
        review.check(carried.map(|(frame, _)| {
            let found = format!("the attachment {id} was deleted, and the message carries it");
            Finding::at(exchange, frame, found, "a refusal, or a message without it")
        }));
    }
    review.verdict(evidence.reason(Probe::Upload, "no attachment was uploaded and deleted"))
}
