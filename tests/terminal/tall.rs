//! A line that is higher than the window: what stands above it stays, and it stands whole once.

use crate::terminal::{CTRL_C, CTRL_R, CTRL_U, ENTER, HOME, Started, UP, mock, run};

const LEFT: &str = "\u{1b}[D";
const END: &str = "\u{1b}[F";
const ALT_ENTER: &str = "\u{1b}\r";

/// So many lines, as a terminal hands over a paste.
fn paste(lines: usize) -> String {
    let lines: Vec<String> = (1..=lines).map(|line| format!("pasted {line}.")).collect();
    format!("\u{1b}[200~{}\u{1b}[201~", lines.join("\r"))
}

/// A small window with a turn in it, and what stands there before the prompt.
fn talked() -> (Started, String) {
    let mut terminal = mock().sized(40, 10).start();
    terminal.says("hello").sees("You said:").sees_prompt();
    let above = terminal.history();
    let above = above.trim_end().rsplit_once('\n').unwrap().0.to_owned();
    (terminal, above)
}

/// Checks that all that was above stands there, and then no row twice.
#[track_caller]
fn stands_once(terminal: &Started, above: &str) {
    let history = terminal.history();
    let Some(below) = history.strip_prefix(above) else {
        panic!("{above}\nis no longer the beginning of\n{history}");
    };
    for line in 1..=30 {
        let line = format!("pasted {line}.");
        assert!(below.matches(&line).count() <= 1, "{line} in\n{history}");
    }
}

#[test]
fn no_key_writes_a_high_line_into_the_scrollback_again() {
    let (mut terminal, above) = talked();
    terminal.types(&paste(30)).sees("pasted 30.");
    terminal.sees("… 21 rows above\npasted 22.\n");
    stands_once(&terminal, &above);
    for key in ["a", "b", "\u{7f}", LEFT, LEFT, "c"] {
        terminal.types(key).sees_drawn();
        stands_once(&terminal, &above);
    }
    terminal.sees("pasted 30c.a");
    // The cursor's row is the first one where the cursor is farther up.
    terminal.types(&UP.repeat(15));
    terminal.sees("pasted 23.\n… 7 rows below").types("d");
    terminal.sees("pasted 15.d\npasted 16.\n").types(HOME);
    terminal.types("e").sees("epasted 15.d");
    stands_once(&terminal, &above);
}

#[test]
fn a_high_line_stands_whole_in_the_scrollback_once_it_is_sent() {
    for keys in [String::new(), UP.repeat(12), UP.repeat(29)] {
        let (mut terminal, above) = talked();
        terminal.types(&paste(30)).sees("pasted 30.").types(&keys);
        terminal.sees_drawn().types(ENTER);
        terminal.sees_line("crash drop slow all.").sees_prompt();
        let history = terminal.history();
        let sent = history.strip_prefix(&above).unwrap();
        let sent = sent.split_once("This is the ChatKit mock").unwrap().0;
        let rows: Vec<&str> = sent.trim().lines().collect();
        assert!(rows[0].starts_with("mock · thr_"), "{sent}");
        let first = rows.iter().position(|row| row.ends_with("pasted 1."));
        let expected: Vec<String> = (2..=30).map(|line| format!("pasted {line}.")).collect();
        assert_eq!(rows[first.unwrap() + 1..], expected, "{sent}");
    }
}

#[test]
fn what_takes_a_high_lines_place_takes_nothing_else_away() {
    let (mut terminal, above) = talked();
    terminal.types(&paste(30)).sees("pasted 30.").types(CTRL_C);
    terminal.sees_prompt();
    stands_once(&terminal, &above);
    terminal.types(&paste(30)).sees("pasted 30.");
    // A line is taken away and then the break before it.
    terminal.types(&CTRL_U.repeat(59)).sees_prompt();
    terminal.types(UP).sees("> hello").types(CTRL_U);
    terminal.types(&paste(30)).sees("pasted 30.");
    terminal.types(CTRL_R).types("hell").sees("`hell': hello");
    terminal.types(CTRL_C).types("low").sees("> low");
    stands_once(&terminal, &above);
}

