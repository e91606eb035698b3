//! What was streamed is what is stored.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::pages::{after, ages, page_size, pages_complete, pages_without_doubles};
use super::said::said;
use crate::check::evidence::{Evidence, Exchange, Probe, Purpose};
use crate::check::rule::{Finding, Review, Rule, Severity, Verdict};
use crate::check::story::{Story, walk};
use crate::protocol::{Item, Operation};

const SAVED: &str = "openai-chatkit 1.6.5, server.py, _process_events: items are saved at done and replaced, deleted at removed";
const PAGED: &str = "openai-chatkit 1.6.5, types.py, Page; store.py, load_thread_items: limit, order, and after as the id of the last row";
const TALK: &[Probe] = &[Probe::Talk];

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "persistence/thread-items",
        severity: Severity::Must,
        says: "threads.get_by_id returns the items that were streamed, as they were done",
        source: SAVED,
        fix: "store each item at its thread.item.done, before or when the event is sent",
        needs: TALK,
        judge: |evidence| same_as_streamed(evidence, Operation::GetThread),
    },
    Rule {
        id: "persistence/listed-items",
        severity: Severity::Must,
        says: "items.list returns the items that were streamed, as they were done",
        source: SAVED,
        fix: "read the items of both operations from one store",
        needs: TALK,
        judge: |evidence| same_as_streamed(evidence, Operation::ListItems),
    },
    Rule {
        id: "persistence/order",
        severity: Severity::Must,
        says: "items come in the order that was asked for, and a thread's own page oldest first",
        source: "openai-chatkit 1.6.5, server.py, _load_full_thread: order=\"asc\"; types.py: order: Literal[\"asc\", \"desc\"]",
        fix: "sort by creation, and break ties by the order of insertion",
        needs: TALK,
        judge: order,
    },
    Rule {
        id: "persistence/ages",
        severity: Severity::May,
        says: "no item of a thread is older than the one before it",
        source: "openai-chatkit 1.6.5, the guides' stores sort items by created_at, so that what is stored and sorted again stays in order",
        fix: "set created_at when an item is made, by one clock, and keep it when the item is read",
        needs: TALK,
        judge: ages,
    },
    Rule {
        id: "persistence/pages-complete",
        severity: Severity::Must,
        says: "the pages of a thread's items together hold every item",
        source: PAGED,
        fix: "begin a page right behind the row that after names, and say has_more until the last row",
        needs: TALK,
        judge: pages_complete,
    },
    Rule {
        id: "persistence/pages-without-doubles",
        severity: Severity::Must,
        says: "no row stands on two pages",
        source: PAGED,
        fix: "begin a page behind the row that after names, not with it",
        needs: TALK,
        judge: pages_without_doubles,
    },
    Rule {
        id: "persistence/page-size",
        severity: Severity::Must,
        says: "a page has no more rows than its limit",
        source: PAGED,
        fix: "cut the page at limit, and set has_more",
        needs: TALK,
        judge: page_size,
    },
    Rule {
        id: "persistence/after",
        severity: Severity::Should,
        says: "a page that has more says where the next one begins, by the id of its last row",
        source: PAGED,
        fix: "set after to the id of the last row when has_more is true",
        needs: TALK,
        judge: after,
    },
    Rule {
        id: "persistence/listed-threads",
        severity: Severity::Must,
        says: "a thread that was created is listed",
        source: "openai-chatkit 1.6.5, server.py: threads.create saves the thread before it answers",
        fix: "save the thread before its first event is sent, and list it to its user",
        needs: TALK,
        judge: listed_threads,
    },
    Rule {
        id: "persistence/rename",
        severity: Severity::Must,
        says: "a thread keeps the title that it was given",
        source: "openai-chatkit 1.6.5, server.py: threads.update saves the title and returns the thread",
        fix: "store the title before threads.update is answered",
        needs: TALK,
        judge: rename,
    },
    Rule {
        id: "persistence/delete",
        severity: Severity::Must,
        says: "a thread that was deleted is gone",
        source: "openai-chatkit 1.6.5, server.py: threads.delete deletes the thread from the store",
        fix: "delete the thread and its items, and refuse its id from then on",
        needs: TALK,
        judge: delete,
    },
];

pub(super) const NONE: &str = "no thread was read back";

