//! The visible text of a widget: one block a line, buttons as `[label]`.

use serde_json::Value;

use super::image;
use crate::protocol::widget::{
    Button, Card, Chart, Component, ComponentKind, RadioGroup, Select, Series, TableRow,
};
use crate::render::widget::mended;

/// The lines of a component and everything in it.
pub fn lines(component: &Component) -> Vec<String> {
    let mut lines = Vec::new();
    collect(&mended(component), &mut lines);
    lines.retain(|line| !line.trim().is_empty());
    lines
}

fn collect(component: &Component, lines: &mut Vec<String>) {
    match &component.kind {
        ComponentKind::Row(_) => lines.push(side_by_side(component.children())),
        ComponentKind::TableRow(row) => lines.push(cells(row)),
        ComponentKind::Card(card) => {
            status(card.status.as_ref().map(|status| &status.text), lines);
            children(component, lines);
            lines.push(card_buttons(card));
        }
        ComponentKind::ListView(list) => {
            status(list.status.as_ref().map(|status| &status.text), lines);
            children(component, lines);
        }
        ComponentKind::Chart(chart) => lines.extend(chart_lines(chart)),
        ComponentKind::Unknown(unknown) => {
            lines.extend(unknown_text(&unknown.fields));
        }
        _ => match leaf(&component.kind) {
            Some(text) => lines.push(text),
            None => children(component, lines),
        },
    }
}

fn children(component: &Component, lines: &mut Vec<String>) {
    for child in component.children() {
        collect(child, lines);
    }
}

fn status(text: Option<&String>, lines: &mut Vec<String>) {
    lines.extend(text.cloned());
}

/// What a component without children shows; nothing for one that only holds others.
fn leaf(kind: &ComponentKind) -> Option<String> {
    Some(match kind {
        ComponentKind::Text(body) => body.value.clone(),
        ComponentKind::Markdown(body) => body.value.clone(),
        ComponentKind::Title(body) => body.value.clone(),
        ComponentKind::Caption(body) => body.value.clone(),
        ComponentKind::Badge(body) => body.label.clone(),
        ComponentKind::Label(body) => body.value.clone(),
        ComponentKind::Button(body) => button(body),
        ComponentKind::Image(body) => image::in_words(body.alt.as_deref(), &body.src),
        ComponentKind::Divider(_) => "---".to_owned(),
        ComponentKind::Icon(_) | ComponentKind::Spacer(_) => String::new(),
        ComponentKind::Checkbox(body) => {
            let mark = if body.default_checked == Some(true) {
                "x"
            } else {
                " "
            };
            format!("[{mark}] {}", body.label.as_deref().unwrap_or(&body.name))
        }
        ComponentKind::Input(body) => field(
            &body.name,
            body.default_value.as_deref(),
            body.placeholder.as_deref(),
        ),
        ComponentKind::Textarea(body) => field(
            &body.name,
            body.default_value.as_deref(),
            body.placeholder.as_deref(),
        ),
        ComponentKind::DatePicker(body) => field(
            &body.name,
            body.default_value.as_deref(),
            body.placeholder.as_deref(),
        ),
        ComponentKind::Select(body) => select(body),
        ComponentKind::RadioGroup(body) => radio(body),
        _ => return None,
    })
}

fn button(body: &Button) -> String {
    let icon = body.icon_start.as_deref().or(body.icon_end.as_deref());
    let label = body.label.as_deref().or(icon).unwrap_or("button");
    format!("[{label}]")
}

fn field(name: &str, value: Option<&str>, placeholder: Option<&str>) -> String {
    let shown = value.or(placeholder).unwrap_or("");
    format!("{name}: {shown}").trim_end().to_owned()
}

fn select(body: &Select) -> String {
    let options = body
        .options
        .iter()
        .map(|option| (option.value.as_str(), option.label.as_str()));
    choice(&body.name, body.default_value.as_deref(), options)
}

fn radio(body: &RadioGroup) -> String {
    let options = body
        .options
        .iter()
        .flatten()
        .map(|option| (option.value.as_str(), option.label.as_str()));
    choice(&body.name, body.default_value.as_deref(), options)
}

fn choice<'a>(
    name: &str,
    chosen: Option<&str>,
    options: impl Iterator<Item = (&'a str, &'a str)>,
) -> String {
    let options: Vec<String> = options
        .map(|(value, label)| {
            let mark = if chosen == Some(value) { "x" } else { " " };
            format!("({mark}) {label}")
        })
        .collect();
    format!("{name}: {}", options.join("  "))
}

