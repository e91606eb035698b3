//! What commands read: stdin, JSON arguments and files.

use std::io::Read;

use serde_json::value::RawValue;

use crate::byte_order_mark;
use crate::cancel::Cancel;
use crate::error::{Error, Result};

/// How much of stdin is taken for a text or a JSON argument.
const LIMIT: u64 = 32 * 1024 * 1024;

/// All of stdin, as text.
///
/// # Errors
/// Wrong usage when it is not UTF-8 or larger than 32 MiB; [`Error::Interrupted`] by Ctrl-C.
pub async fn stdin_text(cancel: &Cancel) -> Result<String> {
    // A read from a terminal cannot be given up.
    aside(cancel, read_stdin).await?
}

/// Does something lengthy on a thread of its own, which Ctrl-C does not wait for.
///
/// # Errors
/// [`Error::Interrupted`] by Ctrl-C.
pub async fn aside<T: Send + 'static>(
    cancel: &Cancel,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    let working = tokio::task::spawn_blocking(work);
    tokio::select! {
        biased;
        () = cancel.requested() => Err(Error::Interrupted),
        done = working => match done {
            Ok(done) => Ok(done),
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        },
    }
}

fn read_stdin() -> Result<String> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .take(LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::io("cannot read stdin", error))?;
    if bytes.len() as u64 > LIMIT {
        return Err(Error::usage("stdin holds more than 32 MiB"));
    }
    let text = String::from_utf8(bytes).map_err(|_| Error::usage("stdin is not UTF-8"))?;
    Ok(byte_order_mark::owned(text))
}

/// A JSON argument, word for word; `-` reads stdin.
///
/// # Errors
/// Wrong usage that says where the JSON is malformed.
pub async fn json(name: &str, text: &str, cancel: &Cancel) -> Result<Box<RawValue>> {
    let read;
    let text = if text == "-" {
        read = stdin_text(cancel).await?;
        &read
    } else {
        text
    };
    serde_json::from_str(text.trim())
        .map_err(|error| Error::usage(format!("{name} is not JSON: {error}")))
}

/// Splits `NAME=VALUE`.
///
/// # Errors
/// A message for clap.
pub fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE".into()),
    }
}
