//! What was streamed is what is stored.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::content::content;
use super::kept::{delete, rename};
use super::listed::{listed_threads, threads_order};
use super::pages::{after, ages, page_size, pages_complete, pages_without_doubles};
use super::times::times_kept;
use crate::check::evidence::{Evidence, Exchange, Probe};
use crate::check::rule::{Finding, Review, Rule, Severity, Verdict};
use crate::check::story::{Story, walk};
use crate::protocol::{Item, ItemId, Operation, ThreadId};

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
        says: "items and threads come in the order that was asked for, and a thread's own page oldest first",
        source: "openai-chatkit 1.6.5, server.py, _load_full_thread: order=\"asc\"; types.py: order: Literal[\"asc\", \"desc\"]",
        fix: "sort by creation, and break ties by the order of insertion",
        needs: TALK,
        judge: |evidence| order(evidence, Asked::InWords),
    },
    Rule {
        id: "persistence/default-order",
        severity: Severity::Should,
        says: "who asks for no order gets the newest first",
        source: "openai-chatkit 1.6.5, types.py, ThreadListParams and ItemsListParams: order: Literal[\"asc\", \"desc\"] = \"desc\"",
        fix: "take desc where a request has no order",
        needs: TALK,
        judge: |evidence| order(evidence, Asked::Not),
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
        id: "persistence/times-kept",
        severity: Severity::Must,
        says: "an item or a thread that is read again is of the time that it had",
        source: "openai-chatkit 1.6.5, types.py, ThreadItemBase and ThreadMetadata: created_at, which is saved with the rest; its stores sort and page by it",
        fix: "store created_at when the item or thread is made, and return that; do not make it anew when it is read",
        needs: TALK,
        judge: times_kept,
    },
    Rule {
        id: "persistence/pages-complete",
        severity: Severity::Must,
        says: "the pages of a thread's items, and those of the threads, together hold every row",
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
        severity: Severity::Must,
        says: "a page that has more says where the next one begins, by the id of its last row, and the last page has no more",
        source: PAGED,
        fix: "set after to the id of the last row when has_more is true, and has_more to false behind the last row; a client asks for pages until then",
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
        says: "a thread keeps the title that it was given, and all else that it was, and no other thread gets it",
        source: "openai-chatkit 1.6.5, server.py: threads.update loads the thread, sets its title, saves it and returns it",
        fix: "store the title before threads.update is answered, for the thread of this id alone, and leave its other fields as they are",
        needs: TALK,
        judge: rename,
    },
    Rule {
        id: "persistence/delete",
        severity: Severity::Must,
        says: "a thread that was deleted is gone, and no other thread is",
        source: "openai-chatkit 1.6.5, server.py: threads.delete deletes the thread from the store",
        fix: "delete the thread of this id alone, with its items, and refuse its id from then on",
        needs: TALK,
        judge: delete,
    },
];

pub(super) const NONE: &str = "no thread was read back";

fn same_as_streamed(evidence: &Evidence, operation: Operation) -> Verdict {
    let mut review = Review::default();
    let homes = homes(evidence);
    walk(evidence, |exchange, story| {
        if exchange.operation() != Some(operation) || !is_comparable(exchange, story) {
            return;
        }
        let rows = rows(exchange);
        strays(&mut review, exchange, story, &rows, &homes);
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
                    review.find(Finding::in_row(exchange, row, found, shown(item)));
                }
                _ => {}
            }
        }
    });
    review.verdict(NONE)
}

/// The threads in which each item was streamed.
type Homes = BTreeMap<ItemId, BTreeSet<ThreadId>>;

fn homes(evidence: &Evidence) -> Homes {
    let mut homes = Homes::new();
    for exchange in evidence.turns() {
        let Some(thread) = exchange.thread() else {
            continue;
        };
        for item in exchange.fold.items() {
            let known = homes.entry(item.id.clone()).or_default();
            known.insert(thread.clone());
        }
    }
    homes
}

