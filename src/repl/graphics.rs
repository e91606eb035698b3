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

/// What came from the terminal, of which its answers are a part.
#[derive(Debug, Default)]
#[cfg_attr(
    not(unix),
    allow(dead_code, reason = "only asked where there is a way to ask")
)]
struct Heard(Vec<u8>);

#[cfg_attr(
    not(unix),
    allow(dead_code, reason = "only asked where there is a way to ask")
)]
impl Heard {
    /// Whether it said all that it was asked for: its attributes come last.
    fn is_whole(&self) -> bool {
        self.parts().any(|part| matches!(part, Part::Attributes))
    }

    fn has_graphics(&self) -> bool {
        self.parts()
            .any(|part| matches!(part, Part::Graphics(true)))
    }

    /// What a person typed, without the keys that are no letters.
    fn typed(&self) -> String {
        let bytes: Vec<u8> = (self.parts())
            .filter_map(|part| match part {
                Part::Typed(byte) => Some(byte),
                _ => None,
            })
            .collect();
        let text = String::from_utf8_lossy(&bytes).replace('\r', "\n");
        text.chars()
            .filter(|c| *c == '\n' || !c.is_control())
            .collect()
    }

    fn parts(&self) -> impl Iterator<Item = Part> {
        let mut rest = self.0.as_slice();
        std::iter::from_fn(move || {
            let (part, later) = Part::first(rest)?;
            rest = later;
            Some(part)
        })
    }
}

/// A sequence, or a byte that belongs to none.
enum Part {
    /// An answer to the question for graphics, and whether it is yes.
    Graphics(bool),
    /// The answer that every terminal gives.
    Attributes,
    /// A key that is no letter, or an answer to somebody else.
    Other,
    /// A byte of a text.
    Typed(u8),
}

impl Part {
    fn first(bytes: &[u8]) -> Option<(Self, &[u8])> {
        match bytes {
            [] => None,
            [0x1b, b'_', rest @ ..] => {
                let (body, later) = split(rest, |pair| pair.starts_with(b"\x1b\\"), 2);
                let is_ours = body.starts_with(b"Gi=4711") || body.starts_with(b"GI=4711");
                let part = if is_ours {
                    Self::Graphics(body.ends_with(b";OK"))
                } else {
                    Self::Other
                };
                Some((part, later))
            }
            [0x1b, b'[', rest @ ..] => {
                let is_end = |rest: &[u8]| rest.first().is_some_and(|b| (b'@'..=b'~').contains(b));
                let (body, later) = split(rest, is_end, 1);
                let ends = later.len() < rest.len() && rest.get(body.len()) == Some(&b'c');
                let part = if body.starts_with(b"?") && ends {
                    Self::Attributes
                } else {
                    Self::Other
                };
                Some((part, later))
            }
            // A key with Alt, or Esc.
            [0x1b, _, rest @ ..] | [0x1b, rest @ ..] => Some((Self::Other, rest)),
            [byte, rest @ ..] => Some((Self::Typed(*byte), rest)),
        }
    }
}

/// What stands before the first place at which `is_end` holds, and what stands behind its `length`
/// bytes; all, where it holds nowhere.
fn split(bytes: &[u8], is_end: impl Fn(&[u8]) -> bool, length: usize) -> (&[u8], &[u8]) {
    let at = (0..bytes.len()).find(|at| is_end(&bytes[*at..]));
    match at {
        Some(at) => (&bytes[..at], &bytes[at + length..]),
        None => (bytes, &[]),
    }
}

#[cfg(unix)]
mod unix {
    use std::time::{Duration, Instant};

    use super::{Heard, QUESTION};
    use crate::error::Result;
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
    fn a_terminal_with_graphics_says_so_before_what_it_is() {
        let yes = Heard(b"\x1b_Gi=4711;OK\x1b\\\x1b[?62;4c".to_vec());
        assert!(yes.is_whole() && yes.has_graphics() && yes.typed().is_empty());
        for no in [
            b"\x1b[?62;4c".as_slice(),
            b"\x1b_Gi=4711;ENOTSUP:no\x1b\\\x1b[?6c",
            b"\x1b_Gi=1;OK\x1b\\\x1b[?6c",
        ] {
            let no = Heard(no.to_vec());
            assert!(no.is_whole() && !no.has_graphics() && no.typed().is_empty());
        }
    }

    #[test]
    fn an_answer_may_come_in_pieces_and_none_of_it_is_taken_for_typed() {
        let answer = b"\x1b_Gi=4711;OK\x1b\\\x1b[?62;4c";
        for length in 0..answer.len() {
            let part = Heard(answer[..length].to_vec());
            assert!(!part.is_whole(), "{length}");
            assert_eq!(part.typed(), "", "{length}");
        }
    }

    #[test]
    fn what_was_typed_meanwhile_is_kept_without_its_keys() {
        let heard = Heard(
            "a\x1b[A\x1b_Gi=4711;OK\x1b\\ é\r\x1b[?1cb\x04"
                .as_bytes()
                .to_vec(),
        );
        assert_eq!(heard.typed(), "a é\nb");
    }

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
