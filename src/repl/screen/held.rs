//! What waits for a message to end, or a line for a block of it: whatever else came while it streams
//! would tear its text.

use super::Screen;
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

/// How much text may wait, in bytes: a stream may say more beside a message that never ends.
const MOST: usize = 1024 * 1024;

impl Held {
    /// Whether this is the item of this id.
    pub fn is_item(&self, id: &ItemId) -> bool {
        matches!(self, Self::Item(known, _) if known == id)
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Line(text) | Self::Warning(text) => text.len(),
            // The transcript has it.
            Self::Item(..) => 0,
        }
    }
}

impl Screen {
    /// Keeps a text until the message is whole, or writes all that wait where they are too much.
    pub(super) fn hold(&mut self, held: Held, ui: &mut Ui) -> Result<()> {
        self.held_bytes += held.bytes();
        self.held.push_back(held);
        if self.held_bytes <= MOST {
            return Ok(());
        }
        self.close(ui)?;
        self.held_bytes = 0;
        for held in std::mem::take(&mut self.held) {
            match held {
                Held::Line(text) => self.line(&text, ui)?,
                Held::Warning(text) => self.warning(&text, ui)?,
                Held::Item(..) => self.held.push_back(held),
            }
        }
        Ok(())
    }

    /// Keeps an item until the message is whole; `false` if no other message streams.
    pub(super) fn holds(&mut self, id: &ItemId, stage: Stage) -> bool {
        if self.message().is_none_or(|live| live == id) {
            return false;
        }
        match self.held.iter_mut().find(|held| held.is_item(id)) {
            Some(Held::Item(_, known)) => {
                if stage != Stage::Open {
                    *known = stage;
                }
            }
            _ => self.held.push_back(Held::Item(id.clone(), stage)),
        }
        true
    }

    /// Writes the lines that have waited for the end of a block.
    pub(super) fn pass_lines(&mut self, ui: &mut Ui) -> Result<()> {
        if self.held_bytes == 0 {
            return Ok(());
        }
        self.lift(ui)?;
        ui.drawn("\n")?;
        for held in std::mem::take(&mut self.held) {
            match held {
                Held::Line(text) => ui.drawn(&text)?,
                Held::Warning(text) => ui.warn(&text),
                Held::Item(..) => self.held.push_back(held),
            }
        }
        self.held_bytes = 0;
        Ok(())
    }

    /// Writes what has waited, until a message that is not whole has the screen for itself.
    pub(super) fn release(&mut self, transcript: &Transcript, ui: &mut Ui) -> Result<()> {
        while self.message().is_none()
            && let Some(next) = self.held.pop_front()
        {
            self.held_bytes -= next.bytes();
            match next {
                Held::Line(text) => self.line(&text, ui)?,
                Held::Warning(text) => self.warning(&text, ui)?,
                Held::Item(id, stage) => {
                    if let Some(item) = transcript.item(&id) {
                        self.reach(item, stage, None, transcript, ui)?;
                    }
                }
            }
        }
        Ok(())
    }
}
