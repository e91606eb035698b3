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

    /// Forgets a block, because it is written or gone; whether there was one.
    pub fn remove(&mut self, id: &ItemId) -> bool {
        let count = self.blocks.len();
        self.blocks.retain(|block| block.id != *id);
        self.stale.retain(|(known, _)| known != id);
        self.blocks.len() < count
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
    /// is higher than its share its end is shown, where it grows.
    pub fn draw(&mut self, height: usize, columns: usize, is_apart: bool) -> String {
        // The last row is the cursor's.
        let room = height.saturating_sub(1) + if is_apart { 0 } else { GAP };
        let blocks = self.blocks.iter().filter(|block| !block.text.is_empty());
        // Only what may be shown is measured, because a long block is drawn often.
        let blocks: Vec<&str> = blocks
            .map(|block| end(&block.text, room, columns))
            .collect();
        let rows = blocks.iter().map(|text| Rows::of(text).all(columns));
        let rows: Vec<usize> = rows.collect();
        let mut text = String::new();
        for (block, share) in blocks.iter().zip(shares(&rows, room)) {
            let shown = end(block, share, columns);
            let gap = !shown.is_empty() && (is_apart || !text.is_empty());
            text.push_str(if gap { "\n" } else { "" });
            text.push_str(shown);
        }
        self.rows = Rows::of(&text);
        text
    }
}

/// The rows between two blocks.
const GAP: usize = 1;

/// The rows of a higher block that are worth to be seen: the last of a card is its edge.
const LEAST: usize = 2;

/// How many of its rows each block may show, where there is room for so many and a gap above each:
/// all of them, or as many as the others that do not fit. Where there is too little for all, the
/// blocks that came last have it.
fn shares(rows: &[usize], room: usize) -> Vec<usize> {
    let mut needed = 0;
    let fits = |rows: &&usize| {
        needed += LEAST.min(**rows) + GAP;
        needed <= room
    };
    let count = rows.iter().rev().take_while(fits).count();
    let count = count.max(1).min(rows.len());
    let mut order: Vec<usize> = (rows.len() - count..rows.len()).collect();
    // What a low block leaves is for the higher ones.
    order.sort_by_key(|&place| rows[place]);
    let mut shares = vec![0; rows.len()];
    let mut left = room;
    for (done, place) in order.into_iter().enumerate() {
        let taken = (rows[place] + GAP).min(left / (count - done));
        shares[place] = taken.saturating_sub(GAP);
        left -= taken;
    }
    shares
}

/// As many of the last lines as fit into so many rows.
fn end(text: &str, rows: usize, columns: usize) -> &str {
    let mut left = rows;
    let mut start = text.len();
    for line in text.split_inclusive('\n').rev() {
        match left.checked_sub(Rows::of(line).all(columns)) {
            Some(rest) => left = rest,
            None => break,
        }
        start -= line.len();
    }
    &text[start..]
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn blocks_stand_in_the_order_in_which_they_came() {
        let mut region = Region::default();
        region.put(&"a".into(), "a1\n");
        region.put(&"b".into(), "b1\n");
        region.put(&"a".into(), "a2\na3\n");
        assert_eq!(region.draw(24, 80, false), "a2\na3\n\nb1\n");
        assert_eq!(region.lift(80), 4);
        assert_eq!(region.lift(80), 0, "it is taken away once");
        region.remove(&"a".into());
        assert_eq!(region.draw(24, 80, true), "\nb1\n");
    }

    #[test]
    fn of_a_block_that_does_not_fit_its_end_is_shown() {
        let mut region = Region::default();
        let tall: String = (0..10).fold(String::new(), |text, row| format!("{text}x{row}\n"));
        region.put(&"tall".into(), &tall);
        region.put(&"low".into(), "y\n");
        // The row of the cursor is below all.
        assert_eq!(region.draw(5, 80, false), "x8\nx9\n\ny\n");
        assert_eq!(region.draw(6, 80, false), "x7\nx8\nx9\n\ny\n");
        assert_eq!(region.draw(14, 80, false), format!("{tall}\ny\n"));
        assert_eq!(region.draw(3, 80, false), "y\n", "what came last");
        assert_eq!(region.draw(1, 80, false), "");
        assert_eq!(region.draw(0, 80, true), "");
    }

    #[test]
    fn lines_that_are_broken_by_a_narrower_window_are_counted_as_they_stand() {
        let mut region = Region::default();
        region.put(&"a".into(), "12345678\n12\n");
        assert_eq!(region.draw(4, 4, false), "12345678\n12\n");
        assert_eq!(region.draw(3, 4, false), "12\n");
    }

    /// A region of blocks with so many lines each, of which each tells its block and its number.
    fn filled(heights: &[usize]) -> Region {
        let mut region = Region::default();
        for (block, &height) in heights.iter().enumerate() {
            let line = |text: String, row| text + &format!("{block}.{row}\n");
            let text = (0..height).fold(String::new(), line);
            region.put(&format!("block{block}").as_str().into(), &text);
        }
        region
    }

    proptest! {
        #[test]
        fn every_block_has_a_fair_share_of_the_rows(
            heights in vec(1_usize..30, 0..8),
            room in 0_usize..60,
            is_apart in any::<bool>(),
        ) {
            let mut region = filled(&heights);
            let text = region.draw(room, 80, is_apart);
            prop_assert!(region.height(80) < room.max(1), "{text}");
            let shown: Vec<Vec<&str>> = (0..heights.len())
                .map(|block| text.lines().filter(|line| line.starts_with(&format!("{block}."))).collect())
                .collect();
            prop_assert!(text.lines().filter(|line| !line.is_empty()).eq(shown.concat()), "in order");
            for (block, lines) in shown.iter().enumerate() {
                let from = heights[block] - lines.len();
                let end = (from..heights[block]).map(|row| format!("{block}.{row}"));
                prop_assert!(end.eq(lines.iter().copied()), "the end of each: {text}");
            }
            let most = shown.iter().map(Vec::len).max().unwrap_or(0);
            let first = shown.iter().position(|lines| !lines.is_empty()).unwrap_or(0);
            let cut = (first..heights.len()).filter(|&block| shown[block].len() < heights[block]);
            for block in cut {
                prop_assert!(shown[block].len() + 1 >= most, "as many as the others: {text}");
            }
            let gaps = heights.len() - usize::from(!is_apart && !heights.is_empty());
            let least: usize = heights.iter().map(|rows| LEAST.min(*rows)).sum();
            if least + gaps < room {
                prop_assert_eq!(first, 0);
                prop_assert!(shown.iter().all(|lines| !lines.is_empty()), "each is seen: {}", text);
            }
            if heights.iter().sum::<usize>() + gaps < room {
                prop_assert_eq!(shown.iter().map(Vec::len).collect::<Vec<_>>(), heights);
            }
        }
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
        assert_eq!(region.draw(24, 80, false), "call\n");
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
