//! The line itself: history, completion, several lines, an editor, the ways to leave.

use crate::terminal::{CTRL_C, CTRL_D, CTRL_R, ENTER, UP, chat, mock};

#[test]
fn history_lasts_from_one_run_to_the_next_and_is_nobody_elses_to_read() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let mut first = mock().home(home.path()).start();
    first
        .says("a rare word: quokka")
        .sees("You said:")
        .sees_prompt();
    first.types(CTRL_D).ends_with(0);
    let mut second = mock().home(home.path()).start();
    second
        .types(UP)
        .sees("a rare word: quokka")
        .types(CTRL_C)
        .sees_no("quokka");
    second
        .types(CTRL_R)
        .types("quok")
        .sees("a rare word: quokka")
        .types(ENTER);
    second.sees("You said:");
    let folder = home.path().join(".local/state/chatkit/history");
    let files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(files.len(), 1);
    let mode = files[0].metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_damaged_history_is_mended_and_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let mut first = mock().home(home.path()).start();
    first.says("before").sees("You said:").sees_prompt();
    first.types(CTRL_D).ends_with(0);
    let folder = home.path().join(".local/state/chatkit/history");
    let file = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap();
    let mut bytes = std::fs::read(file.path()).unwrap();
    bytes.extend(b"da\xffmage\n");
    std::fs::write(file.path(), bytes).unwrap();
    let mut second = mock().home(home.path()).start();
    second.sees("bytes that are no text").sees_prompt();
    second.types(UP).sees("mage").types(UP).sees("> before");
    second.types(CTRL_C).sees_no("> before");
    second.says("after").sees("You said:").sees_prompt();
    second.types(CTRL_D).ends_with(0);
    let kept = std::fs::read_to_string(file.path()).unwrap();
    assert!(kept.contains("before") && kept.contains("after"), "{kept}");
}

#[test]
fn commands_are_completed_and_misspelt_ones_are_told() {
    let mut terminal = mock().start();
    terminal
        .types("/thr\t")
        .sees("/threads")
        .types(ENTER)
        .sees("there are no threads");
    terminal
        .says("/hlep")
        .sees("did you mean /help?")
        .sees_prompt();
    terminal
        .says("//not a command")
        .sees("/not a command\n")
        .sees_prompt();
    terminal.types("/open \t").sees("/open ").types(CTRL_C);
}

#[test]
fn joined_emoji_at_the_edge_of_a_row_take_nothing_away_that_stands_above() {
    // In the emulator a family has six columns, and in WezTerm two; nobody knows in all terminals.
    for program in ["WezTerm", ""] {
        let mut terminal = mock().sized(40, 20).env("TERM_PROGRAM", program).start();
        terminal.types("👨‍👩‍👧 👋🏿 ❤️ ");
        for letter in "and a line that goes on into its third row".split_inclusive(' ') {
            terminal.types(letter).sees(letter.trim_end());
        }
        let screen = terminal.screen();
        assert!(screen.starts_with("talking to mock;"), "{screen}");
        assert_eq!(screen.matches("mock > ").count(), 1, "{screen}");
        terminal.types(ENTER).sees("You said:").sees_prompt();
        assert!(terminal.came("👨‍👩‍👧 👋🏿 ❤️") > 0, "it is sent as it was typed");
    }
}

#[test]
fn a_syllable_or_flag_at_the_edge_of_a_row_takes_nothing_away_that_stands_above() {
    for signs in ["กำ", "நி", "🇩🇪", "1️⃣"] {
        for no_color in ["", "1"] {
            let mut terminal = mock().sized(40, 20).env("NO_COLOR", no_color).start();
            // Behind a prompt of 7 columns every second one would be split.
            terminal.types(&signs.repeat(40));
            for letter in "and a line that goes on into more of its rows".split_inclusive(' ') {
                terminal.types(letter).sees(letter.trim_end());
            }
            let screen = terminal.screen();
            assert!(screen.starts_with("talking to mock;"), "{screen}");
            assert_eq!(screen.matches("mock > ").count(), 1, "{screen}");
            terminal.types(ENTER).sees("You said:").sees_prompt();
            assert!(
                terminal.came(&signs.repeat(5)) > 0,
                "it is sent as it was typed"
            );
        }
    }
}

#[test]
fn a_backslash_or_a_paste_makes_several_lines_one_message() {
    let mut terminal = mock().start();
    terminal
        .types("first\\")
        .types(ENTER)
        .types("second")
        .types(ENTER);
    terminal
        .sees("You said:")
        .sees("first second")
        .sees_prompt();
    terminal
        .types("\u{1b}[200~third\nfourth\u{1b}[201~")
        .sees("fourth")
        .types(ENTER);
    terminal.sees_prompt();
    assert_eq!(terminal.count("You said:"), 2, "{}", terminal.screen());
}

