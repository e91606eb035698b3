//! Widgets of a scenario: where they come from, and whether they are any.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::reader::{Segment, meant};
use super::templated::{Json, Text, has_template};
use super::value::map_of;
use crate::protocol::Object;
use crate::protocol::widget::{ComponentKind, wrong_word};
use crate::template::widget_file;

/// What may stand at the root of a widget, and nowhere else.
const ROOTS: &[&str] = &["Card", "ListView", "Basic"];

/// A widget with its states, of which there is at least one.
#[derive(Clone, Debug, PartialEq)]
pub struct WidgetStep {
    /// The states, in the order in which they are shown.
    pub states: Vec<WidgetState>,
    /// What is copied when the user copies the widget.
    pub copy_text: Option<Text>,
    /// The id of the item.
    pub id: Option<Text>,
}

/// One state of a widget, and where in the step it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct WidgetState {
    pub(super) path: Vec<Segment>,
    pub(super) origin: Origin,
}

/// Where a widget comes from.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Origin {
    /// It is written in the scenario.
    Inline(Json),
    /// A `.widget` file, or one of a widget's JSON.
    File {
        path: String,
        data: Option<Json>,
        /// The file's content, once it was read.
        document: Arc<Value>,
    },
}

/// A widget that is more than its JSON: one of file, root and states is needed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    {"required": ["file"], "properties": {"root": false, "states": false}},
    {"required": ["root"], "properties": {"file": false, "states": false, "data": false}},
    {"required": ["states"], "properties": {"root": false, "data": false}},
]))]
struct Options {
    /// A .widget file, seen from the folder of the scenario
    file: Option<String>,
    /// The data of the file's template
    data: Option<Json>,
    /// The widget, inline
    root: Option<Json>,
    /// States that are streamed: widgets, files, or data of the file above
    #[schemars(length(min = 1))]
    states: Option<Vec<Json>>,
    /// What is copied when the user copies the widget
    copy_text: Option<Text>,
    /// The id of the item
    id: Option<Text>,
}

impl<'de> Deserialize<'de> for WidgetStep {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WidgetOf)
    }
}

struct WidgetOf;

impl<'de> Visitor<'de> for WidgetOf {
    type Value = WidgetStep;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a widget, the path of a .widget file, or a map with file, root or states")
    }

    fn visit_str<E: de::Error>(self, path: &str) -> Result<WidgetStep, E> {
        Ok(WidgetStep::of(WidgetState::file(Vec::new(), path, None)))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<WidgetStep, A::Error> {
        let Json(value) = map_of(map)?;
        if value.get("type").is_some() {
            return Ok(WidgetStep::of(WidgetState::inline(Vec::new(), Json(value))));
        }
        let options: Options = super::reader::inner(value)?;
        options.step().map_err(de::Error::custom)
    }
}

impl WidgetStep {
    fn of(state: WidgetState) -> Self {
        Self {
            states: vec![state],
            copy_text: None,
            id: None,
        }
    }
}

impl Options {
    fn step(self) -> Result<WidgetStep, String> {
        let given = usize::from(self.root.is_some()) + usize::from(self.file.is_some());
        let states = match (self.states, self.root, &self.file) {
            _ if given > 1 => return Err("a widget has either a file or a root".into()),
            (Some(_), Some(_), _) => return Err("a widget has either a root or states".into()),
            (Some(states), None, file) => {
                if states.is_empty() || self.data.is_some() {
                    return Err("states are a list, each with its own data".into());
                }
                let states = states.into_iter().enumerate();
                states
                    .map(|(index, state)| WidgetState::listed(index, state, file.as_deref()))
                    .collect::<Result<_, _>>()?
            }
            (None, Some(root), None) if self.data.is_none() => {
                vec![WidgetState::inline(vec![key("root")], root)]
            }
            (None, None, Some(file)) => vec![WidgetState::file(vec![key("file")], file, self.data)],
            _ => return Err("a widget needs its type, a file, a root or states".into()),
        };
        Ok(WidgetStep {
            states,
            copy_text: self.copy_text,
            id: self.id,
        })
    }
}

impl WidgetState {
    fn inline(path: Vec<Segment>, widget: Json) -> Self {
        let origin = Origin::Inline(widget);
        Self { path, origin }
    }

    fn file(path: Vec<Segment>, file: &str, data: Option<Json>) -> Self {
        let origin = Origin::File {
            path: file.to_owned(),
            data,
            document: Arc::default(),
        };
        Self { path, origin }
    }

