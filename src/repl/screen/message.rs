//! The message that streams: its finished blocks are written once, and the open one is drawn again.

use super::{Below, Screen, erase};
use crate::conversation::written::Written;
use crate::error::Result;
use crate::protocol::{AssistantMessage, ItemId};
use crate::render::Markdown;
use crate::render::markdown::Update;
use crate::repl::held::{Held, Stage};
use crate::repl::rows::Rows;
use crate::ui::Ui;

impl Screen {
    /// The message that streams.
    pub(in crate::repl) fn message(&self) -> Option<&ItemId> {
        self.message.as_ref().map(|(id, _)| id)
    }

    /// Ends the message that streams, as it stands.
    pub(in crate::repl) fn close(&mut self, ui: &mut Ui) -> Result<()> {
        self.spinner.clear();
        self.resize(ui)?;
        if let Some((_, mut markdown)) = self.message.take() {
            let update = markdown.finish();
            self.repaint(&update, ui)?;
        }
        Ok(())
    }

    /// Draws what the renderer has put off until the stream pauses.
    pub(in crate::repl) fn refresh(&mut self, ui: &mut Ui) -> Result<()> {
        self.resize(ui)?;
        let Some((_, markdown)) = &mut self.message else {
            return Ok(());
        };
        let update = markdown.refresh();
        self.repaint(&update, ui)
    }

    /// Does to the screen what the renderer wants, whose lines may have been broken since.
    fn repaint(&mut self, update: &Update, ui: &mut Ui) -> Result<()> {
        if update.is_empty() {
            return Ok(());
        }
        self.spinner.clear();
        let rows = self.rows.count(update.erase_lines, self.sight.look().width);
        self.rows.replace(update.erase_lines, &update.text);
        erase(rows, ui)?;
        ui.drawn(&update.text)
    }

    /// Fits the open message into a terminal that has another size than before.
    fn resize(&mut self, ui: &mut Ui) -> Result<()> {
        let look = self.sight.look();
        let Some((_, markdown)) = &mut self.message else {
            return Ok(());
        };
        let update = markdown.resize(look);
        self.repaint(&update, ui)
    }

    /// A text goes on; that of another message than the one that streams waits.
    pub(in crate::repl) fn text(
        &mut self,
        id: &ItemId,
        part: usize,
        appended: &str,
        ui: &mut Ui,
    ) -> Result<()> {
        let waits = (self.written.get(id)).is_some_and(|written| !written.takes(part));
        if waits || self.holds(id, Stage::Open) {
            return Ok(());
        }
        self.spinner.clear();
        let written = self.written.entry(id.clone()).or_default();
        if self.message.is_none() || written.last() != Some(part) {
            self.close(ui)?;
            self.clear_the_way(ui)?;
            self.gap(Below::Block, ui)?;
            self.rows = Rows::default();
            let markdown = Box::new(Markdown::new(self.sight.look()));
            self.message = Some((id.clone(), markdown));
        }
        let written = self.written.entry(id.clone()).or_default();
        written.more(part, appended);
        if self.held.is_empty() {
            return self.push(appended, ui);
        }
        // A line that waits stands behind the block that it came in, and a block ends at an empty
        // line.
        for piece in appended.split_inclusive("\n\n") {
            self.push(piece, ui)?;
        }
        Ok(())
    }

    fn push(&mut self, text: &str, ui: &mut Ui) -> Result<()> {
        let Some((_, markdown)) = &mut self.message else {
            return Ok(());
        };
        let update = markdown.push(text);
        let is_between = markdown.is_between_blocks();
        self.repaint(&update, ui)?;
        if is_between {
            self.pass_lines(ui)?;
        }
        Ok(())
    }

    /// What may still change makes room for a message, below which it is drawn again.
    fn clear_the_way(&mut self, ui: &mut Ui) -> Result<()> {
        self.lift(ui)?;
        let (whole, open): (Vec<_>, Vec<_>) =
            (self.region.take().into_iter()).partition(|block| block.is_whole);
        for block in whole {
            self.block(&block.text, ui)?;
        }
        let open = open
            .into_iter()
            .map(|block| Held::Item(block.id, Stage::Open));
        self.held.splice(0..0, open);
        Ok(())
    }

    /// Writes what of a message has not been written yet, where it goes on or, once it is done, of
    /// all parts.
    pub(in crate::repl) fn catch_up(
        &mut self,
        id: &ItemId,
        message: &AssistantMessage,
        is_done: bool,
        ui: &mut Ui,
    ) -> Result<()> {
        let texts = || message.content.iter().map(|part| part.text.as_str());
        let written = self.written.get(id);
        if is_done && written.is_some_and(|written| !written.leads_to(texts())) {
            // What stands above was not what the backend keeps.
            self.close(ui)?;
            self.forget(id);
        }
        let tail = self.written.get(id).map_or(0, Written::tail);
        let from = if is_done { 0 } else { tail };
        for (index, part) in message.content.iter().enumerate().skip(from) {
            let written = self.written.entry(id.clone()).or_default();
            if is_done {
                // All of its parts are whole.
                written.finish(written.tail());
            }
            let rest = written.known_rest(index, &part.text);
            if !rest.is_empty() {
                self.text(id, index, rest, ui)?;
            }
        }
        Ok(())
    }

    /// A part of a message is whole.
    pub(in crate::repl) fn finish_part(&mut self, id: &ItemId, part: usize) {
        if let Some(written) = self.written.get_mut(id) {
            written.finish(part);
        }
    }

    /// Forgets how far an item was written, because it is written anew.
    pub(in crate::repl) fn forget(&mut self, id: &ItemId) {
        self.written.remove(id);
    }
}
