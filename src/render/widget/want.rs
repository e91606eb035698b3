//! How many columns a component would like to have, told without drawing it: a row inside of a
//! row would else be drawn twice for each level.

use super::action::{DEEPEST, MOST, children};
use super::frame::GAP;
use super::leaf;
use crate::protocol::widget::{Component, ComponentKind};
use crate::render::image;

fn widest(text: &str) -> usize {
    text.lines().map(crate::render::width).max().unwrap_or(0)
}

/// The columns that a component would like to have.
pub fn want(component: &Component, depth: usize) -> usize {
    if depth > DEEPEST {
        return 20;
    }
    let inside = || {
        children(component)
            .iter()
            .take(MOST)
            .map(|child| want(child, depth + 1))
            .collect::<Vec<_>>()
    };
    let side_by_side = |wants: Vec<usize>| {
        let gaps = GAP * wants.len().saturating_sub(1);
        wants
            .iter()
            .fold(gaps, |sum, want| sum.saturating_add(*want))
    };
    match &component.kind {
        ComponentKind::Text(body) => widest(&body.value),
        ComponentKind::Title(body) => widest(&body.value),
        ComponentKind::Caption(body) => widest(&body.value),
        ComponentKind::Label(body) => widest(&body.value),
        ComponentKind::Markdown(body) => widest(&body.value) + 2,
        ComponentKind::Badge(body) => widest(&body.label) + 2,
        ComponentKind::Button(body) => {
            let disabled = if body.disabled == Some(true) { 11 } else { 0 };
            widest(leaf::button_label(body)) + 6 + disabled
        }
        ComponentKind::Icon(body) => widest(&body.name) + 2,
        ComponentKind::Image(body) => {
            let alt = body.alt.as_deref().unwrap_or("image");
            let address = image::short_address(&body.src);
            widest(alt) + widest(&address) + 5
        }
        ComponentKind::Spacer(_) => 0,
        ComponentKind::Divider(_) => 8,
        ComponentKind::Row(_) => side_by_side(inside()),
        ComponentKind::ListViewItem(_) => side_by_side(inside()) + 5,
        ComponentKind::Box(body) if body.direction.as_deref() == Some("row") => {
            side_by_side(inside()) + 4
        }
        ComponentKind::Box(_) => inside().into_iter().max().unwrap_or(0) + 4,
        ComponentKind::Card(_)
        | ComponentKind::ListView(_)
        | ComponentKind::Chart(_)
        | ComponentKind::Table(_) => 60,
        ComponentKind::Unknown(unknown) => inside()
            .into_iter()
            .max()
            .unwrap_or(0)
            .max(widest(&unknown.kind) + 2)
            .max(20),
        _ if children(component).is_empty() => 40,
        _ => inside().into_iter().max().unwrap_or(0),
    }
}
