//! Generated images that have no address: they came whole inside of the answer, and are kept as
//! files, so that there is something to open.
//!
//! Only what is an image by its first bytes becomes a file.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::repl::history::fnv;

/// The largest image that is kept, in bytes of base64. It is as much as fits into an event.
const LARGEST: usize = 16 * 1024 * 1024;
/// How many images are kept; the oldest make room.
const MOST: usize = 100;

/// Where images are kept; without a folder none are.
#[derive(Clone, Debug, Default)]
pub struct Pictures {
    folder: Option<PathBuf>,
}

impl Pictures {
    /// Images in this folder, which need not exist.
    pub fn in_folder(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// The file of an image whose address is the image itself; `None` if it is not, or nothing is
    /// kept.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn keep(&self, address: &str) -> Option<io::Result<PathBuf>> {
        let folder = self.folder.as_deref()?;
        let (bytes, end) = image(address)?;
        // The same image is the same file, however often it is shown.
        let name = format!("{:016x}-{}.{end}", fnv(&bytes), bytes.len());
        let path = folder.join(name);
        if path.exists() {
            return Some(Ok(path));
        }
        Some(write(folder, &path, &bytes).map(|()| path))
    }
}

/// The bytes of a `data:` address and the ending of their kind.
pub(super) fn image(address: &str) -> Option<(Vec<u8>, &'static str)> {
    let (kind, data) = address.strip_prefix("data:image/")?.split_once(',')?;
    if !kind.ends_with(";base64") || data.len() > LARGEST {
        return None;
    }
    let bytes = STANDARD.decode(data.trim()).ok()?;
    let end = ending(&bytes)?;
    Some((bytes, end))
}

/// What the first bytes say that it is, whatever the backend calls it.
fn ending(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("png"),
        [0xff, 0xd8, 0xff, ..] => Some("jpg"),
        [b'G', b'I', b'F', b'8', ..] => Some("gif"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("webp"),
        _ => is_still(bytes).then_some("svg"),
    }
}

/// Whether it is an SVG in which nothing could run or be fetched when a browser opens the file.
fn is_still(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let text = text.to_ascii_lowercase();
    let acts = [
        "<script",
        "javascript:",
        "<foreignobject",
        "<!",
        "<?",
        "href",
        "url(h",
        "@import",
    ];
    // Every handler of an event is an attribute that begins with "on".
    let handles = text.split_whitespace().any(|word| word.starts_with("on"));
    text.starts_with("<svg") && !handles && !acts.iter().any(|act| text.contains(act))
}

/// Writes the file, whole or not at all, for its owner only.
fn write(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    make_room(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}

fn make_room(folder: &Path) -> io::Result<()> {
    let mut files: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let written = entry.metadata()?.modified()?;
        files.push((written, entry.path()));
    }
    files.sort();
    let surplus = (files.len() + 1).saturating_sub(MOST);
    for (_, path) in files.into_iter().take(surplus) {
        std::fs::remove_file(path)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and the rest";

    fn address(kind: &str, bytes: &[u8]) -> String {
        format!("data:image/{kind};base64,{}", STANDARD.encode(bytes))
    }

    #[test]
    fn an_image_is_a_file_of_its_own_kind() {
        let folder = tempfile::tempdir().unwrap();
        let pictures = Pictures::in_folder(Some(folder.path().join("images")));
        let path = pictures.keep(&address("jpeg", PNG)).unwrap().unwrap();
        assert_eq!(path.extension().unwrap(), "png");
        assert_eq!(std::fs::read(&path).unwrap(), PNG);
        let again = pictures.keep(&address("png", PNG)).unwrap();
        assert_eq!(again.unwrap(), path);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn what_is_no_image_or_could_act_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let pictures = Pictures::in_folder(Some(folder.path().to_owned()));
        for address in [
            address("png", b"#!/bin/sh\nreboot"),
            address("svg+xml", b"<svg><script>alert()</script></svg>"),
            address("svg+xml", b"<svg onload=\"alert()\"/>"),
            address("svg+xml", b"<svg\nOnLoad=\"alert()\"/>"),
            address("svg+xml", b"<svg><image href=\"https://a.example\"/></svg>"),
            address("png", &[PNG, &vec![0; LARGEST]].concat()),
            "data:image/png;base64,not base64!".to_owned(),
            "data:image/png,plain".to_owned(),
            "data:text/html;base64,PGI+".to_owned(),
            "https://a.example/a.png".to_owned(),
        ] {
            assert!(pictures.keep(&address).is_none(), "{address:.60}");
        }
        let still = address("svg+xml", b"<svg><path d=\"M0 0\"/></svg>");
        assert!(pictures.keep(&still).unwrap().is_ok());
        assert!(Pictures::default().keep(&still).is_none());
    }

    #[test]
    fn an_image_that_cannot_be_written_says_why() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let pictures = Pictures::in_folder(Some(file.path().join("images")));
        assert!(pictures.keep(&address("png", PNG)).unwrap().is_err());
    }

    #[test]
    fn the_oldest_images_make_room() {
        let folder = tempfile::tempdir().unwrap();
        let pictures = Pictures::in_folder(Some(folder.path().to_owned()));
        for number in 0..MOST + 5 {
            let bytes = [PNG, number.to_string().as_bytes()].concat();
            assert!(pictures.keep(&address("png", &bytes)).unwrap().is_ok());
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), MOST);
    }
}
