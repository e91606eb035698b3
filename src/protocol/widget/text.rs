//! Components that show something: text, badges, pictures, lines.

use serde_json::Value;

use super::{Color, Measure};

shape! {
    /// Text that may stream, if it has an id.
    #[derive(Default)]
    #[serde(rename_all = "camelCase")]
    pub struct Text {
        pub value: String,
        pub streaming: Option<bool>,
        pub italic: Option<bool>,
        pub line_through: Option<bool>,
        pub color: Option<Color>,
        pub weight: Option<String>,
        pub width: Option<Measure>,
        pub size: Option<String>,
        pub text_align: Option<String>,
        pub truncate: Option<bool>,
        pub min_lines: Option<u32>,
        pub max_lines: Option<u32>,
        /// `false`, or the props of a field.
        pub editable: Option<Value>,
    }

    /// Markdown that may stream, if it has an id.
    #[derive(Default)]
    pub struct Markdown {
        pub value: String,
        pub streaming: Option<bool>,
    }

    /// A heading.
    #[derive(Default)]
    #[serde(rename_all = "camelCase")]
    pub struct Title {
        pub value: String,
        pub color: Option<Color>,
        pub weight: Option<String>,
        pub size: Option<String>,
        pub text_align: Option<String>,
        pub truncate: Option<bool>,
        pub max_lines: Option<u32>,
    }

    /// Small text.
    #[derive(Default)]
    #[serde(rename_all = "camelCase")]
    pub struct Caption {
        pub value: String,
        pub color: Option<Color>,
        pub weight: Option<String>,
        pub size: Option<String>,
        pub text_align: Option<String>,
        pub truncate: Option<bool>,
        pub max_lines: Option<u32>,
    }

    /// A short label on a ground of its own.
    #[derive(Default)]
    pub struct Badge {
        pub label: String,
        pub color: Option<String>,
        pub variant: Option<String>,
        pub size: Option<String>,
        pub pill: Option<bool>,
    }

    /// A line.
    #[derive(Default)]
    pub struct Divider {
        pub color: Option<Color>,
        pub size: Option<Measure>,
        pub spacing: Option<Measure>,
        pub flush: Option<bool>,
    }

    /// An icon by its name.
    #[derive(Default)]
    pub struct Icon {
        pub name: String,
        pub color: Option<Color>,
        pub size: Option<String>,
    }

    /// A picture.
    #[derive(Default)]
    #[serde(rename_all = "camelCase")]
    pub struct Image {
        pub src: String,
        pub alt: Option<String>,
        pub fit: Option<String>,
        pub position: Option<String>,
        pub radius: Option<String>,
        pub frame: Option<bool>,
        pub flush: Option<bool>,
        pub height: Option<Measure>,
        pub width: Option<Measure>,
        pub size: Option<Measure>,
        pub min_height: Option<Measure>,
        pub min_width: Option<Measure>,
        pub min_size: Option<Measure>,
        pub max_height: Option<Measure>,
        pub max_width: Option<Measure>,
        pub max_size: Option<Measure>,
        pub margin: Option<Value>,
        pub background: Option<Color>,
        pub aspect_ratio: Option<Measure>,
        pub flex: Option<Measure>,
    }

    /// Room between components.
    #[derive(Default)]
    #[serde(rename_all = "camelCase")]
    pub struct Spacer {
        pub min_size: Option<Measure>,
    }
}
