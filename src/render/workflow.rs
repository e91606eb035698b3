//! Workflows and tasks: marks, titles, sources.

use super::look::Look;
use super::plain;
use super::span::{Line, Style, to_text};
use crate::protocol::{Task, Workflow};

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
    let _ = extent;
    to_text(
        &[Line::new(plain::workflow_heading(workflow), Style::DIM)],
        look,
    )
}

/// A task.
pub fn task(task: &Task, look: &Look) -> String {
    to_text(&[Line::new(plain::task(task), Style::DIM)], look)
}
