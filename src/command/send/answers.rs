//! What `chatkit send` answers client tools and forms with.

use std::collections::BTreeMap;

use clap::Args;
use serde_json::Value;

use super::tool::{self, Tool};
use crate::command::Context;
use crate::command::input;
use crate::command::turn::Conversation;
use crate::error::{Error, Result};
use crate::protocol::{
    AddClientToolOutput, AddStructuredInput, AnswerStatus, ClientToolCall, Extra, Item, ItemKind,
    Request, StructuredInput, Submission, SubmittedAnswer, ThreadId,
};
use crate::ui::Style;

/// How tools and forms are answered.
#[derive(Args, Debug)]
#[command(next_help_heading = "Answers")]
pub struct AnswerArgs {
    /// Answer a client tool with this JSON (repeatable)
    #[arg(long = "tool", value_name = "NAME=JSON", value_parser = result)]
    results: Vec<(String, Value)>,

    /// Answer a client tool with what this command prints (repeatable)
    #[arg(long = "tool-cmd", value_name = "NAME=COMMAND", value_parser = input::pair)]
    commands: Vec<(String, String)>,

    /// Answer a question of a form; several values of one ID answer it together (repeatable)
    #[arg(long = "answer", value_name = "ID=VALUE", value_parser = input::pair)]
    answers: Vec<(String, String)>,

    /// Skip the forms that are asked
    #[arg(long, conflicts_with = "answers")]
    skip: bool,
}

/// What follows a turn.
#[derive(Debug)]
pub enum Next {
    /// An answer to what the thread waits for.
    Request(Request),
    /// Nothing: the thread waits for nothing, or for nothing that has to be answered now.
    Nothing,
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

    /// The request that answers what the conversation waits for.
    ///
    /// # Errors
    /// Wrong usage: a command that answers a tool failed, or a question that the form does not have.
    pub async fn next(
        &self,
        conversation: &Conversation,
        context: &mut Context<'_>,
    ) -> Result<Next> {
        let transcript = &conversation.transcript;
        if let Some(item) = transcript.pending_tool_call()
            && let ItemKind::ClientToolCall(call) = &item.kind
        {
            return self.tool(item, call, context).await;
        }
        if let Some(item) = transcript.pending_form()
            && let ItemKind::StructuredInput(form) = &item.kind
        {
            return self.form(item, form, context);
        }
        Ok(Next::Nothing)
    }

    async fn tool(
        &self,
        item: &Item,
        call: &ClientToolCall,
        context: &mut Context<'_>,
    ) -> Result<Next> {
        let result = self
            .results
            .iter()
            .rev()
            .find(|(name, _)| *name == call.name);
        let command = self
            .commands
            .iter()
            .rev()
            .find(|(name, _)| *name == call.name);
        let result = match (result, command) {
            (Some((_, result)), _) => result.clone(),
            (None, Some((_, command))) => {
                let tool = Tool {
                    command,
                    call,
                    thread_id: &item.thread_id,
                };
                tool::run(&tool, &context.cancel).await?
            }
            (None, None) => {
                let flags = format!("--tool {0}=JSON (or --tool-cmd {0}=COMMAND)", call.name);
                let waits = format!("the client tool '{}'", call.name);
                tell_what_waits(&waits, &item.thread_id, &flags, context);
                return Ok(Next::Nothing);
            }
        };
        Ok(Next::Request(Request::AddClientToolOutput(
            AddClientToolOutput {
                thread_id: item.thread_id.clone(),
                result,
                extra: Extra::default(),
            },
        )))
    }

    fn form(&self, item: &Item, form: &StructuredInput, context: &mut Context<'_>) -> Result<Next> {
        if !self.skip && self.answers.is_empty() {
            let flags: Vec<_> = form
                .inputs
                .iter()
                .map(|question| format!("--answer {}=VALUE", question.id))
                .collect();
            let flags = format!("{} (or --skip)", flags.join(" "));
            tell_what_waits("a form", &item.thread_id, &flags, context);
            return Ok(Next::Nothing);
        }
        Ok(Next::Request(Request::AddStructuredInput(
            AddStructuredInput {
                thread_id: item.thread_id.clone(),
                item_id: item.id.clone(),
                input: self.submission(form)?,
                extra: Extra::default(),
            },
        )))
    }

    fn submission(&self, form: &StructuredInput) -> Result<Submission> {
        if self.skip {
            return Ok(Submission {
                status: AnswerStatus::Skipped,
                answers: BTreeMap::new(),
                extra: Extra::default(),
            });
        }
        let ids: Vec<&str> = form
            .inputs
            .iter()
            .map(|question| question.id.as_str())
            .collect();
        if let Some((id, _)) = self
            .answers
            .iter()
            .find(|(id, _)| !ids.contains(&id.as_str()))
        {
            return Err(Error::usage_hint(
                format!("the form has no question '{id}'"),
                format!("answer one of: {}", ids.join(", ")),
            ));
        }
        let answers = ids
            .iter()
            .map(|id| ((*id).to_owned(), self.answer(id)))
            .collect();
        Ok(Submission {
            status: AnswerStatus::Answered,
            answers,
            extra: Extra::default(),
        })
    }

    /// The answer to a question; one that was not answered is skipped.
    fn answer(&self, id: &str) -> SubmittedAnswer {
        let values: Vec<String> = (self.answers.iter())
            .filter(|(answered, _)| answered == id)
            .map(|(_, value)| value.clone())
            .collect();
        SubmittedAnswer {
            skipped: values.is_empty(),
            values,
            extra: Extra::default(),
        }
    }
}

/// The turn has said what it had to say, so that an open question is no failure of it; the flags
/// that answer it are for whoever asks again.
fn tell_what_waits(what: &str, thread: &ThreadId, flags: &str, context: &mut Context<'_>) {
    if !context.ui.is_json() {
        let note = format!(
            "the assistant waits for {what}; answer it with: chatkit send --thread {thread} {flags}"
        );
        context.ui.note(Style::Plain, &note);
    }
}

fn result(text: &str) -> Result<(String, Value), String> {
    let (name, json) = input::pair(text).map_err(|_| "expected NAME=JSON")?;
    let value = serde_json::from_str(&json)
        .map_err(|error| format!("the result of '{name}' is not JSON: {error}"))?;
    Ok((name, value))
}
