//! What is wrong with a file, in words that a terminal may show.

use std::fmt;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, Severity, SourceCode,
};

use crate::render::clean::clean;

/// How wide a report may be, in columns.
const WIDTH: usize = 100;

/// What is wrong, with the line of the file.
pub(super) fn drawn(diagnostic: &dyn Diagnostic, theme: GraphicalTheme) -> Option<String> {
    let handler = GraphicalReportHandler::new_themed(theme).with_width(WIDTH);
    let mut drawn = String::new();
    let told = handler.render_report(&mut drawn, &Cleaned::new(diagnostic));
    told.ok().map(|()| drawn)
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
