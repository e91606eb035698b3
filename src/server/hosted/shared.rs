//! Sessions as notes in a store: every process on it lets the same secrets in, and counts what all
//! of them were asked.
//!
//! A session stands under its secret, so that a request takes one look and one change; under its id
//! stands the secret.

use std::sync::Arc;

use bytes::Bytes;

use super::super::notebook::{Notebook, Then};
use super::super::refusal::Refusal;
use super::book::REMEMBERED;
use super::session::{Session, Tally};
use crate::store::{Kept, Note, Store, StoreError};

/// What the key of every note of a session begins with.
const PREFIX: &str = "session:";

/// The sessions of a store.
#[derive(Clone)]
pub(super) struct Shared {
    store: Arc<dyn Store>,
    notebook: Arc<Notebook>,
}

fn by_id(id: &str) -> String {
    format!("{PREFIX}id:{id}")
}

fn by_secret(secret: &str) -> String {
    format!("{PREFIX}secret:{secret}")
}

/// The real time in unix seconds: what one process's clock was set forward by must not have it
/// sweep what others keep.
fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

impl Shared {
    pub fn new(store: Arc<dyn Store>) -> Self {
        let notebook = Arc::new(Notebook::new(Arc::clone(&store)));
        Self { store, notebook }
    }

    pub async fn clear(&self) -> Result<(), StoreError> {
        self.store.delete_notes(PREFIX).await
    }

    pub async fn sweep(&self) -> Result<(), StoreError> {
        self.store.sweep_notes(now()).await
    }

    pub async fn add(&self, session: &Session) -> Result<(), StoreError> {
        let secret = serde_json::json!(session.secret()).to_string();
        for (key, json) in [
            (
                by_secret(session.secret()),
                session.write(&Tally::default()),
            ),
            (by_id(&session.id), secret.into_bytes()),
        ] {
            let note = Note {
                json: json.into(),
                kept: kept(session),
            };
            // Nobody else has a note of this key: ids and secrets are never made twice.
            self.store.swap_note(&key, None, Some(note)).await?;
        }
        Ok(())
    }

    /// The secret of the session with this id.
    pub async fn secret_of(&self, id: &str) -> Result<Option<String>, StoreError> {
        let note = self.store.note(&by_id(id)).await?;
        let secret = note.map(|json| serde_json::from_slice(&json)).transpose();
        secret.map_err(|error| foreign(&error))
    }

    /// Changes what was made of a session; whoever changes it at the same time keeps their change.
    pub async fn change(
        &self,
        secret: &str,
        change: impl Fn(&Session, &mut Tally) -> Result<(), Refusal> + Send + Sync,
    ) -> Result<Option<Arc<Session>>, Refusal> {
        let admitted = |was: Option<&Bytes>| {
            let Some(was) = was else {
                return Ok((Then::Same, None));
            };
            let (session, tally) = Session::read(was).map_err(|error| foreign(&error))?;
            let mut changed = tally.clone();
            change(&session, &mut changed)?;
            let then = if changed == tally {
                Then::Same
            } else {
                Then::Now(Note {
                    json: session.write(&changed).into(),
                    kept: kept(&session),
                })
            };
            Ok((then, Some(Arc::new(session))))
        };
        self.notebook.change(&by_secret(secret), admitted).await
    }
}

/// For how long a note of a session is kept that is written now: nobody asks for it any more.
fn kept(session: &Session) -> Kept {
    Kept::Until(now() + i64::from(session.plan.seconds) + REMEMBERED)
}

fn foreign(error: &serde_json::Error) -> StoreError {
    StoreError::Unavailable(format!("a session's note: {error}"))
}
