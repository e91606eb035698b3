//! The reports for machines and colleagues, each against what its format asks for.

use serde_json::Value;

use super::check;

/// A run with one failure, one that is skipped and some that pass.
const RUN: &[&str] = &[
    "--only",
    "speed",
    "--only",
    "session/created",
    "--max-ttfb",
    "0.000001",
];

/// The report of a run in a file.
fn report(format: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report");
    let wanted = format!("{format}={}", path.display());
    check(&[RUN, &["--report", &wanted]].concat()).code(3);
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 1, "nothing stands beside the report");
    std::fs::read_to_string(&path).unwrap()
}

#[test]
fn junit_counts_what_failed_and_what_was_skipped() {
    let xml = report("junit");
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"chatkit check\" tests=\"5\" failures=\"1\" errors=\"0\""), "{xml}");
    assert!(
        xml.contains("<testcase name=\"speed/turn\" classname=\"chatkit.speed\"/>"),
        "{xml}"
    );
    assert!(
        xml.contains("<failure message=\"request 1, threads.create, frame 1: it came after"),
        "{xml}"
    );
    assert!(
        xml.contains("<skipped message=\"the backend is not the hosted service"),
        "{xml}"
    );
}

#[test]
fn tap_has_a_plan_and_a_block_for_what_failed() {
    let tap = report("tap");
    let lines: Vec<_> = tap.lines().collect();
    assert_eq!(
        &lines[..5],
        [
            "TAP version 14",
            "1..5",
            "not ok 1 - speed/first-event",
            "  ---",
            "  severity: must"
        ]
    );
    let end = lines.iter().position(|line| *line == "  ...").unwrap();
    assert_eq!(lines[end + 1], "ok 2 - speed/first-text");
    assert!(
        lines
            .last()
            .unwrap()
            .starts_with("ok 5 - session/created # SKIP the backend")
    );
}

#[test]
fn json_holds_everything() {
    let json: Value = serde_json::from_str(&report("json")).unwrap();
    assert_eq!(json["version"], 1);
    assert_eq!(json["ok"], false);
    assert_eq!(json["failure"], "1 check failed");
    assert_eq!(json["summary"]["failed"], 1);
    assert_eq!(json["rules"][0]["outcome"], "failed");
    assert_eq!(json["rules"][0]["findings"][0]["frame"], 1);
    assert_eq!(json["rules"][0]["severity"], "must");
}

#[test]
fn github_gets_one_line_for_each_annotation() {
    let outcome = check(&[RUN, &["--report", "github", "-q"]].concat()).code(3);
    let commands: Vec<_> = outcome
        .stdout
        .lines()
        .filter(|line| line.starts_with("::"))
        .collect();
    assert!(commands[0].starts_with(
        "::error title=speed/first-event (must)::request 1, threads.create, frame 1: it came after"
    ));
    assert!(commands[0].contains("%0Afix: "));
    assert!(
        commands[1].starts_with("::notice title=chatkit check::http"),
        "{commands:?}"
    );
    assert_eq!(commands.len(), 2);
}

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    let page = report("html");
    assert!(page.starts_with("<!doctype html>"));
    for foreign in [
        "<script", "<link", "<img", "<iframe", "src=", "url(", "@import",
    ] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    assert!(page.contains("default-src 'none'"));
    assert!(page.contains("<code>speed&#x2f;first-event</code> (must)"));
    // What failed is named at the top, and leads to where it stands.
    let link = page.find("<a href=\"#speed&#x2f;first-event\">").unwrap();
    let place = page
        .find("<details id=\"speed&#x2f;first-event\" open>")
        .unwrap();
    assert!(link < page.find("<h2>").unwrap() && link < place);
    assert!(
        page.contains("&quot;thread.created&quot;") || page.contains("&quot;type&quot;"),
        "escaped"
    );
}

#[test]
fn json_on_stdout_is_the_report_and_nothing_else() {
    let outcome = check(&[RUN, &["--json"]].concat()).code(3);
    assert_eq!(outcome.json()["failure"], "1 check failed");
    check(&["--json", "--report", "github"])
        .error("--json and a report on stdout cannot be used together")
        .code(2);
}

#[test]
fn two_reports_in_one_place_are_refused_before_anything_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report");
    let place = path.display().to_string();
    let (junit, tap) = (format!("junit={place}"), format!("tap={place}"));
    let run = check(&[RUN, &["--report", &junit, "--report", &tap]].concat()).code(2);
    let refusal = format!("two reports cannot both be written to {place}");
    assert!(run.stderr.contains(&refusal), "{}", run.stderr);
    assert!(!path.exists());
    let both = ["--report", "github", "--report", "tap=-"];
    let run = check(&[RUN, &both].concat()).code(2);
    assert!(run.stderr.contains("both be written to stdout"));
}
