//! What was found, a line a step as it is found, or one JSON document at the end; without secrets.

use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use crate::cassette::hide;
use crate::config::Surroundings;
use crate::doctor::{Finding, Verdict, exit_code};
use crate::error::{Error, Result};
use crate::plural::plural;
use crate::render::clean::clean_line;
use crate::repl::Sight;
use crate::ui::{Style, Ui};

/// What a secret has to have to be looked for, in bytes: a shorter one would blacken half a report.
const MIN_SECRET: usize = 4;

/// How wide the columns of the verdict and the step are, together.
const INDENT: usize = 24;

/// No line is wider than this, however wide the terminal is; and beside the columns there is room
/// for some words, however narrow it is.
const WIDEST: usize = 110;
const NARROWEST: usize = 20;

/// The report so far.
pub struct Report {
    findings: Vec<Finding>,
    secrets: Vec<String>,
    target: Option<String>,
    sight: Sight,
}

/// The report as `--json` has it.
#[derive(Serialize)]
struct Document<'a> {
    chatkit: &'static str,
    system: String,
    at: String,
    target: Option<&'a str>,
    exit_code: u8,
    findings: &'a [Finding],
}

impl Report {
    /// An empty report; what the environment holds for other programs' proxies is kept secret.
    pub fn new(around: &Surroundings) -> Self {
        let names = [
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "ALL_PROXY",
            "http_proxy",
            "https_proxy",
            "all_proxy",
        ];
        let passwords = names.iter().filter_map(|name| {
            let (before, _) = around.var(name)?.rsplit_once('@')?;
            before
                .rsplit_once(':')
                .map(|(_, password)| password.to_owned())
        });
        let mut report = Self {
            findings: Vec::new(),
            secrets: Vec::new(),
            target: None,
            sight: Sight::of(&around.vars, false),
        };
        report.keep_secret(&passwords.collect::<Vec<_>>());
        report
    }

    /// Takes these out of everything that is said from now on.
    pub fn keep_secret(&mut self, secrets: &[String]) {
        let long = secrets.iter().filter(|secret| secret.len() >= MIN_SECRET);
        self.secrets.extend(long.cloned());
        // The longest first: a token goes with its `Bearer`.
        self.secrets
            .sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        self.secrets.dedup();
    }

    /// What is examined.
    pub fn target(&mut self, target: String) {
        self.target = Some(target);
    }

    /// Adds a finding and says it.
    ///
    /// # Errors
    /// When stdout cannot be written to.
    pub fn add(&mut self, finding: Finding, ui: &mut Ui) -> Result<()> {
        let finding = Finding {
            reason: self.scrubbed(&finding.reason),
            remedy: finding.remedy.map(|remedy| self.scrubbed(&remedy)),
            ..finding
        };
        if !ui.is_json() {
            let width = ui.out_is_terminal().then(|| self.sight.look().width);
            say(&finding, width, ui)?;
        }
        self.findings.push(finding);
        Ok(())
    }

    /// Ends the report.
    ///
    /// # Errors
    /// [`Error::Diagnosed`] if a step failed.
    pub fn finish(self, ui: &mut Ui) -> Result<()> {
        let code = exit_code(&self.findings);
        if ui.is_json() {
            ui.json(&Document {
                chatkit: env!("CARGO_PKG_VERSION"),
                system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
                at: jiff::Timestamp::now().strftime("%FT%TZ").to_string(),
                target: self.target.as_deref(),
                exit_code: code,
                findings: &self.findings,
            })?;
        }
        let count =
            |wanted: fn(&Finding) -> bool| self.findings.iter().filter(|f| wanted(f)).count();
        let failed = count(Finding::is_failure);
        let warnings = count(|finding| finding.verdict == Verdict::Warning);
        if let Some(first) = self.findings.iter().find(|finding| finding.is_failure()) {
            return Err(Error::Diagnosed {
                message: format!("{} failed{}", first.step.name(), others(failed - 1)),
                code,
                hint: None,
            });
        }
        let warned = match warnings {
            0 => String::new(),
            n => format!(", with {}", plural(n, "warning")),
        };
        ui.note(Style::Plain, &format!("nothing failed{warned}"));
        Ok(())
    }

