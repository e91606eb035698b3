//! A script on the terminal, or off it, as it happened.

use std::collections::HashMap;

use super::clock::{Clock, Tick};
use crate::cassette::{Outcome, Payload};
use crate::command::Context;
use crate::conversation::Audience;
use crate::conversation::view::View;
use crate::error::{Breach, Error, Result};
use crate::protocol::{Event, EventReader, Extra, Operation, SyncActionAnswer, WithItem, is_json};
use crate::render::{clean_line, item, plain};
use crate::repl::{Screen, Sight, Spinner};
use crate::replay::{Script, Step};
use crate::transcript::{Transcript, Violation};
use crate::ui::{Style, Ui};

/// Who is shown what was recorded.
enum Stage {
    /// A terminal that can be drawn on.
    Screen(Box<Screen>),
    /// A pipe, a file, or a terminal that shows lines.
    Plain(View),
}

/// What of a script has been played so far.
pub struct Player {
    clock: Clock,
    stage: Stage,
    spinner: Spinner,
    /// What is known of each thread, by its id.
    threads: HashMap<String, Transcript>,
    /// The thread that was spoken in last.
    current: Option<String>,
    /// Whether anything was said before.
    is_begun: bool,
}

impl Player {
    /// A player that begins now.
    pub fn new(clock: Clock, context: &Context<'_>) -> Self {
        let ui = &context.ui;
        let sight = Sight::of(&context.around.vars, ui.has_color());
        let draws = ui.out_is_terminal() && !ui.is_json() && sight.draws;
        Self {
            clock,
            stage: if draws {
                Stage::Screen(Box::new(Screen::new(sight)))
            } else {
                Stage::Plain(View::default())
            },
            spinner: Spinner::new(sight),
            threads: HashMap::new(),
            current: None,
            is_begun: false,
        }
    }

    /// Plays a script to its end.
    ///
    /// # Errors
    /// Ctrl-C, or whoever reads our output has gone.
    pub async fn play(mut self, script: &Script, context: &mut Context<'_>) -> Result<()> {
        let first = script.steps.iter().find(|step| !is_read(step));
        self.clock.skip_to(first.map_or(0.0, |step| step.played.at));
        for step in &script.steps {
            if is_read(step) {
                context.ui.detail(&format!("asked: {}", step.title()));
                continue;
            }
            self.wait(step.played.at, &Transcript::default(), context)
                .await?;
            if !context.ui.is_json() {
                self.ask(step, context.ui)?;
            }
            self.answer(step, context).await?;
        }
        context.ui.flush()
    }

    /// Shows what the user did.
    fn ask(&mut self, step: &Step, ui: &mut Ui) -> Result<()> {
        let Some(said) = step.said() else {
            if let Some(deed) = deed(step) {
                ui.note(Style::Dim, &format!("> {deed}"));
            }
            return Ok(());
        };
        match &mut self.stage {
            Stage::Screen(screen) => {
                let look = screen.look();
                let text = item::item(&said, &look).text;
                let gap = if self.is_begun { "\n" } else { "" };
                ui.drawn(&format!("{gap}> {text}\n"))?;
                // What moves below it is not drawn by us.
                ui.flush()?;
            }
            Stage::Plain(_) => ui.note(Style::Dim, &format!("> {}", plain::item(&said))),
        }
        self.is_begun = true;
        Ok(())
    }

    /// Shows what came back.
    async fn answer(&mut self, step: &Step, context: &mut Context<'_>) -> Result<()> {
        let mut transcript = self.transcript(step, context.ui);
        if let Stage::Screen(screen) = &mut self.stage {
            screen.begin();
        }
        let mut reader = EventReader::default();
        for (index, (at, data)) in step.played.events.iter().enumerate() {
            self.wait(*at, &transcript, context).await?;
            let frame = index as u64 + 1;
            self.event(frame, data, &mut reader, &mut transcript, context.ui)?;
        }
        self.wait(step.played.ended, &transcript, context).await?;
        if !context.ui.is_json() {
            self.over(&transcript, context.ui)?;
            self.tell_document(step, &mut transcript, context.ui)?;
        }
        tell_end(step, &transcript, context.ui);
        self.keep(transcript);
        context.ui.flush()
    }

