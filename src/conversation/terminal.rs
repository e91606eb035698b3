//! A terminal that is lent to a command which wants to read it, as a shell's `fg` does.
//!
//! Until then the command is in the background, so that Ctrl-C reaches us, who can end it with all
//! that it started.

use std::fs::File;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

use nix::sys::signal::{SigSet, Signal, killpg};
use nix::sys::termios::{SetArg, Termios, tcgetattr, tcsetattr};
use nix::unistd::{Pid, getpgrp, tcgetpgrp, tcsetpgrp};
use rustix::process::{WaitId, WaitIdOptions, waitid};

use crate::ui;

/// How often is looked whether the command is stopped.
const LOOK: Duration = Duration::from_millis(50);

/// The terminal while another group of processes has it; dropping it takes it back.
struct Loan {
    terminal: File,
    own: Pid,
    /// As the terminal was, whatever the other made of it.
    mode: Termios,
}

/// Lends the terminal to a group of processes as soon as that is stopped for wanting it; its leader
/// has to be a child of ours. Dropping the future takes the terminal back.
///
/// Ends only where the terminal cannot be lent.
pub(super) async fn lend(group: Pid) -> io::Error {
    let mut loan = None;
    loop {
        tokio::time::sleep(LOOK).await;
        if !is_stopped(group) {
            continue;
        }
        if loan.is_none() {
            match Loan::to(group) {
                Ok(made) => loan = Some(made),
                Err(error) => return error,
            }
        }
        // There is no shell that a command could be suspended to.
        let _ = killpg(group, Signal::SIGCONT);
    }
}

/// Whether it was ended by the Ctrl-C that only whoever has the terminal is sent.
pub(super) fn was_interrupted(status: ExitStatus) -> bool {
    status.signal() == Some(Signal::SIGINT as i32)
}

/// The terminal stops all processes of a group, so that it is enough to look at the leader.
fn is_stopped(leader: Pid) -> bool {
    let options = WaitIdOptions::STOPPED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    let Some(leader) = rustix::process::Pid::from_raw(leader.as_raw()) else {
        return false;
    };
    let status = waitid(WaitId::Pid(leader), options).ok().flatten();
    status.is_some_and(|status| status.stopped())
}

impl Loan {
    fn to(group: Pid) -> io::Result<Self> {
        // Whoever else is in our pipeline would be stopped in its turn.
        if !ui::is_at_terminal() {
            return Err(io::Error::other("stdin or stdout is no terminal"));
        }
        let terminal = File::options().read(true).write(true).open("/dev/tty")?;
        let own = getpgrp();
        if tcgetpgrp(&terminal)? != own {
            return Err(io::Error::other("chatkit itself runs in the background"));
        }
        let mode = tcgetattr(&terminal)?;
        tcsetpgrp(&terminal, group)?;
        Ok(Self {
            terminal,
            own,
            mode,
        })
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        // Whoever takes a terminal from the background is stopped for it, unless the signal is held
        // back (POSIX, tcsetpgrp).
        let mut held = SigSet::empty();
        held.add(Signal::SIGTTOU);
        let was_held = held.thread_swap_mask(nix::sys::signal::SigmaskHow::SIG_BLOCK);
        // A terminal that is gone needs nothing.
        let _ = tcsetpgrp(&self.terminal, self.own);
        let _ = tcsetattr(&self.terminal, SetArg::TCSADRAIN, &self.mode);
        if let Ok(before) = was_held {
            let _ = before.thread_set_mask();
        }
    }
}
