//! Which part of an ordered list a query means, as bounds for an index.

use std::sync::Arc;

use super::super::{Query, Rows};
use crate::protocol::Order;

/// The place of a row in its list.
pub(super) trait Place: Copy {
    /// Below every place.
    const LOWEST: Self;
    /// Above every place.
    const HIGHEST: Self;
}

impl Place for i64 {
    const LOWEST: Self = Self::MIN;
    const HIGHEST: Self = Self::MAX;
}

/// Creation time, then order of arrival.
impl Place for (i64, i64) {
    const LOWEST: Self = (i64::MIN, i64::MIN);
    const HIGHEST: Self = (i64::MAX, i64::MAX);
}

/// A part of a list, both of its edges excluded.
#[derive(Debug, PartialEq)]
pub(super) struct Window<P> {
    pub low: P,
    pub high: P,
    /// Which way the index is read.
    pub ascending: bool,
    /// How many rows to read: one more than wanted shows whether there are more.
    pub limit: i64,
    /// Whether what was read is to be turned round, because the page is the one before an edge.
    turned: bool,
}

impl<P: Place> Window<P> {
    /// The window of a query whose cursors stand at these places.
    pub fn new(query: &Query<'_>, after: Option<P>, before: Option<P>) -> Self {
        let (low, high) = match query.order {
            Order::Asc => (after, before),
            Order::Desc => (before, after),
        };
        // A page that ends at `before` alone is the one just before it, not the first of all.
        let turned = before.is_some() && after.is_none();
        Self {
            low: low.unwrap_or(P::LOWEST),
            high: high.unwrap_or(P::HIGHEST),
            ascending: (query.order == Order::Asc) != turned,
            limit: i64::try_from(query.limit)
                .unwrap_or(i64::MAX)
                .saturating_add(1),
            turned,
        }
    }

    /// The page, from the rows that were read.
    pub fn page<T>(&self, read: Vec<T>) -> Rows<T> {
        let mut rows: Vec<_> = read.into_iter().map(Arc::new).collect();
        let limit = usize::try_from(self.limit - 1).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        if self.turned {
            rows.reverse();
        }
        Rows { rows, has_more }
    }
}
