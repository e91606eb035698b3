//! What client tools and forms are answered with, as far as that is known beforehand.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::Conversation;
use super::tool::{self, Tool};
use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::protocol::{
    AddClientToolOutput, AddStructuredInput, AnswerStatus, ClientToolCall, Extra, InputKind, Item,
    ItemKind, Question, Request, StructuredInput, Submission, SubmittedAnswer, Verbatim,
};
use crate::ui::{Style, Ui};

/// How tools and forms are answered.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// Results by the names of their tools; of several for one tool the last one counts.
    pub results: Vec<(String, Verbatim)>,
    /// Commands that print a result, by the names of their tools.
    pub commands: Vec<(String, String)>,
    /// Values by the ids of their questions; several of one id answer it together.
    pub values: Vec<(String, String)>,
    /// Whether forms are skipped.
    pub skip: bool,
    /// Whether a tool that none of these answers is a mistake of whoever brought them.
    pub insists: bool,
}

/// What follows a turn.
#[derive(Debug)]
pub enum Next {
    /// An answer to what the thread waits for.
    Request(Request),
    /// Nothing: the thread waits for nothing, or for nothing that has to be answered now.
    Nothing,
}

impl Answers {
    /// The request that answers what the conversation waits for.
    ///
    /// A turn may end while it waits: whoever brought no answer may bring it later, and is told
    /// how. Whoever brought answers, and none for this, has made a mistake.
    ///
    /// # Errors
    /// Wrong usage: the answers do not fit, or a command that makes one failed.
    pub async fn next(
        &self,
        conversation: &Conversation,
        stays: Stays,
        ui: &mut Ui,
        cancel: &Cancel,
    ) -> Result<Next> {
        let transcript = &conversation.transcript;
        if let Some(item) = transcript.pending_tool_call()
            && let ItemKind::ClientToolCall(call) = &item.kind
        {
            return self.tool(item, call, stays, ui, cancel).await;
        }
        if let Some(item) = transcript.pending_form()
            && let ItemKind::StructuredInput(form) = &item.kind
        {
            return self.form(item, form, stays, ui);
        }
        Ok(Next::Nothing)
    }

    async fn tool(
        &self,
        item: &Item,
        call: &ClientToolCall,
        stays: Stays,
        ui: &mut Ui,
        cancel: &Cancel,
    ) -> Result<Next> {
        let Some(result) = self.result(item, call, cancel).await? else {
            let waits = format!("the assistant waits for the client tool '{}'", call.name);
            let (name, thread) = (quoted(&call.name), quoted(item.thread_id.as_str()));
            let later = stays.later(&thread, &format!("--tool {name}=JSON"));
            let hint =
                format!("answer it with --tool {name}=JSON or --tool-cmd {name}=COMMAND; {later}");
            if !self.insists {
                wait(&waits, &hint, ui);
                return Ok(Next::Nothing);
            }
            return Err(Error::usage_hint(waits, hint));
        };
        Ok(Next::Request(Request::AddClientToolOutput(
            AddClientToolOutput {
                thread_id: item.thread_id.clone(),
                result,
                extra: Extra::default(),
            },
        )))
    }

    /// The result of a tool; of several answers for one tool the last one counts.
    ///
    /// # Errors
    /// Wrong usage: the command that answers it failed.
    pub async fn result(
        &self,
        item: &Item,
        call: &ClientToolCall,
        cancel: &Cancel,
    ) -> Result<Option<Verbatim>> {
        let mut results = self.results.iter().rev();
        if let Some((_, result)) = results.find(|(name, _)| *name == call.name) {
            return Ok(Some(result.clone()));
        }
        let mut commands = self.commands.iter().rev();
        let Some((_, command)) = commands.find(|(name, _)| *name == call.name) else {
            return Ok(None);
        };
        let tool = Tool {
            command,
            call,
            thread_id: &item.thread_id,
        };
        tool::run(&tool, cancel).await.map(Some)
    }

    /// What a form is answered with, if answers to forms were given at all.
    ///
    /// # Errors
    /// Wrong usage: the form has no question that was answered.
    pub fn known_submission(&self, form: &StructuredInput) -> Result<Option<Submission>> {
        if !self.skip && self.values.is_empty() {
            return Ok(None);
        }
        self.submission(form).map(Some)
    }

    fn form(&self, item: &Item, form: &StructuredInput, stays: Stays, ui: &mut Ui) -> Result<Next> {
        if !self.skip && self.values.is_empty() {
            let flags: Vec<String> = form
                .questions()
                .map(|question| format!("--answer {}=VALUE", quoted(&question.id)))
                .collect();
            let thread = quoted(item.thread_id.as_str());
            // A form may ask nothing that can be answered.
            let hint = if flags.is_empty() {
                format!("skip it with --skip; {}", stays.later(&thread, "--skip"))
            } else {
                let flags = flags.join(" ");
                let later = stays.later(&thread, &flags);
                format!("answer it with {flags} or --skip; {later}")
            };
            wait("the assistant waits for a form", &hint, ui);
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
            .questions()
            .map(|question| question.id.as_str())
            .collect();
        if let Some((id, _)) = self
            .values
            .iter()
            .find(|(id, _)| !ids.contains(&id.as_str()))
        {
            return Err(Error::usage_hint(
                format!("the form has no question '{id}'"),
                format!("answer one of: {}", ids.join(", ")),
            ));
        }
        for question in &form.inputs {
            self.refuse_surplus(question)?;
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

    /// Whoever chose two where one can be chosen meant one of them: the reference server keeps the
    /// first and says nothing of the others (openai-chatkit 1.6.5, server.py).
    fn refuse_surplus(&self, question: &Question) -> Result<()> {
        let takes_one =
            matches!(&question.kind, InputKind::MultipleChoice(choice) if !choice.multiple);
        let given = self.values.iter().filter(|(id, _)| *id == question.id);
        if !takes_one || given.count() < 2 {
            return Ok(());
        }
        let id = quoted(&question.id);
        Err(Error::usage_hint(
            format!("the question '{}' takes one answer", question.id),
            format!("leave one --answer {id}=VALUE"),
        ))
    }

    /// The answer to a question; one that was not answered is skipped.
    fn answer(&self, id: &str) -> SubmittedAnswer {
        let values: Vec<String> = (self.values.iter())
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

/// Whether a thread can still be answered when the command has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stays {
    /// It can: the backend keeps it.
    Kept,
    /// It ends with the mock inside this process.
    Gone,
}

impl Stays {
    /// How the thread is answered later, if it is.
    fn later(self, thread: &str, flags: &str) -> String {
        match self {
            Self::Kept => format!("later, with: chatkit send --thread {thread} {flags}"),
            Self::Gone => "not later, because the mock ends with this command".to_owned(),
        }
    }
}

/// Says what the thread waits for; whoever reads JSON sees it there.
fn wait(what: &str, hint: &str, ui: &mut Ui) {
    if !ui.is_json() {
        ui.note(Style::Plain, what);
        ui.note(Style::Plain, &format!("hint: {hint}"));
    }
}

/// A backend's word as an argument for a shell, into which a hint may well be pasted.
fn quoted(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.:/".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return Cow::Borrowed(word);
    }
    Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_can_be_pasted_into_a_shell() {
        assert_eq!(quoted("thr_1"), "thr_1");
        assert_eq!(quoted("x; rm -rf ~"), "'x; rm -rf ~'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
