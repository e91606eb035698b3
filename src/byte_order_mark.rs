//! The byte order mark that editors and shells on Windows put at the beginning of a text file.
//!
//! It is no part of the text: whatever reads a file or a pipe of a user takes it off here.

/// The mark, in UTF-8.
const MARK: &str = "\u{feff}";

/// A text without the mark at its beginning.
pub fn off(text: &str) -> &str {
    text.strip_prefix(MARK).unwrap_or(text)
}

/// As [`off`], of bytes.
pub fn off_bytes(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(MARK.as_bytes()).unwrap_or(bytes)
}

/// Reads a text file, without the mark at its beginning.
///
/// # Errors
/// As [`std::fs::read_to_string`].
pub fn read(path: impl AsRef<std::path::Path>) -> std::io::Result<String> {
    let text = std::fs::read_to_string(path)?;
    Ok(owned(text))
}

/// As [`off`], of a text that is handed on.
pub fn owned(text: String) -> String {
    match text.strip_prefix(MARK) {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}
