//! `--scenario` and `--strict`: what is read before the mock starts, and read again when it is
//! saved.

use std::collections::BTreeSet;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use clap::Args;
use notify_debouncer_mini::notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_mini::{Debouncer, new_debouncer};
use tokio::sync::mpsc::{Receiver, channel};
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};

use super::super::input::aside;
use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::server::Stage;
use crate::server::scenario::{Finding, LoadError, Refused, Reread, Scenario, ScenarioErrors};
use crate::ui::{Style, Ui};

/// How long files must lie still before they are read again: an editor that saves renames, writes
/// and renames again.
const STILL: Duration = Duration::from_millis(100);

/// How often files are looked at whose changes the system does not tell: behind a symbolic link, on
/// a file system of another machine, in a folder that a container was given.
const LOOK: Duration = Duration::from_secs(1);

/// What the mock answers by.
#[derive(Args, Debug)]
pub struct ScenarioArgs {
    /// Answer by the rules of this file or folder, without its subfolders (repeatable); read again
    /// when it is saved
    #[arg(long, value_name = "PATH")]
    scenario: Vec<PathBuf>,

    /// Refuse what no rule matches, instead of showing the showcase; with --replay, fail at the end
    /// when something of the recording was never asked for
    #[arg(long)]
    strict: bool,
}

/// The scenario of a running mock.
pub struct Watch {
    paths: Vec<PathBuf>,
    current: Option<Arc<Scenario>>,
    /// Wakes when a watched folder changes; gone where nothing is to be read again.
    changes: Option<Receiver<()>>,
    watcher: Option<Debouncer<RecommendedWatcher>>,
    folders: BTreeSet<PathBuf>,
    /// What the files looked like before they were read: reading alone wakes the watcher too, and
    /// a file that changes while it is read is to be read again.
    stamp: Stamp,
    /// The files of the last reading, good or bad.
    files: Vec<PathBuf>,
    told: Told,
}

/// What was found at the last reading: it is said once, and not again for each of its siblings that
/// is saved.
#[derive(Default)]
struct Told(BTreeSet<String>);

/// The size, the time of the last change and the place of each file.
type Stamp = Vec<Option<(u64, SystemTime, u64)>>;

impl ScenarioArgs {
    /// Whether one is named.
    pub fn is_given(&self) -> bool {
        !self.scenario.is_empty()
    }

    /// Whether what no rule matches is refused.
    pub fn is_strict(&self) -> bool {
        self.strict
    }

    /// Reads the scenario, and watches its files from then on.
    ///
    /// # Errors
    /// Wrong usage when it cannot be read, or is none; what is wrong was reported.
    pub async fn read(&self, ui: &mut Ui, cancel: &Cancel) -> Result<Watch> {
        let mut watch = Watch {
            paths: self.scenario.clone(),
            current: None,
            changes: None,
            watcher: None,
            folders: BTreeSet::new(),
            stamp: Stamp::new(),
            files: Vec::new(),
            told: Told::default(),
        };
        if self.scenario.is_empty() {
            return Ok(watch);
        }
        let paths = self.scenario.clone();
        let loaded = aside(cancel, move || Scenario::load(&paths)).await?;
        let scenario = loaded.map_err(|error| wrong(error, ui))?;
        report(scenario.warnings(), ui);
        watch.told = Told::of(&[], &scenario);
        watch.files = scenario.files().to_vec();
        watch.current = Some(Arc::new(scenario));
        // What a pipe held is gone once it was read.
        if self
            .scenario
            .iter()
            .all(|path| path.is_file() || path.is_dir())
        {
            watch.begin();
        }
        Ok(watch)
    }
}

impl Told {
    /// What was found now.
    fn of(refused: &[Refused], scenario: &Scenario) -> Self {
        let warnings = scenario.warnings().iter().map(found);
        let refused = refused.iter().map(|it| why(&it.error));
        Self(refused.chain(warnings).collect())
    }

    fn has(&self, error: &LoadError) -> bool {
        self.0.contains(&why(error))
    }

    /// Those that were not said yet.
    fn fresh(&self, findings: &[Finding]) -> Vec<Finding> {
        let is_fresh = |finding: &&Finding| !self.0.contains(&found(finding));
        findings.iter().filter(is_fresh).cloned().collect()
    }
}

/// A finding in one line, with the text in which it was made: whoever saves a file hears what is
/// still wrong with it.
fn found(finding: &Finding) -> String {
    let (line, column) = finding.place();
    let (name, text) = (finding.source.name(), finding.source.text());
    format!("{name}:{line}:{column}: {finding}\n{text}")
}

fn why(error: &LoadError) -> String {
    match error {
        LoadError::Wrong(errors) => errors.findings().iter().map(found).collect(),
        error @ LoadError::Unreadable { .. } => error.to_string(),
    }
}

impl Watch {
    /// The scenario to begin with.
    pub fn scenario(&self) -> Option<Arc<Scenario>> {
        self.current.clone()
    }

