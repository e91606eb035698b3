//! Scenarios from files and folders.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::document::Scenario;
use super::finding::{Finding, ScenarioErrors, Severity, Source};
use super::reader::Reader;
use crate::byte_order_mark;

/// What a file of a folder must end in to be read.
const ENDINGS: &[&str] = &["yaml", "yml", "json"];

/// Where a scenario stands: in a text, or in a file or a folder.
///
/// A `&str` or a `String` is the scenario itself; a path is a file or a folder of files.
#[derive(Clone, Debug)]
pub enum Origin {
    /// The scenario itself, as YAML or JSON.
    Text(String),
    /// A file or a folder.
    Path(PathBuf),
}

impl From<&str> for Origin {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Origin {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&Path> for Origin {
    fn from(path: &Path) -> Self {
        Self::Path(path.to_owned())
    }
}

impl From<PathBuf> for Origin {
    fn from(path: PathBuf) -> Self {
        Self::Path(path)
    }
}

/// Why a scenario could not be read from its files.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file or a folder cannot be read.
    #[error("cannot read {path}: {reason}")]
    Unreadable {
        /// The path, as it was given.
        path: String,
        /// Why.
        reason: String,
    },
    /// The files are no scenario.
    #[error(transparent)]
    Wrong(#[from] ScenarioErrors),
}

impl LoadError {
    /// The same as findings, the first of which is at the first line of a file that cannot be read.
    pub fn errors(&self) -> ScenarioErrors {
        match self {
            Self::Wrong(errors) => errors.clone(),
            Self::Unreadable { path, reason } => {
                let mut reader = Reader::new(Source::new(path.as_str(), ""));
                reader.error(0..0, "unreadable", format!("cannot be read: {reason}"));
                ScenarioErrors::new(reader.into_findings())
            }
        }
    }
}

/// What came of reading files and folders again.
#[derive(Debug)]
pub struct Reread {
    /// The scenario that they are now.
    pub scenario: Scenario,
    /// The files that were not taken.
    pub refused: Vec<Refused>,
}

/// A file or folder that was not taken.
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub error: LoadError,
    /// Whether what it had brought in before is still there.
    pub is_kept: bool,
}

impl Scenario {
    /// Reads files and folders, in the order in which they are given; the rules of a later file
    /// come after those of an earlier one, and the files of a folder come in the order of their
    /// names.
    ///
    /// # Errors
    /// When a file cannot be read, or is no scenario.
    pub fn load(paths: &[PathBuf]) -> Result<Self, LoadError> {
        let (scenario, findings) = Self::read(paths)?;
        Ok(scenario.checked(findings)?)
    }

    /// Reads a scenario that stands in no file, as [`Scenario::parse`] does.
    ///
    /// # Errors
    /// Everything that is wrong with it, with lines.
    pub fn parse_bytes(name: &str, bytes: &[u8]) -> Result<Self, ScenarioErrors> {
        let error = match std::str::from_utf8(bytes) {
            Ok(text) => return Self::parse(name, byte_order_mark::off(text)),
            Err(error) => error,
        };
        let sound = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let mut reader = Reader::new(Source::new(name, sound));
        let end = error.valid_up_to();
        reader.error(end..end, "syntax", "this byte is not UTF-8");
        Err(ScenarioErrors::new(reader.into_findings()))
    }

    /// Reads files and folders as [`Scenario::load`] does, and returns all that was found in them.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn read(paths: &[PathBuf]) -> Result<(Self, Vec<Finding>), LoadError> {
        let mut scenario = Self::default();
        let mut findings = Vec::new();
        for path in paths {
            scenario.add_path(path, &mut findings)?;
            findings.extend(passed_over(path, paths));
        }
        Ok((scenario, findings))
    }

    /// Reads files and folders again. What cannot be read, or is no scenario, is as it was before;
    /// all else is as it is now.
    pub fn reread(paths: &[PathBuf], before: &Self) -> Reread {
        let mut reread = Reread {
            scenario: Self::default(),
            refused: Vec::new(),
        };
        let mut warnings = Vec::new();
        for path in paths {
            match files(path) {
                Ok(files) => {
                    for file in files {
                        warnings.extend(reread.file(&file, before));
                    }
                }
                Err(error) => reread.keep(error, before, |name| Path::new(name).starts_with(path)),
            }
            warnings.extend(passed_over(path, paths));
        }
        // Of files that are all new and all wrong nothing would be left.
        if reread.scenario.parts.is_empty() {
            before
                .parts
                .iter()
                .for_each(|part| reread.scenario.keep(part));
            reread.refused.iter_mut().for_each(|it| it.is_kept = true);
        }
        reread.scenario.warn(warnings);
        reread
    }

    /// Reads texts, files and folders into one scenario; the rules of a later one come after those
    /// of an earlier one.
    ///
    /// # Errors
    /// When a file cannot be read, or one of them is no scenario.
    pub fn of(origins: &[Origin]) -> Result<Self, LoadError> {
        let mut scenario = Self::default();
        let mut findings = Vec::new();
        for origin in origins {
            match origin {
                Origin::Text(text) => {
                    findings.extend(scenario.add(&Source::new("scenario", text.as_str()), None));
                }
                Origin::Path(path) => scenario.add_path(path, &mut findings)?,
            }
        }
        Ok(scenario.checked(findings)?)
    }

