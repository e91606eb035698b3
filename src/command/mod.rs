//! One file a subcommand: its arguments, then `run`. What several of them need stands here.

pub mod action;
pub mod chat;
pub mod check;
pub mod completions;
pub(crate) mod connect;
pub mod doctor;
pub mod feedback;
mod input;
pub mod man;
mod remembered;
pub mod replay;
pub mod request;
pub mod scenario;
pub mod send;
pub mod serve;
pub mod session;
pub mod thread;
pub mod widget;

use crate::cancel::{Cancel, Interrupts};
use crate::config::Surroundings;
use crate::options::GlobalArgs;
use crate::ui::Ui;

pub use crate::repl::Mode as TerminalMode;

/// What a command is given besides its own arguments.
#[derive(Debug)]
pub struct Context<'a> {
    /// The options of every command, as they were typed.
    pub global: GlobalArgs,
    /// The environment and the folders.
    pub around: Surroundings,
    /// Where results, notes and questions go.
    pub ui: &'a mut Ui,
    /// The wish to stop.
    pub cancel: Cancel,
    /// Each Ctrl-C, for a command that stops something smaller than itself.
    pub interrupts: Interrupts,
}

impl<'a> Context<'a> {
    /// The context of a process.
    pub fn new(global: GlobalArgs, ui: &'a mut Ui, cancel: Cancel, interrupts: Interrupts) -> Self {
        Self {
            global,
            around: Surroundings::of_process(),
            ui,
            cancel,
            interrupts,
        }
    }
}
