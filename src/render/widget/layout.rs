//! Containers: boxes, columns, and what stands side by side.

use super::action::{DEEPEST, MOST, Plan, child_path, children};
use super::frame::{GAP, NARROWEST, beside, frame, in_a_row};
use super::want::want;
use super::{chart, control, leaf, rows};
use crate::protocol::widget::{Component, ComponentKind, Layout};
use crate::render::look::Look;
use crate::render::markdown;
use crate::render::markdown::grid::fit;
use crate::render::span::{Line, Style};
use crate::render::wrap::wrap_line;

/// The widest that a card gets.
const WIDEST: usize = 100;

/// The lines of a widget.
pub fn draw(widget: &Component, plan: &Plan, look: &Look) -> Vec<Line> {
    let mut painter = Painter {
        plan,
        look: *look,
        left: MOST,
    };
    let path = widget.kind.type_name().to_owned();
    painter.draw(widget, &path, 0, look.width)
}

/// Draws components; `left` bounds how many.
pub struct Painter<'a> {
    /// The numbers of the actions.
    pub plan: &'a Plan,
    /// The terminal.
    pub look: Look,
    left: usize,
}

impl Painter<'_> {
    /// The lines of a component in this many columns.
    pub fn draw(
        &mut self,
        component: &Component,
        path: &str,
        depth: usize,
        width: usize,
    ) -> Vec<Line> {
        if depth > DEEPEST || self.left == 0 {
            return vec![Line::new("… more is left out", Style::DIM).cut(width)];
        }
        self.left -= 1;
        let look = self.look.with_width(width);
        let number = self.plan.number(path);
        match &component.kind {
            ComponentKind::Card(_) | ComponentKind::ListView(_) => {
                self.framed(component, path, depth, width.min(WIDEST))
            }
            ComponentKind::Box(body) => self.boxed(component, &body.layout, path, depth, width),
            ComponentKind::Row(body) => self.row(component, &body.layout, path, depth, width),
            ComponentKind::Form(_) => {
                let mut lines = self.stack(component, path, depth, width);
                if let Some(number) = number {
                    lines.extend(wrap_line(
                        &leaf::button("Submit", Some(number), false),
                        width,
                    ));
                }
                lines
            }
            ComponentKind::ListViewItem(_) => self.entry(component, path, depth, width),
            ComponentKind::Table(_) => rows::table(self, component, path, depth, width),
            ComponentKind::Chart(body) => chart::chart(body, &look),
            ComponentKind::Text(body) => leaf::text(body, width),
            ComponentKind::Title(body) => leaf::title(body, width),
            ComponentKind::Caption(body) => leaf::caption(body, width),
            ComponentKind::Markdown(body) => markdown::lines(&body.value, &look),
            ComponentKind::Badge(body) => wrap_line(
                &leaf::badge(&body.label, body.color.as_deref(), &look),
                width,
            ),
            ComponentKind::Label(body) => wrap_line(
                &Line::new(body.value.replace('\n', " "), Style::BOLD),
                width,
            ),
            ComponentKind::Button(body) => {
                let disabled = body.disabled == Some(true);
                wrap_line(
                    &leaf::button(leaf::button_label(body), number, disabled),
                    width,
                )
            }
            ComponentKind::Image(body) => leaf::image(body, width, &look),
            ComponentKind::Divider(_) => vec![Line::new("─".repeat(width), Style::DIM)],
            ComponentKind::Icon(body) => {
                let name = crate::render::clean_line(&body.name);
                wrap_line(&Line::new(format!("‹{name}›"), Style::DIM), width)
            }
            ComponentKind::Spacer(_) => Vec::new(),
            ComponentKind::Unknown(unknown) => {
                let name = format!("‹{}›", crate::render::clean_line(&unknown.kind));
                let mut lines = wrap_line(&Line::new(name, Style::DIM), width);
                for key in ["title", "label", "value", "text"] {
                    if let Some(text) = unknown.fields.get(key).and_then(|text| text.as_str()) {
                        lines.extend(crate::render::wrap::wrap(text, Style::PLAIN, width));
                    }
                }
                lines.extend(self.stack(component, path, depth, width));
                lines
            }
            kind => match control::control(kind, number, self.plan, width) {
                Some(lines) => lines,
                None => self.stack(component, path, depth, width),
            },
        }
    }

    /// One below the other.
    fn stack(
        &mut self,
        component: &Component,
        path: &str,
        depth: usize,
        width: usize,
    ) -> Vec<Line> {
        let mut lines = Vec::new();
        let children = children(component);
        for (index, child) in children.iter().enumerate() {
            if self.left == 0 {
                let more = format!("… {} more", children.len() - index);
                lines.push(Line::new(more, Style::DIM).cut(width));
                break;
            }
            lines.extend(self.draw(child, &child_path(path, index), depth + 1, width));
        }
        lines
    }

    fn framed(
        &mut self,
        component: &Component,
        path: &str,
        depth: usize,
        width: usize,
    ) -> Vec<Line> {
        let inner = if width < NARROWEST { width } else { width - 4 };
        let (status, mut lines) = match &component.kind {
            ComponentKind::ListView(list) => {
                let mut lines = Vec::new();
                for (index, child) in list.children.iter().enumerate() {
                    if self.left == 0 {
                        let more = format!("… {} more", list.children.len() - index);
                        lines.push(Line::new(more, Style::DIM));
                        break;
                    }
                    if index > 0 {
                        lines.push(Line::new("─".repeat(inner), Style::DIM));
                    }
                    lines.extend(self.draw(child, &child_path(path, index), depth + 1, inner));
                }
                (list.status.as_ref(), lines)
            }
            ComponentKind::Card(card) => (
                card.status.as_ref(),
                self.stack(component, path, depth, inner),
            ),
            _ => (None, Vec::new()),
        };
        if let ComponentKind::Card(card) = &component.kind {
            let button = |action: &Option<crate::protocol::widget::CardAction>, name: &str| {
                let action = action.as_ref()?;
                let number = self.plan.number(&format!("{path}.{name}"));
                Some(leaf::button(&action.label, number, false))
            };
            let buttons: Vec<Line> = [
                button(&card.confirm, "confirm"),
                button(&card.cancel, "cancel"),
            ]
            .into_iter()
            .flatten()
            .collect();
            if !buttons.is_empty() {
                lines.push(Line::new("─".repeat(inner), Style::DIM));
                lines.extend(in_a_row(buttons, inner));
            }
        }
        frame(lines, status.map(|status| status.text.as_str()), width)
    }

    fn boxed(
        &mut self,
        component: &Component,
        layout: &Layout,
        path: &str,
        depth: usize,
        width: usize,
    ) -> Vec<Line> {
        let row = matches!(&component.kind, ComponentKind::Box(body) if body.direction.as_deref() == Some("row"));
        let bordered = layout.border.is_some() && width >= NARROWEST;
        let inner = if bordered { width - 4 } else { width };
        let lines = if row {
            self.row(component, layout, path, depth, inner)
        } else {
            self.stack(component, path, depth, inner)
        };
        if !bordered {
            return lines;
        }
        let widest = lines.iter().map(Line::width).max().unwrap_or(0);
        frame(lines, None, (widest + 4).min(width))
    }

    fn entry(
        &mut self,
        component: &Component,
        path: &str,
        depth: usize,
        width: usize,
    ) -> Vec<Line> {
        let mark = self.plan.number(path).map(|number| format!("[{number}] "));
        let set_in = mark.as_deref().map_or(0, crate::render::width);
        if set_in + 4 > width {
            let mut lines: Vec<Line> = mark
                .map(|mark| Line::new(mark.trim_end(), Style::ACTION.bold()))
                .into_iter()
                .collect();
            lines.extend(self.stack(component, path, depth, width));
            return lines;
        }
        let layout = Layout::default();
        let lines = self.row(component, &layout, path, depth, width - set_in);
        let mut first = mark;
        lines
            .into_iter()
            .map(|line| {
                let mut whole = match first.take() {
                    Some(mark) => Line::new(mark, Style::ACTION.bold()),
                    None => Line::new(" ".repeat(set_in), Style::PLAIN),
                };
                whole.0.extend(line.0);
                whole
            })
            .collect()
    }

    /// Side by side where there is room, or one below the other.
    fn row(
        &mut self,
        component: &Component,
        layout: &Layout,
        path: &str,
        depth: usize,
        width: usize,
    ) -> Vec<Line> {
        let children = children(component);
        let shown: Vec<(usize, &Component)> = children
            .iter()
            .enumerate()
            .filter(|(_, child)| !matches!(child.kind, ComponentKind::Spacer(_)))
            .take(MOST)
            .collect();
        let spacer = children
            .iter()
            .position(|child| matches!(child.kind, ComponentKind::Spacer(_)));
        let mut wants: Vec<usize> = shown
            .iter()
            .map(|(_, child)| want(child, depth).max(1))
            .collect();
        let gaps = GAP * shown.len().saturating_sub(1);
        let total = wants
            .iter()
            .fold(gaps, |sum, want| sum.saturating_add(*want));
        if total > width {
            let small = |child: &Component| {
                matches!(
                    child.kind,
                    ComponentKind::Button(_) | ComponentKind::Badge(_) | ComponentKind::Icon(_)
                )
            };
            let wraps = layout
                .wrap
                .as_deref()
                .is_some_and(|wrap| wrap.starts_with("wrap"));
            if wraps || shown.iter().all(|(_, child)| small(child)) {
                return self.greedy(&shown, &wants, path, depth, width);
            }
            let room = width.saturating_sub(gaps);
            if shown.len() * 12 > room {
                return self.stack(component, path, depth, width);
            }
            for want in &mut wants {
                *want = (*want).min(width);
            }
            fit(&mut wants, room);
        }
        let columns: Vec<Vec<Line>> = shown
            .iter()
            .zip(&wants)
            .map(|((index, child), want)| {
                self.draw(child, &child_path(path, *index), depth + 1, *want)
            })
            .collect();
        let spare = width.saturating_sub(total);
        // A spacer takes the spare room, and so does a row whose parts are pushed apart.
        let stretch = match (spacer, layout.justify.as_deref()) {
            (Some(at), _) => shown.iter().position(|(index, _)| *index > at),
            (None, Some("between")) if shown.len() > 1 => Some(shown.len() - 1),
            (None, Some("end")) => Some(0),
            _ => None,
        };
        beside(&columns, &wants, stretch.map(|at| (at, spare)))
    }

    /// As many in a line as fit.
    fn greedy(
        &mut self,
        shown: &[(usize, &Component)],
        wants: &[usize],
        path: &str,
        depth: usize,
        width: usize,
    ) -> Vec<Line> {
        let (mut lines, mut at) = (Vec::new(), 0);
        while at < shown.len() && self.left > 0 {
            let (mut columns, mut widths, mut used) = (Vec::new(), Vec::new(), 0);
            while let Some(((index, child), want)) = shown.get(at).zip(wants.get(at)) {
                let want = (*want).min(width);
                let gap = if used == 0 { 0 } else { GAP };
                if used > 0 && used + gap + want > width {
                    break;
                }
                used += gap + want;
                columns.push(self.draw(child, &child_path(path, *index), depth + 1, want));
                widths.push(want);
                at += 1;
            }
            lines.extend(beside(&columns, &widths, None));
        }
        lines
    }
}
