//! Notices pages that lead in a circle, without remembering all of them.

/// Brent's search for a cycle: one cursor is remembered, for twice as long each time.
#[derive(Default)]
pub struct Circle {
    remembered: Option<String>,
    steps: u64,
    limit: u64,
}

impl Circle {
    /// Whether this cursor was there before; found out after at most a few rounds.
    pub fn closes_at(&mut self, cursor: &str) -> bool {
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
