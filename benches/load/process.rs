//! A mock that the generator starts and ends.

use crate::cores::Placement;
use crate::error::{Error, Result};
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Far over any start worth measuring.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running `chatkit serve --mock`; dropping it ends the process.
pub struct Mock {
    child: Child,
    /// `http://127.0.0.1:PORT`, as the process itself says.
    pub base: String,
    pub spawned: Instant,
    /// From the spawn to the line that says where it listens.
    pub listening_after: Duration,
}

impl Mock {
    pub fn start(binary: &Path, pace: Duration, store: &str, placement: Placement) -> Result<Self> {
        let pace = format!("{}ms", pace.as_millis());
        Self::serve(
            binary,
            &["--mock", "--pace", &pace, "--store", store],
            placement,
        )
    }

    /// A running `chatkit serve` of any kind.
    pub fn serve(binary: &Path, args: &[&str], placement: Placement) -> Result<Self> {
        let mut command = Command::new(binary);
        command
            .args(["serve", "--port", "0", "--json"])
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let spawned = Instant::now();
        let mut child = placement
            .start(&mut command)
            .map_err(Error::doing(binary.display()))?;
        let stdout = child.stdout.take().expect("stdout was asked for above");
        let mut mock = Self {
            child,
            base: String::new(),
            spawned,
            listening_after: Duration::ZERO,
        };
        let (line, at) = first_line(stdout)?;
        mock.base = listening_url(&line)?;
        mock.listening_after = at - spawned;
        Ok(mock)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone after this.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The first line, and when it came. The rest is read to its end and forgotten, because a full
/// pipe would stop the server and a closed one would end it.
fn first_line(stdout: ChildStdout) -> Result<(String, Instant)> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut stdout = BufReader::new(stdout);
        let mut line = String::new();
        if matches!(stdout.read_line(&mut line), Ok(1..)) {
            // The receiver may have lost its patience.
            let _ = sender.send((line, Instant::now()));
        }
        let _ = std::io::copy(&mut stdout, &mut std::io::sink());
    });
    receiver
        .recv_timeout(PATIENCE)
        .map_err(|_| Error::new("the server ended, or was silent, before it said where it listens"))
}

fn listening_url(line: &str) -> Result<String> {
    let event: Value = serde_json::from_str(line)
        .map_err(|_| Error::new(format!("expected the listening event, got {line:?}")))?;
    match (event["event"].as_str(), event["url"].as_str()) {
        (Some("listening"), Some(url)) => Ok(url.to_owned()),
        _ => Err(Error::new(format!(
            "expected the listening event, got {line:?}"
        ))),
    }
}