fn same_as_streamed(evidence: &Evidence, operation: Operation) -> Verdict {
    let mut review = Review::default();
    walk(evidence, |exchange, story| {
        if exchange.operation() != Some(operation) || !is_comparable(exchange, story) {
            return;
        }
        let rows = rows(exchange);
        for item in story.stored() {
            let row = rows.iter().find(|row| row["id"] == item.id.as_str());
            let missing_is_wrong = is_whole_list(exchange);
            review.look();
            match row {
                None if missing_is_wrong => {
                    let found = format!("item {} was streamed and is not there", item.id);
                    let expected = shown(item);
                    review.find(Finding::of(exchange, found, expected));
                }
                Some(row) if content(row) != content(&json!(item)) => {
                    let found = format!("item {} differs from what was streamed", item.id);
                    let raw = Some(crate::check::rule::quote(row.to_string().as_bytes()));
                    let finding = Finding::about(exchange, found, shown(item));
                    review.find(Finding { raw, ..finding });
                }
                _ => {}
            }
        }
    });
    review.verdict(NONE)
}

pub(super) fn is_comparable(exchange: &Exchange, story: &Story) -> bool {
    let is_read = exchange.is_success() && exchange.is_use() && has_rows(exchange);
    is_read && story.is_whole && story.is_certain
}

/// Whether there is a page at all; that there is one is another rule's.
pub(super) fn has_rows(exchange: &Exchange) -> bool {
    let document = exchange.document().unwrap_or(Value::Null);
    match exchange.operation() {
        Some(Operation::GetThread) => document["items"]["data"].is_array(),
        _ => document["data"].is_array(),
    }
}

/// Whether all the items of the thread are there: one page, from the beginning.
fn is_whole_list(exchange: &Exchange) -> bool {
    let document = exchange.document().unwrap_or(Value::Null);
    let page = match exchange.operation() {
        Some(Operation::GetThread) => &document["items"],
        _ => &document,
    };
    page["has_more"] != true && exchange.params["after"].is_null() && !is_full(exchange)
}

/// Whether a page has as many rows as it may have, so that it may be cut.
pub(super) fn is_full(exchange: &Exchange) -> bool {
    let limit = exchange.params["limit"].as_u64();
    limit.is_some_and(|limit| rows(exchange).len() as u64 >= limit)
}

/// The rows of a page, or of a thread's own page.
pub(super) fn rows(exchange: &Exchange) -> Vec<Value> {
    let document = exchange.document().unwrap_or(Value::Null);
    let rows = match exchange.operation() {
        Some(Operation::GetThread) => &document["items"]["data"],
        _ => &document["data"],
    };
    rows.as_array().cloned().unwrap_or_default()
}

/// What must be the same: texts, widgets, names. What a server may add, complete or spell in
/// another way (times, thread ids, nulls, statuses that go on) is left out.
fn content(item: &Value) -> Value {
    let texts = |parts: &Value| -> Vec<Value> {
        let parts = parts.as_array().into_iter().flatten();
        parts.map(|part| part["text"].clone()).collect()
    };
    match item["type"].as_str().unwrap_or_default() {
        kind @ "user_message" => json!({"type": kind, "message": said(item)}),
        kind @ "assistant_message" => {
            json!({"type": kind, "texts": texts(&item["content"])})
        }
        kind @ "client_tool_call" => {
            json!({"type": kind, "name": item["name"], "call_id": item["call_id"]})
        }
        kind @ "widget" => json!({"type": kind, "widget": without_nulls(&item["widget"])}),
        kind => json!({"type": kind}),
    }
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(_, field)| !field.is_null());
            Value::Object(
                kept.map(|(name, field)| (name.clone(), without_nulls(field)))
                    .collect(),
            )
        }
        Value::Array(values) => values.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

fn shown(item: &Item) -> String {
    let content = content(&json!(item));
    crate::check::rule::quote(content.to_string().as_bytes())
}

fn order(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    walk(evidence, |exchange, story| {
        let reads = matches!(
            exchange.operation(),
            Some(Operation::GetThread | Operation::ListItems)
        );
        if !reads || !is_comparable(exchange, story) {
            return;
        }
        let descends = exchange.operation() == Some(Operation::ListItems)
            && exchange.param("order") != Some("asc");
        let found: Vec<String> = rows(exchange).iter().filter_map(id_of).collect();
        let mut expected: Vec<String> = (story.stored().iter())
            .map(|item| item.id.to_string())
            .filter(|id| found.contains(id))
            .collect();
        if descends {
            expected.reverse();
        }
        let known: Vec<&String> = found.iter().filter(|id| expected.contains(id)).collect();
        // Doubles are another rule's.
        let mut once = Vec::new();
        for id in known {
            if !once.contains(&id) {
                once.push(id);
            }
        }
        let differs = once
            .iter()
            .map(|id| id.as_str())
            .ne(expected.iter().map(String::as_str));
        review.check((expected.len() > 1 && differs).then(|| {
            let word = if descends {
                "newest first"
            } else {
                "oldest first"
            };
            let found = format!("the items come as {}", list(&once));
            Finding::about(exchange, found, format!("{word}: {}", expected.join(", ")))
        }));
    });
    review.verdict(NONE)
}

