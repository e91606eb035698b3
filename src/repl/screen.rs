//! A turn on a terminal: finished blocks are written once, and the open one is drawn again.
//!
//! What a block looks like is `render`'s; here is only what stands on the screen. A terminal that
//! cannot be drawn on gets the plain view that `send` has.

mod graphics;
mod held;
mod message;
mod numbers;
mod pictures;
mod progress;
mod region;
mod rows;
mod show;

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

pub(super) use graphics::Graphics;
pub use pictures::Pictures;
pub(super) use progress::Bar;
pub use progress::Spinner;

use super::sight::Sight;
use super::timing::Timing;
use crate::conversation::view::View;
use crate::conversation::written::Written;
use crate::error::Result;
use crate::protocol::{Item, ItemId, ItemKind};
use crate::render::kitty::Png;
use crate::render::{Look, Markdown, item, widget};
use crate::transcript::Transcript;
use crate::ui::Ui;
use held::Held;
use numbers::Numbers;
use region::Region;
use rows::Rows;

/// What stands above the next thing that is written in this turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Below {
    Nothing,
    Line,
    Block,
}

/// What stands on the screen of the turn that runs.
#[derive(Debug)]
pub struct Screen {
    pub(super) sight: Sight,
    plain: View,
    spinner: Spinner,
    pictures: Pictures,
    graphics: Graphics,
    /// The part of a message that streams, above what else may still change.
    message: Option<(ItemId, Box<Markdown>)>,
    /// What was drawn last of it.
    rows: Rows,
    /// What else may still change.
    region: Region,
    /// The look that it was drawn for, while it stands on the screen.
    lowered: Option<Look>,
    /// What waits until the message is whole.
    held: VecDeque<Held>,
    held_bytes: usize,
    written: HashMap<ItemId, Written>,
    below: Below,
    /// Which action each number on the screen stands for.
    pub(super) numbers: Numbers,
    /// What was typed during the turn.
    typed: String,
    /// Whether events are shown as they come, instead of what they mean.
    pub raw: bool,
    /// The times of the turn that ran last.
    pub timing: Option<Timing>,
}

impl Screen {
    /// An empty screen.
    pub fn new(sight: Sight) -> Self {
        Self {
            sight,
            plain: View::default(),
            spinner: Spinner::new(sight),
            pictures: Pictures::default(),
            graphics: Graphics::default(),
            message: None,
            rows: Rows::default(),
            region: Region::default(),
            lowered: None,
            held: VecDeque::new(),
            held_bytes: 0,
            written: HashMap::new(),
            below: Below::Nothing,
            numbers: Numbers::default(),
            typed: String::new(),
            raw: false,
            timing: None,
        }
    }

    /// The same, keeping images as files that have no address to open.
    #[must_use]
    pub fn keeping(self, pictures: Pictures) -> Self {
        Self { pictures, ..self }
    }

    /// The same, drawing images where the terminal can.
    #[must_use]
    pub fn drawing(self, graphics: Graphics) -> Self {
        Self { graphics, ..self }
    }

    /// Keeps what was typed and is not for this turn.
    pub fn keep_typed(&mut self, text: &str) {
        self.typed.push_str(text);
    }

    /// What was typed during the turn and did not wait in the terminal, for the next prompt.
    pub fn take_typed(&mut self) -> String {
        std::mem::take(&mut self.typed) + &self.graphics.take_typed()
    }

    /// Draws the picture of an image that came inside of the answer, if the terminal can.
    fn picture(&mut self, item: &Item, ui: &mut Ui) -> Result<()> {
        let ItemKind::GeneratedImage(body) = &item.kind else {
            return Ok(());
        };
        let bytes = (body.image.as_ref()).and_then(|image| pictures::image(&image.url));
        let Some(png) = bytes.as_ref().and_then(|(bytes, _)| Png::of(bytes)) else {
            return Ok(());
        };
        match self.graphics.cell(ui)? {
            Some(cell) => ui.drawn(&png.drawn(&self.sight.look(), cell)),
            None => Ok(()),
        }
    }

    /// An item that is whole, as text.
    fn whole(&mut self, item: &Item) -> String {
        let look = self.sight.look();
        if let ItemKind::GeneratedImage(body) = &item.kind
            && let Some(image) = &body.image
            && let Some(kept) = self.pictures.keep(&image.url)
        {
            return match kept {
                Ok(path) => item::saved_image(&path.to_string_lossy(), &look),
                Err(error) => item::unsaved_image(&error.to_string(), &look),
            };
        }
        let first = self.number(item);
        item::numbered(item, first, &look).text
    }

    /// A request is about to be sent.
    pub fn begin(&mut self) {
        self.message = None;
        self.region = Region::default();
        self.lowered = None;
        self.held.clear();
        self.held_bytes = 0;
        self.written.clear();
        self.below = Below::Nothing;
        self.timing = Some(Timing::since(Instant::now()));
        if self.sight.draws {
            self.spinner.say("waiting for the backend");
        }
    }

    /// The request is over, even where no answer ever began.
    pub fn rest(&mut self) {
        self.spinner.clear();
    }

    /// How what is drawn now looks.
    pub fn look(&self) -> Look {
        self.sight.look()
    }

