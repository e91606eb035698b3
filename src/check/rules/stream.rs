//! The order and the meaning of events.

use std::collections::BTreeSet;

use super::EVERYTHING;
use super::events::{
    NONE, done_once, ends_with_an_answer, event_shape, hidden_items, known_items, left_open,
    no_errors, own_thread, stream_options, thread_created_first, user_message_first, violations,
};
use super::ids::{own_ids, thread_ids};
use super::known::{known_events, known_parts};
use super::said::message_as_sent;
use super::threads::{thread_created_once, thread_updated};
use super::times::{iso_times, times};
use crate::check::rule::{Rule, Severity};
use crate::transcript::Violation;

const PROCESS: &str = "openai-chatkit 1.6.5, server.py, _process_events";
const TYPES: &str = "openai-chatkit 1.6.5, types.py: ThreadStreamEvent and the types of its fields";
const TURN: &str = "openai-chatkit 1.6.5, server.py, _process_streaming_impl: thread.created, the user's message, stream_options, the answer";

const PADDED: &str = "openai-chatkit 1.6.5, types.py: content_index, annotation_index and task_index; its server.py, _apply_assistant_message_update, pads for indexes that were never added, and a client need not";

macro_rules! fold_rule {
    ($id:literal, $severity:ident, $says:literal, $source:expr, $fix:literal, $expected:literal, $pattern:pat) => {
        Rule {
            id: $id,
            severity: Severity::$severity,
            says: $says,
            source: $source,
            fix: $fix,
            needs: EVERYTHING,
            judge: |evidence| {
                let is_meant = |found: &Violation| matches!(found, $pattern);
                violations(evidence, $expected, is_meant, |_| BTreeSet::new()).verdict(NONE)
            },
        }
    };
}

macro_rules! rule {
    ($id:literal, $severity:ident, $says:literal, $source:expr, $fix:literal, $judge:ident) => {
        Rule {
            id: $id,
            severity: Severity::$severity,
            says: $says,
            source: $source,
            fix: $fix,
            needs: EVERYTHING,
            judge: $judge,
        }
    };
}

