//! Workflows and tasks: what an assistant does before it answers.

use super::super::mint::IdKind;
use super::super::script::{Script, Step};
use super::prose::code;
use super::stage::{Scene, added, chain, done, steps, update};
use super::text::{file_source, page_source};
use crate::protocol::{
    CustomTask, Extra, FileTask, ImageTask, Item, ItemKind, SearchTask, StatusIndicator, Task,
    TaskAt, TaskItem, TaskKind, ThoughtTask, Update, Workflow, WorkflowItem, WorkflowKind,
    WorkflowSummary,
};

/// How long the reasoning is said to have taken, in seconds.
const DURATION: u32 = 7;

/// `workflow [KIND]`: tasks come one by one, each loading, then complete; then the summary, and a
/// text.
pub(super) fn workflow(scene: &Scene, argument: &str) -> Script {
    let (kind, summary) = match argument.to_lowercase().as_str() {
        "" | "reasoning" => (WorkflowKind::Reasoning, duration()),
        "custom" => (WorkflowKind::Custom, titled()),
        other => {
            return scene.text(&format!(
                "There is no workflow {}. It is `reasoning` or `custom`.",
                code(other)
            ));
        }
    };
    let mut workflow = Workflow {
        kind,
        tasks: Vec::new(),
        summary: None,
        expanded: true,
        extra: Extra::default(),
    };
    let mut item = scene.item(IdKind::Workflow, workflow_item(&workflow));
    let mut play = vec![added(item.clone())];
    for (index, states) in tasks().into_iter().enumerate() {
        let [begun, finished] = states;
        play.extend([task_added(&item, index, begun), scene.beat()]);
        play.extend([task_updated(&item, index, finished.clone()), scene.beat()]);
        workflow.tasks.push(finished);
    }
    workflow.summary = Some(summary);
    // The reference server folds a reasoning workflow when the answer begins.
    workflow.expanded = workflow.kind == WorkflowKind::Custom;
    item.kind = workflow_item(&workflow);
    play.push(done(item));
    chain(vec![
        steps(play),
        scene.text("That is what I did before I answered."),
    ])
}

/// `task`: a task that stands in the thread by itself.
pub(super) fn task(scene: &Scene) -> Script {
    let task = custom(
        "Order 1042 was placed",
        Some("Two boxes, to be delivered **tomorrow**."),
    );
    let body = TaskItem {
        task: complete(task),
        extra: Extra::default(),
    };
    steps(vec![done(scene.item(IdKind::Task, ItemKind::Task(body)))])
}

/// Every kind of task, as it begins and as it ends.
fn tasks() -> Vec<[Task; 2]> {
    let question = "The user wants to see a workflow.";
    let conclusion = "The user wants to see a workflow. I show **every kind** of task in it.";
    vec![
        [
            loading(thought("Understanding the question", question)),
            complete(thought("Understood the question", conclusion)),
        ],
        [
            loading(search("Searching the web", false)),
            complete(search("Searched the web", true)),
        ],
        [
            loading(file("Reading the handbook")),
            complete(file("Read the handbook")),
        ],
        [
            loading(image("Drawing a picture")),
            complete(image("Drew a picture")),
        ],
        [
            loading(custom("Asking the warehouse", None)),
            complete(custom("Asked the warehouse", Some("There are 12 left."))),
        ],
    ]
}

fn thought(title: &str, content: &str) -> TaskKind {
    TaskKind::Thought(ThoughtTask {
        title: Some(title.into()),
        content: content.into(),
        extra: Extra::default(),
    })
}

fn search(title: &str, found: bool) -> TaskKind {
    TaskKind::WebSearch(SearchTask {
        title: Some(title.into()),
        title_query: Some("chatkit workflow".into()),
        queries: vec!["chatkit workflow".into(), "chatkit task types".into()],
        sources: if found {
            vec![page_source()]
        } else {
            Vec::new()
        },
        extra: Extra::default(),
    })
}

fn file(title: &str) -> TaskKind {
    TaskKind::File(FileTask {
        title: Some(title.into()),
        sources: vec![file_source()],
        extra: Extra::default(),
    })
}

fn image(title: &str) -> TaskKind {
    TaskKind::Image(ImageTask {
        title: Some(title.into()),
        extra: Extra::default(),
    })
}

fn custom(title: &str, content: Option<&str>) -> TaskKind {
    TaskKind::Custom(CustomTask {
        title: Some(title.into()),
        icon: Some("cube".into()),
        content: content.map(Into::into),
        extra: Extra::default(),
    })
}

fn loading(kind: TaskKind) -> Task {
    Task {
        status_indicator: StatusIndicator::Loading,
        kind,
    }
}

fn complete(kind: TaskKind) -> Task {
    Task {
        status_indicator: StatusIndicator::Complete,
        kind,
    }
}

fn duration() -> WorkflowSummary {
    WorkflowSummary {
        duration: Some(DURATION.into()),
        ..WorkflowSummary::default()
    }
}

fn titled() -> WorkflowSummary {
    WorkflowSummary {
        title: Some("Five steps done".into()),
        icon: Some("check-circle".into()),
        ..WorkflowSummary::default()
    }
}

fn workflow_item(workflow: &Workflow) -> ItemKind {
    ItemKind::Workflow(WorkflowItem {
        workflow: workflow.clone(),
        extra: Extra::default(),
    })
}

fn task_added(item: &Item, task_index: usize, task: Task) -> Step {
    update(&item.id, Update::TaskAdded(task_at(task_index, task)))
}

fn task_updated(item: &Item, task_index: usize, task: Task) -> Step {
    update(&item.id, Update::TaskUpdated(task_at(task_index, task)))
}

fn task_at(task_index: usize, task: Task) -> TaskAt {
    TaskAt {
        task_index,
        task,
        extra: Extra::default(),
    }
}
