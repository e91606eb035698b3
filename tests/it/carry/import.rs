//! What an import takes, what it leaves alone, and what it refuses.

use super::{Written, everything, on};
use crate::dsl::{chatkit, file};
use crate::proxy::Server;

#[test]
fn what_differs_is_told_and_left_alone_unless_it_is_to_be_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", folder.path().join("t.db").display());
    let import = |written: &Written, more: &[&'static str]| {
        let file = written.save(folder.path());
        let mut args = vec!["thread", "import"];
        let file = file.to_str().unwrap().to_owned();
        args.extend([&*file, "--store", &store]);
        args.extend(more);
        chatkit(args)
    };
    import(&Written::new().thread("a", "A", 2).thread("b", "B", 2), &[])
        .stderr_has("2 threads imported, 4 items written, in sqlite:")
        .code(0);
    // What the source has got since is appended.
    import(&Written::new().thread("a", "A", 3), &[])
        .stderr_has("0 threads imported, 1 extended, 1 item written")
        .code(0);
    // An older export takes nothing away.
    import(&Written::new().thread("a", "A", 1), &[])
        .stderr_has("1 there already")
        .code(0);
    let mut other = Written::new()
        .thread("a", "A", 3)
        .thread("b", "Other", 2)
        .thread("c", "C", 1);
    import(&other, &[])
        .stderr_has("thread b was left alone: its title, time, status or another field differs")
        .error("the store has 1 thread of the same id and other content")
        .code(3);
    import(&other, &["--user", "ann"])
        .stderr_has("it belongs to 'local' there, not to 'ann'")
        .code(3);
    other.text = other.text.replace("number 0", "number zero");
    import(&other, &[]).stderr_has("item a-0 differs").code(3);
    let titles = |server: Server| {
        let threads = everything(&server.endpoint());
        let mut rows: Vec<_> = threads
            .iter()
            .map(|row| {
                let first = &row["items"]["data"][0]["content"][0]["text"];
                format!(
                    "{} {}",
                    row["title"].as_str().unwrap(),
                    first.as_str().unwrap()
                )
            })
            .collect();
        rows.sort();
        rows
    };
    assert_eq!(
        titles(on(&store)),
        ["A number 0", "B number 0", "C number 0"]
    );
    import(&other, &["--replace"])
        .stderr_has("3 replaced")
        .code(0);
    assert_eq!(
        titles(on(&store)),
        ["A number zero", "C number zero", "Other number zero"]
    );
}

#[test]
fn an_import_says_how_the_threads_of_a_user_are_seen() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", folder.path().join("t.db").display());
    let file = Written::new().thread("a", "A", 2).save(folder.path());
    let import = [
        "thread",
        "import",
        file.to_str().unwrap(),
        "--store",
        &store,
    ];
    chatkit(import).stderr_has_not("--user").code(0);
    let store = format!("sqlite:{}", folder.path().join("u.db").display());
    let import = [
        "thread",
        "import",
        file.to_str().unwrap(),
        "--store",
        &store,
    ];
    let command = format!("chatkit serve --mock --store {store} --user ann");
    chatkit(import.into_iter().chain(["--user", "ann"]))
        .stderr_has(&format!(
            "the threads belong to 'ann'; to see a user's at /chatkit, name the user: {command}"
        ))
        .code(0);
}

#[test]
fn an_export_is_no_recording_of_turns_to_replay() {
    let folder = tempfile::tempdir().unwrap();
    let file = Written::new().thread("a", "A", 2).save(folder.path());
    chatkit([
        "serve",
        "--mock",
        "--port",
        "0",
        "--replay",
        file.to_str().unwrap(),
    ])
    .stderr_has("holds threads and no turn")
    .hint("put the threads into a store with 'chatkit thread import FILE --store")
    .code(2);
}

