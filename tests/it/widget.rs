//! `chatkit widget show`.

use serde_json::{Value, json};

use crate::dsl::{chatkit, file};

fn order() -> Value {
    json!({"version": "1.0", "name": "Order",
        "template": "{\"type\":\"Card\",\"children\":[{\"type\":\"Text\",\"value\":{{ name | tojson }}},{\"type\":\"Button\",\"label\":\"Buy\",\"onClickAction\":{\"type\":\"buy\"}}]}",
        "jsonSchema": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
        "outputJsonPreview": {"name": "A lamp"}})
}

#[test]
fn a_widget_file_shows_its_preview_or_the_data() {
    let (_folder, path) = file("order.widget", &order().to_string());
    let path = path.to_str().unwrap();
    let shown =
        "╭──────────────────╮\n│ A lamp           │\n│ [1] Buy          │\n╰──────────────────╯\n";
    chatkit(["widget", "show", path, "--width", "20"])
        .stdout(shown)
        .code(0);
    chatkit(["widget", "show", path, "--data", r#"{"name": "A \"box\""}"#])
        .stdout_has("A \"box\"")
        .code(0);
    let (_data_folder, data) = file("data.json", r#"{"name": "from a file"}"#);
    let data = format!("@{}", data.display());
    let built = chatkit(["widget", "show", path, "--json", "--data", &data])
        .code(0)
        .json();
    assert_eq!(built["children"][0]["value"], "from a file");
}

#[test]
fn what_is_wrong_is_named_with_its_file_and_place() {
    let (_folder, path) = file("order.widget", &order().to_string());
    let path = path.to_str().unwrap();
    chatkit(["widget", "show", path, "--data", r#"{"name": 5}"#])
        .stderr_has("order.widget: data.name: 5 is not of type \"string\"")
        .code(2);
    chatkit(["widget", "show", path, "--data", "{"])
        .error("--data is not JSON")
        .code(2);
    chatkit(["widget", "show", "nowhere.widget"])
        .error("cannot read nowhere.widget")
        .code(2);
    let (_other, text) = file(
        "broken.widget",
        r#"{"version": "1.0", "name": "x", "template": "{% if %}"}"#,
    );
    chatkit(["widget", "show", text.to_str().unwrap()])
        .stderr_has("broken.widget: template line 1: ")
        .code(2);
}

#[test]
fn a_widget_item_is_read_from_stdin() {
    let item = json!({"type": "widget", "widget": {"type": "Basic", "children": [{"type": "Text", "value": "seen\u{1b}[2J"}]}});
    chatkit(["widget", "show", "-"])
        .stdin(&item.to_string())
        .stdout("seen␛[2J\n")
        .code(0);
}

#[test]
fn a_component_that_is_not_whole_is_named_with_its_place() {
    let widget = json!({"type": "Card", "children": [
        {"type": "Text", "value": "seen"},
        {"type": "Row", "children": [{"type": "Button", "label": 5}]},
        {"type": "Col", "children": "none"}
    ]});
    chatkit(["widget", "show", "-"])
        .stdin(&widget.to_string())
        .stdout_has("seen")
        .stderr_has("warning: children[1].children[0], a Button: label: expected a string")
        .stderr_has("warning: children[2], a Col: children: ")
        .code(0);
}

/// Each of these lines makes twice of what the one before made: after 60 there is no such memory.
#[test]
#[cfg(unix)]
fn a_widget_whose_template_doubles_without_end_is_refused_in_little_memory() {
    let doubling = "\n{% set x = x ~ x %}".repeat(60);
    let template = format!("{{% set x = 'x' %}}{doubling}{{{{ x }}}}");
    let document = json!({"version": "1.0", "name": "x", "template": template});
    let (_folder, path) = file("doubling.widget", &document.to_string());
    // In kibibytes: a process that asks for more than 2 GiB gets nothing, and ends.
    let limited = format!(
        "ulimit -v 2097152; exec '{}' widget show '{}'",
        env!("CARGO_BIN_EXE_chatkit"),
        path.display()
    );
    let out = std::process::Command::new("sh")
        .args(["-c", &limited])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(2), "{said}");
    assert!(
        said.contains("template line 26: ") && said.contains("more than 64 MiB of values"),
        "{said}"
    );
}
