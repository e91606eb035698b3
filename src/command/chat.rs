//! `chatkit chat`: the interactive conversation. What happens in it is `repl`'s.

use std::path::PathBuf;

use clap::Args;

use super::Context;
use super::send::answers::AnswerArgs;
use crate::config::{self, Need, Target};
use crate::conversation::last::last_thread;
use crate::conversation::tape::Tape;
use crate::error::{Error, Result};
use crate::protocol::ThreadId;
use crate::repl::{self, Ahead, Draft, Pictures, Setup};

/// Where to begin, and how to answer what comes back.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  chatkit chat --mock                          try 'show all', 'show form', 'show widget form'
  chatkit chat --url http://localhost:8000/chatkit
  chatkit chat -c --record talk.jsonl
  printf 'hello\\nand in one sentence?\\n' | chatkit chat --mock

/help lists the commands. Ctrl-C stops an answer, Ctrl-D leaves. Without a terminal each line of
stdin is a message, and nothing is asked.")]
pub struct ChatArgs {
    /// Go on with this thread
    #[arg(long, value_name = "ID", conflicts_with = "continue_last")]
    thread: Option<ThreadId>,

    /// Go on with the last thread of this backend
    #[arg(short, long = "continue")]
    continue_last: bool,

    /// Ask for this model
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,

    /// Ask for this tool to be used
    #[arg(long, value_name = "TOOL")]
    tool_choice: Option<String>,

    /// Attach a file to the first message (repeatable)
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,

    /// Write the turns down to this file, word for word and without secrets
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,

    /// Delete threads without asking
    #[arg(short, long)]
    yes: bool,

    /// How tools and forms are answered.
    #[command(flatten)]
    answers: AnswerArgs,
}

/// Leads the conversation.
///
/// # Errors
/// Wrong usage; without a terminal, also whatever a turn may say.
pub async fn run(args: ChatArgs, mut context: Context<'_>) -> Result<()> {
    let settings = config::resolve(&context.global, &context.around, Need::Protocol)?;
    let connection = context.connect().await?;
    let place = place(&settings.target);
    let state = context.around.state_folder.as_deref();
    let last = context.last_threads();
    let remembered = context
        .remembered(&connection)
        .filter(|_| args.continue_last);
    let thread = if args.continue_last {
        Some(last_thread(remembered.clone(), &connection.backend, &context.cancel).await?)
    } else {
        args.thread
    };
    let name = connection.name.as_deref().unwrap_or("mock");
    // What is not asked for is recorded all the same, for `/save`, and gone with the folder.
    let folder = tempfile::tempdir().map_err(|error| Error::io("cannot record", error))?;
    let record = args
        .record
        .unwrap_or_else(|| folder.path().join("chat.jsonl"));
    let setup = Setup {
        history: state.map(|folder| repl::history_file(folder, name)),
        tape: Tape::to(Some(&record))?,
        draft: Draft {
            model: args.model,
            tool: args.tool_choice,
            ..Draft::default()
        },
        ahead: ahead(&settings.target),
        attach: args.attach,
        pictures: Pictures::in_folder(state.map(|folder| folder.join("images"))),
        answers: args.answers.or(&settings.tools),
        yes: args.yes,
        vars: context.around.vars.clone(),
        cancel: context.cancel.clone(),
        interrupts: context.interrupts.clone(),
        backend: connection.backend.clone(),
        name: connection.memory.clone(),
        place,
        thread,
        last,
    };
    match repl::run(setup, context.ui).await {
        Err(error) => {
            let told = context.forget_if_gone(remembered.as_ref(), &connection, error);
            Err(told.await)
        }
        Ok(()) => Ok(()),
    }
}

fn ahead(target: &Target) -> Ahead {
    match target {
        Target::Hosted(hosted) if hosted.client_secret.is_none() => Ahead::Wait,
        _ => Ahead::Ask,
    }
}

/// Where the backend is, as short as it can be said.
fn place(target: &Target) -> String {
    let url = match target {
        Target::Mock { .. } => return "mock".to_owned(),
        Target::SelfHosted(url) => url,
        Target::Hosted(hosted) => &hosted.api_base,
    };
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}
