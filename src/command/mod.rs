//! One file a subcommand: its arguments, then `run`. What several of them need stands here.

pub mod action;
pub mod chat;
pub mod check;
pub mod completions;
pub(crate) mod connect;
pub mod doctor;
pub mod feedback;
mod input;
pub(crate) mod last;
pub mod man;
pub mod request;
pub mod scenario;
pub mod send;
pub mod serve;
pub mod session;
pub(crate) mod tape;
pub mod thread;
pub(crate) mod turn;
pub(crate) mod view;
pub mod widget;

use tokio::runtime::{Builder, Runtime};

use crate::cancel::{Cancel, Interrupts};
use crate::cli::{Command, GlobalArgs};
use crate::config::Surroundings;
use crate::error::{Error, Result};
use crate::ui::Ui;

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

/// The runtime that a command needs.
///
/// One thread is enough for a client and starts sooner; a server may have every core.
///
/// # Errors
/// When the operating system refuses what a runtime is made of.
pub fn runtime(command: &Command) -> Result<Runtime> {
    let mut builder = match command {
        Command::Serve(_) => Builder::new_multi_thread(),
        _ => Builder::new_current_thread(),
    };
    builder
        .enable_all()
        .build()
        .map_err(|error| Error::io("cannot start", error))
}

/// Runs a command.
///
/// # Errors
/// Whatever the command says.
pub async fn run(command: Command, mut context: Context<'_>) -> Result<()> {
    match command {
        Command::Session(command) => session::run(command, context).await,
        Command::Thread(command) => thread::run(command, context).await,
        Command::Send(args) => send::run(*args, context).await,
        Command::Chat(args) => chat::run(*args, context).await,
        Command::Action(args) => action::run(args, context).await,
        Command::Feedback(args) => feedback::run(args, context).await,
        Command::Request(args) => request::run(args, context).await,
        Command::Check(args) => check::run(*args, context).await,
        Command::Serve(args) => serve::run(*args, context).await,
        Command::Scenario(command) => scenario::run(&command, &mut context),
        Command::Widget(command) => widget::run(command, context).await,
        Command::Doctor(args) => doctor::run(*args, context).await,
        Command::Completions(args) => completions::run(&args, &mut context),
        Command::Man(args) => man::run(&args, &mut context),
    }
}