    /// One of several states.
    fn listed(index: usize, Json(state): Json, file: Option<&str>) -> Result<Self, String> {
        let path = vec![key("states"), Segment::Index(index)];
        match state {
            Value::String(file) => Ok(Self::file(path, &file, None)),
            Value::Object(fields) if fields.contains_key("type") => {
                Ok(Self::inline(path, Json(fields.into())))
            }
            Value::Object(mut fields) => {
                let own = fields.shift_remove("file");
                let data = fields.shift_remove("data").map(Json);
                if let Some(key) = fields.keys().next() {
                    return Err(format!(
                        "unknown key `{key}` in a state; the keys are file, data"
                    ));
                }
                let file = own.as_ref().and_then(Value::as_str).or(file);
                let file = file.ok_or("a state needs its type, a file, or data for the file")?;
                Ok(Self::file(path, file, data))
            }
            _ => Err("a state is a widget, a file, or data for the file".into()),
        }
    }
}

impl JsonSchema for WidgetStep {
    fn schema_name() -> Cow<'static, str> {
        "Widget".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let options = generator.subschema_for::<Options>();
        json_schema!({"anyOf": [
            {"type": "string", "description": "The path of a .widget file"},
            {
                "type": "object",
                "description": "A widget",
                "properties": {"type": {"enum": ROOTS}},
                "required": ["type"]
            },
            options,
        ]})
    }
}

/// What is wrong with a widget, and where in it.
///
/// Facts: the components and their required props are those of `openai-chatkit` 1.6.5
/// (`widgets.py`); further props are taken there too. A component with templates is checked as far
/// as it can be before they are filled in.
pub(super) fn problems(widget: &Value) -> Vec<(Vec<Segment>, String)> {
    let mut found = Vec::new();
    let kind = widget.get("type").and_then(Value::as_str);
    if let Some(kind) =
        kind.filter(|kind| !ROOTS.contains(kind) && ComponentKind::TYPES.contains(kind))
    {
        let message = format!("a {kind} is no root; put it into a Card, a ListView or a Basic");
        found.push((vec![key("type")], message));
    }
    component(widget, &mut Vec::new(), &mut found);
    found
}

/// What is wrong with a widget first, with the path that leads there from `before`.
pub(super) fn problem(widget: &Value, before: &[Segment]) -> Option<String> {
    let (below, reason) = problems(widget).into_iter().next()?;
    Some(spelled(&[before, &below].concat()) + &reason)
}

/// A path as people write it, with what comes behind it.
fn spelled(path: &[Segment]) -> String {
    let mut spelled = String::new();
    for segment in path {
        match segment {
            Segment::Index(index) => spelled.extend(["[", &index.to_string(), "]"]),
            Segment::Key(key) if spelled.is_empty() => spelled.push_str(key),
            Segment::Key(key) => spelled.extend([".", key]),
        }
    }
    if spelled.is_empty() {
        spelled
    } else {
        spelled + ": "
    }
}

type Found = Vec<(Vec<Segment>, String)>;

