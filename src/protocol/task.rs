//! Tasks, and the workflows that group them.

use serde_json::Number;

use super::Source;

words! {
    /// How far a task of a workflow is.
    #[derive(Default)]
    pub enum StatusIndicator { #[default] None = "none", Loading = "loading", Complete = "complete", }

    /// What a workflow shows: steps of the app's own, or a model's reasoning.
    pub enum WorkflowKind { Custom = "custom", Reasoning = "reasoning", }
}

around_whole! {
    /// One step of work.
    pub struct Task of TaskKind {
        #[serde(default)]
        pub status_indicator: StatusIndicator,
    }
}

shape! {
    /// A group of tasks.
    pub struct Workflow {
        #[serde(rename = "type")]
        pub kind: WorkflowKind,
        #[serde(default)]
        pub tasks: Vec<Task>,
        pub summary: Option<WorkflowSummary>,
        #[serde(default)]
        pub expanded: bool,
    }

    /// What a finished workflow is reduced to: a title with an icon, or the seconds it took.
    #[derive(Default)]
    pub struct WorkflowSummary {
        pub title: Option<String>,
        pub icon: Option<String>,
        /// Whole seconds.
        pub duration: Option<Number>,
    }
}

tagged! {
    /// What a task does.
    pub enum TaskKind {
        Custom(CustomTask) = "custom",
        WebSearch(SearchTask) = "web_search",
        Thought(ThoughtTask) = "thought",
        File(FileTask) = "file",
        Image(ImageTask) = "image",
    }
}

shape! {
    /// A step of the app's own.
    pub struct CustomTask {
        pub title: Option<String>,
        pub icon: Option<String>,
        pub content: Option<String>,
    }

    /// A search of the web.
    pub struct SearchTask {
        pub title: Option<String>,
        pub title_query: Option<String>,
        #[serde(default)]
        pub queries: Vec<String>,
        #[serde(default)]
        pub sources: Vec<Source>,
    }

    /// A piece of reasoning.
    pub struct ThoughtTask {
        pub title: Option<String>,
        pub content: String,
    }

    /// Files that were read.
    pub struct FileTask {
        pub title: Option<String>,
        #[serde(default)]
        pub sources: Vec<Source>,
    }

    /// An image that is being made.
    pub struct ImageTask {
        pub title: Option<String>,
    }
}
