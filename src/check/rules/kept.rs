//! What becomes of threads: they are listed, renamed and deleted, and of the others nothing is.

use std::collections::BTreeMap;

use serde_json::Value;

use super::persistence::{has_rows, is_whole_list, rows};
use crate::check::evidence::{Evidence, Exchange, Purpose};
use crate::check::rule::{Finding, Review, Verdict};
use crate::protocol::{Event, Operation};

pub(super) fn listed_threads(evidence: &Evidence) -> Verdict {
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

pub(super) fn rename(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let mut titles: BTreeMap<String, String> = BTreeMap::new();
    for exchange in evidence.uses().filter(|it| it.is_success()) {
        if exchange.operation() == Some(Operation::ListThreads) {
            listed_title(&mut review, exchange, &titles);
        }
        let Some(thread) = exchange.thread().map(|thread| thread.to_string()) else {
            continue;
        };
        let title = match exchange.operation() {
            Some(Operation::UpdateThread) => {
                let title = exchange.param("title").unwrap_or_default();
                titles.insert(thread, title.to_owned());
                title.to_owned()
            }
            Some(Operation::GetThread) if titles.contains_key(&thread) => titles[&thread].clone(),
            // A turn may give the thread a title of its own, and tells of it.
            Some(operation) if operation.streams() => {
                match told_title(exchange) {
                    Some(title) => titles.insert(thread, title),
                    None => titles.remove(&thread),
                };
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
    for (before, after, thread) in bystanders(evidence) {
        let title = &after["title"];
        let given = titles.values().any(|given| *title == given.as_str());
        let finding = (given && before["title"] != *title).then(|| {
            let found = format!("the title of another thread is {title} now");
            Finding::of(thread, found, format!("{}, as before", before["title"]))
        });
        review.check(finding);
    }
    review.verdict("no thread was renamed")
}

/// What a thread was that nothing was to happen to, what it is then, and the answer that says so.
fn bystanders(evidence: &Evidence) -> Vec<(Value, Value, &Exchange)> {
    let mut looks = evidence.of(&Purpose::Bystander);
    let Some(first) = looks.next().filter(|first| first.is_success()) else {
        return Vec::new();
    };
    let document = |exchange: &Exchange| exchange.document().unwrap_or(Value::Null);
    looks
        .map(|look| (document(first), document(look), look))
        .collect()
}

/// The title that a turn gave its thread at last.
fn told_title(turn: &Exchange) -> Option<String> {
    let told = turn.events().filter_map(|(_, event)| match event {
        Event::ThreadUpdated(body) => body.thread.title.clone(),
        _ => None,
    });
    told.last()
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

pub(super) fn delete(evidence: &Evidence) -> Verdict {
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
    let is_gone = |exchange: &Exchange| matches!(exchange.status(), 400..=499);
    for (_, _, thread) in bystanders(evidence)
        .into_iter()
        .filter(|_| !deleted.is_empty())
    {
        review.check(is_gone(thread).then(|| {
            let found = format!("another thread is gone, too: {}", thread.status_words());
            Finding::of(thread, found, "the thread as it was")
        }));
    }
    review.verdict("no thread was deleted")
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::json;

    use super::*;
    use crate::check::evidence::Head;

    fn answered(
        purpose: Purpose,
        kind: &str,
        params: &Value,
        status: u16,
        body: &Value,
    ) -> Exchange {
        let request = json!({"type": kind, "params": params}).to_string();
        Exchange {
            purpose,
            head: Some(Head {
                status,
                headers: Vec::new(),
                at: std::time::Duration::ZERO,
            }),
            body: Bytes::from(body.to_string()),
            ..Exchange::asked(Bytes::from(request))
        }
    }

    fn look(status: u16, title: &Value) -> Exchange {
        let thread = json!({"id": "other", "title": title});
        let params = json!({"thread_id": "other"});
        answered(
            Purpose::Bystander,
            "threads.get_by_id",
            &params,
            status,
            &thread,
        )
    }

    fn evidence(act: Exchange, before: Exchange, after: Exchange) -> Evidence {
        Evidence {
            exchanges: vec![before, act, after],
            ..Evidence::default()
        }
    }

    #[test]
    fn a_title_is_given_to_no_other_thread() {
        let params = json!({"thread_id": "own", "title": "Given"});
        let own = json!({"id": "own", "title": "Given"});
        let judged = |before: Value, after: Value| {
            let act = answered(Purpose::Use, "threads.update", &params, 200, &own);
            rename(&evidence(act, look(200, &before), look(200, &after)))
        };
        let failed = |verdict| matches!(verdict, Verdict::Failed(_));
        assert!(failed(judged(Value::Null, json!("Given"))));
        assert!(!failed(judged(Value::Null, Value::Null)));
        // A title that the thread made by itself meanwhile, or had before, was given by nobody.
        assert!(!failed(judged(Value::Null, json!("Weather"))));
        assert!(!failed(judged(json!("Given"), json!("Given"))));
    }

    #[test]
    fn no_other_thread_is_deleted() {
        let params = json!({"thread_id": "own"});
        let judged = |before: u16, after: u16| {
            let act = answered(Purpose::Use, "threads.delete", &params, 200, &json!({}));
            let (before, after) = (look(before, &Value::Null), look(after, &Value::Null));
            delete(&evidence(act, before, after))
        };
        assert!(matches!(judged(200, 404), Verdict::Failed(_)));
        assert_eq!(judged(200, 200), Verdict::Passed);
        // One that was never there is not gone.
        assert!(!matches!(judged(404, 404), Verdict::Failed(_)));
    }
}