#[test]
fn keys_that_come_with_the_end_of_a_line_are_the_beginning_of_the_next() {
    let mut terminal = mock().start();
    terminal.types("first\rsecond\r");
    terminal.sees("> first\n").sees("> second\n").sees_prompt();
    assert_eq!(terminal.count("│ first"), 1, "{}", terminal.screen());
    assert_eq!(terminal.count("│ second"), 1, "{}", terminal.screen());
}

#[test]
fn the_editor_writes_the_next_message() {
    let mut terminal = mock().env("EDITOR", "printf 'from the editor' >").start();
    terminal
        .says("/edit")
        .sees("> from the editor")
        .types(ENTER);
    terminal.sees("You said:").sees_prompt();
}

#[test]
fn where_no_line_can_be_filled_in_the_editors_text_is_asked_for() {
    let script = "printf 'two\\033[2J words' >";
    let mut terminal = mock().env("EDITOR", script).start();
    terminal
        .says("/edit")
        .sees("two␛[2J words")
        .sees("Send it?")
        .types("y")
        .types(ENTER);
    terminal.sees("You said:").sees_prompt();
    let dumb = mock().env("TERM", "dumb");
    let mut terminal = dumb.env("EDITOR", "printf 'from the editor' >").start();
    terminal.types("/edit").types(ENTER).sees("Send it?");
    terminal.types("y").types(ENTER).sees("You said:");
}

#[test]
fn ctrl_c_at_an_empty_prompt_asks_for_a_second_one() {
    let mut terminal = mock().start();
    terminal
        .types("half a line")
        .sees("half a line")
        .types(CTRL_C)
        .sees_no("half a line");
    terminal
        .types(CTRL_C)
        .sees("press Ctrl-C again")
        .sees_prompt();
    terminal.types(CTRL_C).ends_with(0);
}

#[test]
fn a_file_that_is_there_is_written_over_when_the_person_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.md");
    let content = || std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, "mine").unwrap();
    let mut terminal = mock().start();
    terminal.says("hello").sees("You said:").sees_prompt();
    let save = format!("/save {}", file.display());
    terminal.says(&save).sees("? Write over").types(ENTER);
    terminal.sees("is kept as it was").sees_prompt();
    assert_eq!(content(), "mine");
    terminal.says(&save).sees("? Write over").types("y");
    terminal.types(ENTER).sees("saved: ").sees_prompt();
    assert!(content().contains("You said:"), "{}", content());
}

#[test]
fn a_file_may_be_named_from_the_home_folder() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = mock().home(home.path()).start();
    terminal.says("hello").sees("You said:").sees_prompt();
    std::fs::create_dir(home.path().join("notes")).unwrap();
    terminal
        .says("/save ~/notes/a.md")
        .sees("saved: ")
        .sees_prompt();
    assert!(home.path().join("notes/a.md").is_file());
    terminal.says("/attach ~/notes/a.md").sees("attached: a.md");
}

#[test]
fn threads_are_listed_opened_renamed_judged_saved_and_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut terminal = mock().start();
    terminal.says("hello").sees("You said:").sees_prompt();
    terminal.says("/rename My thread").sees("· My thread >");
    terminal
        .says("/good")
        .sees("the feedback was taken")
        .sees_prompt();
    for name in ["talk.jsonl", "talk.json", "talk.md"] {
        terminal
            .types(&format!("/save {}", path(name).display()))
            .types(ENTER);
        let saved = format!("saved: {}\n", path(name).display());
        terminal.sees(&saved).sees_prompt();
    }
    terminal.says("/items").sees("assistant").sees_prompt();
    terminal.says("/new").sees("starts a thread");
    terminal
        .says("/threads")
        .sees("active  My thread")
        .sees_prompt();
    terminal
        .types("/open thr\t")
        .sees("/open thr_")
        .types(ENTER)
        .sees("thread: thr_")
        .sees_prompt();
    terminal
        .says("/delete")
        .sees("? Delete thread")
        .types("y")
        .types(ENTER)
        .sees("deleted: ");
    terminal.sees_prompt();
    let recording = std::fs::read_to_string(path("talk.jsonl")).unwrap();
    assert!(recording.starts_with("{\"format\":\"chatkit-recording\""));
    assert!(recording.contains("thread.item.done"));
    let thread: serde_json::Value =
        serde_json::from_slice(&std::fs::read(path("talk.json")).unwrap()).unwrap();
    assert_eq!(thread["items"]["data"].as_array().unwrap().len(), 2);
    let text = std::fs::read_to_string(path("talk.md")).unwrap();
    assert!(
        text.starts_with("# My thread\n\n## user\n\nhello\n\n## assistant\n\n"),
        "{text}"
    );
}

#[test]
fn a_backend_that_is_not_there_is_no_end() {
    let mut terminal = chat(["--url", "http://127.0.0.1:9/chatkit"]).start();
    terminal
        .says("hello")
        .sees("error: cannot reach")
        .sees_prompt();
    terminal.types(CTRL_D).ends_with(0);
}
