//! Whether the terminal draws images: it is asked when the first one is there to be drawn.
//!
//! Most conversations have no image, and need not wait for a terminal that does not answer.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::render::kitty::Cell;
use crate::ui::Ui;

/// What is known of the terminal.
#[derive(Debug, Default)]
pub struct Graphics {
    state: State,
    /// What was typed while the terminal was asked, and belongs to the next prompt.
    typed: String,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    /// It does not, or is not to be asked.
    #[default]
    None,
    /// It may.
    Unasked,
    /// It does.
    #[cfg_attr(
        not(unix),
        allow(dead_code, reason = "only asked where there is a way to ask")
    )]
    Kitty,
}

/// Asks for a picture of one pixel that is not shown, and then for what every terminal tells of
/// itself: if that comes alone, there are no graphics.
#[cfg(unix)]
const QUESTION: &[u8] = b"\x1b_Gi=4711,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[c";

impl Graphics {
    /// The graphics of a terminal that a person sits at and that has these variables.
    pub fn of(vars: &BTreeMap<String, String>, draws: bool) -> Self {
        let term = vars.get("TERM").map_or("", String::as_str);
        // They hand nothing on to the terminal that they run in, or draw no pixels.
        let without = ["screen", "tmux", "linux", "vt1", "vt2", "eterm", "cygwin"];
        let may = cfg!(unix) && draws && !without.iter().any(|name| term.starts_with(name));
        Self {
            state: if may { State::Unasked } else { State::None },
            typed: String::new(),
        }
    }

    /// The size of a character, on a terminal that draws images; the first call asks it.
    ///
    /// # Errors
    /// When stdout cannot be written to.
    pub fn cell(&mut self, ui: &mut Ui) -> Result<Option<Cell>> {
        #[cfg(unix)]
        if matches!(self.state, State::Unasked) {
            let heard = unix::ask(ui)?;
            self.typed.push_str(&heard.typed());
            self.state = if heard.has_graphics() {
                State::Kitty
            } else {
                State::None
            };
        }
        #[cfg(not(unix))]
        let _ = ui;
        Ok(matches!(self.state, State::Kitty).then(cell))
    }

    /// Takes what was typed in the meantime.
    pub fn take_typed(&mut self) -> String {
        std::mem::take(&mut self.typed)
    }
}

/// The size of a character as the terminal tells it, or as it usually is.
fn cell() -> Cell {
    let told = crossterm::terminal::window_size().ok();
    let told = told.filter(|size| size.width >= size.columns && size.height >= size.rows);
    match told {
        Some(size) if size.columns > 0 && size.rows > 0 && size.width > 0 => Cell {
            width: size.width / size.columns,
            height: (size.height / size.rows).max(1),
        },
        _ => Cell {
            width: 10,
            height: 20,
        },
    }
}

#[cfg(unix)]
mod unix {
    use std::time::{Duration, Instant};

    use super::QUESTION;
    use crate::error::Result;
    use crate::repl::heard::Heard;
    use crate::repl::mode::Mode;
    use crate::ui::Ui;

    /// How long a terminal may take, behind a slow line as well.
    const PATIENCE: Duration = Duration::from_secs(1);
    /// The most that is read, in bytes.
    const MOST: usize = 64 * 1024;

    /// Asks, and reads until the terminal has answered, or for a moment.
    pub(super) fn ask(ui: &mut Ui) -> Result<Heard> {
        let mut heard = Heard::default();
        // Before the question, or the terminal would show its own answer.
        let Some(_mode) = Mode::keys() else {
            return Ok(heard);
        };
        ui.bytes(QUESTION)?;
        ui.flush()?;
        let begun = Instant::now();
        while !heard.is_whole() && begun.elapsed() < PATIENCE && heard.0.len() < MOST {
            let mut bytes = [0; 256];
            match nix::unistd::read(std::io::stdin(), &mut bytes) {
                Ok(count) => heard.0.extend(&bytes[..count]),
                Err(nix::errno::Errno::EINTR) => {}
                Err(_) => break,
            }
        }
        Ok(heard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_terminal_that_may_draw_is_asked() {
        let of = |term: &str, draws| {
            let vars = BTreeMap::from([("TERM".to_owned(), term.to_owned())]);
            matches!(Graphics::of(&vars, draws).state, State::Unasked)
        };
        assert_eq!(of("xterm-kitty", true), cfg!(unix));
        for term in ["tmux-256color", "screen", "linux", "vt100"] {
            assert!(!of(term, true), "{term}");
        }
        assert!(!of("xterm-kitty", false));
    }
}
