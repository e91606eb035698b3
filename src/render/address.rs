//! Addresses in texts: where one stands, and whether a text says that it leads to one.

use std::net::{Ipv4Addr, Ipv6Addr};

/// What stands between the labels of a name, also to whoever makes a name ASCII (UTS #46, 2.3).
const DOTS: [char; 4] = ['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'];

/// Whether the text is the address itself.
pub fn says(text: &str, address: &str) -> bool {
    let bare = |text: &str| {
        let text = text.trim().trim_end_matches('/');
        let text = text.strip_prefix("mailto:").unwrap_or(text);
        text.strip_prefix("https://").unwrap_or(text).to_owned()
    };
    bare(text) == bare(address)
}

/// Whether the text looks like an address, so that a reader would believe that it leads there.
pub fn claims(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        let word = word.trim_matches(['(', ')', '<', '>', '"', '\'', ',', ';', '!', '?']);
        word.contains("://") || word.contains('@') || is_host(word)
    })
}

/// Whether a word begins with a domain, the address of a machine, or this machine's name.
fn is_host(word: &str) -> bool {
    if let Some((inside, _)) = word.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return inside.parse::<Ipv6Addr>().is_ok();
    }
    let host = word.split(['/', ':', '?', '#']).next().unwrap_or_default();
    let labels: Vec<&str> = host.split(DOTS).collect();
    let is_domain = |pair: &[&str]| {
        pair[0].ends_with(char::is_alphanumeric) && pair[1].starts_with(char::is_alphabetic)
    };
    labels.windows(2).any(is_domain)
        || host.eq_ignore_ascii_case("localhost")
        || host.parse::<Ipv4Addr>().is_ok()
        || word.parse::<Ipv6Addr>().is_ok()
}

/// Where the first `http` address begins.
pub fn find(text: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = text[from..].find("://").map(|at| at + from) {
        let head = &text[..at];
        for scheme in ["https", "http"] {
            if let Some(before) = head.strip_suffix(scheme)
                && !before.ends_with(char::is_alphanumeric)
            {
                return Some(before.len());
            }
        }
        from = at + 3;
    }
    None
}

/// Where the address ends with which the text begins.
pub fn end(text: &str) -> usize {
    let end = text
        .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`'))
        .unwrap_or(text.len());
    let mut address = text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*']);
    // A closing bracket belongs to the sentence unless the address opened it.
    while address.ends_with(')') && address.matches(')').count() > address.matches('(').count() {
        address = &address[..address.len() - 1];
    }
    address.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_address_ends_before_the_punctuation() {
        assert_eq!(end("https://a.b/c). And"), 13);
        assert_eq!(end("https://a.b/c_(d)"), 17);
        assert_eq!(find("(see xhttp://a http://b"), Some(15));
    }

    #[test]
    fn a_text_claims_what_a_browser_would_go_to() {
        for claim in [
            "https://good.example",
            "at good.example/login",
            "(good.example)",
            "good\u{3002}example",
            "xn--gd-a.example",
            "my.1name.example",
            "…good.example",
            "münchen.example",
            "10.0.0.1",
            "10.0.0.1:8000/x",
            "localhost:8000",
            "[::1]:8000",
            "::1",
            "me@good.example",
        ] {
            assert!(claims(claim), "{claim}");
        }
        for none in [
            "the docs",
            "version 1.2.3",
            "3.5 %",
            "Yes.",
            "a: b",
            "[1]",
            "…",
        ] {
            assert!(!claims(none), "{none}");
        }
    }
}
