//! Markdown as it streams: what is finished is written once, and only the rest is drawn again.

mod block;
mod code;
mod flow;
mod frame;
pub(super) mod grid;
mod inline;
mod start;

use block::Blocks;

use super::look::Look;
use super::span::{Line, to_text};

/// A Markdown text that is rendered while it arrives.
#[derive(Debug)]
pub struct Markdown {
    look: Look,
    blocks: Blocks,
    /// The unfinished rest as it stands on the screen.
    live: String,
    /// How many lines of the screen it takes.
    live_lines: usize,
    /// How many bytes came since it was drawn.
    undrawn: usize,
}

/// What is to be done with the screen: the rest is taken away, and text written in its place.
///
/// The cursor stands at the beginning of a line before and after.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// How many lines above the cursor are taken away.
    pub erase_lines: usize,
    /// What is written then: whole lines, cleaned, with the escape sequences of the look.
    pub text: String,
}

impl Update {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.erase_lines == 0 && self.text.is_empty()
    }

    /// The bytes for a terminal.
    pub fn to_bytes(&self) -> String {
        match self.erase_lines {
            0 => self.text.clone(),
            lines => format!("\u{1b}[{lines}A\r\u{1b}[J{}", self.text),
        }
    }
}

impl Markdown {
    /// An empty text.
    pub fn new(look: Look) -> Self {
        Self {
            look,
            blocks: Blocks::new(&look),
            live: String::new(),
            live_lines: 0,
            undrawn: 0,
        }
    }

    /// Appends a piece of the text, cut anywhere.
    ///
    /// Of a long open block not every piece is drawn at once, so that drawing costs no more than
    /// reading; [`Markdown::refresh`] draws it when the stream pauses.
    pub fn push(&mut self, delta: &str) -> Update {
        self.blocks.push(delta);
        self.undrawn += delta.len();
        let done = self.blocks.take_done();
        if done.is_empty() && self.undrawn * 32 < self.blocks.weight() {
            return Update::default();
        }
        self.draw(&done)
    }

    /// Draws what [`Markdown::push`] left undrawn.
    pub fn refresh(&mut self) -> Update {
        if self.undrawn == 0 {
            return Update::default();
        }
        self.draw(&[])
    }

    /// Ends the text: all of it is final. What is pushed afterwards begins another text.
    pub fn finish(&mut self) -> Update {
        self.blocks.finish();
        let done = self.blocks.take_done();
        self.blocks = Blocks::new(&self.look);
        self.undrawn = 0;
        self.live.clear();
        Update {
            erase_lines: std::mem::take(&mut self.live_lines),
            text: to_text(&done, &self.look),
        }
    }

    fn draw(&mut self, done: &[Line]) -> Update {
        self.undrawn = 0;
        let mut lines = self.blocks.preview();
        // What has scrolled off the screen cannot be taken away again.
        let most = self.look.height.saturating_sub(2).max(1);
        lines.drain(..lines.len().saturating_sub(most));
        let live = to_text(&lines, &self.look);
        if done.is_empty() && live == self.live {
            return Update::default();
        }
        let mut text = to_text(done, &self.look);
        text.push_str(&live);
        self.live = live;
        Update {
            erase_lines: std::mem::replace(&mut self.live_lines, lines.len()),
            text,
        }
    }
}

/// A whole text.
pub fn render(text: &str, look: &Look) -> String {
    to_text(&lines(text, look), look)
}

/// A whole text as lines.
pub fn lines(text: &str, look: &Look) -> Vec<Line> {
    let mut blocks = Blocks::new(look);
    blocks.push(text);
    blocks.finish();
    blocks.take_done()
}

#[cfg(test)]
mod tests;
