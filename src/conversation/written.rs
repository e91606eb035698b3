//! How far a message has been written, part by part, one after the other.

use std::collections::BTreeSet;

use crate::protocol::{Event, ItemId, ItemKind, ItemUpdated, Update};
use crate::transcript::Transcript;

/// The part of a message that an event says is whole, if there is such a part.
pub(crate) fn whole_part<'e>(
    event: &'e Event,
    transcript: &Transcript,
) -> Option<(&'e ItemId, usize)> {
    let Event::ItemUpdated(ItemUpdated {
        item_id,
        update: Update::PartDone(part),
        ..
    }) = event
    else {
        return None;
    };
    let ItemKind::AssistantMessage(message) = &transcript.item(item_id)?.kind else {
        return None;
    };
    let is_there = part.content_index < message.content.len();
    is_there.then_some((item_id, part.content_index))
}

/// What of a message stands on stdout or on the screen.
#[derive(Debug, Default)]
pub(crate) struct Written {
    parts: Vec<Part>,
    last: Option<usize>,
    /// The parts that are known to be whole, also before they are written.
    whole: BTreeSet<usize>,
}

/// What of a part is written: its length in bytes, and a sum by which the text is known again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    bytes: usize,
    sum: u64,
}

impl Default for Part {
    fn default() -> Self {
        // FNV-1a, which goes on byte by byte: pieces add up to the sum of the whole.
        let sum = 0xcbf2_9ce4_8422_2325;
        Self { bytes: 0, sum }
    }
}

impl Part {
    fn and(self, more: &str) -> Self {
        let add = |sum: u64, byte: u8| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self {
            bytes: self.bytes + more.len(),
            sum: more.bytes().fold(self.sum, add),
        }
    }

    /// Whether this is the text that is written.
    fn is(self, text: &str) -> bool {
        Self::default().and(text) == self
    }
}

impl Written {
    /// Whether anything is written.
    pub fn is_begun(&self) -> bool {
        self.last.is_some()
    }

    /// The part that was written last, if any was.
    pub fn last(&self) -> Option<usize> {
        self.last
    }

    /// The furthest part that was written, where a message that grows goes on.
    pub fn tail(&self) -> usize {
        self.parts.len().saturating_sub(1)
    }

    /// What of a part is not written yet, if it is the text that was written before, grown.
    pub fn rest<'t>(&self, part: usize, text: &'t str) -> &'t str {
        text.get(self.part(part).bytes..).unwrap_or_default()
    }

    /// As [`Written::rest`], but nothing of a text that became another: its end does not belong
    /// behind what stands there.
    pub fn known_rest<'t>(&self, part: usize, text: &'t str) -> &'t str {
        let rest = self.rest(part, text);
        let begins = &text[..text.len() - rest.len()];
        if rest.is_empty() || self.part(part).is(begins) {
            rest
        } else {
            ""
        }
    }

    /// Whether a part may be written now: none before the furthest one, whose place is taken, and
    /// none behind it before that is whole, for what still came of it would tear the other.
    pub fn takes(&self, part: usize) -> bool {
        let tail = self.tail();
        !self.is_begun() || part == tail || (part > tail && self.whole.contains(&tail))
    }

    /// A part is whole.
    pub fn finish(&mut self, part: usize) {
        self.whole.insert(part);
    }

    /// Whether these parts go on where what is written ends, so that nothing of it is withdrawn and
    /// nothing is to be put between.
    pub fn leads_to<'t>(&self, parts: impl IntoIterator<Item = &'t str>) -> bool {
        let mut texts = parts.into_iter();
        self.parts.iter().enumerate().all(|(part, written)| {
            let text = texts.next().unwrap_or_default();
            let begins = if part < self.tail() {
                Some(text)
            } else {
                text.get(..written.bytes)
            };
            begins.is_some_and(|begins| written.is(begins))
        })
    }

    /// Notes that so much more of a part is written; returns the part that was written before.
    pub fn more(&mut self, part: usize, text: &str) -> Option<usize> {
        if self.parts.len() <= part {
            self.parts.resize(part + 1, Part::default());
        }
        self.parts[part] = self.parts[part].and(text);
        self.last.replace(part)
    }

    fn part(&self, part: usize) -> Part {
        self.parts.get(part).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_another_text_does_not_follow() {
        let mut written = Written::default();
        written.more(0, "The price is 5");
        assert_eq!(written.known_rest(0, "The price is 7."), "");
        assert_eq!(written.known_rest(0, "The price is 5."), ".");
        assert_eq!(written.known_rest(0, "The"), "");
        assert_eq!(written.known_rest(1, "Another"), "Another");
    }

    #[test]
    fn each_part_goes_on_where_it_was_left() {
        let mut written = Written::default();
        assert_eq!(written.more(0, "Intro"), None);
        assert_eq!(written.more(1, "Second"), Some(0));
        assert_eq!(written.rest(0, "Intro, and"), ", and");
        assert_eq!(written.rest(1, "Second"), "");
        assert_eq!(written.rest(2, "Third"), "Third");
        assert_eq!((written.last(), written.tail()), (Some(1), 1));
    }

    #[test]
    fn a_part_waits_until_the_one_before_it_is_whole() {
        let mut written = Written::default();
        assert!(written.takes(1), "nothing stands before it");
        written.more(0, "Intro");
        assert!(written.takes(0) && !written.takes(1));
        written.finish(0);
        assert!(written.takes(1) && written.takes(2));
        written.more(1, "Second");
        assert!(!written.takes(0) && written.takes(1) && !written.takes(2));
        assert!(written.leads_to(["Intro", "Second."]));
        assert!(!written.leads_to(["Intro, and", "Second."]));
    }

    #[test]
    fn a_part_that_was_whole_before_it_was_written_makes_way() {
        let mut written = Written::default();
        written.finish(0);
        written.more(0, "Intro");
        assert!(written.takes(1));
    }

    #[test]
    fn a_text_that_became_shorter_is_written_already() {
        let mut written = Written::default();
        written.more(0, "Intro");
        assert_eq!(written.rest(0, "é"), "");
    }

    #[test]
    fn a_text_goes_on_only_where_all_that_is_written_stands_at_its_beginning() {
        let mut written = Written::default();
        assert!(written.leads_to(["anything"]));
        written.more(0, "Int");
        written.more(0, "ro");
        assert!(written.leads_to(["Intro, and"]));
        assert!(written.leads_to(["Intro", "Second"]));
        for other in ["", "Int", "Intra, and", "Intré"] {
            assert!(!written.leads_to([other]), "{other}");
        }
        assert!(!written.leads_to([]));
    }
}
