//! The lowest part of the screen: the blocks that may still change, drawn anew together.

use super::rows::Rows;
use crate::protocol::ItemId;

/// The open blocks, in the order in which they came.
#[derive(Debug, Default)]
pub struct Region {
    blocks: Vec<(ItemId, String)>,
    /// What stands on the screen of them.
    rows: Rows,
}

impl Region {
    /// The text of a block, in the place of the one that it had.
    pub fn put(&mut self, id: &ItemId, text: &str) {
        match self.blocks.iter_mut().find(|(known, _)| known == id) {
            Some((_, known)) => text.clone_into(known),
            None => self.blocks.push((id.clone(), text.to_owned())),
        }
    }

    /// Forgets a block, because it is done or gone.
    pub fn remove(&mut self, id: &ItemId) {
        self.blocks.retain(|(known, _)| known != id);
    }

    /// Takes all blocks, with their texts.
    pub fn take(&mut self) -> Vec<(ItemId, String)> {
        std::mem::take(&mut self.blocks)
    }

    /// How many rows above the cursor are to be taken away, on a terminal of so many columns.
    pub fn lift(&mut self, columns: usize) -> usize {
        std::mem::take(&mut self.rows).all(columns)
    }

    /// What is to be written, with an empty line before the first block if `is_apart`: the blocks
    /// that fit into so many rows, because what reached above the screen could not be taken away.
    pub fn draw(&mut self, height: usize, is_apart: bool) -> String {
        let mut text = String::new();
        let mut left = height.saturating_sub(1);
        for (_, block) in &self.blocks {
            let gap = is_apart || !text.is_empty();
            let lines = block.lines().count() + usize::from(gap);
            if lines >= left {
                continue;
            }
            left -= lines;
            text.push_str(if gap { "\n" } else { "" });
            text.push_str(block);
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
    fn a_block_that_does_not_fit_waits_until_it_is_done() {
        let mut region = Region::default();
        region.put(&"tall".into(), &"x\n".repeat(10));
        region.put(&"low".into(), "y\n");
        assert_eq!(region.draw(10, false), "y\n");
        assert_eq!(region.draw(12, false).lines().count(), 10);
        assert_eq!(region.draw(14, false).lines().count(), 12);
    }
}
