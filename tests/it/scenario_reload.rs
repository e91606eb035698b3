//! `serve --scenario`: files and folders are read again however an editor saves them.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::faults::wire::Server;

/// Long enough for a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

fn serve(paths: &[&Path]) -> Server {
    let mut args = vec!["--pace", "0", "--strict"];
    for path in paths {
        args.extend(["--scenario", path.to_str().unwrap()]);
    }
    Server::with(&[], &args)
}

fn says(server: &Server, text: &str) -> String {
    String::from_utf8_lossy(&server.say(text).raw).into_owned()
}

/// Waits until the answer to a text is this one.
#[track_caller]
fn becomes(server: &Server, text: &str, wanted: &str) {
    let end = Instant::now() + PATIENCE;
    while !says(server, text).contains(wanted) {
        assert!(Instant::now() < end, "{text}: never {wanted}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Why the files were not taken, once they were not.
fn refused(server: &Server) -> Value {
    let end = Instant::now() + PATIENCE;
    loop {
        let shown = server.ask("GET /__mock/scenario", "", "").json();
        if shown["refused"] != serde_json::json!([]) {
            return shown["refused"][0].clone();
        }
        assert!(Instant::now() < end, "never refused");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn rule(when: &str, then: &str) -> String {
    format!("- when: {when}\n  then: {then}\n")
}

const NONE: &str = "no_rule_matches";

#[test]
fn a_folder_is_read_again_when_a_file_comes_goes_or_is_renamed() {
    let home = tempfile::tempdir().unwrap();
    let file = |name: &str| home.path().join(name);
    std::fs::write(file("b.yaml"), rule("b", "from b")).unwrap();
    let server = serve(&[home.path()]);
    becomes(&server, "b", "from b");
    assert!(says(&server, "a").contains(NONE));

    std::fs::write(file("a.yml"), rule("[a, b]", "from a")).unwrap();
    becomes(&server, "a", "from a");
    // The files come in the order of their names.
    becomes(&server, "b", "from a");
    std::fs::rename(file("a.yml"), file("c.yml")).unwrap();
    becomes(&server, "b", "from b");
    assert!(says(&server, "a").contains("from a"));
    std::fs::rename(file("b.yaml"), file("b.off")).unwrap();
    becomes(&server, "b", "from a");
    std::fs::remove_file(file("c.yml")).unwrap();
    // A folder without any scenario is a mistake, and the last good one stays.
    std::fs::write(file("d.json"), r#"[{"when": "d", "then": "from d"}]"#).unwrap();
    becomes(&server, "d", "from d");
    assert!(says(&server, "a").contains(NONE));
}

#[test]
fn several_files_are_each_read_again_however_an_editor_saves_them() {
    let home = tempfile::tempdir().unwrap();
    let (one, two) = (home.path().join("one.yaml"), home.path().join("two.yaml"));
    std::fs::write(&one, rule("one", "1")).unwrap();
    std::fs::write(&two, rule("two", "2")).unwrap();
    let server = serve(&[&one, &two]);
    // Written beside it and renamed over it, as Vim's backupcopy=no and most others do.
    let beside = home.path().join(".one.yaml.swp");
    std::fs::write(&beside, rule("one", "one renamed")).unwrap();
    std::fs::rename(&beside, &one).unwrap();
    becomes(&server, "one", "one renamed");
    // The old one moved away first, then written anew, as Emacs does.
    std::fs::rename(&two, home.path().join("two.yaml~")).unwrap();
    std::fs::write(&two, rule("two", "two anew")).unwrap();
    becomes(&server, "two", "two anew");
    // Cut to nothing and written in place, as a shell does.
    std::fs::write(&one, rule("one", "one in place")).unwrap();
    becomes(&server, "one", "one in place");
    assert!(says(&server, "two").contains("two anew"));
}

#[test]
fn a_file_that_is_half_written_is_not_taken_and_is_when_it_is_whole() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("s.yaml");
    std::fs::write(&file, rule("a", "whole")).unwrap();
    let server = serve(&[&file]);
    let whole = rule("a", "'whole again'");
    let half = &whole[..whole.len() - 4];
    std::fs::write(&file, half).unwrap();
    let finding = refused(&server);
    assert_eq!(finding["severity"], "error", "{finding}");
    assert!(says(&server, "a").contains("\"whole\""));
    std::fs::write(&file, &whole).unwrap();
    becomes(&server, "a", "whole again");
    let shown = server.ask("GET /__mock/scenario", "", "").json();
    assert_eq!(shown["refused"], serde_json::json!([]));

    // Gone for a while, as between an editor's two renames.
    std::fs::remove_file(&file).unwrap();
    assert_eq!(refused(&server)["code"], "unreadable");
    assert!(says(&server, "a").contains("whole again"));
    std::fs::write(&file, rule("a", "back")).unwrap();
    becomes(&server, "a", "\"back\"");
}

#[test]
fn a_file_that_is_wrong_keeps_its_rules_and_holds_up_none_of_its_siblings() {
    let home = tempfile::tempdir().unwrap();
    let file = |name: &str| home.path().join(name);
    std::fs::write(file("a.yaml"), rule("a", "first a")).unwrap();
    std::fs::write(file("b.yaml"), rule("[a, b]", "first b")).unwrap();
    let alone = tempfile::tempdir().unwrap().keep().join("c.yaml");
    std::fs::write(&alone, rule("c", "first c")).unwrap();
    let server = serve(&[home.path(), &alone]);
    becomes(&server, "a", "first a");

    std::fs::write(file("a.yaml"), "- when: a\n  thne: second a\n").unwrap();
    let finding = refused(&server);
    assert!(finding["file"].as_str().unwrap().ends_with("a.yaml"));
    std::fs::write(file("b.yaml"), rule("[a, b]", "second b")).unwrap();
    becomes(&server, "b", "second b");
    // Its place among the others is what it was.
    assert!(says(&server, "a").contains("first a"));
    std::fs::write(&alone, rule("c", "second c")).unwrap();
    becomes(&server, "c", "second c");
    // One that never was a scenario brings nothing, and holds up nobody either.
    std::fs::write(file("d.json"), "[{").unwrap();
    std::fs::write(file("b.yaml"), rule("[a, b]", "third b")).unwrap();
    becomes(&server, "b", "third b");
    let shown = server.ask("GET /__mock/scenario", "", "").json();
    let told = shown["refused"].to_string();
    assert!(told.contains("a.yaml") && told.contains("d.json"), "{told}");
    assert_eq!(shown["rules"], 3, "{shown}");

    // Gone for a while, the file by itself is what it was, and those of the folder go on.
    std::fs::remove_file(&alone).unwrap();
    std::fs::remove_file(file("d.json")).unwrap();
    std::fs::write(file("a.yaml"), rule("a", "third a")).unwrap();
    becomes(&server, "a", "third a");
    assert!(says(&server, "c").contains("second c"));
    std::fs::write(&alone, rule("c", "third c")).unwrap();
    becomes(&server, "c", "third c");
    let shown = server.ask("GET /__mock/scenario", "", "").json();
    assert_eq!(shown["refused"], serde_json::json!([]));
}

#[test]
fn a_widget_that_is_wrong_keeps_the_rules_that_name_it_until_it_is_mended() {
    let home = tempfile::tempdir().unwrap();
    let widget = home.path().join("w.widget");
    let card = |text: &str| {
        format!(r#"{{"type":"Card","children":[{{"type":"Text","value":"{text}"}}]}}"#)
    };
    let of = |text: &str| {
        let (template, root) = (card(text), card(text));
        let template = serde_json::Value::from(template);
        format!(
            r#"{{"version":"1.0","name":"w","template":{template},"jsonSchema":{{"type":"object"}},"outputJsonPreview":{root}}}"#
        )
    };
    std::fs::write(&widget, of("before")).unwrap();
    std::fs::write(
        home.path().join("a.yaml"),
        "- when: a\n  then: [{widget: {file: w.widget}}]\n",
    )
    .unwrap();
    std::fs::write(home.path().join("b.yaml"), rule("b", "first b")).unwrap();
    let server = serve(&[home.path()]);
    becomes(&server, "a", "before");
    std::fs::write(&widget, "{").unwrap();
    refused(&server);
    std::fs::write(home.path().join("b.yaml"), rule("b", "second b")).unwrap();
    becomes(&server, "b", "second b");
    assert!(says(&server, "a").contains("before"));
    std::fs::write(&widget, of("after")).unwrap();
    becomes(&server, "a", "after");
}

#[test]
fn a_widget_file_that_a_scenario_names_is_read_again_too() {
    let home = tempfile::tempdir().unwrap();
    let widget = |label: &str| {
        serde_json::json!({
            "version": "1.0", "name": "w", "jsonSchema": {"type": "object"},
            "template": format!(r#"{{"type":"Card","children":[{{"type":"Text","value":"{label}"}}]}}"#),
            "outputJsonPreview": {"type": "Card", "children": [{"type": "Text", "value": label}]},
        })
        .to_string()
    };
    let (file, parts) = (home.path().join("s.yaml"), home.path().join("parts"));
    std::fs::create_dir(&parts).unwrap();
    std::fs::write(parts.join("w.widget"), widget("before")).unwrap();
    std::fs::write(&file, "- then: [{widget: {file: parts/w.widget}}]\n").unwrap();
    let server = serve(&[&file]);
    becomes(&server, "a", "before");
    std::fs::write(parts.join("w.widget"), widget("after")).unwrap();
    becomes(&server, "a", "after");
}

#[test]
fn a_scenario_that_was_put_stays_until_it_is_deleted_whatever_is_saved() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("s.yaml");
    std::fs::write(&file, rule("a", "from the file")).unwrap();
    let server = serve(&[&file]);
    let put = server.ask("PUT /__mock/scenario", "", &rule("a", "from the request"));
    assert_eq!(put.status(), 200);
    std::fs::write(&file, rule("a", "from the file anew")).unwrap();
    assert!(says(&server, "a").contains("from the request"));
    let end = Instant::now() + PATIENCE;
    loop {
        // What was saved meanwhile is what is given back.
        assert_eq!(server.ask("DELETE /__mock/scenario", "", "").status(), 200);
        if says(&server, "a").contains("from the file anew") {
            break;
        }
        assert!(Instant::now() < end, "the file was never read again");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_is_wrong_with_a_file_is_said_once_and_not_at_every_save_of_its_siblings() {
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name);
    let shadowed = rule("a", "1") + &rule("a", "2");
    std::fs::write(at("odd.yaml"), &shadowed).unwrap();
    std::fs::write(at("good.yaml"), rule("good", "0")).unwrap();
    let folder = home.path().to_str().unwrap().to_owned();
    let log = std::fs::File::create(at("log")).unwrap();
    let server = Server::telling(&["--pace", "0", "--strict", "--scenario", &folder], log);
    let said = |text: &str| {
        let log = std::fs::read_to_string(at("log")).unwrap();
        log.matches(text).count()
    };
    let is_said = |text: &str, times: usize| {
        let end = Instant::now() + PATIENCE;
        while said(text) < times {
            assert!(Instant::now() < end, "{text}: never said {times} times");
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(said(text), times, "{text}");
    };
    std::fs::write(at("bad.yaml"), "- then:\n  - txet: b\n").unwrap();
    is_said("it is left out", 1);
    for round in 1..4 {
        let then = format!("round {round}");
        std::fs::write(at("good.yaml"), rule("good", &then)).unwrap();
        becomes(&server, "good", &then);
        is_said("scenario read again", round);
    }
    is_said("it is left out", 1);
    is_said("odd.yaml:3", 1);
    // Whoever saves the file itself hears that it is wrong still.
    std::fs::write(at("bad.yaml"), "- then:\n  - txet: c\n").unwrap();
    is_said("it is left out", 2);
    std::fs::write(at("bad.yaml"), rule("bad", "good now")).unwrap();
    becomes(&server, "bad", "good now");
    is_said("odd.yaml:3", 1);
}

#[cfg(unix)]
#[test]
fn what_a_symbolic_link_leads_to_is_read_again_wherever_it_lies() {
    use std::os::unix::fs::symlink;

    let (home, away) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let real = away.path().join("real.yaml");
    std::fs::write(&real, rule("a", "first")).unwrap();
    let link = home.path().join("link.yaml");
    symlink(&real, &link).unwrap();
    // Releases, of which a link names the one in force.
    for (release, then) in [("1", "release 1"), ("2", "release 2")] {
        let folder = away.path().join(release);
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("b.yaml"), rule("b", then)).unwrap();
    }
    let current = home.path().join("current");
    symlink(away.path().join("1"), &current).unwrap();
    let server = serve(&[&link, &current.join("b.yaml")]);
    becomes(&server, "a", "first");
    becomes(&server, "b", "release 1");

    std::fs::write(&real, rule("a", "second")).unwrap();
    becomes(&server, "a", "second");
    let next = home.path().join("next");
    symlink(away.path().join("2"), &next).unwrap();
    std::fs::rename(&next, &current).unwrap();
    becomes(&server, "b", "release 2");
}

#[cfg(unix)]
#[test]
fn a_folder_that_a_cluster_mounts_is_read_again_when_its_data_are_swapped() {
    use std::os::unix::fs::symlink;

    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name);
    let mount = |version: &str, then: &str| {
        std::fs::create_dir(at(version)).unwrap();
        std::fs::write(at(version).join("shop.yaml"), rule("a", then)).unwrap();
        symlink(version, at("..data_tmp")).unwrap();
        std::fs::rename(at("..data_tmp"), at("..data")).unwrap();
    };
    mount("..2026_11_20", "yesterday");
    symlink("..data/shop.yaml", at("shop.yaml")).unwrap();
    let server = serve(&[home.path()]);
    becomes(&server, "a", "yesterday");
    mount("..2026_11_21", "today");
    std::fs::remove_dir_all(at("..2026_11_20")).unwrap();
    becomes(&server, "a", "today");
}

#[cfg(unix)]
#[test]
fn a_file_that_is_slow_to_read_holds_nobody_up() {
    use std::io::Write as _;

    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("a.yaml");
    std::fs::write(&file, rule("a", "before")).unwrap();
    let server = serve(&[&file]);
    becomes(&server, "a", "before");
    let pipe = pipe(home.path());
    std::fs::rename(pipe, &file).unwrap();
    // That it can be opened for writing says that somebody reads.
    let mut slow = std::fs::OpenOptions::new().write(true).open(&file).unwrap();
    assert!(says(&server, "a").contains("before"));
    slow.write_all(rule("a", "after").as_bytes()).unwrap();
    drop(slow);
    becomes(&server, "a", "after");
}

#[cfg(unix)]
#[test]
fn what_comes_from_a_pipe_is_read_once() {
    let home = tempfile::tempdir().unwrap();
    let pipe = pipe(home.path());
    let writer = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::write(pipe, rule("a", "piped")).unwrap()
    });
    let server = serve(&[&pipe]);
    writer.join().unwrap();
    becomes(&server, "a", "piped");
    let shown = server.ask("GET /__mock/scenario", "", "").json();
    assert_eq!(shown["refused"], serde_json::json!([]), "{shown}");
}

/// A pipe with a name.
#[cfg(unix)]
pub fn pipe(folder: &Path) -> std::path::PathBuf {
    let pipe = folder.join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    pipe
}
