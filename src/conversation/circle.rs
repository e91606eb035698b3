//! Notices pages that have no end, without remembering all of them.

use crate::error::{Breach, Result};

/// Brent's search for a cycle: one cursor is remembered, for twice as long each time.
#[derive(Default)]
pub struct Circle {
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
        let why = if asked == Some(after) {
            "a page leads back to itself"
        } else if rows == 0 {
            "a page without a row says that there are more"
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
