//! Whether threads and items can be told apart by their ids, without which little can be said of them.

use std::collections::{BTreeMap, BTreeSet};

use super::agent_loop::left_going;
use super::events::NONE;
use crate::check::evidence::{Asker, Evidence, Exchange, Purpose};
use crate::check::rule::{Finding, Review, Rule, Verdict};
use crate::protocol::{Event, ItemId, ItemKind, Operation, ThreadId};

/// The rules that look at what several requests say of one thread.
const OF_THREADS: &[&str] = &[
    "persistence",
    "turns",
    "stream/known-items",
    "stream/own-ids",
    "stream/own-thread",
    "stream/thread-updated",
];

/// The rules that look at what several events say of one item.
const OF_ITEMS: &[&str] = &[
    "persistence",
    "turns",
    "stream/added-once",
    "stream/deltas-add-up",
    "stream/done-once",
    "stream/fitting-updates",
    "stream/indexes",
    "stream/known-items",
    "stream/left-open",
    "stream/update-after-done",
    "stream/update-before-add",
];

/// Why some rules cannot be judged.
pub struct Muddle {
    rules: &'static [&'static str],
    why: String,
}

/// Each thread that is created has an id, and one of its own.
pub(super) fn thread_ids(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let mut known: BTreeMap<(&Asker, ThreadId), usize> = BTreeMap::new();
    for exchange in evidence.exchanges.iter().filter(|it| is_own(it)) {
        if exchange.operation() == Some(Operation::DeleteThread) && exchange.is_success() {
            known.retain(|(_, id), _| exchange.param("thread_id") != Some(id.as_str()));
        }
        let created = exchange.events().find_map(|(frame, event)| match event {
            Event::ThreadCreated(body) => Some((frame, &body.thread.id)),
            _ => None,
        });
        let Some((frame, id)) = created else {
            continue;
        };
        review.look();
        let mut find = |found: String, expected: &str| {
            review.find(Finding::at(exchange, frame, found, expected));
        };
        if id.as_str().is_empty() {
            find("the id of the thread is empty".to_owned(), "an id");
            continue;
        }
        let key = (&exchange.asker, id.clone());
        let before = known.insert(key, exchange.number);
        if let Some(before) = before.filter(|_| exchange.asker.is_surely(&exchange.asker)) {
            let found = format!("request {before} has created a thread {id} already");
            find(found, "an id that no other thread has");
        }
    }
    review.verdict("no thread was created")
}

/// Whether it was sent as the one user whose threads are looked at.
fn is_own(exchange: &Exchange) -> bool {
    let is_strangers = matches!(exchange.purpose, Purpose::Stranger | Purpose::NoCredentials);
    !is_strangers && !exchange.is_to_be_refused()
}

/// Items that are added or done, of each turn of a thread: an id that an earlier turn has used for
/// something else overwrites it. A call or a form that is done again with its output is the same.
pub(super) fn own_ids(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let mut threads: BTreeMap<ThreadId, Ids> = BTreeMap::new();
    for exchange in evidence.turns() {
        let Some(thread) = exchange.thread() else {
            continue;
        };
        review.look();
        let known = threads.entry(thread).or_default();
        if exchange.operation() == Some(Operation::RetryAfterItem) {
            known.cut_after(exchange.param("item_id").unwrap_or_default());
        }
        let mut new = BTreeSet::new();
        for (frame, event) in exchange.events() {
            if let Some(found) = nameless_item(event) {
                review.find(Finding::at(exchange, frame, found, "an id"));
                continue;
            }
            let item = match event {
                // What is gone has its id no more.
                Event::ItemRemoved(body) => {
                    known.places.remove(&body.item_id);
                    continue;
                }
                Event::ItemAdded(body) => &body.item,
                Event::ItemDone(body) if !may_be_done_again(&body.item.kind) => &body.item,
                _ => continue,
            };
            if known.places.contains_key(&item.id) && new.insert(item.id.clone()) {
                let found = format!("an earlier turn of the thread has an item {}", item.id);
                review.find(Finding::at(exchange, frame, found, "an id of its own"));
            }
            new.insert(item.id.clone());
        }
        let going = left_going(exchange);
        for (_, event) in exchange.events() {
            let (Event::ItemAdded(body) | Event::ItemDone(body)) = event else {
                continue;
            };
            if !going.contains(&body.item.id) {
                known.take(&body.item.id);
            }
        }
    }
    review.verdict(NONE)
}

/// The ids that the turns of a thread have used, in the order in which they came.
#[derive(Default)]
struct Ids {
    places: BTreeMap<ItemId, usize>,
    count: usize,
}

impl Ids {
    fn take(&mut self, id: &ItemId) {
        self.places.entry(id.clone()).or_insert(self.count);
        self.count += 1;
    }

    /// A retry deletes what came after the message, whose ids a store may give again.
    fn cut_after(&mut self, message: &str) {
        let place = self.places.get(&ItemId::from(message)).copied();
        self.places.retain(|_, other| Some(*other) <= place);
    }
}

fn may_be_done_again(kind: &ItemKind) -> bool {
    matches!(
        kind,
        ItemKind::ClientToolCall(_) | ItemKind::StructuredInput(_)
    )
}

impl Muddle {
    /// What ids that do not tell threads or items apart keep from being judged.
    pub fn all(evidence: &Evidence) -> Vec<Self> {
        let threads = found(&thread_ids(evidence)).map(|found| Self {
            rules: OF_THREADS,
            why: format!("threads cannot be told apart: {found} (stream/thread-ids)"),
        });
        let mut events = evidence.turns().flat_map(Exchange::events);
        let nameless = events.find_map(|(_, event)| nameless_item(event));
        let items = nameless.map(|found| Self {
            rules: OF_ITEMS,
            why: format!("items cannot be told apart: {found} (stream/own-ids)"),
        });
        threads.into_iter().chain(items).collect()
    }

