//! `chatkit replay --against`: the script is sent again, and the answers are compared.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::draft::Draft;
use super::report::{Report, Turn, Verdict};
use crate::client::{Patience, Url, address};
use crate::command::Context;
use crate::command::connect::Connection;
use crate::error::{Error, Result};
use crate::options::{GlobalArgs, TargetArgs};
use crate::protocol::Operation;
use crate::replay::{
    Again, Driver, Folded, Ignore, Known, Line, Outcome, Reference, Rerun, Rules, Script, compare,
};
use crate::ui::Style;

/// Rows that say that an answer is none that a recording should be replaced by.
const BAD: &[&str] = &[
    "refused",
    "broken off",
    "malformed event",
    "breach",
    "error",
];

/// What is said of a turn of which the recording has the beginning only.
const NOT_WHOLE: &str =
    "the recorded answer was left, or cut, before its end: what comes behind it is not compared";

/// What is compared, and what becomes of it.
#[derive(Debug)]
pub struct Comparison {
    /// What the script was read from, for people.
    pub name: String,
    /// One backend, or two that are compared with one another.
    pub against: Vec<Url>,
    /// What counts.
    pub rules: Rules,
    /// How long one answer may take.
    pub limit: Duration,
    /// The file that takes the new recording.
    pub update: Option<PathBuf>,
}

/// An answer to a step, or why there is none.
#[derive(Clone, Copy)]
enum Said<'a> {
    Nothing,
    NotSent(&'a str),
    Answer(&'a Folded, Option<&'a str>),
}

/// One of the two that are compared.
#[derive(Clone, Copy)]
struct Side<'a> {
    name: &'a str,
    said: Said<'a>,
    known: &'a Known,
}

/// Sends the script to each backend, compares, and prints what differs.
///
/// # Errors
/// [`Error::Differs`] when something does; a backend that was never reached or lets nobody in.
pub async fn run(script: &Script, plan: &Comparison, context: &mut Context<'_>) -> Result<()> {
    let reference = Reference::of(script);
    let mut draft = plan.update.as_deref().map(Draft::begin).transpose()?;
    let mut reruns = Vec::new();
    for url in &plan.against {
        let connection = connect(url, context).await?;
        let line = Line {
            backend: &connection.backend,
            limit: plan.limit,
            tape: draft.as_mut().map(Draft::recorder),
            cancel: &context.cancel,
            patience: Patience::default(),
        };
        reruns.push(Driver::new(script, &reference, line).run().await?);
    }
    let report = report(script, plan, &reference, &reruns);
    if report.turns.is_empty() {
        let message = format!("{} holds no request that could be sent again", plan.name);
        return Err(Error::usage(message));
    }
    report.print(context.ui)?;
    for path in unused(&plan.rules.ignore, &reference, &reruns) {
        let warning = format!("--ignore '{path}': none of the answers has anything there");
        context.ui.warn(&warning);
    }
    match (draft, &plan.update, reruns.first()) {
        (Some(draft), Some(path), Some(rerun)) => {
            if let Some(reason) = unfit(&reference, rerun) {
                return Err(Error::Differs(format!(
                    "{} is left as it was: {reason}",
                    path.display()
                )));
            }
            draft.keep()?;
            tell_update(path, context);
            Ok(())
        }
        _ => report.verdict(),
    }
}

/// The paths of what is ignored that nothing in any answer is at, as one that is misspelt.
fn unused<'a>(
    paths: &'a [Ignore],
    reference: &'a Reference,
    reruns: &'a [Rerun],
) -> impl Iterator<Item = &'a Ignore> {
    let steps = reruns.iter().flat_map(|rerun| &rerun.steps);
    let live = steps.filter_map(|step| match &step.outcome {
        Outcome::Answered(folded, _) => Some(folded),
        Outcome::Skipped | Outcome::NotSent(_) => None,
    });
    let answers: Vec<_> = reference.answers.iter().chain(live).collect();
    paths.iter().filter(move |path| {
        let mut rows = answers.iter().flat_map(|folded| &folded.rows);
        !rows.any(|row| path.is_found_in(&row.kind, &row.value))
    })
}

fn tell_update(path: &Path, context: &mut Context<'_>) {
    let note = format!("{} has the new recording", path.display());
    context.ui.note(Style::Dim, &note);
}

/// The backend at this address; what the flags say of requests holds for it.
async fn connect(url: &Url, context: &Context<'_>) -> Result<Connection> {
    let target = &context.global.target;
    let global = GlobalArgs {
        target: TargetArgs {
            url: Some(url.clone()),
            upload_url: target.upload_url.clone(),
            profile: target.profile.clone(),
            ..TargetArgs::default()
        },
        ..context.global.clone()
    };
    context.connect_as(&global).await
}

