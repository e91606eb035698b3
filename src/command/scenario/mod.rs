//! `chatkit scenario`: files that script the mock.

mod check;
mod new;

use clap::{Args, Subcommand};

use super::Context;
use crate::error::Result;
use crate::options::Deferred;
use crate::server::scenario::schema;

/// What to do with scenarios.
#[derive(Debug, Subcommand)]
pub enum ScenarioCommand {
    /// Write an example that explains itself
    New(Deferred<new::NewArgs>),
    /// Find what is wrong with files and folders, without serving them
    Check(Deferred<check::CheckArgs>),
    /// Print the JSON Schema that editors complete scenarios by
    Schema(SchemaArgs),
}

/// The schema takes no options.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  chatkit scenario schema > scenario.schema.json
  # and in the first line of a scenario:
  # yaml-language-server: $schema=./scenario.schema.json")]
pub struct SchemaArgs {}

/// Runs what was asked for.
///
/// # Errors
/// Whatever the subcommand says.
pub async fn run(command: ScenarioCommand, context: Context<'_>) -> Result<()> {
    match command {
        ScenarioCommand::New(args) => new::run(&args.0, context.ui),
        ScenarioCommand::Check(args) => check::run(*args.0, context.ui, &context.cancel).await,
        ScenarioCommand::Schema(_) => {
            let schema = serde_json::to_string_pretty(&schema());
            let schema = schema.expect("a schema with string keys serialises into memory");
            context.ui.line(&schema)
        }
    }
}
