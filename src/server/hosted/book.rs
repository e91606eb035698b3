//! Which secrets are good, and how often each may ask: in this process alone, or in the store that
//! it shares with others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::super::app::App;
use super::super::mint::Mint;
use super::super::refusal::Refusal;
use super::plan::Plan;
use super::secret;
use super::session::{Moment, Session, Tally, unauthorised};
use super::shared::Shared;
use crate::store::{Store, StoreError};

/// How long a session is remembered after its end, so that its secret is told apart from one that
/// never was, in seconds.
pub(super) const REMEMBERED: i64 = 5 * 60;

/// How often forgotten sessions are looked for, in milliseconds; in between, creating one costs the
/// same at any number of them.
const SWEEP: Moment = 60_000;

/// Every session that is not forgotten.
pub(in crate::server) struct Sessions {
    known: Mutex<Known>,
    /// Where they are if several processes may ask for them, who come and go.
    shared: Option<Shared>,
}

#[derive(Default)]
struct Known {
    by_id: HashMap<String, Arc<Entry>>,
    by_secret: HashMap<String, Arc<Entry>>,
    swept: Option<Moment>,
}

struct Entry {
    session: Arc<Session>,
    tally: Mutex<Tally>,
}

impl Sessions {
    /// The sessions of a mock that keeps its threads there.
    pub fn of(store: &Arc<dyn Store>) -> Self {
        Self {
            known: Mutex::default(),
            shared: store.is_shared().then(|| Shared::new(Arc::clone(store))),
        }
    }

    /// Forgets every session.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn clear(&self) -> Result<(), StoreError> {
        lock(&self.known).clear();
        match &self.shared {
            Some(shared) => shared.clear().await,
            None => Ok(()),
        }
    }

    /// Makes a session.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn create(
        &self,
        mint: &Mint,
        plan: Plan,
        now: Moment,
    ) -> Result<Arc<Session>, Refusal> {
        let session = Arc::new(Session::new(mint, plan, now));
        let is_due = self.sweep(now);
        let Some(shared) = &self.shared else {
            lock(&self.known).add(&session);
            return Ok(session);
        };
        if is_due {
            shared.sweep().await?;
        }
        shared.add(&session).await?;
        Ok(session)
    }

    /// Ends a session; one that has ended stays as it is.
    ///
    /// # Errors
    /// When there is none of this id, or the store fails.
    pub async fn cancel(&self, id: &str) -> Result<Arc<Session>, Refusal> {
        let secret = match &self.shared {
            Some(shared) => shared.secret_of(id).await?,
            None => self.secret_of(id),
        };
        let cancel = |_: &Session, tally: &mut Tally| {
            tally.cancel();
            Ok(())
        };
        let cancelled = match secret {
            Some(secret) => self.change(&secret, cancel).await?,
            None => None,
        };
        cancelled.ok_or_else(|| {
            // The words of the hosted API, which gives no code.
            let message = format!("ChatKit session with id '{id}' not found.");
            Refusal::not_found("session_not_found", "session_id", message)
        })
    }

    /// The session of a secret, whether it is still good or not.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn find(&self, secret: &str) -> Result<Option<Arc<Session>>, Refusal> {
        self.change(secret, |_, _| Ok(())).await
    }

    /// The session of a secret that is good, after counting the request.
    ///
    /// # Errors
    /// When it is not good, or has asked too often, or the store fails.
    pub async fn admit(&self, secret: Option<&str>, now: Moment) -> Result<Arc<Session>, Refusal> {
        let secret = secret.filter(|secret| !secret.is_empty()).ok_or_else(|| {
            unauthorised(
                "missing_client_secret",
                "no client secret was sent; send Authorization: Bearer ek_…",
            )
        })?;
        let admit = |session: &Session, tally: &mut Tally| tally.admit(session, now);
        let session = self.change(secret, admit).await?;
        session.ok_or_else(|| unknown(secret))
    }

    /// Changes what was made of a session, if there is one of this secret and nothing speaks
    /// against it.
    async fn change(
        &self,
        secret: &str,
        change: impl Fn(&Session, &mut Tally) -> Result<(), Refusal> + Send + Sync,
    ) -> Result<Option<Arc<Session>>, Refusal> {
        if let Some(shared) = &self.shared {
            return shared.change(secret, change).await;
        }
        let entry = lock(&self.known).by_secret.get(secret).cloned();
        let Some(entry) = entry else {
            return Ok(None);
        };
        change(&entry.session, &mut lock(&entry.tally))?;
        Ok(Some(Arc::clone(&entry.session)))
    }

    fn secret_of(&self, id: &str) -> Option<String> {
        let known = lock(&self.known);
        let entry = known.by_id.get(id)?;
        Some(entry.session.secret().to_owned())
    }

    /// Forgets what ended long ago, if it is time for that; returns whether it was.
    fn sweep(&self, now: Moment) -> bool {
        lock(&self.known).sweep(now)
    }

    fn free_place(&self, session: &Session) {
        let entry = lock(&self.known).by_secret.get(session.secret()).cloned();
        if let Some(entry) = entry {
            lock(&entry.tally).free_place();
        }
    }
}

