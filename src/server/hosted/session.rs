//! Sessions: which secrets are good, and how often each may ask.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::super::mint::Mint;
use super::super::refusal::Refusal;
use super::plan::{Limits, Plan, Settings, Workflow};
use super::secret;
use crate::protocol::hosted::SessionStatus;

/// How long a session is remembered after its end, so that its secret is told apart from one that
/// never was.
const REMEMBERED: Duration = Duration::from_secs(5 * 60);

/// How often forgotten sessions are looked for; in between, creating one costs the same at any
/// number of them.
const SWEEP: Duration = Duration::from_secs(60);

/// What the rate limit counts in.
const MINUTE: Duration = Duration::from_secs(60);

/// Every session that is not forgotten.
#[derive(Default)]
pub(in crate::server) struct Sessions {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    by_id: HashMap<String, Arc<Session>>,
    by_secret: HashMap<String, Arc<Session>>,
    swept: Option<Instant>,
}

/// A user's leave to talk, for a while.
#[derive(Debug)]
pub(in crate::server) struct Session {
    pub id: String,
    pub plan: Plan,
    secret: SecretString,
    /// Unix seconds.
    expires_at: i64,
    /// The same on the clock that nobody can set.
    end: Instant,
    cancelled: AtomicBool,
    window: Mutex<Window>,
    files: AtomicU64,
}

/// The minute that is being counted; it begins with its first request.
#[derive(Debug)]
struct Window {
    start: Instant,
    count: u64,
}

/// A session as the API shows it.
#[derive(Serialize)]
struct Shown<'a> {
    id: &'a str,
    object: &'static str,
    client_secret: &'a str,
    expires_at: i64,
    status: SessionStatus,
    user: &'a str,
    workflow: &'a Workflow,
    rate_limits: Limits,
    max_requests_per_1_minute: u64,
    chatkit_configuration: &'a Settings,
}

impl Sessions {
    /// Forgets every session.
    pub fn clear(&self) {
        *self.lock() = Known::default();
    }

    /// Makes a session.
    pub fn create(&self, mint: &Mint, plan: Plan, now: Instant) -> Arc<Session> {
        // The real time even with a seed: clients read it, and would take a session whose time lies
        // in a seeded past for one that has expired.
        let expires_at = mint.clock().real().as_second() + i64::from(plan.seconds);
        let session = Arc::new(Session {
            id: mint.hosted_id("cksess"),
            secret: secret::make(mint, expires_at),
            expires_at,
            end: now + Duration::from_secs(plan.seconds.into()),
            plan,
            cancelled: AtomicBool::new(false),
            window: Mutex::new(Window {
                start: now,
                count: 0,
            }),
            files: AtomicU64::new(0),
        });
        let mut known = self.lock();
        known.sweep(now);
        known.by_id.insert(session.id.clone(), Arc::clone(&session));
        let secret = session.secret.expose_secret().to_owned();
        known.by_secret.insert(secret, Arc::clone(&session));
        session
    }

    /// Ends a session; one that has ended stays as it is.
    pub fn cancel(&self, id: &str) -> Result<Arc<Session>, Refusal> {
        let Some(session) = self.lock().by_id.get(id).cloned() else {
            // The words of the hosted API, which gives no code.
            let message = format!("ChatKit session with id '{id}' not found.");
            return Err(Refusal::not_found(
                "session_not_found",
                "session_id",
                message,
            ));
        };
        session.cancelled.store(true, Ordering::Relaxed);
        Ok(session)
    }

    /// The session of a secret, whether it is still good or not.
    pub fn find(&self, secret: &str) -> Option<Arc<Session>> {
        self.lock().by_secret.get(secret).cloned()
    }

    /// The session of a secret that is good, after counting the request.
    pub fn admit(&self, secret: Option<&str>, now: Instant) -> Result<Arc<Session>, Refusal> {
        let secret = secret.filter(|secret| !secret.is_empty()).ok_or_else(|| {
            unauthorised(
                "missing_client_secret",
                "no client secret was sent; send Authorization: Bearer ek_…",
            )
        })?;
        let session = self.find(secret).ok_or_else(|| unknown(secret))?;
        match session.status(now) {
            SessionStatus::Cancelled => Err(unauthorised(
                "session_cancelled",
                "the session of this client secret was cancelled",
            )),
            SessionStatus::Expired => Err(unauthorised(
                "client_secret_expired",
                "this client secret has expired; create another session",
            )),
            _ => session.count(now).map(|()| session),
        }
    }

