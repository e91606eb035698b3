//! `chatkit send`: posts one message and prints the answer as it arrives.

pub(crate) mod answers;
mod hints;
mod message;

use std::path::PathBuf;

use clap::Args;

use super::Context;
use super::connect::Connection;
use crate::config::Need;
use crate::conversation::Conversation;
use crate::conversation::answers::{Answers, Next};
use crate::conversation::history::all_items;
use crate::conversation::last::{last_thread, may_be_gone};
use crate::conversation::tape::Tape;
use crate::error::{Error, Result};
use crate::protocol::{AddUserMessage, CreateThread, Extra, Request, Thread, ThreadId, ThreadRef};
use crate::repl::{Pictures, Screen, Sight};
use crate::ui::Style;
use answers::AnswerArgs;
use message::MessageArgs;

/// How often tools and forms are answered before we stop believing that it will end.
const MAX_ROUNDS: usize = 25;

/// What to send, where, and how to answer what comes back.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  chatkit send --mock 'show markdown'
  chatkit send --url http://localhost:8000/chatkit 'hello'
  git diff | chatkit send 'what does this change do?' -
  chatkit send -c 'and in one sentence?'
  chatkit send 'weather?' --tool-cmd get_weather=./weather.sh
  chatkit send 'show form' --answer size=large

The assistant's text and the text of widgets go to stdout, all else to stderr; a terminal is shown
all of it as 'chatkit chat' does. With --json every
event goes to stdout as it was received, one a line.

A tool's command gets the call's arguments as JSON on stdin, and CHATKIT_TOOL_NAME,
CHATKIT_TOOL_CALL_ID and CHATKIT_THREAD_ID in its environment; its stdout is the result, as JSON.")]
pub struct SendArgs {
    /// What is said.
    #[command(flatten)]
    message: MessageArgs,

    /// Continue this thread instead of starting one
    #[arg(long, value_name = "ID", conflicts_with = "continue_last")]
    thread: Option<ThreadId>,

    /// Continue the last thread of this backend
    #[arg(short, long = "continue")]
    continue_last: bool,

    /// Write the turns down to this file, word for word and without secrets
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,

    /// How tools and forms are answered.
    #[command(flatten)]
    answers: AnswerArgs,
}

/// Sends the message, shows the answer, and answers tools and forms for as long as it can.
///
/// # Errors
/// Wrong usage, and whatever the backend's answer makes.
pub async fn run(args: SendArgs, mut context: Context<'_>) -> Result<()> {
    let answers_only = args.message.is_empty() && args.answers.any();
    let text = if answers_only {
        None
    } else {
        Some(args.message.text(&context.cancel).await?)
    };
    let answers = args.answers.or(&context.settings(Need::Protocol)?.tools);
    let connection = context.connect().await?;
    let remembered = context
        .remembered(&connection)
        .filter(|_| args.continue_last);
    let thread = thread(&args, remembered.clone(), &connection, &context).await?;
    let mut conversation = Conversation {
        tape: Tape::to(args.record.as_deref())?,
        ..Conversation::default()
    };
    if let (true, Some(id)) = (args.continue_last && !context.ui.is_json(), &thread) {
        conversation.view.tell_thread(id.as_str(), context.ui);
    }
    let first = if let Some(text) = text {
        let message = message(text, &args, thread.clone(), &connection, &mut context);
        message.await.map(Next::Request)
    } else {
        let thread = thread.as_ref();
        resume(
            &answers,
            thread,
            &connection,
            &mut conversation,
            &mut context,
        )
        .await
    };
    let outcome = match first {
        Ok(first) => {
            converse(
                first,
                &answers,
                &connection,
                &mut conversation,
                &mut context,
            )
            .await
        }
        Err(error) => Err(error),
    };
    let finished = std::mem::take(&mut conversation.tape).finish(context.ui);
    let outcome = match outcome {
        Err(error) if is_not_there(&error) || may_be_gone(&error) && remembered.is_some() => {
            let remembered = remembered.as_ref();
            let told = context.forget_if_gone(remembered, &connection, error);
            Err(told.await)
        }
        outcome => {
            // Of a thread that never answered nobody knows that it is there.
            let given = thread
                .as_ref()
                .filter(|_| outcome.is_ok() || conversation.transcript.items().next().is_some());
            remember(&connection, &conversation, given, &context);
            outcome
        }
    };
    finished.and(outcome)
}

fn is_not_there(error: &Error) -> bool {
    matches!(error, Error::Http(failure) if failure.status == 404)
}

async fn converse(
    first: Next,
    answers: &Answers,
    connection: &Connection,
    conversation: &mut Conversation,
    context: &mut Context<'_>,
) -> Result<()> {
    let mut next = first;
    let mut screen = screen(context);
    for _ in 0..=MAX_ROUNDS {
        let request = match next {
            Next::Request(request) => request,
            Next::Nothing => {
                tell_actions(screen.as_ref(), connection, conversation, context);
                return Ok(());
            }
        };
        play(&request, &mut screen, connection, conversation, context).await?;
        let (ui, cancel) = (&mut *context.ui, &context.cancel);
        next = answers
            .next(conversation, connection.stays(), ui, cancel)
            .await?;
    }
    Err(Error::usage_hint(
        format!("the backend still asks after {MAX_ROUNDS} answers"),
        "give it an answer that it can use",
    ))
}

