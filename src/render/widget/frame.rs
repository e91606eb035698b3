//! Frames around lines, and columns of lines side by side.

use crate::render::span::{Line, Style};
use crate::render::wrap::wrap_line;

/// The narrowest that a frame is drawn in.
pub const NARROWEST: usize = 8;
/// What stands between two components of a row.
pub const GAP: usize = 2;

/// Columns of these widths side by side; `stretch` moves one of them to the right.
pub fn beside(
    columns: &[Vec<Line>],
    widths: &[usize],
    stretch: Option<(usize, usize)>,
) -> Vec<Line> {
    let height = columns.iter().map(Vec::len).max().unwrap_or(0);
    let last = columns.len().saturating_sub(1);
    let line = |at: usize| {
        let mut line = Line::default();
        for (index, (column, width)) in columns.iter().zip(widths).enumerate() {
            let mut gap = if index == 0 { 0 } else { GAP };
            if let Some((_, spare)) = stretch.filter(|(at, _)| *at == index) {
                gap += spare;
            }
            if gap > 0 {
                line.push(" ".repeat(gap), Style::PLAIN);
            }
            let cell = column.get(at).cloned().unwrap_or_default();
            let cell = if index == last {
                cell
            } else {
                cell.padded(*width)
            };
            line.0.extend(cell.0);
        }
        line
    };
    (0..height).map(line).collect()
}

/// Short lines in one, or one below the other where they have no room.
pub fn in_a_row(lines: Vec<Line>, width: usize) -> Vec<Line> {
    let mut whole = Line::default();
    let total: usize = lines.iter().map(|line| line.width() + GAP).sum();
    if total > width + GAP {
        return lines
            .iter()
            .flat_map(|line| wrap_line(line, width))
            .collect();
    }
    for (index, line) in lines.into_iter().enumerate() {
        if index > 0 {
            whole.push(" ".repeat(GAP), Style::PLAIN);
        }
        whole.0.extend(line.0);
    }
    vec![whole]
}

/// A frame of this width around lines, with a title in it.
pub fn frame(lines: Vec<Line>, title: Option<&str>, width: usize) -> Vec<Line> {
    if width < NARROWEST {
        let title = title.map(|title| Line::new(crate::render::clean_line(title), Style::DIM));
        return title
            .into_iter()
            .chain(lines)
            .map(|line| line.cut(width))
            .collect();
    }
    let inner = width - 4;
    let mut top = Line::new("╭─", Style::DIM);
    if let Some(title) = title {
        let title = Line::new(
            format!(" {} ", crate::render::clean_line(title)),
            Style::BOLD,
        );
        top.0.extend(title.cut(width - 4).0);
    }
    let rest = width.saturating_sub(top.width() + 1);
    top.push(format!("{}╮", "─".repeat(rest)), Style::DIM);
    let mut framed = vec![top];
    for line in lines {
        let rule =
            line.0.len() == 1 && line.width() == inner && line.plain().chars().all(|c| c == '─');
        let mut whole = Line::new(if rule { "├─" } else { "│ " }, Style::DIM);
        whole.0.extend(line.cut(inner).padded(inner).0);
        whole.push(if rule { "─┤" } else { " │" }, Style::DIM);
        framed.push(whole);
    }
    framed.push(Line::new(
        format!("╰{}╯", "─".repeat(width - 2)),
        Style::DIM,
    ));
    framed
}
