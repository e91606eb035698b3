//! The sixteen operations, and requests that must be refused.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::refused::{action_on_no_widget, error_fields, error_object, refused};
use super::rows::other_thread;
use crate::check::evidence::{End, Evidence, Exchange, Mistake, Probe, Purpose};
use crate::check::rule::{Finding, Review, Rule, Severity, Verdict};
use crate::check::story::walk;
use crate::protocol::{
    Attachment, Item, Operation, Page, SyncActionAnswer, Thread, Transcription, from_slice,
};

const TYPES: &str = "openai-chatkit 1.6.5, types.py: ChatKitReq, the union of the requests";
const ANSWERS: &str =
    "openai-chatkit 1.6.5, server.py, process: what each operation is answered with";
const REFUSE: &str = "answer with a 4xx and {\"error\": {\"message\", \"type\", \"param\", \"code\"}} before the stream begins; a 5xx makes browsers try again, up to five times";

macro_rules! operation {
    ($id:literal, $operation:ident, $says:literal, $probe:ident) => {
        Rule {
            id: $id,
            severity: Severity::Must,
            says: $says,
            source: ANSWERS,
            fix: "read the backend's own log, and what is quoted of the answer",
            needs: &[Probe::$probe],
            judge: |evidence| operation(evidence, Operation::$operation, Probe::$probe),
        }
    };
}

macro_rules! refusal {
    ($id:literal, $mistake:ident, $says:literal) => {
        Rule {
            id: $id,
            severity: Severity::Must,
            says: $says,
            source: TYPES,
            fix: REFUSE,
            needs: &[Probe::Refusals],
            judge: |evidence| refused(evidence, Mistake::$mistake),
        }
    };
}

pub(super) const RULES: &[Rule] = &[
    operation!(
        "requests/threads.create",
        CreateThread,
        "threads.create is answered",
        Talk
    ),
    operation!(
        "requests/threads.add_user_message",
        AddUserMessage,
        "threads.add_user_message is answered",
        Talk
    ),
    operation!(
        "requests/threads.add_client_tool_output",
        AddClientToolOutput,
        "threads.add_client_tool_output is answered",
        Tool
    ),
    operation!(
        "requests/threads.add_structured_input",
        AddStructuredInput,
        "threads.add_structured_input is answered",
        Form
    ),
    operation!(
        "requests/threads.retry_after_item",
        RetryAfterItem,
        "threads.retry_after_item is answered",
        Talk
    ),
    operation!(
        "requests/threads.custom_action",
        CustomAction,
        "threads.custom_action is answered",
        Widget
    ),
    operation!(
        "requests/threads.sync_custom_action",
        SyncCustomAction,
        "threads.sync_custom_action is answered by {updated_item?}",
        Widget
    ),
    operation!(
        "requests/threads.get_by_id",
        GetThread,
        "threads.get_by_id is answered by a thread with a page of items",
        Talk
    ),
    operation!(
        "requests/threads.list",
        ListThreads,
        "threads.list is answered by a page of threads",
        Talk
    ),
    operation!(
        "requests/threads.update",
        UpdateThread,
        "threads.update is answered by the thread",
        Talk
    ),
    operation!(
        "requests/threads.delete",
        DeleteThread,
        "threads.delete is answered by {}",
        Talk
    ),
    operation!(
        "requests/items.list",
        ListItems,
        "items.list is answered by a page of items",
        Talk
    ),
    operation!(
        "requests/items.feedback",
        Feedback,
        "items.feedback is answered by {}",
        Talk
    ),
    operation!(
        "requests/attachments.create",
        CreateAttachment,
        "attachments.create is answered by an attachment",
        Upload
    ),
    operation!(
        "requests/attachments.delete",
        DeleteAttachment,
        "attachments.delete is answered by {}",
        Upload
    ),
    operation!(
        "requests/input.transcribe",
        Transcribe,
        "input.transcribe is answered by {text}",
        Transcribe
    ),
    refusal!(
        "requests/unknown-type",
        UnknownType,
        "a request of an unknown type is refused"
    ),
    refusal!("requests/empty-object", EmptyObject, "{} is refused"),
    refusal!(
        "requests/not-json",
        NotJson,
        "what is no JSON object is refused"
    ),
    refusal!(
        "requests/missing-field",
        MissingField,
        "a request that lacks a required field is refused"
    ),
    refusal!(
        "requests/wrong-type",
        WrongType,
        "a request with a field of the wrong type is refused"
    ),
    refusal!(
        "requests/unknown-thread",
        UnknownThread,
        "a thread that does not exist is refused"
    ),
    refusal!(
        "requests/unknown-item",
        UnknownItem,
        "an item that does not exist is refused"
    ),
    Rule {
        id: "requests/action-on-no-widget",
        severity: Severity::Should,
        says: "an action on an item that is no widget is refused, or answered by an error event",
        source: "openai-chatkit 1.6.5, server.py, _process_streaming_impl, ThreadsCustomActionReq: an item that is no WidgetItem is answered by an ErrorEvent that may not be retried",
        fix: "look at the type of the item that the action names before carrying it out, and refuse it as an unknown item is refused",
        needs: &[Probe::Refusals],
        judge: action_on_no_widget,
    },
    Rule {
        id: "requests/error-object",
        severity: Severity::Should,
        says: "a refusal says what is wrong in an error object",
        source: "OpenAI API reference, errors: {\"error\": {\"message\", \"type\", \"param\", \"code\"}}; the reference server leaves it to the app",
        fix: "answer refusals with {\"error\": {\"message\": …}} as application/json",
        needs: &[Probe::Refusals],
        judge: error_object,
    },
    Rule {
        id: "requests/error-fields",
        severity: Severity::May,
        says: "an error object has the fields by which a program tells refusals apart",
        source: "OpenAI API reference, errors: message, type, param and code, of which param and code may be null; the reference server leaves it to the app",
        fix: "answer refusals with {\"error\": {\"message\", \"type\", \"param\", \"code\"}}; what has no param or no code has null there",
        needs: &[Probe::Refusals],
        judge: error_fields,
    },
];