fn component(value: &Value, path: &mut Vec<Segment>, found: &mut Found) {
    let Some(fields) = value.as_object() else {
        if !value.as_str().is_some_and(crate::template::is_template) {
            found.push((path.clone(), "a component is a map with a type".into()));
        }
        return;
    };
    let mut note = |field: Option<&str>, message: String| {
        let field = field.map(|field| key(field.split(['.', '[']).next().unwrap_or(field)));
        found.push((path.iter().cloned().chain(field).collect(), message));
    };
    let kind = match fields.get("type") {
        Some(Value::String(kind)) => kind.as_str(),
        Some(_) => return note(Some("type"), "a component's type is a text".into()),
        None => return note(None, "a component needs a type".into()),
    };
    if !path.is_empty() && ROOTS.contains(&kind) {
        note(Some("type"), format!("a {kind} stands at the root only"));
    }
    let mut own = fields.clone();
    for name in ["type", "id", "key"] {
        own.shift_remove(name);
    }
    own.retain(|name, value| name != "children" || !(value.is_array() || value.is_object()));
    let is_open = own.values().any(has_template);
    match ComponentKind::check(kind, own) {
        None if crate::template::is_template(kind) => {}
        None => note(Some("type"), unknown(kind)),
        Some(Ok(())) => {}
        Some(Err(error)) => {
            let path = error.path.as_str();
            if let Some(field) = error.message.strip_prefix("missing field ") {
                // What a prop's own value lacks is no prop of the component.
                match path {
                    "" => note(None, format!("a {kind} needs the prop {field}")),
                    path => note(Some(path), format!("`{path}` of a {kind} needs {field}")),
                }
            } else if !is_open {
                note(
                    Some(&error.path),
                    format!("a {kind} does not take this: {error}"),
                );
            }
        }
    }
    let props = fields.iter().filter(|(name, _)| *name != "children");
    let plain: Object = props
        .filter(|(_, value)| !has_template(value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if let Some(message) = wrong_word(kind, &Value::Object(plain)) {
        found.push((
            path.clone(),
            format!("a {kind} does not take this: {message}"),
        ));
    }
    children(fields, kind, path, found);
}

fn children(fields: &Object, kind: &str, path: &mut Vec<Segment>, found: &mut Found) {
    path.push(key("children"));
    match fields.get("children") {
        Some(Value::Array(children)) => {
            for (index, child) in children.iter().enumerate() {
                path.push(Segment::Index(index));
                let inner = child.get("type").and_then(Value::as_str);
                if kind == "ListView" && inner.is_some_and(|inner| inner != "ListViewItem") {
                    found.push((path.clone(), "a ListView holds ListViewItems only".into()));
                }
                component(child, path, found);
                path.pop();
            }
        }
        Some(child @ Value::Object(_)) if kind == "Transition" => component(child, path, found),
        Some(Value::Object(_)) => {
            let message = format!("the children of a {kind} are a list; put a dash before it");
            found.push((path.clone(), message));
        }
        _ => {}
    }
    path.pop();
}

fn unknown(kind: &str) -> String {
    let hint = meant(&kind.to_lowercase(), &lower()).and_then(|meant| {
        let mut all = ComponentKind::TYPES.iter();
        all.find(|known| known.eq_ignore_ascii_case(meant))
    });
    match hint {
        Some(hint) => format!("there is no component `{kind}`; did you mean `{hint}`?"),
        None => format!(
            "there is no component `{kind}`; there are {}",
            ComponentKind::TYPES.join(", ")
        ),
    }
}

fn lower() -> Vec<&'static str> {
    use std::sync::LazyLock;
    static LOWER: LazyLock<Vec<String>> = LazyLock::new(|| {
        ComponentKind::TYPES
            .iter()
            .map(|name| name.to_lowercase())
            .collect()
    });
    LOWER.iter().map(String::as_str).collect()
}

/// The widget of a file with its data filled in.
pub(super) fn of_file(document: &Value, data: Option<Value>) -> Result<Value, widget_file::Fault> {
    widget_file::build(document.clone(), data)
}

fn key(name: &str) -> Segment {
    Segment::Key(name.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn messages(widget: &Value) -> Vec<String> {
        problems(widget)
            .into_iter()
            .map(|(_, message)| message)
            .collect()
    }

    #[test]
    fn a_widget_is_held_against_the_components_of_the_protocol() {
        let sound = json!({"type": "Card", "children": [{"type": "Text", "value": "a", "id": "t"},
            {"type": "Transition", "children": {"type": "Row", "children": [{"type": "Spacer"}]}}]});
        assert_eq!(messages(&sound), Vec::<String>::new());
        let found = messages(&json!({"type": "Card", "children": [
            {"type": "Text"}, {"type": "Buton"}, {"value": "x"}, {"type": "Card"},
            {"type": "Button", "label": 5}, "x",
        ]}));
        assert_eq!(found.len(), 6, "{found:#?}");
        assert_eq!(found[0], "a Text needs the prop `value`");
        assert!(found[1].contains("did you mean `Button`"));
        let found = messages(&json!({"type": "Card", "size": "xx", "children": [
            {"type": "Badge", "label": "a", "color": "pink"},
            {"type": "Badge", "label": "a", "color": "{{ state.color }}"},
            {"type": "Row", "children": {"type": "Text", "value": "x"}},
        ]}));
        assert_eq!(found.len(), 3, "{found:#?}");
        assert!(
            found[0].contains("size: \"xx\" is none of sm, md"),
            "{found:#?}"
        );
        assert!(found[1].contains("color: \"pink\" is none of"));
        assert_eq!(
            found[2],
            "the children of a Row are a list; put a dash before it"
        );
        assert!(messages(&json!({"type": "Text", "value": "x"}))[0].contains("no root"));
        assert!(
            messages(&json!({"type": "ListView", "children": [{"type": "Row"}]}))[0]
                .contains("ListViewItems")
        );
    }

    #[test]
    fn what_the_value_of_a_prop_lacks_is_told_of_that_prop() {
        let found = messages(
            &json!({"type": "Card", "confirm": {"label": "Buy"}, "children": [
                {"type": "Button", "onClickAction": {"payload": {}}},
            ]}),
        );
        let wanted = [
            "`confirm` of a Card needs `action`",
            "`onClickAction` of a Button needs `type`",
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn a_component_with_templates_is_checked_as_far_as_it_can_be() {
        let open = json!({"type": "Card", "children": [
            {"type": "Chart", "data": "{{ state.rows }}", "series": [], "xAxis": "x"},
            {"type": "Text", "color": "{{ state.color }}"},
        ]});
        assert_eq!(messages(&open), ["a Text needs the prop `value`"]);
    }
}
