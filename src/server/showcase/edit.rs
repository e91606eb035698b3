//! The words that change what is done: replaced, removed, hidden; and the mark of a turn's end.

use serde_json::json;

use super::super::mint::IdKind;
use super::super::script::Script;
use super::message::StreamedMessage;
use super::stage::{Scene, chain, done, message, removed, replaced, steps, tokens};
use crate::protocol::{Extra, HiddenContext, Item, ItemKind, Object, OutputText};

/// `replace`: a message is done, then another one takes its place under the same id.
pub(super) fn replace(scene: &Scene) -> Script {
    let item = scene.item(IdKind::Message, message(Vec::new()));
    let text = OutputText::new("This message **took the place** of the first one.");
    let second = Item {
        kind: message(vec![text]),
        ..item.clone()
    };
    chain(vec![
        typed(item, "This is the first message, which will be replaced."),
        steps(vec![scene.beat(), replaced(second)]),
    ])
}

/// `remove`: a message is done, then it is gone.
pub(super) fn remove(scene: &Scene) -> Script {
    let item = scene.item(IdKind::Message, message(Vec::new()));
    let id = item.id.clone();
    chain(vec![
        typed(item, "This message goes away again."),
        steps(vec![scene.beat(), removed(id)]),
        scene.text("A message stood here, and was removed."),
    ])
}

/// `hidden`: context for the model, which no client ever sees.
pub(super) fn hide(scene: &Scene) -> Script {
    let context = HiddenContext {
        content: json!({"note": "the user looks at the showcase", "page": 3}),
        extra: Extra::default(),
    };
    let item = scene.item(IdKind::Message, ItemKind::HiddenContext(context));
    let text = format!(
        "A hidden item, `{}`, was stored just now. It is never sent: neither in this stream, nor when the items are listed.",
        item.id
    );
    chain(vec![steps(vec![done(item)]), scene.text(&text)])
}

/// `end`: the mark behind an answer.
pub(super) fn end(scene: &Scene) -> Script {
    chain(vec![
        scene.text("Behind this message stands the mark that the turn ends."),
        steps(vec![end_of_turn(scene)]),
    ])
}

/// The mark that the assistant has nothing more to say in this turn.
fn end_of_turn(scene: &Scene) -> super::super::script::Step {
    done(scene.item(IdKind::Message, ItemKind::EndOfTurn(Object::new())))
}

/// Streams a text into a message whose id is needed later.
fn typed(item: Item, text: &str) -> Script {
    let pieces = tokens(text).into_iter();
    Box::new(StreamedMessage::new(item, pieces, Vec::new()))
}