/// Finds what must not be there: items that were removed, those of other threads, and messages that
/// stand there twice, once under an id that was never streamed.
fn strays(review: &mut Review, exchange: &Exchange, story: &Story, rows: &[Value], homes: &Homes) {
    let own = exchange.thread();
    let stored = story.stored();
    for row in rows {
        let id = ItemId::from(row["id"].as_str().unwrap_or_default());
        let is_message = matches!(
            row["type"].as_str(),
            Some("user_message" | "assistant_message")
        );
        let is_stray = is_message && !story.streamed.contains(&id);
        let twin = (stored.iter()).find(|item| is_stray && content(row) == content(&json!(item)));
        let home = homes.get(&id).zip(own.as_ref());
        let foreign = home.filter(|(homes, own)| !homes.contains(*own));
        let foreign = foreign.and_then(|(homes, _)| homes.first());
        let found = if story.removed.contains(&id) {
            format!("item {id} was removed, and is still there")
        } else if let Some(home) = foreign {
            format!("item {id} is of another thread, {home}")
        } else if let Some(twin) = twin {
            format!(
                "item {id} was never streamed, and says the same as {}",
                twin.id
            )
        } else {
            continue;
        };
        let expected = "the items that were streamed, each once";
        review.find(Finding::in_row(exchange, row, found, expected));
    }
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
pub(super) fn is_whole_list(exchange: &Exchange) -> bool {
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

fn shown(item: &Item) -> String {
    let content = content(&json!(item));
    crate::check::rule::quote(content.to_string().as_bytes())
}

/// Whether an order was asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// By its word, or because the operation has one order only.
    InWords,
    /// It was left to the backend.
    Not,
}

impl Asked {
    pub(super) fn of(exchange: &Exchange) -> Self {
        let is_list = exchange.operation() != Some(Operation::GetThread);
        if is_list && exchange.params["order"].is_null() {
            Self::Not
        } else {
            Self::InWords
        }
    }
}

fn order(evidence: &Evidence, asked: Asked) -> Verdict {
    let mut review = Review::default();
    threads_order(&mut review, evidence, asked);
    walk(evidence, |exchange, story| {
        let reads = matches!(
            exchange.operation(),
            Some(Operation::GetThread | Operation::ListItems)
        );
        if !reads || Asked::of(exchange) != asked || !is_comparable(exchange, story) {
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
            Finding::of(exchange, found, format!("{word}: {}", expected.join(", ")))
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;

    use super::*;
    use crate::check::evidence::{End, Frame, Head};
    use crate::check::story::Fold;
    use crate::protocol::EventReader;

    fn head() -> Head {
        Head {
            status: 200,
            headers: Vec::new(),
            at: Duration::ZERO,
        }
    }

    fn message(id: &str, text: &str, annotations: &Value) -> Value {
        let part = json!({"type": "output_text", "text": text, "annotations": annotations});
        json!({"id": id, "thread_id": "t", "created_at": "2026-01-01T00:00:00Z",
            "type": "assistant_message", "content": [part]})
    }

    /// The verdict on a thread of these rows, whose only turn had these events.
    fn judged(events: &[Value], rows: &[Value]) -> Verdict {
        let created =
            json!({"id": "t", "created_at": "2026-01-01T00:00:00Z", "status": {"type": "active"}});
        let created = json!({"type": "thread.created", "thread": created});
        let mut reader = EventReader::default();
        let mut frame = |(number, event): (u64, &Value)| {
            let data = Bytes::from(event.to_string());
            Frame::new(number, Duration::ZERO, data, &mut reader)
        };
        let all: Vec<_> = [&created].into_iter().chain(events).collect();
        let frames: Vec<_> = (1..).zip(all).map(&mut frame).collect();
        let request = br#"{"type":"threads.create","params":{}}"#;
        let turn = Exchange {
            head: Some(head()),
            end: End::Complete,
            fold: Fold::of(&frames),
            frames,
            ..Exchange::asked(Bytes::from_static(request))
        };
        let request = br#"{"type":"threads.get_by_id","params":{"thread_id":"t"}}"#;
        let thread = json!({"id": "t", "items": {"data": rows, "has_more": false}});
        let read = Exchange {
            head: Some(head()),
            body: Bytes::from(thread.to_string()),
            ..Exchange::asked(Bytes::from_static(request))
        };
        same_as_streamed(
            &Evidence {
                exchanges: vec![turn, read],
                ..Evidence::default()
            },
            Operation::GetThread,
        )
    }

    fn found(verdict: &Verdict) -> &str {
        match verdict {
            Verdict::Failed(findings) => &findings.first[0].found,
            _ => "",
        }
    }

    #[test]
    fn what_was_removed_or_never_streamed_does_not_stand_in_the_thread() {
        let none = json!([]);
        let (one, two) = (message("m1", "one", &none), message("m2", "two", &none));
        let done = |item: &Value| json!({"type": "thread.item.done", "item": item});
        let both = [done(&one), done(&two)];
        assert_eq!(judged(&both, &[one.clone(), two.clone()]), Verdict::Passed);
        let removed = [
            &both[..],
            &[json!({"type": "thread.item.removed", "item_id": "m2"})],
        ]
        .concat();
        assert_eq!(
            judged(&removed, std::slice::from_ref(&one)),
            Verdict::Passed
        );
        let kept = judged(&removed, &[one.clone(), two]);
        assert_eq!(found(&kept), "item m2 was removed, and is still there");
        let twice = judged(&both[..1], &[one.clone(), message("m9", "one", &none)]);
        let expected = "item m9 was never streamed, and says the same as m1";
        assert_eq!(found(&twice), expected);
        // What a backend adds by itself is its own affair.
        let more = judged(&both[..1], &[one, message("m9", "welcome", &none)]);
        assert_eq!(more, Verdict::Passed);
    }

    #[test]
    fn what_a_text_rests_on_is_stored_with_it() {
        let source = json!({"type": "url", "title": "T", "url": "http://a.example"});
        let annotations = json!([{"type": "annotation", "source": source, "index": 1}]);
        let said = message("m1", "one", &annotations);
        let done = [json!({"type": "thread.item.done", "item": said})];
        assert_eq!(judged(&done, &[said]), Verdict::Passed);
        let lost = judged(&done, &[message("m1", "one", &json!([]))]);
        assert_eq!(found(&lost), "item m1 differs from what was streamed");
    }
}
