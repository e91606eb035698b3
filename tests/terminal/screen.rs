//! Terminals of all kinds: one that changes its size, one that cannot be drawn on, one without
//! colour.

use crate::terminal::{CTRL_C, CTRL_D, CTRL_L, ENTER, ESCAPE, HOME, mock};

#[test]
fn the_width_may_change_while_an_answer_streams() {
    let mut terminal = mock().start();
    terminal.says("show slow").sees("one word after another");
    terminal.resize(50, 40).sees_prompt();
    // A line that is drawn as one and does not fit would be told as one by the emulator.
    terminal.types(CTRL_L).sees_no("one word after another");
    terminal.says("show text 60").sees_prompt();
    let lines = terminal.screen();
    let widest = lines.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(50), "{lines}");
    terminal.types(CTRL_D).ends_with(0);
}

#[test]
fn a_line_that_is_typed_stands_once_where_lines_are_broken_anew() {
    let mut terminal = mock().start();
    terminal.says("hello").sees("You said:").sees_prompt();
    let line = "a line that is long enough to be broken once or twice, end";
    for letter in line.chars() {
        terminal.types(letter.encode_utf8(&mut [0; 4]));
    }
    terminal.sees_line(line);
    for columns in [70, 90, 40, 50, 30, 100, 60] {
        terminal.reflow(columns).sees_drawn().sees_line(line);
        let screen = terminal.screen();
        assert_eq!(
            screen.matches("mock · thr").count(),
            1,
            "{columns}:\n{screen}"
        );
        terminal.sees_line("crash drop slow all.");
    }
    // Where the cursor is makes no difference.
    terminal.types(HOME).types("b").reflow(45).sees_drawn();
    terminal.types("c").sees_line(&format!("bc{line}"));
    assert_eq!(terminal.count("mock · thr"), 1, "{}", terminal.screen());
}

#[test]
fn a_terminal_that_speaks_ascii_is_sent_nothing_else() {
    let mut terminal = mock().env("LANG", "C").start();
    terminal
        .says("show progress")
        .sees("Checking the numbers")
        .sees("That was the progress")
        .sees_prompt();
    terminal
        .says("show title A good name")
        .sees("- A good name >");
    terminal.says("/timing").sees("- first text").sees_prompt();
    terminal.says("show slow").sees("one word after another");
    terminal.types(CTRL_C).sees("- cancelled").sees_prompt();
    terminal
        .says("show form")
        .sees("^v moves")
        .types(ESCAPE)
        .sees_prompt();
    assert!(terminal.came_only_ascii(), "{}", terminal.screen());
    let dumb = mock().env("LANG", "C").env("TERM", "dumb");
    let mut terminal = dumb.start();
    terminal.types("show tool t").types(ENTER);
    terminal.sees_end("The result of t: ").types("{");
    terminal.types(ENTER).sees("the JSON goes on").sees("~: ");
    assert!(terminal.came_only_ascii(), "{}", terminal.screen());
}

#[test]
fn a_line_that_moves_is_no_longer_than_its_text() {
    let mut terminal = mock().start();
    terminal.says("hello").sees("You said:").sees_prompt();
    // A terminal that becomes narrower breaks what is longer, blanks too.
    assert_ne!(terminal.came("waiting for the backend"), 0);
    assert_eq!(terminal.came("waiting for the backend "), 0);
}

#[test]
fn a_dumb_terminal_gets_plain_text_and_questions_by_number() {
    let mut terminal = mock().env("TERM", "dumb").start();
    terminal
        .types("show form")
        .types(ENTER)
        .sees("  2 medium")
        .sees("[a number; Ctrl-D leaves the form for later]")
        .sees("(skip all that is left)")
        .sees("number: ");
    // Nobody has chosen who has typed nothing.
    terminal.types(ENTER).sees("numbers go from 1 to 6");
    terminal.sees_end("number: ").types("2").types(ENTER);
    terminal
        .sees("none skips this one")
        .sees_end("numbers: ")
        .types("1, 2")
        .types(ENTER);
    terminal
        .sees("[empty skips it, /skip skips all that is left; Ctrl-D leaves")
        .sees_end("Anything else?: ")
        .types(ENTER);
    terminal
        .sees("You answered:")
        .sees("`medium`")
        .sees_prompt();
    terminal.types(CTRL_D).ends_with(0);
}

#[test]
fn a_dumb_terminals_question_is_left_by_ctrl_c_and_enter_however_often() {
    let mut terminal = mock().env("TERM", "dumb").start();
    terminal.types("show form").types(ENTER);
    terminal.sees_end("number: ").types(CTRL_C);
    terminal.sees_end("press Enter to leave the question");
    terminal.types(CTRL_C);
    let told = "press Enter to leave the question";
    terminal.sees_times(told, 2).types(ENTER);
    terminal.sees("left for later").sees_prompt();
    assert_eq!(terminal.count("numbers go"), 0, "{}", terminal.screen());
    terminal.types("hello").types(ENTER);
    terminal.sees("You said:").sees_prompt();
}

