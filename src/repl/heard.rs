//! What came from a terminal that is not read by the line editor: letters, keys, and answers.

/// What is written around a paste by a terminal that was asked to.
const PASTE_BEGINS: &[u8] = b"\x1b[200~";
const PASTE_ENDS: &[u8] = b"\x1b[201~";

/// What came from the terminal, of which its answers are a part.
#[derive(Debug, Default)]
#[cfg_attr(
    not(unix),
    allow(dead_code, reason = "only asked where there is a way to ask")
)]
pub(super) struct Heard(pub(super) Vec<u8>);

#[cfg_attr(
    not(unix),
    allow(dead_code, reason = "only asked where there is a way to ask")
)]
impl Heard {
    /// Whether it said all that it was asked for: its attributes come last.
    pub(super) fn is_whole(&self) -> bool {
        self.parts().any(|part| matches!(part, Part::Attributes))
    }

    pub(super) fn has_graphics(&self) -> bool {
        self.parts()
            .any(|part| matches!(part, Part::Graphics(true)))
    }

    /// What a person typed, without the keys that are no letters.
    pub(super) fn typed(&self) -> String {
        let bytes: Vec<u8> = (self.parts())
            .filter_map(|part| match part {
                Part::Typed(byte) => Some(byte),
                _ => None,
            })
            .collect();
        let text = String::from_utf8_lossy(&bytes);
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        text.chars()
            .filter(|c| matches!(c, '\n' | '\t') || !c.is_control())
            .collect()
    }

    /// Whether a paste has begun that has not ended yet.
    pub(super) fn is_in_paste(&self) -> bool {
        let last = |mark| memchr::memmem::rfind(&self.0, mark);
        last(PASTE_BEGINS) > last(PASTE_ENDS)
    }

    fn parts(&self) -> impl Iterator<Item = Part> {
        let mut rest = self.0.as_slice();
        std::iter::from_fn(move || {
            let (part, later) = Part::first(rest)?;
            rest = later;
            Some(part)
        })
    }
}

/// A sequence, or a byte that belongs to none.
enum Part {
    /// An answer to the question for graphics, and whether it is yes.
    Graphics(bool),
    /// The answer that every terminal gives.
    Attributes,
    /// A key that is no letter, or an answer to somebody else.
    Other,
    /// A byte of a text.
    Typed(u8),
}

impl Part {
    fn first(bytes: &[u8]) -> Option<(Self, &[u8])> {
        match bytes {
            [] => None,
            [0x1b, b'_', rest @ ..] => {
                let (body, later) = split(rest, |pair| pair.starts_with(b"\x1b\\"), 2);
                let is_ours = body.starts_with(b"Gi=4711") || body.starts_with(b"GI=4711");
                let part = if is_ours {
                    Self::Graphics(body.ends_with(b";OK"))
                } else {
                    Self::Other
                };
                Some((part, later))
            }
            [0x1b, b'[', rest @ ..] => {
                let is_end = |rest: &[u8]| rest.first().is_some_and(|b| (b'@'..=b'~').contains(b));
                let (body, later) = split(rest, is_end, 1);
                let ends = later.len() < rest.len() && rest.get(body.len()) == Some(&b'c');
                let part = if body.starts_with(b"?") && ends {
                    Self::Attributes
                } else {
                    Self::Other
                };
                Some((part, later))
            }
            // A key with Alt, or Esc.
            [0x1b, _, rest @ ..] | [0x1b, rest @ ..] => Some((Self::Other, rest)),
            [byte, rest @ ..] => Some((Self::Typed(*byte), rest)),
        }
    }
}

/// What stands before the first place at which `is_end` holds, and what stands behind its `length`
/// bytes; all, where it holds nowhere.
fn split(bytes: &[u8], is_end: impl Fn(&[u8]) -> bool, length: usize) -> (&[u8], &[u8]) {
    let at = (0..bytes.len()).find(|at| is_end(&bytes[*at..]));
    match at {
        Some(at) => (&bytes[..at], &bytes[at + length..]),
        None => (bytes, &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_with_graphics_says_so_before_what_it_is() {
        let yes = Heard(b"\x1b_Gi=4711;OK\x1b\\\x1b[?62;4c".to_vec());
        assert!(yes.is_whole() && yes.has_graphics() && yes.typed().is_empty());
        for no in [
            b"\x1b[?62;4c".as_slice(),
            b"\x1b_Gi=4711;ENOTSUP:no\x1b\\\x1b[?6c",
            b"\x1b_Gi=1;OK\x1b\\\x1b[?6c",
        ] {
            let no = Heard(no.to_vec());
            assert!(no.is_whole() && !no.has_graphics() && no.typed().is_empty());
        }
    }

    #[test]
    fn an_answer_may_come_in_pieces_and_none_of_it_is_taken_for_typed() {
        let answer = b"\x1b_Gi=4711;OK\x1b\\\x1b[?62;4c";
        for length in 0..answer.len() {
            let part = Heard(answer[..length].to_vec());
            assert!(!part.is_whole(), "{length}");
            assert_eq!(part.typed(), "", "{length}");
        }
    }

    #[test]
    fn what_was_typed_meanwhile_is_kept_without_its_keys() {
        let heard = Heard(
            "a\x1b[A\x1b_Gi=4711;OK\x1b\\ é\r\x1b[?1cb\x04"
                .as_bytes()
                .to_vec(),
        );
        assert_eq!(heard.typed(), "a é\nb");
    }

    #[test]
    fn a_paste_keeps_its_lines_and_tabs_and_is_over_at_its_mark() {
        let mut heard = Heard(b"a\r\x1b[200~b\n\tc".to_vec());
        assert!(heard.is_in_paste());
        heard.0.extend(b"\rd\x1b[201~e");
        assert!(!heard.is_in_paste());
        assert_eq!(heard.typed(), "a\nb\n\tc\nde");
        assert!(!Heard(b"no paste".to_vec()).is_in_paste());
    }
}
