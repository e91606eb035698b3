//! `chatkit check`: is a backend up, and does it speak the protocol?

mod args;
mod reports;

use std::path::PathBuf;
use std::time::Instant;

use super::Context;
use super::connect::{Connection, RestConnection};
use crate::check::{self, Baseline, Evidence, Plan, Report, Rule, Sheet};
use crate::config::CheckSettings;
use crate::error::{Error, Result};
use crate::plural::plural;
use crate::repl::Sight;
use crate::ui::{Style, Ui, Verbosity};

pub use args::CheckArgs;

/// What is said where any answer will do: one that has several pieces tells how they travel.
const HELLO: &str = "Hello! Please answer in one sentence.";

/// What is said where the answer had better be short, in a smoke check as well.
const PING: &str = "ping";

/// Checks a backend, or a recording of one.
///
/// # Errors
/// A check failed, the backend was not reached, or wrong usage.
pub async fn run(args: CheckArgs, context: Context<'_>) -> Result<()> {
    if let Some(id) = &args.explain {
        return explain(id, context.ui);
    }
    let rules = args.selection().rules()?;
    if args.list {
        return list(&rules, context.ui);
    }
    args.check_reports(context.ui.is_json())?;
    args.refuse_two_sources(&context.global)?;
    if args.smoke {
        return smoke(&args, context).await;
    }
    let baseline = match &args.baseline {
        Some(path) => Baseline::read(path)?,
        None => Baseline::default(),
    };
    let start = Instant::now();
    let mut context = context;
    let (evidence, error) = match &args.recording {
        Some(path) => (check::of_recording(path, args.budget())?, None),
        None => look(&args, &rules, &mut context).await?,
    };
    let report = args.report(&evidence, &rules, &baseline, start);
    let sheet = sheet(&context);
    finish(&args, &baseline, &report, sheet, context.ui)?;
    match (
        error.or_else(|| check::refused(&evidence)),
        report.failure(),
    ) {
        (Some(error), _) => Err(error),
        (None, Some(failure)) => Err(Error::Differs(failure)),
        (None, None) => Ok(()),
    }
}

