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

/// `is` of one, `are` of any other number.
pub fn are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

/// `was` of one, `were` of any other number.
pub fn were(count: usize) -> &'static str {
    if count == 1 { "was" } else { "were" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_is_one() {
        assert_eq!(plural(0_u64, "event"), "0 events");
        assert_eq!(plural(1_usize, "event"), "1 event");
        assert_eq!(plural(2_usize, "event"), "2 events");
        assert_eq!([are(0), are(1), are(2)], ["are", "is", "are"]);
        assert_eq!([were(0), were(1), were(2)], ["were", "was", "were"]);
    }
}
