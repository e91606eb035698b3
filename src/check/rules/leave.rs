//! What becomes of a thread whose client left in the middle of an answer.

use std::collections::BTreeSet;

use serde_json::Value;

use super::rows::{id_of, is_whole_list, rows};
use crate::check::evidence::{End, Evidence, Exchange, Probe, Purpose};
use crate::check::rule::{Finding, Review, Verdict};
use crate::protocol::{Operation, ThreadId};

pub(super) fn cancel_keeps(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for left in evidence.of(&Purpose::Cancel).filter(|it| it.is_success()) {
        let seen = left.fold.last_text();
        if left.end != End::Left || seen.trim().is_empty() {
            continue;
        }
        let reads = evidence.of(&Purpose::AfterCancel).filter(|it| {
            it.operation() == Some(Operation::GetThread)
                && it.is_success()
                && it.param("thread_id") == left.thread().as_ref().map(ThreadId::as_str)
        });
        let Some(last) = reads.last() else { continue };
        let document = last.document().unwrap_or(Value::Null);
        let Some(first) = document["items"]["data"].as_array() else {
            continue;
        };
        let mut rows = first.clone();
        if document["items"]["has_more"] == true {
            // The answer stands behind the first page, and so it may behind that of the list.
            let rest = listed_after(evidence, last);
            if rest.is_none_or(|rest| is_cut(&mut rows, rest)) {
                continue;
            }
        }
        let has_message = rows.iter().any(|row| row["type"] == "user_message");
        review.check((!has_message).then(|| {
            let found = "the message that was being answered is not in the thread";
            Finding::of(
                last,
                found,
                "the user_message, which is stored before its answer begins",
            )
        }));
        let kept = rows.iter().any(|row| {
            let parts = row["content"].as_array().into_iter().flatten();
            let text: String = parts.filter_map(|part| part["text"].as_str()).collect();
            // What became of its type is another rule's.
            row["type"] != "user_message" && text.trim_start().starts_with(seen.trim())
        });
        review.check((!kept).then(|| {
            let found = "the part of the answer that was seen is not in the thread";
            let seen = crate::check::evidence::quote(seen.as_bytes());
            Finding::of(
                last,
                found,
                format!("an assistant_message that begins with \"{seen}\""),
            )
        }));
    }
    review.verdict(evidence.reason(Probe::Cancel, "no answer was left in the middle"))
}

/// The list of the thread's items that was read afterwards.
fn listed_after<'e>(evidence: &'e Evidence, read: &Exchange) -> Option<&'e Exchange> {
    let mut lists = evidence.of(&Purpose::AfterCancel).filter(|it| {
        it.operation() == Some(Operation::ListItems)
            && it.is_success()
            && it.param("thread_id") == read.param("thread_id")
    });
    lists.next()
}

/// Takes the rows of a list, the newest first; whether some may lie between them and those before.
fn is_cut(known: &mut Vec<Value>, list: &Exchange) -> bool {
    let rows = rows(list);
    let ids: BTreeSet<_> = known.iter().filter_map(id_of).collect();
    let meets = rows.iter().filter_map(id_of).any(|id| ids.contains(&id));
    let is_whole = is_whole_list(list);
    known.extend(rows);
    !meets && !is_whole
}

pub(super) fn cancel_goes_on(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let is_message = |it: &&Exchange| it.operation() == Some(Operation::AddUserMessage);
    if evidence
        .uses()
        .filter(is_message)
        .any(|it| !it.is_success())
    {
        return Verdict::Skipped("messages are refused in any thread".into());
    }
    for exchange in evidence.of(&Purpose::AfterCancel).filter(is_message) {
        // Whether the answer comes to its end is another rule's.
        let goes_on = exchange.is_success() && !exchange.frames.is_empty();
        review.check((!goes_on).then(|| {
            let found = match exchange.status() {
                200..=299 => exchange.end_words(),
                _ => exchange.status_words(),
            };
            Finding::of(exchange, found, "an answer")
        }));
    }
    review.verdict(evidence.reason(Probe::Cancel, "no answer was left in the middle"))
}
