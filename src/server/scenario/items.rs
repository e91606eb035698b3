//! The items and signals that steps describe, as the protocol's shapes.

use serde_json::Value;

use super::body::{
    Form, Image, Input, SourceSpec, Summary, TaskStatus, TaskStep, TaskType, Thoughts, Tool,
    WorkflowKind as Kind, WorkflowStep,
};
use super::fill::{Fault, Filler};
use super::play::rename;
use super::templated::Text;
use super::value::Short;
use crate::protocol::{
    Annotation, AnswerStatus, Choice, ClientToolCall, CustomTask, EntitySource, Extra, FileSource,
    FileTask, Freeform, GeneratedImage, GeneratedImageItem, HiddenContext, ImageTask, ImageUpdated,
    InputKind, Item, ItemKind, MultipleChoice, Question, SearchTask, Source, SourceKind,
    StatusIndicator, StructuredInput, Task, TaskAt, TaskItem, TaskKind, ThoughtTask,
    ToolCallStatus, Update, UrlSource, Workflow, WorkflowItem, WorkflowKind, WorkflowSummary,
};
use crate::server::mint::IdKind;
use crate::server::script::Script;
use crate::server::showcase::{Scene, added, done, steps, update};

type Made<T> = Result<T, Fault>;

/// Thoughts, as a workflow that is folded when the answer begins.
pub(super) fn thoughts(body: &Thoughts, scene: &Scene, fill: &Filler) -> Made<Script> {
    let tasks = body.thoughts.iter().map(|Short(thought)| {
        Ok(TaskKind::Thought(ThoughtTask {
            title: fill.option(thought.title.as_ref())?,
            content: fill.text(&thought.content)?,
            extra: Extra::default(),
        }))
    });
    let tasks = tasks
        .map(|kind| kind.map(|kind| (kind, None)))
        .collect::<Made<Vec<_>>>()?;
    let seconds = body.seconds.unwrap_or(tasks.len() as u64);
    let summary = WorkflowSummary {
        duration: Some(seconds.into()),
        ..WorkflowSummary::default()
    };
    Ok(stream_workflow(
        scene,
        WorkflowKind::Reasoning,
        tasks,
        Some(summary),
        false,
        None,
    ))
}

/// A workflow whose tasks come one by one.
pub(super) fn workflow(body: &WorkflowStep, scene: &Scene, fill: &Filler) -> Made<Script> {
    let tasks = body
        .tasks
        .iter()
        .map(|Short(task)| Ok((task_kind(task, fill)?, task.status)));
    let tasks = tasks.collect::<Made<Vec<_>>>()?;
    let kind = match body.kind {
        Kind::Custom => WorkflowKind::Custom,
        Kind::Reasoning => WorkflowKind::Reasoning,
    };
    let summary = body
        .summary
        .as_ref()
        .map(|Short(summary)| self::summary(summary, fill));
    let expanded = body.expanded.unwrap_or(body.kind == Kind::Custom);
    let id = fill.option(body.id.as_ref())?;
    Ok(stream_workflow(
        scene,
        kind,
        tasks,
        summary.transpose()?,
        expanded,
        id,
    ))
}

fn summary(summary: &Summary, fill: &Filler) -> Made<WorkflowSummary> {
    Ok(WorkflowSummary {
        title: fill.option(summary.title.as_ref())?,
        icon: fill.option(summary.icon.as_ref())?,
        duration: summary.duration.map(Into::into),
        ..WorkflowSummary::default()
    })
}

