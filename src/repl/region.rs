//! The lowest part of the screen: the blocks that may still change, and those that wait for one
//! above them or for a message, drawn anew together.

use std::time::{Duration, Instant};

use super::rows::Rows;
use crate::protocol::ItemId;

/// How many times as long as drawing took is waited before the next time: a block is laid out whole
/// each time, and a long one that grows by a word at a time would cost the square of its length.
const REST: u32 = 9;

/// A part of the conversation, as it stands.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    /// Whose it is.
    pub id: ItemId,
    /// Its lines; none before it was drawn.
    pub text: String,
    /// Whether it changes no more.
    pub is_whole: bool,
}

/// The blocks, in the order in which they came.
#[derive(Debug, Default)]
pub struct Region {
    blocks: Vec<Block>,
    /// What has changed since it was drawn, and how far an image is.
    stale: Vec<(ItemId, Option<f64>)>,
    /// When it may be drawn again.
    next: Option<Instant>,
    /// What stands on the screen of them.
    rows: Rows,
}

impl Region {
    /// A block has changed; an image is so far.
    pub fn touch(&mut self, id: &ItemId, progress: Option<f64>) {
        self.block(id);
        match self.stale.iter_mut().find(|(known, _)| known == id) {
            Some((_, known)) => *known = progress,
            None => self.stale.push((id.clone(), progress)),
        }
    }

    /// How long to wait until what has changed is drawn: not at all if nothing has.
    pub fn rest(&self) -> Option<Duration> {
        let left = self.next?.checked_duration_since(Instant::now())?;
        (!self.stale.is_empty()).then_some(left)
    }

    /// What has changed is to be drawn at once.
    pub fn hurry(&mut self) {
        self.next = None;
    }

    /// Takes what has changed, to be put.
    pub fn take_stale(&mut self) -> Vec<(ItemId, Option<f64>)> {
        std::mem::take(&mut self.stale)
    }

    /// What had changed was drawn, from this moment until now.
    pub fn drawn_since(&mut self, begun: Instant) {
        self.next = Some(Instant::now() + begun.elapsed() * REST);
    }

    /// The block of an item, which is put below the others if there is none.
    fn block(&mut self, id: &ItemId) -> &mut Block {
        let place = self.blocks.iter().position(|block| block.id == *id);
        let place = place.unwrap_or_else(|| {
            self.blocks.push(Block {
                id: id.clone(),
                text: String::new(),
                is_whole: false,
            });
            self.blocks.len() - 1
        });
        &mut self.blocks[place]
    }

    /// The text of a block, in the place of the one that it had.
    pub fn put(&mut self, id: &ItemId, text: &str) {
        text.clone_into(&mut self.block(id).text);
    }

    /// A block has its last text, which somebody else writes when its turn comes.
    pub fn put_last(&mut self, id: &ItemId, text: &str) {
        self.put(id, text);
        self.stale.retain(|(known, _)| known != id);
    }

    /// A block has its last text, and waits for those above it that may still change.
    pub fn finish(&mut self, id: &ItemId, text: &str) {
        self.put_last(id, text);
        self.block(id).is_whole = true;
    }

