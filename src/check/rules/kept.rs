//! What becomes of threads that are renamed or deleted, while nothing becomes of the others.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::listed::lives;
use super::rows::{id_of, other_thread, rows};
use crate::check::evidence::{Evidence, Exchange, Purpose};
use crate::check::rule::{Finding, Review, Verdict};
use crate::protocol::{Event, ItemKind, Operation};

pub(super) fn rename(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let mut titles: BTreeMap<String, String> = BTreeMap::new();
    for exchange in evidence.exchanges.iter().filter(|it| it.is_success()) {
        if !exchange.is_use() {
            // A title that had to be refused, or that was set right again, is not to be kept.
            if exchange.operation() == Some(Operation::UpdateThread) {
                titles.remove(exchange.param("thread_id").unwrap_or_default());
            }
            continue;
        }
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
        // What is no thread, or another, does not have its title either, which is another rule's.
        if !document["id"].is_string() || other_thread(exchange).is_some() {
            continue;
        }
        let found = &document["title"];
        review.check((*found != title).then(|| {
            let found = format!("the title is {found}");
            Finding::of(exchange, found, format!("\"{title}\""))
        }));
    }
    bystanders_titles(&mut review, evidence);
    unchanged(&mut review, evidence);
    review.verdict("no thread was renamed")
}

/// No thread but those that were renamed has a title that was given. Titles that the backend gives by
/// itself are left out: it may well give the same to several.
fn bystanders_titles(review: &mut Review, evidence: &Evidence) {
    let renamings = evidence
        .uses()
        .filter(|it| it.is_success() && it.operation() == Some(Operation::UpdateThread));
    let titles: Vec<_> = renamings
        .filter_map(|it| Some((it.param("thread_id")?, it.param("title")?)))
        .collect();
    let given = |title: &Value| titles.iter().any(|(_, given)| title == given);
    let is_renamed = |id: &str| titles.iter().any(|(thread, _)| *thread == id);
    let mut before: BTreeMap<&str, Value> = BTreeMap::new();
    for look in evidence
        .of(&Purpose::Bystander)
        .filter(|it| it.is_success())
    {
        let title = look.document().unwrap_or_default()["title"].clone();
        let thread = look.param("thread_id").unwrap_or_default();
        let Some(before) = before.get(thread) else {
            before.insert(thread, title);
            continue;
        };
        review.check((given(&title) && *before != title).then(|| {
            let found = format!("the title of another thread is {title} now");
            Finding::of(look, found, format!("{before}, as before"))
        }));
    }
    let own = lives(evidence);
    for list in evidence.documents(Operation::ListThreads) {
        for row in rows(list) {
            let id = row["id"].as_str().unwrap_or_default();
            let is_other = own.contains_key(id) && !is_renamed(id);
            let is_wrong = is_other && given(&row["title"]);
            review.check(is_wrong.then(|| {
                let found = format!("the title of another thread, {id}, is {} now", row["title"]);
                Finding::in_row(list, &row, found, "the title that it had")
            }));
        }
    }
}

/// A new title changes nothing else of its thread; its items and its time are other rules'.
fn unchanged(review: &mut Review, evidence: &Evidence) {
    let mut known: BTreeMap<String, Value> = BTreeMap::new();
    for exchange in evidence.uses().filter(|it| it.is_success()) {
        let Some(thread) = exchange.thread().map(|thread| thread.to_string()) else {
            continue;
        };
        match exchange.operation() {
            Some(Operation::GetThread) if other_thread(exchange).is_none() => {
                let now = exchange.document().unwrap_or_default();
                let before = known.insert(thread, now.clone());
                let changed = before.and_then(|before| changed(&before, &now));
                review.check(changed.map(|(field, before, now)| {
                    let found = format!("{field} was {before}, and is {now} after the renaming");
                    Finding::of(exchange, found, format!("{before}, as before"))
                }));
            }
            Some(
                Operation::GetThread
                | Operation::UpdateThread
                | Operation::ListItems
                | Operation::Feedback,
            ) => {}
            // Whatever else was done may have changed it.
            _ => drop(known.remove(&thread)),
        }
    }
}

/// The first field that differs, what it was and what it is.
fn changed(before: &Value, now: &Value) -> Option<(&'static str, Value, Value)> {
    let fields = ["status", "metadata", "allowed_image_domains"];
    let differs = |field: &&'static str| match *field {
        // A backend may count or date in it by itself, but loses none of it.
        "metadata" => has_lost(&before[field], &now[field]),
        _ => before[field] != now[field],
    };
    let field = fields.into_iter().find(differs)?;
    Some((field, before[field].clone(), now[field].clone()))
}

/// Whether there is a name in the one that is not in the other.
fn has_lost(before: &Value, now: &Value) -> bool {
    let mut names = before.as_object().into_iter().flat_map(|it| it.keys());
    names.any(|name| now.get(name).is_none())
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
            Finding::in_row(exchange, &row, found, format!("\"{title}\""))
        }));
    }
}

