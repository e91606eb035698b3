//! The terminal's mode, as it was found: whoever leaves in the middle of a line gives it back.
//!
//! rustyline and inquire restore it by themselves when they end in order; a SIGTERM comes while
//! they still read.

/// The mode that the terminal had; dropping this restores it.
#[derive(Debug)]
pub struct Mode(#[cfg(unix)] Option<nix::sys::termios::Termios>);

impl Mode {
    /// Makes Ctrl-C a signal and nothing else for as long as this lives.
    ///
    /// A terminal throws away what it was given and has not shown yet when Ctrl-C is pressed
    /// (termios(3), `NOFLSH`), which tears holes into the answer that is to stay, or cuts a
    /// sequence that steers the terminal in half.
    pub fn of_terminal() -> Self {
        Self(
            #[cfg(unix)]
            unix::keep_output(),
        )
    }
}

#[cfg(unix)]
impl Drop for Mode {
    fn drop(&mut self) {
        if let Some(mode) = &self.0 {
            unix::restore(mode);
        }
    }
}

#[cfg(unix)]
mod unix {
    use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};

    /// The mode as it was; none where stdin is no terminal.
    pub(super) fn keep_output() -> Option<Termios> {
        let found = tcgetattr(std::io::stdin()).ok()?;
        let mut mode = found.clone();
        mode.local_flags |= LocalFlags::NOFLSH;
        restore(&mode);
        Some(found)
    }

    pub(super) fn restore(mode: &Termios) {
        // A terminal that is gone needs no mode.
        let _ = tcsetattr(std::io::stdin(), SetArg::TCSADRAIN, mode);
    }
}