impl Known {
    fn clear(&mut self) {
        *self = Self::default();
    }

    fn add(&mut self, session: &Arc<Session>) {
        let entry = Arc::new(Entry {
            session: Arc::clone(session),
            tally: Mutex::default(),
        });
        self.by_id.insert(session.id.clone(), Arc::clone(&entry));
        self.by_secret.insert(session.secret().to_owned(), entry);
    }

    fn sweep(&mut self, now: Moment) -> bool {
        let swept = *self.swept.get_or_insert(now);
        if now - swept < SWEEP {
            return false;
        }
        self.swept = Some(now);
        let keep = |entry: &Arc<Entry>| now < entry.session.end() + REMEMBERED * 1000;
        self.by_id.retain(|_, entry| keep(entry));
        self.by_secret.retain(|_, entry| keep(entry));
        true
    }
}

/// A place for a file, free again unless it is filled.
#[must_use = "a place is free again when this is dropped"]
pub(in crate::server) struct Place<'a> {
    app: &'a App,
    session: Option<Arc<Session>>,
}

impl App {
    /// Takes one of a session's places for files.
    pub(in crate::server) async fn take_place(
        &self,
        session: &Arc<Session>,
    ) -> Result<Place<'_>, Refusal> {
        let take = |session: &Session, tally: &mut Tally| tally.take_place(session);
        self.sessions.change(session.secret(), take).await?;
        Ok(Place {
            app: self,
            session: Some(Arc::clone(session)),
        })
    }
}

impl Place<'_> {
    /// Keeps the place for good.
    pub fn fill(mut self) {
        self.session = None;
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let Some(session) = self.session.take() else {
            return;
        };
        let sessions = &self.app.sessions;
        let Some(shared) = sessions.shared.clone() else {
            return sessions.free_place(&session);
        };
        self.app.spawn(async move {
            let free = |_: &Session, tally: &mut Tally| {
                tally.free_place();
                Ok(())
            };
            // A store that fails keeps the place taken, and there is nobody to tell.
            let _ = shared.change(session.secret(), free).await;
        });
    }
}

