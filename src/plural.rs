//! A number with its noun, as people read it.

use std::fmt::Display;

/// `1 event`, `2 events`; the noun is one whose plural ends in `s`.
pub fn plural<N>(count: N, noun: &str) -> String
where
    N: Copy + Display + PartialEq + From<u8>,
{
    let ending = if count == N::from(1) { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_is_one() {
        assert_eq!(plural(0_u64, "event"), "0 events");
        assert_eq!(plural(1_usize, "event"), "1 event");
        assert_eq!(plural(2_usize, "event"), "2 events");
    }
}
