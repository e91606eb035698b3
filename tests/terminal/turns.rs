//! Turns: one that is whole, one that is stopped, one that fails, one that breaks off.

use crate::server::Server;
use crate::terminal::{CTRL_C, CTRL_D, ENTER, chat, mock};

#[test]
fn a_turn_is_shown_and_the_prompt_comes_back() {
    let mut terminal = mock().start();
    terminal.says("hello you").sees("You said:").sees_prompt();
    terminal
        .says("show title A good name")
        .sees("· A good name >");
    terminal.types(CTRL_D).ends_with(0);
}

#[test]
fn ctrl_c_stops_the_answer_and_keeps_what_came() {
    let mut terminal = mock().start();
    terminal.says("show slow").sees("one word after another");
    terminal.types(CTRL_C).sees("cancelled").sees_prompt();
    assert_eq!(
        terminal.count("one word after another"),
        1,
        "what came stays"
    );
    // What was left open is no fault of the next answer.
    terminal.says("/timing").sees("first event");
    terminal
        .says("hello again")
        .sees("> hello again")
        .sees("hello again\n")
        .sees_prompt();
    assert_eq!(
        terminal.count("error"),
        1,
        "only the word of the list:\n{}",
        terminal.screen()
    );
}

#[test]
fn an_error_that_may_be_retried_is_offered_again() {
    let mut terminal = mock().start();
    terminal
        .says("show error Out of tea")
        .sees("error: Out of tea");
    terminal.sees("Try again?").types(ENTER);
    terminal.sees("Try again? Yes").sees("? Try again?");
    terminal.types("n").types(ENTER).sees_prompt();
    assert_eq!(terminal.count("error: Out of tea"), 2);
    terminal.says("hello").sees("You said:").sees_prompt();
}

#[test]
fn a_backend_that_goes_away_says_what_came_and_the_conversation_lives_on() {
    let mut terminal = mock().start();
    terminal
        .says("show drop")
        .sees("cut short")
        .sees("received before that:");
    terminal.sees("This answer breaks off").sees_prompt();
    terminal.says("hello").sees("You said:").sees_prompt();
    terminal.says("/retry").sees_prompt();
}

#[test]
fn an_end_in_order_with_an_item_open_says_what_came_and_how_to_try_again() {
    let server = Server::with(&["--fault", "no-item-done,times=1"]);
    let mut terminal = chat(["--url", &server.url]).start();
    terminal.says("hello").sees("1 item open");
    terminal.sees("received before that:").sees("/retry has");
    terminal.sees_prompt();
}

#[test]
fn a_retry_that_the_backend_refuses_loses_nothing() {
    let server = Server::with(&["--fault", "status=503,operation=threads.retry_after_item"]);
    let mut terminal = chat(["--url", &server.url]).start();
    terminal.says("hello").sees("You said:").sees_prompt();
    terminal.says("/retry").sees("503").sees_prompt();
    terminal.says("/items").sees("assistant").sees_prompt();
}

#[test]
fn what_goes_with_a_message_is_kept_where_nothing_came_of_it() {
    let server = Server::with(&[
        "--fault",
        "content-type=text/html,times=1,operation=threads.create",
    ]);
    let mut terminal = chat(["--url", &server.url]).start();
    terminal.says("/quote as you said").sees_prompt();
    terminal.says("hello").sees("text/html").sees("+quote > ");
    terminal.says("hello").sees("You said:").sees_prompt();
    let lines = terminal.screen();
    assert!(!lines.trim_end().ends_with("+quote >"), "{lines}");
}

#[test]
fn progress_leaves_nothing_behind() {
    let mut terminal = mock().start();
    terminal.says("show progress").sees("Checking the numbers");
    terminal.sees("That was the progress").sees_prompt();
    for gone in [
        "Searching",
        "Reading chapter",
        "Checking",
        "waiting for the backend",
    ] {
        assert_eq!(terminal.count(gone), 0, "{gone}:\n{}", terminal.screen());
    }
}

#[test]
fn events_are_shown_as_they_come() {
    let mut terminal = mock().start();
    terminal.says("/raw").sees("as they come");
    terminal
        .says("show text 3")
        .sees("{\"type\":\"thread.item.done\"")
        .sees_prompt();
    terminal.says("/raw").sees("what they mean");
}

#[test]
fn what_is_typed_while_an_answer_streams_waits_for_the_prompt() {
    let mut terminal = mock().start();
    terminal.says("show slow 12").sees("one word");
    terminal.types("hello\rand a half line");
    // Shown once, and not in the middle of the answer.
    terminal.sees("You said:").sees("> and a half line");
    assert_eq!(
        terminal.count("and a half line"),
        1,
        "{}",
        terminal.screen()
    );
    assert_eq!(terminal.count("> hello"), 1, "{}", terminal.screen());
}
