//! What is wrong on the way to a backend: from what was found to a reason and a remedy.
//!
//! Only functions of values: what looks is `client::probe`, and what decides in which order is
//! `command::doctor`.

pub mod cors;
pub mod hosted;
pub mod http;
pub mod network;
pub mod page;
pub mod setup;
pub mod stream;

use serde::{Serialize, Serializer};

/// One thing that is looked at; the order is that of the way to a backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// What was asked for, and by what.
    Config,
    /// The host's name.
    Dns,
    /// A connection.
    Tcp,
    /// The server's certificate, and the clock.
    Tls,
    /// What stands in between by the environment's will.
    Proxy,
    /// Whether requests are answered.
    Http,
    /// Whether a page may ask.
    Cors,
    /// Whether the answer is what it should be.
    ContentType,
    /// Whether the backend knows who asks.
    Auth,
    /// What `{}` is answered with.
    EmptyRequest,
    /// How long an answer takes to begin.
    FirstEvent,
    /// Whether something holds events back.
    Buffering,
    /// The script that a page loads.
    Cdn,
    /// Where a page may stand.
    DomainKey,
    /// What a hosted session is made of.
    Session,
    /// The end of hosted workflows.
    Sunset,
}

/// How a step went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it should.
    Ok,
    /// It works, but not for everybody, or not for long.
    Warning,
    /// It does not work.
    Failed(Code),
    /// It could not be looked at.
    Skipped,
}

/// The exit code of a failure; the numbers are those of every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The backend failed the request.
    Refused = 1,
    /// What was asked for makes no sense.
    Usage = 2,
    /// A check failed.
    Check = 3,
    /// Not authorised.
    Unauthorised = 4,
    /// Not reached, or timed out.
    Unreached = 5,
    /// The backend broke the protocol.
    Protocol = 6,
}

/// What was found at a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which step.
    pub step: Step,
    /// How it went.
    #[serde(rename = "status")]
    pub verdict: Verdict,
    /// What was seen.
    pub reason: String,
    /// What to do about it, as an imperative.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl Step {
    /// All of them, in order.
    pub const ALL: &'static [Self] = &[
        Self::Config,
        Self::Dns,
        Self::Tcp,
        Self::Tls,
        Self::Proxy,
        Self::Http,
        Self::Cors,
        Self::ContentType,
        Self::Auth,
        Self::EmptyRequest,
        Self::FirstEvent,
        Self::Buffering,
        Self::Cdn,
        Self::DomainKey,
        Self::Session,
        Self::Sunset,
    ];

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Dns => "dns",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Proxy => "proxy",
            Self::Http => "http",
            Self::Cors => "cors",
            Self::ContentType => "content-type",
            Self::Auth => "auth",
            Self::EmptyRequest => "empty-request",
            Self::FirstEvent => "first-event",
            Self::Buffering => "buffering",
            Self::Cdn => "cdn",
            Self::DomainKey => "domain-key",
            Self::Session => "session",
            Self::Sunset => "sunset",
        }
    }

    /// It is as it should be.
    pub fn ok(self, reason: impl Into<String>) -> Finding {
        self.finding(Verdict::Ok, reason.into(), None)
    }

    /// It works, with a reservation.
    pub fn warning(self, reason: impl Into<String>, remedy: impl Into<String>) -> Finding {
        self.finding(Verdict::Warning, reason.into(), Some(remedy.into()))
    }

    /// It does not work.
    pub fn failed(
        self,
        code: Code,
        reason: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Finding {
        self.finding(Verdict::Failed(code), reason.into(), Some(remedy.into()))
    }

    /// It could not be looked at.
    pub fn skipped(self, reason: impl Into<String>) -> Finding {
        self.finding(Verdict::Skipped, reason.into(), None)
    }

    fn finding(self, verdict: Verdict, reason: String, remedy: Option<String>) -> Finding {
        Finding {
            step: self,
            verdict,
            reason,
            remedy,
        }
    }
}

impl Finding {
    /// Whether nothing that builds on it can be looked at.
    pub fn is_failure(&self) -> bool {
        matches!(self.verdict, Verdict::Failed(_))
    }
}

impl Verdict {
    /// Its word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed(_) => "failed",
            Self::Skipped => "skipped",
        }
    }
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// The exit code of a report: that of the first failure, or 0.
pub fn exit_code(findings: &[Finding]) -> u8 {
    let codes = findings.iter().filter_map(|finding| match finding.verdict {
        Verdict::Failed(code) => Some(code as u8),
        _ => None,
    });
    codes.into_iter().next().unwrap_or(0)
}

/// A time span for people.
fn span(span: std::time::Duration) -> String {
    match span.as_millis() {
        0 => "less than 1 ms".to_owned(),
        ms @ 1..1000 => format!("{ms} ms"),
        _ => format!("{:.1} s", span.as_secs_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failure_gives_the_exit_code_and_a_warning_gives_none() {
        let warning = Step::Http.warning("w", "r");
        let auth = Step::Auth.failed(Code::Unauthorised, "a", "r");
        let stream = Step::FirstEvent.failed(Code::Protocol, "s", "r");
        assert_eq!(exit_code(&[Step::Dns.ok("fine"), warning.clone()]), 0);
        assert_eq!(exit_code(&[warning, auth, stream]), 4);
    }

    #[test]
    fn a_finding_reads_the_same_in_json_and_on_the_terminal() {
        for step in Step::ALL {
            let json = serde_json::to_value(step.skipped("x")).unwrap();
            assert_eq!(json["step"], step.name());
            assert_eq!(json["status"], "skipped");
        }
        assert!(Step::ALL.is_sorted());
    }
}
