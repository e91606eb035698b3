//! What a line of Markdown begins, decided as early as its first characters allow.

/// What the beginning of a line is.
#[derive(Debug, PartialEq, Eq)]
pub enum Start {
    /// Text.
    Text,
    /// A heading of this level; its text begins after this many bytes.
    Heading(usize, usize),
    /// A line across.
    Rule,
    /// A quote; what is in it begins after this many bytes.
    Quote(usize),
    /// An item of a list.
    Item(Item),
    /// A block of code between fences, of this language.
    Fence {
        /// What the fence is made of, and how long it is.
        fence: (char, usize),
        /// The language.
        language: String,
    },
    /// A line of code that is set in by four spaces.
    Indented,
    /// A line that may belong to a table.
    Row,
    /// An address and the name that the text calls it by.
    Definition(String, String),
}

/// An item of a list.
#[derive(Debug, PartialEq, Eq)]
pub struct Item {
    /// The number of an ordered one, and the sign behind it: another sign begins another list.
    pub number: Option<(u64, char)>,
    /// By how many columns its content is set in.
    pub indent: usize,
    /// After how many bytes its content begins.
    pub bytes: usize,
}

/// How many columns of spaces a line begins with.
pub fn indent(line: &str) -> usize {
    line.bytes().take_while(|byte| *byte == b' ').count()
}

/// What the line begins; `None` as long as more of it may change that.
pub fn start(line: &str, complete: bool) -> Option<Start> {
    let spaces = indent(line);
    let text = &line[spaces..];
    let Some(first) = text.chars().next() else {
        return complete.then_some(Start::Text);
    };
    if spaces >= 4 {
        return complete.then_some(Start::Indented);
    }
    match first {
        '#' => heading(text, spaces, complete),
        '>' => quote(line, spaces, complete),
        '-' | '*' | '+' | '_' => bullet(text, spaces, first, complete),
        '0'..='9' => ordered(text, spaces, complete),
        '`' | '~' => fence(text, first, complete),
        '|' => complete.then_some(Start::Row),
        '[' => definition(text, complete),
        '=' => equals(text, complete),
        _ => Some(Start::Text),
    }
}

fn heading(text: &str, spaces: usize, complete: bool) -> Option<Start> {
    let level = text.bytes().take_while(|byte| *byte == b'#').count();
    match text[level..].chars().next() {
        None if !complete => None,
        // The whole line is waited for, because signs at its end may close the heading.
        None | Some(' ') if level <= 6 => complete.then_some(Start::Heading(level, spaces + level)),
        _ => Some(Start::Text),
    }
}

fn quote(line: &str, spaces: usize, complete: bool) -> Option<Start> {
    let after = spaces + 1;
    match line[after..].chars().next() {
        None if !complete => None,
        Some(' ') => Some(Start::Quote(after + 1)),
        _ => Some(Start::Quote(after)),
    }
}

fn bullet(text: &str, spaces: usize, sign: char, complete: bool) -> Option<Start> {
    let only_signs = text.chars().all(|c| c == sign || c == ' ');
    if only_signs && sign != '+' {
        if !complete {
            return None;
        }
        if text.chars().filter(|c| *c == sign).count() >= 3 {
            return Some(Start::Rule);
        }
    }
    if sign == '_' {
        return Some(Start::Text);
    }
    item(text, 1, spaces, None, complete)
}

fn ordered(text: &str, spaces: usize, complete: bool) -> Option<Start> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 9 {
        return Some(Start::Text);
    }
    match text[digits..].chars().next() {
        None if !complete => None,
        Some(sign @ ('.' | ')')) => {
            let number = text[..digits].parse().ok().map(|number| (number, sign));
            item(text, digits + 1, spaces, number, complete)
        }
        _ => Some(Start::Text),
    }
}

