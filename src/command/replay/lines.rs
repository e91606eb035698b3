//! Two texts as the lines of a diff.

use std::time::Duration;

use similar::{ChangeTag, TextDiff};

/// How many equal lines are shown around a difference.
const CONTEXT: usize = 2;

/// How much of a line is shown, in characters.
const WIDTH: usize = 160;

/// How much of a line is shown before the place at which it differs.
const BEFORE: usize = 40;

/// How long the search for the shortest diff may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The beginning of something.
    Head,
    /// Said by us.
    Plain,
    /// The same on both sides.
    Same,
    /// On the left side only.
    Left,
    /// On the right side only.
    Right,
}

impl Mark {
    /// What stands before the line.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Head | Self::Plain => "",
            Self::Same => "  ",
            Self::Left => "- ",
            Self::Right => "+ ",
        }
    }

    /// The colour of the line, as the number of an escape sequence.
    pub fn color(self) -> Option<u8> {
        match self {
            Self::Head => Some(1),
            Self::Plain | Self::Same => None,
            Self::Left => Some(31),
            Self::Right => Some(32),
        }
    }
}

/// The lines in which two texts differ, with a little of what is around them.
pub fn changed(left: &str, right: &str) -> Vec<(Mark, String)> {
    if left.lines().count() <= 1 && right.lines().count() <= 1 {
        let at = common(left, right);
        return vec![
            (Mark::Left, excerpt(left, at)),
            (Mark::Right, excerpt(right, at)),
        ];
    }
    let diff = TextDiff::configure()
        .timeout(PATIENCE)
        .diff_lines(left, right);
    let mut lines = Vec::new();
    for (index, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if index > 0 {
            lines.push((Mark::Plain, "…".to_owned()));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let mark = match change.tag() {
                ChangeTag::Equal => Mark::Same,
                ChangeTag::Delete => Mark::Left,
                ChangeTag::Insert => Mark::Right,
            };
            let line = change.value().trim_end_matches(['\n', '\r']);
            lines.push((mark, excerpt(line, 0)));
        }
    }
    lines
}

/// How many characters two texts begin with together.
fn common(left: &str, right: &str) -> usize {
    let pairs = left.chars().zip(right.chars());
    pairs.take_while(|(one, two)| one == two).count()
}

/// A piece of a line that has the place at which it differs in it.
fn excerpt(line: &str, at: usize) -> String {
    if line.chars().count() <= WIDTH {
        return line.to_owned();
    }
    let begin = at.saturating_sub(BEFORE);
    let piece: String = line.chars().skip(begin).take(WIDTH).collect();
    let head = if begin > 0 { "…" } else { "" };
    let is_end = begin + WIDTH >= line.chars().count();
    let tail = if is_end { "" } else { "…" };
    format!("{head}{piece}{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_stands_above_the_other() {
        assert_eq!(
            changed("one two", "one three"),
            [
                (Mark::Left, "one two".to_owned()),
                (Mark::Right, "one three".to_owned())
            ]
        );
    }

    #[test]
    fn a_long_line_is_shown_where_it_differs() {
        let long = "x".repeat(1000);
        let lines = changed(&format!("{long}a"), &format!("{long}b"));
        assert!(lines[0].1.starts_with('…') && lines[0].1.ends_with("xa"));
        assert!(lines[1].1.ends_with("xb"));
        assert!(lines[0].1.chars().count() < WIDTH + 2);
    }

    #[test]
    fn of_many_lines_those_that_differ_are_shown() {
        let left = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let right = left.replace('5', "five");
        let lines = changed(left, &right);
        let marks: Vec<_> = lines
            .iter()
            .map(|(mark, line)| (*mark, line.as_str()))
            .collect();
        assert_eq!(
            marks,
            [
                (Mark::Same, "3"),
                (Mark::Same, "4"),
                (Mark::Left, "5"),
                (Mark::Right, "five"),
                (Mark::Same, "6"),
                (Mark::Same, "7")
            ]
        );
    }
}
