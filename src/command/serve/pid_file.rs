//! The file that says which process serves, and the lock that says whether it still does.
//!
//! A number in a file outlives its process and may by then be another's, so that it proves
//! nothing. The lock beside it is held for as long as the process lives and not longer, however it
//! ends: whoever finds it held may believe the number.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use fd_lock::RwLock;

use crate::atomic_file;
use crate::config::Surroundings;
use crate::error::{Error, Result};

/// A pid file, which need not exist.
#[derive(Clone, Debug)]
pub struct PidFile {
    path: PathBuf,
}

/// Who a pid file speaks of.
#[derive(Debug)]
pub enum Owner {
    /// There is no such file.
    Nobody,
    /// The process has ended without taking its file away.
    Gone,
    /// No server wrote it: it is somebody else's, and is not touched.
    Somebody,
    /// The process runs.
    Running(Process),
}

/// A process that has a pid file.
#[derive(Debug)]
pub struct Process {
    /// Its id, unless it is just writing it down.
    pub pid: Option<u32>,
    lock: RwLock<File>,
}

impl Process {
    /// Whether it is gone, whatever became of its files.
    pub fn has_ended(&mut self) -> bool {
        self.lock.try_write().is_ok()
    }
}

impl PidFile {
    /// The file that the user named.
    pub fn at(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// The file of the server on this port, in the user's state folder.
    ///
    /// # Errors
    /// Wrong usage where the user has no such folder.
    pub fn of_port(port: u16, around: &Surroundings) -> Result<Self> {
        Ok(Self {
            path: folder(around)?.join(format!("{port}.pid")),
        })
    }

    /// The files of all servers of this user that still run, by their ports.
    ///
    /// # Errors
    /// Wrong usage where the user has no state folder.
    pub fn running(around: &Surroundings) -> Result<Vec<Self>> {
        let Ok(entries) = std::fs::read_dir(folder(around)?) else {
            return Ok(Vec::new());
        };
        let mut files: Vec<Self> = entries
            .filter_map(|entry| Some(Self::at(&entry.ok()?.path())))
            .filter(|file| file.path.extension().is_some_and(|end| end == "pid"))
            .filter(|file| matches!(file.owner(), Owner::Running(_)))
            .collect();
        files.sort_by_key(|file| file.name().parse::<u16>().unwrap_or(u16::MAX));
        Ok(files)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its name without the ending, which is the port where the user named no file.
    pub fn name(&self) -> String {
        let stem = self.path.file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    }

    /// Where the server's output goes.
    pub fn log(&self) -> PathBuf {
        self.beside("log")
    }

    /// Who it speaks of.
    pub fn owner(&self) -> Owner {
        if !self.path.exists() {
            return Owner::Nobody;
        }
        match self.process() {
            Some(process) => Owner::Running(process),
            None if self.is_ours() => Owner::Gone,
            None => Owner::Somebody,
        }
    }

    /// Whether a server wrote the file: then it holds a number, and its lock was left beside it.
    fn is_ours(&self) -> bool {
        let text = std::fs::read_to_string(&self.path).unwrap_or_default();
        self.lock_path().exists() && text.trim().parse::<u32>().is_ok()
    }

    /// The process that has the file, as long as it runs.
    fn process(&self) -> Option<Process> {
        // Opened without being created: a lock that nobody made is held by nobody.
        let lock = OpenOptions::new().write(true).open(self.lock_path()).ok()?;
        let text = std::fs::read_to_string(&self.path).unwrap_or_default();
        let mut process = Process {
            pid: text.trim().parse().ok(),
            lock: RwLock::new(lock),
        };
        (!process.has_ended()).then_some(process)
    }

    /// Writes this process down, until it ends.
    ///
    /// # Errors
    /// Wrong usage when another process has the file; an I/O error where it cannot be written.
    pub fn take(&self) -> Result<()> {
        self.make_folder()?;
        if let Owner::Somebody = self.owner() {
            return Err(self.not_ours());
        }
        // A server that was just ending may have taken away what was opened here.
        while !self.lock()? {}
        self.write()
    }

    /// Takes the lock; `false` if it was removed under our hands.
    fn lock(&self) -> Result<bool> {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(self.lock_path())
            .map_err(|error| self.refused(error))?;
        // Never let go by ourselves: the lock then tells when the process is gone, not when it
        // begins to go.
        let lock = Box::leak(Box::new(RwLock::new(file)));
        match lock.try_write() {
            Ok(guard) => std::mem::forget(guard),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Err(self.taken()),
            Err(error) => return Err(self.refused(error)),
        }
        Ok(self.lock_path().exists())
    }

    /// That a server has it already.
    pub fn taken(&self) -> Error {
        let who = match self.owner() {
            Owner::Running(Process { pid: Some(pid), .. }) => format!(" (pid {pid})"),
            _ => String::new(),
        };
        Error::usage_hint(
            format!("a server runs already{who}: {}", self.path.display()),
            format!(
                "stop it with 'chatkit serve --stop --pid-file {}', or pass another --port",
                self.path.display()
            ),
        )
    }

    /// That it is no file of a server.
    pub fn not_ours(&self) -> Error {
        Error::usage_hint(
            format!("{} is not the pid file of a server", self.path.display()),
            "name another file; delete this one first if nobody needs it",
        )
    }

    /// Takes the files away, but for the log.
    pub fn remove(&self) {
        let _ = std::fs::remove_file(&self.path);
        let _ = std::fs::remove_file(self.lock_path());
    }

    /// Makes the folder that it stands in.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn make_folder(&self) -> Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(|error| self.refused(error))
    }

    /// Written beside and moved into place, so that nobody reads half a number.
    fn write(&self) -> Result<()> {
        let write = || -> std::io::Result<()> {
            let mut file = atomic_file::begin(&self.path)?;
            writeln!(file, "{}", std::process::id())?;
            atomic_file::finish(file, &self.path)?;
            Ok(())
        };
        write().map_err(|error| self.refused(error))
    }

    fn lock_path(&self) -> PathBuf {
        self.beside("lock")
    }

    /// `8000.pid` has an `8000.log`; a name of the user's own is only added to.
    fn beside(&self, ending: &str) -> PathBuf {
        if self.path.extension().is_some_and(|end| end == "pid") {
            return self.path.with_extension(ending);
        }
        let mut name = self.path.clone().into_os_string();
        name.push(format!(".{ending}"));
        name.into()
    }

    fn refused(&self, error: std::io::Error) -> Error {
        Error::io(
            format!("cannot write the pid file {}", self.path.display()),
            error,
        )
    }
}

fn folder(around: &Surroundings) -> Result<PathBuf> {
    let folder = around.state_folder.as_ref().ok_or_else(|| {
        Error::usage_hint("there is no home folder for a pid file", "pass --pid-file")
    })?;
    Ok(folder.join("serve"))
}

/// A file for a server's output, which nobody but this user reads.
///
/// # Errors
/// When the operating system refuses.
pub fn create_log(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map_err(|error| Error::io(format!("cannot write {}", path.display()), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_without_its_lock_is_nobodys() {
        let folder = tempfile::tempdir().unwrap();
        let file = PidFile::at(&folder.path().join("8000.pid"));
        assert!(matches!(file.owner(), Owner::Nobody));
        // Our own id, which surely runs, but never took the lock: it was used again.
        std::fs::write(file.path(), std::process::id().to_string()).unwrap();
        assert!(matches!(file.owner(), Owner::Somebody));
        std::fs::write(file.lock_path(), "").unwrap();
        assert!(matches!(file.owner(), Owner::Gone));
        // What a user wrote is no pid file, whatever stands beside it.
        std::fs::write(file.path(), "buy milk\n").unwrap();
        assert!(matches!(file.owner(), Owner::Somebody));
        assert_eq!(file.take().unwrap_err().code(), 2);
        let kept = std::fs::read_to_string(file.path()).unwrap();
        assert_eq!(kept, "buy milk\n");
    }

    #[test]
    fn who_took_the_file_has_it_and_nobody_else_may() {
        let folder = tempfile::tempdir().unwrap();
        let file = PidFile::at(&folder.path().join("new/8000.pid"));
        file.take().unwrap();
        let own = std::process::id();
        let Owner::Running(mut process) = file.owner() else {
            panic!("nobody has it");
        };
        assert_eq!(process.pid, Some(own));
        assert!(!process.has_ended());
        let text = std::fs::read_to_string(file.path()).unwrap();
        assert_eq!(text, format!("{own}\n"));
        let error = file.take().unwrap_err();
        assert_eq!(error.code(), 2);
        assert!(error.to_string().contains(&format!("pid {own}")), "{error}");
    }

    #[test]
    fn only_those_that_run_are_listed_in_the_order_of_their_ports() {
        let folder = tempfile::tempdir().unwrap();
        let around = Surroundings {
            state_folder: Some(folder.path().to_owned()),
            ..Surroundings::default()
        };
        assert!(PidFile::running(&around).unwrap().is_empty());
        for port in [10_000, 900] {
            PidFile::of_port(port, &around).unwrap().take().unwrap();
        }
        std::fs::write(folder.path().join("serve/7.pid"), "1").unwrap();
        let names: Vec<_> = PidFile::running(&around).unwrap();
        let names: Vec<_> = names.iter().map(PidFile::name).collect();
        assert_eq!(names, ["900", "10000"]);
    }
}
