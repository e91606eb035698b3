//! What follows a turn that failed: what came stays, and what may be tried again is offered.

use super::Repl;
use super::ask::{Question, Reply};
use crate::error::{Breach, Error, Result};
use crate::plural::plural;
use crate::protocol::{Extra, Item, ItemKind, Request, RetryAfterItem};
use crate::transcript::Transcript;
use crate::ui::Style;

impl Repl<'_> {
    /// What is open after a turn that broke off will never be done, and is no fault of the next.
    pub(super) fn settle(&mut self) {
        if !std::mem::take(&mut self.is_broken) {
            return;
        }
        let transcript = &mut self.conversation.transcript;
        *transcript = match transcript.to_thread() {
            Some(mut thread) => {
                // The server may have kept more, or less, than came.
                thread.items.has_more = true;
                Transcript::of(thread)
            }
            None => Transcript::new(),
        };
    }

    /// Tells of a failure, and returns what is sent next, if anything is.
    pub(super) async fn recover(
        &mut self,
        error: Error,
        request: Request,
    ) -> Result<Option<Request>> {
        if !self.is_interactive() || self.setup.cancel.is_requested() {
            return Err(error);
        }
        match error {
            Error::Interrupted => {
                self.hide_control_c()?;
                let note = match self.received() {
                    (0, _) => "— cancelled before anything came",
                    _ => "— cancelled: what came stands above",
                };
                self.ui.note(Style::Warning, note);
                Ok(None)
            }
            Error::Event(event) if event.allow_retry => {
                let failed = Error::Event(event);
                self.ui.note(Style::Danger, &format!("error: {failed}"));
                let again = Question::sure_or("Try again?", true);
                match self.ask(again).await? {
                    Some(Reply::Sure(true)) => Ok(Some(self.tried_again(request))),
                    // Whoever types on means the prompt.
                    Some(Reply::Text(text)) => {
                        self.screen.keep_typed(&text);
                        Ok(None)
                    }
                    _ => Ok(None),
                }
            }
            // A proxy may make an orderly end of one that was none.
            Error::Protocol(Breach::CutShort { .. } | Breach::OpenItems { .. }) => {
                self.ui.error(&error);
                self.tell_received(&request);
                Ok(None)
            }
            error => Err(error),
        }
    }

    /// What is sent to try a request again: an action is itself, and for anything else the last
    /// message is answered anew, as the browser's client does.
    fn tried_again(&self, request: Request) -> Request {
        match request {
            Request::CustomAction(_) => request,
            _ => self.again().unwrap_or(request),
        }
    }

    /// Takes away the `^C` that the terminal has shown at the beginning of the line.
    pub(super) fn hide_control_c(&mut self) -> Result<()> {
        if self.screen.sight.draws {
            self.ui.bytes(b"\r\x1b[K")?;
        }
        Ok(())
    }

    /// How many events came of the turn that ran last, and how many bytes.
    pub(super) fn received(&self) -> (u64, u64) {
        let timing = self.screen.timing.as_ref();
        timing.map_or((0, 0), |timing| (timing.events, timing.bytes))
    }

    fn tell_received(&mut self, request: &Request) {
        let (events, bytes) = self.received();
        let events = usize::try_from(events).unwrap_or(usize::MAX);
        let again = match request {
            Request::AddClientToolOutput(_) | Request::AddStructuredInput(_)
                if self.facts().waits =>
            {
                "/form asks for the answer again"
            }
            Request::CustomAction(_) => "/click does it again",
            _ => "/retry has the message answered anew",
        };
        let note = format!(
            "received before that: {}, {bytes} bytes; {again}",
            plural(events, "event")
        );
        self.ui.note(Style::Dim, &note);
    }

    /// The request that has the last message answered anew.
    pub(super) fn again(&self) -> Option<Request> {
        let transcript = &self.conversation.transcript;
        let is_message = |item: &&Item| matches!(item.kind, ItemKind::UserMessage(_));
        Some(Request::RetryAfterItem(RetryAfterItem {
            thread_id: transcript.thread()?.id.clone(),
            item_id: transcript.items().rfind(is_message)?.id.clone(),
            extra: Extra::default(),
        }))
    }

    /// Takes away what follows the item that is answered anew, because the backend will do so, and
    /// returns what there was before.
    pub(super) fn cut(&mut self, request: &Request) -> Option<Transcript> {
        let Request::RetryAfterItem(retry) = request else {
            return None;
        };
        let transcript = &mut self.conversation.transcript;
        let mut thread = transcript.to_thread()?;
        let at = (thread.items.data.iter()).position(|item| item.id == retry.item_id)?;
        thread.items.data.truncate(at + 1);
        thread.items.has_more = true;
        Some(std::mem::replace(transcript, Transcript::of(thread)))
    }
}