    /// No section of this lock can panic between two changes.
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn sweep(&mut self, now: Instant) {
        let swept = *self.swept.get_or_insert(now);
        if now.saturating_duration_since(swept) < SWEEP {
            return;
        }
        self.swept = Some(now);
        let keep = |session: &Arc<Session>| now < session.end + REMEMBERED;
        self.by_id.retain(|_, session| keep(session));
        self.by_secret.retain(|_, session| keep(session));
    }
}

impl Session {
    /// The secret that a browser talks with.
    pub fn secret(&self) -> &str {
        self.secret.expose_secret()
    }

    /// The session as the API shows it.
    pub fn shown(&self, now: Instant) -> impl Serialize {
        let plan = &self.plan;
        Shown {
            id: &self.id,
            object: "chatkit.session",
            client_secret: self.secret(),
            expires_at: self.expires_at,
            status: self.status(now),
            user: &plan.user,
            workflow: &plan.workflow,
            rate_limits: plan.limits,
            max_requests_per_1_minute: plan.limits.max_requests_per_1_minute,
            chatkit_configuration: &plan.configuration,
        }
    }

    fn status(&self, now: Instant) -> SessionStatus {
        if self.cancelled.load(Ordering::Relaxed) {
            SessionStatus::Cancelled
        } else if now >= self.end {
            SessionStatus::Expired
        } else {
            SessionStatus::Active
        }
    }

    /// Counts a request, unless the minute is full.
    fn count(&self, now: Instant) -> Result<(), Refusal> {
        let limit = self.plan.limits.max_requests_per_1_minute;
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = now.saturating_duration_since(window.start);
        if window.count == 0 || passed >= MINUTE {
            *window = Window {
                start: now,
                count: 1,
            };
            return Ok(());
        }
        if window.count >= limit {
            // Rounded up, so that whoever waits that long is not refused again.
            let left = MINUTE.saturating_sub(passed).as_millis().div_ceil(1000);
            return Err(too_many(limit, u64::try_from(left).unwrap_or(60)));
        }
        window.count += 1;
        Ok(())
    }

    /// The largest upload in bytes, if uploads are allowed.
    pub fn upload_limit(&self) -> Result<u64, Refusal> {
        let upload = self.plan.configuration.file_upload;
        if !upload.enabled {
            return Err(refused_upload(
                "chatkit.file_upload_disabled",
                "File uploads are disabled for this session.",
            ));
        }
        Ok(upload.max_file_size * 1024 * 1024)
    }

    /// Takes one of the session's places for files.
    pub fn take_place(self: &Arc<Self>) -> Result<Place, Refusal> {
        let max = self.plan.configuration.file_upload.max_files;
        let taken = |files| (files < max).then_some(files + 1);
        match self
            .files
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken)
        {
            Ok(_) => Ok(Place(Some(Arc::clone(self)))),
            Err(_) => Err(refused_upload(
                "chatkit.file_upload_limit_exceeded",
                format!("This session allows {max} files, and has them."),
            )),
        }
    }
}

/// A place for a file, free again unless it is filled.
#[must_use = "a place is free again when this is dropped"]
pub(in crate::server) struct Place(Option<Arc<Session>>);

