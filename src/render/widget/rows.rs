//! Tables of components. A cell may span columns, and rows, through which its lines run on.

use super::action::{MOST, child_path, children};
use super::layout::Painter;
use super::leaf::aligned;
use super::want::want;
use crate::protocol::widget::{Component, ComponentKind};
use crate::render::markdown::grid::fit;
use crate::render::span::{Line, Style};

/// What stands between two cells.
const BETWEEN: &str = " │ ";
/// The most cells of a row, and the most columns or rows of a cell.
const CELLS: usize = 64;

/// Where a cell stands: its first column, and how many columns and rows it spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    at: usize,
    columns: usize,
    rows: usize,
}

/// A cell that is drawn, as far as it was not written.
struct Cell<'c> {
    place: Place,
    lines: std::vec::IntoIter<Line>,
    align: Option<&'c str>,
    bold: bool,
}

/// A table: its columns as wide as what is in them, or as the line lets them.
pub fn table(
    painter: &mut Painter<'_>,
    component: &Component,
    path: &str,
    depth: usize,
    width: usize,
) -> Vec<Line> {
    let rows = children(component);
    let places = places(&rows);
    let widths = widths(&rows, &places, depth, width);
    let mut lines = Vec::new();
    let mut open: Vec<Cell<'_>> = Vec::new();
    for (index, row) in rows.iter().enumerate().take(MOST) {
        let path = child_path(path, index);
        let ComponentKind::TableRow(body) = &row.kind else {
            lines.extend(painter.draw(row, &path, depth + 1, width));
            continue;
        };
        let header = body.header == Some(true);
        for (index, (cell, place)) in body.children.iter().zip(&places[index]).enumerate() {
            let path = child_path(&path, index);
            let wide = wide(*place, &widths).unwrap_or(width);
            open.push(Cell {
                place: *place,
                lines: painter.draw(cell, &path, depth + 1, wide).into_iter(),
                align: alignment(cell),
                bold: header,
            });
        }
        lines.extend(written(&mut open, &widths));
        if header {
            let rules: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
            lines.push(Line::new(rules.join("─┼─"), Style::DIM));
        }
    }
    // What stands between the rows is none, so that a cell may span more than there are.
    if open.iter().any(|cell| cell.lines.len() > 0) {
        for cell in &mut open {
            cell.place.rows = 1;
        }
        lines.extend(written(&mut open, &widths));
    }
    lines
}

fn spans(cell: &Component) -> (usize, usize) {
    let bounded = |span: Option<u32>| (span.unwrap_or(1) as usize).clamp(1, CELLS);
    match &cell.kind {
        ComponentKind::TableCell(body) => (bounded(body.col_span), bounded(body.row_span)),
        _ => (1, 1),
    }
}

fn alignment(cell: &Component) -> Option<&str> {
    match &cell.kind {
        ComponentKind::TableCell(body) => body.align.as_deref(),
        _ => None,
    }
}

/// Where the cells of each row stand: each in the first column that no cell of a row above fills.
fn places(rows: &[Component]) -> Vec<Vec<Place>> {
    // For how many rows each column is filled yet.
    let mut filled: Vec<usize> = Vec::new();
    let mut places = Vec::new();
    for (index, row) in rows.iter().enumerate().take(MOST) {
        let mut row_places = Vec::new();
        if let ComponentKind::TableRow(body) = &row.kind {
            let mut at = 0;
            let mut next = vec![0; filled.len()];
            for cell in body.children.iter().take(CELLS) {
                let (columns, span) = spans(cell);
                let span = span.min(rows.len() - index);
                let is_filled = |at: usize| {
                    let until = filled.len().min(at + columns);
                    filled
                        .get(at..until)
                        .is_some_and(|rows| rows.iter().any(|rows| *rows > 0))
                };
                while is_filled(at) {
                    at += 1;
                }
                let place = Place {
                    at,
                    columns,
                    rows: span,
                };
                at += columns;
                if next.len() < at {
                    next.resize(at, 0);
                }
                next[place.at..at].fill(span);
                row_places.push(place);
            }
            filled.resize(next.len(), 0);
            for (filled, rows) in filled.iter_mut().zip(next) {
                *filled = (*filled).max(rows).saturating_sub(1);
            }
        }
        places.push(row_places);
    }
    places
}

/// Empty if the columns have no room beside each other.
fn widths(rows: &[Component], places: &[Vec<Place>], depth: usize, width: usize) -> Vec<usize> {
    let cells = || {
        let rows = rows.iter().zip(places);
        rows.flat_map(|(row, places)| row.children().iter().zip(places))
    };
    let ends = cells().map(|(_, place)| place.at + place.columns);
    let mut widths = vec![1; ends.max().unwrap_or(0)];
    for (cell, place) in cells().filter(|(_, place)| place.columns == 1) {
        widths[place.at] = widths[place.at].max(want(cell, depth + 2));
    }
    for (cell, place) in cells().filter(|(_, place)| place.columns > 1) {
        let missing = want(cell, depth + 2).saturating_sub(wide(*place, &widths).unwrap_or(0));
        widths[place.at + place.columns - 1] += missing;
    }
    let room = width.saturating_sub(widths.len().saturating_sub(1) * BETWEEN.chars().count());
    if widths.is_empty() || room < widths.len() * 3 {
        return Vec::new();
    }
    for column in &mut widths {
        *column = (*column).min(width);
    }
    fit(&mut widths, room);
    widths
}

/// How many columns of the screen a cell has; none if the table's columns have no room.
fn wide(place: Place, widths: &[usize]) -> Option<usize> {
    let taken = widths.get(place.at..place.at + place.columns)?;
    Some(taken.iter().sum::<usize>() + BETWEEN.chars().count() * (taken.len() - 1))
}

/// A row: the cells that end with it whole, and of those that go on as much as stands beside them.
fn written(open: &mut Vec<Cell<'_>>, widths: &[usize]) -> Vec<Line> {
    if widths.is_empty() {
        let lines = open.drain(..).flat_map(|mut cell| {
            let lines: Vec<Line> = std::mem::take(&mut cell.lines).collect();
            lines.into_iter().map(move |line| styled(line, cell.bold))
        });
        return lines.chain([Line::new("─", Style::DIM)]).collect();
    }
    open.sort_by_key(|cell| cell.place.at);
    let ending = open.iter().filter(|cell| cell.place.rows <= 1);
    let height = ending
        .map(|cell| cell.lines.len())
        .max()
        .unwrap_or(0)
        .max(1);
    let lines = (0..height).map(|_| line(open, widths)).collect();
    open.retain(|cell| cell.place.rows > 1);
    for cell in open {
        cell.place.rows -= 1;
    }
    lines
}

/// The next line of each cell, beside each other.
fn line(open: &mut [Cell<'_>], widths: &[usize]) -> Line {
    let mut whole = Line::default();
    let mut cells = open.iter_mut().peekable();
    let mut at = 0;
    while at < widths.len() {
        if at > 0 {
            whole.push(BETWEEN, Style::DIM);
        }
        let Some(cell) = cells.next_if(|cell| cell.place.at == at) else {
            whole.push(" ".repeat(widths[at]), Style::PLAIN);
            at += 1;
            continue;
        };
        let wide = wide(cell.place, widths).unwrap_or(widths[at]);
        let text = styled(cell.lines.next().unwrap_or_default(), cell.bold);
        whole
            .0
            .extend(aligned(text, cell.align, wide).padded(wide).0);
        at += cell.place.columns;
    }
    whole
}

fn styled(mut line: Line, bold: bool) -> Line {
    for span in &mut line.0 {
        span.style.bold |= bold;
    }
    line
}
