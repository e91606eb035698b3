//! Controls: what they are called, what they hold, what they offer.

use super::action::Plan;
use crate::protocol::widget::ComponentKind;
use crate::render::clean_line;
use crate::render::span::{Line, Style};
use crate::render::wrap::wrap_line;

/// A control in as many lines as it needs; `None` for what is none.
pub fn control(
    kind: &ComponentKind,
    number: Option<usize>,
    plan: &Plan,
    width: usize,
) -> Option<Vec<Line>> {
    let mut line = Line::default();
    if let Some(number) = number {
        line.push(format!("[{number}] "), Style::ACTION.bold());
    }
    match kind {
        ComponentKind::Input(body) => {
            let mark = Mark::new(&body.name, body.required, body.disabled);
            let (value, hint) = (body.default_value.as_ref(), body.placeholder.as_ref());
            mark.field(&mut line, plan, value, hint, "");
        }
        ComponentKind::Textarea(body) => {
            let mark = Mark::new(&body.name, body.required, body.disabled);
            let (value, hint) = (body.default_value.as_ref(), body.placeholder.as_ref());
            mark.field(&mut line, plan, value, hint, " ¶");
        }
        ComponentKind::DatePicker(body) => {
            let mark = Mark::new(&body.name, None, body.disabled);
            let (value, hint) = (body.default_value.as_ref(), body.placeholder.as_ref());
            mark.field(&mut line, plan, value, hint, " ▾");
            let day = |date: &Option<String>| {
                date.as_deref()
                    .unwrap_or("…")
                    .split('T')
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            };
            if body.min.is_some() || body.max.is_some() {
                line.push(
                    format!(" {} to {}", day(&body.min), day(&body.max)),
                    Style::DIM,
                );
            }
        }
        ComponentKind::Select(body) => {
            let mark = Mark::new(&body.name, None, body.disabled);
            let chosen = body
                .options
                .iter()
                .find(|o| Some(&o.value) == body.default_value.as_ref());
            let value = chosen
                .map(|option| &option.label)
                .or(body.default_value.as_ref());
            mark.field(&mut line, plan, value, body.placeholder.as_ref(), " ▾");
            for (index, option) in body.options.iter().enumerate() {
                let between = if index == 0 { " " } else { " · " };
                line.push(between, Style::DIM);
                line.push(
                    clean_line(&option.label),
                    unless(option.disabled, Style::DIM),
                );
                if option.disabled == Some(true) {
                    line.push(" (disabled)", Style::DIM);
                }
            }
        }
        ComponentKind::RadioGroup(body) => {
            let mark = Mark::new(&body.name, body.required, body.disabled);
            mark.name(&mut line, plan);
            for (index, option) in body.options.iter().flatten().enumerate() {
                let on = Some(&option.value) == body.default_value.as_ref();
                let gap = if index == 0 { "" } else { "  " };
                let sign = if on { "(•) " } else { "( ) " };
                let style = unless(option.disabled.or(body.disabled), Style::PLAIN);
                line.push(format!("{gap}{sign}{}", clean_line(&option.label)), style);
                if option.disabled == Some(true) {
                    line.push(" (disabled)", Style::DIM);
                }
            }
        }
        ComponentKind::Checkbox(body) => {
            let sign = if body.default_checked == Some(true) {
                "[x] "
            } else {
                "[ ] "
            };
            let label = clean_line(body.label.as_deref().unwrap_or(&body.name));
            line.push(
                format!("{sign}{label}"),
                unless(body.disabled, Style::PLAIN),
            );
            Mark::new(&body.name, body.required, body.disabled).required(&mut line);
        }
        _ => return None,
    }
    Some(wrap_line(&line, width))
}

fn unless(disabled: Option<bool>, style: Style) -> Style {
    if disabled == Some(true) {
        Style {
            strike: true,
            dim: true,
            ..style
        }
    } else {
        style
    }
}

/// What every control has.
struct Mark<'a> {
    name: &'a str,
    required: bool,
    disabled: bool,
}

impl<'a> Mark<'a> {
    fn new(name: &'a str, required: Option<bool>, disabled: Option<bool>) -> Self {
        Self {
            name,
            required: required == Some(true),
            disabled: disabled == Some(true),
        }
    }

    /// The name, unless a label says it.
    fn name(&self, line: &mut Line, plan: &Plan) {
        if !plan.is_labelled(self.name) {
            line.push(format!("{}: ", clean_line(self.name)), Style::PLAIN);
        }
    }

    fn required(&self, line: &mut Line) {
        if self.required {
            line.push(" *", Style::of(crate::render::span::Paint::Ansi(1)));
        }
        if self.disabled {
            line.push(" (disabled)", Style::DIM);
        }
    }

    fn field(
        &self,
        line: &mut Line,
        plan: &Plan,
        value: Option<&String>,
        placeholder: Option<&String>,
        sign: &str,
    ) {
        self.name(line, plan);
        line.push("⟨", Style::ACTION);
        match (value, placeholder) {
            (Some(value), _) => line.push(clean_line(value), Style::PLAIN),
            (None, Some(hint)) => line.push(clean_line(hint), Style::DIM),
            (None, None) => line.push("        ", Style::DIM),
        }
        line.push(format!("{sign}⟩"), Style::ACTION);
        self.required(line);
    }
}
