use proptest::prelude::*;

use super::block::boundary;
use super::*;
use crate::render::look::Colors;

const SAMPLE: &str = include_str!("sample.md");

fn look(width: usize) -> Look {
    Look {
        colors: Colors::True,
        links: true,
        ..Look::plain(width)
    }
}

/// The screen and everything that scrolled off it.
fn screen(bytes: &str, width: usize) -> Vec<String> {
    let width = u16::try_from(width).unwrap();
    let mut terminal = vt100::Parser::new(24, width, 0);
    let lines = bytes.matches('\n').count() + 24;
    let mut tall = vt100::Parser::new(u16::try_from(lines.min(6000)).unwrap(), width, 0);
    // The small one acts as a real screen does; the tall one keeps what scrolls off.
    terminal.process(bytes.replace('\n', "\r\n").as_bytes());
    tall.process(bytes.replace('\n', "\r\n").as_bytes());
    let rows: Vec<String> = tall.screen().rows(0, width).collect();
    let text = rows.join("\n");
    text.trim_end().lines().map(str::to_owned).collect()
}

fn streamed(text: &str, cuts: &[usize], look: Look) -> String {
    let mut stream = Markdown::new(look);
    let mut bytes = String::new();
    let mut from = 0;
    for cut in cuts.iter().chain([&text.len()]) {
        let to = boundary(text, *cut).max(from);
        bytes.push_str(&stream.push(&text[from..to]).to_bytes());
        from = to;
    }
    bytes.push_str(&stream.finish().to_bytes());
    bytes
}

fn final_lines(text: &str, step: usize, look: &Look) -> Vec<Line> {
    let mut blocks = Blocks::new(look);
    let mut rest = text;
    while !rest.is_empty() {
        let mut at = step.min(rest.len());
        while !rest.is_char_boundary(at) {
            at += 1;
        }
        blocks.push(&rest[..at]);
        blocks.preview();
        rest = &rest[at..];
    }
    blocks.finish();
    blocks.take_done()
}

#[test]
fn a_text_renders_the_same_in_pieces_of_every_size() {
    for width in [1, 2, 7, 40, 80] {
        let look = look(width);
        let whole = lines(SAMPLE, &look);
        for step in [1, 2, 3, 4, 5, 7, 11, 64] {
            assert_eq!(final_lines(SAMPLE, step, &look), whole, "{width} {step}");
        }
    }
}

#[test]
fn nothing_is_wider_than_the_screen() {
    for width in 1..60 {
        for line in lines(SAMPLE, &look(width)) {
            assert!(line.width() <= width, "{width}: {:?}", line.plain());
        }
    }
}

#[test]
fn the_screen_is_the_same_after_a_stream_as_after_the_whole() {
    for width in [20, 80] {
        let look = look(width);
        let whole = screen(&render(SAMPLE, &look), width);
        let cuts: Vec<usize> = (0..SAMPLE.len()).step_by(3).collect();
        assert_eq!(screen(&streamed(SAMPLE, &cuts, look), width), whole);
    }
}

#[test]
fn a_tab_after_a_mark_is_as_wide_as_it_looks() {
    for (text, shown) in [
        ("- \t[x]", "☑"),
        ("-\t[x] a", "☑ a"),
        ("1.\ta", "1. a"),
        (">\t- a", "│ • a"),
    ] {
        let look = look(20);
        let whole = lines(text, &look);
        assert_eq!(final_lines(text, 1, &look), whole, "{text:?}");
        let plain: Vec<String> = whole.iter().map(Line::plain).collect();
        assert_eq!(plain.join("\n").trim_end(), shown, "{text:?}");
    }
}

#[test]
fn a_task_has_a_box_in_ascii_too() {
    let look = Look {
        unicode: false,
        ..Look::plain(20)
    };
    assert_eq!(render("- [ ] a\n- [x] b", &look), "[ ] a\n[x] b\n");
}

#[test]
fn another_sign_behind_the_number_begins_another_list() {
    let look = Look::plain(40);
    let text = "1. a\n1. b\n2) c\n7) d\n";
    assert_eq!(render(text, &look), "1. a\n2. b\n2) c\n3) d\n");
}

