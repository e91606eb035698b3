//! Components that hold others.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ActionConfig, Color, Component, Measure};

/// The props of every box. Spacing and borders are kept as they come: a terminal does not use them.
#[serde_with_macros::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Layout {
    #[serde(default)]
    pub children: Vec<Component>,
    pub align: Option<String>,
    pub justify: Option<String>,
    pub wrap: Option<String>,
    pub flex: Option<Measure>,
    pub gap: Option<Measure>,
    pub height: Option<Measure>,
    pub width: Option<Measure>,
    pub size: Option<Measure>,
    pub min_height: Option<Measure>,
    pub min_width: Option<Measure>,
    pub min_size: Option<Measure>,
    pub max_height: Option<Measure>,
    pub max_width: Option<Measure>,
    pub max_size: Option<Measure>,
    pub padding: Option<Value>,
    pub margin: Option<Value>,
    pub border: Option<Value>,
    pub radius: Option<String>,
    pub background: Option<Color>,
    pub aspect_ratio: Option<Measure>,
}

shape! {
    /// A framed root.
    #[derive(Default)]
    #[serde(rename_all = "camelCase")]
    pub struct Card {
        #[serde(default)]
        pub children: Vec<Component>,
        pub as_form: Option<bool>,
        pub background: Option<Color>,
        pub border: Option<Value>,
        pub size: Option<String>,
        pub padding: Option<Value>,
        pub status: Option<WidgetStatus>,
        pub collapsed: Option<bool>,
        pub confirm: Option<CardAction>,
        pub cancel: Option<CardAction>,
        pub theme: Option<String>,
    }

    /// A root that lists items.
    #[derive(Default)]
    pub struct ListView {
        #[serde(default)]
        pub children: Vec<Component>,
        /// A number, or `auto`.
        pub limit: Option<Measure>,
        pub status: Option<WidgetStatus>,
        pub theme: Option<String>,
    }

    /// A root without a frame.
    #[derive(Default)]
    pub struct Basic {
        #[serde(default)]
        pub children: Vec<Component>,
        pub theme: Option<String>,
        pub direction: Option<String>,
        pub gap: Option<Measure>,
        pub padding: Option<Value>,
        pub align: Option<String>,
        pub justify: Option<String>,
    }

    /// A line above a root's content.
    #[derive(Default)]
    pub struct WidgetStatus {
        pub text: String,
        pub favicon: Option<String>,
        pub frame: Option<bool>,
        pub icon: Option<String>,
    }

    /// A card's own button.
    pub struct CardAction {
        pub label: String,
        pub action: ActionConfig,
    }

    /// An entry of a list.
    #[derive(Default)]
    #[serde(rename_all = "camelCase")]
    pub struct ListViewItem {
        #[serde(default)]
        pub children: Vec<Component>,
        pub on_click_action: Option<ActionConfig>,
        pub gap: Option<Measure>,
        pub align: Option<String>,
    }

    /// A box, in a row or a column.
    #[derive(Default)]
    pub struct Boxed {
        #[serde(flatten)]
        pub layout: Layout,
        pub direction: Option<String>,
    }

    /// Side by side.
    #[derive(Default)]
    pub struct Row {
        #[serde(flatten)]
        pub layout: Layout,
    }

    /// One below the other.
    #[derive(Default)]
    pub struct Column {
        #[serde(flatten)]
        pub layout: Layout,
    }

    /// A box whose controls are submitted together.
    #[derive(Default)]
    #[serde(rename_all = "camelCase")]
    pub struct Form {
        #[serde(flatten)]
        pub layout: Layout,
        pub on_submit_action: Option<ActionConfig>,
        pub direction: Option<String>,
    }

    /// A table of rows.
    #[derive(Default)]
    pub struct Table {
        #[serde(default)]
        pub children: Vec<Component>,
    }

    /// A row of cells.
    #[derive(Default)]
    pub struct TableRow {
        #[serde(default)]
        pub children: Vec<Component>,
        pub header: Option<bool>,
    }

    /// A cell.
    #[derive(Default)]
    #[serde(rename_all = "camelCase")]
    pub struct TableCell {
        #[serde(default)]
        pub children: Vec<Component>,
        pub width: Option<Measure>,
        pub padding: Option<Value>,
        pub col_span: Option<u32>,
        pub row_span: Option<u32>,
        pub align: Option<String>,
        pub v_align: Option<String>,
        pub col_size: Option<String>,
    }

    /// Animates the change of its one child.
    #[derive(Default)]
    pub struct Transition {
        pub children: Option<Box<Component>>,
    }
}
