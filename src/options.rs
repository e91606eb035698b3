//! The options that every command takes, and the words that options are written in.
//!
//! Parsing only validates what was typed. The environment and the files are `config`'s.

#![allow(
    clippy::doc_markdown,
    rustdoc::bare_urls,
    reason = "the doc comments of arguments are the help text, which is no Markdown"
)]

mod deferred;

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, ValueEnum};
use secrecy::SecretString;
use url::Url;

pub use deferred::Deferred;

/// The options that every command takes, as they were typed.
#[derive(Args, Clone, Debug, Default)]
pub struct GlobalArgs {
    /// What selects and addresses the backend.
    #[command(flatten)]
    pub target: TargetArgs,
    /// How requests are made.
    #[command(flatten)]
    pub request: RequestOptions,
    /// How the outcome is shown.
    #[command(flatten)]
    pub output: OutputOptions,
}

impl GlobalArgs {
    /// The flags that were given and mean something to a backend only.
    pub fn of_a_backend(&self) -> Vec<&'static str> {
        let (target, request) = (&self.target, &self.request);
        let given = [
            ("--url", target.url.is_some()),
            ("--mock", target.mock),
            ("--api-base", target.api_base.is_some()),
            ("--client-secret", target.client_secret.is_some()),
            ("--workflow", target.workflow.is_some()),
            ("--user", target.user.is_some()),
            ("--api-key-file", target.api_key_file.is_some()),
            ("--upload-url", target.upload_url.is_some()),
            ("--profile", target.profile.is_some()),
            ("--header", !request.headers.is_empty()),
            ("--timeout", request.timeout.is_some()),
            ("--locale", request.locale.is_some()),
        ];
        let given = given.into_iter().filter(|(_, is_given)| *is_given);
        given.map(|(flag, _)| flag).collect()
    }
}

/// What selects and addresses the backend.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Backend")]
pub struct TargetArgs {
    /// The endpoint of a self-hosted backend [env: CHATKIT_URL]
    #[arg(long, global = true, value_name = "URL", value_parser = http_url,
          conflicts_with_all = ["mock", "api_base", "client_secret", "workflow", "api_key_file"])]
    pub url: Option<Url>,

    /// Talk to a mock inside this process, which is gone when the command ends
    #[arg(long, global = true, conflicts_with_all = ["api_base", "client_secret", "api_key_file"])]
    pub mock: bool,

    /// The base address of the hosted API [env: CHATKIT_API_BASE, OPENAI_BASE_URL]
    ///
    /// With or without /v1; https://api.openai.com/v1 if nothing else is said.
    #[arg(long, global = true, value_name = "URL", value_parser = http_url)]
    pub api_base: Option<Url>,

    /// The client secret of a hosted session [env: CHATKIT_CLIENT_SECRET]
    #[arg(long, global = true, value_name = "SECRET", value_parser = secret)]
    pub client_secret: Option<SecretString>,

    /// The hosted workflow that sessions are made for [env: CHATKIT_WORKFLOW_ID]
    #[arg(long, global = true, value_name = "ID")]
    pub workflow: Option<String>,

    /// The user that sessions are made for, and whose threads alone an API key reaches [env: CHATKIT_USER]
    #[arg(long, global = true, value_name = "ID")]
    pub user: Option<String>,

    /// A file that holds the API key, which is else read from OPENAI_API_KEY
    #[arg(long, global = true, value_name = "FILE")]
    pub api_key_file: Option<PathBuf>,

    /// Where files are posted to directly, instead of the two-phase upload
    #[arg(long, global = true, value_name = "URL", value_parser = http_url)]
    pub upload_url: Option<Url>,

    /// A profile of chatkit.toml [env: CHATKIT_PROFILE]
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
}

/// How requests are made.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Requests")]
pub struct RequestOptions {
    /// One more header for every request (repeatable), for example 'Authorization: Bearer x'
    #[arg(long = "header", global = true, value_name = "NAME: VALUE", value_parser = header,
          action = ArgAction::Append)]
    pub headers: Vec<Header>,

    /// How long to wait for the backend, as 30s, 500ms, 2m or seconds
    #[arg(long, global = true, value_name = "TIME", value_parser = duration)]
    pub timeout: Option<Duration>,

    /// The language to be answered in, for example de-DE, sent as Accept-Language
    #[arg(long, global = true, value_name = "TAG", value_parser = locale)]
    pub locale: Option<String>,
}

