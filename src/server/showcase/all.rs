//! `all`: every state that is no error, in one turn.

use super::super::script::Script;
use super::stage::{Scene, chain};
use super::{edit, form, image, signal, text, thread, tool, widget, work};

/// Every event type, every update and every kind of item that is sent.
///
/// The thread is active at the end, and the pending client tool call comes last, because a turn
/// ends there.
pub(super) fn show(scene: &Scene) -> Script {
    let mut parts = vec![
        signal::progress(scene),
        work::workflow(scene, ""),
        work::workflow(scene, "custom"),
        work::task(scene),
        text::words(scene, "20"),
        text::markdown(scene),
        text::cite(scene),
        signal::notice(scene, ""),
        signal::effect(scene),
        thread::title(scene, ""),
        image::generate(scene),
    ];
    parts.extend(widget::names().map(|name| widget::show(scene, name)));
    parts.extend([
        edit::replace(scene),
        edit::remove(scene),
        edit::hide(scene),
        form::ask(scene),
        thread::lock(scene),
        thread::close(scene),
        thread::open(scene),
        edit::end(scene),
        tool::call(scene, ""),
    ]);
    chain(parts)
}
