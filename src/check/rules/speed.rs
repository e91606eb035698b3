//! Budgets: the first event, the first text, the whole turn, the longest silence in it.

use super::EVERYTHING;
use std::time::Duration;

use super::figures::{first_text_of, gaps, turns, words};
use crate::check::evidence::{End, Evidence, Exchange};
use crate::check::rule::{Finding, Review, Rule, Severity, Verdict};
use crate::protocol::Operation;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "speed/first-event",
        severity: Severity::Must,
        says: "a turn's first event comes within --max-ttfb",
        source: "the budget of this run; the reference server sends thread.created before it does anything else",
        fix: "send thread.created and the user's message before the model is asked",
        needs: EVERYTHING,
        judge: first_event,
    },
    Rule {
        id: "speed/first-text",
        severity: Severity::Should,
        says: "the first text of an answer comes within --max-first-text",
        source: "the budget of this run; without it 5 s, half of what keeps a person's attention (Nielsen, Usability Engineering, 1993, chapter 5: 10 s)",
        fix: "stream the model's text as it comes; choose a quicker model, or tell by progress_update what is being done",
        needs: EVERYTHING,
        judge: first_text,
    },
    Rule {
        id: "speed/turn",
        severity: Severity::Must,
        says: "a turn comes to its end within --max-turn",
        source: "the budget of this run",
        fix: "bound the work of a turn, and end its stream when it is done",
        needs: EVERYTHING,
        judge: turn,
    },
    Rule {
        id: "speed/longest-gap",
        severity: Severity::Should,
        says: "a turn is never silent for longer than --max-gap",
        source: "proxies close connections that are silent, nginx after 60 s by default (proxy_read_timeout)",
        fix: "send progress_update events, or comments, while a tool or a model works",
        needs: EVERYTHING,
        judge: longest_gap,
    },
];

/// How much later another request has to be sent, to be sure that the backend got it later.
const LATER: Duration = Duration::from_millis(100);

/// Whether the wait for something that came at `until` was the request's own. A backend that answers
/// one request after the other lets ours, of which several are under way, wait for each other, and
/// in their order; where a later one was answered first, this one was slow by itself.
fn is_own_wait(evidence: &Evidence, exchange: &Exchange, until: Duration) -> bool {
    if evidence.is_recording {
        return true;
    }
    let others = evidence.exchanges.iter();
    let beside = others
        .filter(|it| it.number != exchange.number && it.sent < until && it.ended > exchange.sent);
    let mut is_alone = true;
    for other in beside {
        is_alone = false;
        let answered = other.head.as_ref().map(|head| head.at);
        if other.sent >= exchange.sent + LATER && answered.is_some_and(|at| at < until) {
            return true;
        }
    }
    is_alone
}

fn first_event(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let budget = evidence.budget.first_event;
    for exchange in turns(evidence) {
        let Some(first) = exchange.frames.first() else {
            continue;
        };
        let took = first.at.saturating_sub(exchange.sent);
        let is_late = took > budget && is_own_wait(evidence, exchange, first.at);
        review.check(is_late.then(|| {
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
    let answered = evidence.uses().filter(|it| it.head.is_some());
    for exchange in answered.filter(|it| it.operation().is_some_and(Operation::streams)) {
        let took = exchange.ended.saturating_sub(exchange.sent);
        let is_late = took > budget || exchange.end == End::TooLong;
        let is_late = is_late && is_own_wait(evidence, exchange, exchange.ended);
        review.check(is_late.then(|| {
            let found = format!("it had not ended after {}", words(took));
            let number = exchange.frames.last().map_or(0, |frame| frame.number);
            Finding::at_number(exchange, number, found, within(budget))
        }));
    }
    review.verdict("no turn was answered")
}

fn first_text(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let budget = evidence.budget.first_text;
    for exchange in turns(evidence) {
        let Some((text, first)) = first_text_of(exchange).zip(exchange.frames.first()) else {
            continue;
        };
        let took = text.at.saturating_sub(exchange.sent);
        // What is late because nothing at all came is the first event's.
        let nothing = first.at.saturating_sub(exchange.sent);
        let is_late = took > budget
            && nothing <= evidence.budget.first_event
            && is_own_wait(evidence, exchange, text.at);
        review.check(is_late.then(|| {
            let found = format!("it came after {}", words(took));
            Finding::at(exchange, text, found, within(budget))
        }));
    }
    review.verdict("no answer had a text")
}

fn longest_gap(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let budget = evidence.budget.gap;
    for exchange in turns(evidence) {
        let Some((gap, frame)) = gaps(exchange).max_by_key(|(gap, _)| *gap) else {
            continue;
        };
        review.check((gap > budget).then(|| {
            let found = format!("nothing came for {} before this", words(gap));
            Finding::at(exchange, frame, found, within(budget))
        }));
    }
    review.verdict("no stream came")
}

fn within(budget: Duration) -> String {
    format!("at most {}", words(budget))
}
