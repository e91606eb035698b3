//! What the reference server's types refuse and our lenient shapes let through.
//!
//! Shapes keep what they do not know, so that a client can show it. A server must not: what it took
//! it would have to send again, to clients that cannot read it.

use super::refusal::Refusal;
use crate::protocol::{AddStructuredInput, AnswerStatus, Request, UserContent, UserMessageInput};

/// Checks what decoding leaves open.
pub(super) fn request(request: &Request) -> Result<(), Refusal> {
    match request {
        Request::CreateThread(params) => message(&params.input),
        Request::AddUserMessage(params) => message(&params.input),
        Request::AddStructuredInput(params) => submission(params),
        _ => Ok(()),
    }
}

fn message(input: &UserMessageInput) -> Result<(), Refusal> {
    for (index, part) in input.content.iter().enumerate() {
        if let UserContent::Unknown(unknown) = part {
            let message = format!(
                "unknown type `{}`; a part of a message is one of {}",
                unknown.kind,
                UserContent::TYPES.join(", ")
            );
            let param = format!("params.input.content[{index}].type");
            return Err(Refusal {
                code: "unknown_type",
                ..Refusal::invalid(param, message)
            });
        }
    }
    Ok(())
}

fn submission(params: &AddStructuredInput) -> Result<(), Refusal> {
    match &params.input.status {
        AnswerStatus::Answered | AnswerStatus::Skipped => Ok(()),
        status => {
            let message = format!("a form is handed in as answered or skipped, not as {status}");
            Err(Refusal::invalid("params.input.status", message))
        }
    }
}
