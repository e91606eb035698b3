//! Sessions of the hosted service: made on the way, kept while they are good, renewed once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::sync::OnceCell;
use url::Url;

use super::body::MAX_DOCUMENT;
use super::endpoint::{Credentials, below};
use super::outgoing::{Outgoing, bearer};
use super::secret::secret_expiry;
use super::transport::Transport;
use crate::cancel::Cancel;
use crate::error::{Error, HttpFailure, Result};
use crate::protocol::hosted::{Configuration, CreateSession, FileUpload, WorkflowParam};
use crate::protocol::{DecodeError, Extra, from_document};

/// Says which version of the API is meant; without it the hosted API refuses.
pub(super) const BETA: (HeaderName, HeaderValue) = (
    HeaderName::from_static("openai-beta"),
    HeaderValue::from_static("chatkit_beta=v1"),
);

/// The session that a client talks with.
pub(super) struct Sessions {
    credentials: Credentials,
    url: Url,
    /// The session of now. The lock guards only which cell that is; the cell sees to it that
    /// those who come while a session is being made wait for that one.
    current: Mutex<Cell>,
    /// Whether a session has to take files, which it does not unless it is asked for.
    uploads: AtomicBool,
}

type Cell = Arc<OnceCell<Session>>;

/// A session as one request uses it.
pub(super) struct Ticket {
    cell: Cell,
    session: Session,
    /// It took the place of one that had expired by its own word: once is enough for a request.
    is_renewed: bool,
}

#[derive(Clone)]
struct Session {
    secret: SecretString,
    expires_at: Option<i64>,
}

/// What is needed of the answer; whatever else is missing from it does no harm here.
#[derive(Deserialize)]
struct Created {
    client_secret: String,
    expires_at: Option<i64>,
}

impl Sessions {
    pub(super) fn new(credentials: Credentials, base: &Url) -> Self {
        Self {
            credentials,
            url: below(base, &["chatkit", "sessions"]),
            current: Mutex::default(),
            uploads: AtomicBool::new(false),
        }
    }

    /// From now on sessions take files; one that was made before is replaced. Its threads are the
    /// user's, so that nothing is lost with it.
    pub(super) fn allow_uploads(&self) {
        if self.can_renew() && !self.uploads.swap(true, Ordering::Relaxed) {
            let cell = self.cell();
            if cell.initialized() {
                self.replace(&cell);
            }
        }
    }

    /// A session that, as far as can be told, has not expired.
    ///
    /// # Errors
    /// None can be made.
    pub(super) async fn ticket(&self, transport: &Transport, cancel: &Cancel) -> Result<Ticket> {
        let cell = self.cell();
        if cell.get().is_some_and(Session::has_expired) && self.can_renew() {
            let cell = self.replace(&cell);
            let ticket = self.fill(cell, transport, cancel).await?;
            return Ok(Ticket {
                is_renewed: true,
                ..ticket
            });
        }
        self.fill(cell, transport, cancel).await
    }

    /// Another session after `ticket` was refused; `None` if that is final.
    ///
    /// One that was made for this very request is renewed as any other: it may have been revoked
    /// since, or have reached a part of the service that does not know it yet.
    ///
    /// # Errors
    /// None can be made.
    pub(super) async fn renew(
        &self,
        ticket: &Ticket,
        transport: &Transport,
        cancel: &Cancel,
    ) -> Result<Option<Ticket>> {
        if ticket.is_renewed || !self.can_renew() {
            return Ok(None);
        }
        let cell = self.replace(&ticket.cell);
        self.fill(cell, transport, cancel).await.map(Some)
    }

    fn can_renew(&self) -> bool {
        matches!(self.credentials, Credentials::Session { .. })
    }

