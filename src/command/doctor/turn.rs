//! One turn, played for its times; its thread is deleted afterwards.

use std::time::{Duration, Instant};

use super::place::Place;
use super::{Examination, MESSAGE, packed};
use crate::cancel::Cancel;
use crate::client::{Backend, Options, Turn};
use crate::doctor::stream::{self, Seen};
use crate::doctor::{Finding, Step};
use crate::error::{Breach, Error, Result};
use crate::protocol::{CreateThread, Event, Extra, Request, ThreadId, ThreadRef, UserMessageInput};
use crate::transcript::{Change, Transcript};

/// How long a model may be silent, unless --timeout says so.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a turn may go on, and of how many events, before it is left.
pub(super) const MAX_TURN: Duration = Duration::from_secs(180);
pub(super) const MAX_EVENTS: usize = 100_000;

/// Headers that tell of what stands in between.
const TELLING: &[&str] = &["content-length", "server", "via", "cf-ray", "x-cache"];

impl Examination<'_> {
    /// Plays the turn, unless nobody wants to or it could not be.
    pub(super) async fn play(&mut self, place: &Place) -> Result<()> {
        if self.args.no_turn || self.failed.is_some() {
            let skip = |step: Step| -> Finding {
                match self.failed {
                    Some(_) => self.skip(step),
                    None => step.skipped("--no-turn: no model is asked"),
                }
            };
            let both = [skip(Step::FirstEvent), skip(Step::Buffering)];
            return both.into_iter().try_for_each(|finding| self.add(finding));
        }
        let options = Options {
            timeout: self.context.global.request.timeout.unwrap_or(PATIENCE),
            ..place.options.clone()
        };
        let backend = place.backend(options)?;
        let message = self.args.message.as_deref().unwrap_or(MESSAGE);
        let seen = watch(&backend, message, &self.context.cancel).await?;
        let first = stream::first_event(&seen, &format!("\"{message}\""));
        self.add_link(first)?;
        self.add(stream::buffering(&seen))
    }
}

/// Plays a turn and deletes its thread.
///
/// # Errors
/// Ctrl-C only; what goes wrong otherwise is part of what was seen.
async fn watch(backend: &Backend, message: &str, cancel: &Cancel) -> Result<Seen> {
    let request = Request::CreateThread(CreateThread {
        input: UserMessageInput::text(message),
        extra: Extra::default(),
    });
    let mut seen = Seen::default();
    let mut transcript = Transcript::new();
    let begun = Instant::now();
    let read = async {
        let mut turn = backend.stream(&request, cancel).await?;
        seen.headers = telling(&turn);
        read(&mut turn, begun, &mut transcript, &mut seen, cancel).await
    };
    let outcome = tokio::time::timeout(MAX_TURN, read).await;
    seen.end = begun.elapsed();
    if let Some(thread) = transcript.thread() {
        let id = thread.id.clone();
        if matches!(outcome, Ok(Ok(()))) && !backend.is_hosted() {
            seen.packed = packed::for_browsers(backend, &id, cancel).await?;
        }
        if delete(backend, &id, cancel).await.is_err() {
            seen.leftover = Some(id.to_string());
        }
    }
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(Error::Interrupted)) => return Err(Error::Interrupted),
        Ok(Err(error)) => seen.error = Some(error),
        Err(_) => seen.endless = true,
    }
    Ok(seen)
}

async fn read(
    turn: &mut Turn,
    begun: Instant,
    transcript: &mut Transcript,
    seen: &mut Seen,
    cancel: &Cancel,
) -> Result<()> {
    let mut failure = None;
    while let Some(received) = turn.next(cancel).await? {
        if seen.events.len() == MAX_EVENTS {
            seen.endless = true;
            return Ok(());
        }
        let at = received.at.saturating_duration_since(begun);
        seen.events.push(at);
        if let Event::Error(event) = &received.event {
            failure = failure.or_else(|| Some(Error::Event(Box::new(event.clone()))));
        }
        let applied = transcript.apply(&received.event);
        if matches!(applied.change, Change::Text { .. }) {
            seen.first_text.get_or_insert(at);
        }
    }
    let open = transcript.left_open();
    let open: Vec<_> = open.iter().map(ToString::to_string).collect();
    match failure {
        Some(failure) => Err(failure),
        None if open.is_empty() => Ok(()),
        None => Err(Breach::OpenItems { items: open }.into()),
    }
}

async fn delete(backend: &Backend, id: &ThreadId, cancel: &Cancel) -> Result<()> {
    let request = Request::DeleteThread(ThreadRef {
        thread_id: id.clone(),
        extra: Extra::default(),
    });
    backend.call::<serde_json::Value>(&request, cancel).await?;
    Ok(())
}

fn telling(turn: &Turn) -> Vec<(String, String)> {
    let header = |name: &&str| Some(((*name).to_owned(), turn.head().header(name)?.to_owned()));
    TELLING.iter().filter_map(header).collect()
}