    /// Why this rule cannot be judged, if it is one of those.
    pub fn of(&self, rule: &Rule) -> Option<String> {
        let is_meant = self.rules.iter().any(|name| rule.is_named(name));
        is_meant.then(|| self.why.clone())
    }
}

/// What is wrong with the id of an event's item, if it has none.
fn nameless_item(event: &Event) -> Option<&'static str> {
    match event {
        Event::ItemAdded(body) | Event::ItemDone(body) if body.item.id.as_str().is_empty() => {
            Some("the id of the item is empty")
        }
        _ => None,
    }
}

fn found(verdict: &Verdict) -> Option<&str> {
    match verdict {
        Verdict::Failed(findings) => Some(&findings.first.first()?.found),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::listed::tests::{answered, made_at};
    use super::*;
    use crate::check::evidence::{Fold, Frame};
    use crate::check::{Baseline, Outcome, Selection, judge};

    fn evidence(exchanges: Vec<Exchange>) -> Evidence {
        let exchanges = exchanges.into_iter().zip(1..);
        let numbered = |(exchange, number)| Exchange { number, ..exchange };
        Evidence {
            exchanges: exchanges.map(numbered).collect(),
            ..Evidence::default()
        }
    }

    fn found(exchanges: Vec<Exchange>) -> Vec<String> {
        match thread_ids(&evidence(exchanges)) {
            Verdict::Failed(findings) => findings.first.into_iter().map(|it| it.found).collect(),
            _ => Vec::new(),
        }
    }

    fn by(user: &str, exchange: Exchange) -> Exchange {
        let asker = Asker::Headers(vec![("x-user".into(), user.into())]);
        Exchange { asker, ..exchange }
    }

    #[test]
    fn an_empty_id_and_one_that_is_given_twice_are_told() {
        assert_eq!(
            found(vec![made_at("", 1), made_at("a", 2), made_at("", 3)]),
            [
                "the id of the thread is empty",
                "the id of the thread is empty"
            ]
        );
        assert_eq!(
            found(vec![made_at("a", 1), made_at("b", 2), made_at("a", 3)]),
            ["request 1 has created a thread a already"]
        );
        assert_eq!(found(vec![made_at("a", 1), made_at("b", 2)]), [""; 0]);
    }

    #[test]
    fn an_id_is_free_again_when_its_thread_is_deleted_and_each_user_has_their_own() {
        let deleted = answered("threads.delete", &json!({"thread_id": "a"}), 2);
        assert_eq!(
            found(vec![made_at("a", 1), deleted, made_at("a", 3)]),
            [""; 0]
        );
        let (ann, ben) = (by("ann", made_at("a", 1)), by("ben", made_at("a", 2)));
        assert_eq!(found(vec![ann, ben]), [""; 0]);
        let stranger = Exchange {
            purpose: Purpose::Stranger,
            ..made_at("a", 2)
        };
        assert_eq!(found(vec![made_at("a", 1), stranger]), [""; 0]);
    }

    #[test]
    fn what_looks_at_several_requests_of_a_thread_is_skipped_then_with_that_reason() {
        let listed = super::super::listed::tests::list(&json!({}), &[]);
        let evidence = evidence(vec![made_at("a", 1), made_at("a", 2), listed]);
        let selection = Selection::default();
        let rules = selection.rules().unwrap();
        let judged = judge(&rules, &selection, &Baseline::default(), &evidence);
        let of = |id: &str| &judged.iter().find(|it| it.rule.id == id).unwrap().outcome;
        assert!(matches!(of("stream/thread-ids"), Outcome::Failed(_)));
        let reason = "threads cannot be told apart: request 1 has created a thread a already \
                      (stream/thread-ids)";
        for id in [
            "persistence/listed-threads",
            "turns/retry",
            "stream/own-ids",
        ] {
            assert_eq!(*of(id), Outcome::Skipped(reason.to_owned()), "{id}");
        }
    }

    #[test]
    fn an_item_without_an_id_is_told_once() {
        let item = json!({"id": "", "thread_id": "a", "created_at": "2026-01-01T00:00:00Z",
            "type": "assistant_message", "content": []});
        let mut turn = made_at("a", 1);
        for kind in ["thread.item.done", "thread.item.done"] {
            let event = json!({"type": kind, "item": item}).to_string();
            let reader = &mut crate::protocol::EventReader::default();
            let at = turn.sent;
            turn.frames
                .push(Frame::new(2, at, event.into_bytes().into(), reader));
        }
        turn.fold = Fold::of(&turn.frames);
        let selection = Selection::default();
        let rules = selection.rules().unwrap();
        let judged = judge(
            &rules,
            &selection,
            &Baseline::default(),
            &evidence(vec![turn]),
        );
        let failed = judged
            .iter()
            .filter(|it| matches!(it.outcome, Outcome::Failed(_)));
        let failed: Vec<_> = failed.filter(|it| it.rule.group() == "stream").collect();
        let ids: Vec<_> = failed.iter().map(|it| it.rule.id).collect();
        assert!(
            ids.contains(&"stream/own-ids") && !ids.contains(&"stream/done-once"),
            "{ids:?}"
        );
        let reason = "items cannot be told apart: the id of the item is empty (stream/own-ids)";
        let once = judged
            .iter()
            .find(|it| it.rule.id == "stream/done-once")
            .unwrap();
        assert_eq!(once.outcome, Outcome::Skipped(reason.to_owned()));
    }
}
