//! Turns: what is sent, and what follows an answer.

use super::ahead::Ahead;
use super::ask::{Question, Reply};
use super::mode::Mode;
use super::{Flow, Repl, Seat, forms};
use crate::error::{Error, Result};
use crate::protocol::{
    AddClientToolOutput, AddStructuredInput, AddUserMessage, AnswerStatus, ClientToolCall,
    CreateThread, Extra, Item, ItemKind, Request, StructuredInput, ToolCallStatus, Verbatim,
};
use crate::render::clean::clean_value;
use crate::ui::Style;

/// How often tools and forms are answered before we stop believing that it will end.
const MAX_ROUNDS: usize = 50;

impl Repl<'_> {
    /// Sends a message, and answers what comes back for as long as it asks.
    pub(super) async fn say(&mut self, text: &str) -> Result<Flow> {
        let input = self.setup.draft.message(text);
        let request = match self.thread_id() {
            Some(thread_id) => Request::AddUserMessage(AddUserMessage {
                thread_id,
                input,
                extra: Extra::default(),
            }),
            None => Request::CreateThread(CreateThread {
                input,
                extra: Extra::default(),
            }),
        };
        self.leave_what_waits();
        self.turns(request).await?;
        Ok(Flow::Next)
    }

    /// Plays a turn, and those that follow from it.
    pub(super) async fn turns(&mut self, first: Request) -> Result<()> {
        let mut next = Some(first);
        for _ in 0..MAX_ROUNDS {
            let Some(request) = next else {
                return Ok(());
            };
            next = match self.play(&request).await {
                Ok(()) => self.answer(false).await?,
                Err(error) => self.recover(error, request).await?,
            };
        }
        Err(Error::usage(format!(
            "the backend still asks after {MAX_ROUNDS} answers"
        )))
    }

    /// Whoever goes on without an answer wants to give it later, or never.
    pub(super) fn leave_what_waits(&mut self) {
        let waits = |item: &&Item| match &item.kind {
            ItemKind::StructuredInput(form) => form.status == AnswerStatus::Pending,
            ItemKind::ClientToolCall(call) => call.status == ToolCallStatus::Pending,
            _ => false,
        };
        let waiting = self.conversation.transcript.items().filter(waits);
        self.left.extend(waiting.map(|item| item.id.clone()));
    }

    async fn play(&mut self, request: &Request) -> Result<()> {
        self.settle();
        let before = self.cut(request);
        self.screen.begin();
        self.ui.flush()?;
        let played = if !self.is_interactive() {
            let (backend, cancel) = (&self.setup.backend, &self.setup.cancel);
            let conversation = &mut self.conversation;
            let played = conversation.play(backend, request, self.ui, cancel).await;
            self.tell_new_actions();
            played
        } else if self.screen.sight.draws {
            let ahead = Ahead::listen(self.ui)?;
            let played = self.perform(request).await;
            let (typed, is_cut) = ahead.finish(self.ui).await?;
            self.screen.keep_typed(&typed);
            if is_cut {
                self.ui
                    .warn("what was pasted is too long, and its end is missing");
            }
            played
        } else {
            let _mode = Mode::unseen();
            let played = self.perform(request).await;
            self.tell_new_actions();
            played
        };
        // A request that failed before its answer began had no end either.
        self.screen.rest();
        self.is_broken = played.is_err();
        if self.is_broken && self.received().0 == 0 {
            // Nothing came of it: what followed the message is there still.
            if let Some(before) = before {
                self.conversation.transcript = before;
            }
        } else if let Request::CreateThread(_) | Request::AddUserMessage(_) = request {
            // What goes with a message is kept for another try, and else gone with it.
            self.setup.draft.sent();
        }
        if self.tells_timing && self.is_interactive() {
            self.tell_timing();
        }
        played
    }

    /// Streams a request to the terminal; Ctrl-C stops that.
    async fn perform(&mut self, request: &Request) -> Result<()> {
        let (conversation, screen, ui) = (&mut self.conversation, &mut self.screen, &mut *self.ui);
        let backend = &self.setup.backend;
        let work = async |cancel| {
            conversation
                .perform(screen, backend, request, ui, &cancel)
                .await
        };
        let (interrupts, cancel) = (&self.setup.interrupts, &self.setup.cancel);
        interrupts.stoppable(cancel, work).await
    }

    pub(super) fn tell_timing(&mut self) {
        let timing = self.screen.timing.as_ref().map(ToString::to_string);
        let told = timing.unwrap_or_else(|| "no answer came yet".to_owned());
        self.ui.note(Style::Dim, &told);
    }

    /// The request that answers what the thread waits for. What was left before is not asked for
    /// again, unless `asked` says that the user wants it.
    pub(super) async fn answer(&mut self, asked: bool) -> Result<Option<Request>> {
        let transcript = &self.conversation.transcript;
        let waiting = transcript
            .pending_tool_call()
            .or_else(|| transcript.pending_form());
        let Some(item) = waiting.cloned() else {
            return Ok(None);
        };
        if self.left.contains(&item.id) && !asked {
            return Ok(None);
        }
        let request = match &item.kind {
            ItemKind::ClientToolCall(call) => self.tool(&item, call).await?,
            ItemKind::StructuredInput(form) => self.form(&item, form).await?,
            _ => None,
        };
        if request.is_none() {
            // A question that is left by Ctrl-C leaves the cursor on its last line.
            self.hide_control_c()?;
            self.ui.note(Style::Dim, "left for later: /form asks again");
            self.left.insert(item.id);
        }
        Ok(request)
    }

    async fn tool(&mut self, item: &Item, call: &ClientToolCall) -> Result<Option<Request>> {
        let known = self.known_result(item, call).await?;
        let result = match known {
            Some(result) => {
                let shown = clean_value(&result);
                let note = format!("answered: {} = {shown}", call.name);
                if self.is_interactive() {
                    self.ui.note(Style::Dim, &note);
                }
                Some(result)
            }
            None => self.ask_result(call).await?,
        };
        Ok(result.map(|result| {
            Request::AddClientToolOutput(AddClientToolOutput {
                thread_id: item.thread_id.clone(),
                result,
                extra: Extra::default(),
            })
        }))
    }

    /// What `--tool`, `--tool-cmd` or the profile answers; a command may be stopped by Ctrl-C.
    async fn known_result(&self, item: &Item, call: &ClientToolCall) -> Result<Option<Verbatim>> {
        let answers = &self.setup.answers;
        if !self.is_interactive() {
            return answers.result(item, call, &self.setup.cancel).await;
        }
        let work = async |cancel| answers.result(item, call, &cancel).await;
        self.setup
            .interrupts
            .stoppable(&self.setup.cancel, work)
            .await
    }

    async fn ask_result(&mut self, call: &ClientToolCall) -> Result<Option<Verbatim>> {
        let name = &call.name;
        if !self.is_interactive() {
            return Err(Error::usage_hint(
                format!("the assistant waits for the client tool '{name}'"),
                format!("answer it with --tool {name}=JSON or --tool-cmd {name}=COMMAND"),
            ));
        }
        let result = Question::text(&format!("The result of {name}"), "")
            .help("JSON, or a plain text")
            .leaving("leaves it for later");
        let mut question = result.clone();
        let mut text = String::new();
        loop {
            let Some(Reply::Text(line)) = self.ask(question.clone()).await? else {
                return Ok(None);
            };
            text.push_str(&line);
            if text.trim().is_empty() {
                self.ui.note(Style::Dim, "an empty text is written \"\"");
                continue;
            }
            question = match text.trim().parse() {
                Ok(result) => return Ok(Some(result)),
                Err(_) if !text.starts_with(['{', '[']) => {
                    return Ok(Some(serde_json::Value::String(text).into()));
                }
                // Whoever writes JSON in several lines does not mean its first one.
                Err(error) if error.is_eof() => {
                    text.push('\n');
                    Question::text("…", "")
                        .help("the JSON goes on")
                        .leaving("leaves it for later")
                }
                Err(error) => {
                    let wrong = Error::usage_hint(
                        format!("this is no JSON: {error}"),
                        "put quotes around a text that begins like JSON",
                    );
                    self.ui.error(&wrong);
                    result.clone().beginning_with(&std::mem::take(&mut text))
                }
            };
        }
    }

    async fn form(&mut self, item: &Item, form: &StructuredInput) -> Result<Option<Request>> {
        let known = self.setup.answers.known_submission(form)?;
        let submission = match (known, &self.seat) {
            (Some(submission), _) => Some(submission),
            (None, Seat::Terminal(_, asker)) => forms::fill(form, asker).await?,
            (None, Seat::Pipe(_)) => return Err(unanswered(form)),
        };
        Ok(submission.map(|input| {
            Request::AddStructuredInput(AddStructuredInput {
                thread_id: item.thread_id.clone(),
                item_id: item.id.clone(),
                input,
                extra: Extra::default(),
            })
        }))
    }

    /// Asks the person at the terminal; nobody else is there to answer.
    pub(super) async fn ask(&mut self, question: Question) -> Result<Option<Reply>> {
        self.ui.end_line()?;
        self.ui.flush()?;
        match &self.seat {
            Seat::Terminal(_, asker) => asker.ask(question).await,
            Seat::Pipe(_) => Ok(None),
        }
    }
}

fn unanswered(form: &StructuredInput) -> Error {
    let flags: Vec<String> = form
        .questions()
        .map(|question| format!("--answer {}=VALUE", question.id))
        .collect();
    let hint = match flags.join(" ") {
        flags if flags.is_empty() => "skip it with --skip".to_owned(),
        flags => format!("answer it with {flags}, or skip it with --skip"),
    };
    Error::usage_hint("the assistant waits for a form", hint)
}
