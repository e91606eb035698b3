//! What is read back: the table of its rules.

use super::EVERYTHING;
use super::kept::{delete, rename};
use super::listed::listed_threads;
use super::order::{Asked, ages, order};
use super::pages::{after, page_size, pages_complete, pages_without_doubles};
use super::stored::same_as_streamed;
use super::times::times_kept;
use crate::check::rule::{Rule, Severity};
use crate::protocol::Operation;

const SAVED: &str = "openai-chatkit 1.6.5, server.py, _process_events: items are saved at done and replaced, deleted at removed";
const PAGED: &str = "openai-chatkit 1.6.5, types.py, Page; store.py, load_thread_items: limit, order, and after as the id of the last row";
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "persistence/thread-items",
        severity: Severity::Must,
        says: "threads.get_by_id returns the items that were streamed, as they were done",
        source: SAVED,
        fix: "store each item at its thread.item.done, before or when the event is sent",
        needs: EVERYTHING,
        judge: |evidence| same_as_streamed(evidence, Operation::GetThread),
    },
    Rule {
        id: "persistence/listed-items",
        severity: Severity::Must,
        says: "items.list returns the items that were streamed, as they were done",
        source: SAVED,
        fix: "read the items of both operations from one store",
        needs: EVERYTHING,
        judge: |evidence| same_as_streamed(evidence, Operation::ListItems),
    },
    Rule {
        id: "persistence/order",
        severity: Severity::Must,
        says: "items and threads come in the order that was asked for, and a thread's own page oldest first",
        source: "openai-chatkit 1.6.5, server.py, _load_full_thread: order=\"asc\"; types.py: order: Literal[\"asc\", \"desc\"]",
        fix: "sort by creation, and break ties by the order of insertion",
        needs: EVERYTHING,
        judge: |evidence| order(evidence, Asked::InWords),
    },
    Rule {
        id: "persistence/default-order",
        severity: Severity::Should,
        says: "who asks for no order gets the newest first",
        source: "openai-chatkit 1.6.5, types.py, ThreadListParams and ItemsListParams: order: Literal[\"asc\", \"desc\"] = \"desc\"",
        fix: "take desc where a request has no order",
        needs: EVERYTHING,
        judge: |evidence| order(evidence, Asked::Not),
    },
    Rule {
        id: "persistence/ages",
        severity: Severity::May,
        says: "no item of a thread is older than the one before it",
        source: "openai-chatkit 1.6.5, the guides' stores sort items by created_at, so that what is stored and sorted again stays in order",
        fix: "set created_at when an item is made, by one clock, and keep it when the item is read",
        needs: EVERYTHING,
        judge: ages,
    },
    Rule {
        id: "persistence/times-kept",
        severity: Severity::Must,
        says: "an item or a thread that is read again is of the time that it had",
        source: "openai-chatkit 1.6.5, types.py, ThreadItemBase and ThreadMetadata: created_at, which is saved with the rest; its stores sort and page by it",
        fix: "store created_at when the item or thread is made, and return that; do not make it anew when it is read",
        needs: EVERYTHING,
        judge: times_kept,
    },
    Rule {
        id: "persistence/pages-complete",
        severity: Severity::Must,
        says: "the pages of a thread's items, and those of the threads, together hold every row",
        source: PAGED,
        fix: "begin a page right behind the row that after names, and say has_more until the last row",
        needs: EVERYTHING,
        judge: pages_complete,
    },
    Rule {
        id: "persistence/pages-without-doubles",
        severity: Severity::Must,
        says: "no row stands on two pages",
        source: PAGED,
        fix: "begin a page behind the row that after names, not with it",
        needs: EVERYTHING,
        judge: pages_without_doubles,
    },
    Rule {
        id: "persistence/page-size",
        severity: Severity::Must,
        says: "a page has no more rows than its limit",
        source: PAGED,
        fix: "cut the page at limit, and set has_more",
        needs: EVERYTHING,
        judge: page_size,
    },
    Rule {
        id: "persistence/after",
        severity: Severity::Must,
        says: "a page that has more says behind which row the next one begins, and the last page has no more",
        source: PAGED,
        fix: "set after to the id of the last row (before hidden items are taken out) when has_more is true, and has_more to false behind the last row; a client asks for pages until then",
        needs: EVERYTHING,
        judge: after,
    },
    Rule {
        id: "persistence/listed-threads",
        severity: Severity::Must,
        says: "a thread that was created is listed",
        source: "openai-chatkit 1.6.5, server.py: threads.create saves the thread before it answers",
        fix: "save the thread before its first event is sent, and list it to its user",
        needs: EVERYTHING,
        judge: listed_threads,
    },
    Rule {
        id: "persistence/rename",
        severity: Severity::Must,
        says: "a thread keeps the title that it was given, and all else that it was, and no other thread gets it",
        source: "openai-chatkit 1.6.5, server.py: threads.update loads the thread, sets its title, saves it and returns it",
        fix: "store the title before threads.update is answered, for the thread of this id alone, and leave its other fields as they are",
        needs: EVERYTHING,
        judge: rename,
    },
    Rule {
        id: "persistence/delete",
        severity: Severity::Must,
        says: "a thread that was deleted is gone, and no other thread is",
        source: "openai-chatkit 1.6.5, server.py: threads.delete deletes the thread from the store",
        fix: "delete the thread of this id alone, with its items, and refuse its id from then on",
        needs: EVERYTHING,
        judge: delete,
    },
];
