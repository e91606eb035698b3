//! Where the lines that were typed are kept: a file for each backend.

use std::path::{Path, PathBuf};

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
