//! A whole scenario: its files, read into rules and threads.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use schemars::JsonSchema;
use serde_json::{Map, Value};

use super::fault::RuleFault;
use super::finding::{Finding, ScenarioErrors, Severity, Source};
use super::reader::{Reader, meant};
use super::templated::Json;
use super::then::Step;
use super::thread::SeededThread;
use super::value::{Several, without_nulls};
use super::when::When;
use super::yaml::{self, Entry, Kind, Node};
use super::{check, lint, reach};

/// What the mock answers, by rules: the first that matches wins.
#[derive(Clone, Debug, Default)]
pub struct Scenario {
    pub(super) rules: Vec<Arc<Rule>>,
    pub(super) threads: Vec<Arc<SeededThread>>,
    pub(super) state: Map<String, Value>,
    warnings: Vec<Finding>,
    /// What each file or text has brought in, in their order.
    pub(super) parts: Vec<Part>,
    files: Vec<PathBuf>,
}

/// What one file or text has brought in.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub source: Arc<Source>,
    rules: Vec<Arc<Rule>>,
    threads: Vec<Arc<SeededThread>>,
    state: Map<String, Value>,
    /// The widgets that it names.
    files: Vec<PathBuf>,
}

/// A rule of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub(super) name: Option<String>,
    /// The file and the line.
    pub(super) place: String,
    pub(super) when: When,
    pub(super) then: Vec<Step>,
    pub(super) faults: Vec<RuleFault>,
}

/// A scenario file
#[derive(JsonSchema)]
#[schemars(title = "chatkit scenario", deny_unknown_fields)]
#[allow(
    dead_code,
    reason = "the schema is made of it; the file is read part by part"
)]
pub(super) struct Document {
    /// Where this schema is, for editors
    #[schemars(rename = "$schema")]
    schema: Option<String>,
    /// The version of the format
    #[schemars(range(min = 1, max = 1))]
    version: Option<u32>,
    /// What the scenario is called
    name: Option<String>,
    /// What it is for
    description: Option<String>,
    /// What the state of every thread is at first
    state: Option<std::collections::BTreeMap<String, Json>>,
    /// Threads that are there from the beginning
    threads: Option<Vec<SeededThread>>,
    /// Who answers what: the first rule that matches
    rules: Option<Vec<RuleDocument>>,
}

/// A rule: when it matches, and what is streamed then
#[derive(JsonSchema)]
#[schemars(rename = "Rule", deny_unknown_fields, transform = without_nulls)]
#[allow(
    dead_code,
    reason = "the schema is made of it; the file is read part by part"
)]
struct RuleDocument {
    /// What the rule is called, in refusals
    name: Option<String>,
    /// What it is for
    description: Option<String>,
    /// When it matches; always, if it is not given
    when: Option<When>,
    /// The steps of the answer
    then: Several<Step>,
    /// What breaks the answers of this rule, one fault or several
    fault: Option<Several<RuleFault>>,
}

const KEYS: &[&str] = &[
    "$schema",
    "version",
    "name",
    "description",
    "state",
    "threads",
    "rules",
];
const RULE_KEYS: &[&str] = &["name", "description", "when", "then", "fault"];

/// Where the files are that a scenario names.
pub(super) type Folder<'a> = Option<&'a Path>;

impl Scenario {
    /// Reads a scenario that stands in no file: it can name none either.
    ///
    /// # Errors
    /// Everything that is wrong with it, with lines.
    pub fn parse(name: &str, text: &str) -> Result<Self, ScenarioErrors> {
        let mut scenario = Self::default();
        let findings = scenario.add(&Source::new(name, text), None);
        scenario.checked(findings)
    }

    /// What is odd about it, though it can be used: rules that are never reached, for example.
    pub fn warnings(&self) -> &[Finding] {
        &self.warnings
    }