    fn cell(&self) -> Cell {
        self.current
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Puts an empty cell in the place of `old`, unless somebody else was quicker.
    fn replace(&self, old: &Cell) -> Cell {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if Arc::ptr_eq(&current, old) {
            *current = Cell::default();
        }
        current.clone()
    }

    async fn fill(&self, cell: Cell, transport: &Transport, cancel: &Cancel) -> Result<Ticket> {
        let make = cell.get_or_try_init(|| self.make(transport, cancel));
        let session = tokio::select! {
            biased;
            // Whoever makes the session may have another wish to stop than those who wait for it.
            () = cancel.requested() => return Err(Error::Interrupted),
            session = make => session?.clone(),
        };
        Ok(Ticket {
            cell,
            session,
            is_renewed: false,
        })
    }

    async fn make(&self, transport: &Transport, cancel: &Cancel) -> Result<Session> {
        match &self.credentials {
            Credentials::ClientSecret(secret) => Ok(Session::new(secret.clone(), None)),
            Credentials::Session {
                api_key,
                workflow,
                user,
            } => {
                let takes_files = self.uploads.load(Ordering::Relaxed);
                let session = session(workflow, user, takes_files.then(with_files));
                let outgoing = Outgoing::document(self.url.clone(), "sessions", &session)
                    .with(&transport.options)
                    .bound(BETA.0, BETA.1)
                    .bound(AUTHORIZATION, bearer(api_key, "the API key")?);
                create(transport, outgoing, cancel).await
            }
        }
    }
}

impl Session {
    fn new(secret: SecretString, expires_at: Option<i64>) -> Self {
        let inside = || secret_expiry(secret.expose_secret()).map(jiff::Timestamp::as_second);
        Self {
            expires_at: expires_at.or_else(inside),
            secret,
        }
    }

    fn has_expired(&self) -> bool {
        let now = jiff::Timestamp::now().as_second();
        self.expires_at.is_some_and(|expires_at| expires_at <= now)
    }
}

impl Ticket {
    /// The header that authorises a request.
    ///
    /// # Errors
    /// The secret has characters that no header can carry.
    pub(super) fn authorization(&self) -> Result<HeaderValue> {
        bearer(&self.session.secret, "the client secret")
    }

    /// Says of a refusal that it is no wonder, if the secret has expired by its own word.
    pub(super) fn explain(&self, failure: &mut HttpFailure) {
        let expiry = secret_expiry(self.session.secret.expose_secret());
        let Some(expiry) = expiry.filter(|expiry| *expiry <= jiff::Timestamp::now()) else {
            return;
        };
        let said = failure.message.take();
        let said = said.map(|said| format!(" ({said})")).unwrap_or_default();
        failure.message = Some(format!("the client secret expired at {expiry}{said}"));
    }
}

/// What a session is asked for that is to take files.
fn with_files() -> Configuration {
    Configuration {
        file_upload: Some(FileUpload {
            enabled: Some(true),
            ..FileUpload::default()
        }),
        ..Configuration::default()
    }
}

fn session(workflow: &str, user: &str, offered: Option<Configuration>) -> CreateSession {
    CreateSession {
        workflow: WorkflowParam {
            id: workflow.to_owned(),
            version: None,
            state_variables: None,
            tracing: None,
            extra: Extra::default(),
        },
        user: user.to_owned(),
        expires_after: None,
        rate_limits: None,
        chatkit_configuration: offered,
        extra: Extra::default(),
    }
}

async fn create(transport: &Transport, outgoing: Outgoing, cancel: &Cancel) -> Result<Session> {
    let mut answered = transport.succeed(outgoing, None, cancel).await?;
    let raw = answered.body.read(MAX_DOCUMENT, cancel).await?;
    let unread = |error| answered.head.unread("sessions", error);
    let created: Created = from_document(&raw).map_err(unread)?;
    let secret = SecretString::from(created.client_secret);
    if secret.expose_secret().is_empty() || bearer(&secret, "it").is_err() {
        let (path, message) = (
            "client_secret".into(),
            "expected a secret for a header".into(),
        );
        return Err(unread(DecodeError { path, message }).into());
    }
    Ok(Session::new(secret, created.expires_at))
}

#[cfg(test)]
mod tests;