    fn event(
        &mut self,
        frame: u64,
        data: &Payload,
        reader: &mut EventReader,
        transcript: &mut Transcript,
        ui: &mut Ui,
    ) -> Result<()> {
        let bytes = data.to_bytes();
        let event = reader.decode(&bytes);
        if ui.is_json() && (event.is_ok() || is_json(&bytes)) {
            ui.json_line(&bytes)?;
        }
        let event = match event {
            Ok(event) => event,
            Err(error) => {
                let breach = Breach::Event { frame, error };
                return self.stage().warn(&breach.to_string(), ui);
            }
        };
        self.apply(&event, transcript, ui)
    }

    fn apply(&mut self, event: &Event, transcript: &mut Transcript, ui: &mut Ui) -> Result<()> {
        let applied = transcript.apply(event);
        for violation in &applied.violations {
            let text = format!("the stream breaks the protocol: {violation}");
            self.stage().warn(&text, ui)?;
        }
        if !ui.is_json() {
            self.stage().show(event, &applied.change, transcript, ui)?;
        }
        if let Event::Error(error) = event {
            let error = Error::Event(Box::new(error.clone()));
            self.stage().pause(transcript, ui)?;
            ui.note(Style::Danger, &format!("error: {error}"));
        }
        Ok(())
    }

    /// Shows what a document changed: the item of an action that was run in one request.
    fn tell_document(
        &mut self,
        step: &Step,
        transcript: &mut Transcript,
        ui: &mut Ui,
    ) -> Result<()> {
        let Some((_, body)) = &step.played.document else {
            return Ok(());
        };
        if step.operation != Some(Operation::SyncCustomAction) {
            return Ok(());
        }
        let answer = serde_json::from_str::<SyncActionAnswer>(body.as_str());
        let Some(item) = answer.ok().and_then(|answer| answer.updated_item) else {
            return Ok(());
        };
        let event = Event::ItemReplaced(WithItem {
            item,
            extra: Extra::default(),
        });
        self.apply(&event, transcript, ui)?;
        self.over(transcript, ui)
    }

    fn over(&mut self, transcript: &Transcript, ui: &mut Ui) -> Result<()> {
        self.stage().over(transcript, ui)?;
        if let Stage::Screen(screen) = &mut self.stage {
            screen.rest();
        }
        Ok(())
    }

    fn stage(&mut self) -> &mut dyn Audience {
        match &mut self.stage {
            Stage::Screen(screen) => screen.as_mut(),
            Stage::Plain(view) => view,
        }
    }

    /// Waits for a time of the recording; what was written before is on the screen meanwhile.
    async fn wait(
        &mut self,
        at: f64,
        transcript: &Transcript,
        context: &mut Context<'_>,
    ) -> Result<()> {
        if context.cancel.is_requested() {
            return Err(Error::Interrupted);
        }
        if !self.clock.aim(at) {
            return Ok(());
        }
        if !context.ui.is_json() {
            if let Stage::Screen(screen) = &mut self.stage {
                // What waits is known, and there is time for it.
                screen.hurry();
            }
            self.stage().pause(transcript, context.ui)?;
        }
        context.ui.flush()?;
        loop {
            match self.clock.tick(&context.cancel).await? {
                Tick::Due => return Ok(()),
                Tick::Paused => self.tell_pause(context.ui)?,
                Tick::Resumed => self.spinner.clear(),
            }
        }
    }

    fn tell_pause(&mut self, ui: &mut Ui) -> Result<()> {
        if let Stage::Screen(screen) = &mut self.stage {
            screen.rest();
            ui.flush()?;
            self.spinner.say("paused: press space to go on");
        }
        Ok(())
    }

