//! Files that are never there by halves: written beside their place, and renamed into it.
//!
//! What is no file of its own (a symbolic link, `/dev/null`, a pipe) is written through, never
//! replaced.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file that takes its name when it is finished; dropped before, it is gone.
///
/// # Errors
/// When the folder cannot be written to.
pub fn begin(path: &Path) -> io::Result<NamedTempFile> {
    NamedTempFile::new_in(folder(path)).map_err(unnamed)
}

/// Writes a whole file in the place of what was there, which stays if that fails.
///
/// # Errors
/// As [`begin`] and [`finish`].
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = begin(path)?;
    file.write_all(bytes)?;
    finish(file, path).map(drop)
}

/// The error without the name of the file that was not made, which nobody has asked for and which
/// `tempfile` puts at the end.
fn unnamed(error: io::Error) -> io::Error {
    match error.to_string().rsplit_once(" at path ") {
        Some((reason, _)) => io::Error::new(error.kind(), reason),
        None => error,
    }
}

/// The folder in which what is going to be at `path` is written.
pub fn folder(path: &Path) -> PathBuf {
    let goal = goal(path);
    if is_special(&goal) {
        return std::env::temp_dir();
    }
    match goal.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Gives a file its name, in the place of what was there; returns it, open.
///
/// # Errors
/// When the disk is full, or the name cannot be taken.
pub fn finish(file: NamedTempFile, path: &Path) -> io::Result<File> {
    let goal = goal(path);
    if !is_special(&goal) {
        return Ok(file.persist(goal)?);
    }
    let mut special = OpenOptions::new().write(true).open(goal)?;
    io::copy(&mut file.reopen()?, &mut special)?;
    Ok(special)
}

/// Where a path leads, through links.
fn goal(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// Whether there is something that is no file, such as a device.
fn is_special(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_its_name_when_it_is_finished_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report");
        let file = begin(&path).unwrap();
        assert!(!path.exists());
        drop(file);
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "two");
    }

    #[test]
    fn an_error_names_no_file_that_was_never_asked_for() {
        let error = write(Path::new("/no/such/folder/report"), b"").unwrap_err();
        let known = File::open("/no/such/folder/report").unwrap_err();
        assert_eq!(error.to_string(), known.to_string());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_a_device_a_device() {
        use std::os::unix::fs::FileTypeExt;

        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        std::fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write(&link, b"new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "new");
        // A link of our own, so that a failure of this test does not take the machine's device.
        let null = folder.path().join("null");
        std::os::unix::fs::symlink("/dev/null", &null).unwrap();
        write(&null, b"gone").unwrap();
        let device = Path::new("/dev/null").metadata().unwrap();
        assert!(device.file_type().is_char_device());
    }
}
