//! The words of `show WORD`: one table that both lists and plays them, so that they cannot differ.

use super::super::script::Script;
use super::stage::Scene;
use super::{all, edit, fault, form, image, reply, signal, text, thread, tool, widget, work};

/// One word of the showcase.
pub(in crate::server) struct Word {
    /// The word, and what may stand behind it.
    pub usage: &'static str,
    /// What it shows.
    pub meaning: &'static str,
    play: fn(&Scene, &str) -> Script,
}

/// Every word: the showcase's list of contents, and a checklist for a frontend.
pub(in crate::server) static WORDS: &[Word] = &[
    Word {
        usage: "text [N]",
        meaning: "N words, a delta each",
        play: text::words,
    },
    Word {
        usage: "markdown",
        meaning: "every Markdown construct",
        play: |scene, _| text::markdown(scene),
    },
    Word {
        usage: "cite",
        meaning: "references to a page, a file and an entity",
        play: |scene, _| text::cite(scene),
    },
    Word {
        usage: "workflow [KIND]",
        meaning: "a workflow with every kind of task: `reasoning` with its duration, or `custom` with a title",
        play: work::workflow,
    },
    Word {
        usage: "task",
        meaning: "a task outside a workflow",
        play: |scene, _| work::task(scene),
    },
    Word {
        usage: "progress",
        meaning: "lines of progress with icons, then a text",
        play: |scene, _| signal::progress(scene),
    },
    Word {
        usage: "notice [LEVEL]",
        meaning: "a notice: `info`, `warning`, `danger`, or all three",
        play: signal::notice,
    },
    Word {
        usage: "effect",
        meaning: "a client effect with data",
        play: |scene, _| signal::effect(scene),
    },
    Word {
        usage: "title [TEXT]",
        meaning: "another title of the thread",
        play: thread::title,
    },
    Word {
        usage: "widget [NAME]",
        meaning: "a card that streams and has buttons, or `list`, `form`, `chart`, `gallery` (every component)",
        play: widget::show,
    },
    Word {
        usage: "form",
        meaning: "structured input: one choice, several choices, a text",
        play: |scene, _| form::ask(scene),
    },
    Word {
        usage: "tool [NAME] [JSON]",
        meaning: "a client tool call, which ends the turn",
        play: tool::call,
    },
    Word {
        usage: "image",
        meaning: "a generated image, sharper from version to version",
        play: |scene, _| image::generate(scene),
    },
    Word {
        usage: "replace",
        meaning: "a message that another one takes the place of",
        play: |scene, _| edit::replace(scene),
    },
    Word {
        usage: "remove",
        meaning: "a message that goes away again",
        play: |scene, _| edit::remove(scene),
    },
    Word {
        usage: "hidden",
        meaning: "context that is stored and never sent",
        play: |scene, _| edit::hide(scene),
    },
    Word {
        usage: "end",
        meaning: "a text, and the mark that the turn ends",
        play: |scene, _| edit::end(scene),
    },
    Word {
        usage: "recall",
        meaning: "what was said first in the thread",
        play: |scene, _| reply::recall(scene),
    },
    Word {
        usage: "lock",
        meaning: "a locked thread, with a reason",
        play: |scene, _| thread::lock(scene),
    },
    Word {
        usage: "close",
        meaning: "a closed thread, with a reason",
        play: |scene, _| thread::close(scene),
    },
    Word {
        usage: "open",
        meaning: "an active thread again",
        play: |scene, _| thread::open(scene),
    },
    Word {
        usage: "error [MESSAGE]",
        meaning: "an error of the app's own, which may be retried",
        play: |_, message| fault::error(message),
    },
    Word {
        usage: "crash",
        meaning: "an answer that fails in its middle (`stream.error`)",
        play: |scene, _| fault::crash(scene),
    },
    Word {
        usage: "drop",
        meaning: "a connection that dies in the middle of the answer",
        play: |scene, _| fault::cut(scene),
    },
    Word {
        usage: "slow [N]",
        meaning: "a word every 100 ms, whatever the pace",
        play: text::slow,
    },
    Word {
        usage: "all",
        meaning: "everything that is no error, in one turn",
        play: |scene, _| all::show(scene),
    },
];

impl Word {
    /// The word itself.
    pub fn name(&self) -> &'static str {
        self.usage
            .split_once(' ')
            .map_or(self.usage, |(name, _)| name)
    }
}

/// Plays the word of this name, in lower case, with what stood behind it.
pub(in crate::server) fn play(scene: &Scene, name: &str, argument: &str) -> Option<Script> {
    let word = WORDS.iter().find(|word| word.name() == name)?;
    Some((word.play)(scene, argument))
}

/// The words that someone who wrote `name` may have meant, the likeliest first.
pub(super) fn closest(name: &str) -> Vec<&'static str> {
    let begun = |word: &str| name.len() > 1 && word.starts_with(name);
    let mut near: Vec<(usize, &str)> = WORDS
        .iter()
        .map(Word::name)
        .map(|word| (if begun(word) { 0 } else { distance(name, word) }, word))
        .filter(|&(distance, word)| distance <= 2 && 2 * distance < word.len())
        .collect();
    near.sort_by_key(|&(distance, _)| distance);
    near.into_iter().map(|(_, word)| word).take(3).collect()
}

/// How many letters have to be put in, taken out or changed (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    // What nobody can have meant need not be measured, however long it is.
    for (i, a) in from.chars().take(32).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in to.chars().enumerate() {
            let changed = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[row.len() - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_word_finds_the_ones_that_may_be_meant() {
        assert_eq!(closest("widgets"), ["widget"]);
        assert_eq!(closest("wdiget"), ["widget"]);
        assert_eq!(closest("mark"), ["markdown"]);
        assert!(closest("xylophone").is_empty());
        assert!(closest("").is_empty());
    }

    #[test]
    fn no_word_is_listed_twice() {
        let mut names: Vec<_> = WORDS.iter().map(Word::name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), WORDS.len());
    }
}
