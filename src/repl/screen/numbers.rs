//! The numbers that actions carry on the screen: each stands for one action of one widget, for as
//! long as the thread is shown.

use crate::protocol::ItemId;

/// The numbers of one widget.
#[derive(Debug)]
struct Span {
    item: ItemId,
    first: usize,
    count: usize,
}

/// Which numbers were given to which widgets.
#[derive(Debug, Default)]
pub struct Numbers {
    spans: Vec<Span>,
    given: usize,
}

impl Numbers {
    /// The first number of a widget with this many actions.
    ///
    /// A widget keeps its numbers while they suffice. One that gets more actions goes on counting
    /// if nothing was numbered after it, and is otherwise given new numbers, because those that
    /// follow its own belong to another.
    pub fn first(&mut self, item: &ItemId, count: usize) -> usize {
        if let Some(at) = self.spans.iter().position(|span| span.item == *item) {
            let is_last = at + 1 == self.spans.len();
            let span = &mut self.spans[at];
            if count <= span.count {
                return span.first;
            }
            if is_last {
                span.count = count;
                self.given = span.first + count - 1;
                return span.first;
            }
            self.spans.remove(at);
        }
        let first = self.given + 1;
        if count > 0 {
            let item = item.clone();
            self.spans.push(Span { item, first, count });
            self.given += count;
        }
        first
    }

    /// The highest number so far.
    pub fn given(&self) -> usize {
        self.given
    }

    /// The widget that a number belongs to, and which of its actions it is, from 0.
    pub fn find(&self, number: usize) -> Option<(&ItemId, usize)> {
        let holds = |span: &&Span| (span.first..span.first + span.count).contains(&number);
        let span = self.spans.iter().find(holds)?;
        Some((&span.item, number - span.first))
    }

    /// The widgets that have numbers, each with its first.
    pub fn widgets(&self) -> impl Iterator<Item = (&ItemId, usize)> {
        self.spans.iter().map(|span| (&span.item, span.first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_stands_for_one_action() {
        let [a, b, c] = ["a", "b", "c"].map(ItemId::from);
        let mut numbers = Numbers::default();
        assert_eq!(numbers.first(&a, 2), 1);
        assert_eq!(numbers.first(&b, 0), 3, "nothing to number");
        assert_eq!(numbers.first(&b, 1), 3);
        assert_eq!(numbers.first(&a, 1), 1, "they suffice");
        assert_eq!(numbers.first(&b, 2), 3, "nothing follows");
        assert_eq!(numbers.first(&a, 3), 5, "3 belongs to another");
        assert_eq!(numbers.first(&c, 1), 8);
        assert_eq!(numbers.find(4), Some((&b, 1)));
        assert_eq!(numbers.find(7), Some((&a, 2)));
        assert_eq!(numbers.find(8), Some((&c, 0)));
        for gone in [0, 1, 2, 9] {
            assert_eq!(numbers.find(gone), None, "{gone}");
        }
    }
}
