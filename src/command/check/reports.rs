//! Where reports go.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::atomic_file;
use crate::check::{self, Format, Report};
use crate::error::{Error, Result};
use crate::ui::{Style, Ui};

/// A report that is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    format: Format,
    /// The file; without one it goes to stdout.
    path: Option<PathBuf>,
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, path) = match text.split_once('=') {
            Some((name, path)) => (name, Some(path)),
            None => (text, None),
        };
        let format = match name {
            "junit" => Format::Junit,
            "tap" => Format::Tap,
            "json" => Format::Json,
            "github" => Format::Github,
            "html" => Format::Html,
            _ => {
                return Err("expected junit=FILE, tap=FILE, json=FILE, html=FILE or github".into());
            }
        };
        let path = match (format, path) {
            (Format::Github, None) | (_, Some("-")) => None,
            (_, None | Some("")) => return Err(format!("expected a file: {name}=FILE")),
            (_, Some(path)) => Some(PathBuf::from(path)),
        };
        Ok(Self { format, path })
    }
}

impl Wanted {
    /// Whether it is written to stdout.
    pub fn goes_to_stdout(&self) -> bool {
        self.path.is_none()
    }

    /// Where two of the reports would go, of which only one were left.
    pub fn shared(reports: &[Self]) -> Option<String> {
        let mut pairs = reports.iter().enumerate();
        let twice = pairs.find(|(place, report)| {
            let mut before = reports[..*place].iter();
            before.any(|other| other.path == report.path && other.format != report.format)
        })?;
        let path = twice.1.path.as_ref();
        Some(path.map_or_else(|| "stdout".into(), |path| path.display().to_string()))
    }
}

/// Writes a report to where it is wanted.
///
/// # Errors
/// The file cannot be written.
pub fn write(wanted: &Wanted, report: &Report, ui: &mut Ui) -> Result<()> {
    let text = check::write(report, wanted.format)?;
    let Some(path) = &wanted.path else {
        return ui.text(&text);
    };
    save(path, &text)?;
    ui.note(Style::Dim, &format!("report: {}", path.display()));
    Ok(())
}

/// Writes a file that is never there by halves.
///
/// # Errors
/// Names the file.
pub fn save(path: &Path, text: &str) -> Result<()> {
    let failed = |error| Error::io(format!("cannot write {}", path.display()), error);
    let mut file = atomic_file::begin(path)
        .map_err(|error| Error::usage(format!("cannot write {}: {error}", path.display())))?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    readable(file.as_file()).map_err(failed)?;
    atomic_file::finish(file, path).map_err(failed)?;
    Ok(())
}

/// A temporary file is its owner's alone, but a report is for whoever collects it.
#[cfg(unix)]
fn readable(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}