fn stream_workflow(
    scene: &Scene,
    kind: WorkflowKind,
    tasks: Vec<(TaskKind, Option<TaskStatus>)>,
    summary: Option<WorkflowSummary>,
    expanded: bool,
    id: Option<String>,
) -> Script {
    let mut workflow = Workflow {
        kind,
        tasks: Vec::new(),
        summary: None,
        expanded: true,
        extra: Extra::default(),
    };
    let mut item = scene.item(IdKind::Workflow, workflow_item(&workflow));
    rename(&mut item, id);
    let mut play = vec![added(item.clone())];
    for (task_index, (kind, status)) in tasks.into_iter().enumerate() {
        let at = |task| TaskAt {
            task_index,
            task,
            extra: Extra::default(),
        };
        if status.is_none() {
            let begun = with_status(kind.clone(), TaskStatus::Loading);
            play.push(update(&item.id, Update::TaskAdded(at(begun))));
            play.push(scene.beat());
        }
        let task = with_status(kind, status.unwrap_or(TaskStatus::Complete));
        play.push(update(
            &item.id,
            match status {
                None => Update::TaskUpdated(at(task.clone())),
                Some(_) => Update::TaskAdded(at(task.clone())),
            },
        ));
        play.push(scene.beat());
        workflow.tasks.push(task);
    }
    workflow.summary = summary;
    workflow.expanded = expanded;
    item.kind = workflow_item(&workflow);
    play.push(done(item));
    steps(play)
}

fn workflow_item(workflow: &Workflow) -> ItemKind {
    ItemKind::Workflow(WorkflowItem {
        workflow: workflow.clone(),
        extra: Extra::default(),
    })
}

fn with_status(kind: TaskKind, status: TaskStatus) -> Task {
    let status_indicator = match status {
        TaskStatus::None => StatusIndicator::None,
        TaskStatus::Loading => StatusIndicator::Loading,
        TaskStatus::Complete => StatusIndicator::Complete,
    };
    Task {
        status_indicator,
        kind,
    }
}

/// A task outside a workflow.
pub(super) fn task(body: &TaskStep, scene: &Scene, fill: &Filler) -> Made<Script> {
    let kind = task_kind(body, fill)?;
    let task = with_status(kind, body.status.unwrap_or(TaskStatus::Complete));
    let body = TaskItem {
        task,
        extra: Extra::default(),
    };
    Ok(steps(vec![done(
        scene.item(IdKind::Task, ItemKind::Task(body)),
    )]))
}

fn task_kind(body: &TaskStep, fill: &Filler) -> Made<TaskKind> {
    let title = fill.option(body.title.as_ref())?;
    let sources = body.sources.iter().map(|source| self::source(source, fill));
    let sources = sources.collect::<Made<Vec<_>>>()?;
    let content = fill.option(body.content.as_ref())?;
    let extra = Extra::default();
    Ok(match body.kind {
        TaskType::Custom => TaskKind::Custom(CustomTask {
            title,
            icon: fill.option(body.icon.as_ref())?,
            content,
            extra,
        }),
        TaskType::WebSearch => {
            let queries = body.queries.iter().map(|query| fill.text(query));
            let queries = queries.collect::<Made<Vec<_>>>()?;
            TaskKind::WebSearch(SearchTask {
                title,
                title_query: queries.first().cloned(),
                queries,
                sources,
                extra,
            })
        }
        TaskType::Thought => TaskKind::Thought(ThoughtTask {
            title,
            content: content.unwrap_or_default(),
            extra,
        }),
        TaskType::File => TaskKind::File(FileTask {
            title,
            sources,
            extra,
        }),
        TaskType::Image => TaskKind::Image(ImageTask { title, extra }),
    })
}

/// The references of a text.
pub(super) fn annotations(sources: &[SourceSpec], fill: &Filler) -> Made<Vec<Annotation>> {
    let annotation = |spec: &SourceSpec| Ok(Annotation::new(source(spec, fill)?, spec.index));
    sources.iter().map(annotation).collect()
}

fn source(spec: &SourceSpec, fill: &Filler) -> Made<Source> {
    let option = |text: &Option<Text>| fill.option(text.as_ref());
    let extra = Extra::default();
    let (name, kind) = match (
        option(&spec.url)?,
        option(&spec.file)?,
        option(&spec.entity)?,
    ) {
        (Some(url), _, _) => {
            let attribution = option(&spec.attribution)?;
            let kind = UrlSource {
                url: url.clone(),
                attribution,
                extra,
            };
            (url, SourceKind::Url(kind))
        }
        (None, Some(filename), _) => {
            let kind = FileSource {
                filename: filename.clone(),
                extra,
            };
            (filename, SourceKind::File(kind))
        }
        (None, None, id) => {
            let id = id.unwrap_or_default();
            let data = spec.data.as_ref().map(|data| fill.json(data)).transpose()?;
            let kind = EntitySource {
                id: id.clone(),
                icon: option(&spec.icon)?,
                label: option(&spec.label)?,
                inline_label: None,
                interactive: spec.interactive,
                data: data
                    .and_then(|data| data.as_object().cloned())
                    .unwrap_or_default(),
                preview: None,
                extra,
            };
            (id, SourceKind::Entity(kind))
        }
    };
    Ok(Source {
        title: option(&spec.title)?.unwrap_or(name),
        description: option(&spec.description)?,
        timestamp: None,
        group: option(&spec.group)?,
        kind,
    })
}

