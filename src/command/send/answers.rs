//! The options that answer client tools and forms.

use clap::Args;

use crate::command::input;
use crate::config::ToolSettings;
use crate::conversation::answers::Answers;
use crate::protocol::Verbatim;

/// How tools and forms are answered.
#[derive(Args, Debug)]
#[command(next_help_heading = "Answers")]
pub struct AnswerArgs {
    /// Answer a client tool with this JSON (repeatable)
    #[arg(long = "tool", value_name = "NAME=JSON", value_parser = result)]
    results: Vec<(String, Verbatim)>,

    /// Answer a client tool with what this command prints (repeatable)
    #[arg(long = "tool-cmd", value_name = "NAME=COMMAND", value_parser = command)]
    commands: Vec<(String, String)>,

    /// Answer a question of a form; several values of one ID answer it together (repeatable)
    #[arg(long = "answer", value_name = "ID=VALUE", value_parser = answer)]
    answers: Vec<(String, String)>,

    /// Skip the forms that are asked
    #[arg(long, conflicts_with = "answers")]
    skip: bool,
}

impl AnswerArgs {
    /// Whether there is an answer to anything.
    pub fn any(&self) -> bool {
        let Self {
            results,
            commands,
            answers,
            skip,
        } = self;
        *skip || !(results.is_empty() && commands.is_empty() && answers.is_empty())
    }

    /// These answers, behind those that the profile has for tools.
    pub fn or(&self, tools: &ToolSettings) -> Answers {
        let insists = !(self.results.is_empty() && self.commands.is_empty());
        // Of several answers to one tool the last one counts.
        let results = tools.results.iter().cloned();
        let results = results.map(|(name, result)| (name, result.into()));
        let commands = tools.commands.iter().cloned();
        Answers {
            results: results.chain(self.results.clone()).collect(),
            commands: commands.chain(self.commands.clone()).collect(),
            values: self.answers.clone(),
            skip: self.skip,
            insists,
        }
    }
}

fn answer(text: &str) -> Result<(String, String), String> {
    input::pair(text).map_err(|_| "expected ID=VALUE".into())
}

fn command(text: &str) -> Result<(String, String), String> {
    input::pair(text).map_err(|_| "expected NAME=COMMAND".into())
}

fn result(text: &str) -> Result<(String, Verbatim), String> {
    let (name, json) = input::pair(text).map_err(|_| "expected NAME=JSON")?;
    let value = (json.trim().parse())
        .map_err(|error| format!("the result of '{name}' is not JSON: {error}"))?;
    Ok((name, value))
}
