//! How quick a backend was: the figures that the speed rules judge, for every report.

use std::time::Duration;

use serde_json::{Value, json};

use crate::check::evidence::{Evidence, Exchange, Frame, text_of};
use crate::plural::plural;
use crate::protocol::{Event, ItemKind, Update};

/// How quick the turns were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speed {
    /// How many turns there were.
    pub turns: usize,
    /// Until the first event.
    pub first_event: Spread,
    /// Until the first text of the answer; none where no answer had any.
    pub first_text: Option<Spread>,
    /// Until the end.
    pub turn: Spread,
    /// The longest silence between two events.
    pub gap: Option<Spread>,
}

/// A time of several turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread {
    /// Half of the turns took no longer.
    pub median: Duration,
    /// The slowest of them.
    pub slowest: Duration,
}

impl Spread {
    fn of(times: impl Iterator<Item = Duration>) -> Option<Self> {
        let mut times: Vec<_> = times.collect();
        times.sort_unstable();
        Some(Self {
            slowest: *times.last()?,
            median: times[(times.len() - 1) / 2],
        })
    }

    fn to_json(self) -> Value {
        json!({"median": milliseconds(self.median), "slowest": milliseconds(self.slowest)})
    }
}

impl Speed {
    /// The figures of the turns that came to their end; none if there are none.
    pub fn of(evidence: &Evidence) -> Option<Self> {
        let whole = || turns(evidence).filter(|it| it.is_whole_turn());
        let since = |at: Duration, sent: Duration| at.saturating_sub(sent);
        let first = whole().filter_map(|it| Some(since(it.frames.first()?.at, it.sent)));
        let texts = whole().filter_map(|it| Some(since(first_text_of(it)?.at, it.sent)));
        Some(Self {
            turns: whole().count(),
            first_event: Spread::of(first)?,
            first_text: Spread::of(texts),
            turn: Spread::of(whole().map(|it| since(it.ended, it.sent)))?,
            gap: Spread::of(whole().filter_map(|it| gaps(it).map(|(gap, _)| gap).max())),
        })
    }

    /// One line for people.
    pub fn line(&self) -> String {
        let named = [
            ("first event", Some(self.first_event)),
            ("first text", self.first_text),
            ("whole turn", Some(self.turn)),
            ("longest silence", self.gap),
        ];
        let parts: Vec<_> = named
            .into_iter()
            .filter_map(|(name, spread)| Some((name, spread?)))
            .map(|(name, Spread { median, slowest })| {
                format!("{name} {} ({})", words(median), words(slowest))
            })
            .collect();
        let turns = plural(self.turns, "turn");
        format!("speed, median (slowest) of {turns}: {}", parts.join(", "))
    }

    /// The figures for machines, in milliseconds.
    pub fn to_json(&self) -> Value {
        json!({
            "turns": self.turns,
            "first_event_ms": self.first_event.to_json(),
            "first_text_ms": self.first_text.map(Spread::to_json),
            "turn_ms": self.turn.to_json(),
            "longest_gap_ms": self.gap.map(Spread::to_json),
        })
    }
}

/// The turns that were asked for as they stand.
pub(super) fn turns(evidence: &Evidence) -> impl Iterator<Item = &Exchange> {
    evidence.turns().filter(|it| it.is_use())
}

/// The frame that brings the first text of an answer.
pub(in crate::check) fn first_text_of(exchange: &Exchange) -> Option<&Frame> {
    let has_text = |event: &Event| match event {
        Event::ItemUpdated(updated) => match &updated.update {
            Update::TextDelta(delta) => !delta.delta.is_empty(),
            Update::PartAdded(part) | Update::PartDone(part) => !part.content.text.is_empty(),
            _ => false,
        },
        Event::ItemAdded(body) | Event::ItemDone(body) => match &body.item.kind {
            ItemKind::AssistantMessage(message) => !text_of(message).is_empty(),
            _ => false,
        },
        _ => false,
    };
    let found = exchange.events().find(|(_, event)| has_text(event))?;
    Some(found.0)
}

/// The silences of a turn, each with the frame that ends it.
pub(super) fn gaps(exchange: &Exchange) -> impl Iterator<Item = (Duration, &Frame)> {
    let frames = exchange.frames.windows(2);
    frames.map(|pair| (pair[1].at.saturating_sub(pair[0].at), &pair[1]))
}

/// Milliseconds, to a tenth.
fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}

/// A time for people.
pub(super) fn words(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        return format!("{} ms", time.as_millis());
    }
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_the_one_in_the_middle_and_the_last() {
        let of = |times: &[u64]| Spread::of(times.iter().copied().map(Duration::from_millis));
        let spread = |median, slowest| {
            Some(Spread {
                median: Duration::from_millis(median),
                slowest: Duration::from_millis(slowest),
            })
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[7]), spread(7, 7));
        assert_eq!(of(&[30, 1, 2]), spread(2, 30));
        assert_eq!(of(&[4, 1]), spread(1, 4));
    }
}