    /// The blocks, from top to bottom.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = &ItemId> {
        self.blocks.iter().map(|block| &block.id)
    }

    /// Whether a block that may still change stands above the place of this one.
    pub fn is_below_open(&self, id: &ItemId) -> bool {
        let mut above = self.blocks.iter().take_while(|block| block.id != *id);
        above.any(|block| !block.is_whole)
    }

    /// Takes the whole blocks that wait for nothing, and all that are whole where the screen, of so
    /// many rows, has no room for them.
    pub fn take_whole(&mut self, height: usize) -> Vec<Block> {
        let lines = |block: &Block| block.text.lines().count() + 1;
        let is_full = self.blocks.iter().map(lines).sum::<usize>() >= height;
        let mut waits = false;
        let ready = |block: &mut Block| {
            waits |= !block.is_whole;
            block.is_whole && (is_full || !waits)
        };
        self.blocks.extract_if(.., ready).collect()
    }

    /// Forgets a block, because it is written or gone.
    pub fn remove(&mut self, id: &ItemId) {
        self.blocks.retain(|block| block.id != *id);
        self.stale.retain(|(known, _)| known != id);
    }

    /// Takes all blocks.
    pub fn take(&mut self) -> Vec<Block> {
        self.stale.clear();
        std::mem::take(&mut self.blocks)
    }

    /// How many rows above the cursor it takes, on a terminal of so many columns.
    pub fn height(&self, columns: usize) -> usize {
        self.rows.all(columns)
    }

    /// How many rows above the cursor are to be taken away, on a terminal of so many columns.
    pub fn lift(&mut self, columns: usize) -> usize {
        std::mem::take(&mut self.rows).all(columns)
    }

    /// What is to be written, with an empty line before the first block if `is_apart`: what fits into
    /// so many rows, because what reached above the screen could not be taken away. Of a block that
    /// is higher than what is left its end is shown, where it grows.
    pub fn draw(&mut self, height: usize, is_apart: bool) -> String {
        let mut text = String::new();
        let mut left = height.saturating_sub(1);
        let drawn = self.blocks.iter().map(|block| &block.text);
        for block in drawn.filter(|text| !text.is_empty()) {
            let gap = is_apart || !text.is_empty();
            let room = left.saturating_sub(1 + usize::from(gap));
            if room == 0 {
                break;
            }
            let lines: Vec<&str> = block.split_inclusive('\n').collect();
            let shown = &lines[lines.len().saturating_sub(room)..];
            left -= shown.len() + usize::from(gap);
            text.push_str(if gap { "\n" } else { "" });
            text.extend(shown.iter().copied());
        }
        self.rows = Rows::of(&text);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_stand_in_the_order_in_which_they_came() {
        let mut region = Region::default();
        region.put(&"a".into(), "a1\n");
        region.put(&"b".into(), "b1\n");
        region.put(&"a".into(), "a2\na3\n");
        assert_eq!(region.draw(24, false), "a2\na3\n\nb1\n");
        assert_eq!(region.lift(80), 4);
        assert_eq!(region.lift(80), 0, "it is taken away once");
        region.remove(&"a".into());
        assert_eq!(region.draw(24, true), "\nb1\n");
    }

    #[test]
    fn of_a_block_that_does_not_fit_its_end_is_shown() {
        let mut region = Region::default();
        let tall: String = (0..10).fold(String::new(), |text, row| format!("{text}x{row}\n"));
        region.put(&"tall".into(), &tall);
        region.put(&"low".into(), "y\n");
        // The row of the cursor is below all.
        assert_eq!(region.draw(5, false), "x7\nx8\nx9\n");
        assert_eq!(region.draw(12, false).lines().count(), 10);
        assert_eq!(region.draw(14, false), format!("{tall}\ny\n"));
        assert_eq!(region.draw(1, false), "");
        assert_eq!(region.draw(0, true), "");
    }

    #[test]
    fn what_was_never_drawn_is_taken_too() {
        let mut region = Region::default();
        region.put(&"a".into(), "a1\n");
        for id in ["b", "a", "b"] {
            region.touch(&id.into(), None);
        }
        let ids: Vec<_> = region.take().into_iter().map(|block| block.id).collect();
        assert_eq!(ids, ["a".into(), "b".into()]);
        assert!(region.take_stale().is_empty());
    }

    /// The ids of what is ready to be written.
    fn ready(region: &mut Region, height: usize) -> Vec<String> {
        let ready = region.take_whole(height).into_iter();
        ready.map(|block| block.id.to_string()).collect()
    }

    #[test]
    fn a_whole_block_waits_for_the_open_ones_above_it() {
        let mut region = Region::default();
        region.touch(&"thought".into(), None);
        assert!(region.is_below_open(&"call".into()));
        assert!(!region.is_below_open(&"thought".into()));
        region.finish(&"call".into(), "call\n");
        assert!(ready(&mut region, 24).is_empty());
        assert_eq!(region.draw(24, false), "call\n");
        region.finish(&"thought".into(), "thought\n");
        assert_eq!(ready(&mut region, 24), ["thought", "call"]);
    }

    #[test]
    fn whole_blocks_do_not_wait_where_the_screen_is_full() {
        let mut region = Region::default();
        region.put(&"open".into(), &"x\n".repeat(10));
        region.finish(&"a".into(), "a\n");
        assert!(ready(&mut region, 14).is_empty());
        assert_eq!(ready(&mut region, 13), ["a"]);
    }

    #[test]
    fn a_long_time_of_drawing_is_followed_by_a_longer_rest() {
        let mut region = Region::default();
        let begun = Instant::now().checked_sub(Duration::from_secs(60)).unwrap();
        region.drawn_since(begun);
        assert_eq!(region.rest(), None, "nothing has changed");
        region.touch(&"a".into(), None);
        assert!(region.rest() > Some(Duration::from_secs(60)));
        region.hurry();
        assert_eq!(region.rest(), None);
    }
}
