//! The report for a person: what failed comes first, each with its frame and what was expected.

use super::{RECEIVED, clean_line, in_order, lines};
use crate::check::judge::Report;
use crate::check::outcome::{Judged, Outcome};
use crate::check::rule::Finding;
use crate::plural::plural;
use crate::render::{Line, Style, wrap, wrap_code};

/// How many findings of a rule a person is shown.
const SHOWN: usize = 3;

/// How many rules are named that share a reason for being skipped; of more the number is said.
const NAMED: usize = 8;

/// How much of a frame is shown on a terminal, in characters; `-v` shows all that was kept.
const EXCERPT: usize = 300;

/// How far what belongs to a line is set in, and what does not fit into it.
const INSET: &str = "  ";
const HANGING: &str = "    ";

/// No line is wider than this, however wide the terminal is: nobody reads those.
const WIDEST: usize = 110;

/// What the report is written on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sheet {
    /// Whether it has colours.
    pub is_colored: bool,
    /// Whether all is said: what passed, too.
    pub is_whole: bool,
    /// The columns that a line may have; without them a line is as long as it needs to be.
    pub width: Option<usize>,
}

/// The report for a terminal or a build log.
pub fn terminal(report: &Report, sheet: Sheet) -> String {
    let mut page = Page {
        text: String::new(),
        sheet,
    };
    if report.barred.is_none() {
        page.verdicts(report);
    }
    let summary = summary(report);
    let code = match report.failure() {
        Some(_) => BAD,
        None => GOOD,
    };
    page.line("", code, &summary);
    page.text
}