    /// The texts that it was read from, by name.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parts
            .iter()
            .map(|part| (part.source.name(), part.source.text()))
    }

    /// The files that it was read from, with the widgets that it names.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// Whether it was read from the same texts, with the same widgets.
    pub fn is_same(&self, other: &Self) -> bool {
        self.texts().eq(other.texts()) && self.rules == other.rules
    }

    /// How many rules it has.
    pub fn rule_count(&self) -> usize {
        self.rules.len()
    }

    /// Whether any rule may ask which turn of its thread a request is: that takes a look at the
    /// whole thread.
    pub(super) fn counts_turns(&self) -> bool {
        self.texts().any(|(_, text)| text.contains("turn"))
    }

    /// How many threads it brings along.
    pub fn thread_count(&self) -> usize {
        self.threads.len()
    }

    /// Adds the rules of a file behind those that are there; returns what was found in it.
    pub(super) fn add(&mut self, source: &Arc<Source>, folder: Folder<'_>) -> Vec<Finding> {
        let mut reader = Reader::new(Arc::clone(source));
        let before = (self.rules.len(), self.threads.len(), self.files.len());
        let state = std::mem::take(&mut self.state);
        reader.guarded(|reader| match yaml::read(source.text()) {
            Err(unreadable) => reader.unreadable(unreadable),
            Ok(root) => self.document(&root, reader, folder),
        });
        let own = std::mem::replace(&mut self.state, state);
        self.state.extend(own.clone());
        self.parts.push(Part {
            source: Arc::clone(source),
            rules: self.rules[before.0..].to_vec(),
            threads: self.threads[before.1..].to_vec(),
            state: own,
            files: self.files[before.2..].to_vec(),
        });
        reader.into_findings()
    }

    /// Adds what a file has brought in when it was read before.
    pub(super) fn keep(&mut self, part: &Part) {
        let is_new = |thread: &&Arc<SeededThread>| {
            thread.id.is_none() || self.threads.iter().all(|other| other.id != thread.id)
        };
        let threads: Vec<_> = part.threads.iter().filter(is_new).cloned().collect();
        self.threads.extend(threads);
        self.rules.extend(part.rules.iter().cloned());
        self.state.extend(part.state.clone());
        self.files.extend(part.files.iter().cloned());
        self.parts.push(part.clone());
    }

    /// Notes that a file belongs to the scenario.
    pub(super) fn add_file(&mut self, file: PathBuf) {
        self.files.push(file);
    }

    /// The scenario with what was found, unless that is an error.
    ///
    /// # Errors
    /// Everything that was found, if any of it is one.
    pub fn checked(mut self, findings: Vec<Finding>) -> Result<Self, ScenarioErrors> {
        let is_error = |finding: &Finding| finding.severity == Severity::Error;
        if findings.iter().any(is_error) {
            return Err(ScenarioErrors::new(findings));
        }
        self.warn(findings);
        Ok(self)
    }

    /// Notes what is odd about it, though it can be used.
    pub(super) fn warn(&mut self, mut findings: Vec<Finding>) {
        findings.sort_by_key(|finding| finding.span.start);
        self.warnings = findings;
    }

    fn document(&mut self, root: &Node, reader: &mut Reader, folder: Folder<'_>) {
        match &root.kind {
            Kind::List(rules) => self.add_rules(rules, reader, folder),
            Kind::Map(entries) => {
                for entry in entries {
                    self.entry(entry, reader, folder);
                }
            }
            Kind::Scalar(Value::Null) => {
                reader.error(
                    root.span.clone(),
                    "empty",
                    "the file is empty; a scenario has rules",
                );
            }
            Kind::Scalar(_) => {
                let message = "expected a list of rules, or a map with the key `rules`";
                reader.error(root.span.clone(), "invalid_value", message);
            }
        }
    }

    fn entry(&mut self, entry: &Entry, reader: &mut Reader, folder: Folder<'_>) {
        let value = &entry.value;
        match entry.key.as_str() {
            "$schema" | "name" | "description" => {
                reader.decode::<String>(value);
            }
            "version" => {
                if reader
                    .decode::<u64>(value)
                    .is_some_and(|version| version != 1)
                {
                    let message = "this version of chatkit reads version 1 of the format";
                    reader.error(value.span.clone(), "invalid_value", message);
                }
            }
            "state" => {
                if let Some(state) = reader.decode::<Map<String, Value>>(value) {
                    self.state.extend(state);
                }
            }
            "threads" => {
                for node in list(value, reader, "threads") {
                    self.thread(node, reader);
                }
            }
            "rules" => {
                let rules = list(value, reader, "rules");
                self.add_rules(rules, reader, folder);
            }
            _ => unknown_key(entry, KEYS, reader),
        }
    }

    fn thread(&mut self, node: &Node, reader: &mut Reader) {
        let Some(thread) = reader.decode::<SeededThread>(node) else {
            return;
        };
        let is_taken =
            thread.id.is_some() && self.threads.iter().any(|other| other.id == thread.id);
        if is_taken {
            let message = "another thread has this id already";
            let span = node
                .entry("id")
                .map_or(node.head(), |entry| entry.value.span.clone());
            return reader.error(span, "duplicate_id", message);
        }
        if let Some((code, message)) = thread.problem() {
            return reader.error(node.head(), code, message);
        }
        self.threads.push(Arc::new(thread));
    }

    fn add_rules(&mut self, nodes: &[Node], reader: &mut Reader, folder: Folder<'_>) {
        for node in nodes {
            let Some(rule) = self.rule(node, reader, folder) else {
                continue;
            };
            reach::reachable(&rule, node, &self.rules, reader);
            self.rules.push(Arc::new(rule));
        }
    }

    fn rule(&mut self, node: &Node, reader: &mut Reader, folder: Folder<'_>) -> Option<Rule> {
        let Kind::Map(entries) = &node.kind else {
            let message = "a rule is a map with the keys `when` and `then`";
            reader.error(node.head(), "invalid_value", message);
            return None;
        };
        let (line, _) = reader.source().place(node.head().start);
        let mut rule = Rule {
            name: None,
            place: format!("{}:{line}", reader.source().name()),
            when: When::default(),
            then: Vec::new(),
            faults: Vec::new(),
        };
        let mut is_whole = true;
        for entry in entries {
            let value = &entry.value;
            match entry.key.as_str() {
                "name" => rule.name = reader.decode::<String>(value),
                "description" => {
                    reader.decode::<String>(value);
                }
                "when" => match reader.decode(value) {
                    Some(when) => rule.when = when,
                    None => is_whole = false,
                },
                "then" => rule.then = self.steps(value, reader, folder),
                "fault" => {
                    let faults: Option<Several<RuleFault>> = reader.decode(value);
                    rule.faults = faults.map_or_else(Vec::new, |faults| faults.0);
                }
                _ => unknown_key(entry, RULE_KEYS, reader),
            }
        }
        if node.entry("then").is_none() {
            let message = "the rule does not say what to answer: the key `then` is missing";
            reader.error(node.head(), "missing_key", message);
        }
        if let Some(entry) = node.entry("fault") {
            check::strikes(&rule, &entry.value, reader);
        }
        if is_whole {
            lint::rule(&rule, node, reader);
        }
        is_whole.then_some(rule)
    }

    fn steps(&mut self, node: &Node, reader: &mut Reader, folder: Folder<'_>) -> Vec<Step> {
        let nodes = match &node.kind {
            Kind::List(nodes) => nodes.as_slice(),
            _ => std::slice::from_ref(node),
        };
        let mut steps = Vec::with_capacity(nodes.len());
        for node in nodes {
            let Some(mut step) = reader.decode::<Step>(node) else {
                continue;
            };
            check::step(&mut step, node, reader, folder, &mut self.files);
            steps.push((step, node));
        }
        check::order(&steps, reader);
        steps.into_iter().map(|(step, _)| step).collect()
    }
}

fn list<'n>(node: &'n Node, reader: &mut Reader, what: &str) -> &'n [Node] {
    match &node.kind {
        Kind::List(nodes) => nodes,
        Kind::Scalar(Value::Null) => &[],
        _ => {
            let message = format!("`{what}` is a list; begin each of them with a dash");
            reader.error(node.head(), "invalid_value", message);
            &[]
        }
    }
}

fn unknown_key(entry: &Entry, known: &[&str], reader: &mut Reader) {
    let help = meant(&entry.key, known).map_or_else(
        || format!("the keys are {}", known.join(", ")),
        |meant| format!("did you mean `{meant}`?"),
    );
    let message = format!("unknown key `{}`", entry.key);
    let span = entry.key_span.clone();
    reader.note(span, Severity::Error, "unknown_key", message, Some(help));
}