#[test]
fn rows_that_a_higher_window_shows_again_are_not_the_lines() {
    for up in ["", UP] {
        let (mut terminal, above) = talked();
        terminal.types(&paste(30)).sees("pasted 30.");
        terminal.types(&up.repeat(15)).sees_drawn();
        terminal.pull(5).types("x");
        terminal.sees(if up.is_empty() { "30.x" } else { "15.x" });
        let all = terminal.pulled();
        assert!(all.starts_with(&above), "{all}");
    }
}

#[test]
fn the_help_of_a_question_makes_room_for_a_high_answer() {
    let mut terminal = mock().sized(30, 8).start();
    terminal.types("show form").types(ENTER);
    terminal.sees("Which size").types(ENTER);
    terminal.sees("Which").types(ENTER).sees("Anything else?");
    for word in 100..160 {
        terminal.types(&format!("word{word} "));
    }
    terminal.sees_line("word159").sees("rows above");
    let history = terminal.history();
    assert_eq!(history.matches("word110").count(), 0, "{history}");
    terminal.types(ENTER).sees("You answered:").sees_prompt();
    let history = terminal.history().replace(['\n', ' '], "");
    let asked = history
        .split_once("?Anythingelse?word100word101")
        .unwrap()
        .1;
    let asked = asked.split_once("word159").unwrap().0;
    assert_eq!(asked.matches("word110").count(), 1, "{asked}");
}

#[test]
fn a_high_line_survives_ctrl_z_and_takes_nothing_of_the_shells_away() {
    let mut shell = std::process::Command::new("bash");
    shell.args(["--norc", "--noprofile", "-i"]);
    let shell = run(shell).sized(40, 10).env("PS1", "shell$ ");
    let mut terminal = shell.env("CHATKIT", env!("CARGO_BIN_EXE_chatkit")).run();
    terminal.sees("shell$");
    terminal.types("$CHATKIT chat --mock\r").sees("mock >");
    terminal.types(&paste(30)).sees("pasted 30.");
    terminal.types("\u{1a}").sees("Stopped");
    terminal.types("echo of the shell\r").sees("\nof the shell");
    terminal.types("fg\r").sees("pasted 30.").types("x");
    terminal.sees("pasted 30.x");
    let history = terminal.history();
    assert!(history.contains("\nof the shell\n"), "{history}");
}

#[test]
fn a_list_of_completions_stays_below_a_line_of_several_rows() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["first", "second", "third"] {
        std::fs::write(folder.path().join(name), "").unwrap();
    }
    let path = format!("{}{}/", folder.path().display(), "/.".repeat(20));
    for rows in [20, 4] {
        let mut terminal = mock().sized(40, rows).start();
        terminal.types(&format!("/attach {path}")).types("\t\t");
        terminal.sees("first").types("\t").sees_drawn();
        terminal.types("f").sees_drawn();
        let history = terminal.history();
        let (list, line) = history.split_once("third").unwrap();
        assert!(list.contains("first   second"), "{history}");
        assert!(line.trim_end().ends_with("/f"), "{history}");
    }
}

#[test]
fn a_row_that_becomes_full_before_a_line_break_takes_none_below_it_away() {
    let mut terminal = mock().sized(40, 24).start();
    terminal.sees_prompt();
    // With the prompt it lacks one letter to fill its row.
    let first = "x".repeat(40 - "mock > ".len() - 1);
    let lines = format!("{first}{ALT_ENTER}second row{ALT_ENTER}third row");
    terminal.types(&lines).sees("third row").types(UP).types(UP);
    terminal.types(END).types("y").sees("xy\n").types(ENTER);
    terminal.sees("You said:").sees_prompt();
    let history = terminal.history();
    let sent = &history[..history.find("This is the").unwrap()];
    assert!(sent.contains("second row\nthird row"), "{history}");
}
