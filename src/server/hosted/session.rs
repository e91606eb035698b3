//! A session: who may talk, for how long, how often, and with how many files.

use std::time::Duration;

use axum::http::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::super::mint::Mint;
use super::super::refusal::Refusal;
use super::plan::{Limits, Plan, Settings, Workflow};
use super::secret;
use crate::plural::plural;
use crate::protocol::hosted::SessionStatus;

/// What the rate limit counts in, in milliseconds.
const MINUTE: i64 = 60_000;

/// A moment, in milliseconds since 1970.
pub(super) type Moment = i64;

/// A user's leave to talk, for a while.
#[derive(Debug)]
pub(in crate::server) struct Session {
    pub id: String,
    pub plan: Plan,
    secret: SecretString,
    /// Unix seconds, as clients read it.
    expires_at: i64,
    /// The same on the clock that sessions end by.
    end: Moment,
}

/// What was made of a session so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Tally {
    is_cancelled: bool,
    /// The minute that is being counted, which begins with its first request.
    minute: Moment,
    /// How many requests it has had.
    count: u64,
    files: u64,
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

/// A session and what was made of it, as the store keeps them. The secret is among it in its own
/// words, because whoever cancels the session is shown it again.
#[derive(Serialize, Deserialize)]
struct Written<P, T> {
    id: String,
    secret: String,
    plan: P,
    expires_at: i64,
    end: Moment,
    tally: T,
}

impl Session {
    /// A session that begins now.
    pub(super) fn new(mint: &Mint, plan: Plan, now: Moment) -> Self {
        // The real time even with a seed: clients read it, and would take a session whose time lies
        // in a seeded past for one that has expired.
        let expires_at = mint.clock().real().as_second() + i64::from(plan.seconds);
        Self {
            id: mint.hosted_id("cksess"),
            secret: secret::make(mint, expires_at),
            expires_at,
            end: now + i64::from(plan.seconds) * 1000,
            plan,
        }
    }

    /// The JSON of a session and of what was made of it.
    pub(super) fn write(&self, tally: &Tally) -> Vec<u8> {
        let written = Written {
            id: self.id.clone(),
            secret: self.secret().to_owned(),
            plan: &self.plan,
            expires_at: self.expires_at,
            end: self.end,
            tally,
        };
        serde_json::to_vec(&written).expect("a shape with string keys serialises into memory")
    }

    /// What was written.
    pub(super) fn read(json: &[u8]) -> serde_json::Result<(Self, Tally)> {
        let written: Written<Plan, Tally> = serde_json::from_slice(json)?;
        let session = Self {
            id: written.id,
            plan: written.plan,
            secret: written.secret.into(),
            expires_at: written.expires_at,
            end: written.end,
        };
        Ok((session, written.tally))
    }

    /// The secret that a browser talks with.
    pub fn secret(&self) -> &str {
        self.secret.expose_secret()
    }

    /// When it ends.
    pub(super) fn end(&self) -> Moment {
        self.end
    }

    /// The session as the API shows it.
    pub(super) fn shown(&self, status: SessionStatus) -> impl Serialize {
        let plan = &self.plan;
        Shown {
            id: &self.id,
            object: "chatkit.session",
            client_secret: self.secret(),
            expires_at: self.expires_at,
            status,
            user: &plan.user,
            workflow: &plan.workflow,
            rate_limits: plan.limits,
            max_requests_per_1_minute: plan.limits.max_requests_per_1_minute,
            chatkit_configuration: &plan.configuration,
        }
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
}

impl Tally {
    /// Lets a request in and counts it, if the session is good and the minute is not full.
    pub fn admit(&mut self, session: &Session, now: Moment) -> Result<(), Refusal> {
        if self.is_cancelled {
            return Err(unauthorised(
                "session_cancelled",
                "the session of this client secret was cancelled",
            ));
        }
        if now >= session.end {
            return Err(unauthorised(
                "client_secret_expired",
                "this client secret has expired; create another session",
            ));
        }
        self.count(session.plan.limits.max_requests_per_1_minute, now)
    }

    fn count(&mut self, limit: u64, now: Moment) -> Result<(), Refusal> {
        let passed = now - self.minute;
        // Another process's clock may be set forward: a minute that is far from having begun here
        // is none of ours.
        if self.count == 0 || passed >= MINUTE || passed <= -MINUTE {
            self.minute = now;
            self.count = 1;
            return Ok(());
        }
        if self.count >= limit {
            // Rounded up, so that whoever waits that long is not refused again.
            let left = Duration::from_millis((MINUTE - passed.max(0)).unsigned_abs());
            return Err(too_many(limit, left.as_millis().div_ceil(1000)));
        }
        self.count += 1;
        Ok(())
    }

    /// Ends the session; one that has ended stays as it is.
    pub fn cancel(&mut self) {
        self.is_cancelled = true;
    }

    /// Takes one of the session's places for files.
    pub fn take_place(&mut self, session: &Session) -> Result<(), Refusal> {
        let max = session.plan.configuration.file_upload.max_files;
        if self.files >= max {
            return Err(refused_upload(
                "chatkit.file_upload_limit_exceeded",
                format!(
                    "This session allows {}, and has as many.",
                    plural(max, "file")
                ),
            ));
        }
        self.files += 1;
        Ok(())
    }

    /// Gives a place back that was not filled.
    pub fn free_place(&mut self) {
        self.files = self.files.saturating_sub(1);
    }
}

pub(super) fn unauthorised(code: &'static str, message: &str) -> Refusal {
    Refusal::new(StatusCode::UNAUTHORIZED, code, message)
}

fn too_many(limit: u64, seconds: u128) -> Refusal {
    let seconds = u64::try_from(seconds).unwrap_or(60);
    let times = plural(limit, "time");
    let message =
        format!("this session may ask {times} a minute, and has; try again in {seconds} s");
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

    fn session() -> Session {
        let body = br#"{"workflow":{"id":"wf_1","state_variables":{"n":1.50}},"user":"u\u0000",
            "rate_limits":{"max_requests_per_1_minute":2}}"#;
        Session::new(&Mint::new(None), Plan::read(body).unwrap(), 7)
    }

    #[test]
    fn a_session_comes_back_as_it_was_written() {
        let session = session();
        let mut tally = Tally::default();
        tally.admit(&session, 8).unwrap();
        let (read, counted) = Session::read(&session.write(&tally)).unwrap();
        assert_eq!((&read.plan, counted), (&session.plan, tally));
        let shown = |session: &Session| {
            serde_json::to_string(&session.shown(SessionStatus::Active)).unwrap()
        };
        assert_eq!(shown(&read), shown(&session));
        assert_eq!(read.end(), 7 + 600_000);
    }

    #[test]
    fn a_session_keeps_its_secret_out_of_debug() {
        let session = session();
        assert!(!format!("{session:?}").contains(&session.secret()[3..20]));
    }

    #[test]
    fn a_minute_of_a_clock_that_is_ahead_holds_nobody_up_for_longer() {
        let (session, hour) = (session(), 3_600_000);
        let mut tally = Tally::default();
        let mut ask = |now| tally.admit(&session, now).err().map(|it| it.retry_after);
        // Clocks of two machines differ a little, and count the same minute.
        assert_eq!((ask(20_000), ask(19_000)), (None, None));
        assert_eq!(ask(18_000), Some(Some(60)));
        assert_eq!(ask(21_000), Some(Some(59)));
        assert_eq!((ask(20_000 + hour / 12), ask(21_000)), (None, None));
        assert_eq!((ask(22_000), ask(23_000)), (None, Some(Some(58))));
    }
}
