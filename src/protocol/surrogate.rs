//! Halves of characters: what comes of a text that was cut between two UTF-16 units.
//!
//! A JavaScript backend that streams a text unit by unit sends 🎉 as `"\ud83c"` and then `"\udf89"`.
//! JSON allows that (RFC 8259, section 8.2) and a browser joins the halves; a Rust string holds
//! whole characters only.

/// Joins the halves of a stream's documents.
#[derive(Debug, Default)]
pub(super) struct Surrogates {
    /// The first half that ended a text; the second is to begin a later one.
    waiting: Option<u16>,
}

/// `\u` and four digits.
const ESCAPE: usize = 6;

impl Surrogates {
    /// Forgets a half whose other half did not come; returns whether there was one.
    pub fn forget(&mut self) -> bool {
        self.waiting.take().is_some()
    }

    /// The document without halves: each is joined with the one that it belongs to, or replaced by
    /// U+FFFD. `None` where there are none.
    pub fn join(&mut self, json: &[u8]) -> Option<Vec<u8>> {
        self.rewrite(json, Last::Waits)
    }

    /// A document that none follows without halves: all are replaced. `None` where there are none.
    pub fn replace(json: &[u8]) -> Option<Vec<u8>> {
        Self::default().rewrite(json, Last::IsReplaced)
    }

    fn rewrite(&mut self, json: &[u8], last: Last) -> Option<Vec<u8>> {
        let mut joined = Vec::with_capacity(json.len() + ESCAPE);
        let mut is_changed = false;
        let mut at = 0;
        while let Some(&byte) = json.get(at) {
            let rest = &json[at..];
            let Some(unit) = unit(rest) else {
                let length = if byte == b'\\' { 2 } else { 1 };
                joined.extend_from_slice(&rest[..length.min(rest.len())]);
                at += length;
                continue;
            };
            at += ESCAPE;
            let follows = json.get(at..).and_then(self::unit);
            if is_second(unit) {
                let first = self.waiting.take().filter(|_| joined.ends_with(b"\""));
                match first {
                    Some(first) => {
                        escape(&mut joined, first);
                        escape(&mut joined, unit);
                    }
                    None => escape(&mut joined, REPLACEMENT),
                }
                is_changed = true;
            } else if !is_first(unit) {
                escape(&mut joined, unit);
            } else if let Some(second) = follows.filter(|&unit| is_second(unit)) {
                escape(&mut joined, unit);
                escape(&mut joined, second);
                at += ESCAPE;
            } else {
                is_changed = true;
                if matches!(last, Last::Waits) && json.get(at) == Some(&b'"') {
                    self.waiting = Some(unit);
                } else {
                    escape(&mut joined, REPLACEMENT);
                }
            }
        }
        is_changed.then_some(joined)
    }
}

/// What becomes of a first half that ends a text.
#[derive(Clone, Copy)]
enum Last {
    /// It waits for its other half, in a later document.
    Waits,
    IsReplaced,
}

const REPLACEMENT: u16 = 0xFFFD;

/// The UTF-16 unit whose escape a text begins with.
fn unit(json: &[u8]) -> Option<u16> {
    let digits = json.get(..ESCAPE)?.strip_prefix(b"\\u")?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

fn is_first(unit: u16) -> bool {
    (0xD800..0xDC00).contains(&unit)
}

fn is_second(unit: u16) -> bool {
    (0xDC00..0xE000).contains(&unit)
}

fn escape(json: &mut Vec<u8>, unit: u16) {
    json.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts of JSON strings that are read one after another.
    fn read(strings: &[&str]) -> Vec<String> {
        let mut surrogates = Surrogates::default();
        let read = |json: &&str| {
            let joined = surrogates.join(json.as_bytes());
            let json = joined.as_deref().unwrap_or(json.as_bytes());
            serde_json::from_slice(json).unwrap()
        };
        strings.iter().map(read).collect()
    }

    #[test]
    fn two_halves_in_two_documents_are_one_character() {
        assert_eq!(read(&[r#""a\ud83c""#, r#""\udf89b""#]), ["a", "🎉b"]);
        assert_eq!(
            read(&[r#""\uD83C""#, r#""\uDF89\ud83c""#, r#""\udf89""#]).concat(),
            "🎉🎉"
        );
    }

    #[test]
    fn a_half_without_its_other_half_is_replaced() {
        assert_eq!(read(&[r#""\ud83cb""#]), ["\u{fffd}b"]);
        assert_eq!(read(&[r#""\udf89""#]), ["\u{fffd}"]);
        assert_eq!(read(&[r#""\ud83c""#, r#""a\udf89""#]), ["", "a\u{fffd}"]);
        assert_eq!(read(&[r#""\ud83c\ud83c\udf89""#]), ["\u{fffd}🎉"]);
    }

    #[test]
    fn a_document_by_itself_has_its_halves_replaced_wherever_they_stand() {
        let json = br#"["Plans for \ud83c","\udf89","\ud83c\udf89","a\ud83cb"]"#;
        let replaced = Surrogates::replace(json).unwrap();
        let read: Vec<String> = serde_json::from_slice(&replaced).unwrap();
        assert_eq!(read, ["Plans for \u{fffd}", "\u{fffd}", "🎉", "a\u{fffd}b"]);
        assert_eq!(Surrogates::replace(br#"["\ud83c\udf89"]"#), None);
    }

    #[test]
    fn what_has_no_halves_is_left_alone() {
        for json in [
            r#""\ud83c\udf89""#,
            r#""\\ud83c""#,
            r#""\u00e9\n\"""#,
            r#""\u12""#,
            r#""\"#,
        ] {
            assert_eq!(Surrogates::default().join(json.as_bytes()), None, "{json}");
        }
    }
}