#[test]
fn an_address_in_angle_brackets_may_have_spaces() {
    let text = "[two]: <https://two.example/a b> \"title\"\n\n[x][two]";
    let shown = render(text, &Look::plain(80));
    let address = "https://two.example/a b";
    assert_eq!(shown, format!("[two]: {address}\n\nx ({address})\n"));
}

#[test]
fn what_has_not_changed_is_not_written_again() {
    let look = Look::plain(80);
    let open = "**all of this is loud ".to_owned() + &"and goes on ".repeat(150);
    for text in ["some words of a paragraph ".repeat(400), open] {
        let cuts: Vec<usize> = (0..text.len()).step_by(4).collect();
        let bytes = streamed(&text, &cuts, look).len();
        // A delta of four bytes costs the line that it changes, and no more.
        assert!(bytes < text.len() * 40, "{bytes} for {}", text.len());
    }
}

/// What a text costs in deltas of four bytes: bytes written, and lines taken away.
fn work(unit: &str, times: usize) -> [usize; 2] {
    let text = unit.repeat(times);
    let mut markdown = Markdown::new(Look {
        colors: Colors::True,
        ..Look::plain(80)
    });
    let mut done = [0, 0];
    let mut count = |update: &Update| {
        done[0] += update.text.len();
        done[1] += update.erase_lines;
    };
    for delta in text.as_bytes().chunks(4) {
        count(&markdown.push(std::str::from_utf8(delta).unwrap()));
    }
    count(&markdown.finish());
    done
}

#[test]
fn twice_the_text_is_twice_the_work() {
    for unit in [
        "A sentence of **some** length with `code`, a [link](https://a.example) and more.\n\n",
        "words in one paragraph that never ends, *some* of them heavy, ",
        "- an item of a list that goes on\n",
        "> quoted, line after line\n",
        "    let value = call(1, \"two\"); // and why\n",
        "| a | b |\n| - | - |\n| 1 | 2 |\n\n",
        "**loud ",
        "[text][name] ",
    ] {
        let (once, twice) = (work(unit, 1500), work(unit, 3000));
        for (once, twice) in once.into_iter().zip(twice) {
            // Fifteen in a hundred more, and the end of the text once.
            assert!(
                twice <= once * 230 / 100 + 4096,
                "{unit:?}: {once}, {twice}"
            );
        }
    }
}

#[test]
fn the_open_block_fits_into_a_terminal_that_became_narrower() {
    for (open, rest) in [
        ("one two three four five six", " seven"),
        ("- one two three four five six", " seven"),
        ("> one two three four five six", " seven"),
        (
            "| a | b |\n|---|---|\n| one two three | four five |\n",
            "| c | d |\n",
        ),
        ("```\nlet seven = one + two + three;", " // four\n"),
    ] {
        let (wide, narrow) = (look(60), look(20));
        let mut stream = Markdown::new(wide);
        stream.push(open);
        stream.resize(narrow);
        let update = stream.push(rest);
        let text = update.text + &stream.finish().text;
        let whole = lines(&format!("{open}{rest}"), &narrow);
        for line in screen(&text, 60) {
            assert!(line.chars().count() <= 20, "{line:?} of {open:?}");
        }
        let last = whole.iter().rev().find(|line| !line.is_blank());
        let last = last.map(Line::plain).unwrap_or_default();
        assert!(text.contains(last.trim().split(' ').next_back().unwrap_or_default()));
    }
}

fn plain(text: &str, width: usize) -> Vec<String> {
    let lines = lines(text, &Look::plain(width));
    lines
        .iter()
        .map(|line| line.plain().trim_end().to_owned())
        .collect()
}

