//! Notices pages that have no end, without remembering all of them.

use crate::error::{Breach, Result};

/// How many pages without a row may follow one another. The reference server takes hidden items out
/// of a page that its store has made (`server.py`, `ItemsListReq`), which leaves none where a page is
/// small.
const MAX_EMPTY: u32 = 100;

/// Brent's search for a cycle: one cursor is remembered, for twice as long each time.
#[derive(Default)]
pub struct Circle {
    empty: u32,
    remembered: Option<String>,
    steps: u64,
    limit: u64,
}

impl Circle {
    /// Sees to it that the page which begins after `after` is worth asking for, once the page that
    /// began after `asked` said that there are more.
    ///
    /// # Errors
    /// The backend broke the protocol: its pages have no end.
    pub fn step(
        &mut self,
        operation: &str,
        asked: Option<&str>,
        after: &str,
        rows: usize,
    ) -> Result<()> {
        self.empty = if rows == 0 { self.empty + 1 } else { 0 };
        let why = if asked == Some(after) {
            "a page leads back to itself"
        } else if self.empty > MAX_EMPTY {
            "page after page has no row and says that there are more"
        } else if self.closes_at(after) {
            "they lead in a circle"
        } else {
            return Ok(());
        };
        let (operation, after) = (operation.to_owned(), after.to_owned());
        Err(Breach::Pages {
            operation,
            after,
            why,
        }
        .into())
    }

    /// Whether this cursor was there before; found out after at most a few rounds.
    fn closes_at(&mut self, cursor: &str) -> bool {
        if self.remembered.as_deref() == Some(cursor) {
            return true;
        }
        if self.steps == self.limit {
            self.remembered = Some(cursor.to_owned());
            self.limit = (self.limit * 2).max(1);
            self.steps = 0;
        }
        self.steps += 1;
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_hidden_items_have_no_row_and_are_passed() {
        let mut circle = Circle::default();
        let mut page = |n: u32, rows| {
            let asked = n.checked_sub(1).map(|before| before.to_string());
            circle.step("items.list", asked.as_deref(), &n.to_string(), rows)
        };
        for n in 0..MAX_EMPTY {
            page(n, 0).unwrap();
        }
        page(MAX_EMPTY, 1).unwrap();
        for n in 1..=MAX_EMPTY {
            page(MAX_EMPTY + n, 0).unwrap();
        }
        page(MAX_EMPTY * 2 + 1, 0).unwrap_err();
    }

    #[test]
    fn a_circle_is_noticed_and_a_long_way_is_none() {
        let mut circle = Circle::default();
        let mut way = (0..5).chain((5..12).cycle()).map(|n| n.to_string());
        assert!(
            way.by_ref()
                .take(100)
                .any(|cursor| circle.closes_at(&cursor))
        );
        let mut circle = Circle::default();
        assert!(!(0..10_000).any(|n| circle.closes_at(&n.to_string())));
    }
}
