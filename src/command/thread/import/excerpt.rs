//! Ids as messages show them.

use crate::protocol::{ItemId, ThreadId};

/// A thread's id.
pub fn shown(id: &ThreadId) -> String {
    excerpt(id.as_str())
}

/// An item's id.
pub fn shown_item(id: &ItemId) -> String {
    excerpt(id.as_str())
}

/// An id as a message shows it: it is from outside, and may be as long as it likes.
fn excerpt(id: &str) -> String {
    let short: String = id.chars().take(80).collect();
    if short.len() < id.len() {
        return format!("{short}…");
    }
    short
}
