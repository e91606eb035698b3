//! The props of widgets that take fixed words.
//!
//! The tables are those of `openai-chatkit` 1.6.5: widgets.py, the `Literal` types, and icons.py.

use serde_json::Value;

/// What a prop may say.
struct Words {
    kinds: &'static [&'static str],
    /// Where the prop stands in the component.
    prop: &'static str,
    known: &'static [&'static str],
}

const fn words(
    kinds: &'static [&'static str],
    prop: &'static str,
    known: &'static [&'static str],
) -> Words {
    Words { kinds, prop, known }
}

const BOXES: &[&str] = &["Row", "Col", "Box", "Form"];
const TEXTS: &[&str] = &["Text", "Title", "Caption", "Label"];
const CONTROL: &[&str] = &["solid", "soft", "outline", "ghost"];

const WORDS: &[Words] = &[
    words(&["Button"], "style", &["primary", "secondary"]),
    words(&["Button", "Select", "DatePicker"], "variant", CONTROL),
    words(&["Badge"], "variant", &["solid", "soft", "outline"]),
    words(&["Input", "Textarea"], "variant", &["soft", "outline"]),
    words(
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
    words(
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
    words(
        &["Row", "Col", "Box", "Form", "Basic", "ListViewItem"],
        "align",
        &["start", "center", "end", "baseline", "stretch"],
    ),
    words(&["DatePicker"], "align", &["start", "center", "end"]),
    words(&["DatePicker"], "side", &["top", "bottom", "left", "right"]),
    words(
        &["Row", "Col", "Box", "Form", "Basic"],
        "justify",
        &[
            "start", "center", "end", "between", "around", "evenly", "stretch",
        ],
    ),
    words(&["Box", "Form", "RadioGroup"], "direction", &["row", "col"]),
    words(BOXES, "wrap", &["nowrap", "wrap", "wrap-reverse"]),
    words(
        &["Row", "Col", "Box", "Form", "Image"],
        "radius",
        &[
            "2xs", "xs", "sm", "md", "lg", "xl", "2xl", "3xl", "4xl", "full", "100%", "none",
        ],
    ),
    words(TEXTS, "weight", &["normal", "medium", "semibold", "bold"]),
    words(TEXTS, "textAlign", &["start", "center", "end"]),
    words(&["Card"], "size", &["sm", "md", "lg", "full"]),
    words(&["Badge", "Caption"], "size", &["sm", "md", "lg"]),
    words(&["Text", "Label"], "size", &["xs", "sm", "md", "lg", "xl"]),
    words(
        &["Title"],
        "size",
        &["sm", "md", "lg", "xl", "2xl", "3xl", "4xl", "5xl"],
    ),
    words(
        &["Icon"],
        "size",
        &["xs", "sm", "md", "lg", "xl", "2xl", "3xl"],
    ),
    words(
        &["Button", "DatePicker", "Input", "Select", "Textarea"],
        "size",
        &["3xs", "2xs", "xs", "sm", "md", "lg", "xl", "2xl", "3xl"],
    ),
    words(&["Button"], "iconSize", &["sm", "md", "lg", "xl", "2xl"]),
    words(
        &["Input", "Textarea"],
        "gutterSize",
        &["2xs", "xs", "sm", "md", "lg", "xl"],
    ),
    words(&["Card", "ListView", "Basic"], "theme", &["light", "dark"]),
    words(&["ListView"], "limit", &["auto"]),
    words(
        &["Input"],
        "inputType",
        &["number", "email", "text", "password", "tel", "url"],
    ),
    words(
        &["Image"],
        "fit",
        &["cover", "contain", "fill", "scale-down", "none"],
    ),
    words(
        &["Image"],
        "position",
        &[
            "top left",
            "top",
            "top right",
            "left",
            "center",
            "right",
            "bottom left",
            "bottom",
            "bottom right",
        ],
    ),
];

/// Where an icon is named; one of a vendor or of Lucide may have any name.
const ICONS: &[(&str, &str)] = &[
    ("Icon", "name"),
    ("Button", "iconStart"),
    ("Button", "iconEnd"),
];

const ICON_NAMES: &[&str] = &[
    "agent",
    "analytics",
    "atom",
    "batch",
    "bolt",
    "book-open",
    "book-closed",
    "book-clock",
    "bug",
    "calendar",
    "chart",
    "check",
    "check-circle",
    "check-circle-filled",
    "chevron-left",
    "chevron-right",
    "circle-question",
    "clock",
    "compass",
    "confetti",
    "cube",
    "desktop",
    "document",
    "dot",
    "dots-horizontal",
    "dots-vertical",
    "empty-circle",
    "external-link",
    "globe",
    "keys",
    "lab",
    "images",
    "info",
    "lifesaver",
    "lightbulb",
    "mail",
    "map-pin",
    "maps",
    "mobile",
    "name",
    "notebook",
    "notebook-pencil",
    "page-blank",
    "phone",
    "play",
    "plus",
    "profile",
    "profile-card",
    "reload",
    "star",
    "star-filled",
    "search",
    "sparkle",
    "sparkle-double",
    "square-code",
    "square-image",
    "square-text",
    "suitcase",
    "settings-slider",
    "user",
    "wreath",
    "write",
    "write-alt",
    "write-alt2",
];

/// The first prop of a component of this type that takes fixed words, and says another one: which it
/// is, and what it takes.
pub fn wrong_word(kind: &str, component: &Value) -> Option<String> {
    let rows = WORDS.iter().filter(|words| words.kinds.contains(&kind));
    let said = |prop: &str| component[prop].as_str();
    for Words { prop, known, .. } in rows {
        if let Some(word) = said(prop).filter(|word| !known.contains(word)) {
            let known = known.join(", ");
            return Some(format!("{prop}: \"{word}\" is none of {known}"));
        }
    }
    let mut icons = ICONS.iter().filter(|(of, _)| *of == kind);
    icons.find_map(|(_, prop)| {
        let name = said(prop).filter(|name| !is_icon(name))?;
        Some(format!(
            "{prop}: \"{name}\" is no icon, nor does it begin with vendor: or lucide:"
        ))
    })
}

fn is_icon(name: &str) -> bool {
    name.starts_with("vendor:") || name.starts_with("lucide:") || ICON_NAMES.contains(&name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_word_that_a_prop_does_not_know_is_named_with_those_that_it_knows() {
        for (kind, prop, wrong, right) in [
            ("Button", "size", "huge", "3xs"),
            ("Button", "iconStart", "rocket", "lucide:rocket"),
            ("Icon", "name", "nonsense", "sparkle"),
            ("Text", "size", "4xl", "xl"),
            ("Title", "size", "xs", "5xl"),
            ("Select", "size", "big", "md"),
            ("Image", "position", "middle", "top left"),
            ("Box", "wrap", "yes", "wrap-reverse"),
            ("Box", "radius", "round", "100%"),
            ("DatePicker", "align", "left", "center"),
            ("DatePicker", "side", "north", "bottom"),
            ("Input", "gutterSize", "3xl", "2xs"),
            ("ListView", "limit", "all", "auto"),
        ] {
            let said = wrong_word(kind, &json!({ prop: wrong }));
            let begins = format!("{prop}: \"{wrong}\" is no");
            assert!(said.is_some_and(|it| it.starts_with(&begins)), "{kind}");
            assert_eq!(wrong_word(kind, &json!({ prop: right })), None, "{kind}");
        }
        assert_eq!(wrong_word("ListView", &json!({"limit": 3})), None);
    }
}
