//! What is wrong with a file, in words that a terminal may show.

use std::fmt;
use std::io::Write as _;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, Severity, SourceCode,
};

use super::Ui;
use crate::render::clean::clean;

/// How wide a report may be, in columns.
const WIDTH: usize = 100;

impl Ui {
    /// Draws what is wrong with a file, with the line; it is shown even to those who want it quiet,
    /// for it goes with an error.
    pub fn report(&mut self, diagnostic: &dyn Diagnostic) {
        let _ = self.flush();
        let theme = match (self.color_err, self.err_is_terminal) {
            (true, _) => GraphicalTheme::unicode(),
            (false, true) => GraphicalTheme::unicode_nocolor(),
            (false, false) => GraphicalTheme::none(),
        };
        let handler = GraphicalReportHandler::new_themed(theme).with_width(WIDTH);
        let mut drawn = String::new();
        let cleaned = Cleaned::new(diagnostic);
        if handler.render_report(&mut drawn, &cleaned).is_ok() {
            // When stderr is gone there is nobody left to tell about it.
            let _ = self.err.write_all(drawn.as_bytes());
        }
    }
}

/// A diagnostic whose words are cleaned: they quote the file, which is anybody's. The text of the
/// file itself has to keep its places, and is the source's to clean.
#[derive(Debug)]
struct Cleaned<'a> {
    of: &'a dyn Diagnostic,
    message: String,
    help: Option<String>,
}

impl<'a> Cleaned<'a> {
    fn new(of: &'a dyn Diagnostic) -> Self {
        let help = of.help().map(|help| clean(&help.to_string()).into_owned());
        Self {
            of,
            message: clean(&of.to_string()).into_owned(),
            help,
        }
    }
}

impl fmt::Display for Cleaned<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Cleaned<'_> {}

impl Diagnostic for Cleaned<'_> {
    fn severity(&self) -> Option<Severity> {
        self.of.severity()
    }

    fn help<'h>(&'h self) -> Option<Box<dyn fmt::Display + 'h>> {
        let help = self.help.as_ref()?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.of.source_code()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.of.labels()
    }
}
