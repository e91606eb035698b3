//! Tables of components.

use super::action::{MOST, child_path, children};
use super::layout::Painter;
use super::leaf::aligned;
use super::want::want;
use crate::protocol::widget::{Component, ComponentKind, TableCell};
use crate::render::markdown::grid::fit;
use crate::render::span::{Line, Style};

/// What stands between two cells.
const BETWEEN: &str = " │ ";

/// A table: its columns as wide as what is in them, or as the line lets them.
pub fn table(
    painter: &mut Painter<'_>,
    component: &Component,
    path: &str,
    depth: usize,
    width: usize,
) -> Vec<Line> {
    let rows = children(component);
    let widths = widths(&rows, depth, width);
    let mut lines = Vec::new();
    for (index, row) in rows.iter().enumerate().take(MOST) {
        let path = child_path(path, index);
        let ComponentKind::TableRow(body) = &row.kind else {
            lines.extend(painter.draw(row, &path, depth + 1, width));
            continue;
        };
        let header = body.header == Some(true);
        let cells: Vec<(Vec<Line>, usize, Option<&str>)> =
            cells(painter, &body.children, &widths, &path, depth, width);
        lines.extend(join(&cells, header, widths.is_empty()));
        if header {
            let rules: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
            lines.push(Line::new(rules.join("─┼─"), Style::DIM));
        }
    }
    lines
}

fn span(cell: &Component) -> usize {
    match &cell.kind {
        ComponentKind::TableCell(TableCell {
            col_span: Some(span),
            ..
        }) => (*span as usize).clamp(1, 64),
        _ => 1,
    }
}

/// Empty if the columns have no room beside each other.
fn widths(rows: &[Component], depth: usize, width: usize) -> Vec<usize> {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows.iter().take(MOST) {
        let ComponentKind::TableRow(body) = &row.kind else {
            continue;
        };
        let mut at = 0;
        for cell in body.children.iter().take(64) {
            let span = span(cell);
            if widths.len() < at + span {
                widths.resize(at + span, 1);
            }
            if span == 1 {
                widths[at] = widths[at].max(want(cell, depth + 2));
            }
            at += span;
        }
    }
    let room = width.saturating_sub(widths.len().saturating_sub(1) * 3);
    if widths.is_empty() || room < widths.len() * 3 {
        return Vec::new();
    }
    for column in &mut widths {
        *column = (*column).min(width);
    }
    fit(&mut widths, room);
    widths
}

fn cells<'c>(
    painter: &mut Painter<'_>,
    row: &'c [Component],
    widths: &[usize],
    path: &str,
    depth: usize,
    width: usize,
) -> Vec<(Vec<Line>, usize, Option<&'c str>)> {
    let mut at = 0;
    let mut cells = Vec::new();
    for (index, cell) in row.iter().enumerate().take(64) {
        let span = span(cell);
        let taken = widths
            .get(at..(at + span).min(widths.len()))
            .unwrap_or_default();
        let wide = taken.iter().sum::<usize>() + 3 * taken.len().saturating_sub(1);
        let wide = if wide == 0 { width } else { wide };
        at += span;
        let lines = painter.draw(cell, &child_path(path, index), depth + 1, wide);
        let align = match &cell.kind {
            ComponentKind::TableCell(body) => body.align.as_deref(),
            _ => None,
        };
        cells.push((lines, wide, align));
    }
    cells
}

fn join(cells: &[(Vec<Line>, usize, Option<&str>)], header: bool, stacked: bool) -> Vec<Line> {
    let style = |mut line: Line| {
        for span in &mut line.0 {
            span.style.bold |= header;
        }
        line
    };
    if stacked {
        let lines = cells
            .iter()
            .flat_map(|(lines, ..)| lines.iter().cloned().map(style));
        return lines.chain([Line::new("─", Style::DIM)]).collect();
    }
    let height = cells
        .iter()
        .map(|(lines, ..)| lines.len())
        .max()
        .unwrap_or(0)
        .max(1);
    let line = |at: usize| {
        let mut whole = Line::default();
        for (index, (lines, width, align)) in cells.iter().enumerate() {
            if index > 0 {
                whole.push(BETWEEN, Style::DIM);
            }
            let cell = style(lines.get(at).cloned().unwrap_or_default());
            whole
                .0
                .extend(aligned(cell, *align, *width).padded(*width).0);
        }
        whole
    };
    (0..height).map(line).collect()
}