#[test]
fn what_is_no_export_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("t.db");
    let url = format!("sqlite:{}", store.display());
    let good = Written::new().thread("a", "A", 2).text;
    let newer = good.replace("\"version\":1", "\"version\":9");
    let broken = good.replace("\"outcome\":\"complete\"", "\"outcome\":\"broken\"");
    let cases = [
        (String::new(), ":1: this is no recording of chatkit"),
        (
            "\0\u{1}garbage".to_owned(),
            ":1: this is no recording of chatkit",
        ),
        (
            newer,
            ":1: the recording has version 9, this binary reads up to 1",
        ),
        (broken, ":4: the answer about thread a was cut short"),
        (
            good.replacen("{\"response\"", "{\"reply\"", 1),
            ":3: unknown variant `reply`",
        ),
        (
            good.replace(
                "\"thread_id\":\"a\",\"type\"",
                "\"thread_id\":\"b\",\"type\"",
            ),
            ":8: item a-0 is of thread b",
        ),
        (
            good.replace("\"content\":[", "\"content\":7,\"x\":["),
            ":8: data[0].content",
        ),
        (
            good[..good.len() - 200].to_owned(),
            ":4: thread a is not whole",
        ),
    ];
    for (text, error) in cases {
        let (_folder, file) = file("e.jsonl", &text);
        chatkit(["thread", "import", file.to_str().unwrap(), "--store", &url])
            .stderr_has(error)
            .code(2);
    }
    assert!(everything(&on(&url).endpoint()).is_empty());
}

#[test]
fn a_store_that_would_be_gone_or_is_none_is_refused_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let file = Written::new().thread("a", "A", 1).save(folder.path());
    let import = |store: &str| {
        let args = ["thread", "import", file.to_str().unwrap(), "--store", store];
        let args: Vec<String> = args.into_iter().map(ToOwned::to_owned).collect();
        chatkit(args.iter().map(String::as_str))
    };
    import("memory").hint("name a store that stays").code(2);
    import("mysql://u:geheim@h/d")
        .stderr_has_not("geheim")
        .code(2);
    import("postgres://u:geheim@127.0.0.1:1/d")
        .stderr_has_not("geheim")
        .code(5);
    chatkit(["thread", "import", "none.jsonl", "--store", "sqlite:t.db"])
        .stderr_has("cannot read none.jsonl")
        .code(2);
}

#[test]
fn a_recording_of_turns_holds_no_thread_to_import() {
    let folder = tempfile::tempdir().unwrap();
    let talk = folder.path().join("talk.jsonl");
    chatkit(["send", "--mock", "hi", "--record", talk.to_str().unwrap()]).code(0);
    let store = format!("sqlite:{}", folder.path().join("t.db").display());
    chatkit([
        "thread",
        "import",
        talk.to_str().unwrap(),
        "--store",
        &store,
    ])
    .stderr_has("is a recording of turns, and holds no exported thread")
    .hint("export the threads with 'chatkit thread export'")
    .code(2);
}

#[test]
fn a_thread_that_did_not_come_whole_is_told_and_the_others_are_imported() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", folder.path().join("t.db").display());
    let whole = Written::new().thread("a", "A", 2).thread("b", "B", 1);
    let import = |text: String| {
        let file = Written {
            text,
            ..Written::new()
        }
        .save(folder.path());
        let file = file.to_str().unwrap().to_owned();
        chatkit(["thread", "import", &*file, "--store", &store])
    };
    // The process that recorded was killed when it had asked for the second one.
    let at = whole.text.rfind("{\"request\"").unwrap();
    let before = whole.text[..at].rfind("{\"response\"").unwrap();
    import(whole.text[..before].to_owned())
        .stderr_has("thread b: the file ends before its answer does")
        .stderr_has("1 thread imported, 2 items written")
        .error("1 thread not whole in ")
        .hint("an export that was interrupted goes on when its command is run again")
        .code(2);
    let second = whole.text.rfind("\"status\":200").unwrap();
    let second = whole.text[..second].rfind("\"status\":200").unwrap();
    let mut refused = whole.text.clone();
    refused.replace_range(second..second + 12, "\"status\":503");
    let items = refused[..second].len() + refused[second..].find("{\"request\"").unwrap();
    import(refused[..items].to_owned())
        .stderr_has("thread b: it was refused with 503")
        .code(2);
}