fn operation(evidence: &Evidence, operation: Operation, probe: Probe) -> Verdict {
    let mut review = Review::default();
    let doubtful = evidence.threads_in_doubt();
    let follows = |exchange: &Exchange| {
        let thread = exchange.param("thread_id");
        !exchange.is_success() && thread.is_some_and(|id| doubtful.contains(id))
    };
    let mut has_followed = false;
    let closed = closed(evidence);
    let mut is_closed = false;
    let mut is_unsupported = false;
    let asked = |exchange: &&Exchange| {
        exchange.operation() == Some(operation)
            && (exchange.is_use() || exchange.purpose == Purpose::AfterCancel)
    };
    for exchange in evidence.exchanges.iter().filter(asked) {
        // After a turn that was left other rules ask whether the thread still works.
        if exchange.purpose == Purpose::AfterCancel && exchange.is_success() {
            continue;
        }
        if exchange.purpose == Purpose::AfterCancel || is_not_offered(exchange) {
            continue;
        }
        if is_gone_already(exchange) {
            continue;
        }
        if closed.contains(&exchange.number) {
            is_closed = true;
            continue;
        }
        // RFC 9110, 15.6.2. Nothing that the backend itself streams asks for an opinion.
        if operation == Operation::Feedback && exchange.status() == 501 {
            is_unsupported = true;
            continue;
        }
        if follows(exchange) {
            has_followed = true;
            continue;
        }
        review.check(not_answered(exchange, operation));
    }
    if has_followed {
        return review.verdict("follows from stream/own-thread: the thread has two ids");
    }
    if is_closed {
        return review.verdict("the backend closes or locks its threads, and says so");
    }
    if is_unsupported {
        return review
            .verdict("the backend answers it by 501, which says that it is not supported");
    }
    let nothing = format!("{} was not asked for", operation.name());
    review.verdict(evidence.reason(probe, &nothing))
}

/// The numbers of the turns that were refused because a turn before had closed or locked the thread.
fn closed(evidence: &Evidence) -> BTreeSet<usize> {
    let mut numbers = BTreeSet::new();
    walk(evidence, |exchange, story| {
        let is_turn = exchange.operation().is_some_and(Operation::streams);
        if is_turn && matches!(exchange.status(), 400..=499) && story.is_closed() {
            numbers.insert(exchange.number);
        }
    });
    numbers
}

