//! How far a message has been written, part by part: parts may stream in turns.

/// What of a message stands on stdout or on the screen.
#[derive(Debug, Default)]
pub(crate) struct Written {
    /// How many bytes of each part.
    parts: Vec<usize>,
    last: Option<usize>,
}

impl Written {
    /// The part that was written last, if any was.
    pub fn last(&self) -> Option<usize> {
        self.last
    }

    /// The furthest part that was written, where a message that grows goes on.
    pub fn tail(&self) -> usize {
        self.parts.len().saturating_sub(1)
    }

    /// What of a part is not written yet.
    ///
    /// A text that became shorter has been written already, for better or worse.
    pub fn rest<'t>(&self, part: usize, text: &'t str) -> &'t str {
        let bytes = self.parts.get(part).copied().unwrap_or_default();
        text.get(bytes..).unwrap_or_default()
    }

    /// Notes so many more bytes of a part; returns the part that was written before.
    pub fn more(&mut self, part: usize, bytes: usize) -> Option<usize> {
        if self.parts.len() <= part {
            self.parts.resize(part + 1, 0);
        }
        self.parts[part] += bytes;
        self.last.replace(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_goes_on_where_it_was_left() {
        let mut written = Written::default();
        assert_eq!(written.more(0, 5), None);
        assert_eq!(written.more(1, 6), Some(0));
        assert_eq!(written.rest(0, "Intro, and"), ", and");
        assert_eq!(written.rest(1, "Second"), "");
        assert_eq!(written.rest(2, "Third"), "Third");
        assert_eq!((written.last(), written.tail()), (Some(1), 1));
    }

    #[test]
    fn a_text_that_became_shorter_is_written_already() {
        let mut written = Written::default();
        written.more(0, 5);
        assert_eq!(written.rest(0, "é"), "");
    }
}
