//! `chatkit session inspect`: what a client secret says about itself, without a call.

use clap::Args;
use serde::Serialize;

use super::masked;
use crate::client::secret_expiry;
use crate::command::{Context, input};
use crate::error::{Error, Result};

/// Which secret.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  chatkit session inspect - < secret.txt
  chatkit session create | chatkit session inspect -")]
pub struct InspectArgs {
    /// The client secret, or - to read it from stdin
    #[arg(value_name = "SECRET")]
    secret: String,
}

#[derive(Serialize)]
struct Report {
    /// The first characters, which are enough to tell secrets apart.
    secret: String,
    expires_at: i64,
    expires: String,
    expired: bool,
    seconds_left: i64,
}

/// Prints when a secret expires; one that has expired is no error, because it was asked.
///
/// # Errors
/// Wrong usage when the text is no client secret whose expiry can be read.
pub async fn run(args: &InspectArgs, context: Context<'_>) -> Result<()> {
    let secret = if args.secret == "-" {
        input::stdin_text(&context.cancel).await?
    } else {
        args.secret.clone()
    };
    let report = report(secret.trim(), jiff::Timestamp::now())?;
    if context.ui.is_json() {
        return context.ui.json(&report);
    }
    context.ui.line(&format!("secret:  {}", report.secret))?;
    context.ui.line(&format!("expires: {}", report.expires))?;
    context.ui.line(&format!("status:  {}", status(&report)))
}

fn report(secret: &str, now: jiff::Timestamp) -> Result<Report> {
    let Some(expiry) = secret_expiry(secret) else {
        // The text itself stays out of the message: it may be another secret.
        return Err(Error::usage_hint(
            "this is no client secret whose expiry can be read",
            "pass the client_secret of a session: ek_, 48 hex digits, _00 and the expiry in base64",
        ));
    };
    let seconds_left = expiry.as_second() - now.as_second();
    Ok(Report {
        secret: masked(secret),
        expires_at: expiry.as_second(),
        expires: expiry.to_string(),
        expired: seconds_left <= 0,
        seconds_left: seconds_left.max(0),
    })
}

fn status(report: &Report) -> String {
    if report.expired {
        return "expired".to_owned();
    }
    let (minutes, seconds) = (report.seconds_left / 60, report.seconds_left % 60);
    if minutes == 0 {
        format!("{seconds} s left")
    } else {
        format!("{minutes} min {seconds} s left")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "ek_0123456789abcdef0123456789abcdef0123456789abcdef_00eyJleHBpcmVzX2F0IjogMTc5NTIxOTAwNX0=";

    #[test]
    fn the_time_left_is_counted_and_the_secret_is_masked() {
        let at = |second| jiff::Timestamp::from_second(second).unwrap();
        let live = report(SECRET, at(1_795_218_905)).unwrap();
        assert_eq!(status(&live), "1 min 40 s left");
        assert_eq!(live.secret, "ek_0123…");
        assert_eq!(live.expires, "2026-11-20T23:56:45Z");
        let dead = report(SECRET, at(1_795_219_005)).unwrap();
        assert_eq!(status(&dead), "expired");
    }

    #[test]
    fn what_is_no_secret_is_not_repeated() {
        let error = report("sk-proj-hush", jiff::Timestamp::now())
            .err()
            .unwrap();
        assert_eq!(error.code(), 2);
        assert!(!error.to_string().contains("hush"));
    }
}
