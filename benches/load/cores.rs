//! Who runs where: what is measured gets core 0, the generator core 1.

use crate::os;
use std::{io, process::Child, process::Command};

const MEASURED: usize = 0;
const GENERATOR: usize = 1;

/// Whether the two are kept apart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    Apart,
    Anywhere,
}

impl Placement {
    /// Moves the generator to its core. `wanted` is false where the user has placed it by hand.
    pub fn settle(wanted: bool) -> Self {
        if wanted && os::pin(GENERATOR) {
            Self::Apart
        } else {
            Self::Anywhere
        }
    }

    /// Starts what is to be measured on its own core.
    ///
    /// A child inherits the core of the thread that starts it, so this thread goes there and
    /// comes back. That binds every thread of the child from its first instruction, and a
    /// runtime that asks for the number of cores is told one.
    pub fn start(self, command: &mut Command) -> io::Result<Child> {
        if self == Self::Anywhere {
            return command.spawn();
        }
        os::pin(MEASURED);
        let child = command.spawn();
        os::pin(GENERATOR);
        child
    }

    /// For the report.
    pub fn sentence(self, started_here: bool) -> &'static str {
        match (self, started_here) {
            (Self::Apart, true) => "pinned: what is measured to core 0, the generator to core 1",
            (Self::Apart, false) => {
                "the generator is pinned to core 1, the server as it was started"
            }
            (Self::Anywhere, _) => "nothing is pinned: both share the cores",
        }
    }
}