/// Tries a backend; the error is why it was not reached.
async fn look(
    args: &CheckArgs,
    rules: &[&'static Rule],
    context: &mut Context<'_>,
) -> Result<(Evidence, Option<Error>)> {
    let (connection, rest) = context.connect_both().await?;
    let plan = args.plan(
        check::probes(rules),
        connection.check.clone(),
        rest.map(sessions),
    );
    let seen = check::run(&connection.backend, &plan, &context.cancel).await?;
    warn_of(&seen.left, context.ui);
    let patience = &seen.patience;
    if patience.times > 0 {
        let (times, seconds) = (patience.times, patience.spent.as_secs_f64());
        let times = plural(times, "time");
        let words = format!("the backend limits the rate: waited {times}, {seconds:.1} s in all");
        context.ui.note(Style::Dim, &words);
    }
    Ok((seen.evidence, seen.error))
}

fn warn_of(left: &[String], ui: &mut Ui) {
    for thread in left {
        ui.warn(&format!("the thread {thread} could not be removed"));
    }
}

fn sessions(connection: RestConnection) -> check::Sessions {
    check::Sessions {
        workflow: connection.workflow.unwrap_or_default(),
        user: connection.user.unwrap_or_default(),
        rest: connection.rest,
    }
}

/// One turn, told in one line; reports hold the rules that are asked of it.
async fn smoke(args: &CheckArgs, mut context: Context<'_>) -> Result<()> {
    let start = Instant::now();
    let Connection { backend, check, .. } = &context.connect().await?;
    let plan = args.plan(std::collections::BTreeSet::new(), check.clone(), None);
    let seen = check::smoke(backend, &plan, &context.cancel).await?;
    warn_of(&seen.left, context.ui);
    let rules = check::smoke_rules();
    let evidence = seen.evidence;
    let report = args.report(&evidence, &rules, &Baseline::default(), start);
    for wanted in &args.reports {
        reports::write(wanted, &report, context.ui)?;
    }
    if let Some(error) = seen.error {
        return Err(error);
    }
    let outcome = check::Smoke::of(&evidence, &report);
    let subject = backend.describe();
    if context.ui.is_json() {
        context.ui.json(&outcome.to_json(&subject))?;
        context.ui.flush()?;
        return outcome.line(&subject).map(drop);
    }
    let line = outcome.line(&subject)?;
    context.ui.line(&line)
}

/// A terminal gets lines that fit; a build log breaks its lines by itself.
fn sheet(context: &Context<'_>) -> Sheet {
    let ui = &context.ui;
    let sight = Sight::of(&context.around.vars, ui.has_color());
    Sheet {
        is_colored: ui.has_color(),
        is_whole: ui.verbosity() >= Verbosity::Verbose,
        width: ui.out_is_terminal().then(|| sight.look().width),
    }
}

fn finish(
    args: &CheckArgs,
    baseline: &Baseline,
    report: &Report,
    sheet: Sheet,
    ui: &mut Ui,
) -> Result<()> {
    if ui.is_json() {
        let json = check::write(report, check::Format::Json)?;
        ui.text(&json)?;
    } else {
        let text = check::terminal(report, sheet);
        ui.drawn(&text)?;
    }
    for wanted in &args.reports {
        reports::write(wanted, report, ui)?;
    }
    // A run that saw nothing has nothing to say about what was known before.
    let is_seen = |_: &&PathBuf| report.barred.is_none();
    if let Some(path) = args.write_baseline.as_ref().filter(is_seen) {
        let text = Baseline::text(&report.judged, baseline);
        reports::save(path, &text)?;
        ui.note(Style::Dim, &format!("baseline: {}", path.display()));
    }
    if !args.skip.is_empty() {
        ui.detail(&format!("not asked: {}", args.skip.join(", ")));
    }
    ui.flush()
}

fn list(rules: &[&Rule], ui: &mut Ui) -> Result<()> {
    if ui.is_json() {
        let rules: Vec<_> = rules.iter().map(|rule| rule.to_json()).collect();
        return ui.json(&rules);
    }
    ui.text(&check::list(rules))
}

fn explain(id: &str, ui: &mut Ui) -> Result<()> {
    let rule = check::find(id).ok_or_else(|| {
        Error::usage_hint(
            format!("'{id}' is no rule"),
            "see them all with 'chatkit check --list'",
        )
    })?;
    if ui.is_json() {
        return ui.json(&rule.to_json());
    }
    ui.text(&check::explain(rule))
}

impl CheckArgs {
    /// What the rules say about the evidence.
    fn report(
        &self,
        evidence: &Evidence,
        rules: &[&'static Rule],
        baseline: &Baseline,
        start: Instant,
    ) -> Report {
        Report {
            judged: check::judge(rules, &self.selection(), baseline, evidence),
            subject: evidence.subject.clone(),
            requests: evidence.exchanges.len(),
            took: start.elapsed(),
            fail_on: self.fail_on(),
            troubles: evidence.troubles(),
            barred: evidence.barred.as_ref().map(check::Barred::words),
            speed: check::Speed::of(evidence),
        }
    }

    /// What any answer will do for.
    fn message(&self, settings: &CheckSettings, usual: &str) -> String {
        let message = self.message.clone().or_else(|| settings.message.clone());
        message.unwrap_or_else(|| usual.to_owned())
    }

    fn plan(
        &self,
        probes: std::collections::BTreeSet<check::Probe>,
        settings: CheckSettings,
        sessions: Option<check::Sessions>,
    ) -> Plan {
        Plan {
            probes,
            messages: check::Messages {
                any: self.message(&settings, HELLO),
                short: self.message(&settings, PING),
                tool: self.tool_message.clone().or(settings.tool_message),
                form: self.form_message.clone().or(settings.form_message),
                widget: self.widget_message.clone().or(settings.widget_message),
                long: self.long_message.clone().or(settings.long_message),
                recall: self.recall_message.clone().or(settings.recall_message),
            },
            origin: self.origin.clone(),
            other: self.other_header(),
            expects_auth: self.expect_auth,
            remembers: self.remember,
            budget: self.budget(),
            jobs: self.jobs,
            keeps: self.keep,
            sessions,
        }
    }
}
