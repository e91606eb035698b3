//! Completion and hints: what may stand next, as a function of the line and of what is known.

use std::path::{MAIN_SEPARATOR, Path};

use crate::render::clean_line;
use crate::repl::input::COMMANDS;
use crate::repl::seen::SeenThreads;

/// What can be completed besides commands and file names.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    /// The threads that were listed or opened, until now.
    pub threads: SeenThreads,
    /// The items of this thread: id and kind.
    pub items: Vec<(String, String)>,
    /// The models that were asked for.
    pub models: Vec<String>,
    /// The tools that were asked for or called.
    pub tools: Vec<String>,
    /// The actions on the screen: number and label, cleaned.
    pub actions: Vec<(String, String)>,
}

/// One way to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What is listed.
    pub shown: String,
    /// What takes the place of the word.
    pub text: String,
}

impl Candidate {
    fn plain(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            shown: text.clone(),
            text,
        }
    }

    fn labelled((text, label): &(String, String)) -> Self {
        Self {
            shown: format!("{text}  {label}"),
            text: text.clone(),
        }
    }
}

/// Where the word that ends at the cursor begins, and what it may become.
pub fn complete(line: &str, known: &Knowledge) -> (usize, Vec<Candidate>) {
    let Some(command) = line.strip_prefix('/') else {
        return mention(line, known);
    };
    let Some((name, rest)) = command.split_once(' ') else {
        let names = COMMANDS.iter().map(|spec| Candidate {
            shown: format!("/{} {}", spec.name, spec.arguments),
            text: if spec.arguments.is_empty() {
                format!("/{}", spec.name)
            } else {
                format!("/{} ", spec.name)
            },
        });
        return (0, beginning_with(line, names));
    };
    let start = line.len() - rest.len();
    let candidates: Vec<Candidate> = match name {
        "open" => {
            let threads = known.threads.listed();
            threads.iter().map(Candidate::labelled).collect()
        }
        "model" => known.models.iter().map(Candidate::plain).collect(),
        "tool" => known.tools.iter().map(Candidate::plain).collect(),
        "click" => known.actions.iter().map(Candidate::labelled).collect(),
        "attach" | "save" => return (start, files(rest)),
        _ => return (start, Vec::new()),
    };
    (start, beginning_with(rest, candidates.into_iter()))
}

/// In a message, ids of items can be completed, once as much is typed as no other word begins with.
fn mention(line: &str, known: &Knowledge) -> (usize, Vec<Candidate>) {
    let start = line.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let word = &line[start..];
    if word.is_empty() {
        return (start, Vec::new());
    }
    let threads = known.threads.listed();
    let ids = known.items.iter().chain(&threads);
    (start, beginning_with(word, ids.map(Candidate::labelled)))
}

fn beginning_with(word: &str, all: impl Iterator<Item = Candidate>) -> Vec<Candidate> {
    all.filter(|candidate| candidate.text.starts_with(word))
        .collect()
}

/// The files that the typed path may become; folders end in a separator, so that one can go on.
fn files(typed: &str) -> Vec<Candidate> {
    let typed = typed.replace("\\ ", " ");
    let split = typed.rfind(['/', MAIN_SEPARATOR]).map_or(0, |at| at + 1);
    let (folder, name) = typed.split_at(split);
    let read = std::fs::read_dir(if folder.is_empty() {
        Path::new(".")
    } else {
        Path::new(folder)
    });
    let mut found: Vec<Candidate> = read
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let file = entry.file_name().into_string().ok()?;
            let hidden = file.starts_with('.') && !name.starts_with('.');
            // A name that has to be cleaned could steer the terminal that lists it.
            let odd = file.split(' ').any(|word| clean_line(word) != word);
            if hidden || odd || !file.starts_with(name) {
                return None;
            }
            let end = if entry.path().is_dir() { "/" } else { "" };
            Some(Candidate {
                text: format!("{folder}{file}{end}").replace(' ', "\\ "),
                shown: format!("{file}{end}"),
            })
        })
        .collect();
    found.sort_by(|a, b| a.shown.cmp(&b.shown));
    found
}

