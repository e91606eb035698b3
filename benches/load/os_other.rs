//! The double of `os_linux.rs` elsewhere: nothing is pinned, and what is not known is `None`.

use std::fs::File;
use std::io;

pub fn pin(_core: usize) -> bool {
    false
}

/// Left to the shell; a limit that is too low shows as a connection that does not open.
#[expect(clippy::unnecessary_wraps, reason = "the signature is Linux's")]
pub fn raise_open_files(_wanted: u64) -> io::Result<()> {
    Ok(())
}

pub fn cpu_seconds(_pid: u32) -> Option<f64> {
    None
}

pub fn resident_kb(_pid: u32) -> Option<u64> {
    None
}

pub fn peak_kb(_pid: u32) -> Option<u64> {
    None
}

/// There is none that is asked for in the same way everywhere.
pub fn terminal(_columns: u16, _rows: u16) -> io::Result<(File, File)> {
    Err(io::ErrorKind::Unsupported.into())
}
