//! What is wrong with a scenario, and where: data that `miette` can draw and `--json` can carry.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, Severity as Weight, SourceCode};
use serde::Serialize;

use super::drawn::Drawn;

/// How many findings of one file are told; a file that has more is another kind of file.
const MOST: usize = 50;

/// One thing that is wrong, or odd, in a file.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The file.
    pub source: Arc<Source>,
    /// Where in the text of the file, in bytes.
    pub span: Range<usize>,
    /// Whether the file can be used nevertheless.
    pub severity: Severity,
    /// A stable word for the kind of finding, for example `unknown_key`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do instead.
    pub help: Option<String>,
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// The file can be used, and does not do what it says.
    Warning,
}

/// A file that was read.
#[derive(Debug)]
pub struct Source {
    name: String,
    text: String,
    /// Where its lines begin.
    lines: Vec<usize>,
    /// The text as a terminal may show it, at the same places.
    shown: Drawn,
}

/// Everything that is wrong with a scenario; there is at least one finding.
#[derive(Clone, Debug)]
pub struct ScenarioErrors(Vec<Finding>);

/// A finding as JSON; lines and columns count from 1, columns in characters.
#[derive(Debug, Serialize)]
pub struct FindingRecord<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    severity: Severity,
    code: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
}

impl Source {
    /// The file of this name with this text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        let (name, text) = (name.into(), text.into());
        let shown = Drawn::new(&masked(&name), masked(&text));
        let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|end| end + 1);
        let lines = std::iter::once(0).chain(ends).collect();
        Arc::new(Self {
            name,
            text,
            lines,
            shown,
        })
    }

    /// The name, which is usually the path as it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line and the column of a byte, from 1; columns count characters.
    pub fn place(&self, offset: usize) -> (usize, usize) {
        let offset = floor(&self.text, offset);
        let line = self.lines.partition_point(|start| *start <= offset);
        let before = &self.text[self.lines[line - 1]..offset];
        (line, before.chars().count() + 1)
    }
}

impl Finding {
    /// The line and the column, from 1.
    pub fn place(&self) -> (usize, usize) {
        self.source.place(self.span.start)
    }

    /// The finding as it is told to a program.
    pub fn record(&self) -> FindingRecord<'_> {
        let (line, column) = self.place();
        FindingRecord {
            file: self.source.name(),
            line,
            column,
            severity: self.severity,
            code: self.code,
            message: &self.message,
            help: self.help.as_deref(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Finding {}

impl Diagnostic for Finding {
    fn severity(&self) -> Option<Weight> {
        Some(match self.severity {
            Severity::Error => Weight::Error,
            Severity::Warning => Weight::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.help.as_ref()?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source.shown)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (start, text) = (self.span.start, &self.source.text);
        let start = floor(text, start);
        // What goes over several lines is pointed at where it begins.
        let line = text[start..]
            .find(['\n', '\r'])
            .unwrap_or(text.len() - start);
        let length = self.span.end.saturating_sub(start).min(line);
        let label = LabeledSpan::new(None, start, length);
        Some(Box::new(std::iter::once(label)))
    }
}

impl ScenarioErrors {
    pub(super) fn new(mut findings: Vec<Finding>) -> Self {
        let mut spare = findings.len().saturating_sub(MOST);
        // What stopped the file is told before what is odd in it.
        findings.retain(|finding| {
            let is_spare = spare > 0 && finding.severity == Severity::Warning;
            spare -= usize::from(is_spare);
            !is_spare
        });
        findings.truncate(MOST);
        debug_assert!(!findings.is_empty(), "an error says what is wrong");
        Self(findings)
    }

    /// All of several; none where there are none.
    pub fn all(several: impl IntoIterator<Item = Self>) -> Option<Self> {
        let findings: Vec<_> = several.into_iter().flat_map(|errors| errors.0).collect();
        (!findings.is_empty()).then(|| Self::new(findings))
    }

    /// The first finding for which the scenario cannot be used.
    pub fn first(&self) -> &Finding {
        let mut findings = self.0.iter();
        let error = findings.find(|finding| finding.severity == Severity::Error);
        error.unwrap_or(&self.0[0])
    }

    /// The findings, in the order of the files and of their lines.
    pub fn findings(&self) -> &[Finding] {
        &self.0
    }
}

impl fmt::Display for ScenarioErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.0.iter().enumerate() {
            let (line, column) = finding.place();
            let separator = if index == 0 { "" } else { "\n" };
            let name = finding.source.name();
            write!(f, "{separator}{name}:{line}:{column}: {finding}")?;
            if let Some(help) = &finding.help {
                write!(f, " ({help})")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for ScenarioErrors {}

/// The beginning of the character that an offset stands in.
fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// A text of the same length whose control characters and bidirectional overrides a terminal does
/// not obey.
fn masked(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    for c in text.chars() {
        let is_override = matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || is_override {
            masked.extend(std::iter::repeat_n('?', c.len_utf8()));
        } else {
            masked.push(c);
        }
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_lines_and_characters_from_one() {
        let source = Source::new("a.yaml", "é: 1\nab: ü x\n");
        assert_eq!(source.place(0), (1, 1));
        assert_eq!(source.place(6), (2, 1));
        assert_eq!(source.place(6 + "ab: ü ".len()), (2, 7));
        assert_eq!(source.place(10_000), (3, 1));
    }

    #[test]
    fn many_warnings_hide_no_error() {
        let source = Source::new("a.yaml", "a");
        let finding = |severity| Finding {
            source: Arc::clone(&source),
            span: 0..1,
            severity,
            code: "odd",
            message: String::new(),
            help: None,
        };
        let mut findings = vec![finding(Severity::Warning); 2 * MOST];
        findings.push(finding(Severity::Error));
        let errors = ScenarioErrors::new(findings);
        assert_eq!(errors.findings().len(), MOST);
        assert_eq!(errors.first().severity, Severity::Error);
        assert_eq!(errors.findings()[0].severity, Severity::Warning);
    }

    #[test]
    fn what_a_terminal_would_obey_is_masked_in_place() {
        let text = "a\u{1b}[2Jb\u{202e}c\u{9b}\n";
        let shown = masked(text);
        assert_eq!(shown, "a?[2Jb???c??\n");
        assert_eq!(shown.len(), text.len());
    }
}
