//! `chatkit completions`: what a shell needs to complete the command line.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Context;
use crate::cli::Cli;
use crate::error::Result;

/// Which shell.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  chatkit completions bash > ~/.local/share/bash-completion/completions/chatkit
  chatkit completions zsh > ~/.zfunc/_chatkit
  chatkit completions fish > ~/.config/fish/completions/chatkit.fish")]
pub struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Writes the completions to stdout.
///
/// # Errors
/// When stdout cannot be written to.
pub fn run(args: &CompletionsArgs, context: &mut Context<'_>) -> Result<()> {
    context.ui.bytes(&script(args.shell))
}

/// The completion script of a shell.
pub fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "chatkit", &mut script);
    script
}
