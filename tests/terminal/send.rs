//! `chatkit send` at a terminal: it shows what `chat` shows, and ends.

use std::process::Command;

use crate::server::Server;
use crate::terminal::{run, send};

#[test]
fn send_draws_the_answer_and_ends() {
    let mut terminal = send(["--mock", "show markdown"]).run();
    terminal.ends_with(0);
    let screen = terminal.screen();
    for drawn in ["☑ done", "│ To be", "name  │ count │ share", "thread: thr_"] {
        assert!(screen.contains(drawn), "no {drawn:?} on\n{screen}");
    }
    for raw in ["**", "# A table", "|---"] {
        assert!(!screen.contains(raw), "{raw:?} on\n{screen}");
    }
}

#[test]
fn send_says_how_an_action_is_run() {
    let server = Server::start();
    let mut terminal = send(["--url", &server.url, "show widget"]).run();
    terminal
        .sees("[1] Answer: chatkit action thr_")
        .ends_with(0);
    let screen = terminal.screen().replace('\n', "");
    let (_, command) = screen.split_once("[1] Answer: chatkit ").unwrap();
    let words: Vec<&str> = command.split(' ').take(4).collect();
    assert_eq!(words[0], "action");
    let mut action = crate::terminal::command(["action", "--url", &server.url])
        .arg(words[1])
        .arg(words[2])
        .arg(words[3])
        .run();
    action.ends_with(0);
    assert!(!action.screen().contains("error"), "{}", action.screen());
}

#[test]
fn a_mock_that_ends_with_the_command_has_no_command_to_offer() {
    let mut terminal = send(["--mock", "show widget"]).run();
    terminal
        .sees("'chatkit chat --mock' takes the numbers")
        .ends_with(0);
    assert_eq!(terminal.count("chatkit action"), 0);
}

#[test]
fn lines_from_a_pipe_are_answered_plainly_on_a_terminal() {
    let mut command = Command::new("sh");
    let script = "printf 'show markdown\\n' | \"$CHATKIT\" chat --mock";
    command.args(["-c", script]);
    let mut terminal = run(command)
        .env("CHATKIT", env!("CARGO_BIN_EXE_chatkit"))
        .run();
    terminal.ends_with(0);
    let screen = terminal.screen();
    assert!(screen.contains("# A table"), "{screen}");
    // A spinner's turns would take the lines away that are written meanwhile.
    assert_eq!(terminal.count("waiting"), 0);
}

#[test]
fn an_answer_that_ends_in_a_fence_leaves_no_empty_line_however_it_was_cut() {
    let scenario = tempfile::NamedTempFile::with_suffix(".yaml").unwrap();
    let rules = r#"
rules:
  - when: pieces
    then: [{text: {deltas: ["```\n", "code\n", "``", "`\n"]}}]
"#;
    std::fs::write(scenario.path(), rules).unwrap();
    let path = scenario.path().to_str().unwrap();
    let server = Server::with(&["--scenario", path]);
    let mut terminal = send(["--url", &server.url, "pieces"]).run();
    terminal.ends_with(0);
    let screen = terminal.screen();
    let after = screen.split_once("code\n").unwrap().1;
    assert!(after.starts_with("thread: "), "{screen}");
}