pub(super) fn delete(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let mut deleted = BTreeSet::new();
    // The threads that were seen, so that it means something when one of them is gone.
    let mut seen = BTreeSet::new();
    for exchange in &evidence.exchanges {
        let thread = exchange.param("thread_id").unwrap_or_default();
        let is_deletion = exchange.operation() == Some(Operation::DeleteThread);
        if is_deletion && exchange.is_success() && exchange.is_use() {
            deleted.insert(thread.to_owned());
        }
        match exchange.purpose {
            Purpose::Gone => review.check(kept(exchange, &deleted)),
            Purpose::Bystander if deleted.is_empty() && exchange.is_success() => {
                seen.insert(thread.to_owned());
            }
            Purpose::Bystander if !deleted.is_empty() => {
                let is_gone = matches!(exchange.status(), 400..=499) && seen.contains(thread);
                review.check(is_gone.then(|| {
                    let found = format!(
                        "another thread, {thread}, is gone, too: {}",
                        exchange.status_words()
                    );
                    Finding::of(exchange, found, "the thread as it was")
                }));
            }
            _ if exchange.operation() == Some(Operation::ListThreads) && exchange.is_use() => {
                seen.extend(rows(exchange).iter().filter_map(id_of));
            }
            _ => {}
        }
    }
    review.verdict("no thread was deleted")
}

/// What is left of a thread that was deleted.
fn kept(exchange: &Exchange, deleted: &BTreeSet<String>) -> Option<Finding> {
    let gone = |id: &Value| id.as_str().is_some_and(|id| deleted.contains(id));
    let found = match exchange.operation() {
        Some(Operation::ListThreads) => rows(exchange)
            .iter()
            .any(|row| gone(&row["id"]))
            .then_some("the deleted thread is listed"),
        Some(Operation::ListItems) => (exchange.is_success() && !rows(exchange).is_empty())
            .then_some("the items of the deleted thread are still listed"),
        Some(Operation::AddUserMessage) => exchange
            .events()
            .any(|(_, event)| is_answer(event))
            .then_some("the deleted thread takes a message and answers it"),
        // An error under a success's status is another rule's.
        _ => (exchange.is_success() && gone(&exchange.document().unwrap_or(Value::Null)["id"]))
            .then_some("the deleted thread is still there"),
    };
    found.map(|found| Finding::of(exchange, found, "nothing of it"))
}

/// Whether an item of the backend's own is done; the message may well come back before the backend
/// finds that its thread is gone.
fn is_answer(event: &Event) -> bool {
    matches!(event, Event::ItemDone(done) if !matches!(done.item.kind, ItemKind::UserMessage(_)))
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
    fn of_the_answer_for_another_thread_only_that_is_said() {
        let params = json!({"thread_id": "own", "title": "Given"});
        let own = json!({"id": "own", "title": "Given", "status": {"type": "active"},
            "created_at": "2026-01-01T00:00:00Z"});
        let act = answered(Purpose::Use, "threads.update", &params, 200, &own);
        let of = json!({"thread_id": "own"});
        let row = json!({"id": "m", "thread_id": "other", "type": "end_of_turn",
            "created_at": "2026-01-01T00:00:00Z"});
        let other = json!({"id": "other", "title": null, "items": {"data": [row]}});
        let read = || answered(Purpose::Use, "threads.get_by_id", &of, 200, &other);
        let evidence = evidence(act, read(), read());
        let failed: Vec<_> = crate::check::all()
            .filter(|rule| matches!((rule.judge)(&evidence), Verdict::Failed(_)))
            .map(|rule| rule.id)
            .filter(|id| *id != "transport/document-content-type")
            .collect();
        assert_eq!(failed, ["requests/threads.get_by_id"]);
    }

    #[test]
    fn a_new_title_changes_nothing_else() {
        let params = json!({"thread_id": "own", "title": "Given"});
        let read = |status: &str| {
            let thread = json!({"id": "own", "title": "Given", "status": {"type": status}});
            let of = json!({"thread_id": "own"});
            answered(Purpose::Use, "threads.get_by_id", &of, 200, &thread)
        };
        let judged = |kind: &str, after: &str| {
            let thread = json!({"id": "own", "title": "Given"});
            let act = answered(Purpose::Use, kind, &params, 200, &thread);
            let mut review = Review::default();
            unchanged(&mut review, &evidence(act, read("locked"), read(after)));
            review.verdict("nothing")
        };
        assert!(matches!(
            judged("threads.update", "active"),
            Verdict::Failed(_)
        ));
        assert_eq!(judged("threads.update", "locked"), Verdict::Passed);
        // A turn may unlock it.
        assert_eq!(
            judged("threads.add_user_message", "active"),
            Verdict::Passed
        );
    }

    #[test]
    fn a_thread_that_was_listed_is_not_deleted_with_another() {
        let list = json!({"data": [{"id": "other"}, {"id": "own"}], "has_more": false});
        let list = answered(Purpose::Use, "threads.list", &json!({}), 200, &list);
        let of = json!({"thread_id": "own"});
        let act = answered(Purpose::Use, "threads.delete", &of, 200, &json!({}));
        let gone = evidence(act, list, look(404, &Value::Null));
        assert!(matches!(delete(&gone), Verdict::Failed(_)));
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
