//! Markdown around what others wrote, so that their text cannot end the construct it stands in.

use serde_json::Value;

/// A quote of a text, whatever lines it has.
pub(super) fn quote(text: &str) -> String {
    format!("> {}", text.trim().replace('\n', "\n> "))
}

/// A text as inline code.
pub(super) fn code(text: &str) -> String {
    let text = text.replace('\n', " ");
    match longest_run(&text) {
        0 => format!("`{text}`"),
        run => {
            let fence = "`".repeat(run + 1);
            format!("{fence} {text} {fence}")
        }
    }
}

/// A value as a block of JSON code.
pub(super) fn json(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).expect("a JSON value serialises");
    let fence = "`".repeat(3.max(longest_run(&text) + 1));
    format!("{fence}json\n{text}\n{fence}")
}

/// The length of the longest run of backticks, which a fence has to exceed.
fn longest_run(text: &str) -> usize {
    text.split(|letter| letter != '`')
        .map(str::len)
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_is_longer_than_any_run_inside() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`b``c"), "``` a`b``c ```");
        assert_eq!(json(&"```".into()), "````json\n\"```\"\n````");
    }

    #[test]
    fn every_line_of_a_quote_is_quoted() {
        assert_eq!(quote("a\n\nb\n"), "> a\n> \n> b");
    }
}