pub(super) fn list(ids: &[&String]) -> String {
    ids.iter()
        .map(|id| id.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

pub(super) fn id_of(row: &Value) -> Option<String> {
    row["id"].as_str().map(ToOwned::to_owned)
}

fn listed_threads(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let mut threads = Vec::new();
    for exchange in &evidence.exchanges {
        match exchange.operation() {
            Some(Operation::CreateThread) if exchange.is_use() && exchange.is_whole_turn() => {
                threads.extend(exchange.thread());
            }
            Some(Operation::DeleteThread) if exchange.is_success() => {
                threads.retain(|thread| Some(thread) != exchange.thread().as_ref());
            }
            Some(Operation::ListThreads) if exchange.is_success() && exchange.is_use() => {
                let is_read = has_rows(exchange) && is_whole_list(exchange);
                let Some(first) = threads.first().filter(|_| is_read) else {
                    continue;
                };
                let is_there = rows(exchange).iter().any(|row| row["id"] == first.as_str());
                review.check((!is_there).then(|| {
                    let found = format!("the thread {first} is not listed");
                    Finding::of(exchange, found, "every thread of the user")
                }));
            }
            _ => {}
        }
    }
    review.verdict("no whole list of the threads was read")
}

fn rename(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let mut titles: BTreeMap<String, String> = BTreeMap::new();
    for exchange in evidence.uses().filter(|it| it.is_success()) {
        if exchange.operation() == Some(Operation::ListThreads) {
            listed_title(&mut review, exchange, &titles);
        }
        let Some(thread) = exchange.param("thread_id") else {
            continue;
        };
        let title = match exchange.operation() {
            Some(Operation::UpdateThread) => {
                let title = exchange.param("title").unwrap_or_default();
                titles.insert(thread.to_owned(), title.to_owned());
                title.to_owned()
            }
            Some(Operation::GetThread) if titles.contains_key(thread) => titles[thread].clone(),
            // A turn may give the thread a title of its own.
            Some(operation) if operation.streams() => {
                titles.remove(thread);
                continue;
            }
            _ => continue,
        };
        let document = exchange.document().unwrap_or(Value::Null);
        // What is no thread has no title either, which is another rule's.
        if !document["id"].is_string() {
            continue;
        }
        let found = &document["title"];
        review.check((*found != title).then(|| {
            let found = format!("the title is {found}");
            Finding::about(exchange, found, format!("\"{title}\""))
        }));
    }
    review.verdict("no thread was renamed")
}

/// A list of threads has their titles, too.
fn listed_title(review: &mut Review, exchange: &Exchange, titles: &BTreeMap<String, String>) {
    for row in rows(exchange) {
        let Some(title) = row["id"].as_str().and_then(|id| titles.get(id)) else {
            continue;
        };
        let found = &row["title"];
        review.check((*found != title.as_str()).then(|| {
            let found = format!("the title in the list is {found}");
            let raw = Some(crate::check::rule::quote(row.to_string().as_bytes()));
            let finding = Finding::about(exchange, found, format!("\"{title}\""));
            Finding { raw, ..finding }
        }));
    }
}

fn delete(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let mut deleted = Vec::new();
    for exchange in &evidence.exchanges {
        let is_deletion = exchange.operation() == Some(Operation::DeleteThread);
        if is_deletion && exchange.is_success() && exchange.is_use() {
            deleted.extend(exchange.param("thread_id").map(ToOwned::to_owned));
        }
        if exchange.purpose != Purpose::Gone {
            continue;
        }
        let gone = |id: &Value| deleted.iter().any(|thread| *id == thread.as_str());
        let finding = match exchange.operation() {
            Some(Operation::ListThreads) => rows(exchange)
                .iter()
                .any(|row| gone(&row["id"]))
                .then_some("the deleted thread is listed"),
            Some(Operation::ListItems) => (exchange.is_success() && !rows(exchange).is_empty())
                .then_some("the items of the deleted thread are still listed"),
            // An error under a success's status is another rule's.
            _ => (exchange.is_success() && gone(&exchange.document().unwrap_or(Value::Null)["id"]))
                .then_some("the deleted thread is still there"),
        };
        review.check(finding.map(|found| Finding::of(exchange, found, "nothing of it")));
    }
    review.verdict("no thread was deleted")
}