impl Place {
    /// Keeps the place for good.
    pub fn fill(mut self) {
        self.0 = None;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(session) = &self.0 {
            session.files.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

fn unauthorised(code: &'static str, message: &str) -> Refusal {
    Refusal::new(StatusCode::UNAUTHORIZED, code, message)
}

fn unknown(secret: &str) -> Refusal {
    let message = if secret.starts_with(secret::PREFIX) {
        "this server gave no such client secret, or has forgotten it"
    } else {
        "this is no client secret; create a session and send its client_secret, never an API key"
    };
    unauthorised("invalid_client_secret", message)
}

fn too_many(limit: u64, seconds: u64) -> Refusal {
    let message =
        format!("this session may ask {limit} times a minute, and has; try again in {seconds} s");
    Refusal {
        retry_after: Some(seconds),
        ..Refusal::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limit_exceeded",
            message,
        )
    }
}

fn refused_upload(code: &'static str, message: impl Into<String>) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, code, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(seconds: u32, rate: u64) -> Plan {
        let body = format!(
            r#"{{"workflow":{{"id":"wf_1"}},"user":"u",
                "expires_after":{{"anchor":"created_at","seconds":{seconds}}},
                "rate_limits":{{"max_requests_per_1_minute":{rate}}}}}"#
        );
        Plan::read(body.as_bytes()).unwrap()
    }

    fn code<T>(result: Result<T, Refusal>) -> &'static str {
        result.err().map_or("ok", |refusal| refusal.code)
    }

    #[test]
    fn a_secret_that_is_not_good_is_told_why() {
        let (sessions, mint, now) = (Sessions::default(), Mint::new(None), Instant::now());
        let session = sessions.create(&mint, plan(10, 99), now);
        let admit = |secret: &str, after| {
            code(sessions.admit(Some(secret), now + Duration::from_secs(after)))
        };
        assert_eq!(admit(session.secret(), 0), "ok");
        assert_eq!(admit(session.secret(), 9), "ok");
        assert_eq!(admit(session.secret(), 10), "client_secret_expired");
        assert_eq!(admit("ek_other", 0), "invalid_client_secret");
        assert_eq!(admit("sk-key", 0), "invalid_client_secret");
        assert_eq!(admit("", 0), "missing_client_secret");
        assert_eq!(code(sessions.admit(None, now)), "missing_client_secret");
        sessions.cancel(&session.id).unwrap();
        sessions.cancel(&session.id).unwrap();
        assert_eq!(admit(session.secret(), 0), "session_cancelled");
        assert_eq!(code(sessions.cancel("cksess_0")), "session_not_found");
    }

    #[test]
    fn a_full_minute_refuses_until_it_is_over() {
        let (sessions, mint, now) = (Sessions::default(), Mint::new(None), Instant::now());
        let session = sessions.create(&mint, plan(600, 2), now);
        let ask = |after| {
            let now = now + Duration::from_millis(after);
            let asked = sessions.admit(Some(session.secret()), now);
            asked
                .err()
                .map(|refusal| (refusal.code, refusal.retry_after))
        };
        assert_eq!((ask(30_000), ask(31_000)), (None, None));
        assert_eq!(ask(31_500), Some(("rate_limit_exceeded", Some(59))));
        assert_eq!(ask(89_999), Some(("rate_limit_exceeded", Some(1))));
        assert_eq!((ask(90_000), ask(90_001)), (None, None));
        assert!(ask(90_002).is_some());
    }

    #[test]
    fn ended_sessions_are_remembered_for_a_while_and_then_forgotten() {
        let (sessions, mint, now) = (Sessions::default(), Mint::new(None), Instant::now());
        let old = sessions.create(&mint, plan(10, 9), now);
        sessions.create(&mint, plan(10, 9), now + Duration::from_secs(100));
        assert!(sessions.find(old.secret()).is_some());
        sessions.create(&mint, plan(10, 9), now + Duration::from_secs(320));
        assert!(sessions.find(old.secret()).is_none());
        let known = sessions.lock();
        assert_eq!((known.by_id.len(), known.by_secret.len()), (2, 2));
    }

    #[test]
    fn a_place_is_free_again_when_the_upload_fails() {
        let body = br#"{"workflow":{"id":"wf_1"},"user":"u",
            "chatkit_configuration":{"file_upload":{"enabled":true,"max_files":1,"max_file_size":2}}}"#;
        let (sessions, mint) = (Sessions::default(), Mint::new(None));
        let session = sessions.create(&mint, Plan::read(body).unwrap(), Instant::now());
        assert_eq!(session.upload_limit().unwrap(), 2 * 1024 * 1024);
        drop(session.take_place().unwrap());
        session.take_place().unwrap().fill();
        assert_eq!(
            code(session.take_place()),
            "chatkit.file_upload_limit_exceeded"
        );
    }

    #[test]
    fn a_session_keeps_its_secret_out_of_debug() {
        let (sessions, mint) = (Sessions::default(), Mint::new(None));
        let session = sessions.create(&mint, plan(10, 9), Instant::now());
        assert!(!format!("{session:?}").contains(&session.secret()[3..20]));
    }
}
