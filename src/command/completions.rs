//! `chatkit completions`: what a shell needs to complete the command line.

use clap::{Args, Command};
use clap_complete::Shell;

use super::Context;
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

/// Writes the completions of a command line to stdout.
///
/// # Errors
/// When stdout cannot be written to.
pub fn run(args: &CompletionsArgs, mut top: Command, context: &mut Context<'_>) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut top, "chatkit", &mut script);
    context.ui.bytes(&script)
}