fn report(script: &Script, plan: &Comparison, reference: &Reference, reruns: &[Rerun]) -> Report {
    let names: Vec<String> = plan.against.iter().map(address).collect();
    let mut turns: Vec<Turn> = Vec::new();
    for (index, step) in script.steps.iter().enumerate() {
        let sides: Vec<Side<'_>> = (reruns.iter().zip(&names))
            .map(|(rerun, name)| Side {
                name,
                said: said(&rerun.steps[index]),
                known: &rerun.side.known,
            })
            .collect();
        let recorded = Side {
            name: &plan.name,
            said: Said::Answer(&reference.answers[index], step.broke()),
            known: &reference.side.known,
        };
        let found = match sides.as_slice() {
            [one, two] => held_against(*one, *two, &plan.rules),
            [one] => held_against(recorded, *one, &plan.rules),
            _ => None,
        };
        let Some((outcome, reasons, differences)) = found else {
            continue;
        };
        // Of two backends neither is held against what was recorded.
        let cut = (reruns.len() == 1 && step.is_left()).then(|| NOT_WHOLE.to_owned());
        let notes = reruns.iter().flat_map(|rerun| &rerun.steps[index].notes);
        turns.push(Turn {
            number: turns.len() + 1,
            exchange: step.played.number,
            request: step.title(),
            operation: step.operation.map(Operation::name),
            text: step.text(),
            action: step.action().map(ToOwned::to_owned),
            outcome,
            notes: cut.into_iter().chain(notes.cloned()).collect(),
            reasons,
            differences,
        });
    }
    let [left, right] = match names.as_slice() {
        [one, two] => [one, two],
        _ => [&plan.name, &names[0]],
    };
    Report {
        matching: plan.rules.matching,
        left: left.clone(),
        right: right.clone(),
        equal: turns.iter().all(|turn| turn.outcome == Verdict::Equal),
        turns,
    }
}

fn said(again: &Again) -> Said<'_> {
    match &again.outcome {
        Outcome::Skipped => Said::Nothing,
        Outcome::NotSent(reason) => Said::NotSent(reason),
        Outcome::Answered(folded, broken) => Said::Answer(folded, broken.as_deref()),
    }
}

type Found = (Verdict, Vec<String>, Vec<crate::replay::Difference>);

/// Compares two sides of one step; `None` where neither was asked.
fn held_against(left: Side<'_>, right: Side<'_>, rules: &Rules) -> Option<Found> {
    let (Said::Answer(one, left_broke), Said::Answer(two, right_broke)) = (left.said, right.said)
    else {
        return not_sent(left, right);
    };
    let differences = compare((one, left.known), (two, right.known), rules);
    if differences.is_empty() {
        return Some((Verdict::Equal, Vec::new(), differences));
    }
    let reasons = [(left.name, left_broke), (right.name, right_broke)];
    let reasons = reasons.into_iter().filter_map(|(name, broke)| {
        let broke = broke?;
        Some(format!("the answer of {name} is not whole: {broke}"))
    });
    Some((Verdict::Differs, reasons.collect(), differences))
}

fn not_sent(left: Side<'_>, right: Side<'_>) -> Option<Found> {
    let reasons: Vec<String> = [left, right]
        .iter()
        .filter_map(|side| match side.said {
            Said::NotSent(reason) => Some(format!("not sent to {}: {reason}", side.name)),
            _ => None,
        })
        .collect();
    (!reasons.is_empty()).then_some((Verdict::NotSent, reasons, Vec::new()))
}

/// Why the answers must not take the place of the recorded ones.
fn unfit(reference: &Reference, rerun: &Rerun) -> Option<String> {
    let sent = (rerun.steps.iter().zip(&reference.answers))
        .filter(|(again, _)| !matches!(again.outcome, Outcome::Skipped));
    for (index, (again, recorded)) in sent.enumerate() {
        let turn = index + 1;
        match &again.outcome {
            Outcome::NotSent(reason) => return Some(format!("turn {turn} was not sent: {reason}")),
            Outcome::Answered(_, Some(reason)) if !has(recorded, "broken off") => {
                return Some(format!("turn {turn} broke off: {reason}"));
            }
            Outcome::Answered(live, _) => {
                if let Some(kind) = BAD
                    .iter()
                    .find(|kind| has(live, kind) && !has(recorded, kind))
                {
                    return Some(format!("turn {turn} went wrong: {kind}"));
                }
            }
            Outcome::Skipped => {}
        }
    }
    None
}

fn has(folded: &Folded, kind: &str) -> bool {
    folded.rows.iter().any(|row| row.kind == kind)
}
