//! `chatkit thread import`: exported threads, into a store or message by message into a backend.

#![allow(
    clippy::doc_markdown,
    reason = "the doc comments of arguments are the help text, which is no Markdown"
)]

mod asked;
mod counts;
mod excerpt;
mod journal;
mod keep;
mod read;
mod send;

use std::path::PathBuf;

use clap::Args;
use secrecy::{ExposeSecret, SecretString};

use crate::cancel::Cancel;
use crate::command::Context;
use crate::error::{Error, Result};
use crate::store::{self, StoreUrl};
use crate::ui::Ui;
use journal::Journal;
use keep::{Keeper, OnConflict};
use read::{Part, Parts};
use send::Sender;

/// What is imported, and where to.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  chatkit thread import threads.jsonl --store sqlite:chat.db
  chatkit thread import threads.jsonl --store sqlite:chat.db --user ann
  chatkit thread import threads.jsonl --url http://localhost:8000/chatkit

Into a store, each thread is put whole or not at all, with its ids and times. An import that is run
again doubles nothing: a thread that is there already stays, and gets the items that it lacks. One
that differs otherwise is left alone and told, unless --replace is given; the exit code is 3 then.
A thread that is not whole in the file is told and left out; the exit code is 2 then.
Threads belong to the user that the file names, or else to 'local', whose threads 'serve --mock'
shows at /chatkit; --user gives all of them to one user.

Without --store, what the user said is sent to the backend, message by message; the answers, ids and
times are the backend's own. Each thread is printed with the one that it became. What was sent is
noted in FILE.sent, so that after an interruption the same command goes on.")]
pub struct ImportArgs {
    /// A file of 'chatkit thread export'
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// The store to import into: sqlite:FILE or postgres://…; a password may also come from PGPASSWORD
    #[arg(long, value_name = "STORE")]
    store: Option<SecretString>,

    /// Put the file's version in the place of threads of the store that differ
    #[arg(long, requires = "store")]
    replace: bool,
}

/// Puts the threads of the file into the store, or sends them to the backend.
///
/// # Errors
/// Wrong usage: no such store, or a file that holds no whole threads; a store or a backend that
/// fails; threads that differ from those of the store.
pub async fn run(args: ImportArgs, context: Context<'_>) -> Result<()> {
    let parts = Parts::open(&args.file)?;
    match &args.store {
        Some(store) => to_store(&args, store, parts, context).await,
        None => to_backend(&args, parts, context).await,
    }
}

async fn to_store(
    args: &ImportArgs,
    store: &SecretString,
    mut parts: Parts,
    context: Context<'_>,
) -> Result<()> {
    let url: StoreUrl = store.expose_secret().parse()?;
    if matches!(url, StoreUrl::Memory) {
        return Err(Error::usage_hint(
            "what is imported into memory is gone with this command",
            "name a store that stays, for example --store sqlite:chat.db",
        ));
    }
    let on_conflict = if args.replace {
        OnConflict::Replace
    } else {
        OnConflict::Leave
    };
    let user = context.global.target.user.clone();
    let store = store::open(&url).await?;
    let mut keeper = Keeper::new(store.as_ref(), user, on_conflict);
    let kept = keep(&mut parts, &mut keeper, &context.cancel, context.ui).await;
    // What is whole stays, whatever ended it.
    let finished = keeper.finish().await;
    let kept = kept.and(finished);
    let (counts, owners) = keeper.into_counts();
    store.close().await;
    if kept.is_ok() && counts.is_empty() {
        parts.verdict(context.ui)?;
        return Err(nothing(args, &parts));
    }
    counts.tell(&url, context.ui)?;
    keep::tell_owners(&owners, &url, context.ui);
    kept?;
    parts.verdict(context.ui).and(counts.verdict())
}

async fn keep(
    parts: &mut Parts,
    keeper: &mut Keeper<'_>,
    cancel: &Cancel,
    ui: &mut Ui,
) -> Result<()> {
    while let Some(part) = parts.next()? {
        if cancel.is_requested() {
            return Err(Error::Interrupted);
        }
        match part {
            Part::Thread(thread) => keeper.begin(*thread).await?,
            Part::Item(item) => keeper.item(*item).await?,
            Part::End => keeper.end(ui).await?,
        }
    }
    Ok(())
}

async fn to_backend(args: &ImportArgs, mut parts: Parts, mut context: Context<'_>) -> Result<()> {
    let connection = context.connect().await.map_err(without_place)?;
    let backend = &connection.backend;
    let journal = Journal::open(&args.file, &backend.describe())?;
    let mut sender = Sender::new(backend, journal, &context.cancel);
    let sent = send(&mut parts, &mut sender, context.ui).await;
    if sent.is_ok() && sender.counts.is_empty() {
        parts.verdict(context.ui)?;
        return Err(nothing(args, &parts));
    }
    sender.counts.tell(&backend.describe(), context.ui);
    sent.and(parts.verdict(context.ui))
}

async fn send(parts: &mut Parts, sender: &mut Sender<'_>, ui: &mut Ui) -> Result<()> {
    while let Some(part) = parts.next()? {
        match part {
            Part::Thread(thread) => sender.begin(&thread, ui).await?,
            Part::Item(item) => sender.item(*item).await?,
            Part::End => sender.end(ui).await?,
        }
    }
    Ok(())
}

/// Says that a store would do as well as the backend that is missing.
fn without_place(error: Error) -> Error {
    match error {
        Error::Usage {
            message,
            hint: Some(hint),
        } => Error::Usage {
            message,
            hint: Some(format!("to import into a store, pass --store; else {hint}")),
        },
        other => other,
    }
}

fn nothing(args: &ImportArgs, parts: &Parts) -> Error {
    let file = args.file.display();
    if parts.streams == 0 {
        return Error::usage(format!("{file} holds no thread"));
    }
    Error::usage_hint(
        format!("{file} is a recording of turns, and holds no exported thread"),
        "export the threads with 'chatkit thread export'",
    )
}
