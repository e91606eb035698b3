//! Which threads there are, and that a list of them has them all.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::rows::{is_whole_list, rows};
use crate::check::evidence::{Asker, Evidence, Exchange};
use crate::check::rule::{Finding, Review, Verdict};
use crate::protocol::Operation;

/// The life of a thread that was made by one of the requests.
pub(super) struct Life {
    /// Who made it.
    pub owner: Asker,
    /// When it was asked for.
    pub begun: Duration,
    /// When its first turn had ended.
    pub made: Duration,
    /// When the last request that changes it had ended.
    pub touched: Duration,
    /// When it was deleted.
    pub deleted: Option<Duration>,
}

/// The threads that were made, by their ids.
pub(super) fn lives(evidence: &Evidence) -> BTreeMap<String, Life> {
    let mut lives: BTreeMap<String, Life> = BTreeMap::new();
    for exchange in &evidence.exchanges {
        let Some(id) = exchange.thread().map(|id| id.to_string()) else {
            continue;
        };
        let (sent, ended) = (exchange.sent, exchange.ended);
        match exchange.operation() {
            Some(Operation::CreateThread) if exchange.is_use() && exchange.is_whole_turn() => {
                let life = Life {
                    owner: exchange.asker.clone(),
                    begun: sent,
                    made: ended,
                    touched: ended,
                    deleted: None,
                };
                lives.insert(id, life);
            }
            Some(Operation::DeleteThread) => {
                if let Some(life) = lives.get_mut(&id).filter(|_| exchange.is_success()) {
                    life.deleted.get_or_insert(sent);
                }
            }
            Some(Operation::GetThread | Operation::ListItems) => {}
            // What was refused may have changed it, too.
            _ => {
                if let Some(life) = lives.get_mut(&id) {
                    life.touched = life.touched.max(ended);
                }
            }
        }
    }
    lives
}

impl Life {
    /// Whether the thread is its asker's, and was there all the time from the first request to the
    /// last.
    pub fn spans(&self, first: &Exchange, last: &Exchange) -> bool {
        let was_there =
            self.made <= first.sent && self.deleted.is_none_or(|deleted| last.ended <= deleted);
        was_there && self.owner.is_surely(&first.asker)
    }
}

pub(super) fn listed_threads(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let lives = lives(evidence);
    for (exchange, _) in whole_lists(evidence) {
        let mut there = lives.values();
        if there.any(|life| life.spans(exchange, exchange)) {
            review.look();
        }
    }
    for (exchange, id) in unlisted(evidence, &lives) {
        let found = format!("the thread {id} is not listed");
        review.find(Finding::of(exchange, found, "every thread of the user"));
    }
    review.verdict("no whole list of the threads of one user was read")
}

/// The lists of all threads, each with its rows.
fn whole_lists(evidence: &Evidence) -> impl Iterator<Item = (&Exchange, Vec<Value>)> {
    let lists = evidence.documents(Operation::ListThreads);
    let whole = lists.filter(|it| is_whole_list(it));
    whole.map(|it| (it, rows(it)))
}

/// The threads that a list of all threads lacks, though they were there.
pub(super) fn unlisted<'e>(
    evidence: &'e Evidence,
    lives: &'e BTreeMap<String, Life>,
) -> impl Iterator<Item = (&'e Exchange, &'e str)> {
    whole_lists(evidence).flat_map(|(exchange, rows)| {
        let there = lives.iter();
        let there = there.filter(|(_, life)| life.spans(exchange, exchange));
        let missing = there.filter(move |(id, _)| rows.iter().all(|row| row["id"] != id.as_str()));
        missing.map(move |(id, _)| (exchange, id.as_str()))
    })
}

#[cfg(test)]
pub(super) mod tests {
    use bytes::Bytes;
    use serde_json::json;

    use super::*;
    use crate::check::evidence::Fold;
    use crate::check::evidence::{Frame, Head};
    use crate::protocol::EventReader;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    pub(in crate::check::rules) fn answered(kind: &str, params: &Value, at: u64) -> Exchange {
        let request = json!({"type": kind, "params": params}).to_string();
        Exchange {
            head: Some(Head {
                status: 200,
                headers: Vec::new(),
                at: seconds(at),
            }),
            sent: seconds(at),
            ended: seconds(at),
            ..Exchange::asked(Bytes::from(request))
        }
    }

    /// The turn that makes a thread.
    pub(in crate::check::rules) fn made_at(id: &str, at: u64) -> Exchange {
        let thread = json!({"id": id, "created_at": time(at), "status": {"type": "active"}});
        let event = json!({"type": "thread.created", "thread": thread}).to_string();
        let reader = &mut EventReader::default();
        let frames = vec![Frame::new(1, seconds(at), Bytes::from(event), reader)];
        Exchange {
            fold: Fold::of(&frames),
            frames,
            ..answered("threads.create", &json!({}), at)
        }
    }

    fn time(at: u64) -> String {
        format!("2026-01-01T00:00:{at:02}Z")
    }

    pub(in crate::check::rules) fn list(params: &Value, ids: &[(&str, u64)]) -> Exchange {
        let row = |(id, at): &(&str, u64)| json!({"id": id, "created_at": time(*at)});
        let rows: Vec<_> = ids.iter().map(row).collect();
        Exchange {
            body: Bytes::from(json!({"data": rows, "has_more": false}).to_string()),
            ..answered("threads.list", params, 50)
        }
    }

    fn judged(exchanges: Vec<Exchange>) -> Verdict {
        let evidence = Evidence {
            exchanges,
            ..Evidence::default()
        };
        listed_threads(&evidence)
    }

    fn failed(verdict: &Verdict) -> bool {
        matches!(verdict, Verdict::Failed(_))
    }

    #[test]
    fn each_thread_that_was_made_is_listed_until_it_is_deleted() {
        let turns = || vec![made_at("a", 1), made_at("b", 2), made_at("c", 3)];
        let of = |ids: &[(&str, u64)], more: Option<Exchange>| {
            let mut all = turns();
            all.extend(more);
            all.push(list(&json!({}), ids));
            judged(all)
        };
        assert_eq!(of(&[("c", 3), ("b", 2), ("a", 1)], None), Verdict::Passed);
        for two in [
            [("c", 3), ("b", 2)],
            [("c", 3), ("a", 1)],
            [("b", 2), ("a", 1)],
        ] {
            assert!(failed(&of(&two, None)), "{two:?}");
        }
        let deletion = answered("threads.delete", &json!({"thread_id": "b"}), 4);
        assert_eq!(of(&[("c", 3), ("a", 1)], Some(deletion)), Verdict::Passed);
    }

    #[test]
    fn a_thread_is_listed_to_its_own_user_only() {
        let of = |owner: &Asker, asker: &Asker| {
            let mut turn = made_at("a", 1);
            turn.asker = owner.clone();
            let mut empty = list(&json!({}), &[]);
            empty.asker = asker.clone();
            judged(vec![turn, empty])
        };
        let user = |name: &str| Asker::Headers(vec![("x-user".into(), name.into())]);
        assert!(failed(&of(&user("ann"), &user("ann"))));
        for (owner, asker) in [
            (user("ann"), user("ben")),
            // Whether their credentials were the same nobody knows any more.
            (Asker::Hidden, Asker::Hidden),
        ] {
            let verdict = of(&owner, &asker);
            assert!(matches!(verdict, Verdict::Skipped(_)), "{verdict:?}");
        }
    }
}
