//! `chatkit doctor`: why does it not work, from the configuration to the last event of a turn.
//!
//! What each finding means is `doctor`'s; here it is decided what is looked at, in which order,
//! and what cannot be looked at any more once something before it failed.

#![allow(
    clippy::doc_markdown,
    rustdoc::bare_urls,
    reason = "the doc comments of arguments are the help text, which is no Markdown"
)]

mod hosted;
mod packed;
mod place;
mod report;
mod requests;
mod turn;
mod way;

use std::time::Duration;

use clap::Args;

use self::place::Place;
use self::report::Report;
use super::{Context, input};
use crate::client::Url;
use crate::client::probe::Probe;
use crate::config::{Need, Settings, Target};
use crate::doctor::page::{self, Origin};
use crate::doctor::{Finding, Step, hosted as sessions, setup};
use crate::error::{Error, Result};

/// What is said in the turn that is played: long enough to show whether events come one by one,
/// and short enough to cost nearly nothing.
const MESSAGE: &str = "Count from one to twenty, in words.";

/// How long to wait for anything but a turn, unless --timeout says so.
const LIMIT: Duration = Duration::from_secs(10);

/// What is looked at beyond the backend itself.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  chatkit doctor --url http://localhost:8000/chatkit --origin http://localhost:3000
  chatkit doctor --url https://api.example.com/chatkit --header 'Authorization: Bearer …' --no-turn
  chatkit doctor --workflow wf_1 --user me --state-variable plan=pro
  chatkit doctor --json > report.json        for a bug report; it holds no secret

A short turn is played to see how events arrive, and a shorter one as a browser asks for it, which a
model may be paid for; their thread is deleted. The exit code is that of the first failure: 2 config, 3 a page may not ask, 4 auth,
5 not reached, 6 the protocol was broken, 1 anything else that the backend refuses.")]
pub struct DoctorArgs {
    /// Where the page is that talks to the backend, for example https://app.example.com; null for a
    /// file or a sandboxed frame
    #[arg(long, value_name = "ORIGIN", value_parser = page::origin)]
    origin: Option<Origin>,

    /// What to say in the turn that is played
    #[arg(long, value_name = "TEXT", conflicts_with = "no_turn")]
    message: Option<String>,

    /// Play no turn, so that no model is asked
    #[arg(long)]
    no_turn: bool,

    /// Where the page loads the browser client from
    #[arg(long, value_name = "URL", default_value = page::SCRIPT, value_parser = crate::options::http_url)]
    script: Url,

    /// The version of the workflow that a session is made for
    #[arg(long, value_name = "VERSION")]
    workflow_version: Option<String>,

    /// A state variable that a session is made with (repeatable)
    #[arg(long = "state-variable", value_name = "KEY=VALUE", value_parser = input::pair)]
    state_variables: Vec<(String, String)>,
}

/// Looks at everything, and reports it.
///
/// # Errors
/// [`Error::Diagnosed`] with the exit code of the first failure, or Ctrl-C.
pub async fn run(args: DoctorArgs, context: Context<'_>) -> Result<()> {
    let mut report = Report::new(&context.around);
    let settings = match context.settings(Need::Protocol) {
        Ok(settings) => Some(settings),
        Err(Error::Interrupted) => return Err(Error::Interrupted),
        Err(error) => {
            let finding = setup::refused(error.to_string(), error.hint());
            report.add(finding, context.ui)?;
            None
        }
    };
    let mut examination = Examination {
        args,
        context,
        report,
        failed: None,
    };
    match &settings {
        Some(settings) => examination.backend(settings).await?,
        None => examination.without_backend().await?,
    }
    let Examination {
        context, report, ..
    } = examination;
    report.finish(context.ui)
}

/// An examination under way.
struct Examination<'a> {
    args: DoctorArgs,
    context: Context<'a>,
    report: Report,
    /// The step whose failure leaves nothing to look at on the way to the backend.
    failed: Option<Step>,
}

impl Examination<'_> {
    async fn backend(&mut self, settings: &Settings) -> Result<()> {
        let mut place = Place::of(settings, &self.context).await?;
        self.report.keep_secret(place.secrets());
        let finding = place.finding(settings);
        self.add(finding)?;
        self.report.target(place.shown());
        self.way(&place).await?;
        let session = self.session(&mut place, settings).await?;
        if session.as_ref().is_some_and(Finding::is_failure) {
            self.failed = self.failed.or(Some(Step::Session));
        }
        self.requests(&place).await?;
        self.play(&place).await?;
        self.page(Some(settings)).await?;
        let session = session.unwrap_or_else(|| self.skip(Step::Session));
        self.add(session)?;
        place.leave(&self.context).await;
        let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
        self.add(sessions::sunset(place.host(), today.date()))
    }

    async fn without_backend(&mut self) -> Result<()> {
        self.failed = Some(Step::Config);
        let (way, rest) = Step::ALL.split_at(Step::ALL.partition_point(|step| *step < Step::Cdn));
        let skip = |examination: &mut Self, steps: &[Step]| {
            let steps = steps.iter().map(|step| examination.skip(*step));
            let skipped: Vec<_> = steps.collect();
            skipped
                .into_iter()
                .try_for_each(|finding| examination.add(finding))
        };
        skip(self, &way[1..])?;
        self.page(None).await?;
        skip(self, &rest[2..])
    }

    /// What a page needs, whatever backend it talks to.
    async fn page(&mut self, settings: Option<&Settings>) -> Result<()> {
        let probe = Probe::new(self.args.script.clone(), None, self.probing())?;
        let reply = heard(probe.get(&self.context.cancel).await)?;
        self.add(page::script(&self.args.script, &reply))?;
        let is_hosted =
            settings.is_some_and(|settings| matches!(settings.target, Target::Hosted(_)));
        self.add(page::domain_key(self.args.origin.as_ref(), is_hosted))
    }

    fn add(&mut self, finding: Finding) -> Result<()> {
        self.report.add(finding, self.context.ui)
    }

    /// Adds what nothing can be looked at after, if it failed.
    fn add_link(&mut self, finding: Finding) -> Result<()> {
        if finding.is_failure() {
            self.failed = self.failed.or(Some(finding.step));
        }
        self.add(finding)
    }

    fn skip(&self, step: Step) -> Finding {
        match self.failed {
            Some(failed) => step.skipped(format!("since {} failed", failed.name())),
            None => step.skipped("there is nothing to look at"),
        }
    }

    /// How long to wait for anything but a turn.
    fn limit(&self) -> Duration {
        self.context.global.request.timeout.unwrap_or(LIMIT)
    }

    /// Options for a request that carries nothing of the user's.
    fn probing(&self) -> crate::client::Options {
        crate::client::Options {
            timeout: self.limit(),
            ..crate::client::Options::default()
        }
    }
}

/// An outcome to be judged; only Ctrl-C ends the examination.
fn heard<T>(outcome: Result<T>) -> Result<Result<T>> {
    match outcome {
        Err(Error::Interrupted) => Err(Error::Interrupted),
        outcome => Ok(outcome),
    }
}