/// No section of these locks can panic between two changes.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unknown(secret: &str) -> Refusal {
    let message = if secret.starts_with(secret::PREFIX) {
        "this server gave no such client secret, or has forgotten it"
    } else {
        "this is no client secret; create a session and send its client_secret, never an API key"
    };
    unauthorised("invalid_client_secret", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::testing::Site;
    use crate::store::Memory;

    fn plan(seconds: u32, rate: u64) -> Plan {
        let body = format!(
            r#"{{"workflow":{{"id":"wf_1"}},"user":"u",
                "expires_after":{{"anchor":"created_at","seconds":{seconds}}},
                "rate_limits":{{"max_requests_per_1_minute":{rate}}}}}"#
        );
        Plan::read(body.as_bytes()).unwrap()
    }

    fn own() -> Sessions {
        let store: Arc<dyn Store> = Arc::new(Memory::new());
        Sessions::of(&store)
    }

    /// The same sessions as another process on the same store has them.
    fn both() -> [Sessions; 2] {
        let store: Arc<dyn Store> = Arc::new(Memory::new());
        [(); 2].map(|()| Sessions {
            known: Mutex::default(),
            shared: Some(Shared::new(Arc::clone(&store))),
        })
    }

    fn code<T>(result: Result<T, Refusal>) -> &'static str {
        result.err().map_or("ok", |refusal| refusal.code)
    }

    async fn secrets(here: &Sessions, there: &Sessions) {
        let mint = Mint::new(None);
        let now = mint.clock().real().as_millisecond();
        let session = here.create(&mint, plan(10, 99), now).await.unwrap();
        let admit = async |secret: &str, after: i64| {
            code(there.admit(Some(secret), now + after * 1000).await)
        };
        assert_eq!(admit(session.secret(), 0).await, "ok");
        assert_eq!(admit(session.secret(), 9).await, "ok");
        assert_eq!(admit(session.secret(), 10).await, "client_secret_expired");
        assert_eq!(admit("ek_other", 0).await, "invalid_client_secret");
        assert_eq!(admit("sk-key", 0).await, "invalid_client_secret");
        assert_eq!(admit("", 0).await, "missing_client_secret");
        assert_eq!(code(there.admit(None, now).await), "missing_client_secret");
        for _ in 0..2 {
            let cancelled = there.cancel(&session.id).await.unwrap();
            assert_eq!(cancelled.secret(), session.secret());
        }
        assert_eq!(admit(session.secret(), 0).await, "session_cancelled");
        assert_eq!(
            code(here.admit(Some(session.secret()), now).await),
            "session_cancelled"
        );
        assert_eq!(code(here.cancel("cksess_0").await), "session_not_found");
        there.clear().await.unwrap();
        assert!(here.find(session.secret()).await.unwrap().is_none());
        assert_eq!(code(here.cancel(&session.id).await), "session_not_found");
    }

    #[tokio::test]
    async fn a_secret_that_is_not_good_is_told_why() {
        let own = own();
        secrets(&own, &own).await;
        let [here, there] = both();
        secrets(&here, &there).await;
    }

    #[tokio::test]
    async fn a_full_minute_refuses_until_it_is_over_wherever_it_was_filled() {
        let (alone, [here, there]) = (own(), both());
        for (one, two) in [(&alone, &alone), (&here, &there)] {
            let (mint, now) = (Mint::new(None), 1_000_000);
            let session = one.create(&mint, plan(600, 2), now).await.unwrap();
            let ask = async |sessions: &Sessions, after| {
                let asked = sessions.admit(Some(session.secret()), now + after).await;
                asked
                    .err()
                    .map(|refusal| (refusal.code, refusal.retry_after))
            };
            assert_eq!(ask(one, 30_000).await, None);
            assert_eq!(ask(two, 31_000).await, None);
            let full = |left| Some(("rate_limit_exceeded", Some(left)));
            assert_eq!(ask(one, 31_500).await, full(59));
            assert_eq!(ask(two, 89_999).await, full(1));
            assert_eq!(ask(two, 90_000).await, None);
            assert_eq!(ask(one, 90_001).await, None);
            assert!(ask(two, 90_002).await.is_some());
        }
    }

    #[tokio::test]
    async fn of_many_requests_at_once_as_many_are_let_in_as_the_minute_has() {
        let [here, there] = both();
        let session = here.create(&Mint::new(None), plan(600, 20), 0).await;
        let session = session.unwrap();
        let asked = (0..60).map(|n| {
            let sessions = if n % 2 == 0 { &here } else { &there };
            sessions.admit(Some(session.secret()), 5)
        });
        let asked = futures_util::future::join_all(asked).await;
        assert_eq!(asked.iter().filter(|asked| asked.is_ok()).count(), 20);
    }

    #[tokio::test]
    async fn ended_sessions_are_remembered_for_a_while_and_then_forgotten() {
        let (sessions, mint) = (own(), Mint::new(None));
        let old = sessions.create(&mint, plan(10, 9), 0).await.unwrap();
        sessions.create(&mint, plan(10, 9), 100_000).await.unwrap();
        assert!(sessions.find(old.secret()).await.unwrap().is_some());
        sessions.create(&mint, plan(10, 9), 320_000).await.unwrap();
        assert!(sessions.find(old.secret()).await.unwrap().is_none());
        let known = lock(&sessions.known);
        assert_eq!((known.by_id.len(), known.by_secret.len()), (2, 2));
    }

    #[tokio::test]
    async fn a_place_is_free_again_when_the_upload_fails() {
        let body = br#"{"workflow":{"id":"wf_1"},"user":"u",
            "chatkit_configuration":{"file_upload":{"enabled":true,"max_files":1,"max_file_size":2}}}"#;
        let site = Site::new();
        let app = &site.app;
        let plan = Plan::read(body).unwrap();
        let session = app.sessions.create(&app.mint, plan, app.now()).await;
        let session = session.unwrap();
        assert_eq!(session.upload_limit().unwrap(), 2 * 1024 * 1024);
        drop(app.take_place(&session).await.unwrap());
        app.take_place(&session).await.unwrap().fill();
        assert_eq!(
            code(app.take_place(&session).await),
            "chatkit.file_upload_limit_exceeded"
        );
    }
}
