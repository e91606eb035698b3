//! The words that change the thread itself: its title and its status.

use super::super::script::{Script, Step};
use super::prose::code;
use super::stage::{Scene, chain, done, steps};
use super::widget;
use crate::protocol::ThreadStatus;

/// The title that `title` gives where none is asked for.
const TITLE: &str = "A tour of the showcase";

/// `title [TEXT]`: the thread gets a title.
pub(super) fn title(scene: &Scene, argument: &str) -> Script {
    let title = if argument.is_empty() { TITLE } else { argument };
    chain(vec![
        scene.text(&format!("The thread is called {} now.", code(title))),
        steps(vec![Step::Title(Some(title.into()))]),
    ])
}

/// `lock`: the thread takes no messages for now.
pub(super) fn lock(scene: &Scene) -> Script {
    let reason = "The mock locked this thread, as it was asked to.".to_owned();
    shut(scene, "locked", ThreadStatus::locked(Some(reason)))
}

/// `close`: the thread takes no messages any more.
pub(super) fn close(scene: &Scene) -> Script {
    let reason = "The mock closed this thread, as it was asked to.".to_owned();
    shut(scene, "closed", ThreadStatus::closed(Some(reason)))
}

/// `open`, and the button that `lock` and `close` leave behind: the thread takes messages again.
pub(super) fn open(scene: &Scene) -> Script {
    chain(vec![
        steps(vec![Step::Status(ThreadStatus::default())]),
        scene.text("The thread is active."),
    ])
}

/// Shuts the thread, with a way back: a page hides the composer, so that `show open` cannot be said.
fn shut(scene: &Scene, how: &str, status: ThreadStatus) -> Script {
    let text = format!(
        "The thread is {how} now. `show open` makes it active again, and so does this button."
    );
    chain(vec![
        scene.text(&text),
        steps(vec![
            done(scene.widget(widget::named("reopen"), None)),
            Step::Status(status),
        ]),
    ])
}
