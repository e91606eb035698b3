//! Addresses in texts: where one stands, and whether a text says that it leads to one.

use std::net::{Ipv4Addr, Ipv6Addr};

/// What else stands between the labels of a name to whoever makes a name ASCII (UTS #46, 2.3).
const DOTS: [char; 4] = ['\u{2024}', '\u{3002}', '\u{ff0e}', '\u{ff61}'];

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
        let is_mail = (word.split_once('@')).is_some_and(|(name, _)| !name.is_empty());
        let has_scheme = ["http:", "https:", "mailto:"].iter().any(|scheme| {
            (word.get(..scheme.len())).is_some_and(|head| head.eq_ignore_ascii_case(scheme))
        });
        is_mail || has_scheme || word.contains("://") || is_host(word)
    })
}

/// Whether a word begins with a domain, the address of a machine, or this machine's name.
fn is_host(word: &str) -> bool {
    let inside = word.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    if inside.is_some_and(|(inside, _)| inside.parse::<Ipv6Addr>().is_ok()) {
        return true;
    }
    let bare = word.trim_matches(['[', ']']).trim_start_matches('/');
    let host = bare.split(['/', ':', '?', '#']).next().unwrap_or_default();
    is_domain(host) || host.eq_ignore_ascii_case("localhost") || host.parse::<Ipv4Addr>().is_ok()
}

/// Whether labels end in one that the domains at the top may have: of two letters or more. A sentence
/// in Chinese or Japanese goes on behind its dot without a space, and in its own letters.
fn is_domain(host: &str) -> bool {
    let mut dotted = String::with_capacity(host.len());
    let mut rest = host.chars().peekable();
    while let Some(c) = rest.next() {
        let is_dot = DOTS.contains(&c) && rest.peek().is_some_and(char::is_ascii_alphanumeric);
        dotted.push(if is_dot { '.' } else { c });
    }
    let Some((name, top)) = dotted.trim_end_matches('.').rsplit_once('.') else {
        return false;
    };
    let ends = |c: char| c.is_alphanumeric() || !c.is_ascii();
    name.ends_with(ends) && top.starts_with(char::is_alphabetic) && top.chars().nth(1).is_some()
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
            "me@good.example",
            "[good.example]",
            "//good.example/x",
            "https:good.example",
            "HTTPS:/good.example",
            "💩.example",
            "cafe\u{301}.example",
            "good\u{2024}example",
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
