//! Installs the peers under `target/peers`, once for each set of pins.
//!
//! An install happens under a temporary name and is renamed when it is whole, so one that was
//! interrupted is never trusted. A stamp beside the packages holds the pins that they came from.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::process::{Finished, Running, shorten};

const INSTALL: Duration = Duration::from_secs(600);
const QUESTION: Duration = Duration::from_secs(30);
/// `toReversed` and a `fetch` that is no experiment.
const OLDEST_NODE: u32 = 20;
const NODE_SCRIPTS: [&str; 4] = ["action.mjs", "backend.mjs", "cases.mjs", "hosted.mjs"];

/// A file beside this one.
pub fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/peers")
        .join(path)
}

fn peers() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .expect("target/tmp has a parent");
    target.join("peers")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path)
        .unwrap_or_else(|cause| panic!("cannot read {}: {cause}", path.display()))
}

/// The interpreter of a virtual environment with the Python peers, or why there is none.
pub fn python() -> Result<PathBuf, String> {
    let version = version_of("python3")?;
    let pins = source("requirements.txt");
    let stamp = format!("{version}\n{}", read(&pins));
    let home = installed("venv", &stamp, |folder| {
        run("python3", |command| {
            command.args(["-m", "venv"]).arg(folder)
        })?;
        run(folder.join("bin/python"), |command| {
            let quiet = [
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ];
            command.args(quiet).arg("-r").arg(&pins)
        })
    })?;
    Ok(home.join("bin/python"))
}

/// A folder with the Node peers and the scripts that import them, or why there is none.
///
/// The scripts are copied there because Node looks for packages upwards from the script.
pub fn node() -> Result<PathBuf, String> {
    let version = version_of("node")?;
    let major = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|n| n.parse().ok());
    if major.is_none_or(|major: u32| major < OLDEST_NODE) {
        return Err(format!("node {version} is older than {OLDEST_NODE}"));
    }
    version_of("npm")?;
    let pins = ["package.json", "package-lock.json"].map(source);
    let stamp = format!("{version}\n{}{}", read(&pins[0]), read(&pins[1]));
    let home = installed("node", &stamp, |folder| {
        fs::create_dir_all(folder).map_err(|cause| cause.to_string())?;
        for (pin, name) in pins.iter().zip(["package.json", "package-lock.json"]) {
            fs::copy(pin, folder.join(name)).map_err(|cause| cause.to_string())?;
        }
        let quiet = [
            "ci",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--loglevel=error",
        ];
        run("npm", |command| command.args(quiet).current_dir(folder))
    })?;
    for script in NODE_SCRIPTS {
        copy(&source("node").join(script), &home.join(script))?;
    }
    Ok(home)
}

/// Replaces a file in one step, because another run of the tests may be reading it.
fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let part = to.with_extension(format!("{}.part", std::process::id()));
    fs::copy(from, &part)
        .and_then(|_| fs::rename(&part, to))
        .map_err(|cause| cause.to_string())
}

/// The folder `name`, installed anew unless its stamp is the one wanted.
fn installed(
    name: &str,
    stamp: &str,
    install: impl FnOnce(&Path) -> Result<(), String>,
) -> Result<PathBuf, String> {
    let home = peers().join(name);
    let is_current = || fs::read_to_string(home.join("stamp")).is_ok_and(|found| found == stamp);
    if is_current() {
        return Ok(home);
    }
    let part = peers().join(format!("{name}.{}.part", std::process::id()));
    fs::remove_dir_all(&part).ok();
    fs::create_dir_all(peers()).map_err(|cause| cause.to_string())?;
    let whole = install(&part)
        .and_then(|()| fs::write(part.join("stamp"), stamp).map_err(|cause| cause.to_string()))
        .and_then(|()| {
            fs::remove_dir_all(&home).ok();
            fs::rename(&part, &home).map_err(|cause| cause.to_string())
        });
    if whole.is_err() {
        fs::remove_dir_all(&part).ok();
    }
    // Another run of the tests may have been quicker, and what it left is as good.
    if is_current() {
        Ok(home)
    } else {
        whole.map(|()| home)
    }
}

/// What `PROGRAM --version` says, or that there is no such program.
fn version_of(program: &str) -> Result<String, String> {
    let mut command = Command::new(program);
    command.arg("--version");
    if command.output().is_err() {
        return Err(format!("no {program} here"));
    }
    let Finished { stdout, .. } = Running::start(command).feed(b"").finish(QUESTION);
    Ok(String::from_utf8_lossy(&stdout).trim().to_owned())
}

fn run(
    program: impl AsRef<std::ffi::OsStr>,
    build: impl FnOnce(&mut Command) -> &mut Command,
) -> Result<(), String> {
    let mut command = Command::new(program);
    build(&mut command);
    let shown = command.get_program().display().to_string();
    let done = Running::start(command).feed(b"").finish(INSTALL);
    if done.code == Some(0) {
        return Ok(());
    }
    let stderr = shorten(&done.stderr);
    let last = stderr
        .lines()
        .rfind(|line| !line.trim().is_empty())
        .unwrap_or("no message");
    Err(format!("{shown} failed: {last}"))
}