#[test]
fn a_narrow_window_says_how_to_skip_and_to_leave() {
    let mut terminal = mock().sized(40, 40).start();
    terminal.types("show form").types(ENTER);
    terminal
        .sees("? Which size")
        .sees_line("Esc leaves the form for later]");
    terminal.types(ENTER);
    terminal
        .sees_line("Esc leaves the form for later]")
        .types(ENTER);
    terminal
        .sees_line("[empty skips it, /skip skips all that is left")
        .types("/skip")
        .types(ENTER)
        .sees_prompt();
    assert_eq!(terminal.count("later]"), 0, "{}", terminal.screen());
}

#[test]
fn a_small_window_says_how_to_leave_too() {
    let mut terminal = mock().sized(30, 8).start();
    terminal.types("show form").types(ENTER);
    terminal.sees_line("leaves the form for later]");
    assert_eq!(terminal.count("type to filter"), 1, "{}", terminal.screen());
    terminal.types(ESCAPE).sees("left for later");
}

#[test]
fn a_dumb_terminal_is_told_how_to_leave_a_widgets_form_and_what_may_be_empty() {
    let mut terminal = mock().env("TERM", "dumb").start();
    terminal.types("show widget form").types(ENTER);
    terminal.sees("/click takes").types("/click 1").types(ENTER);
    terminal.sees("[Ada Lovelace; Ctrl-D leaves the form]");
    terminal.sees_end("Name *: ").types(ENTER);
    terminal.sees("[not filled in; Ctrl-D leaves the form]");
    terminal.sees_end("Name *: ").types("Ada").types(ENTER);
    terminal.sees("empty leaves it out; Ctrl-D leaves the form]");
    terminal.types(CTRL_D).sees_prompt();
    let screen = terminal.screen();
    assert!(!screen.contains("Message: mock"), "{screen}");
}

#[test]
fn a_dumb_terminal_leaves_a_field_out_that_was_refused_before() {
    let mut terminal = mock().env("TERM", "dumb").start();
    terminal.types("show widget form").types(ENTER);
    terminal.sees("/click takes").types("/click 1").types(ENTER);
    terminal.sees_end("Name *: ").types("Ada").types(ENTER);
    terminal.sees_end("Message: ").types(ENTER);
    terminal.sees("4 (none)").sees_end("number: ");
    terminal.types("4").types(ENTER);
    terminal.sees_end("Day: ").types("soon").types(ENTER);
    terminal.sees("[not a date, such as 2026-11-30; a date");
    terminal.sees_times("empty leaves it out; Ctrl-D", 3);
    terminal.sees_end("Day: ").types(ENTER);
    terminal.sees("Delivery").sees("number [1]: ");
    terminal.types(CTRL_D).sees_prompt();
}

#[test]
fn a_dumb_terminal_is_told_what_can_be_clicked() {
    let mut terminal = mock().env("TERM", "dumb").start();
    terminal.types("show widget").types(ENTER);
    terminal
        .sees("/click takes 1 (Answer), 2 (Replace this widget)")
        .sees_prompt();
    terminal.types("/click 3").types(ENTER).sees("Clicks: 1");
    terminal.sees_prompt();
    assert_eq!(terminal.count("/click takes"), 1, "{}", terminal.screen());
}

#[test]
fn no_colour_is_no_colour() {
    let mut terminal = mock().env("NO_COLOR", "1").start();
    terminal
        .says("show markdown")
        .sees("The end.")
        .sees_prompt();
    assert!(!terminal.has_color(), "{}", terminal.screen());
    let mut terminal = mock().start();
    terminal
        .says("show markdown")
        .sees("The end.")
        .sees_prompt();
    assert!(terminal.has_color());
}

#[test]
fn an_image_without_an_address_is_kept_as_a_file() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = mock().home(home.path()).start();
    terminal
        .says("show image")
        .sees("▣ image saved:")
        .sees(".svg")
        .sees_prompt();
    let images = home.path().join(".local/state/chatkit/images");
    let files: Vec<_> = std::fs::read_dir(images).unwrap().collect();
    assert_eq!(files.len(), 1);
    let path = files[0].as_ref().unwrap().path();
    assert!(std::fs::read_to_string(path).unwrap().starts_with("<svg"));
    terminal.says("/show").sees_prompt();
    assert_eq!(terminal.count("base64"), 0, "{}", terminal.screen());
}
