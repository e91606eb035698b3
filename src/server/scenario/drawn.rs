//! The text of a file as findings are drawn into it: of a line that is long, only what is near.
//!
//! A file that a program wrote is often one line. `miette` draws lines whole, and has no place for
//! a column beyond 65,535 (7.6.0, `handlers/graphical.rs`, which formats by a width of 16 bits).

use miette::{MietteError, MietteSpanContents, NamedSource, SourceCode, SourceSpan, SpanContents};

/// The longest line that is drawn whole, in bytes.
const LONGEST: usize = 2_000;
/// How much of a longer one is drawn on either side, in bytes.
const NEAR: usize = 60;

/// A text with its name.
#[derive(Debug)]
pub(super) struct Drawn {
    name: String,
    whole: NamedSource<String>,
}

impl Drawn {
    pub fn new(name: &str, text: String) -> Self {
        Self {
            name: name.to_owned(),
            whole: NamedSource::new(name, text),
        }
    }
}

impl SourceCode for Drawn {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let whole = self.whole.read_span(span, before, after)?;
        let mut lines = whole.data().split(|byte| *byte == b'\n');
        if lines.all(|line| line.len() <= LONGEST) {
            return Ok(whole);
        }
        let text = self.whole.inner();
        let head = &text[..text.floor_char_boundary(span.offset())];
        let line_start = head.rfind('\n').map_or(0, |at| at + 1);
        let start = head.len().saturating_sub(NEAR).max(line_start);
        let start = text.floor_char_boundary(start);
        let line_end = text[head.len()..].find(['\n', '\r']);
        let line_end = line_end.map_or(text.len(), |length| head.len() + length);
        let end = (span.offset() + span.len().min(NEAR) + NEAR).min(line_end);
        let end = text.floor_char_boundary(end).max(start);
        let line = memchr::memchr_iter(b'\n', head.as_bytes()).count();
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            &text.as_bytes()[start..end],
            (start, end - start).into(),
            line,
            start - line_start,
            1,
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_line_only_what_is_near_is_drawn() {
        let text = format!("a\n{}here{}\nb", "é".repeat(50_000), "x".repeat(70_000));
        let drawn = Drawn::new("a.json", text);
        let at = 2 + 100_000;
        let read = drawn.read_span(&(at, 4).into(), 1, 1).unwrap();
        let data = std::str::from_utf8(read.data()).unwrap();
        assert_eq!(data, format!("{}here{}", "é".repeat(30), "x".repeat(60)));
        assert_eq!((read.line(), read.column()), (1, 100_000 - 60));
        let short = Drawn::new("a.json", "one\ntwo\nthree".to_owned());
        let read = short.read_span(&(4, 3).into(), 1, 1).unwrap();
        assert_eq!(read.data(), b"one\ntwo\nthree");
    }
}
