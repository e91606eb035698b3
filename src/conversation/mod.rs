//! A conversation with a backend, which `send`, `chat` and others lead: a turn is played (the request
//! is streamed, folded, and shown or handed on), and what it waits for is answered.

pub mod answers;
pub mod circle;
pub mod history;
pub mod last;
pub mod pages;
pub mod tape;
#[cfg(unix)]
mod terminal;
mod tool;
pub mod view;
pub mod written;

use std::time::Duration;

use crate::cancel::Cancel;
use crate::client::{Backend, Frame, Turn};
use crate::error::{Breach, Error, Result};
use crate::protocol::{ErrorEvent, Event, EventReader, ItemKind, Request, is_json};
use crate::transcript::{Change, Transcript};
use crate::ui::Ui;
use tape::Tape;
use view::View;

/// What is known of a thread after some turns, and what of it has been shown.
#[derive(Debug, Default)]
pub struct Conversation {
    /// The thread, as far as the turns tell it.
    pub transcript: Transcript,
    /// What has been shown.
    pub view: View,
    /// Where the turns are written down.
    pub tape: Tape,
}

/// Whoever is shown a turn, event by event. With `--json` it is told what arrives, and shows nothing.
pub trait Audience {
    /// A frame arrived; nothing is known of it but its bytes.
    ///
    /// # Errors
    /// When stdout cannot be written to.
    fn arrived(&mut self, _frame: &Frame, _turn: &Turn, _ui: &mut Ui) -> Result<()> {
        Ok(())
    }

    /// An event was applied to the transcript.
    ///
    /// # Errors
    /// When stdout cannot be written to.
    fn show(
        &mut self,
        event: &Event,
        change: &Change<'_>,
        transcript: &Transcript,
        ui: &mut Ui,
    ) -> Result<()>;

    /// Something is wrong with the stream, which goes on.
    ///
    /// # Errors
    /// When stdout cannot be written to.
    fn warn(&mut self, text: &str, ui: &mut Ui) -> Result<()> {
        ui.warn(text);
        Ok(())
    }

    /// Nothing comes for now, and what was written is about to be handed on. If nothing has come by
    /// the time that is returned, it is asked again.
    ///
    /// # Errors
    /// When stdout cannot be written to.
    fn pause(&mut self, _transcript: &Transcript, _ui: &mut Ui) -> Result<Option<Duration>> {
        Ok(None)
    }

    /// Nothing more comes, for whatever reason.
    ///
    /// # Errors
    /// When stdout cannot be written to.
    fn over(&mut self, _transcript: &Transcript, ui: &mut Ui) -> Result<()> {
        ui.end_line()
    }
}

impl Audience for View {
    fn show(
        &mut self,
        event: &Event,
        change: &Change<'_>,
        transcript: &Transcript,
        ui: &mut Ui,
    ) -> Result<()> {
        View::show(self, event, change, transcript, ui)
    }

    fn over(&mut self, transcript: &Transcript, ui: &mut Ui) -> Result<()> {
        View::over(self, transcript, ui)
    }
}

/// What went wrong in a stream that was read to its end all the same.
#[derive(Debug, Default)]
struct Failures {
    event: Option<Box<ErrorEvent>>,
    malformed: Option<Breach>,
    is_answered: bool,
}

impl Failures {
    /// The malformed event that is the turn's own error; any other is still to be warned of.
    fn told_at_the_end(&mut self, streamed: &Result<()>) -> Option<Breach> {
        if self.event.is_none() && streamed.is_ok() {
            return self.malformed.take();
        }
        None
    }
}

/// Whether a request asks for an answer: an action, a form or a tool's output may end in silence.
fn wants_answer(request: &Request) -> bool {
    matches!(
        request,
        Request::CreateThread(_) | Request::AddUserMessage(_) | Request::RetryAfterItem(_)
    )
}

/// Whether an event is more than what a turn opens with, and than a sign of life.
fn is_answer(event: &Event) -> bool {
    match event {
        Event::ThreadCreated(_) | Event::StreamOptions(_) | Event::Progress(_) => false,
        Event::ItemDone(body) => !matches!(body.item.kind, ItemKind::UserMessage(_)),
        _ => true,
    }
}

impl Conversation {
    /// Streams a request and shows its events, to the end of the turn.
    ///
    /// # Errors
    /// The backend was not reached, refused, failed while it answered or broke the protocol; or
    /// whoever reads our output has gone.
    pub async fn play(
        &mut self,
        backend: &Backend,
        request: &Request,
        ui: &mut Ui,
        cancel: &Cancel,
    ) -> Result<()> {
        let mut view = std::mem::take(&mut self.view);
        let played = self.perform(&mut view, backend, request, ui, cancel).await;
        self.view = view;
        played
    }

