//! Charts: a bar for each value, and curves in a few rows of blocks, with axes and a legend.

use serde_json::Value;

use crate::protocol::Object;
use crate::protocol::widget::{Chart, Series};
use crate::render::clean_line;
use crate::render::look::{Colors, Look};
use crate::render::span::{Line, Paint, Style};

/// How many rows of data are drawn one by one.
const MOST: usize = 200;
/// The rows of a curve.
const ROWS: usize = 4;
const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const PAINTS: [u8; 6] = [4, 3, 2, 5, 6, 1];
/// What tells bars apart where there are no colours.
const FILLS: [char; 4] = ['█', '▓', '▒', '░'];

/// A series with the numbers of its rows.
struct Drawn {
    label: String,
    stack: Option<String>,
    style: Style,
    /// What a bar is made of.
    fill: char,
    curve: bool,
    values: Vec<Option<f64>>,
}

/// A chart.
pub fn chart(chart: &Chart, look: &Look) -> Vec<Line> {
    let axis = Axis::of(&chart.x_axis);
    let labels: Vec<String> = chart.data.iter().map(|row| axis.label(row)).collect();
    let drawn: Vec<Drawn> = chart
        .series
        .iter()
        .take(16)
        .enumerate()
        .filter_map(|(index, series)| drawn(index, series, &chart.data, look))
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

fn drawn(index: usize, series: &Series, data: &[Object], look: &Look) -> Option<Drawn> {
    let (key, label, stack, curve) = match series {
        Series::Bar(body) => (&body.data_key, &body.label, body.stack.clone(), false),
        Series::Area(body) => (&body.data_key, &body.label, body.stack.clone(), true),
        Series::Line(body) => (&body.data_key, &body.label, None, true),
        Series::Unknown(_) => return None,
    };
    let values = data
        .iter()
        .map(|row| row.get(key).and_then(Value::as_f64))
        .collect();
    Some(Drawn {
        label: clean_line(label.as_deref().unwrap_or(key)),
        stack,
        style: Style::of(Paint::Ansi(PAINTS[index % PAINTS.len()])),
        // A curve has a chart of its own.
        fill: match look.colors {
            Colors::None if !curve => FILLS[index % FILLS.len()],
            _ => FILLS[0],
        },
        curve,
        values,
    })
}

/// A number as short as it can be said.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// For each row of data a line for each series, or one for all that are stacked.
fn bar_rows(bars: &[&Drawn], labels: &[String], look: &Look) -> Vec<Line> {
    let stacked = bars.len() > 1
        && bars
            .iter()
            .all(|bar| bar.stack.is_some() && bar.stack == bars[0].stack);
    let total = |row: usize| -> f64 {
        let values = bars
            .iter()
            .filter_map(|bar| bar.values.get(row).copied().flatten());
        if stacked {
            values.map(f64::abs).sum()
        } else {
            values.fold(0.0, |most, value| most.max(value.abs()))
        }
    };
    let top = (0..labels.len()).map(total).fold(0.0, f64::max);
    let widest = labels
        .iter()
        .map(|label| crate::render::width(label))
        .max()
        .unwrap_or(0);
    let name = widest.min(look.width / 3);
    let figure = 2 + number(top).len() + 2;
    let room = look.width.saturating_sub(name + 3 + figure).max(1);
    let mut lines = Vec::new();
    for (row, label) in labels.iter().enumerate().take(MOST) {
        let mut head = Line::new(label, Style::PLAIN).cut(name).padded(name);
        if stacked {
            head.push(" ┤", Style::DIM);
            for bar in bars {
                let value = bar.values.get(row).copied().flatten().unwrap_or(0.0);
                head.push(block(value.abs() / top, room, bar.fill), bar.style);
            }
            head.push(format!(" {}", number(total(row))), Style::PLAIN);
            lines.push(head);
            continue;
        }
        for (index, bar) in bars.iter().enumerate() {
            let mut line = if index == 0 {
                head.clone()
            } else {
                Line::default().padded(name)
            };
            line.push(" ┤", Style::DIM);
            match bar.values.get(row).copied().flatten() {
                Some(value) => {
                    line.push(block(value.abs() / top, room, bar.fill), bar.style);
                    line.push(format!(" {}", number(value)), Style::PLAIN);
                }
                None => line.push(" –", Style::DIM),
            }
            lines.push(line);
        }
    }
    if labels.len() > MOST {
        lines.push(Line::new(
            format!("… {} more", labels.len() - MOST),
            Style::DIM,
        ));
    }
    let mut axis = Line::new(" ".repeat(name), Style::PLAIN);
    axis.push(format!(" └{}", "─".repeat(room)), Style::DIM);
    axis.push(format!(" {}", number(top)), Style::DIM);
    lines.push(axis);
    lines
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share of a line is a small number"
)]
fn block(share: f64, room: usize, fill: char) -> String {
    let columns = if share.is_finite() {
        (share.clamp(0.0, 1.0) * room as f64).round() as usize
    } else {
        0
    };
    fill.to_string().repeat(columns)
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
        let share = if high > low {
            (value - low) / (high - low)
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
