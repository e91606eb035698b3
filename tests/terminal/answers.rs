//! What the backend asks for: forms, tools, clicks, files.

use crate::server::Server;
use crate::terminal::{CTRL_U, CTRL_W, CTRL_Y, DOWN, ENTER, ESCAPE, Setup, UP, chat, mock};

#[test]
fn a_form_is_answered_question_by_question() {
    let mut terminal = mock().start();
    terminal
        .says("show form")
        .sees("? Which size do you want?")
        .sees("(skip this one)");
    terminal.types(DOWN).sees("> medium").types(ENTER);
    terminal
        .sees("? What shall be on it?")
        .types(" ")
        .types(DOWN)
        .types(" ")
        .types(ENTER);
    terminal
        .sees("? Anything else?")
        .types("at noon")
        .types(ENTER);
    terminal.sees("You answered:").sees_prompt();
    for given in ["medium", "cheese, olives", "at noon"] {
        assert!(
            terminal.count(given) >= 2,
            "{given}:\n{}",
            terminal.screen()
        );
    }
}

#[test]
fn what_is_typed_ahead_of_a_question_answers_it() {
    let mut terminal = mock().start();
    terminal.says("show form").sees("(skip this one)");
    // All at once: the reader of the choices takes it together with its own keys.
    terminal.types(&format!("{DOWN}{ENTER} {ENTER}at noon{ENTER}"));
    terminal.sees("You answered:").sees_prompt();
    for given in ["medium", "cheese", "at noon"] {
        assert!(
            terminal.count(given) >= 2,
            "{given}:\n{}",
            terminal.screen()
        );
    }
}

#[test]
fn a_question_has_the_keys_of_the_prompt_and_takes_no_part_in_its_history() {
    let mut terminal = mock().start();
    terminal
        .says("show tool t {}")
        .sees("JSON, or a plain text");
    terminal.types("wrong\u{15}rigt\u{2}h").types(ENTER);
    terminal.sees("\"right\"\n").sees_prompt();
    terminal.types(UP).sees("> show tool t {}");
}

#[test]
fn json_that_is_none_is_not_sent_as_a_text() {
    let mut terminal = mock().start();
    terminal
        .says("show tool t {}")
        .sees("JSON, or a plain text");
    terminal
        .types("{\"a\":}")
        .types(ENTER)
        .sees("this is no JSON");
    terminal
        .sees("? The result of t {\"a\":}")
        .types("\u{2}1")
        .types(ENTER);
    terminal.sees("\"a\": 1").sees_prompt();
}

#[test]
fn what_is_typed_at_the_offer_of_a_retry_is_the_next_message() {
    let mut terminal = mock().start();
    terminal.says("show error").sees("Try again? (Y/n)");
    terminal.types("something else").types(ENTER);
    terminal.sees("> something else").types(ENTER);
    terminal.sees("│ something else").sees_prompt();
}

#[test]
fn a_form_is_left_for_later_or_skipped() {
    let mut terminal = mock().start();
    terminal.says("show form").sees("(skip all that is left)");
    terminal
        .types(ESCAPE)
        .sees("left for later")
        .sees("/form >");
    terminal.says("/form").sees("type to filter");
    terminal.types("skip all").sees("> (skip all").types(ENTER);
    terminal.sees("You skipped the form").sees_prompt();
}

#[test]
fn a_form_without_a_question_to_answer_is_skipped_by_nobody_but_the_person() {
    for inputs in ["[]", r#"[{"type": "slider"}]"#] {
        let form = format!(
            r#"{{"type": "thread.item.done", "item": {{"type": "structured_input", "id": "f", "thread_id": "thr_1", "created_at": "2026-01-01T00:00:00Z", "status": "pending", "inputs": {inputs}}}}}"#
        );
        let rules = format!("version: 1\nrules:\n  - then:\n      - raw: {form}\n");
        let scenario = tempfile::NamedTempFile::with_suffix(".yaml").unwrap();
        std::fs::write(scenario.path(), rules).unwrap();
        let server = Server::with(&["--scenario", &scenario.path().to_string_lossy()]);
        let mut terminal = chat(["--url", server.url.as_str()]).start();
        terminal.says("hello");
        terminal.sees("Skip it? (y/N)").types(ENTER);
        terminal.sees("left for later").sees_prompt();
        assert_eq!(terminal.count("skipped"), 0, "{}", terminal.screen());
    }
}

