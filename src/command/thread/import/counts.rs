//! What came of an import, counted and told.

use serde_json::json;

use crate::error::{Error, Result};
use crate::plural::plural;
use crate::store::StoreUrl;
use crate::ui::{Style, Ui};

/// What came of the threads.
#[derive(Clone, Copy, Default)]
pub struct Counts {
    pub new: usize,
    pub extended: usize,
    pub replaced: usize,
    pub same: usize,
    pub differ: usize,
    pub items: usize,
}

impl Counts {
    /// Adds what came of others.
    pub fn add(&mut self, more: Self) {
        self.new += more.new;
        self.extended += more.extended;
        self.replaced += more.replaced;
        self.same += more.same;
        self.differ += more.differ;
        self.items += more.items;
    }

    /// How many threads there were.
    pub fn threads(self) -> usize {
        self.new + self.extended + self.replaced + self.same + self.differ
    }

    /// Whether there was no thread at all.
    pub fn is_empty(self) -> bool {
        self.threads() == 0
    }

    /// Says what came of them.
    pub fn tell(self, url: &StoreUrl, ui: &mut Ui) -> Result<()> {
        let Self {
            new,
            extended,
            replaced,
            same,
            differ,
            items,
        } = self;
        if ui.is_json() {
            ui.json(
                &json!({"new": new, "extended": extended, "replaced": replaced,
                "unchanged": same, "differ": differ, "items": items}),
            )?;
        }
        let mut words = vec![format!("{} imported", plural(new, "thread"))];
        let others = [
            (extended, "extended"),
            (replaced, "replaced"),
            (same, "there already"),
            (differ, "left alone for being different"),
        ];
        for (count, what) in others.into_iter().filter(|(count, _)| *count > 0) {
            words.push(format!("{count} {what}"));
        }
        let note = format!(
            "{}, {} written, in {url}",
            words.join(", "),
            plural(items, "item")
        );
        ui.note(Style::Dim, &note);
        Ok(())
    }

    /// # Errors
    /// Some threads differ from those that are there.
    pub fn verdict(self) -> Result<()> {
        if self.differ == 0 {
            return Ok(());
        }
        Err(Error::Differs(format!(
            "the store has {} of the same {} and other content, left alone; --replace puts the \
             file's in their place",
            plural(self.differ, "thread"),
            if self.differ == 1 { "id" } else { "ids" },
        )))
    }
}
