//! Components that show something: text, badges, pictures, buttons.

use crate::protocol::widget::{Button, Caption, Color, Image, Text, Title};
use crate::render::look::{Colors, Look};
use crate::render::span::{Line, Paint, Span, Style};
use crate::render::wrap::{wrap, wrap_line};
use crate::render::{address, image};

/// What a button says.
pub fn button_label(body: &Button) -> &str {
    let icon = body.icon_start.as_deref().or(body.icon_end.as_deref());
    body.label.as_deref().or(icon).unwrap_or("button")
}

/// A button: with its number where it does something.
pub fn button(label: &str, number: Option<usize>, disabled: bool) -> Line {
    let style = if disabled || number.is_none() {
        Style::DIM
    } else {
        Style::ACTION
    };
    let mut line = Line::default();
    match number {
        Some(number) => line.push(format!("[{number}] "), style.bold()),
        // Not `[ ]`, which is a checkbox.
        None => line.push("[-] ", style),
    }
    line.push(crate::render::clean_line(label), style);
    if disabled {
        line.push(" (disabled)", Style::DIM);
    }
    line
}

/// How a named colour looks here; one that is no name of a meaning is left to the terminal.
fn toned(color: Option<&Color>) -> Style {
    match color {
        Some(Color::Named(name)) => tone(name),
        _ => Style::PLAIN,
    }
}

fn tone(name: &str) -> Style {
    match name {
        "secondary" | "tertiary" | "subtle" => Style::DIM,
        "success" | "green" => Style::of(Paint::Ansi(2)),
        "warning" | "caution" | "yellow" | "orange" => Style::of(Paint::Ansi(3)),
        "danger" | "red" => Style::of(Paint::Ansi(1)),
        "info" | "blue" => Style::of(Paint::Ansi(4)),
        "discovery" | "purple" => Style::of(Paint::Ansi(5)),
        _ => Style::PLAIN,
    }
}

fn is_heavy(weight: Option<&String>) -> bool {
    weight.is_some_and(|weight| matches!(weight.as_str(), "semibold" | "bold" | "medium"))
}

/// How a text is set.
struct Setting<'a> {
    value: &'a str,
    style: Style,
    align: Option<&'a str>,
    truncate: bool,
    most: Option<u32>,
}

fn set(setting: &Setting<'_>, width: usize) -> Vec<Line> {
    let mut lines = if setting.truncate {
        vec![Line::new(crate::render::clean_line(setting.value), setting.style).cut(width)]
    } else {
        wrap(setting.value, setting.style, width)
    };
    let most = setting.most.map_or(usize::MAX, |most| most as usize).max(1);
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            let mut more = std::mem::take(last).cut(width.saturating_sub(1));
            if !more.plain().ends_with('…') {
                more.push("…", setting.style);
            }
            *last = more;
        }
    }
    lines
        .into_iter()
        .map(|line| aligned(line, setting.align, width))
        .collect()
}

/// A line moved to where it belongs in this many columns.
pub fn aligned(line: Line, align: Option<&str>, width: usize) -> Line {
    let missing = width.saturating_sub(line.width());
    let before = match align {
        Some("center") => missing / 2,
        Some("end" | "right") => missing,
        _ => 0,
    };
    if before == 0 {
        return line;
    }
    let mut whole = Line::new(" ".repeat(before), Style::PLAIN);
    whole.0.extend(line.0);
    whole
}

/// A text.
pub fn text(body: &Text, width: usize) -> Vec<Line> {
    let editable = body
        .editable
        .as_ref()
        .is_some_and(serde_json::Value::is_object);
    let style = Style {
        bold: is_heavy(body.weight.as_ref()),
        italic: body.italic == Some(true),
        strike: body.line_through == Some(true),
        underline: editable,
        ..toned(body.color.as_ref())
    };
    let setting = Setting {
        value: &body.value,
        style,
        align: body.text_align.as_deref(),
        truncate: body.truncate == Some(true),
        most: body.max_lines,
    };
    set(&setting, width)
}

/// A heading.
pub fn title(body: &Title, width: usize) -> Vec<Line> {
    let setting = Setting {
        value: &body.value,
        style: toned(body.color.as_ref()).bold(),
        align: body.text_align.as_deref(),
        truncate: body.truncate == Some(true),
        most: body.max_lines,
    };
    set(&setting, width)
}

/// Small text.
pub fn caption(body: &Caption, width: usize) -> Vec<Line> {
    let style = Style {
        dim: true,
        ..toned(body.color.as_ref())
    };
    let setting = Setting {
        value: &body.value,
        style,
        align: body.text_align.as_deref(),
        truncate: body.truncate == Some(true),
        most: body.max_lines,
    };
    set(&setting, width)
}

/// A badge: on a ground of its own, or in brackets where there is no colour.
pub fn badge(label: &str, color: Option<&str>, look: &Look) -> Line {
    let label = crate::render::clean_line(label);
    if look.colors == Colors::None {
        return Line::new(format!("({label})"), Style::PLAIN);
    }
    let style = Style {
        reverse: true,
        ..tone(color.unwrap_or("secondary"))
    };
    Line::new(format!(" {label} "), style)
}

/// A picture, as a link with its description.
pub fn image(body: &Image, width: usize, look: &Look) -> Vec<Line> {
    let alt = body.alt.as_deref().filter(|alt| !alt.is_empty());
    wrap_line(&picture(alt.unwrap_or("image"), &body.src, look), width)
}

/// The link of a picture; its address stands beside it where the terminal does not follow links, or
/// where the description claims another.
pub fn picture(alt: &str, to: &str, look: &Look) -> Line {
    let mut line = Line::new("▣ ", Style::DIM);
    let label = Span::new(
        crate::render::clean_line(alt),
        Style {
            underline: true,
            ..Style::PLAIN
        },
    );
    let label = label.linked(to);
    let followed = look.links && label.link.is_some() && !address::claims(alt);
    line.0.push(label);
    if !followed {
        line.push(format!(" ({})", image::short_address(to)), Style::DIM);
    }
    line
}
