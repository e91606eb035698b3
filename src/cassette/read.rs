//! Reading a recording, with the line of what is wrong in it.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use super::{FORMAT, Header, Line, VERSION};
use crate::byte_order_mark;
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

/// A recording that is read line by line, however long it is.
///
/// A last line that was cut, as a process that was killed leaves it, is no line: what was recorded
/// before it counts.
#[derive(Debug)]
pub struct Reader {
    name: String,
    file: BufReader<File>,
    header: Header,
    number: usize,
    /// Where the next line begins, in bytes.
    offset: u64,
    is_cut: bool,
}

/// Reads the recording at `path`, whole.
///
/// # Errors
/// Names the file and the line that is no line of a recording, or a newer version than this binary
/// reads.
pub fn read(path: &Path) -> Result<Recording> {
    let reader = open(path)?;
    Ok(Recording {
        header: reader.header.clone(),
        lines: reader.collect::<Result<_>>()?,
    })
}

/// Opens the recording at `path`.
///
/// # Errors
/// As [`read`], of its first line.
pub fn open(path: &Path) -> Result<Reader> {
    let name = path.display().to_string();
    let file =
        File::open(path).map_err(|error| Error::usage(format!("cannot read {name}: {error}")))?;
    if file.metadata().is_ok_and(|meta| meta.is_dir()) {
        return Err(Error::usage(format!(
            "{name} is a folder, and no recording"
        )));
    }
    let header = Header {
        format: FORMAT.into(),
        version: VERSION,
        started_at: String::new(),
        written_by: String::new(),
    };
    let mut reader = Reader {
        name,
        file: BufReader::new(file),
        header,
        number: 0,
        offset: 0,
        is_cut: false,
    };
    let first = reader.bytes()?.unwrap_or_default();
    reader.header = serde_json::from_slice(byte_order_mark::off_bytes(&first))
        .ok()
        .filter(|header: &Header| header.format == FORMAT)
        .ok_or_else(|| reader.refused("this is no recording of chatkit"))?;
    if reader.header.version > VERSION {
        let version = reader.header.version;
        return Err(Error::usage_hint(
            format!(
                "{}:1: the recording has version {version}, this binary reads up to {VERSION}",
                reader.name
            ),
            "use a newer chatkit",
        ));
    }
    Ok(reader)
}

impl Reader {
    /// The first line.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Where the line after the last one that was read begins, in bytes.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Which line was read last, from 1; for messages.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Whether the last line that was read for is not whole, so that it is no line.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The next line that is not empty.
    fn bytes(&mut self) -> Result<Option<Vec<u8>>> {
        loop {
            let mut line = Vec::new();
            self.number += 1;
            std::io::Read::take(&mut self.file, MAX_LINE)
                .read_until(b'\n', &mut line)
                .map_err(|error| Error::io(format!("cannot read {}", self.name), error))?;
            if line.len() as u64 == MAX_LINE {
                return Err(self.refused("the line is longer than 64 MiB"));
            }
            if line.is_empty() {
                return Ok(None);
            }
            self.offset += line.len() as u64;
            if !line.iter().all(u8::is_ascii_whitespace) {
                return Ok(Some(line));
            }
        }
    }

    fn line(&mut self) -> Result<Option<Line>> {
        let Some(bytes) = self.bytes()? else {
            return Ok(None);
        };
        match serde_json::from_slice(&bytes) {
            Ok(line) => Ok(Some(line)),
            Err(_) if !bytes.ends_with(b"\n") => {
                self.offset -= bytes.len() as u64;
                self.is_cut = true;
                Ok(None)
            }
            Err(error) => Err(self.refused(&error.to_string())),
        }
    }

    fn refused(&self, why: &str) -> Error {
        Error::usage(format!("{}:{}: {why}", self.name, self.number))
    }
}

impl Iterator for Reader {
    type Item = Result<Line>;

    fn next(&mut self) -> Option<Result<Line>> {
        self.line().transpose()
    }
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
        let folder = tempfile::tempdir().unwrap();
        let error = read(folder.path()).unwrap_err();
        assert!(error.to_string().ends_with("is a folder, and no recording"));
        assert_eq!(error.code(), 2);
        let header = |version: u32| {
            format!(
                r#"{{"format":"chatkit-recording","version":{version},"started_at":"","written_by":""}}"#
            )
        };
        assert_eq!(
            refusal(&header(9)),
            "FILE:1: the recording has version 9, this binary reads up to 1"
        );
        let broken = format!("{}\n\n{{\"type\":\"event\",\"exch\n", header(1));
        assert!(
            refusal(&broken).starts_with("FILE:3: "),
            "{}",
            refusal(&broken)
        );
    }

    #[test]
    fn a_last_line_that_was_cut_does_not_spoil_what_stands_before_it() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let header =
            r#"{"format":"chatkit-recording","version":1,"started_at":"","written_by":""}"#;
        let end = r#"{"end":{"exchange":1,"at":1.0,"outcome":"complete"}}"#;
        std::fs::write(file.path(), format!("{header}\n{end}\n{{\"event\":{{\"ex")).unwrap();
        let mut reader = open(file.path()).unwrap();
        assert!(matches!(
            reader.next(),
            Some(Ok(Line::End { exchange: 1, .. }))
        ));
        assert!(!reader.is_cut());
        assert!(reader.next().is_none());
        assert!(reader.is_cut());
        assert_eq!(reader.offset(), (header.len() + end.len() + 2) as u64);
    }
}
