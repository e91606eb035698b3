//! Pages: complete, without doubles, of the size that was asked for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::listed::{lives, unlisted};
use super::rows::{NONE, id_of, is_comparable, is_full, list, rows};
use crate::check::evidence::{Asker, Evidence, Exchange};
use crate::check::rule::{Finding, Review, Verdict};
use crate::check::story::walk;
use crate::plural::{are, plural};
use crate::protocol::Operation;

/// A run of pages: each but the first begins behind the one before.
struct Run<'e> {
    pages: Vec<&'e Exchange>,
}

/// The runs of pages of an operation; a page without `after` begins one.
fn runs(evidence: &Evidence, operation: Operation) -> Vec<Run<'_>> {
    let mut runs: BTreeMap<(String, &Asker), Vec<Run<'_>>> = BTreeMap::new();
    for exchange in evidence.documents(operation) {
        let mut key = exchange.params.clone();
        if let Some(key) = key.as_object_mut() {
            key.remove("after");
        }
        let known = runs.entry((key.to_string(), &exchange.asker)).or_default();
        if exchange.params["after"].is_null() {
            known.push(Run {
                pages: vec![exchange],
            });
        } else if let Some(run) = known.last_mut() {
            run.pages.push(exchange);
        }
    }
    runs.into_values().flatten().collect()
}

impl Run<'_> {
    fn rows(&self) -> impl Iterator<Item = (&Exchange, String)> {
        let page = |exchange: &&'_ Exchange| {
            let ids: Vec<_> = rows(exchange).iter().filter_map(id_of).collect();
            ids
        };
        self.pages
            .iter()
            .flat_map(move |exchange| page(exchange).into_iter().map(move |id| (*exchange, id)))
    }

    fn is_over(&self) -> bool {
        let last = self.pages.last().and_then(|page| page.document());
        last.is_some_and(|page| page["has_more"] != true)
    }
}

pub(super) fn pages_complete(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let mut stored = BTreeMap::new();
    walk(evidence, |exchange, story| {
        if exchange.operation() == Some(Operation::ListItems) && is_comparable(exchange, story) {
            let ids: Vec<_> = story
                .stored()
                .iter()
                .map(|item| item.id.to_string())
                .collect();
            stored.insert(exchange.number, ids);
        }
    });
    for run in runs(evidence, Operation::ListItems) {
        let (Some(first), Some(last)) = (run.pages.first(), run.pages.last()) else {
            continue;
        };
        let is_paged = run.pages.len() > 1 || is_full(first);
        let ends = stored.get(&first.number).zip(stored.get(&last.number));
        let Some((begun, expected)) = ends.filter(|_| is_paged) else {
            continue;
        };
        if !run.is_over() {
            continue;
        }
        let found: Vec<_> = run.rows().map(|(_, id)| id).collect();
        // What came between two pages need not stand on any of them.
        let expected: Vec<_> = expected.iter().filter(|id| begun.contains(id)).collect();
        let missing = expected.iter().filter(|id| !found.contains(id));
        let missing: Vec<&String> = missing.copied().collect();
        review.check((!missing.is_empty()).then(|| {
            let pages = plural(run.pages.len(), "page");
            let is = are(missing.len());
            let missing = list(&missing);
            let found = format!(
                "{missing} {is} not among the rows of {pages}, the last of which has no more"
            );
            let expected = plural(expected.len(), "item");
            let expected = format!("{expected} in all, has_more until the last");
            Finding::of(last, found, expected)
        }));
    }
    threads_complete(&mut review, evidence);
    review.verdict("nothing has several pages")
}

/// The pages of the threads hold each thread that was there while they were read.
fn threads_complete(review: &mut Review, evidence: &Evidence) {
    let lives = lives(evidence);
    // Those that no list has are another rule's.
    let unlisted: BTreeSet<_> = unlisted(evidence, &lives).map(|(_, id)| id).collect();
    for run in runs(evidence, Operation::ListThreads) {
        let (Some(first), Some(last)) = (run.pages.first(), run.pages.last()) else {
            continue;
        };
        if !run.is_over() || !(run.pages.len() > 1 || is_full(first)) {
            continue;
        }
        let found: Vec<_> = run.rows().map(|(_, id)| id).collect();
        let there = (lives.iter()).filter(|(_, life)| life.spans(first, last));
        let missing: Vec<_> = (there.map(|(id, _)| id))
            .filter(|id| !found.contains(id) && !unlisted.contains(id.as_str()))
            .collect();
        review.check((!missing.is_empty()).then(|| {
            let pages = plural(run.pages.len(), "page");
            let (is, missing) = (are(missing.len()), list(&missing));
            let found = format!(
                "{missing} {is} not among the rows of {pages}, the last of which has no more"
            );
            Finding::of(last, found, "every thread, and has_more until the last")
        }));
    }
}