pub(super) const RULES: &[Rule] = &[
    rule!(
        "stream/event-shape",
        Must,
        "each event has the fields of its type",
        TYPES,
        "send the fields that are named, with values of their types",
        event_shape
    ),
    rule!(
        "stream/known-events",
        Should,
        "events, and what stands in them, are of types that clients know",
        TYPES,
        "send only the types of the protocol; what is for your own page goes into client_effect",
        known_events
    ),
    rule!(
        "stream/known-parts",
        Must,
        "the parts of a message are of types that clients show",
        "openai-chatkit 1.6.5, types.py: AssistantMessageContent is of type output_text, UserMessageContent is input_text or input_tag, and nothing else is taken for a part",
        "name the parts of the assistant's messages output_text, those of the user's input_text and input_tag; what has another type is not shown",
        known_parts
    ),
    rule!(
        "stream/thread-created-first",
        Must,
        "the turn that creates a thread begins with thread.created",
        TURN,
        "send thread.created before anything else; it tells the client the thread's id",
        thread_created_first
    ),
    rule!(
        "stream/thread-created-once",
        Must,
        "thread.created comes once, and only in the turn that creates the thread",
        TURN,
        "send thread.created once; what changes of the thread later is thread.updated",
        thread_created_once
    ),
    rule!(
        "stream/thread-ids",
        Must,
        "a thread that is created has an id that no other thread has",
        "openai-chatkit 1.6.5, store.py, generate_thread_id: an id of its own for each thread; its clients ask for a thread by nothing else",
        "make ids by the store's generate_thread_id; record each run of a backend by itself that counts from 1 again when it starts",
        thread_ids
    ),
    rule!(
        "stream/thread-updated",
        Should,
        "a new title or status of the thread is told by thread.updated",
        "openai-chatkit 1.6.5, server.py, _process_events: when the thread differs from before, it is saved and sent as thread.updated",
        "send thread.updated when a turn has changed the thread's title or status; the client shows the old one until it is loaded anew",
        thread_updated
    ),
    rule!(
        "stream/user-message-first",
        Must,
        "the user's message is done before the answer begins",
        TURN,
        "send thread.item.done of the user's message before the events of the answer",
        user_message_first
    ),
    rule!(
        "stream/stream-options",
        May,
        "stream_options comes before the answer",
        TURN,
        "send stream_options behind the user's message, so that the client knows whether it may cancel",
        stream_options
    ),
    fold_rule!(
        "stream/update-before-add",
        Must,
        "an item is added before it is updated",
        PROCESS,
        "send thread.item.added before the first thread.item.updated of an item",
        "thread.item.added of this item before this frame",
        Violation::UpdateBeforeAdd { .. }
    ),
    fold_rule!(
        "stream/update-after-done",
        Must,
        "an item that is done is not updated any more",
        PROCESS,
        "send thread.item.done as the last event of an item; later changes are thread.item.replaced",
        "no update behind thread.item.done",
        Violation::UpdateAfterDone { .. }
    ),
    fold_rule!(
        "stream/added-once",
        Must,
        "an item is added once",
        PROCESS,
        "give each item an id of its own, and add it once",
        "one thread.item.added for each id",
        Violation::AddedTwice { .. }
    ),
    rule!(
        "stream/done-once",
        Must,
        "an item is done once",
        PROCESS,
        "send thread.item.done once; later changes are thread.item.replaced",
        done_once
    ),
    rule!(
        "stream/left-open",
        Must,
        "every item that is added is done, but a workflow that a later turn goes on with, or the stream says that it failed",
        PROCESS,
        "send thread.item.done for each item before the stream ends; what is not done is not stored",
        left_open
    ),
    fold_rule!(
        "stream/indexes",
        Should,
        "parts, annotations and tasks are numbered from 0 without gaps",
        PADDED,
        "count content_index, annotation_index and task_index from 0, and add before you update",
        "the next index, of something that was added",
        Violation::PartOutOfOrder { .. }
            | Violation::PartNotAdded { .. }
            | Violation::AnnotationOutOfOrder { .. }
            | Violation::TaskOutOfOrder { .. }
            | Violation::TaskNotAdded { .. }
    ),
    fold_rule!(
        "stream/deltas-add-up",
        Must,
        "the deltas of a text add up to the text that is done",
        PROCESS,
        "make the text of the done item from the deltas that were sent, or send the missing ones",
        "the text that the deltas made",
        Violation::TextDiffers { .. }
    ),
    fold_rule!(
        "stream/fitting-updates",
        Must,
        "an update fits the type of its item",
        TYPES,
        "send assistant_message.… updates for messages, widget.… for widgets, workflow.… for workflows",
        "an update of the item's own type",
        Violation::WrongKind { .. }
            | Violation::UnknownUpdate { .. }
            | Violation::KindChanged { .. }
    ),
    rule!(
        "stream/known-items",
        Must,
        "only items of the thread are removed or replaced",
        PROCESS,
        "remove and replace by the id that was streamed before",
        known_items
    ),
    rule!(
        "stream/own-ids",
        Must,
        "no two items of a thread have one id",
        "chatkit-python issue 36: items under one id overwrite each other in the store",
        "make ids by the store's generate_item_id, not by the model's API; Chat Completions calls every message __fake_id__",
        own_ids
    ),
    rule!(
        "stream/own-thread",
        Must,
        "every item says that it is of the thread that the turn is on, or that was asked for",
        TYPES,
        "set thread_id of each item to the id of its thread",
        own_thread
    ),
    rule!(
        "stream/message-as-sent",
        Must,
        "the user's message comes back once, as it was sent: its text, its quote and its inference_options",
        "openai-chatkit 1.6.5, server.py, _build_user_message_item: content, attachments, quoted_text and inference_options of the input",
        "make the user_message of the request's input, and leave nothing of it out",
        message_as_sent
    ),
    rule!(
        "stream/hidden-items",
        Must,
        "context that is hidden is never sent to a client",
        "openai-chatkit 1.6.5, server.py, _process_events: hidden context items are swallowed",
        "store hidden_context_item and sdk_hidden_context, and leave them out of streams and pages",
        hidden_items
    ),
    rule!(
        "stream/ends-with-an-answer",
        Must,
        "at the end of a turn there is an item of the assistant, or an error",
        "openai-chatkit 1.6.5, server.py, _process_events: what fails is told by an error event",
        "end each turn with a done item; when the answer fails, send an error event",
        ends_with_an_answer
    ),
    rule!(
        "stream/no-errors",
        Must,
        "a turn that was asked for in order has no error event",
        "openai-chatkit 1.6.5, server.py, _process_events: an exception becomes error {code: stream.error}",
        "read the backend's own log for the exception, often a missing API key",
        no_errors
    ),
    rule!(
        "stream/times",
        May,
        "times have an offset, so that every client means the same instant",
        "RFC 3339, section 5.6; openai-chatkit 1.6.5 itself writes datetime.now() without one",
        "write created_at in UTC with a Z",
        times
    ),
    rule!(
        "stream/iso-times",
        Must,
        "times are ISO 8601 texts",
        "openai-chatkit 1.6.5, types.py: created_at: datetime, which pydantic writes as a text",
        "write created_at as 2026-11-20T23:56:45Z; unix seconds are the REST API's",
        iso_times
    ),
];
