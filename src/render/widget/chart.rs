//! Charts: bars along a [`Scale`], and curves in a few rows of blocks, with axes and a legend.

use serde_json::Value;

use crate::protocol::Object;
use crate::protocol::widget::Chart;
use crate::render::clean_line;
use crate::render::look::Look;
use crate::render::span::{Line, Style};

use super::scale::{Scale, number};
use super::series::{Drawn, FILLS, is_stacked};

/// How many rows of data are drawn one by one.
const MOST: usize = 200;
/// The rows of a curve.
const ROWS: usize = 4;
const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// A chart.
pub fn chart(chart: &Chart, look: &Look) -> Vec<Line> {
    let axis = Axis::of(&chart.x_axis);
    let labels: Vec<String> = chart.data.iter().map(|row| axis.label(row)).collect();
    let drawn: Vec<Drawn> = chart
        .series
        .iter()
        .take(16)
        .enumerate()
        .filter_map(|(index, series)| Drawn::of(index, series, &chart.data, look))
        .collect();
    let mut lines = Vec::new();
    let bars: Vec<&Drawn> = drawn.iter().filter(|series| !series.curve).collect();
    if !bars.is_empty() {
        lines.extend(bar_rows(&bars, &labels, look));
    }
    for series in drawn.iter().filter(|series| series.curve) {
        lines.extend(curve(series, &labels, look));
    }
    if drawn.len() > 1 || chart.show_legend == Some(true) {
        let mut legend = Line::default();
        for series in &drawn {
            let sign = if series.fill == FILLS[0] {
                '■'
            } else {
                series.fill
            };
            legend.push(format!("{sign} "), series.style);
            legend.push(format!("{}  ", series.label), Style::PLAIN);
        }
        lines.extend(crate::render::wrap::wrap_line(&legend, look.width));
    }
    lines.into_iter().map(|line| line.cut(look.width)).collect()
}

struct Axis<'a> {
    key: &'a str,
    labels: Option<&'a Object>,
}

impl<'a> Axis<'a> {
    fn of(value: &'a Value) -> Self {
        match value {
            Value::String(key) => Self { key, labels: None },
            other => Self {
                key: other.get("dataKey").and_then(Value::as_str).unwrap_or(""),
                labels: other.get("labels").and_then(Value::as_object),
            },
        }
    }

    fn label(&self, row: &Object) -> String {
        let key = match row.get(self.key) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        let named = self
            .labels
            .and_then(|labels| labels.get(&key))
            .and_then(Value::as_str);
        clean_line(named.unwrap_or(&key))
    }
}

/// For each row of data a line for each series, or one for all that are stacked.
fn bar_rows(bars: &[&Drawn], labels: &[String], look: &Look) -> Vec<Line> {
    let widths = labels.iter().map(|label| crate::render::width(label));
    let name = widths.max().unwrap_or(0).min(look.width / 3);
    let scale = Scale::of(bars, labels.len(), look.width.saturating_sub(name));
    let mut lines = Vec::new();
    for (row, label) in labels.iter().enumerate().take(MOST) {
        let mut head = Line::new(label, Style::PLAIN).cut(name).padded(name);
        let cells = bars.iter().map(|bar| (*bar, bar.at(row)));
        if is_stacked(bars) {
            let cells: Vec<_> = cells.collect();
            lines.push(scale.bar(&head, &cells));
            continue;
        }
        for cell in cells {
            lines.push(scale.bar(&head, &[cell]));
            head = Line::default().padded(name);
        }
    }
    if labels.len() > MOST {
        let more = format!("… {} more", labels.len() - MOST);
        lines.push(Line::new(more, Style::DIM));
    }
    lines.push(scale.axis(name));
    lines
}

/// A curve in a few rows, the highest and the lowest value beside it.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a level is one of a few"
)]
fn curve(series: &Drawn, labels: &[String], look: &Look) -> Vec<Line> {
    let known = series
        .values
        .iter()
        .copied()
        .flatten()
        .filter(|value| value.is_finite());
    let (low, high) = known.fold((0.0_f64, 0.0_f64), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    let (high_text, low_text) = (number(high), number(low));
    let name = high_text.len().max(low_text.len());
    let room = look.width.saturating_sub(name + 2).max(1);
    let count = series.values.len().max(1);
    let wide = (room / count).clamp(1, 6);
    let every = count.div_ceil(room / wide);
    let points: Vec<Option<f64>> = series
        .values
        .chunks(every)
        .map(|chunk| {
            chunk.iter().copied().flatten().fold(None, |most, value| {
                Some(most.map_or(value, |m: f64| m.max(value)))
            })
        })
        .collect();
    let level = |value: f64| {
        // Halves, because the range between two huge numbers is none.
        let share = if high > low {
            (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0)
        } else {
            0.0
        };
        (share * (ROWS * 8) as f64).round().max(1.0) as usize
    };
    let mut lines = vec![Line::new(&series.label, series.style.bold())];
    for row in (0..ROWS).rev() {
        let side = match row {
            0 => &low_text,
            row if row == ROWS - 1 => &high_text,
            _ => "",
        };
        let mut line = Line::new(format!("{side:>name$} ┤"), Style::DIM);
        let mut blocks = String::new();
        for point in &points {
            let filled = point.map_or(0, level).saturating_sub(row * 8).min(8);
            let c = if filled == 0 { ' ' } else { LEVELS[filled - 1] };
            blocks.extend(std::iter::repeat_n(c, wide));
        }
        line.push(blocks, series.style);
        lines.push(line);
    }
    let across = points.len() * wide;
    lines.push(Line::new(
        format!("{:name$} └{}", "", "─".repeat(across)),
        Style::DIM,
    ));
    if let (Some(first), Some(last)) = (labels.first(), labels.last()) {
        let mut ends = Line::new(format!("{:name$}  {first}", ""), Style::DIM);
        let end = name + 2 + across;
        let used = ends.width() + crate::render::width(last);
        if labels.len() > 1 {
            ends.push(
                format!("{}{last}", " ".repeat(end.saturating_sub(used).max(1))),
                Style::DIM,
            );
        }
        lines.push(ends);
    }
    lines
}
