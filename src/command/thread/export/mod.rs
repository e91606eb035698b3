//! `chatkit thread export`: threads with their items, as a recording.
//!
//! Each thread is an exchange of `threads.get_by_id`, with its items in exchanges of `items.list`
//! behind it. What the REST API shows is written as the protocol would show it.

#![allow(
    clippy::doc_markdown,
    reason = "the doc comments of arguments are the help text, which is no Markdown"
)]

mod left;
mod patience;
mod source;
mod writer;

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use crate::cassette::{Recorder, Redactor, partial};
use crate::command::Context;
use crate::error::{Error, Result};
use crate::plural::{are, plural};
use crate::protocol::ThreadId;
use crate::ui::{Style, Ui};
use left::Left;
use patience::Patience;
use source::Source;
use writer::Export;

/// Which threads, and where to.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  chatkit thread export thr_1 > thread.jsonl
  chatkit thread export --all -o threads.jsonl

After an interruption the same command goes on with what it left in FILE.partial: what has changed
meanwhile is exported anew, all else is kept. Secrets are taken out. Files that were attached are
described, their bytes are not in the export.")]
pub struct ExportArgs {
    /// The threads
    #[arg(
        value_name = "ID",
        required_unless_present = "all",
        conflicts_with = "all"
    )]
    ids: Vec<ThreadId>,

    /// All threads; where the hosted API is asked with a key, of all users or of --user
    #[arg(long)]
    all: bool,

    /// Write to this file, which is there when it is whole; - is stdout
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
}

/// Writes the threads.
///
/// # Errors
/// Whatever the backend's answers make, and a file that cannot be written.
pub async fn run(args: ExportArgs, mut context: Context<'_>) -> Result<()> {
    let link = context.connect_any().await?;
    let source = Source {
        link: &link,
        patience: Patience {
            cancel: &context.cancel,
        },
    };
    if args.output == Path::new("-") {
        return to_stdout(&args, source, context.ui).await;
    }
    let (recorder, left) = left::begin(&args.output, &source.describe())?;
    same_selection(&args, &left)?;
    if !left.threads.is_empty() {
        let count = left.threads.len();
        let (threads, are) = (plural(count, "thread"), are(count));
        let note = format!("going on: {threads} {are} there already");
        context.ui.note(Style::Dim, &note);
    }
    let mut export = Export::new(source, recorder, left);
    let written = export.write(args.selection(), context.ui).await;
    if let Err(error) = written {
        export.recorder.leave()?;
        let beside = partial(&args.output);
        let note = format!(
            "{} has what is there so far; the same command goes on",
            beside.display()
        );
        context.ui.note(Style::Plain, &note);
        return Err(error);
    }
    let summary = export.summary(Some(&args.output));
    export.finish()?;
    summary.tell(context.ui);
    if context.ui.is_json() {
        let (threads, items) = (summary.threads, summary.items);
        let document = json!({"file": args.output, "threads": threads, "items": items});
        return context.ui.json(&document);
    }
    Ok(())
}

impl ExportArgs {
    /// The threads that are named; none means all.
    fn selection(&self) -> Option<&[ThreadId]> {
        (!self.all).then_some(&self.ids)
    }
}

/// An export of other threads is not gone on with: they would end up in one file.
fn same_selection(args: &ExportArgs, left: &Left) -> Result<()> {
    let Some(ids) = args.selection() else {
        return Ok(());
    };
    let wanted = |id: &String| ids.iter().any(|wanted| wanted.as_str() == id);
    match left.threads.keys().find(|id| !wanted(id)) {
        Some(other) => Err(Error::usage_hint(
            format!(
                "{} is left from an export of other threads, for example {other}",
                partial(&args.output).display()
            ),
            "rename or delete it, or export to another file",
        )),
        None => Ok(()),
    }
}

/// An export to stdout is made in a file first, so that there is none by halves.
async fn to_stdout(args: &ExportArgs, source: Source<'_>, ui: &mut Ui) -> Result<()> {
    let failed = |error| Error::io("cannot write a temporary file", error);
    let folder = tempfile::tempdir().map_err(failed)?;
    let path = folder.path().join("export.jsonl");
    let recorder = Recorder::create(&path, Redactor::default())?;
    let mut export = Export::new(source, recorder, Left::default());
    export.write(args.selection(), ui).await?;
    let summary = export.summary(None);
    export.finish()?;
    let mut file = std::fs::File::open(&path).map_err(failed)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer).map_err(failed)? {
            0 => break,
            count => ui.bytes(&buffer[..count])?,
        }
    }
    ui.flush()?;
    summary.tell(ui);
    Ok(())
}
