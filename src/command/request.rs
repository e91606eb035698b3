//! `chatkit request`: sends any operation, raw.

use clap::Args;
use serde_json::value::RawValue;

use super::{Context, input};
use crate::cancel::Cancel;
use crate::client::{Answer, Turn};
use crate::error::{Breach, Error, Result};
use crate::protocol::{DecodeError, Envelope, Event, Object, Operation, is_json};
use crate::ui::{Style, Ui};

/// Which operation, and with what.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  chatkit request threads.list '{\"limit\": 3}'
  chatkit request threads.get_by_id '{\"thread_id\": \"thr_1\"}' | jq .status
  echo '{\"thread_id\": \"thr_1\"}' | chatkit request threads.delete -

The answer goes to stdout as it was received: one JSON document, or one event a line.")]
pub struct RequestArgs {
    /// The operation, for example threads.list; one that is not known is sent as well
    operation: String,

    /// Its parameters, as JSON; - reads stdin
    #[arg(value_name = "PARAMS-JSON", default_value = "{}")]
    params: String,
}

/// Sends the operation and prints what it answers.
///
/// # Errors
/// Wrong usage when the parameters are not JSON, and whatever the backend's answer makes.
pub async fn run(args: RequestArgs, mut context: Context<'_>) -> Result<()> {
    let params = input::json("PARAMS-JSON", &args.params, &context.cancel).await?;
    if Operation::from_name(&args.operation).is_none() {
        let note = format!(
            "note: '{}' is no operation that is known here",
            args.operation
        );
        context.ui.note(Style::Plain, &note);
    }
    let body = body(&args.operation, &params)?;
    let connection = context.connect().await?;
    let answer = connection
        .backend
        .post(body.into(), &context.cancel)
        .await?;
    match answer {
        Answer::Stream(turn) => stream(*turn, context.ui, &context.cancel).await,
        Answer::Document(document) => {
            check_json(&args.operation, &document.raw)?;
            context.ui.json_line(&document.raw)
        }
    }
}

fn body(operation: &str, params: &RawValue) -> Result<Vec<u8>> {
    serde_json::to_vec(&Envelope {
        kind: operation,
        params,
        metadata: Object::new(),
    })
    .map_err(|error| Error::usage(format!("cannot write the request: {error}")))
}

/// Hands the events on one by one: whoever sends raw requests watches.
async fn stream(mut turn: Turn, ui: &mut Ui, cancel: &Cancel) -> Result<()> {
    let mut failure = None;
    while let Some(frame) = turn.next_frame(cancel).await? {
        let event = Event::decode(&frame.raw);
        if event.is_ok() || is_json(&frame.raw) {
            ui.json_line(&frame.raw)?;
            ui.flush()?;
        }
        match event {
            Ok(Event::Error(event)) => failure = Some(Error::Event(Box::new(event))),
            Ok(_) => {}
            Err(error) => {
                let frame = frame.number;
                failure.get_or_insert(Breach::Event { frame, error }.into());
            }
        }
    }
    failure.map_or(Ok(()), Err)
}

fn check_json(operation: &str, raw: &[u8]) -> Result<()> {
    match serde_json::from_slice::<&RawValue>(raw) {
        Ok(_) => Ok(()),
        Err(error) => Err(Breach::Document {
            operation: operation.to_owned(),
            error: DecodeError {
                path: String::new(),
                message: format!("no JSON document: {error}"),
            },
        }
        .into()),
    }
}