#[test]
fn a_tool_is_asked_for_with_its_arguments() {
    let mut terminal = mock().start();
    terminal
        .says("show tool get_colour {\"of\": \"sky\"}")
        .sees("of: \"sky\"\n? The result of get_colour");
    terminal.types("{\"blue\": true}").types(ENTER);
    terminal
        .sees("The client tool")
        .sees("\"blue\": true\n")
        .sees_prompt();
}

#[test]
fn an_answer_that_fills_its_rows_wipes_nothing_above() {
    let mut terminal = mock().start();
    terminal
        .says("show tool get_colour {\"of\": \"sky\"}")
        .sees("? The result of get_colour");
    // Past the right edge twice, a letter at a time.
    for _ in 0..160 {
        terminal.types("x");
    }
    terminal.types("end").sees("xend");
    terminal
        .sees("of: \"sky\"")
        .sees("get_colour · client tool");
    assert_eq!(terminal.count("? The result of get_colour"), 1);
}

#[test]
fn a_question_stands_once_in_a_window_that_becomes_narrower() {
    let mut terminal = mock().start();
    terminal
        .says("show tool get_colour {\"of\": \"sky\"}")
        .sees("? The result of get_colour");
    terminal.types("bl").sees("get_colour bl");
    terminal.resize(30, 40);
    // So narrow that the line below goes over two rows. The window is drawn anew at once, and each
    // letter then in its place.
    terminal.sees("it for later]");
    for letter in ["u", "e"] {
        terminal.types(letter);
    }
    terminal.sees("get_colour blue");
    assert_eq!(terminal.count("? The result"), 1, "{}", terminal.screen());
    assert_eq!(terminal.count("[JSON, or"), 1, "{}", terminal.screen());
}

#[test]
fn a_result_of_a_tool_may_have_several_lines() {
    let mut terminal = mock().start();
    terminal
        .says("show tool t {}")
        .sees("JSON, or a plain text");
    terminal.types("{").types(ENTER).sees("the JSON goes on");
    terminal.types("\"blue\": [1").types(ENTER);
    terminal.sees("\"blue\": [1\n? …").types("]}").types(ENTER);
    terminal
        .sees("The client tool")
        .sees("\"blue\": [\n")
        .sees_prompt();
}

#[test]
fn a_tool_is_answered_by_what_was_given() {
    let given = ["--tool", "t=[1]", "--tool-cmd", "u=echo '\"x y\"'"];
    let mut terminal = given.into_iter().fold(mock(), Setup::arg).start();
    terminal.says("show tool t").sees("answered:").sees_prompt();
    terminal.says("show tool u").sees("\"x y\"").sees_prompt();
    assert_eq!(terminal.count("its result"), 0);
}

#[test]
fn a_button_is_clicked_by_its_number() {
    let mut terminal = mock().start();
    terminal
        .says("show widget")
        .sees("[1]")
        .sees("Everything is here")
        .sees_prompt();
    terminal
        .says("/click 3")
        .sees("Clicks: 1")
        .sees("showcase.count is done")
        .sees_prompt();
    terminal
        .says("/click 4")
        .sees("for the page, and not sent")
        .sees_prompt();
    terminal
        .says("/click 1")
        .sees("showcase.answer")
        .sees_prompt();
    terminal.says("/click 9").sees("no action 9").sees_prompt();
    terminal
        .says("/click 2")
        .sees("The widget was replaced")
        .sees_prompt();
}

#[test]
fn every_number_on_the_screen_is_that_of_one_action() {
    let mut terminal = mock().start();
    terminal
        .says("show widget")
        .sees("Everything is here")
        .sees_prompt();
    terminal
        .says("show widget form")
        .sees("An order")
        .sees_prompt();
    let (count, order) = (
        number_of(&terminal.screen(), "Count"),
        number_of(&terminal.screen(), "Order"),
    );
    assert!(count < order, "{}", terminal.screen());
    // The widget that stands higher can still be clicked, and keeps its numbers.
    terminal
        .says(&format!("/click {count}"))
        .sees("showcase.count is done")
        .sees_prompt();
    terminal.says(&format!("/click {order}")).sees("? Name *");
    terminal.types(ESCAPE).sees_prompt();
}

