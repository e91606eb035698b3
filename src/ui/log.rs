//! What the program does, told on stderr to whoever asks for it.

use std::io::{self, Write};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;

use super::{Verbosity, verbosity};
use crate::options::OutputOptions;
use crate::render::clean::clean;
use crate::secret::hide;

/// Sends what the program does to stderr: with `-v` its steps, with `-vv` everything.
///
/// Only our own crate speaks, because a library's log might hold a header.
pub fn start_log(options: &OutputOptions) {
    let level = match verbosity(options) {
        Verbosity::Verbose => LevelFilter::DEBUG,
        Verbosity::Trace => LevelFilter::TRACE,
        Verbosity::Quiet | Verbosity::Normal => return,
    };
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(|| Log)
        .with_ansi(false)
        .with_target(false)
        .without_time();
    let own_crate = Targets::new().with_target("chatkit", level);
    let log = tracing_subscriber::registry().with(lines).with(own_crate);
    // A second call is a test's; the first log stays.
    let _ = tracing::subscriber::set_global_default(log);
}

/// Where the log goes: to stderr, whatever a backend has put into it.
struct Log;

impl Write for Log {
    /// Takes a whole line, which is what the log hands over.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        let text = clean(&text);
        io::stderr().write_all(hide(&text).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
