//! What a comparison found, as a diff for people and as a document for machines.

use serde::Serialize;
use serde_json::Value;

use super::lines::{Mark, changed};
use crate::error::{Error, Result};
use crate::plural::plural;
use crate::render::clean_line;
use crate::replay::{Change, Difference, Match};
use crate::ui::{Style, Ui};

/// How much of a value that stands alone is shown, in characters.
const EXCERPT: usize = 300;

/// All that was found.
#[derive(Debug, Serialize)]
pub struct Report {
    /// How closely it was compared.
    #[serde(rename = "match", serialize_with = "name")]
    pub matching: Match,
    /// The left side: the recording, or the first backend.
    pub left: String,
    /// The right side: the backend.
    pub right: String,
    /// Whether nothing differs.
    pub equal: bool,
    /// What was sent again.
    pub turns: Vec<Turn>,
}

/// What was found in one step.
#[derive(Debug, Serialize)]
pub struct Turn {
    /// Which of the requests it is that were sent again, from 1.
    #[serde(rename = "turn")]
    pub number: usize,
    /// Which exchange of the recording it is.
    pub exchange: u64,
    /// What was asked, in a few words for people.
    pub request: String,
    /// The operation that was asked for, if it is one.
    pub operation: Option<&'static str>,
    /// What the user said, whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The type of the action that was run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// How it came out.
    pub outcome: Verdict,
    /// What has to be known about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Why it was not sent, or why an answer is not whole.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// Where the answers differ.
    pub differences: Vec<Difference>,
}

/// How a step came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing differs.
    Equal,
    /// Something does.
    Differs,
    /// It could not be sent.
    NotSent,
}

impl Report {
    /// Prints it: the differences on stdout, and everything about them on stderr.
    ///
    /// # Errors
    /// When stdout cannot be written to.
    pub fn print(&self, ui: &mut Ui) -> Result<()> {
        if ui.is_json() {
            return ui.json(self);
        }
        let mut is_first = true;
        for turn in &self.turns {
            for note in &turn.notes {
                ui.note(Style::Dim, &format!("turn {}: {note}", turn.number));
            }
            if turn.outcome == Verdict::Equal {
                continue;
            }
            if std::mem::take(&mut is_first) {
                print_line(Mark::Head, 0, &format!("--- {}", self.left), ui)?;
                print_line(Mark::Head, 0, &format!("+++ {}", self.right), ui)?;
            }
            turn.print((&self.left, &self.right), ui)?;
        }
        ui.flush()?;
        if self.equal {
            let turns = plural(self.turns.len(), "turn");
            let note = format!("the same in {turns} (match: {})", self.matching.name());
            ui.note(Style::Dim, &note);
        }
        Ok(())
    }

    /// The outcome of the command.
    ///
    /// # Errors
    /// [`Error::Differs`] when something differs.
    pub fn verdict(&self) -> Result<()> {
        if self.equal {
            return Ok(());
        }
        let differ = (self.turns.iter()).filter(|turn| turn.outcome != Verdict::Equal);
        let (count, all) = (differ.count(), plural(self.turns.len(), "turn"));
        let verb = if count == 1 { "differs" } else { "differ" };
        Err(Error::Differs(format!("{count} of {all} {verb}")))
    }
}

impl Turn {
    fn print(&self, names: (&str, &str), ui: &mut Ui) -> Result<()> {
        let head = format!("turn {}, {}", self.number, self.request);
        print_line(Mark::Head, 0, &head, ui)?;
        for reason in &self.reasons {
            print_line(Mark::Plain, 2, reason, ui)?;
        }
        for difference in &self.differences {
            print_difference(difference, names, ui)?;
        }
        Ok(())
    }
}

fn print_difference(
    difference: &Difference,
    (left_name, right_name): (&str, &str),
    ui: &mut Ui,
) -> Result<()> {
    let mut place = format!("item {}, {}", difference.item, difference.kind);
    if !difference.path.is_empty() {
        place.push_str(": ");
        place.push_str(&difference.path);
    }
    match &difference.change {
        Change::Missing { left } => {
            print_line(
                Mark::Plain,
                2,
                &format!("{place}: only {left_name} has it"),
                ui,
            )?;
            print_alone(Mark::Left, left, ui)
        }
        Change::Added { right } => {
            print_line(
                Mark::Plain,
                2,
                &format!("{place}: only {right_name} has it"),
                ui,
            )?;
            print_alone(Mark::Right, right, ui)
        }
        Change::Changed { left, right } => {
            print_line(Mark::Plain, 2, &place, ui)?;
            let lines = changed(&whole(left), &whole(right));
            lines
                .iter()
                .try_for_each(|(mark, line)| print_line(*mark, 4, line, ui))
        }
    }
}

fn print_alone(mark: Mark, value: &Value, ui: &mut Ui) -> Result<()> {
    if value.is_null() {
        return Ok(());
    }
    let text = words(value).unwrap_or_else(|| whole(value));
    let excerpt: String = text.chars().take(EXCERPT).collect();
    let is_cut = excerpt.len() < text.len();
    let excerpt = if is_cut { excerpt + "…" } else { excerpt };
    excerpt
        .lines()
        .try_for_each(|line| print_line(mark, 4, line, ui))
}

/// What a person reads in an item.
fn words(value: &Value) -> Option<String> {
    let reduced = Match::Text.reduce(value.clone());
    let text = reduced.get("text")?.as_str()?;
    (value.is_object() && !text.is_empty()).then(|| text.to_owned())
}

/// A value as text: a text as it is, anything else as JSON.
fn whole(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Prints a line of what somebody else wrote, cleaned even in a file: a diff is read in terminals.
fn print_line(mark: Mark, indent: usize, text: &str, ui: &mut Ui) -> Result<()> {
    let line = format!("{:indent$}{}{}", "", mark.sign(), clean_line(text));
    let line = line.trim_end();
    match mark.color().filter(|_| ui.has_color()) {
        Some(color) => ui.drawn(&format!("\u{1b}[{color}m{line}\u{1b}[0m\n")),
        None => ui.drawn(&format!("{line}\n")),
    }
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature that serde asks for"
)]
fn name<S: serde::Serializer>(matching: &Match, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(matching.name())
}