/// Whether the backend refuses what it need not offer.
pub(super) fn is_not_offered(exchange: &Exchange) -> bool {
    exchange.purpose == Purpose::Offer && exchange.head.is_some() && !exchange.is_success()
}

/// Whether a deletion finds nothing because it was carried out the first time that it was sent, over
/// a connection that was closed before its answer.
fn is_gone_already(exchange: &Exchange) -> bool {
    let deletes = matches!(
        exchange.operation(),
        Some(Operation::DeleteThread | Operation::DeleteAttachment)
    );
    deletes && exchange.is_resent && matches!(exchange.status(), 404 | 410)
}

fn not_answered(exchange: &Exchange, operation: Operation) -> Option<Finding> {
    let expected = answer(operation);
    if !exchange.is_success() {
        let found = match exchange.head {
            Some(_) => format!("{} for {}", exchange.status_words(), params(exchange)),
            None => exchange.end_words(),
        };
        return Some(Finding::of(exchange, found, expected));
    }
    // How it is encoded is another rule's.
    if exchange.encoding().is_some() {
        return None;
    }
    if operation.streams() {
        let is_empty = exchange.frames.is_empty() && exchange.end == End::Complete;
        return is_empty.then(|| empty_stream(exchange, expected));
    }
    let shape = wrong_shape(exchange, operation)?;
    Some(Finding::of(exchange, shape, expected))
}

/// A stream without events, which may have lines all the same.
fn empty_stream(exchange: &Exchange, expected: &str) -> Finding {
    let Some(odd) = exchange.oddities.first() else {
        return Finding::of(exchange, "the stream has no events", expected);
    };
    Finding {
        raw: Some(odd.line.clone()),
        ..Finding::about(
            exchange,
            "the stream has lines, but none of them begins with `data:`",
            "frames: `data: {json}` and an empty line",
        )
    }
}

/// What an operation is answered with.
fn answer(operation: Operation) -> &'static str {
    match operation {
        Operation::GetThread => "a thread with a page of items",
        Operation::UpdateThread => "the thread",
        Operation::ListThreads | Operation::ListItems => "a page: {data, has_more, after?}",
        Operation::CreateAttachment => "an attachment",
        Operation::Transcribe => "{text}",
        Operation::SyncCustomAction => "{updated_item?}",
        operation if operation.streams() => "an event stream",
        _ => "{}",
    }
}

/// What was asked for, shortened.
fn params(exchange: &Exchange) -> String {
    const MOST: usize = 120;
    let params = exchange.params.to_string();
    match params.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &params[..end]),
        None => params,
    }
}

fn wrong_shape(exchange: &Exchange, operation: Operation) -> Option<String> {
    let body = exchange.text();
    if body.is_empty() {
        return Some(format!(
            "{}, and the body is empty",
            exchange.status_words()
        ));
    }
    match operation {
        Operation::GetThread => shape::<Thread>(body)
            .or_else(|| no_items(body))
            .or_else(|| other_thread(exchange)),
        Operation::UpdateThread => shape::<Thread>(body).or_else(|| other_thread(exchange)),
        Operation::ListThreads => shape::<Page<Thread>>(body),
        Operation::ListItems => shape::<Page<Item>>(body),
        Operation::CreateAttachment => shape::<Attachment>(body),
        Operation::Transcribe => shape::<Transcription>(body),
        Operation::SyncCustomAction => {
            shape::<SyncActionAnswer>(body).or_else(|| bare_item(exchange, body))
        }
        _ => shape::<serde_json::Map<String, Value>>(body),
    }
}

fn shape<T: DeserializeOwned>(body: &[u8]) -> Option<String> {
    from_slice::<T>(body).err().map(|error| error.to_string())
}

/// The widget of a synchronous action stands below `updated_item`; by itself it reads as an answer
/// that changes nothing, and a client shows the old one still.
fn bare_item(exchange: &Exchange, body: &[u8]) -> Option<String> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let is_bare = answer["id"] == exchange.params["item_id"] && answer["type"] == "widget";
    (is_bare && answer.get("updated_item").is_none())
        .then(|| "the widget itself: expected it below updated_item".into())
}

/// A thread that is read by its id has its first items with it.
fn no_items(body: &[u8]) -> Option<String> {
    let document: Value = serde_json::from_slice(body).ok()?;
    (!document["items"]["data"].is_array()).then(|| "items.data: expected an array".into())
}