/// How the outcome is shown.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Output")]
pub struct OutputOptions {
    /// Write JSON and nothing else to stdout; streams become JSON lines
    #[arg(long, global = true)]
    pub json: bool,

    /// When to use colour; NO_COLOR is heeded
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,

    /// Never ask, even on a terminal
    #[arg(long, global = true)]
    pub no_input: bool,

    /// Write nothing to stderr but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Say more on stderr; twice for everything
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
}

/// When output is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal that can, unless NO_COLOR is set
    #[default]
    Auto,
    /// Even into a file
    Always,
    /// Not even on a terminal
    Never,
}

/// A header of every request; its value may be a secret and is never printed.
#[derive(Clone, Debug)]
pub struct Header {
    /// The name, which is a legal token.
    pub name: String,
    /// The value, which has no control characters.
    pub value: SecretString,
}

/// Reads `Name: value`.
pub fn header(text: &str) -> Result<Header, String> {
    // The value may be a credential, so no message repeats what was typed.
    let (name, value) = text
        .split_once(':')
        .ok_or("expected 'Name: value', found no colon")?;
    let (name, value) = (name.trim(), value.trim());
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if name.is_empty() || !name.chars().all(token) {
        return Err("expected 'Name: value', found no legal name before the colon".into());
    }
    let frames = ["content-length", "transfer-encoding"];
    if frames.iter().any(|frame| name.eq_ignore_ascii_case(frame)) {
        return Err(format!(
            "'{name}' tells where a body ends, and goes with the body"
        ));
    }
    if value.chars().any(|c| c.is_control() && c != '\t') {
        return Err(format!("the value of '{name}' has a control character"));
    }
    Ok(Header {
        name: name.to_owned(),
        value: SecretString::from(value.to_owned()),
    })
}

/// Reads a time span: `30s`, `500ms`, `2m`, `1h`, or a number of seconds.
pub fn duration(text: &str) -> Result<Duration, String> {
    let split = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let scale = match unit {
        "" | "s" => 1.0,
        "ms" => 0.001,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return Err(format!("unknown unit '{unit}'; use ms, s, m or h")),
    };
    let number: f64 = number
        .parse()
        .map_err(|_| "expected a time, for example 30s or 500ms".to_owned())?;
    match Duration::try_from_secs_f64(number * scale) {
        Ok(span) if !span.is_zero() => Ok(span),
        _ => Err("expected more than no time, and less than an age".into()),
    }
}

/// Reads an `http` or `https` address that carries no password.
pub fn http_url(text: &str) -> Result<Url, String> {
    let example = "for example http://localhost:8000/chatkit";
    let url = Url::parse(text).map_err(|error| format!("{error}; {example}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("expected an http or https address, {example}"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("an address may not carry a password; use --header".into());
    }
    Ok(url)
}

/// Reads a language tag, loosely: what cannot stand in a header is refused.
pub fn locale(text: &str) -> Result<String, String> {
    let legal = |c: char| c.is_ascii_alphanumeric() || "-_,;=.* ".contains(c);
    if text.is_empty() || !text.chars().all(legal) {
        return Err("expected a language tag, for example de-DE".into());
    }
    Ok(text.replace('_', "-"))
}

#[allow(clippy::unnecessary_wraps, reason = "the signature that clap asks for")]
fn secret(text: &str) -> Result<SecretString, std::convert::Infallible> {
    Ok(SecretString::from(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_time_span_has_a_unit_or_counts_seconds() {
        assert_eq!(duration("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("1.5"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        for bad in ["", "0", "s", "5 s", "-1", "1e9999", "1.2.3", "5days"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_header_is_split_at_its_first_colon_and_never_repeated_in_an_error() {
        let read = header("X-Where:  a:b ").unwrap();
        assert_eq!(
            (read.name.as_str(), read.value.expose_secret()),
            ("X-Where", "a:b")
        );
        for bad in [
            "sk-secret",
            ": sk-secret",
            "a b: sk-secret",
            "a: sk-secret\u{7}x",
            "Content-Length: sk-secret",
            "transfer-encoding: sk-secret",
        ] {
            assert!(!header(bad).unwrap_err().contains("sk-secret"));
        }
    }

    #[test]
    fn an_address_is_http_and_has_no_password() {
        assert!(http_url("https://example.com/chatkit").is_ok());
        for bad in ["localhost:8000", "ftp://x", "http://", "http://me:pw@x/"] {
            assert!(http_url(bad).is_err(), "{bad}");
        }
    }
}