    /// Waits until a file of the scenario has changed; for ever where there is none.
    pub async fn changed(&mut self) {
        loop {
            let Some(changes) = &mut self.changes else {
                return std::future::pending().await;
            };
            // Without a watcher there is nobody who could send, and the next look tells.
            if let Ok(None) = timeout(LOOK, changes.recv()).await {
                sleep(LOOK).await;
            }
            let mut seen = self.look().await;
            while seen != self.stamp {
                sleep(STILL).await;
                let before = std::mem::replace(&mut seen, self.look().await);
                if seen == before {
                    return;
                }
            }
        }
    }

    /// Reads the files again and answers by what they are now. One that is no scenario is as it was
    /// when it was one, and what is wrong with it is said.
    pub async fn reload(&mut self, stage: &Stage, ui: &mut Ui) {
        let Some(before) = self.current.clone() else {
            return;
        };
        let stamp = self.look().await;
        let paths = self.paths.clone();
        let last = Arc::clone(&before);
        let Reread { scenario, refused } = apart(move || Scenario::reread(&paths, &last)).await;
        self.files = scenario.files().to_vec();
        self.follow();
        self.stamp = stamp;
        let told = Told::of(&refused, &scenario);
        let told = std::mem::replace(&mut self.told, told);
        if !before.is_same(&scenario) {
            report(&told.fresh(scenario.warnings()), ui);
            self.play(scenario, stage, ui).await;
        }
        let findings = refused.iter().map(|it| it.error.errors());
        stage.refuse(ScenarioErrors::all(findings));
        for Refused { error, is_kept } in refused {
            if told.has(&error) {
                continue;
            }
            let error = wrong(error, ui);
            let what = if is_kept {
                "what it said before stays"
            } else {
                "it is left out"
            };
            ui.warn(&format!("{what}: {error}"));
        }
    }

    /// Answers by another scenario from now on.
    async fn play(&mut self, scenario: Scenario, stage: &Stage, ui: &mut Ui) {
        match stage.play(scenario.clone()).await {
            Ok(is_in_force) => {
                let later = if is_in_force {
                    ""
                } else {
                    "; the one that was put at /__mock/scenario stays until it is deleted"
                };
                let read = format!("  scenario read again, {}{later}", size(&scenario));
                ui.note(Style::Dim, &read);
            }
            Err(error) => ui.warn(&error.to_string()),
        }
        self.current = Some(Arc::new(scenario));
    }

    /// What the files look like now.
    async fn look(&self) -> Stamp {
        let files: Vec<_> = self.paths.iter().chain(&self.files).cloned().collect();
        apart(move || files.iter().map(stamp).collect()).await
    }

    fn begin(&mut self) {
        // One place is enough: whoever reads it reads everything anew.
        let (send, changes) = channel(1);
        // What was saved between the first reading and now is seen by a second one.
        let _ = send.try_send(());
        let woken = new_debouncer(STILL, move |_| {
            let _ = send.try_send(());
        });
        // Where the system watches nothing, or no more than it does, the files are looked at.
        self.watcher = woken.ok();
        self.changes = Some(changes);
        self.follow();
    }

    /// Watches the folders of all files: a file that an editor replaces is another one, but in the
    /// same folder.
    fn follow(&mut self) {
        let Some(watcher) = &mut self.watcher else {
            return;
        };
        let given = self.paths.iter().filter(|path| path.is_dir()).cloned();
        let parents = self
            .files
            .iter()
            .filter_map(|file| file.parent().map(Path::to_owned));
        for folder in given.chain(parents) {
            let folder = if folder.as_os_str().is_empty() {
                PathBuf::from(".")
            } else {
                folder
            };
            let mode = RecursiveMode::NonRecursive;
            if !self.folders.contains(&folder) && watcher.watcher().watch(&folder, mode).is_ok() {
                self.folders.insert(folder);
            }
        }
    }
}

/// What a file looks like now.
fn stamp(file: &PathBuf) -> Option<(u64, SystemTime, u64)> {
    let meta = std::fs::metadata(file).ok()?;
    Some((meta.len(), meta.modified().ok()?, place(&meta)))
}

/// Does what may take its time on a thread of its own: a file may lie on another machine. What of
/// it reads a scenario fails by itself at no file, see `Reader::guarded`.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let done = spawn_blocking(work).await;
    done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

/// Which file it is: one that takes the place of another may be as old and as large.
#[cfg(unix)]
fn place(meta: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(meta)
}

#[cfg(not(unix))]
fn place(_: &Metadata) -> u64 {
    0
}

/// Reports what is wrong; the error says it in one line.
fn wrong(error: LoadError, ui: &mut Ui) -> Error {
    let LoadError::Wrong(errors) = error else {
        return Error::usage(error.to_string());
    };
    report(errors.findings(), ui);
    let first = errors.first();
    let (line, column) = first.place();
    let more = match errors.findings().len() {
        1 => String::new(),
        count => format!(" (and {} more)", count - 1),
    };
    let name = first.source.name();
    Error::usage_hint(
        format!("{name}:{line}:{column}: {first}{more}"),
        "look at it with 'chatkit scenario check', and at an example with 'chatkit scenario new -'",
    )
}

fn report(findings: &[Finding], ui: &mut Ui) {
    for finding in findings {
        ui.report(finding);
    }
}

fn size(scenario: &Scenario) -> String {
    match scenario.rule_count() {
        1 => "1 rule".to_owned(),
        count => format!("{count} rules"),
    }
}