    /// As [`Conversation::play`], for an audience of its own.
    ///
    /// # Errors
    /// As [`Conversation::play`].
    pub async fn perform(
        &mut self,
        audience: &mut dyn Audience,
        backend: &Backend,
        request: &Request,
        ui: &mut Ui,
        cancel: &Cancel,
    ) -> Result<()> {
        self.tape.request(backend, request)?;
        let played = match backend.stream_or_answer(request, cancel).await {
            Ok(turn) => {
                self.transcript.accepted(request);
                self.attend(audience, turn, wants_answer(request), ui, cancel)
                    .await
            }
            Err(refused) => {
                if let Some((head, body)) = &refused.answer {
                    self.tape.refusal(head, body)?;
                }
                Err(refused.error)
            }
        };
        self.tape.end(&played)?;
        played
    }

    async fn attend(
        &mut self,
        audience: &mut dyn Audience,
        mut turn: Turn,
        wants_answer: bool,
        ui: &mut Ui,
        cancel: &Cancel,
    ) -> Result<()> {
        let mut failures = Failures {
            is_answered: !wants_answer,
            ..Failures::default()
        };
        self.tape.response(turn.head())?;
        let streamed = self
            .read(audience, &mut turn, &mut failures, ui, cancel)
            .await;
        let malformed = failures.told_at_the_end(&streamed);
        if let Some(breach) = &failures.malformed {
            audience.warn(&breach.to_string(), ui)?;
        }
        if !ui.is_json() {
            audience.over(&self.transcript, ui)?;
        }
        ui.flush()?;
        // The backend's own word on what went wrong says more than how the stream ended.
        match (failures.event, streamed) {
            (Some(event), Ok(()) | Err(Error::Protocol(_))) => Err(Error::Event(event)),
            (_, Err(error)) => Err(error),
            (None, Ok(())) => match malformed {
                Some(breach) => Err(breach.into()),
                None if !failures.is_answered => {
                    let events = turn.frames();
                    Err(Breach::NoAnswer { events }.into())
                }
                None => self.nothing_left_open(),
            },
        }
    }

    async fn read(
        &mut self,
        audience: &mut dyn Audience,
        turn: &mut Turn,
        failures: &mut Failures,
        ui: &mut Ui,
        cancel: &Cancel,
    ) -> Result<()> {
        let mut reader = EventReader::default();
        while let Some(frame) = next(audience, &self.transcript, turn, ui, cancel).await? {
            self.tape.event(&frame.raw)?;
            audience.arrived(&frame, turn, ui)?;
            let event = reader.decode(&frame.raw);
            // Whoever reads JSON lines is handed every event, and nothing that is no JSON.
            if ui.is_json() && (event.is_ok() || is_json(&frame.raw)) {
                ui.json_line(&frame.raw)?;
            }
            match event {
                Ok(event) => self.apply(event, audience, failures, ui)?,
                Err(error) => {
                    let breach = Breach::Event {
                        frame: frame.number,
                        error,
                    };
                    // The first is what the turn fails with, unless it fails with something else.
                    match failures.malformed {
                        Some(_) => audience.warn(&breach.to_string(), ui)?,
                        None => failures.malformed = Some(breach),
                    }
                    // What it says all the same is not kept from whoever reads.
                    if let Some(event) = Event::without_nulls(&frame.raw) {
                        self.apply(event, audience, failures, ui)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn apply(
        &mut self,
        event: Event,
        audience: &mut dyn Audience,
        failures: &mut Failures,
        ui: &mut Ui,
    ) -> Result<()> {
        failures.is_answered |= is_answer(&event);
        let applied = self.transcript.apply(&event);
        for violation in &applied.violations {
            audience.warn(&format!("the stream breaks the protocol: {violation}"), ui)?;
        }
        if !ui.is_json() {
            audience.show(&event, &applied.change, &self.transcript, ui)?;
        }
        if let Event::Error(error) = event {
            failures.event.get_or_insert(Box::new(error));
        }
        Ok(())
    }

    fn nothing_left_open(&self) -> Result<()> {
        let left = self.transcript.left_open();
        let items: Vec<String> = left.iter().map(ToString::to_string).collect();
        if items.is_empty() {
            return Ok(());
        }
        Err(Breach::OpenItems { items }.into())
    }
}

/// The next frame. What was written goes out when the stream pauses, and not before: events that
/// came together cost one write together.
async fn next(
    audience: &mut dyn Audience,
    transcript: &Transcript,
    turn: &mut Turn,
    ui: &mut Ui,
    cancel: &Cancel,
) -> Result<Option<Frame>> {
    loop {
        if let Some(frame) = turn.ready_frame(cancel)? {
            return Ok(Some(frame));
        }
        let again = if ui.is_json() {
            None
        } else {
            audience.pause(transcript, ui)?
        };
        ui.flush()?;
        let Some(again) = again else {
            return turn.next_frame(cancel).await;
        };
        if let Ok(frame) = tokio::time::timeout(again, turn.next_frame(cancel)).await {
            return frame;
        }
    }
}