#[test]
fn a_submit_asks_for_the_fields_first() {
    let mut terminal = mock().start();
    terminal
        .says("show widget form")
        .sees("An order")
        .sees_prompt();
    let submit = number_of(&terminal.screen(), "Order");
    terminal.says(&format!("/click {submit}")).sees("? Name *");
    terminal
        .types(ENTER)
        .sees("? Name *")
        .types("Ada")
        .types(ENTER);
    terminal.sees("? Message").types("Hi there").types(ENTER);
    terminal.sees("? Size").types(DOWN).types(ENTER);
    terminal.sees("? Day").types("2026-11-30").types(ENTER);
    terminal.sees("? Delivery").types(ENTER);
    terminal
        .sees("I have read the terms")
        .types("y")
        .types(ENTER);
    terminal
        .sees("You handed in:")
        .sees("\"name\": \"Ada\"")
        .sees("\"size\": \"medium\"");
    terminal
        .sees("\"terms\": true")
        .sees("\"form\": \"order\"")
        .sees_prompt();
}

#[test]
fn what_is_hidden_and_yes_or_no_have_the_keys_of_the_prompt() {
    let widget = r#"{"type": "Card", "children": [{"type": "Form", "onSubmitAction": {"type": "go"}, "children": [{"type": "Input", "name": "word", "inputType": "password", "pattern": "[a-z]{6}"}, {"type": "Checkbox", "name": "terms", "label": "Terms"}, {"type": "Button", "label": "Send", "submit": true}]}]}"#;
    let item = format!(
        r#"{{"type": "widget", "id": "w", "thread_id": "thr_1", "created_at": "2026-01-01T00:00:00Z", "widget": {widget}}}"#
    );
    let rules = format!(
        "version: 1\nrules:\n  - then:\n      - raw: {{\"type\": \"thread.item.done\", \"item\": {item}}}\n"
    );
    let scenario = tempfile::NamedTempFile::with_suffix(".yaml").unwrap();
    std::fs::write(scenario.path(), rules).unwrap();
    let server = Server::with(&["--scenario", &scenario.path().to_string_lossy()]);
    let mut terminal = chat(["--url", server.url.as_str()]).start();
    terminal.says("hello").sees("Send").sees_prompt();
    terminal.says("/click 1").sees("? word");
    terminal.types("wrong").sees("*****").types(ENTER);
    // Nobody mends what nobody sees.
    terminal.sees("[does not match").sees_times("? word *", 1);
    terminal.types("abc").sees_times("? word *", 2);
    terminal.types(CTRL_U).sees_times("? word *", 1);
    terminal.types("kept").sees_times("? word *", 2);
    // Where words end is nothing to tell either.
    terminal.types(CTRL_W).sees_times("? word *", 1);
    terminal.types("sekrit").sees("? word ******");
    terminal.types(ENTER).sees("? Terms (y/N)");
    terminal
        .types("what")
        .types(ENTER)
        .sees("neither yes nor no");
    terminal.types("un").types(CTRL_U).types("y").types(ENTER);
    terminal.sees_prompt();
    let screen = terminal.screen();
    assert_eq!(screen.matches("does not match").count(), 0, "{screen}");
    assert_eq!(terminal.came("sekrit"), 0, "{screen}");
    // What was taken away last, and before that.
    terminal.types("a").types(CTRL_Y).sees("> aun");
    terminal.types("\u{1b}y").types("z").sees("> aunz");
}

/// The number in front of a label: `[3] Order`.
fn number_of(screen: &str, label: &str) -> usize {
    let before = screen.split(&format!("] {label}")).next().unwrap();
    let number = before.rsplit('[').next().unwrap();
    number
        .parse()
        .unwrap_or_else(|_| panic!("no number before {label}:\n{screen}"))
}

#[test]
fn a_file_goes_with_the_next_message() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("my notes.txt");
    std::fs::write(&path, "x".repeat(100_000)).unwrap();
    let mut terminal = mock().start();
    terminal
        .types(&format!("/attach '{}'", path.display()))
        .types(ENTER);
    terminal
        .sees("attached: my notes.txt (100000 bytes)")
        .sees("+1 file >");
    terminal
        .says("look at this")
        .sees("my notes.txt")
        .sees_prompt();
    assert_eq!(terminal.count("+1 file >"), 1, "it went with one message");
    terminal
        .says("/attach /no/such/file")
        .sees("error: ")
        .sees_prompt();
}
