//! The terminal's mode, as it was found: whoever leaves in the middle of a line gives it back.
//!
//! rustyline and inquire restore it by themselves when they end in order; a SIGTERM comes while
//! they still read.

/// The mode that the terminal had; dropping this restores it.
#[derive(Debug)]
pub struct Mode(#[cfg(unix)] Option<nix::sys::termios::Termios>);

impl Mode {
    /// The mode of this moment.
    pub fn of_terminal() -> Self {
        Self(
            #[cfg(unix)]
            nix::sys::termios::tcgetattr(std::io::stdin()).ok(),
        )
    }
}

#[cfg(unix)]
impl Drop for Mode {
    fn drop(&mut self) {
        use nix::sys::termios::{SetArg, tcsetattr};
        if let Some(mode) = &self.0 {
            // A terminal that is gone needs no mode.
            let _ = tcsetattr(std::io::stdin(), SetArg::TCSADRAIN, mode);
        }
    }
}
