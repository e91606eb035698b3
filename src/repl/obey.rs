//! What each command does, or who does it.

use serde_json::Value;

use super::ask::{Question, Reply};
use super::editor::Knowledge;
use super::input::{self, COMMANDS, Command, Input, Misread};
use super::{Flow, Repl, Seat, external, widgets};
use crate::error::{Error, Result};
use crate::protocol::{
    Extra, Feedback, FeedbackKind, Item, ItemId, ItemKind, Request, UserMessage,
};
use crate::render::{clean, clean_line, plain, table};
use crate::ui::Style;

impl Repl<'_> {
    /// Does what a line says.
    pub(super) async fn obey(&mut self, line: &str) -> Result<Flow> {
        match input::read(line) {
            Ok(Input::Nothing) => Ok(Flow::Next),
            Ok(Input::Message(text)) => self.say(&text).await,
            Ok(Input::Command(command)) => self.command(command).await,
            Err(misread) => Err(as_usage(&misread)),
        }
    }

    async fn command(&mut self, command: Command) -> Result<Flow> {
        match command {
            Command::Help => self.help()?,
            Command::New => self.new_thread(),
            Command::Threads => self.threads().await?,
            Command::Open(id) => self.open(id.into()).await?,
            Command::Show => self.show()?,
            Command::Rename(title) => self.rename(title).await?,
            Command::Delete => self.delete().await?,
            Command::Attach(file) => self.attach(&file).await?,
            Command::Quote(text) => self.setup.draft.quote = text,
            Command::Tag(id, text) => self.setup.draft.tags.push((id, text)),
            Command::Model(model) => self.model(model),
            Command::Tool(tool) => self.tool_choice(tool),
            Command::Retry => {
                let request = self.again().ok_or_else(nothing_to_retry)?;
                self.turns(request).await?;
            }
            Command::Good => self.feedback(FeedbackKind::Positive).await?,
            Command::Bad => self.feedback(FeedbackKind::Negative).await?,
            Command::Click(number, payload) => self.click(number, payload.as_deref()).await?,
            Command::Form => {
                if !self.facts().waits {
                    return Err(Error::usage("the thread waits for no form and no tool"));
                }
                if let Some(request) = self.answer(true).await? {
                    self.turns(request).await?;
                }
            }
            Command::Items => self.items()?,
            Command::Raw => self.raw(),
            Command::Timing => self.timing(),
            Command::Save(file) => self.save(&file).await?,
            Command::Edit => return self.edit().await,
            Command::Quit => return Ok(Flow::Leave),
        }
        Ok(Flow::Next)
    }

    fn help(&mut self) -> Result<()> {
        let rows: Vec<[String; 2]> = COMMANDS
            .iter()
            .map(|spec| {
                let usage = format!("/{} {}", spec.name, spec.arguments);
                [usage.trim().to_owned(), spec.about.to_owned()]
            })
            .collect();
        let more = "All else is sent. A message that begins with / is sent with //, and \\ at the end \
                    of a line, Alt-Enter or a paste makes it longer than one line. Ctrl-C stops an \
                    answer.";
        let columns = match self.seat {
            Seat::Terminal(..) => self.screen.look().width,
            Seat::Pipe(_) => usize::MAX,
        };
        self.say_text(&table::described(&rows, columns))?;
        self.say_text("\n")?;
        self.say_text(&table::paragraph(more, columns))
    }

    /// Writes a text of the program's own: to stdout on a terminal, and where stdout carries the
    /// answers to stderr.
    pub(super) fn say_text(&mut self, text: &str) -> Result<()> {
        if self.is_interactive() {
            return self.ui.text(text);
        }
        for line in text.lines() {
            self.ui.note(Style::Plain, line);
        }
        Ok(())
    }

    fn model(&mut self, model: Option<String>) {
        let told = match &model {
            Some(model) => format!("the model is {model} from now on"),
            None => "no model is asked for any more".to_owned(),
        };
        self.ui.note(Style::Dim, &told);
        keep(&mut self.seen.models, model.as_deref());
        self.setup.draft.model = model;
    }

    fn tool_choice(&mut self, tool: Option<String>) {
        let told = match &tool {
            Some(tool) => format!("the tool {tool} is asked for from now on"),
            None => "no tool is asked for any more".to_owned(),
        };
        self.ui.note(Style::Dim, &told);
        keep(&mut self.seen.tools, tool.as_deref());
        self.setup.draft.tool = tool;
    }

    fn raw(&mut self) {
        self.screen.raw = !self.screen.raw;
        let told = if self.screen.raw {
            "events are shown as they come"
        } else {
            "events are shown as what they mean"
        };
        self.ui.note(Style::Dim, told);
    }

    fn timing(&mut self) {
        self.tells_timing = !self.tells_timing;
        if self.tells_timing {
            self.tell_timing();
        } else {
            self.ui.note(Style::Dim, "times are told no longer");
        }
    }

    async fn feedback(&mut self, kind: FeedbackKind) -> Result<()> {
        let (Some(thread_id), items) = (self.thread_id(), self.last_answer()) else {
            return Err(Error::usage("there is no answer to judge yet"));
        };
        if items.is_empty() {
            return Err(Error::usage("there is no answer to judge yet"));
        }
        let request = Request::Feedback(Feedback {
            thread_id,
            item_ids: items,
            kind,
            extra: Extra::default(),
        });
        self.call::<Value>(&request).await?;
        self.ui.note(Style::Dim, "the feedback was taken");
        Ok(())
    }

    /// The items that the assistant answered the last message with.
    fn last_answer(&self) -> Vec<ItemId> {
        let is_answer = |item: &&Item| {
            matches!(
                item.kind,
                ItemKind::AssistantMessage(_) | ItemKind::Widget(_) | ItemKind::GeneratedImage(_)
            )
        };
        let mut ids: Vec<ItemId> = self
            .conversation
            .transcript
            .items()
            .rev()
            .take_while(|item| !matches!(item.kind, ItemKind::UserMessage(_)))
            .filter(is_answer)
            .map(|item| item.id.clone())
            .collect();
        ids.reverse();
        ids
    }

    async fn edit(&mut self) -> Result<Flow> {
        if !self.is_interactive() {
            return Err(Error::usage("/edit needs a terminal"));
        }
        let text = external::edit("", &self.setup.vars, &self.setup.interrupts).await?;
        // The line editor writes a text as it is, and nothing where it cannot draw.
        let is_plain = clean(&text) == text;
        if text.is_empty() || (is_plain && self.screen.sight.draws) {
            return Ok(Flow::Edit(text));
        }
        self.say_text(&clean(&text))?;
        self.say_text("\n")?;
        match self.ask(Question::sure("Send it?", true)).await? {
            Some(Reply::Sure(true)) => self.say(&text).await,
            _ => Ok(Flow::Next),
        }
    }

    /// What completion knows.
    pub(super) fn knowledge(&self) -> Knowledge {
        let transcript = &self.conversation.transcript;
        let mut known = Knowledge {
            threads: self.seen.threads.clone(),
            models: self.seen.models.clone(),
            tools: self.seen.tools.clone(),
            ..Knowledge::default()
        };
        for item in transcript.items() {
            let id = clean_line(item.id.as_str());
            known.items.push((id, plain::kind(item).to_owned()));
            match &item.kind {
                ItemKind::UserMessage(UserMessage {
                    inference_options, ..
                }) => {
                    keep(&mut known.models, inference_options.model.as_deref());
                    let tool = inference_options.tool_choice.as_ref();
                    keep(&mut known.tools, tool.map(|tool| tool.id.as_str()));
                }
                ItemKind::ClientToolCall(call) => keep(&mut known.tools, Some(&call.name)),
                _ => {}
            }
        }
        for (id, first) in self.screen.numbers.widgets() {
            let actions = transcript.item(id).map(widgets::actions);
            let numbered = actions.into_iter().flatten().enumerate();
            let labelled = numbered.map(|(at, action)| ((first + at).to_string(), action.label));
            known.actions.extend(labelled);
        }
        known
    }
}

/// Keeps a name once, if it can be typed.
fn keep(names: &mut Vec<String>, name: Option<&str>) {
    if let Some(name) = name
        && clean_line(name) == name
        && !names.iter().any(|known| known == name)
    {
        names.push(name.to_owned());
    }
}

fn as_usage(misread: &Misread) -> Error {
    Error::usage_hint(misread.to_string(), misread.hint())
}

fn nothing_to_retry() -> Error {
    Error::usage("there is no message to answer anew")
}