/// The expected kinds are those of the `CommonMark` specification, 0.31, section 4.3.
#[test]
fn a_line_below_makes_a_heading() {
    for (text, shown) in [
        ("Foo *bar*\n=========\n\nx", vec!["# Foo bar", "", "x"]),
        ("Foo\n-", vec!["## Foo"]),
        ("Foo\nbar\n===\nx", vec!["# Foo bar", "", "x"]),
        ("  Foo\n   ----      ", vec!["## Foo"]),
        ("> Foo\n> ---\n> x", vec!["│ ## Foo", "│ x"]),
        ("- Foo\n  ===\n- Bar", vec!["• # Foo", "", "• Bar"]),
        ("Foo\n= =", vec!["Foo = ="]),
        ("Foo\n    ---", vec!["Foo ---"]),
        ("> foo\nbar\n===", vec!["│ foo bar ==="]),
        ("- Foo\n---", vec!["• Foo", "", "─────────────"]),
        ("Foo\n\n---", vec!["Foo", "", "─────────────"]),
        ("===", vec!["==="]),
    ] {
        assert_eq!(plain(text, 13), shown, "{text:?}");
    }
}

/// The expected kinds are those of GitHub's specification, 0.29, section 4.10.
#[test]
fn a_table_needs_no_bar_before_its_rows() {
    let table = vec!["a   │ b", "────┼──", "c   │ d", "bar │"];
    assert_eq!(plain("a | b\n--- | :-\nc | d\nbar", 20), table);
    assert_eq!(plain("|a | b\n|:--|---|\n c | d |\nbar\n", 20), table);
    let below = [&["text", ""], table.as_slice()].concat();
    assert_eq!(plain("text\na | b\n--- | --\nc | d\nbar", 20), below);
    let ended = ["a │ b", "──┼──", "c │ d", "", "│ e | f"];
    assert_eq!(plain("a | b\n--- | --\nc | d\n> e | f", 20), ended);
    assert_eq!(
        plain("a | b\n--- | --- | ---", 40),
        ["a | b --- | --- | ---"]
    );
    assert_eq!(plain("a | b\nc | d", 40), ["a | b c | d"]);
}

/// Markdown of all kinds, broken as well.
fn markdown() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "# ",
        "## ",
        "- ",
        "* ",
        "1. ",
        "2) ",
        "> ",
        "```rust\n",
        "```",
        "~~~\n",
        "    ",
        "  ",
        " ",
        "\n",
        "\n\n",
        "**",
        "*",
        "_",
        "`",
        "~~",
        "[a](https://b.example)",
        "[x]: https://c.example",
        "[x]",
        "[see this][x]",
        "[ ] ",
        "Title\n",
        "--",
        "=",
        "g | h\n",
        ":--|--\n",
        "a long line of words that goes on, and on, ",
        "![i](j)",
        "| a | b |\n|---|:-:|\n",
        "| c | d |\n",
        "|",
        "---\n",
        "===\n",
        "\\",
        "<br>",
        "&amp;",
        "word",
        "two words",
        "日本語",
        "👩‍👩‍👧",
        "é",
        "\t",
        "\r\n",
        "\u{1b}[2J",
        "https://d.example/e_f",
        "fn main() {}\n",
        "snake_case",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_text_cut_anywhere_ends_as_the_same_screen(
        text in markdown(),
        cuts in prop::collection::vec(0_usize..600, 0..30),
        width in 1_usize..50,
    ) {
        let look = look(width);
        let mut cuts = cuts;
        cuts.sort_unstable();
        prop_assert_eq!(final_lines(&text, 1, &look), lines(&text, &look));
        // A screen that is narrower than a wide character shows none.
        if width > 1 {
            let bytes = streamed(&text, &cuts, look);
            prop_assert_eq!(screen(&bytes, width), screen(&render(&text, &look), width));
        }
        for line in lines(&text, &look) {
            prop_assert!(line.width() <= width);
        }
    }
}

#[test]
fn a_tab_at_the_end_of_a_line_is_a_space_however_it_came() {
    for text in [
        "- **--\t\n**",
        "-\t\n- x",
        "> \t\n> x",
        "1.\t\n\tx",
        "a\t\nb",
        "-\t\t\nx",
    ] {
        for width in [1, 2, 3, 10] {
            let look = look(width);
            assert_eq!(final_lines(text, 1, &look), lines(text, &look), "{text:?}");
        }
    }
    let shown: Vec<String> = lines("- **--\t\n**", &look(40))
        .iter()
        .map(Line::plain)
        .collect();
    assert_eq!(shown, ["• **-- **"]);
}