pub(super) fn pages_without_doubles(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for operation in [Operation::ListItems, Operation::ListThreads] {
        for run in runs(evidence, operation) {
            let mut seen = BTreeSet::new();
            for (exchange, id) in run.rows() {
                let twice = !seen.insert(id.clone());
                review.check(twice.then(|| {
                    let found = format!("{id} stood on an earlier page, or stands twice");
                    Finding::of(exchange, found, "each row once")
                }));
            }
        }
    }
    review.verdict(NONE)
}

pub(super) fn page_size(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for operation in [Operation::ListItems, Operation::ListThreads] {
        for exchange in evidence.documents(operation) {
            let Some(limit) = exchange.params["limit"].as_u64() else {
                continue;
            };
            let count = rows(exchange).len() as u64;
            review.check((count > limit).then(|| {
                let found = plural(count, "row");
                Finding::of(exchange, found, format!("at most {limit}"))
            }));
        }
    }
    review.verdict("no page of a given size was read")
}

pub(super) fn after(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for operation in [Operation::ListItems, Operation::ListThreads] {
        for exchange in evidence.documents(operation) {
            let page = exchange.document().unwrap_or(Value::Null);
            if page["has_more"] != true {
                continue;
            }
            let rows = rows(exchange);
            let ids: Vec<_> = rows.iter().filter_map(id_of).collect();
            // A row without an id is another rule's.
            if ids.len() < rows.len() {
                continue;
            }
            let wrong = misleading(&page["after"], &exchange.params["after"], &ids);
            review.check(wrong.map(|expected| {
                let found = format!("after is {}, and has_more is true", page["after"]);
                Finding::of(exchange, found, expected)
            }));
        }
    }
    review.verdict("no page had more behind it")
}

/// What is expected instead of a cursor that leads nowhere, or not behind this page.
///
/// It need not be the last row's id: the reference server takes hidden items out of the page that
/// its store made, whose cursor may be one of them, and a page may have no other (`server.py`,
/// `ItemsListReq`).
fn misleading(after: &Value, asked: &Value, ids: &[String]) -> Option<String> {
    let last = || match ids.last() {
        Some(last) => format!("{last}, the last row"),
        None => "has_more: false".to_owned(),
    };
    let Some(after) = after.as_str().filter(|after| !after.is_empty()) else {
        return Some(last());
    };
    let place = ids.iter().position(|id| id == after);
    let is_inside = place.is_some_and(|place| place + 1 < ids.len());
    // A page that stands in itself has rows twice, which is another rule's.
    (is_inside || ids.is_empty() && asked == after).then(last)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;

    use super::*;
    use crate::check::evidence::Head;

    fn judged(page: &'static str) -> Verdict {
        let request = br#"{"type":"items.list","params":{"thread_id":"t","limit":2,"after":"z"}}"#;
        let exchange = Exchange {
            head: Some(Head {
                status: 200,
                headers: Vec::new(),
                at: Duration::ZERO,
            }),
            body: Bytes::from_static(page.as_bytes()),
            ..Exchange::asked(Bytes::from_static(request))
        };
        after(&Evidence {
            exchanges: vec![exchange],
            ..Evidence::default()
        })
    }

    #[test]
    fn a_cursor_leads_behind_its_page() {
        let wrong = |page| matches!(judged(page), Verdict::Failed(_));
        assert!(wrong(r#"{"data":[],"has_more":true}"#));
        assert!(wrong(
            r#"{"data":[{"id":"a"},{"id":"b"}],"has_more":true,"after":"a"}"#
        ));
        assert!(wrong(r#"{"data":[{"id":"a"}],"has_more":true}"#));
        assert!(wrong(r#"{"data":[],"has_more":true,"after":"z"}"#));
        assert!(!wrong(r#"{"data":[],"has_more":true,"after":"hidden"}"#));
        assert!(!wrong(
            r#"{"data":[{"id":"a"}],"has_more":true,"after":"hidden"}"#
        ));
        assert!(!wrong(
            r#"{"data":[{"id":"a"},{"id":"b"}],"has_more":true,"after":"b"}"#
        ));
        assert!(!wrong(r#"{"data":[],"has_more":false}"#));
    }
}
