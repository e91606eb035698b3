//! Budgets: the first event, the whole turn, the longest silence in it.

use std::time::Duration;

use crate::check::evidence::{End, Evidence, Exchange, Probe};
use crate::check::rule::{Finding, Review, Rule, Severity, Verdict};

const TALK: &[Probe] = &[Probe::Talk];

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "speed/first-event",
        severity: Severity::Must,
        says: "a turn's first event comes within --max-ttfb",
        source: "the budget of this run; the reference server sends thread.created before it does anything else",
        fix: "send thread.created and the user's message before the model is asked",
        needs: TALK,
        judge: first_event,
    },
    Rule {
        id: "speed/turn",
        severity: Severity::Must,
        says: "a turn comes to its end within --max-turn",
        source: "the budget of this run",
        fix: "bound the work of a turn, and end its stream when it is done",
        needs: TALK,
        judge: turn,
    },
    Rule {
        id: "speed/longest-gap",
        severity: Severity::Should,
        says: "a turn is never silent for long",
        source: "proxies close connections that are silent, nginx after 60 s by default (proxy_read_timeout)",
        fix: "send progress_update events, or comments, while a tool or a model works",
        needs: TALK,
        judge: longest_gap,
    },
];

fn turns(evidence: &Evidence) -> impl Iterator<Item = &Exchange> {
    evidence.turns().filter(|it| it.is_use())
}

fn first_event(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let budget = evidence.budget.first_event;
    for exchange in turns(evidence) {
        let Some(first) = exchange.frames.first() else {
            continue;
        };
        let took = first.at.saturating_sub(exchange.sent);
        review.check((took > budget).then(|| {
            Finding::at(
                exchange,
                first,
                format!("it came after {}", words(took)),
                within(budget),
            )
        }));
    }
    review.verdict("no stream came")
}

fn turn(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let budget = evidence.budget.turn;
    let asked = |it: &&Exchange| it.head.is_some() && it.is_use();
    for exchange in evidence.exchanges.iter().filter(asked) {
        let is_turn = exchange
            .operation()
            .is_some_and(crate::protocol::Operation::streams);
        if !is_turn {
            continue;
        }
        let took = exchange.ended.saturating_sub(exchange.sent);
        let is_late = took > budget || exchange.end == End::TooLong;
        review.check(is_late.then(|| {
            let found = format!("it had not ended after {}", words(took));
            let number = exchange.frames.last().map_or(0, |frame| frame.number);
            Finding::at_number(exchange, number, found, within(budget))
        }));
    }
    review.verdict("no turn was answered")
}

fn longest_gap(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let budget = evidence.budget.gap;
    for exchange in turns(evidence) {
        let gaps = exchange.frames.windows(2).map(|pair| {
            let gap = pair[1].at.saturating_sub(pair[0].at);
            (gap, &pair[1])
        });
        let Some((gap, frame)) = gaps.max_by_key(|(gap, _)| *gap) else {
            continue;
        };
        review.check((gap > budget).then(|| {
            let found = format!("nothing came for {} before this", words(gap));
            Finding::at(exchange, frame, found, within(budget))
        }));
    }
    review.verdict("no stream came")
}

fn words(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        return format!("{} ms", time.as_millis());
    }
    format!("{:.1} s", time.as_secs_f64())
}

fn within(budget: Duration) -> String {
    format!("at most {}", words(budget))
}
