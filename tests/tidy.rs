//! The rules that a review would say twice: layers, short files, a head on each.
//!
//! That only `ui.rs` prints is clippy's to say (`print_stdout`, `print_stderr`).
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The layers from bottom to top; a file uses its own layer and those of the list beside it.
const LAYERS: &[(&str, &[&str])] = &[
    ("protocol", &[]),
    ("cancel", &[]),
    ("atomic_file", &[]),
    ("plural", &[]),
    ("byte_order_mark", &[]),
    ("secret", &[]),
    ("error", &["protocol", "plural"]),
    ("transcript", &["protocol"]),
    ("template", &["protocol"]),
    ("store", &["protocol", "error", "transcript"]),
    (
        "cassette",
        &[
            "protocol",
            "error",
            "atomic_file",
            "byte_order_mark",
            "secret",
        ],
    ),
    ("render", &["protocol", "error", "transcript"]),
    ("client", &["protocol", "error", "cancel", "secret"]),
    (
        "server",
        &[
            "protocol",
            "error",
            "plural",
            "byte_order_mark",
            "cancel",
            "transcript",
            "store",
            "cassette",
            "template",
        ],
    ),
    (
        "check",
        &[
            "protocol",
            "error",
            "plural",
            "byte_order_mark",
            "cancel",
            "transcript",
            "render",
            "client",
            "cassette",
        ],
    ),
    (
        "replay",
        &[
            "protocol",
            "error",
            "plural",
            "cancel",
            "transcript",
            "render",
            "client",
            "cassette",
        ],
    ),
    // Pure: it is told what was found on the way to a backend, and says what it means.
    ("doctor", &["error", "plural", "client"]),
    ("options", &[]),
    ("config", &["error", "byte_order_mark", "options", "secret"]),
    ("ui", &["error", "cancel", "options", "render", "secret"]),
    // What `chat` shares with `send` and others: turns, recordings, answers.
    (
        "conversation",
        &[
            "protocol",
            "error",
            "cancel",
            "transcript",
            "render",
            "client",
            "cassette",
            "ui",
        ],
    ),
    (
        "repl",
        &[
            "protocol",
            "error",
            "plural",
            "cancel",
            "transcript",
            "render",
            "client",
            "ui",
            "atomic_file",
            "byte_order_mark",
            "conversation",
        ],
    ),
    (
        "command",
        &[
            "protocol",
            "error",
            "plural",
            "byte_order_mark",
            "cancel",
            "atomic_file",
            "transcript",
            "template",
            "render",
            "client",
            "server",
            "store",
            "cassette",
            "check",
            "replay",
            "doctor",
            "config",
            "ui",
            "options",
            "conversation",
            "repl",
        ],
    ),
    ("cli", &["error", "options", "command", "secret"]),
];

/// Crates that a layer must not know.
const FOREIGN: &[(&str, &[&str])] = &[
    (
        "protocol",
        &["tokio", "reqwest", "axum", "hyper", "clap", "tracing"],
    ),
    (
        "transcript",
        &["tokio", "reqwest", "axum", "hyper", "clap", "serde_json"],
    ),
    ("render", &["tokio", "reqwest", "axum", "hyper", "clap"]),
    ("store", &["reqwest", "axum", "hyper", "clap"]),
    ("client", &["axum", "clap"]),
    ("server", &["reqwest", "clap"]),
    ("check", &["reqwest", "axum", "hyper", "clap"]),
    ("replay", &["reqwest", "axum", "hyper", "clap"]),
    ("doctor", &["tokio", "reqwest", "axum", "hyper", "clap"]),
    ("command", &["reqwest", "axum", "hyper"]),
    ("conversation", &["reqwest", "axum", "hyper", "clap"]),
    ("repl", &["reqwest", "axum", "hyper", "clap"]),
];

/// What only one file may say.
const ALONE: &[(&str, &[&str])] = &[
    ("io::stdout", &["src/ui.rs"]),
    ("io::stderr", &["src/ui.rs", "src/ui/log.rs"]),
    ("ctrl_c", &["src/main.rs", "src/cli.rs"]),
    ("env::var", &["src/config/surroundings.rs", "src/ui.rs"]),
    ("process::exit", &["src/main.rs"]),
];

/// Files that may be longer than 400 lines, because they are tables.
const LONG: &[&str] = &[];

const MAX_LINES: usize = 400;

struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The first part of the path below `src`.
    fn layer(&self) -> &str {
        let below = self.path.trim_start_matches("src/");
        below.split(['/', '.']).next().unwrap_or(below)
    }

    /// The text without the tests at its end, which may do as they like.
    fn code(&self) -> &str {
        let end = self.text.find("#[cfg(test)]");
        if self.is_test() {
            return "";
        }
        &self.text[..end.unwrap_or(self.text.len())]
    }

    fn is_test(&self) -> bool {
        self.path.ends_with("tests.rs") || self.path.ends_with("loopback.rs")
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        let lines = self.code().lines().map(str::trim);
        lines.filter(|line| !line.starts_with("//"))
    }
}

fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    walk(&root.join(folder), &mut paths);
    paths.sort();
    assert!(!paths.is_empty(), "no sources in {folder}");
    paths
        .into_iter()
        .map(|path| Source {
            text: std::fs::read_to_string(&path).unwrap(),
            path: path
                .strip_prefix(root)
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/"),
        })
        .collect()
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

#[track_caller]
fn none(found: &[String], rule: &str) {
    assert!(found.is_empty(), "{rule}:\n{}", found.join("\n"));
}

/// The names behind `crate::` in a line, also in `use crate::{a, b::c}`.
fn used_modules(line: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for (at, _) in line.match_indices("crate::") {
        let rest = &line[at + "crate::".len()..];
        let names = rest
            .strip_prefix('{')
            .map_or(rest, |list| list.split('}').next().unwrap());
        let names = if rest.starts_with('{') {
            names
        } else {
            rest.split([',', ';']).next().unwrap()
        };
        for name in names.split(',') {
            let name: String = name
                .trim()
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            used.insert(name);
        }
    }
    used
}

#[test]
fn arrows_point_down() {
    let mut found = Vec::new();
    for source in sources("src") {
        let layer = source.layer().to_owned();
        if matches!(layer.as_str(), "main" | "lib") {
            continue;
        }
        let Some((_, below)) = LAYERS.iter().find(|(name, _)| *name == layer) else {
            found.push(format!(
                "{}: the layer '{layer}' is not in the list",
                source.path
            ));
            continue;
        };
        for line in source.lines() {
            for used in used_modules(line) {
                let known = LAYERS.iter().any(|(name, _)| *name == used);
                if known && used != layer && !below.contains(&used.as_str()) {
                    found.push(format!("{}: {line}", source.path));
                }
            }
        }
    }
    none(&found, "a layer uses one above or beside it");
}

#[test]
fn a_layer_does_not_know_what_is_not_its_business() {
    let mut found = Vec::new();
    for source in sources("src") {
        let foreign = FOREIGN.iter().filter(|(layer, _)| *layer == source.layer());
        for name in foreign.flat_map(|(_, names)| *names) {
            let uses = |line: &&str| {
                line.starts_with(&format!("use {name}")) || line.contains(&format!(" {name}::"))
            };
            found.extend(
                source
                    .lines()
                    .filter(uses)
                    .map(|line| format!("{}: {line}", source.path)),
            );
        }
    }
    none(&found, "a layer uses a crate that it must not know");
}

#[test]
fn some_things_are_done_in_one_place_only() {
    let mut found = Vec::new();
    for source in sources("src") {
        for (what, allowed) in ALONE {
            if !allowed.contains(&source.path.as_str()) {
                let lines = source.lines().filter(|line| line.contains(what));
                found.extend(lines.map(|line| format!("{}: {line}", source.path)));
            }
        }
    }
    none(&found, "this belongs into one file");
}

#[test]
fn every_file_says_what_it_is() {
    let mut found = Vec::new();
    for folder in ["src", "tests", "benches"] {
        if !Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).exists() {
            continue;
        }
        for source in sources(folder) {
            // Tests that belong to a file stand under its head.
            if !source.text.starts_with("//!") && !source.path.ends_with("/tests.rs") {
                found.push(source.path);
            }
        }
    }
    none(&found, "a file begins with //!");
}

#[test]
fn no_file_is_long() {
    let mut found = Vec::new();
    for folder in ["src", "tests"] {
        for source in sources(folder) {
            // Tests stand at the end of a file and may be as many as they need to be.
            let lines = source.code().lines().count();
            if lines > MAX_LINES && !LONG.contains(&source.path.as_str()) {
                found.push(format!("{}: {lines} lines", source.path));
            }
        }
    }
    none(&found, "a file is rarely longer than 400 lines");
}

#[test]
fn the_reader_of_these_rules_reads() {
    let names = |line| used_modules(line).into_iter().collect::<Vec<_>>();
    assert_eq!(
        names("use crate::{client, server::Mock};"),
        ["client", "server"]
    );
    assert_eq!(
        names("    crate::ui::text(crate::render::x);"),
        ["render", "ui"]
    );
    assert_eq!(names("use super::x;"), Vec::<String>::new());
}
