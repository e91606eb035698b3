//! What a run found, printed for people or as one JSON object.

use crate::error::Result;
use serde_json::{Map, Value, json};
use std::io::Write as _;

#[derive(Clone, Copy)]
pub enum Format {
    Human,
    Json,
}

/// Figures in the order in which they are printed; the same ones in both formats.
pub struct Report {
    name: &'static str,
    figures: Vec<(&'static str, Value, &'static str)>,
    notes: Vec<String>,
}

impl Report {
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            figures: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// A measured value under the key that it has in JSON.
    pub fn figure(&mut self, key: &'static str, value: f64, unit: &'static str) -> &mut Self {
        self.figures.push((key, json!(rounded(value)), unit));
        self
    }

    /// A value that this system may not be able to measure; absent then, and not zero.
    pub fn maybe(
        &mut self,
        key: &'static str,
        value: Option<f64>,
        unit: &'static str,
    ) -> &mut Self {
        if let Some(value) = value {
            self.figure(key, value, unit);
        }
        self
    }

    pub fn count(&mut self, key: &'static str, value: u64) -> &mut Self {
        self.figures.push((key, json!(value), ""));
        self
    }

    /// The single values behind a median.
    pub fn series(&mut self, key: &'static str, values: &[f64], unit: &'static str) -> &mut Self {
        let rounded: Vec<f64> = values.iter().copied().map(rounded).collect();
        self.figures.push((key, json!(rounded), unit));
        self
    }

    /// A sentence that a reader of the figures has to know.
    pub fn note(&mut self, sentence: impl Into<String>) -> &mut Self {
        self.notes.push(sentence.into());
        self
    }

    pub fn print(&self, format: Format) -> Result<()> {
        let text = match format {
            Format::Human => self.lines(),
            Format::Json => self.object(),
        };
        std::io::stdout().write_all(text.as_bytes())?;
        Ok(())
    }

    fn lines(&self) -> String {
        let mut text = format!("{}\n", self.name);
        for (key, value, unit) in &self.figures {
            let label = key.replace('_', " ");
            text.push_str(format!("  {label:<28}{} {unit}", readable(value)).trim_end());
            text.push('\n');
        }
        for note in &self.notes {
            text.push_str("  note: ");
            text.push_str(note);
            text.push('\n');
        }
        text
    }

    fn object(&self) -> String {
        let mut object = Map::new();
        object.insert("bench".to_owned(), json!(self.name));
        for (key, value, _) in &self.figures {
            object.insert((*key).to_owned(), value.clone());
        }
        object.insert("notes".to_owned(), json!(self.notes));
        format!("{}\n", Value::Object(object))
    }
}

/// Digits that another run would not repeat are cut.
fn rounded(value: f64) -> f64 {
    let digits = match value.abs() {
        1000.0.. => 1.0,
        10.0.. => 10.0,
        _ => 1000.0,
    };
    (value * digits).round() / digits
}

/// Thousands are set apart, because these figures have up to nine digits.
fn readable(value: &Value) -> String {
    if let Value::Array(values) = value {
        let each: Vec<String> = values.iter().map(readable).collect();
        return each.join(" ");
    }
    let text = value.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut spaced = String::new();
    for (index, digit) in whole.char_indices() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            spaced.push(',');
        }
        spaced.push(digit);
    }
    if !matches!(fraction, "" | "0") {
        spaced.push('.');
        spaced.push_str(fraction);
    }
    spaced
}
