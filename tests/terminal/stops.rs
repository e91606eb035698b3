//! Ctrl-C: whatever runs is stopped by it, and the conversation goes on; and Ctrl-Z.

use std::io::Read;
use std::net::TcpListener;

use crate::server::Server;
use crate::terminal::{CTRL_C, CTRL_L, ENTER, Setup, chat, mock, run};

/// What was stopped has left a prompt that takes a message and has it answered.
fn goes_on(terminal: &mut crate::terminal::Started) {
    terminal.sees_prompt();
    terminal.says("hello again").sees("You said:").sees_prompt();
}

#[test]
fn at_a_form_it_leaves_the_form_for_later() {
    let mut terminal = mock().start();
    terminal.says("show form").sees("(skip all that is left)");
    terminal
        .types(CTRL_C)
        .sees("left for later")
        .sees("/form >");
    terminal.sees_prompt();
    // The first question is asked again.
    terminal.sees_prompt().types(CTRL_L).sees_no("Which size");
    terminal
        .says("/form")
        .sees("(skip all that is left)")
        .types(ENTER);
    terminal.sees("? What shall").types(CTRL_C);
    goes_on(&mut terminal);
}

#[test]
fn at_the_fields_of_a_widget_it_sends_nothing() {
    let mut terminal = mock().start();
    terminal
        .says("show widget form")
        .sees("An order")
        .sees_prompt();
    let screen = terminal.screen();
    let before = screen.split("] Order").next().unwrap();
    let number = before.rsplit('[').next().unwrap().to_owned();
    terminal.says(&format!("/click {number}")).sees("? Name *");
    terminal.types(CTRL_C);
    goes_on(&mut terminal);
    assert_eq!(terminal.count("You handed in"), 0, "{}", terminal.screen());
}

#[test]
fn at_a_tool_that_is_asked_for_it_leaves_the_tool_for_later() {
    let mut terminal = mock().start();
    terminal.says("show tool t").sees("JSON, or a plain text");
    terminal
        .types(CTRL_C)
        .sees("left for later")
        .sees("/form >");
    goes_on(&mut terminal);
}

#[test]
fn at_a_command_that_answers_a_tool_it_ends_the_command() {
    let args = ["--tool-cmd", "t=echo it runs >&2; sleep 600"];
    let mut terminal = args.into_iter().fold(mock(), Setup::arg).start();
    terminal.says("show tool t {}").sees("client tool\nit runs");
    terminal.types(CTRL_C).sees("stopped");
    goes_on(&mut terminal);
}

#[test]
fn a_command_that_reads_the_terminal_gets_it_and_its_ctrl_c() {
    let ask = "t=echo which one\\? >&2; read x </dev/tty; echo \"\\\"it is $x\\\"\"";
    let mut terminal = ["--tool-cmd", ask]
        .into_iter()
        .fold(mock(), Setup::arg)
        .start();
    terminal
        .says("show tool t {}")
        .sees("client tool\nwhich one?");
    terminal.types("the blue one").types(ENTER);
    terminal.sees("it is the blue one").sees_prompt();
    terminal.types(CTRL_L).sees_no("which one?");
    terminal
        .says("show tool t {}")
        .sees("client tool\nwhich one?");
    terminal.types(CTRL_C).sees("stopped");
    goes_on(&mut terminal);
}

#[test]
fn in_an_editor_it_ends_the_editor_and_keeps_the_conversation() {
    let mut terminal = mock()
        .env("EDITOR", "echo editing; read line; true")
        .start();
    terminal.says("/edit").sees("editing");
    terminal.types(CTRL_C).sees("stopped");
    goes_on(&mut terminal);
}

#[test]
fn at_the_question_whether_to_delete_it_keeps_the_thread() {
    let mut terminal = mock().start();
    terminal.says("hello").sees("You said:").sees_prompt();
    terminal.says("/delete").sees("? Delete thread");
    terminal.types(CTRL_C).sees("the thread is kept");
    terminal.says("/items").sees("assistant").sees_prompt();
}

#[test]
fn while_a_file_uploads_it_stops_the_upload() {
    let server = Server::start();
    // Takes the connection and never answers.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let upload = format!("http://{}/files", listener.local_addr().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("big.bin");
    std::fs::write(&path, vec![7; 8_000_000]).unwrap();
    let mut terminal = chat(["--url", &server.url, "--upload-url", &upload]).start();
    terminal
        .types(&format!("/attach {}", path.display()))
        .types(ENTER);
    let (mut stream, _) = listener.accept().unwrap();
    let mut some = [0; 1000];
    stream.read_exact(&mut some).unwrap();
    terminal.sees("big.bin ").types(CTRL_C).sees("stopped");
    goes_on(&mut terminal);
    // No attachment is left, and nothing of the bar.
    for gone in ["+1 file", "MiB"] {
        assert_eq!(terminal.count(gone), 0, "{gone}:\n{}", terminal.screen());
    }
}

#[test]
fn a_question_on_a_terminal_that_cannot_be_drawn_on_takes_no_later_line() {
    let mut terminal = mock().env("TERM", "dumb").start();
    terminal.types("show tool t").types(ENTER).sees("t({");
    terminal.types(CTRL_C).sees("press Enter to leave");
    terminal.types(ENTER).sees("left for later");
    terminal.types("hello again").types(ENTER);
    terminal.sees("You said:").sees_prompt();
}

#[test]
fn a_line_that_is_typed_survives_ctrl_z_and_fg() {
    let mut shell = std::process::Command::new("bash");
    shell.args(["--norc", "--noprofile", "-i"]);
    let mut terminal = run(shell).env("PS1", "shell$ ").run();
    let chatkit = env!("CARGO_BIN_EXE_chatkit");
    terminal.sees("shell$");
    terminal
        .types(&format!("{chatkit} chat --mock"))
        .types(ENTER);
    terminal.sees("mock >");
    for (typed, line) in [("show ", "show"), ("text ", "show text")] {
        terminal.types(typed).sees(&format!("mock > {line}"));
        terminal.types("\u{1a}").sees("Stopped");
        terminal.types("clear; fg").types(ENTER).sees_no("Stopped");
        terminal.sees(&format!("mock > {line}"));
        // The keys are the editor's again: the terminal by itself would show Home as `^A`.
        terminal.types("\u{1}\u{5}").sees_no("^A");
    }
    terminal.types("3").types(ENTER).sees("the mock streams");
    terminal.sees_prompt();
}
