//! In which order rows come: the one that was asked for, the default, and that of their times.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::listed::{Life, lives};
use super::rows::{NONE, id_of, is_comparable, list, rows};
use super::times::made;
use crate::check::evidence::{Evidence, Exchange};
use crate::check::rule::{Finding, Review, Verdict};
use crate::check::story::walk;
use crate::protocol::Operation;

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

pub(super) fn order(evidence: &Evidence, asked: Asked) -> Verdict {
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
        let ids: BTreeSet<&String> = found.iter().collect();
        let mut expected: Vec<String> = (story.stored().iter())
            .map(|item| item.id.to_string())
            .filter(|id| ids.contains(id))
            .collect();
        if descends {
            expected.reverse();
        }
        // Doubles are another rule's.
        let mut rest: BTreeSet<&String> = expected.iter().collect();
        let once: Vec<&String> = found.iter().filter(|id| rest.remove(id)).collect();
        let mut pairs = once.windows(2);
        let differs = pairs.any(|pair| {
            let (before, behind) = if descends { (1, 0) } else { (0, 1) };
            story.is_turned(pair[before], pair[behind])
        });
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

/// Looks at the order of lists of threads: by their times, and by the parameter.
fn threads_order(review: &mut Review, evidence: &Evidence, asked: Asked) {
    let lives = lives(evidence);
    let lists = || {
        evidence
            .documents(Operation::ListThreads)
            .filter(|it| it.params["after"].is_null() && Asked::of(it) == asked)
    };
    for exchange in lists() {
        review.check(out_of_order(exchange, &lives));
    }
    let ascending = lists().find(|it| it.param("order") == Some("asc"));
    let opposite = |it: &&Exchange| {
        let of_one = ascending.is_some_and(|ascending| it.asker.is_surely(&ascending.asker));
        of_one && it.param("order") != Some("asc")
    };
    let Some((ascending, descending)) = ascending.zip(lists().find(opposite)) else {
        return;
    };
    let (oldest, newest) = (rows(ascending), rows(descending));
    let (Some(first), Some(other)) = (oldest.first(), newest.first()) else {
        return;
    };
    // Threads of one time may come in any order.
    let differ = newest.iter().any(|row| made(row) != made(other));
    review.check((differ && first["id"] == other["id"]).then(|| {
        let found = format!("it begins with {}, as it does newest first", first["id"]);
        Finding::of(ascending, found, "the oldest thread first")
    }));
}

/// Two threads of which the later one, by its time, stands where the earlier one has to. A list may
/// be sorted by what was done last, too: then the earlier one must have been left alone since.
fn out_of_order(exchange: &Exchange, lives: &BTreeMap<String, Life>) -> Option<Finding> {
    let mut rows = rows(exchange);
    if exchange.param("order") != Some("asc") {
        rows.reverse();
    }
    let life = |row: &Value| lives.get(row["id"].as_str()?);
    let known: Vec<_> = rows
        .iter()
        .filter_map(|row| Some((row, life(row)?, made(row)?)))
        .collect();
    for (index, (later, its_life, its_time)) in known.iter().enumerate() {
        let earlier = known[index..].iter().find(|(_, life, time)| {
            time < its_time && life.made < its_life.begun && life.touched < its_life.begun
        });
        let Some((earlier, _, _)) = earlier else {
            continue;
        };
        let found = format!(
            "{} of {} and {} of {} stand the wrong way round",
            later["id"], later["created_at"], earlier["id"], earlier["created_at"]
        );
        return Some(Finding::of(
            exchange,
            found,
            "threads by their times, the newest first unless order is asc",
        ));
    }
    None
}

/// Looks at the pages that begin with the oldest item.
pub(super) fn ages(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let ascends = |exchange: &&Exchange| match exchange.operation() {
        Some(Operation::GetThread) => true,
        Some(Operation::ListItems) => exchange.param("order") == Some("asc"),
        _ => false,
    };
    for exchange in evidence.uses().filter(|it| it.is_success()).filter(ascends) {
        let rows = rows(exchange);
        for pair in rows.windows(2) {
            let (Some(before), Some(item)) = (made(&pair[0]), made(&pair[1])) else {
                continue;
            };
            review.check((item < before).then(|| {
                let found = format!(
                    "{} is of {}, and {} behind it of {}",
                    pair[0]["id"], pair[0]["created_at"], pair[1]["id"], pair[1]["created_at"]
                );
                Finding::of(exchange, found, "times that do not run backwards")
            }));
        }
    }
    review.verdict(NONE)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::listed::tests::{answered, list, made_at};
    use super::*;

    fn judged(exchanges: Vec<Exchange>) -> Verdict {
        let evidence = Evidence {
            exchanges,
            ..Evidence::default()
        };
        let mut review = Review::default();
        threads_order(&mut review, &evidence, Asked::InWords);
        threads_order(&mut review, &evidence, Asked::Not);
        review.verdict("nothing")
    }

    fn failed(verdict: &Verdict) -> bool {
        matches!(verdict, Verdict::Failed(_))
    }

    #[test]
    fn threads_are_listed_by_their_times_and_not_by_their_ids() {
        let of = |ids: &[(&str, u64)], more: Option<Exchange>| {
            let mut all = vec![made_at("a", 1), made_at("b", 2)];
            all.extend(more);
            all.push(list(&json!({}), ids));
            judged(all)
        };
        assert_eq!(of(&[("b", 2), ("a", 1)], None), Verdict::Passed);
        assert!(failed(&of(&[("a", 1), ("b", 2)], None)));
        // The one that was used last may stand first.
        let used = answered("threads.add_user_message", &json!({"thread_id": "a"}), 4);
        assert_eq!(of(&[("a", 1), ("b", 2)], Some(used)), Verdict::Passed);
        // Of one second both orders are right.
        assert_eq!(of(&[("a", 2), ("b", 2)], None), Verdict::Passed);
    }

    #[test]
    fn the_oldest_thread_is_first_when_it_is_asked_for() {
        // Of threads of others nothing is known but what the lists say.
        let of = |asc: &[(&str, u64)], desc: &[(&str, u64)]| {
            let asc = list(&json!({"order": "asc"}), asc);
            judged(vec![asc, list(&json!({"order": "desc"}), desc)])
        };
        let (up, down) = ([("a", 1), ("b", 2)], [("b", 2), ("a", 1)]);
        assert_eq!(of(&up, &down), Verdict::Passed);
        assert!(failed(&of(&up, &up)));
        assert!(failed(&of(&down, &down)));
        assert_eq!(of(&up[..1], &up[..1]), Verdict::Passed);
    }
}
