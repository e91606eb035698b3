//! Escapes of JSON that YAML does not have: a character beyond the basic plane as two surrogates,
//! `"\ud83d\udc4b"` (RFC 8259, section 7), as programs write it that keep to ASCII.

use std::borrow::Cow;

/// How long one escape of JSON is, `\ud83d`.
const ESCAPE: usize = 6;

/// How much shorter two surrogates are as the one escape of YAML for what they mean, `\U0001f44b`.
const SHORTER: usize = 2;

/// A text in which the pairs of surrogates are escapes of YAML.
pub(super) struct Joined<'t> {
    pub text: Cow<'t, str>,
    /// Where the escapes end that were two, in characters of the joined text.
    ends: Vec<usize>,
}

impl Joined<'_> {
    /// Where a character of the joined text stood before.
    pub fn before(&self, character: usize) -> usize {
        character + SHORTER * self.ends.partition_point(|end| *end <= character)
    }
}

/// Joins pairs of surrogates in what is JSON, as far as it is. Elsewhere in YAML, between other
/// quotes or none, the same letters are a text of their own.
pub(super) fn join(text: &str) -> Joined<'_> {
    let mut joined = String::new();
    let mut ends = Vec::new();
    // What comes before `taken` is in `joined`, or in nothing where no pair was found.
    let (mut taken, mut characters) = (0, 0);
    for at in escapes(text) {
        let Some(character) = pair(&text.as_bytes()[at..]) else {
            continue;
        };
        let between = &text[taken..at];
        let escape = format!("\\U{:08x}", u32::from(character));
        characters += between.chars().count() + escape.len();
        joined.extend([between, &escape]);
        ends.push(characters);
        taken = at + 2 * ESCAPE;
    }
    let text = if ends.is_empty() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(joined + &text[taken..])
    };
    Joined { text, ends }
}

/// Where the escapes of a text's strings begin, as long as it is JSON.
fn escapes(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let (mut at, mut is_string) = (0, false);
    std::iter::from_fn(move || {
        loop {
            let byte = *bytes.get(at)?;
            let here = at;
            at += 1;
            match byte {
                b'"' if is_string => is_string = false,
                b'"' if here > 0 && may_stand_before_a_string(bytes[here - 1]) => is_string = true,
                b'\\' if is_string => {
                    at += 1;
                    return Some(here);
                }
                _ if is_string => {}
                _ if !is_json(byte) => return None,
                _ => {}
            }
        }
    })
}

fn may_stand_before_a_string(byte: u8) -> bool {
    matches!(byte, b'[' | b'{' | b',' | b':') || byte.is_ascii_whitespace()
}

/// Whether JSON has this outside of its strings.
fn is_json(byte: u8) -> bool {
    b"[]{},:+-.".contains(&byte) || byte.is_ascii_alphanumeric() || byte.is_ascii_whitespace()
}

/// The character that two escapes mean together.
fn pair(bytes: &[u8]) -> Option<char> {
    let first = unit(bytes)?;
    if !(0xd800..0xdc00).contains(&first) {
        return None;
    }
    let second = unit(&bytes[ESCAPE..])?;
    char::decode_utf16([first, second]).next()?.ok()
}

/// What an escape of four digits means.
fn unit(bytes: &[u8]) -> Option<u16> {
    let digits = bytes.get(..ESCAPE)?.strip_prefix(b"\\u")?;
    // A sign is a number's, and none of an escape's digits.
    let digits = digits.iter().all(u8::is_ascii_hexdigit).then_some(digits)?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_json_are_joined_and_nothing_else() {
        let joined = |text: &str| join(text).text.into_owned();
        assert_eq!(joined(r#"["\ud83d\udc4b é"]"#), r#"["\U0001f44b é"]"#);
        assert_eq!(joined(r#"{"\uD83D\uDC4B":1}"#), r#"{"\U0001f44b":1}"#);
        for same in [
            r#"["\ud83d"]"#,
            r#"["\udc4b\ud83d"]"#,
            r#"["\ud83dx\udc4b"]"#,
            r#"["\\ud83d\\udc4b"]"#,
            r#"["\ud83d\u+c4b"]"#,
            r#"["\ud83d\udc"#,
            r"- '\ud83d\udc4b'",
            r"- \ud83d\udc4b",
            r#"[a"b, \ud83d\udc4b"]"#,
            r#"- |
  "\ud83d\udc4b""#,
        ] {
            assert_eq!(joined(same), same);
        }
    }

    #[test]
    fn what_stands_behind_a_pair_is_found_where_it_stood() {
        let text = r#"["é\ud83d\udc4b", "\ud83d\udc4bx"]"#;
        let joined = join(text);
        let place = |text: &str, c| text.chars().position(|it| it == c).unwrap();
        for c in ['é', ',', 'x', ']'] {
            let at = place(&joined.text, c);
            assert_eq!(joined.before(at), place(text, c), "{c}");
        }
    }
}
