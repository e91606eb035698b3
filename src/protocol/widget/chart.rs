//! Charts: rows of data, and the series drawn from them.

use serde_json::Value;

use super::{Color, Measure};
use crate::protocol::Object;

shape! {
    /// A chart of one or more series over a common axis.
    #[serde(rename_all = "camelCase")]
    pub struct Chart {
        /// Rows of strings and numbers by key.
        pub data: Vec<Object>,
        pub series: Vec<Series>,
        /// The key of the axis, or an object with `dataKey`, `hide` and `labels`.
        pub x_axis: Value,
        pub show_y_axis: Option<bool>,
        pub show_legend: Option<bool>,
        pub show_tooltip: Option<bool>,
        pub bar_gap: Option<i64>,
        pub bar_category_gap: Option<i64>,
        pub flex: Option<Measure>,
        pub height: Option<Measure>,
        pub width: Option<Measure>,
        pub size: Option<Measure>,
        pub min_height: Option<Measure>,
        pub min_width: Option<Measure>,
        pub min_size: Option<Measure>,
        pub max_height: Option<Measure>,
        pub max_width: Option<Measure>,
        pub max_size: Option<Measure>,
        pub aspect_ratio: Option<Measure>,
    }
}

tagged! {
    /// How a series is drawn.
    pub enum Series {
        Bar(BarSeries) = "bar",
        Area(AreaSeries) = "area",
        Line(LineSeries) = "line",
    }
}

shape! {
    /// A series of bars.
    #[serde(rename_all = "camelCase")]
    pub struct BarSeries {
        pub data_key: String,
        pub label: Option<String>,
        pub stack: Option<String>,
        pub color: Option<Color>,
    }

    /// A series of filled areas.
    #[serde(rename_all = "camelCase")]
    pub struct AreaSeries {
        pub data_key: String,
        pub label: Option<String>,
        pub stack: Option<String>,
        pub color: Option<Color>,
        /// The name of the interpolation, or an object with it.
        pub curve_type: Option<Value>,
    }

    /// A series of a line.
    #[serde(rename_all = "camelCase")]
    pub struct LineSeries {
        pub data_key: String,
        pub label: Option<String>,
        pub color: Option<Color>,
        /// The name of the interpolation, or an object with it.
        pub curve_type: Option<Value>,
    }
}
