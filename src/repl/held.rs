//! What waits for a message to end: whatever else came while it streams would tear its text.

use super::screen::Screen;
use crate::error::Result;
use crate::protocol::ItemId;
use crate::transcript::Transcript;
use crate::ui::Ui;

/// Something that is written once the message is whole.
#[derive(Debug)]
pub enum Held {
    /// A line or more that never changes.
    Line(String),
    /// Something wrong with the stream.
    Warning(String),
    /// An item, as it is by then, and how far it had come.
    Item(ItemId, Stage),
}

/// How far an item has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It may still change.
    Open,
    /// It is whole.
    Done,
    /// It is whole, and stands in the place of another.
    Replaced,
}

impl Screen {
    /// Keeps an item until the message is whole; `false` if no other message streams.
    pub(super) fn holds(&mut self, id: &ItemId, stage: Stage) -> bool {
        if self.message().is_none_or(|live| live == id) {
            return false;
        }
        let same = |held: &&mut Held| matches!(held, Held::Item(known, _) if known == id);
        match self.held.iter_mut().find(same) {
            Some(Held::Item(_, known)) => {
                if stage != Stage::Open {
                    *known = stage;
                }
            }
            _ => self.held.push(Held::Item(id.clone(), stage)),
        }
        true
    }

    /// Writes what has waited, until a message that is not whole has the screen for itself.
    pub(super) fn release(&mut self, transcript: &Transcript, ui: &mut Ui) -> Result<()> {
        let mut held = std::mem::take(&mut self.held).into_iter();
        while self.message().is_none()
            && let Some(next) = held.next()
        {
            match next {
                Held::Line(text) => self.line(&text, ui)?,
                Held::Warning(text) => self.warning(&text, ui)?,
                Held::Item(id, stage) => {
                    if let Some(item) = transcript.item(&id) {
                        self.reach(item, stage, transcript, ui)?;
                    }
                }
            }
        }
        self.held.splice(0..0, held);
        Ok(())
    }
}
