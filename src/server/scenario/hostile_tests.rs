//! Any text at all as a scenario: what is wrong with it is said with its place, and nothing breaks.

use std::fmt::Write;

use miette::{GraphicalReportHandler, GraphicalTheme};
use proptest::prelude::*;

use super::Scenario;

const EXAMPLE: &str = include_str!("../../command/scenario/example.yaml");

/// What files are made of, so that what is made of it comes deep into the reading.
const PIECES: &[&str] = &[
    "\n",
    "  ",
    "- ",
    ": ",
    ",",
    "{",
    "}",
    "[",
    "]",
    "'",
    "\"",
    "&a ",
    "*a",
    "!!str ",
    "|\n",
    ">\n",
    "#",
    "---\n",
    "...\n",
    "? ",
    "\t",
    "\0",
    "\u{feff}",
    "é",
    "\u{2028}",
    "~",
    "null",
    "true",
    "-1",
    "1e999",
    "99999999999999999999",
    "when",
    "then",
    "fault",
    "rules",
    "threads",
    "state",
    "text",
    "regex",
    "(",
    "wait",
    "1s",
    "stall",
    "times",
    "widget",
    "states",
    "type",
    "Card",
    "form",
    "inputs",
    "{{",
    "}}",
    "{%",
    "for",
    "%}",
    "error",
    "status",
    "turn",
    "if",
    "not",
    "set",
    "raw",
];

/// Reads a text; whatever is wrong with it has a place in it, and can be drawn.
fn reads(text: &str) -> bool {
    let Err(errors) = Scenario::parse("any.yaml", text) else {
        return true;
    };
    let lines = text.split('\n').count();
    assert!(!errors.findings().is_empty());
    for finding in errors.findings() {
        let (line, column) = finding.place();
        assert!(
            (1..=lines).contains(&line) && column >= 1,
            "{line}:{column}"
        );
        assert!(!finding.message.is_empty());
        assert_ne!(finding.code, "internal", "{}", finding.message);
        let mut drawn = String::new();
        GraphicalReportHandler::new_themed(GraphicalTheme::none())
            .render_report(&mut drawn, finding)
            .expect("what is wrong can be drawn");
    }
    false
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(PIECES);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// The example with some of it cut out, and something else in its place.
fn torn() -> impl Strategy<Value = String> {
    let tear = (any::<prop::sample::Index>(), 0_usize..40, pieces());
    prop::collection::vec(tear, 1..4).prop_map(|tears| {
        let mut text: Vec<char> = EXAMPLE.chars().collect();
        for (at, length, instead) in tears {
            let start = at.index(text.len());
            let end = (start + length).min(text.len());
            text.splice(start..end, instead.chars().take(30));
        }
        text.into_iter().collect()
    })
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_with_its_place(text in any::<String>()) {
        reads(&text);
    }

    #[test]
    fn any_row_of_a_scenarios_own_pieces_is_read_or_refused(text in pieces()) {
        reads(&text);
    }

    #[test]
    fn a_scenario_that_was_torn_is_read_or_refused(text in torn()) {
        reads(&text);
    }
}

#[test]
fn what_unfolds_or_nests_without_end_is_refused() {
    let many = |unit: &str, count: usize| unit.repeat(count);
    let bomb = |first: String, count: usize| {
        let mut text = format!("state:\n  a0: &a0 {first}\n");
        for index in 1..count {
            let before = format!("*a{}, ", index - 1);
            let _ = writeln!(text, "  a{index}: &a{index} [{}]", many(&before, 9));
        }
        text
    };
    let anchors: Vec<_> = (0..60).map(|index| format!("&a{index} [")).collect();
    let anchors = anchors.concat();
    for (what, text) in [
        ("an alias bomb", bomb("[1]".into(), 30)),
        ("a bomb of one long text", bomb(many("x", 1 << 20), 4)),
        (
            "anchors around anchors",
            format!("state: {{a: {anchors}{}", many("1,", 400_000)),
        ),
        (
            "lists in lists",
            format!("state: {{a: {}", many("[", 1 << 20)),
        ),
        ("maps in maps", many("{a: ", 1 << 18)),
        ("dashes", many("- ", 1 << 18)),
        ("questions", many("? ", 1 << 16)),
        (
            "quotes that never end",
            format!("- '{}", many("x\n", 1 << 18)),
        ),
        ("a key of 2 MiB", format!("? {}\n: x", many("k", 1 << 21))),
        ("more than 8 MiB", many("#", (8 << 20) + 1)),
        (
            "more values than a file has",
            format!("state: {{a: [{}]}}", many("1,", 600_000)),
        ),
    ] {
        assert!(!reads(&text), "{what} was taken");
    }
}

#[test]
fn values_out_of_all_bounds_are_refused_at_their_line() {
    for (line, text) in [
        (2, "- then:\n  - wait: 1000000000000000000s\n"),
        (2, "- then:\n  - wait: 1e18s\n"),
        (2, "- then:\n  - wait: .inf\n"),
        (2, "- then:\n  - wait: 99999999999999999999999999h\n"),
        (2, "- then:\n  - pace: -1s\n"),
        (
            2,
            "- then: [a,\n  {error: {status: 429, retry_after: 1e300}}]\n",
        ),
        (1, "- {when: {turn: 99999999999999999999999}, then: a}\n"),
        (1, "- {when: {probability: .nan}, then: a}\n"),
        (
            2,
            "- when: {text:\n    {regex: '(\\w{1000}){1000}'}}\n  then: a\n",
        ),
        (
            1,
            "- {when: {text: {regex: '((((((a{9}){9}){9}){9}){9}){9}'}}, then: a}\n",
        ),
        (2, "- when:\n    text:\n  then: a\n"),
        (1, "- {when: {text: }, then: a}\n"),
        (1, "- {when: {text: {equals: a, regex: }}, then: a}\n"),
        (1, "- {when: {not: }, then: a}\n"),
        (1, "- {when: {if: }, then: a}\n"),
        (2, "- then: a\n  fault: {stall: 99999999999999999999h}\n"),
        (2, "- then: a\n  fault: {status: 503, times: 1e400}\n"),
    ] {
        let errors = Scenario::parse("any.yaml", text).expect_err(text);
        let (found, _) = errors.findings()[0].place();
        assert_eq!(found, line, "{text}: {errors}");
    }
}

#[test]
fn what_is_wrong_far_inside_a_long_line_is_drawn_where_it_is() {
    let text = format!(r#"[{{"then": "{}", "txet": 1}}]"#, "é".repeat(90_000));
    let errors = Scenario::parse("any.json", &text).unwrap_err();
    let mut drawn = String::new();
    GraphicalReportHandler::new_themed(GraphicalTheme::none())
        .render_report(&mut drawn, &errors.findings()[0])
        .expect("what is wrong can be drawn");
    assert!(
        drawn.contains(r#""txet": 1}]"#) && drawn.len() < 2_000,
        "{drawn}"
    );
}
