//! The terminal's mode, as it was found: whoever leaves in the middle of a line gives it back.
//!
//! rustyline and inquire restore it by themselves when they end in order; a SIGTERM comes while
//! they still read.

/// The mode of the terminal for as long as this lives; dropping it gives back the one before.
#[derive(Debug)]
pub struct Mode(#[cfg(unix)] Option<nix::sys::termios::Termios>);

impl Mode {
    /// Makes Ctrl-C a signal and nothing else.
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

    /// Keeps what is typed off the screen, until the prompt shows it.
    ///
    /// Whatever the terminal itself writes into a block that is drawn again would shift it.
    pub fn unseen() -> Self {
        Self(
            #[cfg(unix)]
            unix::hide_input(),
        )
    }

    /// As it is, while another program has the terminal: it may leave in a hurry.
    pub(super) fn lent() -> Self {
        Self(
            #[cfg(unix)]
            unix::as_found(),
        )
    }

    /// As [`Mode::unseen`], and hands over what was typed without waiting for the end of a line: a
    /// read takes what is there, which may be nothing. `None` where that cannot be had.
    pub(super) fn waiting() -> Option<Self> {
        #[cfg(unix)]
        return unix::no_lines().map(|mode| Self(Some(mode)));
        #[cfg(not(unix))]
        None
    }

    /// Hands over keys as they come and shows none; a read without one ends after a tenth of a
    /// second. `None` where no keys can be had.
    #[cfg(unix)]
    pub(super) fn keys() -> Option<Self> {
        unix::single_keys().map(|mode| Self(Some(mode)))
    }

    /// Gives back the mode that the terminal had at first; for a process that ends at once, without
    /// dropping anything.
    pub fn give_back() {
        #[cfg(unix)]
        unix::give_back();
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
    use std::sync::{Mutex, PoisonError};

    use nix::sys::termios::{
        InputFlags, LocalFlags, SetArg, SpecialCharacterIndices, Termios, tcgetattr, tcsetattr,
    };

    /// The first mode that was found.
    static FOUND: Mutex<Option<Termios>> = Mutex::new(None);

    /// The mode as it was; none where stdin is no terminal.
    pub(super) fn keep_output() -> Option<Termios> {
        let found = changed(|mode| mode.local_flags.insert(LocalFlags::NOFLSH))?;
        (FOUND.lock().unwrap_or_else(PoisonError::into_inner)).get_or_insert(found.clone());
        Some(found)
    }

    pub(super) fn hide_input() -> Option<Termios> {
        changed(|mode| mode.local_flags.remove(LocalFlags::ECHO))
    }

    pub(super) fn as_found() -> Option<Termios> {
        tcgetattr(std::io::stdin()).ok()
    }

    pub(super) fn no_lines() -> Option<Termios> {
        changed(|mode| {
            mode.local_flags
                .remove(LocalFlags::ECHO | LocalFlags::ICANON);
            // The end of a line in a paste is told from two by what the line editor knows.
            mode.input_flags.remove(InputFlags::ICRNL);
            mode.control_chars[SpecialCharacterIndices::VMIN as usize] = 0;
            mode.control_chars[SpecialCharacterIndices::VTIME as usize] = 0;
        })
    }

    pub(super) fn single_keys() -> Option<Termios> {
        changed(|mode| {
            mode.local_flags
                .remove(LocalFlags::ECHO | LocalFlags::ICANON);
            mode.control_chars[SpecialCharacterIndices::VMIN as usize] = 0;
            mode.control_chars[SpecialCharacterIndices::VTIME as usize] = 1;
        })
    }

    fn changed(change: impl FnOnce(&mut Termios)) -> Option<Termios> {
        let found = as_found()?;
        let mut mode = found.clone();
        change(&mut mode);
        restore(&mode);
        Some(found)
    }

    pub(super) fn give_back() {
        let found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mode) = found.as_ref() {
            restore(mode);
        }
    }

    pub(super) fn restore(mode: &Termios) {
        // A terminal that is gone needs no mode.
        let _ = tcsetattr(std::io::stdin(), SetArg::TCSADRAIN, mode);
    }
}