    /// The text without what [`hide`] knows, and without what is kept secret here: a report is shown
    /// to others, so that also values are left out whose names do not say that they are secret.
    fn scrubbed(&self, text: &str) -> String {
        let mut text = clean_line(text);
        for secret in &self.secrets {
            if text.contains(secret) {
                text = text.replace(secret, "***");
            }
        }
        hide(&text).into_owned()
    }
}

fn others(count: usize) -> String {
    match count {
        0 => String::new(),
        n => format!(", and {}", plural(n, "other step")),
    }
}

/// Without a width a line is as long as it needs to be.
fn say(finding: &Finding, width: Option<usize>, ui: &mut Ui) -> Result<()> {
    let word = finding.verdict.word();
    let color = match finding.verdict {
        _ if !ui.has_color() => None,
        Verdict::Ok => Some("\u{1b}[32m"),
        Verdict::Warning => Some("\u{1b}[33m"),
        Verdict::Failed(_) => Some("\u{1b}[31m"),
        Verdict::Skipped => Some("\u{1b}[2m"),
    };
    let word = match color {
        Some(color) => format!("{color}{word:<8}\u{1b}[0m"),
        None => format!("{word:<8}"),
    };
    let step = finding.step.name();
    let reason = set_in(&finding.reason, INDENT, width);
    ui.drawn(&format!("{word} {step:<14} {reason}\n"))?;
    if let Some(remedy) = &finding.remedy {
        let remedy = set_in(remedy, INDENT + 2, width);
        ui.drawn(&format!("{:INDENT$}→ {remedy}\n", ""))?;
    }
    ui.flush()
}

/// A text beside columns of this width; what does not fit goes on below its beginning. An address
/// stays whole, however long it is: one that is broken can be neither followed nor copied.
fn set_in(text: &str, by: usize, width: Option<usize>) -> String {
    let Some(width) = width else {
        return text.to_owned();
    };
    let room = width.min(WIDEST).saturating_sub(by).max(NARROWEST);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && line.width() + 1 + word.width() > room {
            lines.push(std::mem::take(&mut line));
        } else if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines.join(&format!("\n{:by$}", ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Step;

    #[test]
    fn a_line_is_as_wide_as_the_terminal_and_as_long_as_it_needs_to_be_off_one() {
        let text = "the answer has no access-control-allow-origin, so that a browser refuses it";
        let whole = set_in(text, INDENT, Some(80));
        let lines: Vec<_> = whole.lines().collect();
        assert!(lines.len() > 1, "{whole}");
        assert!(lines[0].len() <= 80 - INDENT, "{whole}");
        for line in &lines[1..] {
            assert!(
                line.len() <= 80 && line.starts_with(&" ".repeat(INDENT)),
                "{whole}"
            );
        }
        let words: Vec<_> = whole.split_whitespace().collect();
        assert_eq!(words.join(" "), text);
        assert_eq!(set_in(text, INDENT, None), text);
        assert!(set_in(text, INDENT, Some(10)).lines().count() > 1);
        let address = format!("https://platform.example.com/{}", "settings/".repeat(9));
        let told = set_in(
            &format!("look for it at {address}; then wait"),
            INDENT,
            Some(80),
        );
        assert!(told.contains(&address), "{told}");
    }

    #[test]
    fn a_secret_is_taken_out_wherever_it_comes_from() {
        let around = Surroundings {
            vars: [("HTTP_PROXY".to_owned(), "http://me:hunter2@p:1".to_owned())].into(),
            ..Surroundings::default()
        };
        let mut report = Report::new(&around);
        report.keep_secret(&["Bearer t0ken".into(), "t0ken".into(), "x".into()]);
        let said = report.scrubbed("hunter2 Bearer t0ken t0ken x\u{1b}[31m");
        assert!(
            !said.contains("hunter2") && !said.contains("t0ken"),
            "{said}"
        );
        assert!(said.contains(" x") && !said.contains('\u{1b}'), "{said}");
        // What a backend repeats may be somebody else's.
        let key = format!("no such key sk-proj-{}", "0a1b2c3d4e5f6a7b");
        assert_eq!(report.scrubbed(&key), "no such key [redacted]");
        assert!(!Step::Dns.ok(said).is_failure());
    }
}
