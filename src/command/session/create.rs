//! `chatkit session create`: makes a hosted session and prints its client secret.

use std::collections::BTreeMap;

use clap::Args;
use serde_json::Value;

use crate::command::{Context, input};
use crate::error::{Error, Result};
use crate::protocol::hosted::{
    Configuration, CreateSession, ExpiresAfter, FileUpload, History, RateLimits, Session, Titling,
    WorkflowParam,
};
use crate::protocol::{Extra, Verbatim};
use crate::ui::Style;

/// What the session allows.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  chatkit session create --workflow wf_1 --user me
  export CHATKIT_CLIENT_SECRET=$(chatkit session create --workflow wf_1 --user me)
  chatkit session create --workflow wf_1 --user me --state-variable plan=pro --file-upload

The client secret is all that goes to stdout; with --json it is the whole session.")]
pub struct CreateArgs {
    /// The version of the workflow; the deployed one if nothing is said
    #[arg(long, value_name = "VERSION")]
    workflow_version: Option<String>,

    /// Start the workflow with this variable (repeatable); true, false and numbers are read as such
    #[arg(long = "state-variable", value_name = "KEY=VALUE", value_parser = input::pair)]
    state_variables: Vec<(String, String)>,

    /// How long the secret is good, in seconds; 600 if nothing is said
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(i64).range(1..=600))]
    expires_after: Option<i64>,

    /// How many requests a minute are allowed; 10 if nothing is said
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    rate_limit: Option<i64>,

    /// Allow uploads
    #[arg(long)]
    file_upload: bool,

    /// The largest file that may be uploaded, in MB
    #[arg(long, value_name = "MB", requires = "file_upload", value_parser = clap::value_parser!(i64).range(1..=512))]
    max_file_size: Option<i64>,

    /// How many files may be uploaded
    #[arg(long, value_name = "N", requires = "file_upload", value_parser = clap::value_parser!(i64).range(1..))]
    max_files: Option<i64>,

    /// Do not offer earlier threads
    #[arg(long, conflicts_with = "recent_threads")]
    no_history: bool,

    /// Offer only so many earlier threads
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    recent_threads: Option<i64>,

    /// Do not give threads titles by themselves
    #[arg(long)]
    no_titling: bool,
}

/// Makes the session.
///
/// # Errors
/// Wrong usage: no workflow, user or key; and whatever the API's answer makes.
pub async fn run(args: CreateArgs, mut context: Context<'_>) -> Result<()> {
    let connection = context.connect_rest().await?;
    let workflow = needed(
        connection.workflow.as_ref(),
        "--workflow",
        "CHATKIT_WORKFLOW_ID",
    )?;
    let user = needed(connection.user.as_ref(), "--user", "CHATKIT_USER")?;
    let request = args.request(workflow, user)?;
    let answer = connection
        .rest
        .create_session(&request, &context.cancel)
        .await?;
    if context.ui.is_json() {
        return context.ui.json_line(&answer.raw);
    }
    let Session {
        id,
        client_secret,
        expires_at,
        ..
    } = answer.value;
    context.ui.note(Style::Dim, &format!("session: {id}"));
    if let Ok(expiry) = jiff::Timestamp::from_second(expires_at) {
        context.ui.note(Style::Dim, &format!("expires: {expiry}"));
    }
    context.ui.line(client_secret.expose())
}

impl CreateArgs {
    fn request(&self, workflow: String, user: String) -> Result<CreateSession> {
        Ok(CreateSession {
            workflow: WorkflowParam {
                id: workflow,
                version: self.workflow_version.clone(),
                state_variables: self.state_variables()?,
                tracing: None,
                extra: Extra::default(),
            },
            user,
            expires_after: self.expires_after.map(|seconds| ExpiresAfter {
                anchor: "created_at".to_owned(),
                seconds,
                extra: Extra::default(),
            }),
            rate_limits: self.rate_limit.map(|limit| RateLimits {
                max_requests_per_1_minute: Some(limit),
                extra: Extra::default(),
            }),
            chatkit_configuration: self.configuration(),
            extra: Extra::default(),
        })
    }

    fn state_variables(&self) -> Result<Option<BTreeMap<String, Verbatim>>> {
        if self.state_variables.len() > 64 {
            return Err(Error::usage("a session takes at most 64 state variables"));
        }
        let variables: BTreeMap<_, _> = self
            .state_variables
            .iter()
            .map(|(key, text)| (key.clone(), primitive(text)))
            .collect();
        Ok((!variables.is_empty()).then_some(variables))
    }

    /// Only what was asked for; the rest is the API's own to decide.
    fn configuration(&self) -> Option<Configuration> {
        let file_upload = self.file_upload.then(|| FileUpload {
            enabled: Some(true),
            max_file_size: self.max_file_size,
            max_files: self.max_files,
            extra: Extra::default(),
        });
        let history = (self.no_history || self.recent_threads.is_some()).then(|| History {
            enabled: Some(!self.no_history),
            recent_threads: self.recent_threads,
            extra: Extra::default(),
        });
        let titling = self.no_titling.then(|| Titling {
            enabled: Some(false),
            extra: Extra::default(),
        });
        let any = file_upload.is_some() || history.is_some() || titling.is_some();
        any.then(|| Configuration {
            automatic_thread_titling: titling,
            file_upload,
            history,
            extra: Extra::default(),
        })
    }
}

/// A boolean, a number, or else a string; in double quotes it is a string in any case.
pub(crate) fn primitive(text: &str) -> Verbatim {
    let read = text.trim().parse::<Verbatim>().ok();
    let read = read.filter(|value| !(value.is_null() || value.is_array() || value.is_object()));
    read.unwrap_or_else(|| Value::from(text).into())
}

fn needed(value: Option<&String>, flag: &str, variable: &str) -> Result<String> {
    value
        .filter(|value| !value.trim().is_empty())
        .cloned()
        .ok_or_else(|| {
            let what = flag.trim_start_matches('-');
            Error::usage_hint(
                format!("a session needs a {what}"),
                format!("pass {flag} or set {variable}"),
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_variables_are_primitives() {
        assert_eq!(*primitive("5"), 5);
        assert_eq!(*primitive("true"), true);
        assert_eq!(*primitive("\"5\""), "5");
        assert_eq!(*primitive("{}"), "{}");
        assert_eq!(*primitive("pro"), "pro");
        assert_eq!(
            primitive("9007199254740993000.10").to_string(),
            "9007199254740993000.10"
        );
    }
}
