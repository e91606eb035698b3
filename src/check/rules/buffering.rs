//! Whether an answer comes while it is being made, or is held back until its end.

use std::time::Duration;

use crate::check::evidence::{Evidence, Purpose};
use crate::check::rule::{Finding, Review, Verdict};
use crate::protocol::{Event, Update};

/// The least that an answer must have taken, and the fewest pieces that it must have had, to tell
/// something.
const LONG: Duration = Duration::from_millis(400);
const PIECES: usize = 6;

/// Pieces that are this close came in one go.
const AT_ONCE: Duration = Duration::from_millis(1);

/// Events that are this far apart were not gathered together.
const APART: Duration = Duration::from_millis(100);

/// A burst at the end shows that something holds the events back: hardly any time between the first
/// piece and the last, and most of them in one go. A backend that thinks and then writes quickly
/// still writes piece by piece; and where other events came well before the burst, nothing held
/// those back, so that the answer may have been there all at once. What holds events back holds back
/// every answer: beside as many that came in pieces, a burst is a machine that was busy.
pub(super) fn not_buffered(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let mut at_once = None;
    let mut bursts = Vec::new();
    let mut sound = 0;
    let turns = evidence.turns();
    for exchange in turns.filter(|it| it.purpose != Purpose::AfterCancel) {
        let deltas = exchange.events().filter(|(_, event)| is_text(event));
        let times: Vec<Duration> = deltas.map(|(frame, _)| frame.at).collect();
        let (Some(first), Some(last)) = (times.first(), times.last()) else {
            continue;
        };
        let span = last.saturating_sub(*first);
        let waited = first.saturating_sub(exchange.sent);
        // An answer that was left after its first piece shows by its lateness alone what it was.
        let is_long = waited + span >= LONG && times.len() >= PIECES;
        if !is_long && span < LONG {
            continue;
        }
        let is_burst = is_long && waited >= LONG && span * 20 < waited && in_one_go(&times);
        let begun = exchange.frames.first().map_or(*first, |frame| frame.at);
        let before = first.saturating_sub(begun);
        if is_burst && before >= APART {
            at_once = at_once.max(Some(before));
            continue;
        }
        if !is_burst {
            sound += 1;
            review.check(None);
            continue;
        }
        let found = format!(
            "{} pieces of text came within {} ms, after {} ms of nothing",
            times.len(),
            span.as_millis(),
            waited.as_millis()
        );
        bursts.push(Finding::about(
            exchange,
            found,
            "pieces that come as they are made",
        ));
    }
    let is_held = bursts.len() > sound;
    for burst in bursts {
        review.check(is_held.then_some(burst));
    }
    match at_once {
        None => review.verdict("every answer was too quick to tell"),
        Some(before) => review.verdict(format!(
            "the text came all at once, though events came {} ms before it: nothing tells whether \
             something held it back or it was made like that",
            before.as_millis()
        )),
    }
}

/// Whether at least three pieces came at a time, on the average.
fn in_one_go(times: &[Duration]) -> bool {
    let apart = |pair: &&[Duration]| pair[1].saturating_sub(pair[0]) >= AT_ONCE;
    let arrivals = 1 + times.windows(2).filter(apart).count();
    arrivals * 3 <= times.len()
}

fn is_text(event: &Event) -> bool {
    matches!(event, Event::ItemUpdated(updated) if matches!(updated.update, Update::TextDelta(_)))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::json;

    use super::*;
    use crate::check::evidence::{Exchange, Frame, Head};
    use crate::protocol::EventReader;

    /// The verdict on a turn: when its progress was told, and when each piece of its text came.
    fn judged(progress: &[u64], pieces: impl IntoIterator<Item = u64>) -> Verdict {
        not_buffered(&Evidence {
            exchanges: vec![turn(progress, pieces)],
            ..Evidence::default()
        })
    }

    fn turn(progress: &[u64], pieces: impl IntoIterator<Item = u64>) -> Exchange {
        let update = json!({"type": "assistant_message.content_part.text_delta",
            "content_index": 0, "delta": "a "});
        let update = json!({"type": "thread.item.updated", "item_id": "m", "update": update});
        let told = json!({"type": "progress_update", "text": "one moment"});
        let told = progress.iter().map(|at| (*at, &told));
        let events = told.chain(pieces.into_iter().map(|at| (at, &update)));
        let mut reader = EventReader::default();
        let frames = (1..).zip(events).map(|(number, (at, event))| {
            let data = Bytes::from(event.to_string());
            Frame::new(number, Duration::from_millis(at), data, &mut reader)
        });
        let request = br#"{"type":"threads.create","params":{}}"#;
        Exchange {
            head: Some(Head {
                status: 200,
                headers: Vec::new(),
                at: Duration::ZERO,
            }),
            frames: frames.collect(),
            ..Exchange::asked(Bytes::from_static(request))
        }
    }

    #[test]
    fn what_comes_all_at_once_at_the_end_was_held_back() {
        let Verdict::Failed(findings) = judged(&[2000, 2000], [2000; 40]) else {
            panic!("an answer that was held back passes");
        };
        let expected = "40 pieces of text came within 0 ms, after 2000 ms of nothing";
        assert_eq!(findings.first[0].found, expected);
        // What wrote them one after another is not the same as what came one after another.
        let busy = judged(&[1995, 2000], (0..40).map(|n| 2000 + n / 10));
        assert!(matches!(busy, Verdict::Failed(_)), "{busy:?}");
    }

    #[test]
    fn an_answer_that_comes_at_once_behind_events_that_came_before_accuses_nobody() {
        for progress in [&[10, 10, 11][..], &[10, 500, 1000], &[1800]] {
            let Verdict::Skipped(reason) = judged(progress, [2000; 40]) else {
                panic!("{progress:?} tells something");
            };
            let before = 2000 - progress[0];
            assert!(
                reason.contains(&format!("events came {before} ms before it")),
                "{reason}"
            );
        }
    }

    #[test]
    fn one_burst_among_answers_that_were_not_held_back_accuses_nobody() {
        let (held, quick) = (|| turn(&[], [2000; 40]), || turn(&[], [20; 40]));
        let spread = || turn(&[], (0..40).map(|n| 100 + n * 15));
        for (exchanges, is_accused) in [
            (vec![spread(), held()], false),
            (vec![quick(), held(), quick()], true),
            (vec![held(), spread(), held()], true),
        ] {
            let verdict = not_buffered(&Evidence {
                exchanges,
                ..Evidence::default()
            });
            assert_eq!(matches!(verdict, Verdict::Failed(_)), is_accused);
        }
    }

    #[test]
    fn pieces_that_come_one_by_one_pass_however_long_the_first_takes() {
        let pieces = || (0..40).map(|n| 2000 + n * 15);
        assert_eq!(judged(&[10], pieces()), Verdict::Passed);
        assert_eq!(judged(&[], pieces()), Verdict::Passed);
    }
}