/// One line: how many rules came out how.
pub fn summary(report: &Report) -> String {
    let subject = clean_line(&report.subject);
    let took = report.took.as_secs_f64();
    if let Some(reason) = report.barred {
        let rules = plural(report.judged.len(), "rule");
        return format!("{subject}: {reason}, so that none of {rules} was asked ({took:.1} s)");
    }
    let of = |word: &str| report.count(|judged| judged.outcome.word() == word);
    let fails = report.count(|judged| judged.fails(report.fail_on));
    let lesser = report.count(|judged| {
        matches!(judged.outcome, Outcome::Failed(_)) && !judged.fails(report.fail_on)
    });
    let mut parts = vec![
        format!("{} passed", of("passed")),
        format!("{fails} failed"),
    ];
    for (count, word) in [
        (lesser, "to look at"),
        (of("known"), "known to fail"),
        (of("skipped"), "skipped"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    let requests = plural(report.requests, "request");
    format!("{subject}: {} ({requests}, {took:.1} s)", parts.join(", "))
}

/// The looks of a line, as SGR codes.
const BAD: &str = "31";
const ODD: &str = "33";
const GOOD: &str = "32";
const STRONG: &str = "1";
const DIM: &str = "2";
const PLAIN: &str = "";

/// A report under way.
struct Page {
    text: String,
    sheet: Sheet,
}

impl Page {
    fn verdicts(&mut self, report: &Report) {
        // What concerns the whole run explains what follows it.
        for trouble in &report.troubles {
            self.marked(BAD, "FAIL", "", &clean_line(&trouble.what));
            self.line(INSET, PLAIN, &format!("fix: {}", trouble.fix));
            self.text.push('\n');
        }
        for judged in in_order(report) {
            match &judged.outcome {
                Outcome::Failed(_) | Outcome::Stale | Outcome::Missing(_) | Outcome::Known(_) => {
                    self.failure(judged, report);
                }
                _ => {}
            }
        }
        self.skipped(report);
        if self.sheet.is_whole {
            for judged in &report.judged {
                if judged.outcome == Outcome::Passed {
                    self.marked(GOOD, "ok", judged.rule.id, judged.rule.says);
                }
            }
        }
        if let Some(speed) = &report.speed {
            self.line("", DIM, &speed.line());
        }
    }

    fn failure(&mut self, judged: &Judged, report: &Report) {
        let rule = judged.rule;
        let word = match &judged.outcome {
            Outcome::Known(_) => "known",
            Outcome::Stale => "stale",
            Outcome::Missing(_) => "missing",
            _ => rule.severity.word(),
        };
        let (code, mark) = if judged.fails(report.fail_on) {
            (BAD, "FAIL")
        } else {
            (ODD, "note")
        };
        let says = format!("({word}): {}", rule.says);
        self.marked(code, mark, rule.id, &says);
        if let Some(findings) = judged.findings() {
            for finding in findings.first.iter().take(SHOWN) {
                for line in lines(&self.cut(finding)) {
                    self.line(INSET, PLAIN, &line);
                }
            }
            if findings.count > SHOWN {
                let more = format!("and {} more", findings.count - SHOWN);
                self.line(INSET, PLAIN, &more);
            }
        }
        if let Some(reason) = judged.outcome.reason() {
            self.line(INSET, PLAIN, &clean_line(reason));
        }
        self.line(INSET, DIM, &format!("source: {}", rule.source));
        self.line(INSET, PLAIN, &format!("fix: {}", rule.fix));
        self.text.push('\n');
    }

    /// A finding whose frame does not fill the screen.
    fn cut(&self, finding: &Finding) -> Finding {
        let mut finding = finding.clone();
        if let Some(raw) = finding.raw.as_mut()
            && self.sheet.width.is_some()
            && !self.sheet.is_whole
            && let Some((end, _)) = raw.char_indices().nth(EXCERPT)
        {
            raw.truncate(end);
            raw.push_str("… (-v shows more)");
        }
        finding
    }

    /// Rules that were skipped for one reason share a line.
    fn skipped(&mut self, report: &Report) {
        let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
        for judged in &report.judged {
            if let Outcome::Skipped(reason) = &judged.outcome {
                match reasons.iter_mut().find(|(known, _)| known == reason) {
                    Some((_, ids)) => ids.push(judged.rule.id),
                    None => reasons.push((reason, vec![judged.rule.id])),
                }
            }
        }
        for (reason, ids) in &reasons {
            let which = if ids.len() <= NAMED || self.sheet.is_whole {
                ids.join(", ")
            } else {
                plural(ids.len(), "rule")
            };
            self.line("", DIM, &format!("skip {which}: {}", clean_line(reason)));
        }
        if !reasons.is_empty() {
            self.text.push('\n');
        }
    }

    /// A line that begins with a mark and a name.
    fn marked(&mut self, code: &str, mark: &str, name: &str, text: &str) {
        let head = [mark, name].join(" ");
        let head = head.trim_end();
        let lines = self.broken("", &format!("{head} {text}"));
        for line in lines {
            // A name that is too long for its line is broken, and then it has no look of its own.
            let line = match line.strip_prefix(head) {
                Some(rest) if name.is_empty() => format!("{}{rest}", self.painted(code, mark)),
                Some(rest) => {
                    let (mark, name) = (self.painted(code, mark), self.painted(STRONG, name));
                    format!("{mark} {name}{rest}")
                }
                None => line,
            };
            self.text.push_str(&line);
            self.text.push('\n');
        }
    }

    fn line(&mut self, inset: &str, code: &str, text: &str) {
        for line in self.broken(inset, text) {
            let line = self.painted(code, &line);
            self.text.push_str(&line);
            self.text.push('\n');
        }
    }

    /// A line in as many as it needs.
    fn broken(&self, inset: &str, text: &str) -> Vec<String> {
        let Some(width) = self.sheet.width else {
            return vec![format!("{inset}{text}")];
        };
        let room = width.min(WIDEST).saturating_sub(HANGING.len()).max(1);
        // JSON has hardly any spaces at which it could be broken.
        let lines = if text.starts_with(RECEIVED) {
            wrap_code(text, Style::PLAIN, room)
        } else {
            wrap(text, Style::PLAIN, room)
        };
        let set_in = |(index, line): (usize, Line)| {
            let inset = if index == 0 { inset } else { HANGING };
            format!("{inset}{}", line.plain())
        };
        lines.into_iter().enumerate().map(set_in).collect()
    }

    fn painted(&self, code: &str, text: &str) -> String {
        if self.sheet.is_colored && !code.is_empty() {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}