    /// Forgets which thread was told and how its actions are numbered, because another one begins.
    pub fn forget_thread(&mut self) {
        self.plain = View::default();
        self.numbers = Numbers::default();
    }

    /// The widgets whose actions carry numbers, each with its first.
    pub fn numbered(&self) -> impl Iterator<Item = (&ItemId, usize)> {
        self.numbers.widgets()
    }

    /// The number of an item's first action.
    pub(super) fn number(&mut self, item: &Item) -> usize {
        match &item.kind {
            ItemKind::Widget(body) => {
                let count = widget::actions(&body.widget).len();
                self.numbers.first(&item.id, count)
            }
            _ => 1,
        }
    }

    /// Writes an item that is no longer changing, such as one of a thread that was opened.
    ///
    /// # Errors
    /// When stdout cannot be written to.
    pub fn settled(&mut self, item: &Item, ui: &mut Ui) -> Result<()> {
        if self.sight.draws {
            let text = self.whole(item);
            ui.drawn(&text)?;
            return self.picture(item, ui);
        }
        ui.text(&crate::render::plain::item(item))?;
        ui.end_line()
    }

    /// Takes away what may still change, so that something final can be written above it.
    fn lift(&mut self, ui: &mut Ui) -> Result<()> {
        self.spinner.clear();
        self.lowered = None;
        let rows = self.region.lift(self.sight.columns());
        erase(rows, ui)
    }

    /// Draws what may still change below all else.
    fn lower(&mut self, ui: &mut Ui) -> Result<()> {
        let is_apart = self.below != Below::Nothing;
        let look = self.sight.look();
        let room = look
            .height
            .saturating_sub(self.open_rows(self.sight.columns()));
        let text = self.region.draw(room, look.width, is_apart);
        self.lowered = Some(look);
        ui.drawn(&text)
    }

    /// An empty line stands between two blocks, but not between two lines.
    fn gap(&mut self, next: Below, ui: &mut Ui) -> Result<()> {
        let above = std::mem::replace(&mut self.below, next);
        if above == Below::Nothing || (above == Below::Line && next == Below::Line) {
            return Ok(());
        }
        ui.drawn("\n")
    }

    /// Writes a line or more that never changes.
    fn line(&mut self, text: &str, ui: &mut Ui) -> Result<()> {
        if self.message.is_some() {
            return self.hold(Held::Line(text.to_owned()), ui);
        }
        self.lift(ui)?;
        self.gap(Below::Line, ui)?;
        ui.drawn(text)?;
        self.lower(ui)
    }

    /// Tells what is wrong with the stream.
    fn warning(&mut self, text: &str, ui: &mut Ui) -> Result<()> {
        if self.message.is_some() {
            return self.hold(Held::Warning(text.to_owned()), ui);
        }
        self.lift(ui)?;
        ui.warn(text);
        self.lower(ui)
    }

    /// Draws at the next pause what has changed, however long that took before.
    pub fn hurry(&mut self) {
        self.region.hurry();
    }

    /// Draws the blocks that have changed, in the place of their last versions, if there is time for
    /// it; else says how long to wait.
    fn draw_open(&mut self, transcript: &Transcript, ui: &mut Ui) -> Result<Option<Duration>> {
        if let Some(left) = self.region.rest() {
            return Ok(Some(left));
        }
        let stale = self.region.take_stale();
        if stale.is_empty() {
            return Ok(None);
        }
        let begun = Instant::now();
        for (id, progress) in stale {
            let item = transcript.item(&id);
            let text = item.and_then(|item| self.open_text(item, progress));
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                self.region.put(&id, &text);
            }
        }
        self.lift(ui)?;
        self.lower(ui)?;
        self.region.drawn_since(begun);
        Ok(None)
    }

    /// Writes a block that never changes any more, and the picture of an image, once nothing above
    /// it may still change.
    fn whole_block(&mut self, item: &Item, text: &str, ui: &mut Ui) -> Result<()> {
        self.lift(ui)?;
        // A picture cannot be drawn a second time.
        let is_picture = matches!(item.kind, ItemKind::GeneratedImage(_));
        if text.is_empty() || is_picture || !self.region.is_below_open(&item.id) {
            self.region.remove(&item.id);
            self.block(text, ui)?;
            self.picture(item, ui)?;
        } else {
            self.region.finish(&item.id, text);
        }
        let height = self.sight.look().height;
        for block in self.region.take_whole(height) {
            self.block(&block.text, ui)?;
        }
        self.lower(ui)
    }

    fn block(&mut self, text: &str, ui: &mut Ui) -> Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        self.gap(Below::Block, ui)?;
        ui.drawn(text)
    }

    /// Writes what may still change as it stands, because nothing more comes.
    fn settle(&mut self, transcript: &Transcript, ui: &mut Ui) -> Result<()> {
        self.region.hurry();
        self.draw_open(transcript, ui)?;
        self.lift(ui)?;
        for block in self.region.take() {
            self.block(&block.text, ui)?;
        }
        Ok(())
    }
}

/// Takes away the rows above the cursor, which stands at the beginning of a line before and after.
///
/// Row by row: tmux keeps in its history what is cleared all at once from the top of the screen.
fn erase(rows: usize, ui: &mut Ui) -> Result<()> {
    ui.bytes("\u{1b}[A\u{1b}[2K".repeat(rows).as_bytes())
}