    /// What is known of the thread that a step is about; another than before is told.
    fn transcript(&mut self, step: &Step, ui: &mut Ui) -> Transcript {
        let Some(id) = step.word("thread_id") else {
            self.current = None;
            if let Stage::Screen(screen) = &mut self.stage {
                screen.forget_thread();
            } else {
                self.stage = Stage::Plain(View::default());
            }
            return Transcript::new();
        };
        if self.current.as_deref() != Some(id) && self.current.is_some() {
            ui.note(Style::Dim, &format!("thread: {}", clean_line(id)));
        }
        self.current = Some(id.to_owned());
        self.threads.remove(id).unwrap_or_default()
    }

    fn keep(&mut self, transcript: Transcript) {
        if let Some(thread) = transcript.thread() {
            self.current = Some(thread.id.to_string());
        }
        if let Some(id) = self.current.clone() {
            self.threads.insert(id, transcript);
        }
    }
}

/// Whether a step changed nothing, so that there is nothing to see.
fn is_read(step: &Step) -> bool {
    matches!(
        step.operation,
        Some(Operation::GetThread | Operation::ListThreads | Operation::ListItems)
    ) || (step.operation.is_none() && step.played.method == "GET")
}

/// What the user did, where it was no message.
fn deed(step: &Step) -> Option<String> {
    let text = |name| {
        step.param(name)
            .map(ToString::to_string)
            .unwrap_or_default()
    };
    Some(match step.operation? {
        Operation::AddClientToolOutput => format!("output of the tool: {}", text("result")),
        Operation::AddStructuredInput => format!("the form: {}", answers(step)),
        Operation::RetryAfterItem => "retry".to_owned(),
        Operation::CustomAction | Operation::SyncCustomAction => {
            format!("action: {}", step.action().unwrap_or_default())
        }
        Operation::UpdateThread => format!("title: {}", step.word("title").unwrap_or_default()),
        Operation::Feedback => format!("feedback: {}", step.word("kind").unwrap_or_default()),
        Operation::CreateAttachment => {
            format!("attached: {}", step.word("name").unwrap_or_default())
        }
        Operation::CreateThread | Operation::AddUserMessage => return None,
        other => other.name().to_owned(),
    })
}

/// The answers to a form in one line.
fn answers(step: &Step) -> String {
    let input = step.param("input");
    let answers = input.and_then(|input| input.get("answers")?.as_object());
    let given = answers.into_iter().flatten().filter_map(|(id, answer)| {
        let values = answer.get("values")?.as_array()?;
        let values: Vec<_> = values.iter().filter_map(|value| value.as_str()).collect();
        (!values.is_empty()).then(|| format!("{id}={}", values.join(", ")))
    });
    let given: Vec<_> = given.collect();
    if given.is_empty() {
        return "skipped".to_owned();
    }
    given.join(" ")
}

/// Says how the exchange ended, unless it ended well.
fn tell_end(step: &Step, transcript: &Transcript, ui: &mut Ui) {
    if let Some(status) = step.status().filter(|status| *status >= 400) {
        let body = step.played.document.as_ref();
        let said = body.map_or("", |(_, body)| body.as_str());
        let said: String = said.chars().take(200).collect();
        ui.note(Style::Danger, &format!("refused with {status}: {said}"));
        return;
    }
    let Some(reason) = step.broke() else {
        let open = transcript.finish().into_iter();
        for violation in open.filter(|left| matches!(left, Violation::LeftOpen { .. })) {
            ui.warn(&format!("the stream breaks the protocol: {violation}"));
        }
        return;
    };
    match step.played.outcome {
        Outcome::Cancelled => ui.note(Style::Dim, &format!("cancelled here: {reason}")),
        _ => ui.note(Style::Danger, &format!("broken here: {reason}")),
    }
}
