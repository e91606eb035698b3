//! How long the bars of a chart are: from a line at zero to the right, and below zero to the left.

use super::series::{Drawn, is_stacked};
use crate::render::span::{Line, Style};

/// A series, and its number in one row of data.
type Cell<'a> = (&'a Drawn, Option<f64>);

/// The values at the ends of a chart, and the columns in between.
pub(super) struct Scale {
    /// Zero, or the lowest value.
    low: f64,
    /// Zero, or the highest value.
    high: f64,
    /// The columns below zero; none where nothing is.
    left: usize,
    /// The columns above zero.
    right: usize,
}

/// A number as short as it can be said.
pub(super) fn number(value: f64) -> String {
    // The sum of nothing is -0.
    let value = if value == 0.0 { 0.0 } else { value };
    let short = |text: &str| -> String {
        let cut = text.trim_end_matches('0').trim_end_matches('.');
        cut.to_owned()
    };
    if value == 0.0 || (0.01..1e12).contains(&value.abs()) {
        return short(&format!("{value:.2}"));
    }
    match format!("{value:.2e}").split_once('e') {
        Some((digits, power)) => format!("{}e{power}", short(digits)),
        None => value.to_string(),
    }
}

impl Scale {
    /// The scale of these bars in `width` columns, figures and axes included.
    pub(super) fn of(bars: &[&Drawn], rows: usize, width: usize) -> Self {
        let (mut low, mut high) = (0.0_f64, 0.0_f64);
        for row in 0..rows {
            let values: Vec<f64> = bars.iter().filter_map(|bar| bar.at(row)).collect();
            let (below, above) = if is_stacked(bars) {
                sums(&values)
            } else {
                let ends =
                    |(low, high): (f64, f64), &value: &f64| (low.min(value), high.max(value));
                values.iter().fold((0.0, 0.0), ends)
            };
            (low, high) = (low.min(below), high.max(above));
        }
        let figure = number(low).len().max(number(high).len());
        let ends = if low < 0.0 { 2 * figure + 3 } else { figure };
        let room = width.saturating_sub(ends + 7).max(2);
        let left = columns(low / 2.0, low / 2.0 - high / 2.0, room);
        // A side on which something stands is never without a column.
        let most = if high > 0.0 { room - 1 } else { room };
        let left = if low < 0.0 { left.clamp(1, most) } else { 0 };
        Self {
            low,
            high,
            left,
            right: room - left,
        }
    }

    /// The line of a row: what is below zero before the axis, all else behind it, and the sum.
    pub(super) fn bar(&self, head: &Line, cells: &[Cell<'_>]) -> Line {
        let mut line = head.clone();
        let known: Vec<(&Drawn, f64)> = (cells.iter())
            .filter_map(|(bar, value)| Some((*bar, (*value)?)))
            .collect();
        if self.left > 0 {
            let below = blocks(&known, self.low, self.left);
            let taken: usize = below.iter().map(|(_, columns)| columns).sum();
            line.push(
                " ".repeat(1 + self.left.saturating_sub(taken)),
                Style::PLAIN,
            );
            // What comes first stands at the axis, on either side of it.
            for (bar, columns) in below.into_iter().rev() {
                line.push(bar.fill.to_string().repeat(columns), bar.style);
            }
            line.push("│", Style::DIM);
        } else {
            line.push(" ┤", Style::DIM);
        }
        for (bar, columns) in blocks(&known, self.high, self.right) {
            line.push(bar.fill.to_string().repeat(columns), bar.style);
        }
        if known.is_empty() {
            line.push(" –", Style::DIM);
            return line;
        }
        let values: Vec<f64> = known.iter().map(|(_, value)| *value).collect();
        let (below, above) = sums(&values);
        line.push(format!(" {}", number(below + above)), Style::PLAIN);
        line
    }

    /// The line below all bars, with the values at its ends.
    pub(super) fn axis(&self, name: usize) -> Line {
        let mut axis = Line::new(" ".repeat(name + 1), Style::PLAIN);
        let right = "─".repeat(self.right);
        if self.left > 0 {
            let left = "─".repeat(self.left);
            axis.push(format!("{left}┴{right} "), Style::DIM);
            axis.push(
                format!("{} … {}", number(self.low), number(self.high)),
                Style::DIM,
            );
        } else {
            axis.push(format!("└{right} {}", number(self.high)), Style::DIM);
        }
        axis
    }
}

/// What is below zero and what is above, each in all; never more than a number can say.
fn sums(values: &[f64]) -> (f64, f64) {
    let sum = |is_part: fn(&f64) -> bool| -> f64 {
        let sum: f64 = values.iter().filter(|value| is_part(value)).sum();
        sum.clamp(f64::MIN, f64::MAX)
    };
    (sum(|value| *value < 0.0), sum(|value| *value > 0.0))
}

/// The columns of each bar on the side of the axis that ends with `end`, one behind the other.
fn blocks<'a>(cells: &[(&'a Drawn, f64)], end: f64, room: usize) -> Vec<(&'a Drawn, usize)> {
    let mut sum = 0.0_f64;
    let mut taken = 0;
    let same_side = cells.iter().filter(|(_, value)| value * end.signum() > 0.0);
    same_side
        .map(|(bar, value)| {
            sum = (sum + value).clamp(f64::MIN, f64::MAX);
            // The ends are rounded and not the lengths, so that all together are as long as their sum.
            let until = columns(sum, end, room);
            let columns = until.saturating_sub(taken);
            taken = until;
            (*bar, columns)
        })
        .collect()
}

/// The share of `end` that `value` is, in columns.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share of a line is a small number"
)]
fn columns(value: f64, end: f64, room: usize) -> usize {
    let share = value / end;
    if share.is_finite() {
        (share.clamp(0.0, 1.0) * room as f64).round() as usize
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_short_and_never_nothing_that_is_something() {
        for (value, text) in [
            (0.0, "0"),
            (-0.5, "-0.5"),
            (1234.567, "1234.57"),
            (100.0, "100"),
            (0.001, "1e-3"),
            (-1.5e300, "-1.5e300"),
            (f64::MAX, "1.8e308"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
