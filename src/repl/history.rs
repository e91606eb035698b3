//! Where the lines that were typed are kept: a file for each backend.

use std::io;
use std::path::{Path, PathBuf};

use crate::atomic_file;
use crate::ui::Ui;

/// How much of a backend's name stands in the file's name, in characters.
const NAME: usize = 60;

/// The file for the backend of this name.
pub fn file(state_folder: &Path, backend: &str) -> PathBuf {
    let name: String = backend
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '.' {
                c
            } else {
                '_'
            }
        })
        .take(NAME)
        .collect();
    // Names that differ in what was left out must not share a file.
    let file = format!(
        "{}-{:016x}",
        name.trim_matches('_'),
        fnv(backend.as_bytes())
    );
    state_folder.join("history").join(file)
}

/// Whether lines can be kept in the file; tells what is wrong with it, and mends what is no text, for
/// the line editor would neither read nor write it.
pub(super) fn is_usable(path: &Path, ui: &mut Ui) -> bool {
    let shown = path.display();
    match mend(path) {
        Ok(false) => true,
        Ok(true) => {
            ui.warn(&format!(
                "the history {shown} held bytes that are no text: \u{fffd} stands for them now"
            ));
            true
        }
        Err(error) => {
            ui.warn(&format!(
                "the history {shown} cannot be used, so lines are kept for this run only: {error}"
            ));
            false
        }
    }
}

/// Makes text of a file that is none; whether it had to. One that is not there yet is fine.
fn mend(path: &Path) -> io::Result<bool> {
    match path.metadata() {
        Ok(found) if !found.is_file() => return Err(io::Error::other("it is no file")),
        // What else is wrong with the folder is told nowhere: a history is not worth it.
        Err(_) => return Ok(false),
        Ok(_) => {}
    }
    let bytes = std::fs::read(path)?;
    if str::from_utf8(&bytes).is_ok() {
        return Ok(false);
    }
    let text = String::from_utf8_lossy(&bytes);
    atomic_file::write(path, text.as_bytes())?;
    Ok(true)
}

/// FNV-1a, which is the same in every version of this program, as the standard library's need not
/// be.
pub(super) fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_mended_and_what_is_no_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines");
        assert!(!mend(&path).unwrap());
        std::fs::write(&path, b"#V2\nfirst\nsec\xffond\n").unwrap();
        assert!(mend(&path).unwrap());
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "#V2\nfirst\nsec\u{fffd}ond\n");
        assert!(!mend(&path).unwrap());
        assert!(mend(folder.path()).is_err());
    }

    #[test]
    fn each_backend_has_a_file_whose_name_is_legal_everywhere() {
        let file = |name| super::file(Path::new("state"), name);
        let one = file("http://localhost:8000/chatkit");
        assert_eq!(
            one,
            Path::new("state/history/http___localhost_8000_chatkit-eca99ea421aef17b")
        );
        assert_ne!(one, file("http://localhost:8000/chatkit?"));
        assert_ne!(one, file("http___localhost_8000_chatkit"));
    }
}