fn item(
    text: &str,
    marker: usize,
    spaces: usize,
    number: Option<(u64, char)>,
    complete: bool,
) -> Option<Start> {
    let after = indent(&text[marker..]);
    let ends = text.len() == marker + after;
    if ends && !complete {
        return None;
    }
    if after == 0 && !ends {
        return Some(Start::Text);
    }
    // Five spaces and more belong to a block of code within the item.
    let after = if ends || after > 4 {
        after.min(1)
    } else {
        after
    };
    Some(Start::Item(Item {
        number,
        indent: spaces + marker + after.max(1),
        bytes: spaces + marker + after,
    }))
}

fn fence(text: &str, sign: char, complete: bool) -> Option<Start> {
    let length = text.chars().take_while(|c| *c == sign).count();
    if length < 3 {
        let may_grow = text.len() == length && !complete;
        return (!may_grow).then_some(Start::Text);
    }
    let language = &text[length..];
    if sign == '`' && language.contains('`') {
        return Some(Start::Text);
    }
    complete.then(|| Start::Fence {
        fence: (sign, length),
        language: language.trim().to_owned(),
    })
}

/// Whether the line ends a block of code that began with this fence.
pub fn closes(line: &str, (sign, length): (char, usize)) -> bool {
    let text = line.trim();
    indent(line) < 4 && text.chars().all(|c| c == sign) && text.chars().count() >= length
}

fn definition(text: &str, complete: bool) -> Option<Start> {
    let Some(end) = text.find(']') else {
        return complete.then_some(Start::Text);
    };
    let name = &text[1..end];
    match text[end + 1..].chars().next() {
        None if !complete => None,
        Some(':') if !name.trim().is_empty() && !name.starts_with('^') => {
            if !complete {
                return None;
            }
            let rest = text[end + 2..].trim_start();
            // In angle brackets an address may have spaces.
            let bracketed = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
            let address = bracketed.map(|(address, _)| address);
            let address = address.or_else(|| rest.split_whitespace().next());
            Some(address.map_or(Start::Text, |address| {
                Start::Definition(name.to_owned(), address.to_owned())
            }))
        }
        _ => Some(Start::Text),
    }
}

fn equals(text: &str, complete: bool) -> Option<Start> {
    if text.trim_end().chars().any(|c| c != '=') {
        return Some(Start::Text);
    }
    let rule = text.trim_end().len() >= 3;
    complete.then_some(if rule { Start::Rule } else { Start::Text })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A decision must not depend on how much of the line there is.
    #[test]
    fn more_of_a_line_never_changes_what_was_decided() {
        for line in [
            "# a",
            "#a",
            "####### a",
            "- a",
            "-a",
            "--- ",
            "- - -",
            "**a** b",
            "* a",
            "1. a",
            "1.a",
            "12) a",
            "1234567890. a",
            "```rust",
            "``` a`b",
            "``a",
            "~~~",
            "~a",
            "| a | b",
            "[a]: b",
            "[a](b)",
            "[a] b",
            "=== ",
            "== a",
            "> a",
            ">a",
            "    a",
            "   a",
            "_a_",
            "___",
            "+ ",
            "+ a",
            "text",
        ] {
            let whole = start(line, true);
            for (end, _) in line.char_indices() {
                let early = start(&line[..end], false);
                let kind = |start: &Option<Start>| start.as_ref().map(std::mem::discriminant);
                assert!(
                    early.is_none() || kind(&early) == kind(&whole),
                    "{:?}",
                    &line[..end]
                );
            }
        }
    }

    #[test]
    fn items_know_where_their_content_begins() {
        let item = |line| match start(line, true) {
            Some(Start::Item(item)) => (item.number, item.indent, item.bytes),
            other => panic!("{other:?}"),
        };
        assert_eq!(item("- a"), (None, 2, 2));
        assert_eq!(item(" 10.  a"), (Some((10, '.')), 6, 6));
        assert_eq!(item("-"), (None, 2, 1));
        assert_eq!(item("-      code"), (None, 2, 2));
    }
}