fn side_by_side(children: &[Component]) -> String {
    let parts: Vec<String> = children
        .iter()
        .map(|child| lines(child).join("\n"))
        .filter(|part| !part.is_empty())
        .collect();
    // A part of several lines cannot stand beside another one.
    let separator = if parts.iter().any(|part| part.contains('\n')) {
        "\n"
    } else {
        "  "
    };
    parts.join(separator)
}

fn cells(row: &TableRow) -> String {
    let cells: Vec<String> = row
        .children
        .iter()
        .map(|cell| lines(cell).join(" "))
        .collect();
    cells.join(" | ")
}

fn card_buttons(card: &Card) -> String {
    let labels: Vec<String> = [&card.confirm, &card.cancel]
        .into_iter()
        .flatten()
        .map(|action| format!("[{}]", action.label))
        .collect();
    labels.join("  ")
}

/// One line a row of data: the key on the axis, and then each series.
fn chart_lines(chart: &Chart) -> Vec<String> {
    let axis = match &chart.x_axis {
        Value::String(key) => key.as_str(),
        other => other.get("dataKey").and_then(Value::as_str).unwrap_or(""),
    };
    let row = |row: &crate::protocol::Object| {
        let values: Vec<String> = chart
            .series
            .iter()
            .filter_map(|series| {
                let (key, label) = series_names(series)?;
                Some(format!("{label} {}", scalar(row.get(key)?)))
            })
            .collect();
        let at = row.get(axis).map(scalar).unwrap_or_default();
        format!("{at}: {}", values.join(", "))
    };
    chart.data.iter().map(row).collect()
}

fn series_names(series: &Series) -> Option<(&str, &str)> {
    let (key, label) = match series {
        Series::Bar(body) => (&body.data_key, &body.label),
        Series::Area(body) => (&body.data_key, &body.label),
        Series::Line(body) => (&body.data_key, &body.label),
        Series::Unknown(_) => return None,
    };
    Some((key, label.as_deref().unwrap_or(key)))
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What can be read of a component that this version does not know.
fn unknown_text(fields: &crate::protocol::Object) -> Vec<String> {
    let mut found = Vec::new();
    for key in ["title", "label", "value", "text"] {
        if let Some(Value::String(text)) = fields.get(key) {
            found.push(text.clone());
        }
    }
    if let Some(Value::Array(children)) = fields.get("children") {
        for child in children {
            if let Ok(component) = crate::protocol::from_value::<Component>(child.clone()) {
                found.extend(lines(&component));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(widget: Value) -> String {
        lines(&crate::protocol::from_value(widget).unwrap()).join("\n")
    }

    #[test]
    fn a_card_reads_from_top_to_bottom_with_its_buttons() {
        let widget = json!({"type": "Card", "status": {"text": "Draft"}, "children": [
            {"type": "Title", "value": "Order"},
            {"type": "Row", "children": [
                {"type": "Icon", "name": "x"}, {"type": "Text", "value": "2"}, {"type": "Text", "value": "cups"}]},
            {"type": "Divider"},
            {"type": "Button", "label": "Buy"}, {"type": "Spacer"},
            {"type": "Checkbox", "name": "gift", "defaultChecked": true},
            {"type": "Select", "name": "size", "options": [{"value": "s", "label": "Small"}], "defaultValue": "s"},
        ], "confirm": {"label": "Send", "action": {"type": "a"}},
           "cancel": {"label": "Drop", "action": {"type": "b"}}});
        assert_eq!(
            shown(widget),
            "Draft\nOrder\n2  cups\n---\n[Buy]\n[x] gift\nsize: (x) Small\n[Send]  [Drop]"
        );
    }

    #[test]
    fn tables_charts_and_unknown_components_keep_their_text() {
        let widget = json!({"type": "ListView", "children": [
            {"type": "Table", "children": [{"type": "Table.Row", "children": [
                {"type": "Table.Cell", "children": [{"type": "Text", "value": "a"}]},
                {"type": "Table.Cell", "children": [{"type": "Text", "value": "b"}]}]}]},
            {"type": "Chart", "data": [{"day": "Mon", "n": 3}], "xAxis": {"dataKey": "day"},
             "series": [{"type": "bar", "dataKey": "n", "label": "Visits"}]},
            {"type": "Hologram", "title": "H", "children": [{"type": "Text", "value": "inside"}]},
            {"type": "Transition", "children": {"type": "Text", "value": "moves"}},
        ]});
        assert_eq!(shown(widget), "a | b\nMon: Visits 3\nH\ninside\nmoves");
    }
}