/// What is shown behind the cursor, dim, and whether it is the rest of what is being typed: the
/// rest of a command, or what the command takes.
pub fn hint(line: &str) -> Option<(String, bool)> {
    let command = line.strip_prefix('/').filter(|rest| !rest.is_empty())?;
    if let Some(name) = command.strip_suffix(' ') {
        let spec = COMMANDS.iter().find(|spec| spec.name == name)?;
        return (!spec.arguments.is_empty()).then(|| (spec.arguments.to_owned(), false));
    }
    let mut matching = COMMANDS
        .iter()
        .filter(|spec| spec.name.starts_with(command));
    let spec = matching.next()?;
    if spec.name == command {
        return (!spec.arguments.is_empty()).then(|| (format!(" {}", spec.arguments), false));
    }
    // Of several, none is suggested: the right arrow would take the wrong one.
    let is_only = matching.next().is_none();
    is_only.then(|| (spec.name[command.len()..].to_owned(), true))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::protocol::from_value;

    fn known() -> Knowledge {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let threads = SeenThreads::default();
        for (id, title) in [("thr_1", "Cats"), ("thr_2", "Dogs")] {
            let json = json!({"id": id, "title": title, "created_at": "2026-11-20T10:00:00"});
            threads.see(&from_value(json).unwrap());
        }
        Knowledge {
            threads,
            items: vec![pair("msg_9", "assistant")],
            models: vec!["gpt-5".into()],
            tools: vec!["search".into()],
            actions: vec![pair("1", "Buy")],
        }
    }

    fn texts(line: &str) -> Vec<String> {
        let (_, candidates) = complete(line, &known());
        candidates
            .into_iter()
            .map(|candidate| candidate.text)
            .collect()
    }

    #[test]
    fn commands_are_completed_with_room_for_what_they_take() {
        assert_eq!(texts("/thr"), ["/threads"]);
        assert_eq!(texts("/t"), ["/threads", "/tag ", "/tool ", "/timing"]);
        assert_eq!(
            texts("/"),
            COMMANDS
                .iter()
                .map(|spec| {
                    let room = if spec.arguments.is_empty() { "" } else { " " };
                    format!("/{}{room}", spec.name)
                })
                .collect::<Vec<_>>()
        );
    }

    #[test]
    fn arguments_are_completed_from_what_was_seen() {
        assert_eq!(texts("/open thr_"), ["thr_1", "thr_2"]);
        assert_eq!(texts("/model g"), ["gpt-5"]);
        assert_eq!(texts("/tool "), ["search"]);
        assert_eq!(texts("/click "), ["1"]);
        assert_eq!(texts("what is msg"), ["msg_9"]);
        assert_eq!(texts("what is "), Vec::<String>::new());
        assert_eq!(complete("/open thr_", &known()).0, 6);
    }

    #[test]
    fn file_names_are_completed_folder_by_folder_with_their_spaces_escaped() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        let pile = format!("my{}", "\u{301}".repeat(40));
        let names = [
            "my file.txt",
            ".hidden",
            "other",
            "my\u{202e}txt.exe",
            &pile,
        ];
        for name in names {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let at = folder.path().display().to_string().replace(' ', "\\ ");
        assert_eq!(
            texts(&format!("/attach {at}/my")),
            [format!("{at}/my\\ file.txt")]
        );
        assert_eq!(texts(&format!("/attach {at}/s")), [format!("{at}/sub/")]);
        assert_eq!(texts(&format!("/save {at}/")).len(), 3);
        assert_eq!(texts(&format!("/save {at}/.h")), [format!("{at}/.hidden")]);
    }

    #[test]
    fn a_hint_is_the_rest_or_what_the_command_takes() {
        let hint = |line| super::hint(line).map(|(text, _)| text);
        assert_eq!(hint("/he").as_deref(), Some("lp"));
        assert_eq!(hint("/t"), None);
        assert_eq!(hint("/open").as_deref(), Some(" ID"));
        assert_eq!(hint("/open ").as_deref(), Some("ID"));
        assert_eq!(hint("/new"), None);
        assert_eq!(hint("hello"), None);
        assert_eq!(hint("/"), None);
    }
}
