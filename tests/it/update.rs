//! `chatkit replay --update`, and the files of a recording: what takes the place of what.

use std::path::Path;

use crate::against::{against, mock, proxied, recorded, saying};
use crate::dsl::{chatkit, file};
use crate::proxy::of_kind;

#[test]
fn a_file_is_uploaded_again_and_what_stands_in_for_it_is_told() {
    let (_note, note) = file("note.txt", "the words of a note");
    let path = note.to_str().unwrap();
    let (_folder, talk) = recorded(&mock("1", &[]), &["read this", "--attach", path]);
    let server = mock("2", &[]);
    against(&talk, &server.endpoint(), &[])
        .stderr_has("the recording does not have the bytes of note.txt")
        .stderr_has("the same in 1 turn")
        .code(0);
}

/// The requests of a recording that carry this text, by their method and path.
fn carrying(talk: &Path, text: &str) -> Vec<String> {
    let requests = of_kind(talk, "request").into_iter();
    let files = requests.filter(|it| it["body"].to_string().contains(text));
    files
        .map(|it| format!("{} {}", it["method"], it["url"]))
        .collect()
}

#[test]
fn the_bytes_of_a_file_are_sent_again_and_an_update_keeps_them() {
    let (_note, note) = file("note.txt", "the words of a note");
    for is_direct in [false, true] {
        let server = mock("1", &[]);
        let (_folder, talk) = proxied(&server, |proxy| {
            let (url, files) = (proxy.endpoint(), format!("{}/files", proxy.url));
            let mut args = vec!["send", "--url", &url, "read this"];
            args.extend(["--attach", note.to_str().unwrap()]);
            args.extend(
                is_direct
                    .then_some(["--upload-url", &files])
                    .into_iter()
                    .flatten(),
            );
            chatkit(args).code(0);
        });
        assert_eq!(carrying(&talk, "the words of a note").len(), 1);
        // The first replay updates what a proxy wrote, the second what the first one wrote.
        for seed in ["2", "3"] {
            let other = mock(seed, &[]);
            let files = format!("{}/files", other.url);
            let mut args = vec!["--update"];
            args.extend(
                is_direct
                    .then_some(["--upload-url", &files])
                    .into_iter()
                    .flatten(),
            );
            let run = against(&talk, &other.endpoint(), &args).code(0);
            assert!(!run.stderr.contains("stand in"), "{}", run.stderr);
            let carried = carrying(&talk, "the words of a note");
            assert_eq!(carried.len(), 1, "{carried:?}");
            assert!(carried[0].contains(&other.url), "{carried:?}");
        }
        let path = talk.to_str().unwrap();
        let rule = ["attachments/upload", "attachments/direct-upload"][usize::from(is_direct)];
        chatkit([
            "check",
            "--recording",
            path,
            "--only",
            rule,
            "--require",
            rule,
        ])
        .code(0);
        chatkit(["check", "--recording", path, "--only", "attachments"]).code(0);
    }
}

#[test]
fn the_new_answers_take_the_place_of_the_recorded_ones() {
    let (_one, one) = saying("one");
    let (_two, two) = saying("two");
    let (_folder, file) = recorded(&one, &["hi"]);
    against(&file, &two.endpoint(), &["--update"])
        .stdout_has("    + two\n")
        .code(0);
    against(&file, &two.endpoint(), &[]).code(0);
    against(&file, &one.endpoint(), &[]).code(3);
    assert_eq!(of_kind(&file, "request").len(), 1);
    let left: Vec<_> = std::fs::read_dir(file.parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing is left beside the recording");
}

#[test]
fn what_broke_never_takes_the_place_of_what_was_good() {
    let (_folder, file) = recorded(&mock("1", &[]), &["show text 40"]);
    let before = std::fs::read(&file).unwrap();
    let mut bad = vec![
        mock("1", &["--fault", "cut"]),
        mock("1", &["--fault", "status=503"]),
    ];
    while let Some(server) = bad.pop() {
        against(&file, &server.endpoint(), &["--update"])
            .stderr_has("is left as it was: turn 1 ")
            .code(3);
        assert_eq!(std::fs::read(&file).unwrap(), before);
    }
    against(&file, "http://127.0.0.1:9/chatkit", &["--update"]).code(5);
    assert_eq!(std::fs::read(&file).unwrap(), before);
    let left: Vec<_> = std::fs::read_dir(file.parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 1);
}
