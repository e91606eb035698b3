//! Images on a terminal that says that it draws them, and on one that says that it does not.

use crate::server::Server;
use crate::terminal::{Started, chat};

/// A PNG of one pixel.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/q842iQAAAABJRU5ErkJggg==";
/// What is asked last, to which every terminal has an answer.
const QUESTION: &str = "\u{1b}[c";
const ATTRIBUTES: &str = "\u{1b}[?62;22c";

/// A conversation with a server that sends an image and ends with a text.
fn conversation(term: &str) -> (Server, Started) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("image.yaml");
    let scenario = format!(
        "version: 1\nrules:\n  - then:\n      - image: {{url: \"data:image/png;base64,{PNG}\"}}\n      - The end.\n"
    );
    std::fs::write(&file, scenario).unwrap();
    let server = Server::with(&["--scenario", &file.to_string_lossy()]);
    let terminal = chat(["--url", &server.url]).env("TERM", term).start();
    (server, terminal)
}

#[test]
fn an_image_is_drawn_once_where_the_terminal_says_that_it_can() {
    let (_server, mut terminal) = conversation("xterm-kitty");
    let yes = format!("\u{1b}_Gi=4711;OK\u{1b}\\{ATTRIBUTES}typed ahead");
    terminal.answers(QUESTION, &yes);
    terminal.says("an image").sees("The end.");
    terminal.sees("> typed ahead");
    assert_eq!(terminal.came("a=T,f=100,q=2,C=1,c=1,r=1,m=0;"), 1);
    assert_eq!(terminal.came(PNG), 1);
    for leaked in ["Gi=", "OK", "62;22c"] {
        assert_eq!(terminal.count(leaked), 0, "{}", terminal.screen());
    }
    assert!(terminal.screen().contains("image saved:"));
    // The question is asked once, and the image is drawn wherever it is shown.
    terminal.types("\u{3}").sees_no("typed ahead");
    terminal.says("/show").sees("assistant:").sees_prompt();
    assert_eq!((terminal.came(QUESTION), terminal.came(PNG)), (1, 2));
}

#[test]
fn an_image_is_a_file_where_the_terminal_does_not_draw() {
    let (_server, mut terminal) = conversation("xterm-256color");
    terminal.answers(QUESTION, ATTRIBUTES);
    terminal.says("an image").sees("The end.").sees_prompt();
    assert_eq!((terminal.came(QUESTION), terminal.came(PNG)), (1, 0));
    assert_eq!(terminal.count("62;22c"), 0, "{}", terminal.screen());
}

#[test]
fn a_terminal_inside_of_another_is_not_asked() {
    let (_server, mut terminal) = conversation("tmux-256color");
    terminal.says("an image").sees("The end.").sees_prompt();
    assert_eq!(terminal.came(QUESTION), 0);
}
