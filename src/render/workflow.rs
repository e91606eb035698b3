//! Workflows and tasks: marks, titles, sources.

use super::look::Look;
use super::plain::{SOURCE_FIELDS, besides};
use super::span::{Line, Paint, Span, Style, to_text};
use super::wrap::{set_in, wrap_line};
use super::{address, markdown, plain};
use crate::protocol::{
    Source, SourceKind, StatusIndicator, Task, TaskKind, Workflow, WorkflowKind,
};

/// How much of a workflow is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Everything: while it runs, or when it was asked for.
    Whole,
    /// One line once it is done, unless the backend wants it expanded.
    Summary,
}

/// A workflow.
pub fn workflow(workflow: &Workflow, extent: Extent, look: &Look) -> String {
    to_text(&workflow_lines(workflow, extent, look), look)
}

/// A task.
pub fn task(task: &Task, look: &Look) -> String {
    to_text(&task_lines(task, look), look)
}

/// A workflow as lines.
pub(super) fn workflow_lines(workflow: &Workflow, extent: Extent, look: &Look) -> Vec<Line> {
    let collapsed = extent == Extent::Summary && workflow.summary.is_some() && !workflow.expanded;
    let mut heading = Line::new(if collapsed { "▸ " } else { "▾ " }, Style::DIM);
    heading.push(title(workflow), Style::BOLD);
    if collapsed {
        let steps = workflow.tasks.len();
        let noun = if steps == 1 { "step" } else { "steps" };
        heading.push(format!(" ({steps} {noun})"), Style::DIM);
        return vec![heading.cut(look.width)];
    }
    let mut lines = wrap_line(&heading, look.width);
    for task in &workflow.tasks {
        let inner = look.with_width(look.width.saturating_sub(2));
        lines.extend(set_in(task_lines(task, &inner), 2, look.width));
    }
    lines
}

/// What the workflow is, or what it was and how long it took.
fn title(workflow: &Workflow) -> String {
    let what = match &workflow.kind {
        WorkflowKind::Reasoning => "Thinking",
        WorkflowKind::Custom => "Working",
        WorkflowKind::Other(kind) => kind,
    };
    let Some(summary) = &workflow.summary else {
        return format!("{what} …");
    };
    let took = summary
        .duration
        .as_ref()
        .map(|seconds| duration(seconds.as_f64().unwrap_or(0.0)));
    let thought = match &workflow.kind {
        WorkflowKind::Reasoning => "Thought",
        _ => "Worked",
    };
    match (&summary.title, took) {
        (Some(title), Some(took)) => format!("{title}, {took}"),
        (Some(title), None) => title.clone(),
        (None, Some(took)) => format!("{thought} for {took}"),
        (None, None) => thought.to_owned(),
    }
}

/// A duration as it is said.
fn duration(seconds: f64) -> String {
    if seconds < 60.0 {
        let text = format!("{seconds:.1}");
        return format!("{} s", text.trim_end_matches(".0"));
    }
    format!(
        "{:.0} min {:.0} s",
        (seconds / 60.0).floor(),
        seconds % 60.0
    )
}

/// A task as lines.
pub(super) fn task_lines(task: &Task, look: &Look) -> Vec<Line> {
    let (sign, style) = match &task.status_indicator {
        StatusIndicator::Complete => ("✓ ", Style::of(Paint::Ansi(2))),
        StatusIndicator::Loading => ("… ", Style::of(Paint::Ansi(3))),
        StatusIndicator::None | StatusIndicator::Other(_) => ("• ", Style::DIM),
    };
    let mut head = Line::new(sign, style);
    let (kind, title) = heading(&task.kind);
    head.push(title.unwrap_or(kind), Style::PLAIN);
    if title.is_some() {
        head.push(format!(" · {kind}"), Style::DIM);
    }
    let mut lines = wrap_line(&head, look.width);
    let inner = look.with_width(look.width.saturating_sub(2));
    lines.extend(set_in(body(&task.kind, &inner), 2, look.width));
    lines
}