/// An image, version by version under one id.
pub(super) fn image(body: &Image, scene: &Scene, fill: &Filler) -> Made<Script> {
    let mut item = scene.item(IdKind::Message, image_item(None));
    rename(&mut item, fill.option(body.id.as_ref())?);
    let id = scene.id("img");
    let version = |url: &Text| -> Made<GeneratedImage> {
        Ok(GeneratedImage {
            id: id.clone(),
            url: fill.text(url)?,
            extra: Extra::default(),
        })
    };
    let mut play = vec![added(item.clone())];
    let steps_to_last = body.versions.len() + 1;
    for (index, url) in body.versions.iter().enumerate() {
        #[allow(clippy::cast_precision_loss, reason = "an image has few versions")]
        let progress = (index + 1) as f64 / steps_to_last as f64;
        let updated = ImageUpdated {
            image: version(url)?,
            progress: Some(progress),
            extra: Extra::default(),
        };
        play.push(scene.beat());
        play.push(update(&item.id, Update::ImageUpdated(updated)));
    }
    play.push(scene.beat());
    item.kind = image_item(Some(version(&body.url)?));
    play.push(done(item));
    Ok(steps(play))
}

fn image_item(image: Option<GeneratedImage>) -> ItemKind {
    ItemKind::GeneratedImage(GeneratedImageItem {
        image,
        extra: Extra::default(),
    })
}

/// Context for the model, which no client ever sees.
pub(super) fn hidden(content: Value) -> ItemKind {
    ItemKind::HiddenContext(HiddenContext {
        content,
        extra: Extra::default(),
    })
}

/// A form that waits for its answers.
pub(super) fn form(body: &Form, scene: &Scene, fill: &Filler) -> Made<Item> {
    let inputs = body.inputs.iter().map(|input| question(input, fill));
    let form = StructuredInput {
        status: AnswerStatus::Pending,
        inputs: inputs.collect::<Made<_>>()?,
        extra: Extra::default(),
    };
    let mut item = scene.item(IdKind::Message, ItemKind::StructuredInput(form));
    rename(&mut item, fill.option(body.id.as_ref())?);
    Ok(item)
}

fn question(input: &Input, fill: &Filler) -> Made<Question> {
    let extra = Extra::default();
    let kind = match &input.options {
        None => InputKind::Freeform(Freeform {
            description: fill.option(input.description.as_ref())?,
            extra,
        }),
        Some(options) => {
            let options = options.iter().map(|option| {
                Ok(Choice {
                    value: fill.text(option)?,
                    extra: Extra::default(),
                })
            });
            InputKind::MultipleChoice(MultipleChoice {
                options: options.collect::<Made<_>>()?,
                multiple: input.multiple,
                extra,
            })
        }
    };
    Ok(Question {
        id: input.id.clone(),
        question: fill.text(&input.question)?,
        answer: None,
        kind,
    })
}

/// A pending call of a client tool, and its id.
pub(super) fn tool(body: &Tool, scene: &Scene, fill: &Filler) -> Made<Item> {
    let call_id = match &body.call_id {
        Some(id) => fill.text(id)?,
        None => scene.id("call"),
    };
    let call = ClientToolCall {
        status: ToolCallStatus::Pending,
        call_id,
        name: fill.text(&body.name)?,
        arguments: Value::Object(fill.map(&body.arguments)?).into(),
        output: None,
        extra: Extra::default(),
    };
    let mut item = scene.item(IdKind::ToolCall, ItemKind::ClientToolCall(call));
    rename(&mut item, fill.option(body.id.as_ref())?);
    Ok(item)
}
