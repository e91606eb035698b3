//! Reading a recording, with the line of what is wrong in it.

use std::io::{BufRead, BufReader};
use std::path::Path;

use super::{FORMAT, Header, Line, VERSION};
use crate::error::{Error, Result};

/// The longest line that is read, in bytes: an event of the largest size, and what stands around it.
const MAX_LINE: u64 = 64 * 1024 * 1024;

/// A recording, whole.
#[derive(Debug)]
pub struct Recording {
    /// The first line.
    pub header: Header,
    /// The lines after it.
    pub lines: Vec<Line>,
}

/// Reads the recording at `path`.
///
/// # Errors
/// Names the file and the line that is no line of a recording, or a newer version than this binary
/// reads.
pub fn read(path: &Path) -> Result<Recording> {
    let name = path.display();
    let failed = |error| Error::io(format!("cannot read {name}"), error);
    let mut file = BufReader::new(std::fs::File::open(path).map_err(failed)?);
    let mut next = |number: usize| -> Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        std::io::Read::take(&mut file, MAX_LINE)
            .read_until(b'\n', &mut line)
            .map_err(failed)?;
        if line.len() as u64 == MAX_LINE {
            return Err(Error::usage(format!(
                "{name}:{number}: the line is longer than 64 MiB"
            )));
        }
        Ok((!line.is_empty()).then_some(line))
    };
    let first = next(1)?.unwrap_or_default();
    let header: Header = serde_json::from_slice(&first)
        .ok()
        .filter(|header: &Header| header.format == FORMAT)
        .ok_or_else(|| Error::usage(format!("{name}:1: this is no recording of chatkit")))?;
    if header.version > VERSION {
        return Err(Error::usage_hint(
            format!(
                "{name}:1: the recording has version {}, this binary reads up to {VERSION}",
                header.version
            ),
            "use a newer chatkit",
        ));
    }
    let mut lines = Vec::new();
    for number in 2.. {
        let Some(line) = next(number)? else { break };
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let line = serde_json::from_slice(&line)
            .map_err(|error| Error::usage(format!("{name}:{number}: {error}")))?;
        lines.push(line);
    }
    Ok(Recording { header, lines })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let message = read(file.path()).unwrap_err().to_string();
        message.replace(&file.path().display().to_string(), "FILE")
    }

    #[test]
    fn what_is_no_recording_is_refused_with_its_line() {
        assert_eq!(refusal(""), "FILE:1: this is no recording of chatkit");
        assert_eq!(refusal("{}\n"), "FILE:1: this is no recording of chatkit");
        let header = |version: u32| {
            format!(
                r#"{{"format":"chatkit-recording","version":{version},"started_at":"","written_by":""}}"#
            )
        };
        assert_eq!(
            refusal(&header(9)),
            "FILE:1: the recording has version 9, this binary reads up to 1"
        );
        let broken = format!("{}\n\n{{\"type\":\"event\",\"exch", header(1));
        assert!(
            refusal(&broken).starts_with("FILE:3: "),
            "{}",
            refusal(&broken)
        );
    }
}