    fn add_path(&mut self, path: &Path, findings: &mut Vec<Finding>) -> Result<(), LoadError> {
        for file in files(path)? {
            findings.extend(self.read_file(&file)?);
        }
        Ok(())
    }

    /// Adds a file; returns what was found in it.
    fn read_file(&mut self, file: &Path) -> Result<Vec<Finding>, LoadError> {
        let text = read(file)?;
        let folder = file.parent().unwrap_or(Path::new(""));
        let findings = self.add(&Source::new(named(file), text), Some(folder));
        self.add_file(file.to_owned());
        Ok(findings)
    }
}

impl Reread {
    /// Reads a file, or keeps what it was before; returns the warnings.
    fn file(&mut self, file: &Path, before: &Scenario) -> Vec<Finding> {
        let mut scenario = self.scenario.clone();
        let error = match scenario.read_file(file) {
            Err(error) => error,
            Ok(findings) if findings.iter().all(|it| it.severity != Severity::Error) => {
                self.scenario = scenario;
                return findings;
            }
            Ok(findings) => ScenarioErrors::new(findings).into(),
        };
        let name = named(file);
        self.keep(error, before, |known| known == name);
        // It may be a widget of it that is wrong, and that is to be read again, too.
        for tried in scenario.files().iter().chain([&file.to_owned()]) {
            if !self.scenario.files().contains(tried) {
                self.scenario.add_file(tried.clone());
            }
        }
        Vec::new()
    }

    fn keep(&mut self, error: LoadError, before: &Scenario, is_it: impl Fn(&str) -> bool) {
        let mut is_kept = false;
        for part in &before.parts {
            if is_it(part.source.name()) {
                self.scenario.keep(part);
                is_kept = true;
            }
        }
        self.refused.push(Refused { error, is_kept });
    }
}

/// The name of a file, as its findings and rules have it.
fn named(file: &Path) -> String {
    file.display().to_string()
}

/// Whether a file is one that is read from a folder.
fn is_scenario(file: &Path, endings: &[&str]) -> bool {
    let ending = file.extension().and_then(OsStr::to_str);
    ending.is_some_and(|ending| endings.contains(&ending)) && !is_hidden(file) && file.is_file()
}

/// Editors keep what is not saved yet in hidden files beside the real one.
fn is_hidden(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default();
    name.as_encoded_bytes().starts_with(b".")
}

/// Tells of the subfolders of a folder whose scenarios are not read. What is JSON there may be the
/// widgets of those that are.
fn passed_over(path: &Path, given: &[PathBuf]) -> Vec<Finding> {
    let below = |folder: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        entries.map_while(Result::ok).map(|it| it.path()).collect()
    };
    let is_passed_over = |folder: &PathBuf| {
        let mut files = below(folder).into_iter();
        !is_hidden(folder)
            && !given.contains(folder)
            && files.any(|file| is_scenario(&file, &["yaml", "yml"]))
    };
    let mut folders = below(path);
    folders.retain(is_passed_over);
    folders.sort();
    let told = |folder: PathBuf| {
        let mut reader = Reader::new(Source::new(named(&folder), ""));
        let message = "a folder is read without its subfolders, and this one has scenarios";
        let help = "name it too, with a --scenario or a path of its own".to_owned();
        let code = "subfolder_not_read";
        reader.note(
            0..0,
            Severity::Warning,
            code,
            message.to_owned(),
            Some(help),
        );
        reader.into_findings()
    };
    folders.into_iter().flat_map(told).collect()
}

/// The scenario files of a path.
fn files(path: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let meta = std::fs::metadata(path).map_err(|error| unreadable(path, error))?;
    if !meta.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = std::fs::read_dir(path).map_err(|error| unreadable(path, error))?;
    let mut files = Vec::new();
    for entry in entries {
        let file = entry.map_err(|error| unreadable(path, error))?.path();
        if is_scenario(&file, ENDINGS) {
            files.push(file);
        }
    }
    if files.is_empty() {
        let endings = "the folder has no file that ends in .yaml, .yml or .json";
        return Err(unreadable(path, endings));
    }
    files.sort();
    Ok(files)
}

fn read(file: &Path) -> Result<String, LoadError> {
    let meta = std::fs::metadata(file).map_err(|error| unreadable(file, error))?;
    if meta.len() > super::yaml::LARGEST as u64 {
        return Err(unreadable(file, "it is larger than 8 MiB"));
    }
    let bytes = std::fs::read(file).map_err(|error| unreadable(file, error))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        unreadable(file, format!("line {line} is not UTF-8"))
    })?;
    Ok(byte_order_mark::owned(text))
}

fn unreadable(path: &Path, reason: impl std::fmt::Display) -> LoadError {
    LoadError::Unreadable {
        path: path.display().to_string(),
        reason: reason.to_string(),
    }
}