fn heading(kind: &TaskKind) -> (&str, Option<&str>) {
    let (kind, title) = match kind {
        TaskKind::Custom(body) => ("task", body.title.as_deref()),
        TaskKind::Thought(body) => ("thought", body.title.as_deref()),
        TaskKind::WebSearch(body) => {
            let title = body.title.as_deref().or(body.title_query.as_deref());
            ("web search", title)
        }
        TaskKind::File(body) => ("files", body.title.as_deref()),
        TaskKind::Image(body) => ("image", body.title.as_deref()),
        TaskKind::Unknown(unknown) => {
            let title = unknown.fields.get("title");
            (
                unknown.kind.as_str(),
                title.and_then(serde_json::Value::as_str),
            )
        }
    };
    (kind, title.filter(|title| !title.trim().is_empty()))
}

fn body(kind: &TaskKind, look: &Look) -> Vec<Line> {
    match kind {
        TaskKind::Custom(body) => body
            .content
            .as_deref()
            .map(|content| quiet(markdown::lines(content, look)))
            .unwrap_or_default(),
        TaskKind::Thought(body) => quiet(markdown::lines(&body.content, look)),
        TaskKind::WebSearch(body) => {
            let mut lines = Vec::new();
            for query in &body.queries {
                let line = Line::new(format!("? {}", super::clean_line(query)), Style::DIM);
                lines.extend(wrap_line(&line, look.width));
            }
            lines.extend(sources(&body.sources, look));
            lines
        }
        TaskKind::File(body) => sources(&body.sources, look),
        TaskKind::Image(_) => Vec::new(),
        TaskKind::Unknown(unknown) if unknown.fields.keys().all(|field| field == "title") => {
            Vec::new()
        }
        TaskKind::Unknown(unknown) => {
            let text = plain::foreign("task", &unknown.kind, Some(&unknown.fields));
            wrap_line(&Line::new(text, Style::DIM), look.width)
        }
    }
}

fn quiet(lines: Vec<Line>) -> Vec<Line> {
    let dim = |mut line: Line| {
        for span in &mut line.0 {
            span.style.dim = true;
        }
        line
    };
    lines.into_iter().map(dim).collect()
}

fn sources(sources: &[Source], look: &Look) -> Vec<Line> {
    let lines = sources.iter().map(|found| {
        let mut line = Line::new("- ", Style::DIM);
        line.0.extend(source(found, look).0);
        line
    });
    lines
        .flat_map(|line| wrap_line(&line, look.width))
        .collect()
}

/// A source in one line: its title, and where it is.
pub(super) fn source(source: &Source, look: &Look) -> Line {
    let title = super::clean_line(&source.title);
    let mut line = Line::default();
    match &source.kind {
        SourceKind::Url(url) => {
            push_page(&mut line, &title, &url.url, look);
            if let Some(by) = &url.attribution {
                line.push(format!(" · {}", super::clean_line(by)), Style::DIM);
            }
        }
        SourceKind::File(file) => {
            let name = super::clean_line(&file.filename);
            line.push(if title.is_empty() { &name } else { &title }, Style::PLAIN);
            if title != name && !title.is_empty() {
                line.push(format!(" [{name}]"), Style::DIM);
            }
        }
        SourceKind::Entity(entity) => {
            line.push(&title, Style::PLAIN);
            line.push(format!(" [{}]", super::clean_line(&entity.id)), Style::DIM);
        }
        SourceKind::Unknown(unknown) => {
            match source.address() {
                Some(address) => push_page(&mut line, &title, address, look),
                None => line.push(&title, Style::PLAIN),
            }
            let rest = besides(Some(&unknown.fields), &SOURCE_FIELDS);
            line.push(
                format!(" [{}]{rest}", super::clean_line(&unknown.kind)),
                Style::DIM,
            );
        }
    }
    for more in [&source.description, &source.timestamp, &source.group]
        .into_iter()
        .flatten()
    {
        line.push(format!(" · {}", super::clean_line(more)), Style::DIM);
    }
    line
}

/// A title that leads to an address, and the address where nobody could follow it there.
fn push_page(line: &mut Line, title: &str, to: &str, look: &Look) {
    let shown = super::clean_line(to);
    let title = if title.is_empty() { &shown } else { title };
    let style = Style {
        underline: true,
        ..Style::PLAIN
    };
    let span = Span::new(title, style).linked(to);
    let followed = look.links && span.link.is_some() && !address::claims(title);
    line.0.push(span);
    if !followed && title != shown {
        line.push(format!(" ({shown})"), Style::DIM);
    }
}
