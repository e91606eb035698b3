//! Pastes: of any length they are one message, and cost no more than their length.

use crate::server::Server;
use crate::terminal::{CTRL_C, CTRL_L, ENTER, Started, chat, mock};

/// So many lines, as a terminal hands over a paste.
fn paste(lines: usize) -> String {
    let lines: Vec<String> = (1..=lines)
        .map(|line| format!("pasted line {line}"))
        .collect();
    format!("\u{1b}[200~{}\u{1b}[201~", lines.join("\r"))
}

/// How many bytes are written for a paste, and for a key behind it.
fn cost(lines: usize) -> (usize, usize) {
    let mut terminal = mock().start();
    let before = terminal.came_bytes();
    terminal.types(&paste(lines)).sees(&format!("line {lines}"));
    let pasted = terminal.came_bytes() - before;
    terminal.types(" end").sees(&format!("line {lines} end"));
    (pasted, terminal.came_bytes() - before - pasted)
}

#[test]
fn twice_the_lines_are_twice_the_work() {
    let (once, key) = cost(1500);
    let (twice, later_key) = cost(3000);
    assert!(twice < once * 9 / 4, "{once} bytes, then {twice}");
    assert!(
        key < 100 && later_key < 100,
        "{key} bytes, then {later_key}"
    );
}

/// The messages of the user, as the thread's items list them.
fn messages(terminal: &mut Started) -> usize {
    terminal.says("/items").sees("assistant").sees_prompt();
    terminal.count("  user  ")
}

#[test]
fn a_paste_while_an_answer_streams_waits_whole_for_the_prompt() {
    let mut terminal = mock().start();
    terminal.says("show slow 15").sees("one word");
    terminal.types(&paste(3)).sees("pasted line 3");
    assert!(
        terminal
            .screen()
            .contains("> pasted line 1\npasted line 2\n")
    );
    terminal.types(CTRL_C).sees_no("pasted line 3");
    assert_eq!(messages(&mut terminal), 1, "{}", terminal.screen());
}

#[test]
fn a_long_paste_while_an_answer_streams_does_not_hold_ctrl_c_up() {
    let server = Server::with(&["--pace", "0"]);
    let mut terminal = chat(["--url", &server.url]).start();
    terminal.says("show slow 10000").sees("one word");
    terminal.types(&paste(1000)).types(CTRL_C);
    terminal.sees("pasted line 1000");
    assert_eq!(terminal.came("cancelled"), 1);
    terminal.types(ENTER).sees("You said:").sees_prompt();
    terminal.types(CTRL_L).sees_no("pasted line");
    assert_eq!(messages(&mut terminal), 2, "{}", terminal.screen());
}

#[test]
fn whoever_uses_the_terminal_next_gets_pastes_without_marks() {
    let mut terminal = mock().start();
    terminal.sees_prompt().terminate().ends_with(130);
    let [on, off] = ["\u{1b}[?2004h", "\u{1b}[?2004l"].map(|mark| terminal.came(mark));
    assert_eq!(on, off);
}
