//! The command line: which subcommands there are, and who runs each.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser, Subcommand};
use tokio::runtime::{Builder, Runtime};

use crate::command::{self, Context};
use crate::error::{Error, Result};
use crate::options::{Deferred, GlobalArgs};
use crate::secret::{hide, marked_address};

const EXAMPLES: &str = "\
Examples:
  chatkit send --mock 'show markdown'          an answer without any backend
  chatkit send --url http://localhost:8000/chatkit 'hello'
  chatkit serve --mock                         a backend for a frontend, on port 8000
  chatkit thread list --json | jq -r '.data[].id'

Exit codes:
  0 ok   1 the backend failed the request   2 wrong usage   3 a check failed
  4 not authorised   5 not reached or timed out   6 the protocol was broken   130 interrupted";

/// Talk to any ChatKit backend from a terminal, or be one
///
/// The result goes to stdout, and everything about it (progress, reasoning, notices, ids) to
/// stderr.
#[derive(Debug, Parser)]
#[command(
    name = "chatkit",
    version,
    after_help = EXAMPLES,
    arg_required_else_help = true,
    max_term_width = 100
)]
pub struct Cli {
    /// The options of every command.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// One of the subcommands; each lives in a file of its own under `command/`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make, cancel and inspect hosted sessions
    #[command(subcommand)]
    Session(command::session::SessionCommand),
    /// List, show, rename and delete threads
    #[command(subcommand)]
    Thread(command::thread::ThreadCommand),
    /// Send one message and print the answer
    Send(Deferred<command::send::SendArgs>),
    /// Talk to a backend, message by message
    Chat(Deferred<command::chat::ChatArgs>),
    /// Run a widget's action
    Action(Deferred<command::action::ActionArgs>),
    /// Praise or criticise items of a thread
    Feedback(Deferred<command::feedback::FeedbackArgs>),
    /// Send any operation, raw
    Request(Deferred<command::request::RequestArgs>),
    /// Check a backend: is it up, and does it speak the protocol
    Check(Deferred<command::check::CheckArgs>),
    /// Play a conversation again that was written down
    Replay(Deferred<command::replay::ReplayArgs>),
    /// Serve a local mock backend
    Serve(Deferred<command::serve::ServeArgs>),
    /// Write and check files that script the mock
    #[command(subcommand)]
    Scenario(command::scenario::ScenarioCommand),
    /// Look at widgets without a backend
    #[command(subcommand)]
    Widget(command::widget::WidgetCommand),
    /// Find out why a backend does not work
    Doctor(Deferred<command::doctor::DoctorArgs>),
    /// Print the completions of a shell
    Completions(Deferred<command::completions::CompletionsArgs>),
    /// Print the manual page, or write all of them
    Man(Deferred<command::man::ManArgs>),
}

impl Cli {
    /// Reads the command line of this process.
    ///
    /// # Errors
    /// What is to be printed instead of running: help, or what is wrong, which repeats no secret.
    pub fn of_process() -> Result<Self, clap::Error> {
        Self::try_parse().map_err(without_secrets)
    }
}

/// An error shows what it refuses, and a header, an address or a stray argument may hold a credential.
fn without_secrets(mut error: clap::Error) -> clap::Error {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    };
    let (arg, value) = (
        text(ContextKind::InvalidArg),
        text(ContextKind::InvalidValue),
    );
    if let (Some(arg), Some(value)) = (&arg, &value) {
        let shown = if arg.contains("header") {
            "***".to_owned()
        } else {
            shown(value, arg.contains("URL"))
        };
        error.insert(ContextKind::InvalidValue, ContextValue::String(shown));
    }
    if let (Some(arg), ErrorKind::UnknownArgument) = (arg, error.kind()) {
        let shown = shown(&arg, false);
        error.insert(ContextKind::InvalidArg, ContextValue::String(shown));
    }
    error
}

fn shown(value: &str, is_address: bool) -> String {
    if is_address || value.contains("://") {
        marked_address(value)
    } else {
        hide(value).into_owned()
    }
}

impl Command {
    /// The runtime that the command needs.
    ///
    /// One thread is enough for a client and starts sooner; a server may have every core.
    ///
    /// # Errors
    /// When the operating system refuses what a runtime is made of.
    pub fn runtime(&self) -> Result<Runtime> {
        let mut builder = match self {
            Self::Serve(_) => Builder::new_multi_thread(),
            _ => Builder::new_current_thread(),
        };
        builder
            .enable_all()
            .build()
            .map_err(|error| Error::io("cannot start", error))
    }

    /// Runs the command.
    ///
    /// # Errors
    /// Whatever the command says.
    pub async fn run(self, mut context: Context<'_>) -> Result<()> {
        match self {
            Self::Session(command) => command::session::run(command, context).await,
            Self::Thread(command) => command::thread::run(command, context).await,
            Self::Send(args) => command::send::run(*args.0, context).await,
            Self::Chat(args) => command::chat::run(*args.0, context).await,
            Self::Action(args) => command::action::run(*args.0, context).await,
            Self::Feedback(args) => command::feedback::run(*args.0, context).await,
            Self::Request(args) => command::request::run(*args.0, context).await,
            Self::Check(args) => command::check::run(*args.0, context).await,
            Self::Serve(args) => command::serve::run(*args.0, context).await,
            Self::Replay(args) => command::replay::run(*args.0, context).await,
            Self::Scenario(command) => command::scenario::run(command, context).await,
            Self::Widget(command) => command::widget::run(command, context).await,
            Self::Doctor(args) => command::doctor::run(*args.0, context).await,
            Self::Completions(args) => {
                command::completions::run(&args.0, Cli::command(), &mut context)
            }
            Self::Man(args) => command::man::run(&args.0, Cli::command(), &mut context),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
