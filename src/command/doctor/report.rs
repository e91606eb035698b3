//! What was found, a line a step as it is found, or one JSON document at the end; without secrets.

use serde::Serialize;

use crate::config::Surroundings;
use crate::doctor::{Finding, Verdict, exit_code};
use crate::error::{Error, Result};
use crate::plural::plural;
use crate::render::clean::clean_line;
use crate::ui::{Style, Ui};

/// What a secret has to have to be looked for, in bytes: a shorter one would blacken half a report.
const MIN_SECRET: usize = 4;

/// How wide the columns of the verdict and the step are, together.
const INDENT: usize = 24;

/// The report so far.
pub struct Report {
    findings: Vec<Finding>,
    secrets: Vec<String>,
    target: Option<String>,
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
            say(&finding, ui)?;
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

    fn scrubbed(&self, text: &str) -> String {
        let mut text = clean_line(text);
        for secret in &self.secrets {
            if text.contains(secret) {
                text = text.replace(secret, "***");
            }
        }
        text
    }
}

fn others(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => ", and 1 other step".to_owned(),
        n => format!(", and {n} other steps"),
    }
}

fn say(finding: &Finding, ui: &mut Ui) -> Result<()> {
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
    ui.drawn(&format!("{word} {step:<14} {}\n", finding.reason))?;
    if let Some(remedy) = &finding.remedy {
        ui.drawn(&format!("{:INDENT$}→ {remedy}\n", ""))?;
    }
    ui.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Step;

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
        assert!(!Step::Dns.ok(said).is_failure());
    }
}
