//! What was streamed is what is stored.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::content::content;
use super::rows::{NONE, is_comparable, is_whole_list, rows};
use crate::check::evidence::{Evidence, Exchange, quote};
use crate::check::rule::{Finding, Review, Verdict};
use crate::check::story::{Story, walk};
use crate::protocol::{Item, ItemId, Operation, ThreadId, from_value};

pub(super) fn same_as_streamed(evidence: &Evidence, operation: Operation) -> Verdict {
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
                Some(row) if stated(row) != content(&json!(item)) => {
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
        let twin = (stored.iter()).find(|item| is_stray && stated(row) == content(&json!(item)));
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

/// The content of a row, with what it leaves out as the streamed item has it: one that was decoded
/// says its defaults.
fn stated(row: &Value) -> Value {
    match from_value::<Item>(row.clone()) {
        Ok(item) => content(&json!(item)),
        Err(_) => content(row),
    }
}

fn shown(item: &Item) -> String {
    let content = content(&json!(item));
    quote(content.to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;

    use super::*;
    use crate::check::evidence::Fold;
    use crate::check::evidence::{End, Frame, Head};
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
