//! The message that streams: its finished blocks are written once, and the open one is drawn again.

use super::held::{Held, Stage};
use super::rows::Rows;
use super::{Below, Screen, erase};
use crate::conversation::written::Written;
use crate::error::Result;
use crate::protocol::{AssistantMessage, ItemId, ItemKind};
use crate::render::markdown::Update;
use crate::render::{Look, Markdown};
use crate::transcript::Transcript;
use crate::ui::Ui;

impl Screen {
    /// The message that streams.
    pub(super) fn message(&self) -> Option<&ItemId> {
        self.message.as_ref().map(|(id, _)| id)
    }

    /// Ends the message that streams, as it stands.
    pub(super) fn close(&mut self, ui: &mut Ui) -> Result<()> {
        self.spinner.clear();
        self.resize(ui)?;
        if let Some((_, mut markdown)) = self.message.take() {
            let update = markdown.finish();
            self.repaint(&update, ui)?;
        }
        Ok(())
    }

    /// Ends the message that streams with all that has come of it, because nothing more comes.
    pub(super) fn finish(&mut self, transcript: &Transcript, ui: &mut Ui) -> Result<()> {
        if let Some(id) = self.message().cloned()
            && let Some(item) = transcript.item(&id)
            && let ItemKind::AssistantMessage(message) = &item.kind
        {
            self.catch_up(&id, message, true, ui)?;
        }
        self.close(ui)
    }

    /// Draws what was put off until the stream pauses: of the message, and all that stands below it.
    pub(super) fn refresh(&mut self, ui: &mut Ui) -> Result<()> {
        self.resize(ui)?;
        let update = self.message.as_mut().map(|(_, text)| text.refresh());
        self.repaint(&update.unwrap_or_default(), ui)?;
        if self.lowered.is_none() {
            self.lower(ui)?;
        }
        Ok(())
    }

    /// How many rows the message has that may still be taken away.
    pub(super) fn open_rows(&self, columns: usize) -> usize {
        let lines = (self.message.as_ref()).map_or(0, |(_, markdown)| markdown.open_lines());
        self.rows.count(lines, columns)
    }

    /// Does to the screen what the renderer wants, whose lines may have been broken since.
    ///
    /// What stands below is drawn again when the stream pauses, or left alone if no row moves.
    fn repaint(&mut self, update: &Update, ui: &mut Ui) -> Result<()> {
        if update.is_empty() {
            return Ok(());
        }
        self.spinner.clear();
        let look = self.sight.look();
        let columns = self.sight.columns();
        let rows = self.rows.count(update.erase_lines, columns);
        self.rows.replace(update.erase_lines, &update.text);
        let lines = update.text.lines().count();
        let below = self.region.height(columns);
        if below > 0
            && self.lowered == Some(look)
            && [lines, rows] == [update.erase_lines; 2]
            && self.rows.count(lines, columns) == rows
        {
            return overwrite(&update.text, rows, below, ui);
        }
        self.lift(ui)?;
        erase(rows, ui)?;
        ui.drawn(&update.text)
    }

    /// Fits the open message into a terminal that has another size than before, and leaves half of it
    /// to what stands below.
    fn resize(&mut self, ui: &mut Ui) -> Result<()> {
        let look = self.message_look();
        let Some((_, markdown)) = &mut self.message else {
            return Ok(());
        };
        let update = markdown.resize(look);
        self.repaint(&update, ui)
    }

    /// A text goes on: that of the message that streams, or of the next one where none does.
    pub(super) fn text(
        &mut self,
        id: &ItemId,
        part: usize,
        appended: &str,
        ui: &mut Ui,
    ) -> Result<()> {
        let waits = (self.written.get(id)).is_some_and(|written| !written.takes(part));
        if waits {
            return Ok(());
        }
        self.spinner.clear();
        let written = self.written.entry(id.clone()).or_default();
        if self.message.is_none() || written.last() != Some(part) {
            self.close(ui)?;
            self.clear_the_way(ui)?;
            self.gap(Below::Block, ui)?;
            self.rows = Rows::default();
            let markdown = Box::new(Markdown::new(self.message_look()));
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

    fn message_look(&self) -> Look {
        let look = self.sight.look();
        match self.region.ids().next() {
            Some(_) => look.with_height(look.height / 2),
            None => look,
        }
    }

    /// What may still change makes room for a message, below which it stands from here on.
    fn clear_the_way(&mut self, ui: &mut Ui) -> Result<()> {
        self.lift(ui)?;
        for block in self.region.take_whole(0) {
            self.block(&block.text, ui)?;
        }
        for id in self.region.ids().rev() {
            if !self.held.iter().any(|held| held.is_item(id)) {
                self.held.push_front(Held::Item(id.clone(), Stage::Open));
            }
        }
        Ok(())
    }

    /// Writes what of a message has not been written yet, where it goes on or, once it is done, of
    /// all parts.
    pub(super) fn catch_up(
        &mut self,
        id: &ItemId,
        message: &AssistantMessage,
        is_done: bool,
        ui: &mut Ui,
    ) -> Result<()> {
        let texts = || message.content.iter().map(|part| part.text.as_str());
        if self.region.remove(id) {
            // It stood below the message that streamed.
            self.lift(ui)?;
        }
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
    pub(super) fn finish_part(&mut self, id: &ItemId, part: usize) {
        self.written.entry(id.clone()).or_default().finish(part);
    }

    /// Whether a part of the message stands on the screen for good.
    pub(super) fn is_written(&self, id: &ItemId) -> bool {
        self.written.get(id).is_some_and(Written::is_begun)
    }

    /// Forgets how far an item was written, because it is written anew.
    pub(super) fn forget(&mut self, id: &ItemId) {
        self.written.remove(id);
    }
}

/// Writes as many lines as there are rows, over those that stand above the lowest ones of the screen.
fn overwrite(text: &str, rows: usize, below: usize, ui: &mut Ui) -> Result<()> {
    ui.bytes(format!("\u{1b}[{}A", rows + below).as_bytes())?;
    for line in text.split_inclusive('\n') {
        ui.bytes(b"\x1b[2K")?;
        ui.drawn(line)?;
    }
    ui.bytes(format!("\u{1b}[{below}B").as_bytes())
}
