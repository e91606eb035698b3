//! The words whose events are no part of the thread: progress, notices, effects.

use serde_json::json;

use super::super::script::{Script, Step};
use super::prose::code;
use super::stage::{Scene, chain, steps};
use crate::protocol::{ClientEffect, Event, Extra, Level, Notice, Object, Progress};

/// What `progress` says, each with its icon; the last has none, because an icon may be absent.
const PROGRESS: &[(&str, Option<&str>)] = &[
    ("Searching the handbook…", Some("search")),
    ("Reading chapter 3…", Some("book-open")),
    ("Checking the numbers…", Some("analytics")),
    ("Writing the answer…", None),
];

/// `progress`: several lines, each in the place of the one before it, then a text.
pub(super) fn progress(scene: &Scene) -> Script {
    let lines = PROGRESS
        .iter()
        .flat_map(|(text, icon)| {
            let progress = Progress {
                text: (*text).into(),
                icon: icon.map(Into::into),
                extra: Extra::default(),
            };
            [Step::Event(Event::Progress(progress)), scene.beat()]
        })
        .collect();
    chain(vec![
        steps(lines),
        scene.text("That was the progress. It is gone now that the answer is here."),
    ])
}

/// `notice [LEVEL]`: one notice, or one of each level.
pub(super) fn notice(scene: &Scene, argument: &str) -> Script {
    let all = [Level::Info, Level::Warning, Level::Danger];
    let levels: Vec<Level> = match Level::from(argument.to_lowercase()) {
        Level::Other(word) if word.is_empty() => all.into(),
        Level::Other(word) => {
            return scene.text(&format!(
                "There is no level {}. A notice is `info`, `warning` or `danger`.",
                code(&word)
            ));
        }
        level => vec![level],
    };
    let notices = levels
        .into_iter()
        .flat_map(|level| [Step::Event(Event::Notice(notice_of(level))), scene.beat()])
        .collect();
    chain(vec![
        steps(notices),
        scene
            .text("A notice is no part of the thread: it is gone once the thread is loaded again."),
    ])
}

/// `effect`: something for the page to do.
pub(super) fn effect(scene: &Scene) -> Script {
    let data = [
        ("element".to_owned(), json!("sidebar")),
        ("color".to_owned(), json!("#fde68a")),
        ("seconds".to_owned(), json!(3)),
    ];
    let effect = ClientEffect {
        name: "highlight".into(),
        data: Object::from_iter(data),
        extra: Extra::default(),
    };
    chain(vec![
        steps(vec![Step::Event(Event::ClientEffect(effect))]),
        scene.text("The page was sent the effect `highlight`, which its `onEffect` handler gets."),
    ])
}

fn notice_of(level: Level) -> Notice {
    let (title, message) = match level {
        Level::Warning => (
            "Nearly used up",
            "You have **3 messages** left today. [See the plans](https://example.com/plans).",
        ),
        Level::Danger => (
            "Not saved",
            "The last change could **not** be saved. Try again in `30 s`.",
        ),
        _ => (
            "Good to know",
            "This is a notice with *Markdown* and a [link](https://example.com).",
        ),
    };
    Notice {
        level,
        message: message.into(),
        title: Some(title.into()),
        extra: Extra::default(),
    }
}
