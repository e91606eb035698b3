//! The words that go wrong: an error, a crash, a connection that dies.

use std::time::Duration;

use super::super::script::{Script, Step};
use super::stage::{Scene, chain, steps};
use crate::protocol::{ErrorEvent, Event, Extra, Update};

/// What `error` says where no message is asked for.
const MESSAGE: &str = "The mock failed, as it was asked to.";

/// Of what an answer is made that does not come to its end.
const UNFINISHED: &str = "This answer breaks off in the middle of a sentence, because the";

/// How long the unfinished text has to leave the buffers before the connection dies: what is still
/// in them is lost, and with it the middle of the answer.
pub(in crate::server) const FLUSH: Duration = Duration::from_millis(50);

/// `error [MESSAGE]`: the app's own error, straight away (`server.py`, `CustomStreamError`).
pub(super) fn error(argument: &str) -> Script {
    let message = if argument.is_empty() {
        MESSAGE
    } else {
        argument
    };
    steps(vec![failure("custom", Some(message))])
}

/// `crash`: what the reference server sends when the answer raises an exception; the message stays
/// open and is not stored.
pub(super) fn crash(scene: &Scene) -> Script {
    chain(vec![
        unfinished(scene),
        steps(vec![failure("stream.error", None)]),
    ])
}

/// `drop`: the connection dies, and nothing says so.
pub(super) fn cut(scene: &Scene) -> Script {
    chain(vec![
        unfinished(scene),
        steps(vec![Step::Wait(FLUSH), Step::Drop]),
    ])
}

/// The steps of a message up to the end of its text, but not the end of the message.
fn unfinished(scene: &Scene) -> Script {
    Box::new(scene.text(UNFINISHED).take_while(|step| {
        !matches!(step, Step::Event(Event::ItemUpdated(updated))
            if matches!(updated.update, Update::PartDone(_)))
    }))
}

fn failure(code: &str, message: Option<&str>) -> Step {
    Step::Event(Event::Error(ErrorEvent {
        code: code.into(),
        message: message.map(Into::into),
        allow_retry: true,
        extra: Extra::default(),
    }))
}
