//! What is said on stderr of a turn.

use super::View;
use crate::protocol::{Event, ItemId, Level, StatusIndicator, WorkflowItem};
use crate::render::{clean_line, plain};
use crate::transcript::Transcript;
use crate::ui::{Style, Ui};

impl View {
    /// Tells each task once, when it has settled: it is complete, another follows, or all is done.
    pub(super) fn tell_tasks(&mut self, id: &ItemId, item: &WorkflowItem, done: bool, ui: &mut Ui) {
        let tasks = &item.workflow.tasks;
        let told = self.told.entry(id.clone()).or_default();
        for (index, task) in tasks.iter().enumerate() {
            let complete = task.status_indicator == StatusIndicator::Complete;
            let settled = done || complete || index + 1 < tasks.len();
            if settled && told.insert(index) {
                ui.note(Style::Dim, &plain::task(task));
            }
        }
        if done && item.workflow.summary.is_some() {
            ui.note(Style::Dim, &plain::workflow_heading(&item.workflow));
        }
    }

    pub(super) fn thread(
        &mut self,
        transcript: &Transcript,
        changed: (bool, bool, bool),
        ui: &mut Ui,
    ) {
        let Some(thread) = transcript.thread() else {
            return;
        };
        let (created, title, status) = changed;
        if created {
            self.tell_thread(thread.id.as_str(), ui);
        }
        if title && thread.title.is_some() {
            ui.note(Style::Dim, &format!("title: {}", plain::title(thread)));
        }
        if status {
            ui.note(
                Style::Plain,
                &format!("status: {}", plain::status(&thread.status)),
            );
        }
    }

    pub(super) fn signal(&mut self, event: &Event, ui: &mut Ui) {
        match event {
            Event::Progress(progress) if progress.text != self.last_progress => {
                self.last_progress.clone_from(&progress.text);
                ui.note(Style::Dim, &format!("… {}", clean_line(&progress.text)));
            }
            Event::Notice(notice) => {
                let style = match notice.level {
                    Level::Warning => Style::Warning,
                    Level::Danger => Style::Danger,
                    Level::Info | Level::Other(_) => Style::Plain,
                };
                ui.note(style, &format!("notice: {}", plain::notice(notice)));
            }
            Event::ClientEffect(effect) => ui.note(Style::Dim, &plain::effect(effect)),
            Event::StreamOptions(body) => {
                let allowed = if body.stream_options.allow_cancel {
                    "may"
                } else {
                    "may not"
                };
                ui.detail(&format!("the turn {allowed} be cancelled"));
            }
            Event::Unknown(unknown) => {
                ui.note(Style::Dim, &plain::unknown_event(unknown));
            }
            _ => {}
        }
    }
}
