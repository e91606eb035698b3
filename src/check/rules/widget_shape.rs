//! The shapes of widgets, read strictly: which components there are, and what each must have.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::protocol::from_value;
use crate::protocol::widget as shape;

/// What may stand at the top.
pub const ROOTS: &[&str] = &["Card", "ListView", "Basic"];

/// One place of a widget.
pub struct Part<'w> {
    /// Where it stands, as `children[0].children[1]`; empty for the root.
    pub path: String,
    /// The component as it came.
    pub value: &'w Value,
}

/// Every component of a widget, the root first.
pub fn parts(widget: &Value) -> Vec<Part<'_>> {
    let mut found = Vec::new();
    collect(widget, "", &mut found);
    found
}

fn collect<'w>(value: &'w Value, path: &str, found: &mut Vec<Part<'w>>) {
    let children = &value["children"];
    found.push(Part {
        path: path.to_owned(),
        value,
    });
    let below = |step: &str| match path {
        "" => step.to_owned(),
        path => format!("{path}.{step}"),
    };
    match children {
        Value::Array(children) => {
            for (index, child) in children.iter().enumerate() {
                collect(child, &below(&format!("children[{index}]")), found);
            }
        }
        // A transition has one child, not a list of them.
        Value::Object(_) => collect(children, &below("children"), found),
        _ => {}
    }
}

/// What is wrong with the props of one component; `None` also for a type that nobody knows.
pub fn wrong_props(component: &Value) -> Option<String> {
    let kind = component["type"].as_str()?;
    let (_, check) = CHECKS.iter().find(|(name, _)| *name == kind)?;
    let mut whole = component.clone();
    whole.as_object_mut()?.remove("type");
    let mut bare = whole.clone();
    let children = bare.as_object_mut()?.remove("children");
    // Children are looked at by themselves, if they are any.
    let are_none = matches!(
        children,
        Some(Value::String(_) | Value::Number(_) | Value::Bool(_))
    );
    check(bare)
        .or_else(|| {
            let wrong = are_none.then(|| check(whole)).flatten()?;
            Some(format!("children: {wrong}"))
        })
        .or_else(|| wrong_word(kind, component))
}

/// Whether the type of a component is known.
pub fn is_known(kind: &str) -> bool {
    CHECKS.iter().any(|(name, _)| *name == kind)
}

type Check = fn(Value) -> Option<String>;

fn check<T: DeserializeOwned>(value: Value) -> Option<String> {
    from_value::<T>(value).err().map(|error| error.to_string())
}

const CHECKS: &[(&str, Check)] = &[
    ("Card", check::<shape::Card>),
    ("ListView", check::<shape::ListView>),
    ("Basic", check::<shape::Basic>),
    ("Badge", check::<shape::Badge>),
    ("Box", check::<shape::Boxed>),
    ("Button", check::<shape::Button>),
    ("Caption", check::<shape::Caption>),
    ("Chart", check::<shape::Chart>),
    ("Checkbox", check::<shape::Checkbox>),
    ("Col", check::<shape::Column>),
    ("DatePicker", check::<shape::DatePicker>),
    ("Divider", check::<shape::Divider>),
    ("Form", check::<shape::Form>),
    ("Icon", check::<shape::Icon>),
    ("Image", check::<shape::Image>),
    ("Input", check::<shape::Input>),
    ("Label", check::<shape::Label>),
    ("ListViewItem", check::<shape::ListViewItem>),
    ("Markdown", check::<shape::Markdown>),
    ("RadioGroup", check::<shape::RadioGroup>),
    ("Row", check::<shape::Row>),
    ("Select", check::<shape::Select>),
    ("Spacer", check::<shape::Spacer>),
    ("Table", check::<shape::Table>),
    ("Table.Row", check::<shape::TableRow>),
    ("Table.Cell", check::<shape::TableCell>),
    ("Text", check::<shape::Text>),
    ("Textarea", check::<shape::Textarea>),
    ("Title", check::<shape::Title>),
    ("Transition", check::<shape::Transition>),
];

const CONTROL: &[&str] = &["solid", "soft", "outline", "ghost"];

/// Props that take fixed words (`openai-chatkit` 1.6.5, widgets.py, the `Literal` types).
const WORDS: &[(&[&str], &str, &[&str])] = &[
    (&["Button"], "style", &["primary", "secondary"]),
    (&["Button"], "variant", CONTROL),
    (&["Select", "DatePicker"], "variant", CONTROL),
    (&["Badge"], "variant", &["solid", "soft", "outline"]),
    (&["Input", "Textarea"], "variant", &["soft", "outline"]),
    (
        &["Button"],
        "color",
        &[
            "primary",
            "secondary",
            "info",
            "discovery",
            "success",
            "caution",
            "warning",
            "danger",
        ],
    ),
    (
        &["Badge"],
        "color",
        &[
            "secondary",
            "success",
            "danger",
            "warning",
            "info",
            "discovery",
        ],
    ),
    (
        &["Row", "Col", "Box", "Form", "Basic", "ListViewItem"],
        "align",
        &["start", "center", "end", "baseline", "stretch"],
    ),
    (
        &["Row", "Col", "Box", "Form", "Basic"],
        "justify",
        &[
            "start", "center", "end", "between", "around", "evenly", "stretch",
        ],
    ),
    (&["Box", "Form", "RadioGroup"], "direction", &["row", "col"]),
    (
        &["Text", "Title", "Caption", "Label"],
        "weight",
        &["normal", "medium", "semibold", "bold"],
    ),
    (
        &["Text", "Title", "Caption", "Label"],
        "textAlign",
        &["start", "center", "end"],
    ),
    (&["Card"], "size", &["sm", "md", "lg", "full"]),
    (&["Card", "ListView", "Basic"], "theme", &["light", "dark"]),
    (
        &["Input"],
        "inputType",
        &["number", "email", "text", "password", "tel", "url"],
    ),
    (
        &["Image"],
        "fit",
        &["cover", "contain", "fill", "scale-down", "none"],
    ),
];

fn wrong_word(kind: &str, component: &Value) -> Option<String> {
    let rows = WORDS.iter().filter(|(kinds, ..)| kinds.contains(&kind));
    for (_, prop, words) in rows {
        if let Some(word) = component[*prop].as_str()
            && !words.contains(&word)
        {
            return Some(format!(
                "{prop}: \"{word}\" is none of {}",
                words.join(", ")
            ));
        }
    }
    None
}
