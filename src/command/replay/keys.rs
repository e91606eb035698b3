//! The space bar: keys of a terminal, one by one, while something else is shown on it.

use std::time::Duration;

/// How often the keyboard is looked at.
pub const LOOK: Duration = Duration::from_millis(30);

/// The keyboard of the terminal at stdin, whose mode is given back when this is dropped.
#[derive(Debug)]
pub struct Keys {
    #[cfg(unix)]
    _mode: unix::Mode,
}

impl Keys {
    /// The keyboard; `None` where stdin is no terminal, or its keys cannot be had one by one.
    #[cfg(unix)]
    pub fn of_terminal() -> Option<Self> {
        let mode = unix::Mode::key_by_key()?;
        Some(Self { _mode: mode })
    }

    /// There is no pausing on this platform.
    #[cfg(not(unix))]
    pub fn of_terminal() -> Option<Self> {
        None
    }

    /// Whether the space bar was pressed an odd number of times since it was last asked.
    #[cfg(unix)]
    #[allow(
        clippy::unused_self,
        reason = "a keyboard is read only by whoever set its mode"
    )]
    pub fn toggled(&mut self) -> bool {
        let pressed = unix::pressed();
        memchr::memchr_iter(b' ', &pressed).count() % 2 == 1
    }

    /// Nothing is ever pressed.
    #[cfg(not(unix))]
    #[allow(clippy::unused_self, reason = "elsewhere it is asked")]
    pub fn toggled(&mut self) -> bool {
        false
    }
}

#[cfg(unix)]
mod unix {
    use std::io::Read;

    use nix::sys::termios::{
        LocalFlags, SetArg, SpecialCharacterIndices, Termios, tcgetattr, tcsetattr,
    };

    /// The mode that the terminal had.
    #[derive(Debug)]
    pub struct Mode(Termios);

    impl Mode {
        /// Keys come without Enter and are not echoed, and a read never waits for one.
        ///
        /// Ctrl-C and Ctrl-Z stay signals, so that whoever heeds those heeds them here too; output
        /// that was written before Ctrl-C is not thrown away (termios(3), `NOFLSH`).
        pub fn key_by_key() -> Option<Self> {
            let found = tcgetattr(std::io::stdin()).ok()?;
            let mut mode = found.clone();
            mode.local_flags
                .remove(LocalFlags::ICANON | LocalFlags::ECHO);
            mode.local_flags.insert(LocalFlags::NOFLSH);
            mode.control_chars[SpecialCharacterIndices::VMIN as usize] = 0;
            mode.control_chars[SpecialCharacterIndices::VTIME as usize] = 0;
            tcsetattr(std::io::stdin(), SetArg::TCSADRAIN, &mode).ok()?;
            Some(Self(found))
        }
    }

    impl Drop for Mode {
        fn drop(&mut self) {
            // What was pressed and not read is for nobody: not for the shell either.
            let _ = tcsetattr(std::io::stdin(), SetArg::TCSAFLUSH, &self.0);
        }
    }

    /// What was pressed since the last time.
    pub fn pressed() -> Vec<u8> {
        let mut keys = [0; 64];
        // A terminal that is gone has no keys.
        let count = std::io::stdin().lock().read(&mut keys).unwrap_or(0);
        keys[..count].to_vec()
    }
}
