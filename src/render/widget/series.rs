//! The series of a chart, with their numbers and what tells them apart.

use serde_json::Value;

use crate::protocol::Object;
use crate::protocol::widget::Series;
use crate::render::clean_line;
use crate::render::look::{Colors, Look};
use crate::render::span::{Paint, Style};

const PAINTS: [u8; 6] = [4, 3, 2, 5, 6, 1];
/// What tells bars apart where there are no colours.
pub(super) const FILLS: [char; 4] = ['█', '▓', '▒', '░'];

/// A series with the numbers of its rows.
pub(super) struct Drawn {
    pub(super) label: String,
    stack: Option<String>,
    pub(super) style: Style,
    /// What a bar is made of.
    pub(super) fill: char,
    /// Whether it is a line or an area, and not bars.
    pub(super) curve: bool,
    pub(super) values: Vec<Option<f64>>,
}

impl Drawn {
    /// What is drawn of a series; nothing of one of an unknown type.
    pub(super) fn of(index: usize, series: &Series, data: &[Object], look: &Look) -> Option<Self> {
        let (key, label, stack, curve) = match series {
            Series::Bar(body) => (&body.data_key, &body.label, body.stack.clone(), false),
            Series::Area(body) => (&body.data_key, &body.label, body.stack.clone(), true),
            Series::Line(body) => (&body.data_key, &body.label, None, true),
            Series::Unknown(_) => return None,
        };
        let values = data
            .iter()
            .map(|row| row.get(key).and_then(number))
            .collect();
        Some(Self {
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

    /// The number of a row, if it has one.
    pub(super) fn at(&self, row: usize) -> Option<f64> {
        self.values.get(row).copied().flatten()
    }
}

/// A number, or a text that is one.
fn number(value: &Value) -> Option<f64> {
    let written = || value.as_str()?.trim().parse().ok();
    (value.as_f64().or_else(written)).filter(|number| number.is_finite())
}

/// Whether the bars of a row stand in one line, one behind the other.
pub(super) fn is_stacked(bars: &[&Drawn]) -> bool {
    let same = |bar: &&Drawn| bar.stack.is_some() && bar.stack == bars[0].stack;
    bars.len() > 1 && bars.iter().all(same)
}