/// What shows the answer as `chat` does; none where nobody sees it, or nothing can be drawn.
fn screen(context: &Context<'_>) -> Option<Screen> {
    let ui = &context.ui;
    if ui.is_json() || !ui.out_is_terminal() {
        return None;
    }
    let sight = Sight::of(&context.around.vars, ui.has_color());
    let state = context.around.state_folder.as_deref();
    let pictures = Pictures::in_folder(state.map(|folder| folder.join("images")));
    sight.draws.then(|| Screen::new(sight).keeping(pictures))
}

async fn play(
    request: &Request,
    screen: &mut Option<Screen>,
    connection: &Connection,
    conversation: &mut Conversation,
    context: &mut Context<'_>,
) -> Result<()> {
    let (backend, ui, cancel) = (&connection.backend, &mut *context.ui, &context.cancel);
    let Some(screen) = screen else {
        return conversation.play(backend, request, ui, cancel).await;
    };
    screen.begin();
    let played = conversation
        .perform(screen, backend, request, ui, cancel)
        .await;
    screen.rest();
    if let Some(thread) = conversation.transcript.thread() {
        conversation.view.tell_thread(thread.id.as_str(), ui);
    }
    played
}

/// Says how the actions are used whose numbers stand on the screen.
fn tell_actions(
    screen: Option<&Screen>,
    connection: &Connection,
    conversation: &Conversation,
    context: &mut Context<'_>,
) {
    let Some(screen) = screen else { return };
    let shown = screen.numbered();
    let hints = hints::hints(shown.filter_map(|(id, first)| {
        let item = conversation.transcript.item(id)?;
        Some((item, first))
    }));
    if connection.name.is_none() && !hints.is_empty() {
        let hint =
            "the mock ends here, and its widgets with it: 'chatkit chat --mock' takes the numbers";
        return context.ui.note(Style::Dim, hint);
    }
    for hint in hints {
        context.ui.note(Style::Dim, &hint);
    }
}

/// The thread that is continued; none starts one.
async fn thread(
    args: &SendArgs,
    remembered: Option<ThreadId>,
    connection: &Connection,
    context: &Context<'_>,
) -> Result<Option<ThreadId>> {
    if !args.continue_last {
        return Ok(args.thread.clone());
    }
    let thread = last_thread(remembered, &connection.backend, &context.cancel).await?;
    Ok(Some(thread))
}

async fn message(
    text: String,
    args: &SendArgs,
    thread: Option<ThreadId>,
    connection: &Connection,
    context: &mut Context<'_>,
) -> Result<Request> {
    let input = args.message.input(text, connection, context).await?;
    Ok(match thread {
        Some(thread_id) => Request::AddUserMessage(AddUserMessage {
            thread_id,
            input,
            extra: Extra::default(),
        }),
        None => Request::CreateThread(CreateThread {
            input,
            extra: Extra::default(),
        }),
    })
}

/// Without a text, the answers are for what the thread waits for already.
async fn resume(
    answers: &Answers,
    thread: Option<&ThreadId>,
    connection: &Connection,
    conversation: &mut Conversation,
    context: &mut Context<'_>,
) -> Result<Next> {
    let Some(thread_id) = thread.cloned() else {
        return Err(Error::usage_hint(
            "nothing to send",
            "pass a text, or --thread ID whose tool or form is to be answered",
        ));
    };
    let request = Request::GetThread(ThreadRef {
        thread_id: thread_id.clone(),
        extra: Extra::default(),
    });
    let mut known: Thread = connection
        .backend
        .call(&request, &context.cancel)
        .await?
        .value;
    known.items = all_items(&connection.backend, &thread_id, &context.cancel).await?;
    conversation.transcript = crate::transcript::Transcript::of(known);
    let (ui, cancel) = (&mut *context.ui, &context.cancel);
    let next = answers.next(conversation, connection.stays(), ui, cancel);
    match next.await? {
        Next::Nothing => Err(Error::usage_hint(
            format!("thread {thread_id} waits for no tool and no form"),
            "pass a text to send",
        )),
        next @ Next::Request(_) => Ok(next),
    }
}

fn remember(
    connection: &Connection,
    conversation: &Conversation,
    given: Option<&ThreadId>,
    context: &Context<'_>,
) {
    let seen = conversation.transcript.thread().map(|thread| &thread.id);
    let last = context.last_threads().zip(connection.memory.as_deref());
    if let (Some((last, name)), Some(thread)) = (last, seen.or(given)) {
        last.set(name, thread);
    }
}
